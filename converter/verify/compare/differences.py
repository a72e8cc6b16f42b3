"""What is different between the state after the script and the state after the manifests."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from converter.model.report import Difference, Start
from converter.verify.compare import noise
from converter.verify.compare.capture import State, Thing

# Of a host that is deployed already, the plan says that some things are done again only when something has changed.
ONCE = "it is done again only when something has changed, as the migration report says"
_RANDOM = re.compile("|".join(noise.RANDOM))


def differences(script: State, manifests: State, *, host: str, start: Start) -> Iterator[Difference]:
    """All of them on one host, in order."""
    for kind in script:
        left, right = script[kind], manifests.get(kind, {})
        for thing in sorted({*left, *right}):
            one, other = _seen(left.get(thing), start), _seen(right.get(thing), start)
            if one != other and not _RANDOM.search(thing):
                said = _told(one, other)
                yield Difference(start=start, host=host, kind=kind, thing=thing, script=said[0], manifests=said[1])


def same(script: State, manifests: State, before: State) -> int:
    """How many things were changed and are the same now."""
    count = 0
    for kind, things in script.items():
        known = before.get(kind, {})
        count += sum(thing == manifests.get(kind, {}).get(name) != known.get(name) for name, thing in things.items())
    return count


def _seen(thing: Thing | None, start: Start) -> Thing | None:
    """As it is compared: on a deployed host without whether a service was started again."""
    if thing is None or thing.get("type") == "gone":
        return None
    return {key: value for key, value in thing.items() if not (key == "started" and start is Start.DEPLOYED)}


def _told(one: Thing | None, other: Thing | None) -> tuple[str, str]:
    """Both sides in words: only what differs, where both are there; of texts the lines that do."""
    if one is None or other is None:
        return _words(one), _words(other)
    keys = [key for key in (*one, *(key for key in other if key not in one)) if one.get(key) != other.get(key)]
    if "text" in keys and "text" in one and "text" in other:
        left, right = one["text"].splitlines(), other["text"].splitlines()
        lines = list(difflib.ndiff(left, right))
        texts = ["\n".join(line[2:] for line in lines if line.startswith(sign)) for sign in ("- ", "+ ")]
        keys = [key for key in keys if key not in ("text", "sha256", "size")]
        parts = [_words({key: side[key] for key in keys if key in side}) for side in (one, other)]
        # What differs in no line differs in how the last one ends.
        ends = ["no newline at the end" if not side["text"].endswith("\n") else "" for side in (one, other)]
        return tuple("; ".join(filter(None, (part, text or end))) for part, text, end in zip(parts, texts, ends, strict=True))  # type: ignore[return-value]
    return _words({key: one[key] for key in keys if key in one}), _words({key: other[key] for key in keys if key in other})


def _words(thing: Mapping[str, Any] | None) -> str:
    if thing is None:
        return "not there"
    shown = {key: value for key, value in thing.items() if key not in ("text", "size")}
    if "sha256" in shown:
        shown["sha256"] = str(shown["sha256"])[:12]
    return ", ".join(f"{key} {_plain(value)}" for key, value in shown.items())


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
