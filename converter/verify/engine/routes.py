"""What each request to the engine does, by method and path."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from converter.verify.engine import containers
from converter.verify.engine.store import Store, Thing, digest, image, network, reference, volume


@dataclass(frozen=True)
class Answer:
    """A status and what is sent: one object, with `stream` one object a line."""

    code: int
    content: Any = None
    stream: bool = False
    hijacked: bool = False


Act = Callable[..., Answer]
Query = dict[str, str]


def _filters(query: Query) -> dict[str, list[str]]:
    found = json.loads(query.get("filters") or "{}")
    return {name: list(values) for name, values in found.items()}


def _version(store: Store, query: Query, body: Thing) -> Answer:
    about = {"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64"}
    return Answer(
        200, {**about, "Platform": {"Name": "recorded"}, "Components": [], "KernelVersion": "", "GitCommit": ""}
    )


def _info(store: Store, query: Query, body: Thing) -> Answer:
    swarm = {"LocalNodeState": "inactive", "ControlAvailable": False}
    counts = {"Containers": len(store.containers), "Images": len(store.images)}
    return Answer(
        200, {"ID": "world", "Name": "world", "ServerVersion": "20.10.24", "OSType": "linux", "Swarm": swarm, **counts}
    )


def _login(store: Store, query: Query, body: Thing) -> Answer:
    store.logins[body.get("serveraddress") or "https://index.docker.io/v1/"] = body.get("username", "")
    return Answer(200, {"Status": "Login Succeeded", "IdentityToken": ""})


def _pull(store: Store, query: Query, body: Thing) -> Answer:
    name, tag = query.get("fromImage", ""), query.get("tag", "")
    full = f"{name}@{tag}" if tag.startswith("sha256:") else f"{name}:{tag}" if tag else name
    known = reference(full) in store.images
    containers.pulled(store, full)
    said = "Image is up to date" if known else "Downloaded newer image"
    return Answer(
        200, [{"status": f"Pulling from {name}"}, {"status": f"Status: {said} for {reference(full)}"}], stream=True
    )


def _images(store: Store, query: Query, body: Thing) -> Answer:
    wanted = _filters(query).get("reference", [])
    found = [each for name, each in store.images.items() if not wanted or {name, name.rpartition(":")[0]} & set(wanted)]
    return Answer(
        200, [{**each, "Created": 1704067200, "Labels": {}, "Containers": -1, "SharedSize": -1} for each in found]
    )


def _inspect_image(store: Store, query: Query, body: Thing, name: str) -> Answer:
    return Answer(200, store.image(name))


def _tag(store: Store, query: Query, body: Thing, name: str) -> Answer:
    store.image(name)
    wanted = reference(f"{query['repo']}:{query.get('tag') or 'latest'}")
    store.images[wanted] = {**store.image(name), "RepoTags": [wanted]}
    return Answer(201)


def _push(store: Store, query: Query, body: Thing, name: str) -> Answer:
    wanted = reference(f"{name}:{query['tag']}" if query.get("tag") else name)
    found = store.image(wanted)
    store.logins[f"pushed {wanted}"] = ""
    aux = {"Tag": wanted.rpartition(":")[2], "Digest": found["Id"], "Size": 1}
    return Answer(
        200, [{"status": f"The push refers to repository [{name}]"}, {"progressDetail": {}, "aux": aux}], stream=True
    )


def _build(store: Store, query: Query, body: Thing) -> Answer:
    name = query.get("t") or digest("built")[:12]
    store.images[reference(name)] = image(name)
    made = store.images[reference(name)]["Id"]
    return Answer(200, [{"stream": f"Successfully built {made[7:19]}\n"}, {"aux": {"ID": made}}], stream=True)


def _remove_image(store: Store, query: Query, body: Thing, name: str) -> Answer:
    found = store.image(name)
    gone = [key for key, each in store.images.items() if each is found]
    for key in gone:
        del store.images[key]
    return Answer(200, [{"Untagged": key} for key in gone])


def _prune_images(store: Store, query: Query, body: Thing) -> Answer:
    used = {each["Config"]["Image"] for each in store.containers.values()}
    everything = _filters(query).get("dangling") == ["false"]
    gone = [name for name in store.images if everything and name not in {reference(one) for one in used}]
    for name in gone:
        del store.images[name]
    return Answer(200, {"ImagesDeleted": [{"Untagged": name} for name in gone], "SpaceReclaimed": 0})


def _all_containers(store: Store, query: Query, body: Thing) -> Answer:
    everything = query.get("all", "0") in ("1", "true")
    found = [each for each in store.containers.values() if everything or each["State"]["Running"]]
    for name, values in _filters(query).items():
        found = [each for each in found if _fits(each, name, values)]
    return Answer(200, [containers.listed(store, each) for each in found])


def _fits(found: Thing, name: str, values: list[str]) -> bool:
    labels = found["Config"].get("Labels") or {}
    match name:
        case "name":
            return any(value.strip("^/$") in found["Name"] for value in values)
        case "id":
            return any(found["Id"].startswith(value) for value in values)
        case "status":
            return found["State"]["Status"] in values
        case "ancestor":
            return reference(found["Config"]["Image"]) in [reference(value) for value in values]
        case "label":
            return all(
                f"{value}=".startswith(tuple(f"{key}=" for key in labels)) or value in labels for value in values
            )
    return True


def _create(store: Store, query: Query, body: Thing) -> Answer:
    name = query.get("name", "")
    if any(each["Name"] == f"/{name}" for each in store.containers.values()):
        said = f'Conflict. The container name "/{name}" is already in use'
        return Answer(409, {"message": said})
    return Answer(201, {"Id": containers.create(store, name, body)["Id"], "Warnings": []})


def _inspect(store: Store, query: Query, body: Thing, name: str) -> Answer:
    return Answer(200, store.container(name))


def _start(store: Store, query: Query, body: Thing, name: str) -> Answer:
    found = store.container(name)
    if found["State"]["Running"]:
        return Answer(304)
    # One that a person waits for has done what it was to do.
    attached = found.pop("Attached", False)
    found["State"] = containers.state("exited" if attached else "running")
    if attached and found["HostConfig"]["AutoRemove"]:
        del store.containers[found["Id"]]
    return Answer(204)


def _stop(store: Store, query: Query, body: Thing, name: str) -> Answer:
    found = store.container(name)
    if not found["State"]["Running"]:
        return Answer(304)
    found["State"] = containers.state("exited")
    if found["HostConfig"]["AutoRemove"]:
        del store.containers[found["Id"]]
    return Answer(204)


def _restart(store: Store, query: Query, body: Thing, name: str) -> Answer:
    store.container(name)["State"] = containers.state("running")
    return Answer(204)


def _wait(store: Store, query: Query, body: Thing, name: str) -> Answer:
    return Answer(200, {"StatusCode": 0, "Error": None})


def _rename(store: Store, query: Query, body: Thing, name: str) -> Answer:
    store.container(name)["Name"] = f"/{query['name'].lstrip('/')}"
    return Answer(204)


def _update(store: Store, query: Query, body: Thing, name: str) -> Answer:
    store.container(name)["HostConfig"].update({key: value for key, value in body.items() if value is not None})
    return Answer(200, {"Warnings": None})


def _remove(store: Store, query: Query, body: Thing, name: str) -> Answer:
    found = store.container(name)
    if found["State"]["Running"] and query.get("force") not in ("1", "true"):
        said = f"You cannot remove a running container {found['Id']}. Stop the container before attempting removal"
        return Answer(409, {"message": said})
    del store.containers[found["Id"]]
    return Answer(204)


def _attach(store: Store, query: Query, body: Thing, name: str) -> Answer:
    store.container(name)["Attached"] = True
    return Answer(101, hijacked=True)


def _logs(store: Store, query: Query, body: Thing, name: str) -> Answer:
    store.container(name)
    return Answer(200)


def _execute(store: Store, query: Query, body: Thing, name: str) -> Answer:
    found = store.container(name)
    if not found["State"]["Running"]:
        return Answer(409, {"message": f"Container {found['Id']} is not running"})
    key = digest("exec", str(len(store.executions)), name)
    store.executions[key] = body
    store.logins[f"exec {name}: {' '.join(body.get('Cmd') or [])}"] = ""
    return Answer(201, {"Id": key})


def _start_execution(store: Store, query: Query, body: Thing, key: str) -> Answer:
    return Answer(101, hijacked=not body.get("Detach"))


def _inspect_execution(store: Store, query: Query, body: Thing, key: str) -> Answer:
    return Answer(200, {"ID": key, "Running": False, "ExitCode": 0, "Pid": 1, "ProcessConfig": {}})


def _prune_containers(store: Store, query: Query, body: Thing) -> Answer:
    gone = [key for key, each in store.containers.items() if not each["State"]["Running"]]
    for key in gone:
        del store.containers[key]
    return Answer(200, {"ContainersDeleted": gone, "SpaceReclaimed": 0})


def _networks(store: Store, query: Query, body: Thing) -> Answer:
    wanted = _filters(query).get("name") or _filters(query).get("id")
    return Answer(
        200,
        [
            each
            for name, each in store.networks.items()
            if not wanted or any(one in (name, each["Id"]) for one in wanted)
        ],
    )


def _inspect_network(store: Store, query: Query, body: Thing, name: str) -> Answer:
    return Answer(200, store.network(name))


def _create_network(store: Store, query: Query, body: Thing) -> Answer:
    name = body["Name"]
    if name in store.networks:
        return Answer(409, {"message": f"network with name {name} already exists"})
    store.networks[name] = network(name, body)
    return Answer(201, {"Id": store.networks[name]["Id"], "Warning": ""})


def _connect(store: Store, query: Query, body: Thing, name: str) -> Answer:
    found = store.container(body["Container"])
    known = store.network(name)
    about = body.get("EndpointConfig") or {}
    found["NetworkSettings"]["Networks"][known["Name"]] = {
        "NetworkID": known["Id"],
        "Aliases": about.get("Aliases"),
        "Links": None,
        "IPAMConfig": about.get("IPAMConfig"),
    }
    return Answer(200)


def _disconnect(store: Store, query: Query, body: Thing, name: str) -> Answer:
    store.container(body["Container"])["NetworkSettings"]["Networks"].pop(store.network(name)["Name"], None)
    return Answer(200)


def _remove_network(store: Store, query: Query, body: Thing, name: str) -> Answer:
    del store.networks[store.network(name)["Name"]]
    return Answer(204)


def _prune_networks(store: Store, query: Query, body: Thing) -> Answer:
    used = {name for each in store.containers.values() for name in each["NetworkSettings"]["Networks"]}
    gone = [name for name in store.networks if name not in (*used, "bridge", "host", "none")]
    for name in gone:
        del store.networks[name]
    return Answer(200, {"NetworksDeleted": gone})


def _volumes(store: Store, query: Query, body: Thing) -> Answer:
    return Answer(200, {"Volumes": list(store.volumes.values()), "Warnings": None})


def _inspect_volume(store: Store, query: Query, body: Thing, name: str) -> Answer:
    return Answer(200, store.volume(name))


def _create_volume(store: Store, query: Query, body: Thing) -> Answer:
    name = body.get("Name") or digest("volume", str(len(store.volumes)))
    return Answer(201, store.volumes.setdefault(name, volume(name, body)))


def _remove_volume(store: Store, query: Query, body: Thing, name: str) -> Answer:
    store.volume(name)
    del store.volumes[name]
    return Answer(204)


def _prune_volumes(store: Store, query: Query, body: Thing) -> Answer:
    used = {mount.get("Name") or mount["Source"] for each in store.containers.values() for mount in each["Mounts"]}
    gone = [name for name in store.volumes if name not in used]
    for name in gone:
        del store.volumes[name]
    return Answer(200, {"VolumesDeleted": gone, "SpaceReclaimed": 0})


def _pruned(store: Store, query: Query, body: Thing) -> Answer:
    return Answer(200, {"CachesDeleted": [], "SpaceReclaimed": 0})


def _nothing(store: Store, query: Query, body: Thing) -> Answer:
    return Answer(200, {})


_ONE = r"([^/]+)"
_IMAGE = r"/images/(.+)"
ROUTES: tuple[tuple[str, str, Act], ...] = (
    ("GET", "/_ping", _nothing),
    ("HEAD", "/_ping", _nothing),
    ("GET", "/version", _version),
    ("GET", "/info", _info),
    ("POST", "/auth", _login),
    ("POST", "/build", _build),
    ("POST", "/build/prune", _pruned),
    ("POST", "/images/create", _pull),
    ("GET", "/images/json", _images),
    ("POST", "/images/prune", _prune_images),
    ("GET", f"{_IMAGE}/json", _inspect_image),
    ("POST", f"{_IMAGE}/tag", _tag),
    ("POST", f"{_IMAGE}/push", _push),
    ("DELETE", _IMAGE, _remove_image),
    ("GET", "/containers/json", _all_containers),
    ("POST", "/containers/create", _create),
    ("POST", "/containers/prune", _prune_containers),
    ("GET", f"/containers/{_ONE}/json", _inspect),
    ("POST", f"/containers/{_ONE}/start", _start),
    ("POST", f"/containers/{_ONE}/(?:stop|kill)", _stop),
    ("POST", f"/containers/{_ONE}/restart", _restart),
    ("POST", f"/containers/{_ONE}/wait", _wait),
    ("POST", f"/containers/{_ONE}/rename", _rename),
    ("POST", f"/containers/{_ONE}/update", _update),
    ("POST", f"/containers/{_ONE}/attach", _attach),
    ("POST", f"/containers/{_ONE}/exec", _execute),
    ("GET", f"/containers/{_ONE}/logs", _logs),
    ("DELETE", f"/containers/{_ONE}", _remove),
    ("POST", f"/exec/{_ONE}/start", _start_execution),
    ("GET", f"/exec/{_ONE}/json", _inspect_execution),
    ("GET", "/networks", _networks),
    ("POST", "/networks/create", _create_network),
    ("POST", "/networks/prune", _prune_networks),
    ("GET", f"/networks/{_ONE}", _inspect_network),
    ("POST", f"/networks/{_ONE}/connect", _connect),
    ("POST", f"/networks/{_ONE}/disconnect", _disconnect),
    ("DELETE", f"/networks/{_ONE}", _remove_network),
    ("GET", "/volumes", _volumes),
    ("POST", "/volumes/create", _create_volume),
    ("POST", "/volumes/prune", _prune_volumes),
    ("GET", f"/volumes/{_ONE}", _inspect_volume),
    ("DELETE", f"/volumes/{_ONE}", _remove_volume),
)
