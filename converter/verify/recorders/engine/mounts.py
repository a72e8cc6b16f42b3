"""What of the host a container sees: volumes are made where they are named, folders where they are bound."""

from __future__ import annotations

from pathlib import Path

from converter.verify.recorders.engine.messages import RefusedError, Thing
from converter.verify.recorders.engine.store import Store, identity, now


def mounts(store: Store, host: Thing, config: Thing) -> list[Thing]:
    """All of them, as an inspection tells them."""
    found: list[Thing] = []
    for bind in host.get("Binds") or ():
        source, target, *mode = bind.split(":")
        found.append(_mounted(store, source, target, "".join(mode)))
    for mount in host.get("Mounts") or ():
        made = (mount.get("BindOptions") or {}).get("CreateMountpoint")
        if mount["Type"] == "bind" and not made and not Path(mount["Source"]).exists():
            raise RefusedError(
                400,
                'invalid mount config for type "bind": bind source path does not exist: ' + mount["Source"],
            )
        mode = "ro" if mount.get("ReadOnly") else ""
        if mount["Type"] == "tmpfs":
            found.append({"Type": "tmpfs", "Source": "", "Destination": mount["Target"], "RW": not mode, "Mode": ""})
        else:
            found.append(_mounted(store, mount.get("Source") or identity(), mount["Target"], mode))
    known = [each["Destination"] for each in found]
    fresh = [target for target in config.get("Volumes") or {} if target not in known]
    return [*found, *(_mounted(store, identity(), target, "") for target in fresh)]


def _mounted(store: Store, source: str, target: str, mode: str) -> Thing:
    shared = {"Destination": target, "Mode": mode, "RW": "ro" not in mode.split(","), "Propagation": ""}
    if source.startswith("/"):
        if not Path(source).exists():
            Path(source).mkdir(parents=True)
        return {"Type": "bind", "Source": source, **shared, "Propagation": "rprivate"}
    volume = store.volumes.setdefault(
        source,
        {
            "Name": source,
            "Driver": "local",
            "Mountpoint": f"/var/lib/docker/volumes/{source}/_data",
            "Scope": "local",
            "CreatedAt": now(),
            "Labels": None,
            "Options": None,
        },
    )
    return {"Type": "volume", "Name": source, "Source": volume["Mountpoint"], "Driver": "local", **shared}
