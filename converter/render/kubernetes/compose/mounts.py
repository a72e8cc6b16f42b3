"""Volumes, configs and secrets of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from converter.model.value import Value

if TYPE_CHECKING:
    from converter.render.kubernetes.compose.service import Service


def volumes(found: Service, value: Any) -> None:
    """`source:target:options`, or a mapping."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, Value):
            found.fields["volumes"] = (*found.fields.get("volumes", ()), each)
        else:
            _long(found, each)


def _long(found: Service, each: dict[str, Any]) -> None:
    kind = (each.get("type") or Value.of("volume")).shell()
    target = each.get("target")
    if target is None:
        found.leave("volumes", "one of them has no `target`")
        return
    if kind == "tmpfs":
        size = (each.get("tmpfs") or {}).get("size")
        own = [target, Value.of(":size="), size] if size is not None else [target]
        found.flags.append(("tmpfs", Value.join(own)))
        return
    if kind not in ("bind", "volume"):
        found.leave(f"volumes of type {kind}", "a pod has nothing for it")
        return
    if (each.get("volume") or {}).get("subpath") is not None:
        found.leave("volumes.volume.subpath", "add `subPath` to the mount")
    read_only = each.get("read_only")
    tail = [Value.of("ro")] if read_only is not None and read_only.text == "true" else []
    parts = [*([each["source"]] if each.get("source") is not None else []), target, *tail]
    found.fields["volumes"] = (*found.fields.get("volumes", ()), Value.join(parts, ":"))


def configs(found: Service, value: Any) -> None:
    """A file of the project, as one that is mounted."""
    for name, target in _named(value):
        own = found.files.get("configs", {}).get(name) or {}
        place = target or f"/{name}"
        if own.get("file") is not None:
            one = Value.join([own["file"], Value.of(f":{place}:ro")])
            found.fields["volumes"] = (*found.fields.get("volumes", ()), one)
        else:
            found.leave(f"configs.{name}", f"put its text into a config map, and mount it at `{place}`")


def secrets(found: Service, value: Any) -> None:
    """A key of the secrets of the environment, which a person fills in."""
    for name, target in _named(value):
        place = target or name
        found.secrets.append((name, place if place.startswith("/") else f"/run/secrets/{place}"))


def _named(value: Any) -> list[tuple[str, str]]:
    found = []
    for each in value if isinstance(value, list) else ():
        if isinstance(each, Value):
            found.append((each.shell(), ""))
        else:
            target = each.get("target")
            found.append((each["source"].shell(), target.shell() if target is not None else ""))
    return found
