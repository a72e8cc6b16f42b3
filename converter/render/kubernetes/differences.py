"""One object as several environments have it: what is the same in all of them, and a patch for each of what is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Patch = dict[str, Any]


def split(versions: Mapping[str, Any]) -> tuple[Any, dict[str, list[Patch]]]:
    """The shared object, and the operations (RFC 6902) that make it that of each environment."""
    patches: dict[str, list[Patch]] = {name: [] for name in versions}
    return _split(versions, "", patches), patches


def _split(versions: Mapping[str, Any], path: str, patches: dict[str, list[Patch]]) -> Any:
    values = list(versions.values())
    if all(value == values[0] for value in values):
        return values[0]
    if all(isinstance(value, dict) for value in values):
        return _split_mapping(versions, path, patches)
    if all(isinstance(value, list) and len(value) == len(values[0]) for value in values):
        return [
            _split({name: value[index] for name, value in versions.items()}, f"{path}/{index}", patches)
            for index in range(len(values[0]))
        ]
    for name, value in versions.items():
        patches[name].append({"op": "replace", "path": path, "value": value})
    return values[0]


def _split_mapping(versions: Mapping[str, Any], path: str, patches: dict[str, list[Patch]]) -> dict[str, Any]:
    """A key that only some have is added there; the others have nothing to say of it."""
    found: dict[str, Any] = {}
    for key in dict.fromkeys(key for value in versions.values() for key in value):
        place = f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
        having = {name: value[key] for name, value in versions.items() if key in value}
        if len(having) == len(versions):
            found[key] = _split(having, place, patches)
            continue
        for name, value in having.items():
            patches[name].append({"op": "add", "path": place, "value": value})
    return found
