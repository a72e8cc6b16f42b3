"""Every kind of resource is emitted, with modules and parameters that exist, or declared as unsupported."""

from __future__ import annotations

from typing import Any

import pytest

from converter.render.ansible.kinds import UNSUPPORTED, emitter
from converter.resources import KINDS
from render import samples
from render.playbooks import module_of, options, rendered, tasks

_TYPES: dict[str, type | tuple[type, ...]] = {
    "bool": bool,
    "int": int,
    "float": (int, float, str),
    "dict": dict,
    "str": (str, int),
    "path": str,
}


def test_every_kind_has_a_sample() -> None:
    assert sorted(samples.SPECS) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_answered(kind: str) -> None:
    assert (emitter(kind) is not None) != (kind in UNSUPPORTED)


def test_nothing_of_the_samples_is_refused() -> None:
    refused = [f"{each.address}: {each.reason}" for each in rendered(samples.everything()).unsupported]
    assert refused == []


def test_every_field_of_a_kind_has_a_sample() -> None:
    unsaid = [
        f"{kind}.{field}"
        for kind, several in samples.SPECS.items()
        for field in KINDS[kind].__struct_fields__
        if not any(field in fields for fields in several)
    ]
    assert unsaid == []


def test_every_parameter_exists() -> None:
    found = [module_of(task) for task in tasks(rendered(samples.everything()))]
    names = tuple(sorted({name for name, _ in found}))
    known = options(names)
    assert sorted(known) == sorted(names)
    wrong = [f"{name}: {fault}" for name, args in found for fault in faults(args, known[name], name)]
    assert wrong == []


def faults(args: dict[str, Any], known: dict[str, Any], module: str) -> list[str]:
    """What a module would not accept."""
    if module in ("ansible.builtin.set_fact", "ansible.builtin.meta"):
        return []
    named = {alias: name for name, option in known.items() for alias in (name, *option.get("aliases", ()))}
    found = [f"has no {name}" for name in args if name not in named]
    said = {named[name]: given for name, given in args.items() if name in named}
    found += [f"needs {name}" for name, option in known.items() if option.get("required") and name not in said]
    return [*found, *(f"{n}={each!r}: {why}" for n, given in said.items() for each, why in _wrong(given, known[n]))]


def _wrong(given: Any, option: dict[str, Any]) -> list[tuple[Any, str]]:
    if isinstance(given, str) and "{{" in given:
        return []
    kind = option.get("type", "str")
    if kind == "list":
        items = given if isinstance(given, list) else [given]
        return [pair for item in items for pair in _wrong(item, {**option, "type": option.get("elements", "str")})]
    if not isinstance(given, _TYPES.get(kind, object)) or (kind != "bool" and isinstance(given, bool)):
        return [] if kind == "int" and isinstance(given, str) and given.isdigit() else [(given, f"is no {kind}")]
    choices = option.get("choices")
    if choices and given not in choices:
        return [(given, f"is none of {', '.join(map(str, choices))}")]
    return []
