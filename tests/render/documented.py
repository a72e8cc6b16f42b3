"""What `ansible-doc` says of a module, held against the arguments of a task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "bool": bool,
    "int": int,
    "float": (int, float, str),
    "dict": dict,
    "str": (str, int),
    "path": str,
}
# Their parameters are names of the author's or single words, which no documentation lists.
_FREE = ("ansible.builtin.set_fact", "ansible.builtin.meta")


def faults(args: Mapping[str, Any], known: Mapping[str, Any], module: str) -> list[str]:
    """What a module would not accept."""
    return [] if module in _FREE else list(_faults(args, known))


def _faults(args: Mapping[str, Any], known: Mapping[str, Any]) -> Iterator[str]:
    named = {alias: name for name, option in known.items() for alias in (name, *(option.get("aliases") or ()))}
    yield from (f"has no {name}" for name in args if name not in named)
    said = {named[name]: given for name, given in args.items() if name in named}
    yield from (f"needs {name}" for name, option in known.items() if option.get("required") and name not in said)
    for name, given in said.items():
        yield from (f"{name}={each!r}: {why}" for each, why in _wrong(given, known[name]))


def _wrong(given: Any, option: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    kind = option.get("type", "str")
    if isinstance(given, str) and "{{" in given:
        return
    if kind == "list":
        for item in given if isinstance(given, list) else [given]:
            yield from _wrong(item, {**option, "type": option.get("elements", "str"), "elements": "raw"})
    elif not _fits(given, kind):
        yield given, f"is no {kind}"
    elif isinstance(given, dict) and option.get("suboptions"):
        yield from ((given, why) for why in _faults(given, option["suboptions"]))
    elif option.get("choices") and given not in option["choices"]:
        yield given, f"is none of {', '.join(map(str, option['choices']))}"


def _fits(given: Any, kind: str) -> bool:
    if kind != "bool" and isinstance(given, bool):
        return kind == "raw"
    return isinstance(given, _TYPES.get(kind, object)) or (kind == "int" and isinstance(given, str) and given.isdigit())
