"""What is different between the state after the script and the state after the manifests."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from converter.model.report import Difference, Start
from converter.verify.compare import noise
from converter.verify.compare.times import State, Thing

Unstable = Mapping[tuple[str, str], frozenset[str]]
NOT_THERE, AS_BEFORE = "not there", "as it was before"
UNSTABLE = "two runs of the script do not agree on it"
_RANDOM = re.compile("|".join(noise.RANDOM))


def differences(
    script: State, manifests: State, unstable: Unstable, *, host: str, start: Start
) -> Iterator[Difference]:
    """All of them on one host, in order; nothing is asked about what two runs of the script do not agree on."""
    for kind in script:
        left, right = script[kind], manifests.get(kind, {})
        for thing in sorted({*left, *right}):
            never = unstable.get((kind, thing), frozenset())
            one, other = _seen(left.get(thing), start, never), _seen(right.get(thing), start, never)
            if one != other and not (_RANDOM.search(thing) or "*" in never):
                said = _told(one, other, AS_BEFORE if kind == "file" else NOT_THERE)
                yield Difference(start=start, host=host, kind=kind, thing=thing, script=said[0], manifests=said[1])


def unstable(first: State, second: State) -> Unstable:
    """What is not the same after two runs of the script, by kind and thing: which sides of it, or `*`, all of it."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for kind in first:
        for thing in {*first[kind], *second[kind]}:
            if _RANDOM.search(thing):
                continue
            one, other = first[kind].get(thing), second[kind].get(thing)
            if one is None or other is None:
                found[kind, thing] = frozenset("*")
            elif one != other:
                found[kind, thing] = frozenset(key for key in {*one, *other} if one.get(key) != other.get(key))
    return found


def same(script: State, manifests: State, before: State) -> int:
    """How many things were changed and are the same now."""
    count = 0
    for kind, things in script.items():
        known = before.get(kind, {})
        count += sum(thing == manifests.get(kind, {}).get(name) != known.get(name) for name, thing in things.items())
    return count


def _seen(thing: Thing | None, start: Start, never: frozenset[str]) -> Thing | None:
    """As it is compared: on a deployed host without whether a service was started again."""
    if thing is None:
        return None
    skipped = never | ({"started"} if start is Start.DEPLOYED else frozenset())
    return {key: value for key, value in thing.items() if key not in skipped}


def _told(one: Thing | None, other: Thing | None, nothing: str) -> tuple[str, str]:
    """Both sides in words: only what differs, where both are there; of texts the lines that do."""
    if one is None or other is None:
        return _words(one) or nothing, _words(other) or nothing
    keys = [key for key in dict.fromkeys((*one, *other)) if one.get(key) != other.get(key)]
    if "text" in keys and "text" in one and "text" in other:
        return _of_texts(one, other, keys)
    left, right = ({key: side[key] for key in keys if key in side} for side in (one, other))
    return _words(left), _words(right)


def _of_texts(one: Thing, other: Thing, keys: list[str]) -> tuple[str, str]:
    """Lines that only one of them has; where there are none, they differ in how the last one ends."""
    lines = list(difflib.ndiff(one["text"].splitlines(), other["text"].splitlines()))
    told = []
    for side, sign in ((one, "- "), (other, "+ ")):
        plain = _words({key: side[key] for key in keys if key in side and key not in ("text", "sha256", "size")})
        text = "\n".join(line[2:] for line in lines if line.startswith(sign))
        end = "" if side["text"].endswith("\n") else "no newline at its end"
        told.append("; ".join(filter(None, (plain, text or end))))
    return told[0], told[1]


def _words(thing: Mapping[str, Any] | None) -> str:
    if thing is None:
        return ""
    if thing.get("type") == "gone":
        return NOT_THERE
    shown = {key: value for key, value in thing.items() if key not in ("text", "size")}
    if "sha256" in shown:
        shown["sha256"] = str(shown["sha256"])[:12]
    return ", ".join(f"{key} {_plain(value)}" for key, value in shown.items())


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
