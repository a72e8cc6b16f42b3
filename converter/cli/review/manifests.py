"""The manifests as blocks that know which lines of the script they come from, cut as on the page of a migration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from converter.model.plan import Plan
from converter.model.tree import FileTree
from converter.repo.page.manifests import manifests
from converter.repo.page.origins import Origins


@dataclass(frozen=True, slots=True)
class Block:
    """Some lines of a file that belong together, and where in the script they come from. The first of a file is
    `first`."""

    path: str
    text: str
    origins: tuple[tuple[str, int, int], ...] = ()
    first: bool = False

    def comes_from(self, path: str, line: int) -> bool:
        """Whether the line is one of those it comes from."""
        return any(path == own and start <= line <= end for own, start, end in self.origins)


def blocks(tree: FileTree, plan: Plan) -> tuple[Block, ...]:
    """All blocks of the files that say where they come from: what a pipeline builds first, variables last."""
    return tuple(_blocks(tree, plan))


def _blocks(tree: FileTree, plan: Plan) -> Iterator[Block]:
    paths = [source.path for source in plan.sources]
    numbers = {path: number for number, path in enumerate(paths, 1)}
    for file in manifests(tree, Origins(plan, numbers)):
        for index, item in enumerate(file.items):
            places = tuple((paths[each.source - 1], each.first, each.last) for each in item.origins)
            yield Block(file.path, item.text, places, first=index == 0)
