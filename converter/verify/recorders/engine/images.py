"""Images: any name can be pulled, and is the same image each time; what is built is known by what it was built from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from converter.verify.recorders.engine import archives, building
from converter.verify.recorders.engine.filters import Filters, image_named, labels_match, old_enough, without
from converter.verify.recorders.engine.messages import Answer, RefusedError, Request, Thing, route
from converter.verify.recorders.engine.store import Store, now, reference, seconds

_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def digest(text: str) -> str:
    """The id of what a text describes."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def made(store: Store, ident: str, config: Thing, made_of: Thing) -> Thing:
    """The image of this id, new or known."""
    if ident not in store.images:
        plain = {"Env": [_PATH], "Cmd": ["/run"], "Entrypoint": None, "Labels": None, "WorkingDir": "", "User": ""}
        store.images[ident] = {
            "Id": ident,
            "RepoTags": [],
            "RepoDigests": [],
            "Created": now(),
            "Config": {**plain, **config},
            "made": made_of,
        }
    found: Thing = store.images[ident]
    return found


def tag(store: Store, image: Thing, name: str) -> None:
    """Gives it a name, which no other image has then."""
    for each in store.images.values():
        if name in each["RepoTags"]:
            each["RepoTags"].remove(name)
    image["RepoTags"].append(name)


@route("POST", "/images/create")
def pull(store: Store, request: Request) -> Answer:
    """Brings an image, or says that it is there."""
    if request.query.get("fromSrc"):
        raise RefusedError(501, "the recorder that stands for the engine imports nothing")
    given, version = request.query["fromImage"], request.query.get("tag", "")
    name = reference(f"{given}{'@' if version.startswith('sha256:') else ':'}{version}" if version else given)
    ident = digest(f"pulled {name} {request.query.get('platform', '')}")
    there = store.images.get(ident)
    was = there is not None and (name in there["RepoTags"] or name in there["RepoDigests"])
    image = made(store, ident, {}, {"pulled": name, "platform": request.query.get("platform", "")})
    content = digest(f"manifest {name}")
    if "@" in name:
        image["RepoDigests"] = [name]
    else:
        tag(store, image, name)
        image["RepoDigests"] = [f"{name.rpartition(':')[0]}@{content}"]
    store.tell("image", "pull", name, {"name": name})
    store.save()
    state = "Image is up to date" if was else "Downloaded newer image"
    lines = [
        {"status": f"Pulling from {name.rpartition(':')[0]}", "id": name.rpartition(":")[2]},
        *([] if was else [{"status": "Pull complete", "id": ident[7:19], "progressDetail": {}}]),
        {"status": f"Digest: {content}"},
        {"status": f"Status: {state} for {name}"},
    ]
    return Answer(lines=lines)


@route("GET", "/images/json")
def listed(store: Store, request: Request) -> Answer:
    """All of them, or those that the filters leave."""
    filters = dict(request.values("filters"))
    if request.query.get("filter"):
        filters["reference"] = [request.query["filter"]]
    users = [each["Image"] for each in store.containers.values()]
    found = []
    for image in _filtered(store, filters):
        about = {
            "Created": seconds(image["Created"]),
            "Labels": image["Config"]["Labels"] or {},
            "Containers": users.count(image["Id"]),
            "ParentId": "",
            "SharedSize": -1,
            "Size": 0,
        }
        found.append({**_public(image), **about, "RepoTags": image["RepoTags"] or ["<none>:<none>"]})
    return Answer(body=found)


def _filtered(store: Store, filters: Filters) -> Iterator[Thing]:
    without(filters, ("reference", "dangling", "label", "until", "before", "since"))
    for image in sorted(store.images.values(), key=lambda image: str(image["Created"]), reverse=True):
        dangling = str(not image["RepoTags"] and not image["RepoDigests"]).lower()
        if (
            image_named(image["RepoTags"], filters.get("reference", ()))
            and all(("true" if each in ("true", "1") else "false") == dangling for each in filters.get("dangling", ()))
            and labels_match(image["Config"]["Labels"], filters.get("label", ()))
        ):
            yield image


def _public(image: Thing) -> Thing:
    return {key: value for key, value in image.items() if key != "made"}


@route("GET", "/images/get")
def saved(store: Store, request: Request) -> Answer:
    """Images as an archive."""
    names = json.loads(request.query.get("names[]") or "[]")
    given = [(store.image(name), reference(name)) for each in names for name in each.split(",")]
    return Answer(body=archives.packed(given), headers={"Content-Type": "application/x-tar"})


@route("GET", "/images/{name}/get")
def saved_one(store: Store, request: Request) -> Answer:
    """One of them as an archive."""
    given = [(store.image(request.name), reference(request.name))]
    return Answer(body=archives.packed(given), headers={"Content-Type": "application/x-tar"})


@route("POST", "/images/load")
def loaded(store: Store, request: Request) -> Answer:
    """Images out of an archive."""
    lines = []
    for ident, about, names in archives.unpacked(request.body):
        image = made(store, ident, about.get("config", {}), about.get("made", {"loaded": names}))
        for name in names:
            tag(store, image, name)
            lines.append({"stream": f"Loaded image: {name}\n"})
        if not names:
            lines.append({"stream": f"Loaded image ID: {ident}\n"})
    store.save()
    return Answer(lines=lines)


