"""Which step a decision is about: an identity made of the text of a command, so that it survives edits of others."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from converter.model.decision import STEP
from converter.model.plan import Plan
from converter.model.source import Span

Place = tuple[str, int, int]
Identities = Mapping[Place, str]


def identities(commands: Iterable[tuple[Span, str]]) -> Identities:
    """The identity of each command by its place; the second of the same text in a file has `.2`."""
    texts = {span.start: text for span, text in commands}
    found: dict[Place, str] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for place in sorted(texts):
        name = _named(texts[place])
        seen[place[0], name] += 1
        number = seen[place[0], name]
        found[place] = f"{STEP}{name}" if number == 1 else f"{STEP}{name}.{number}"
    return _apart(found)


def of_plan(plan: Plan) -> Identities:
    """The identities of the commands of a plan."""
    return identities((entry.span, entry.text) for entry in plan.ledger)


def _named(text: str) -> str:
    words = "-".join(re.findall(r"[a-z0-9]+", text.lower())[:4])[:40].strip("-")
    digest = hashlib.sha256(" ".join(text.split()).encode("utf-8", "replace")).hexdigest()[:6]
    return f"{words or 'text'}-{digest}"


def _apart(found: Mapping[Place, str]) -> Identities:
    """What several files have alike is told apart by the file: by its name alone, so that it may be moved."""
    files: dict[str, set[str]] = {}
    for (path, _, _), name in found.items():
        files.setdefault(name, set()).add(path)
    return {
        place: name if len(files[name]) == 1 else f"{name}@{place[0].rpartition('/')[2]}"
        for place, name in found.items()
    }
