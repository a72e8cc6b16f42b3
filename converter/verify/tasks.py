"""The tasks of a repository's playbooks and roles, with the comments above them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yaml.nodes import MappingNode, Node

_FILES = ("site.yml", "playbooks/*.yml", "roles/*/tasks/*.yml", "roles/*/handlers/*.yml")
_LISTS = frozenset(("block", "rescue", "always", "tasks", "pre_tasks", "post_tasks", "handlers"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task as it is written; comments above a block are those of its tasks too."""

    path: str
    line: int
    data: Mapping[str, Any]
    comments: tuple[str, ...] = ()

    def arguments(self, *modules: str) -> Any:
        """Those of the first of the modules that it has, None where it has none of them."""
        for name in modules:
            for spelling in (name, name.removeprefix("ansible.builtin.")):
                if spelling in self.data:
                    return self.data[spelling] or {}
        return None


def tasks(directory: Path) -> Iterator[Task]:
    """All tasks and handlers; files that are no YAML are left to other validators."""
    import yaml

    for path in sorted(path for pattern in _FILES for path in directory.glob(pattern)):
        text = path.read_text(encoding="utf-8")
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
            yield from _within(root, path.relative_to(directory).as_posix(), text.splitlines(), ())
        except yaml.YAMLError:
            continue


def _within(node: Node | None, path: str, lines: list[str], above: tuple[str, ...]) -> Iterator[Task]:
    from yaml.nodes import MappingNode, SequenceNode

    if not isinstance(node, SequenceNode):
        return
    for item in node.value:
        if not isinstance(item, MappingNode):
            continue
        comments = (*above, *_comments(lines, item.start_mark.line))
        lists = [(key.value, inner) for key, inner in item.value if key.value in _LISTS]
        if not lists:
            yield Task(path=path, line=item.start_mark.line + 1, data=_data(item), comments=comments)
        for _, inner in lists:
            yield from _within(inner, path, lines, comments)


def _data(node: MappingNode) -> dict[str, Any]:
    from yaml.constructor import SafeConstructor

    return {str(key): value for key, value in SafeConstructor().construct_mapping(node, deep=True).items()}


def _comments(lines: list[str], line: int) -> list[str]:
    found: list[str] = []
    while line > 0 and (comment := re.match(r"\s*#\s?(.*)", lines[line - 1])):
        found.insert(0, comment[1])
        line -= 1
    return found
