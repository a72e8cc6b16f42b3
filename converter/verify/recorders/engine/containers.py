"""Containers: made, looked at, changed and removed."""

from __future__ import annotations

from hashlib import sha256

from converter.verify.recorders.engine.answering import ANY
from converter.verify.recorders.engine.defaults import CONFIG, HOST_CONFIG, filled
from converter.verify.recorders.engine.filters import container_matches, labels_match, old_enough
from converter.verify.recorders.engine.messages import Answer, RefusedError, Request, Thing, route
from converter.verify.recorders.engine.mounts import mounts
from converter.verify.recorders.engine.store import Store, identity, now, seconds

NEVER = "0001-01-01T00:00:00Z"
_FOUND = (
    "IPAMConfig Links Aliases MacAddress DriverOpts NetworkID EndpointID Gateway IPAddress IPPrefixLen IPv6Gateway"
    " GlobalIPv6Address GlobalIPv6PrefixLen DNSNames"
).split()


@route("POST", "/containers/create")
def create(store: Store, request: Request) -> Answer:
    """A new container that does not run yet."""
    asked = request.asked()
    image = store.image(asked["Image"])
    ident = identity()
    name = "/" + (request.query.get("name") or f"recorded_{ident[:8]}").removeprefix("/")
    if any(each["Name"] == name for each in store.containers.values()):
        other = store.container(name)["Id"]
        raise RefusedError(
            409,
            f'Conflict. The container name "{name}" is already in use by container "{other}". You have to remove'
            " (or rename) that container to be able to reuse that name.",
        )
    host = filled(asked.get("HostConfig") or {}, HOST_CONFIG)
    host["Links"] = [_link(store, each, name) for each in host.get("Links") or ()] or None
    config = _configured({key: value for key, value in asked.items() if key not in _BESIDES}, image, ident)
    networks = _networks(host, (asked.get("NetworkingConfig") or {}).get("EndpointsConfig") or {})
    # Clients before API 1.44 said it of the container, later ones of its place in the network.
    address = config.pop("MacAddress", "")
    for place in list(networks.values())[:1]:
        place["MacAddress"] = address or place["MacAddress"]
    container = {
        "Id": ident,
        "Name": name,
        "named": bool(request.query.get("name")),
        "Created": now(),
        "Image": image["Id"],
        "Config": config,
        "HostConfig": host,
        "Networks": networks,
        "Mounts": mounts(store, host, config),
        "State": _state("created"),
        "done": [],
    }
    store.containers[ident] = container
    tell(store, "create", container)
    store.save()
    return Answer(status=201, body={"Id": ident, "Warnings": []})


_BESIDES = ("HostConfig", "NetworkingConfig")


def _link(store: Store, link: str, name: str) -> str:
    """`db:alias`, or `/db:/name/alias` as the engine writes it down (docker/cli, opts, "ParseLink")."""
    other, _, alias = link.partition(":")
    return f"{store.container(other)['Name']}:{name}/{alias.rpartition('/')[2] or other}"


def _configured(asked: Thing, image: Thing, ident: str) -> Thing:
    """What was asked for on top of what the image has (moby, daemon/commit.go, "merge")."""
    config = filled(asked, CONFIG)
    below = image["Config"]
    if not config["Entrypoint"]:
        config["Cmd"] = config["Cmd"] or below["Cmd"]
        config["Entrypoint"] = below["Entrypoint"] if config["Entrypoint"] is None else None
    given = {each.partition("=")[0] for each in config["Env"] or ()}
    more = [each for each in below["Env"] or () if each.partition("=")[0] not in given]
    config["Env"] = [*(each for each in config["Env"] or () if "=" in each), *more]
    config["Labels"] = {**(below["Labels"] or {}), **(config["Labels"] or {})}
    for name in ("ExposedPorts", "Volumes"):
        config[name] = {**(below.get(name) or {}), **(config.get(name) or {})} or None
    for name in ("WorkingDir", "User"):
        config[name] = config[name] or below[name]
    config["Hostname"] = config["Hostname"] or ident[:12]
    return config


def _networks(host: Thing, endpoints: Thing) -> Thing:
    """One each, without what is only known once it runs; one that has another's has none."""
    mode = "bridge" if host["NetworkMode"] == "default" else host["NetworkMode"]
    if mode.startswith("container:"):
        return {}
    wanted = {**({} if mode in endpoints else {mode: {}}), **endpoints}
    return {("bridge" if name == "default" else name): endpoint(one) for name, one in wanted.items()}


def endpoint(asked: Thing | None) -> Thing:
    """A container's place in a network."""
    given = asked or {}
    number = ("IPPrefixLen", "GlobalIPv6PrefixLen")
    plain: Thing = {name: 0 if name in number else "" for name in _FOUND}
    for name in ("IPAMConfig", "Links", "Aliases", "DriverOpts", "DNSNames"):
        plain[name] = given.get(name) or None
    return {**plain, "MacAddress": given.get("MacAddress") or ""}


def _state(status: str) -> Thing:
    switches = dict.fromkeys(("Running", "Paused", "Restarting", "OOMKilled", "Dead"), False)
    return {"Status": status, **switches, "Pid": 0, "ExitCode": 0, "Error": "", "StartedAt": NEVER, "FinishedAt": NEVER}


def tell(store: Store, action: str, container: Thing) -> None:
    """Notes an event of a container."""
    labels = container["Config"]["Labels"] or {}
    about = {**labels, "name": container["Name"][1:], "image": container["Config"]["Image"]}
    store.tell("container", action, container["Id"], about)