@route("GET", "/images/{name}/json")
def inspected(store: Store, request: Request) -> Answer:
    """One of them, with all that is known."""
    fixed = {"Os": "linux", "Architecture": "amd64", "Size": 0, "VirtualSize": 0, "DockerVersion": "", "Author": ""}
    layers = {"RootFS": {"Type": "layers", "Layers": []}, "GraphDriver": {"Name": "overlay2", "Data": {}}}
    return Answer(body={**fixed, **layers, "Parent": "", "Comment": "", **_public(store.image(request.name))})


@route("GET", "/images/{name}/history")
def history(store: Store, request: Request) -> Answer:
    """That it was made."""
    image = store.image(request.name)
    made_at = {"Created": seconds(image["Created"]), "CreatedBy": "recorder", "Size": 0, "Comment": ""}
    return Answer(body=[{"Id": image["Id"], "Tags": image["RepoTags"], **made_at}])


@route("GET", "/distribution/{name}/json")
def in_registry(_store: Store, request: Request) -> Answer:
    """What the registry has under a name: something, always."""
    content = {"mediaType": "application/vnd.oci.image.index.v1+json", "size": 1}
    descriptor = {**content, "digest": digest(f"manifest {reference(request.name)}")}
    return Answer(body={"Descriptor": descriptor, "Platforms": [{"architecture": "amd64", "os": "linux"}]})


@route("POST", "/images/{name}/tag")
def tagged(store: Store, request: Request) -> Answer:
    """A further name."""
    name, version = request.query["repo"], request.query.get("tag", "")
    tag(store, store.image(request.name), reference(f"{name}:{version}" if version else name))
    store.save()
    return Answer(status=201)


@route("POST", "/images/{name}/push")
def pushed(store: Store, request: Request) -> Answer:
    """Into its registry, which then has it."""
    version = request.query.get("tag", "")
    name = reference(f"{request.name}:{version}" if version else request.name)
    image = store.image(name)
    was = store.pushed.get(name) == image["Id"]
    store.pushed[name] = image["Id"]
    store.save()
    short = name.rpartition(":")[2]
    lines: list[Thing] = [
        {"status": f"The push refers to repository [{name.rpartition(':')[0]}]"},
        {"status": "Layer already exists" if was else "Pushed", "progressDetail": {}, "id": image["Id"][7:19]},
        {"status": f"{short}: digest: {digest('manifest ' + image['Id'])} size: 1"},
    ]
    return Answer(lines=lines)


@route("POST", "/images/prune")
def pruned(store: Store, request: Request) -> Answer:
    """Those that no container has go, or of them those without a name."""
    filters = dict(request.values("filters"))
    every = any(each in ("false", "0") for each in filters.pop("dangling", []))
    used = {each["Image"] for each in store.containers.values()}
    gone: list[Thing] = []
    for image in list(store.images.values()):
        named = image["RepoTags"] or (image["RepoDigests"] and not every)
        if image["Id"] in used or (named and not every) or not old_enough(image["Created"], filters):
            continue
        if labels_match(image["Config"]["Labels"], filters.get("label", ())):
            gone += [{"Untagged": name} for name in image["RepoTags"]] + [{"Deleted": image["Id"]}]
            del store.images[image["Id"]]
    store.save()
    return Answer(body={"ImagesDeleted": gone or None, "SpaceReclaimed": 0})


@route("DELETE", "/images/{name}")
def removed(store: Store, request: Request) -> Answer:
    """A name, and the image with its last one."""
    image, name = store.image(request.name), reference(request.name)
    by_id = name not in image["RepoTags"] and name not in image["RepoDigests"]
    users = [each for each in store.containers.values() if each["Image"] == image["Id"]]
    if by_id and len(image["RepoTags"]) > 1 and not request.flag("force"):
        raise RefusedError(
            409, f"conflict: unable to delete {name} (must be forced) - it is referenced in multiple places"
        )
    last = by_id or image["RepoTags"] in ([name], [])
    running = [each for each in users if each["State"]["Running"]]
    if last and (running or (users and not request.flag("force"))):
        word = "cannot be forced" if running else "must be forced"
        user = (running or users)[0]["Id"][:12]
        raise RefusedError(
            409, f"conflict: unable to remove repository reference ({word}) - container {user} is using it"
        )
    gone = [{"Untagged": each} for each in (image["RepoTags"] if by_id else [name])]
    image["RepoTags"] = [] if by_id else [each for each in image["RepoTags"] if each != name]
    if last:
        del store.images[image["Id"]]
        gone.append({"Deleted": image["Id"]})
    store.save()
    return Answer(body=gone)


@route("POST", "/build")
def built(store: Store, request: Request) -> Answer:
    """An image from a folder: the same folder and options make the same image."""
    what = building.read(request)
    image = made(store, digest(json.dumps(what.made_of, sort_keys=True)), what.config, what.made_of)
    for name in json.loads(request.query.get("t[]") or "[]"):
        tag(store, image, reference(name))
    store.save()
    short = image["Id"][7:19]
    lines = [{"stream": f"Step 1/1 : {what.first}\n"}, {"aux": {"ID": image["Id"]}}]
    lines.append({"stream": f"Successfully built {short}\n"})
    lines += [{"stream": f"Successfully tagged {name}\n"} for name in json.loads(request.query.get("t[]") or "[]")]
    return Answer(lines=lines)
