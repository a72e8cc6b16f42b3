"""Where in the generated repository a line of the script ended up, from the origin comments of the manifests."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from converter.model.plan import LedgerEntry, Plan
from converter.model.source import Span
from converter.model.tree import FileTree

SOURCES = ".gitopsify/source/"
# A step of the build stands in every workflow, and in two jobs of GitLab's: one place of each pipeline is enough.
_PIPELINES = (".github/workflows/build.yml", ".github/workflows/deploy.yml", ".gitlab-ci.yml")
_REPEATED = tuple(f".github/workflows/{name}.yml" for name in ("check", "drift", "rollback"))
# Says again what the role does, and nothing applies it.
PROPOSED = "compose/"
_ORIGIN = re.compile(r"[^\s,;()]+:\d+(?:-\d+)?")


class Place(msgspec.Struct, frozen=True):
    """A line of a generated file."""

    path: str
    line: int


def places(plan: Plan, tree: FileTree) -> Mapping[str, tuple[Place, ...]]:
    """For the address of each resource, the places whose comment names its lines."""
    comments = _comments(tree)
    found = {}
    for each in plan.resources:
        here = [place for span in each.origin.spans for place in comments.get(span.lines(), ())]
        found[each.address] = tuple(dict.fromkeys(here))
    return found


def of_entry(entry: LedgerEntry, known: Mapping[str, tuple[Place, ...]]) -> tuple[Place, ...]:
    """The places of all resources of a command."""
    return tuple(dict.fromkeys(place for address in entry.resources for place in known.get(address, ())))


def source_path(path: str) -> str:
    """Where a copy of a source file lies, whatever its path was on the machine that converted it."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    inside = parts if not path.startswith("/") else parts[-1:]
    return SOURCES + "/".join(inside if inside and inside != ["-"] else ["stdin"])


def source_anchor(span: Span) -> str:
    """The part of a link that GitHub and GitLab both read as lines."""
    return f"L{span.line}" if span.last_line == span.line else f"L{span.line}-L{span.last_line}"


def _comments(tree: FileTree) -> Mapping[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for file in tree.files:
        proposed = file.path.startswith(PROPOSED)
        if not file.path.endswith((".yml", ".yaml", "/Dockerfile")) or file.path in _REPEATED or proposed:
            continue
        pipeline = file.path in _PIPELINES
        for number, line in enumerate(file.text.split("\n"), start=1):
            _, mark, comment = line.partition("# ")
            if mark:
                for origin in _ORIGIN.findall(comment):
                    known = found.setdefault(origin, [])
                    if not (pipeline and any(place.path == file.path for place in known)):
                        known.append(Place(file.path, number))
    return found