@route("GET", "/containers/json")
def listed(store: Store, request: Request) -> Answer:
    """Those that run, or all, or those that the filters leave."""
    filters = request.values("filters")
    every = request.flag("all") or "status" in filters or "exited" in filters or bool(request.query.get("limit"))
    found = [
        summary(each)
        for each in sorted(store.containers.values(), key=lambda one: str(one["Created"]), reverse=True)
        if (every or each["State"]["Running"]) and container_matches(each, filters, store.images)
    ]
    limit = int(request.query.get("limit") or 0)
    return Answer(body=found[:limit] if limit > 0 else found)


def summary(container: Thing) -> Thing:
    """A container in a list."""
    config, state = container["Config"], container["State"]
    words = {"running": "Up 1 second", "created": "Created", "paused": "Up 1 second (Paused)"}
    health = f" ({state['Health']['Status']})" if state.get("Health") and state["Running"] else ""
    status = words.get(state["Status"], f"Exited ({state['ExitCode']}) 1 second ago") + health
    return {
        "Id": container["Id"],
        "Names": [container["Name"]],
        "Image": config["Image"],
        "ImageID": container["Image"],
        "Command": " ".join([*(config["Entrypoint"] or ()), *(config["Cmd"] or ())]),
        "Created": seconds(container["Created"]),
        "Ports": list(_ports(container)),
        "Labels": config["Labels"] or {},
        "State": state["Status"],
        "Status": status,
        "HostConfig": {"NetworkMode": container["HostConfig"]["NetworkMode"]},
        "NetworkSettings": {"Networks": container["Networks"]},
        "Mounts": container["Mounts"],
        "SizeRw": 0,
        "SizeRootFs": 0,
    }


def _ports(container: Thing) -> list[Thing]:
    found = []
    for port, bindings in (container["HostConfig"].get("PortBindings") or {}).items():
        number, _, kind = port.partition("/")
        for each in bindings or ():
            public = {"PublicPort": int(each["HostPort"])} if each.get("HostPort") else {}
            found.append({"IP": each.get("HostIp") or ANY, "PrivatePort": int(number), "Type": kind, **public})
    return found


@route("POST", "/containers/prune")
def pruned(store: Store, request: Request) -> Answer:
    """Those that stand still go."""
    filters = request.values("filters")
    gone = [
        each["Id"]
        for each in store.containers.values()
        if not each["State"]["Running"]
        and old_enough(each["Created"], filters)
        and labels_match(each["Config"]["Labels"], filters.get("label", ()))
    ]
    for ident in gone:
        del store.containers[ident]
    store.save()
    return Answer(body={"ContainersDeleted": gone or None, "SpaceReclaimed": 0})


@route("GET", "/containers/{name}/json")
def inspected(store: Store, request: Request) -> Answer:
    """One of them, with all that is known."""
    container = store.container(request.name)
    config = container["Config"]
    words = [*(config["Entrypoint"] or ()), *(config["Cmd"] or ())]
    bindings = container["HostConfig"].get("PortBindings") or {}
    up = container["State"]["Running"]
    ports: Thing = {**dict.fromkeys(config["ExposedPorts"] or {}), **bindings} if up else {}
    first = next(iter(container["Networks"].values()), {"IPAddress": ""})
    networking = {"Ports": ports, "Networks": container["Networks"], "IPAddress": first["IPAddress"], "SandboxID": ""}
    shown = {key: value for key, value in container.items() if key not in ("Networks", "done", "named")}
    shown["Config"] = {**config, **({"MacAddress": first["MacAddress"]} if first.get("MacAddress") else {})}
    fixed = {"Driver": "overlay2", "Platform": "linux", "RestartCount": 0, "LogPath": "", "ExecIDs": None}
    graph = {"GraphDriver": {"Name": "overlay2", "Data": {}}}
    return Answer(
        body={**shown, **fixed, **graph, "Path": (words or [""])[0], "Args": words[1:], "NetworkSettings": networking}
    )


@route("POST", "/containers/{name}/rename")
def renamed(store: Store, request: Request) -> Answer:
    """Another name."""
    container, name = store.container(request.name), "/" + request.query["name"].removeprefix("/")
    if any(each["Name"] == name for each in store.containers.values()):
        raise RefusedError(409, f'Conflict. The container name "{name}" is already in use.')
    container["Name"] = name
    store.save()
    return Answer(status=204)


@route("POST", "/containers/{name}/update")
def updated(store: Store, request: Request) -> Answer:
    """Other limits, or another policy of starting again."""
    store.container(request.name)["HostConfig"] |= {key: each for key, each in request.asked().items() if each}
    store.save()
    return Answer(body={"Warnings": []})


@route("PUT", "/containers/{name}/archive")
def copied(store: Store, request: Request) -> Answer:
    """Files that come into a container; what it was is noted."""
    container = store.container(request.name)
    container["done"].append({"copied": request.query["path"], "content": sha256(request.body).hexdigest()[:12]})
    store.save()
    return Answer()


@route("DELETE", "/containers/{name}")
def removed(store: Store, request: Request) -> Answer:
    """A container is gone, with its volumes without names if asked."""
    container = store.container(request.name)
    if container["State"]["Running"] and not request.flag("force"):
        name = container["Name"]
        raise RefusedError(
            409,
            f'cannot remove container "{name}": container is running: stop the container before removing or force'
            " remove",
        )
    remove(store, container)
    if request.flag("v"):
        for mount in container["Mounts"]:
            if len(mount.get("Name", "")) == len(container["Id"]):
                store.volumes.pop(mount["Name"], None)
    store.save()
    return Answer(status=204)


def remove(store: Store, container: Thing) -> None:
    """It is gone, and everyone who waits for that knows."""
    if container["State"]["Running"]:
        tell(store, "die", container)
    del store.containers[container["Id"]]
    tell(store, "destroy", container)
