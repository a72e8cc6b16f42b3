"""Volumes of containers."""

from __future__ import annotations

from converter.verify.recorders.engine.filters import labels_match, named, without
from converter.verify.recorders.engine.messages import Answer, RefusedError, Request, Thing, route
from converter.verify.recorders.engine.store import Store, identity, now

_ID = 64


@route("POST", "/volumes/create")
def create(store: Store, request: Request) -> Answer:
    """A new one, or the one that is there."""
    asked = request.asked()
    name = asked.get("Name") or identity()
    made = {
        "Name": name,
        "Driver": asked.get("Driver") or "local",
        "Mountpoint": f"/var/lib/docker/volumes/{name}/_data",
        "CreatedAt": now(),
        "Labels": asked.get("Labels") or None,
        "Options": asked.get("DriverOpts") or None,
        "Scope": "local",
    }
    found = store.volumes.setdefault(name, made)
    store.save()
    return Answer(status=201, body=found)


@route("GET", "/volumes")
def listed(store: Store, request: Request) -> Answer:
    """All of them, or those that the filters leave."""
    filters = request.values("filters")
    without(filters, ("name", "label", "driver", "dangling"))
    used = _used(store)
    found = [
        each
        for each in store.volumes.values()
        if named(each["Name"], filters.get("name", ()))
        and labels_match(each["Labels"], filters.get("label", ()))
        and each["Driver"] in (filters.get("driver") or [each["Driver"]])
        and all((each["Name"] not in used) == (word in ("1", "true")) for word in filters.get("dangling", ()))
    ]
    return Answer(body={"Volumes": found, "Warnings": None})


def _used(store: Store) -> dict[str, Thing]:
    return {
        mount["Name"]: each
        for each in store.containers.values()
        for mount in each["Mounts"]
        if mount["Type"] == "volume"
    }


@route("POST", "/volumes/prune")
def pruned(store: Store, request: Request) -> Answer:
    """Those that no container has go: without a name only, unless all are asked for."""
    filters = request.values("filters")
    every = any(word in ("1", "true") for word in filters.get("all", ()))
    used = _used(store)
    gone = [
        name
        for name, each in store.volumes.items()
        if name not in used and (every or len(name) == _ID) and labels_match(each["Labels"], filters.get("label", ()))
    ]
    for name in gone:
        del store.volumes[name]
    store.save()
    return Answer(body={"VolumesDeleted": gone or None, "SpaceReclaimed": 0})


@route("GET", "/volumes/{name}")
def inspected(store: Store, request: Request) -> Answer:
    """One of them."""
    return Answer(body=store.volume(request.name))


@route("DELETE", "/volumes/{name}")
def removed(store: Store, request: Request) -> Answer:
    """One is gone that no container has."""
    volume = store.volume(request.name)
    if user := _used(store).get(volume["Name"]):
        raise RefusedError(409, f"remove {volume['Name']}: volume is in use - [{user['Id']}]")
    del store.volumes[volume["Name"]]
    store.save()
    return Answer(status=204)
