"""The manifests as blocks that know which lines of the script they come from: their comments say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from converter.model.tree import FileTree, TreeFile

_SHOWN = (".yml", ".yaml", ".tf", ".json", ".hcl")


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


def blocks(tree: FileTree, scripts: Sequence[str]) -> tuple[Block, ...]:
    """All blocks of the files that say where they come from, in their order."""
    if not scripts:
        return ()
    names = "|".join(map(re.escape, sorted(scripts, key=len, reverse=True)))
    origin = re.compile(rf"(?<![\w/.-])({names}):(\d+)(?:-(\d+))?(?![\w/.-])")
    return tuple(block for file in tree.files if file.path.endswith(_SHOWN) for block in _of(file, origin))


def _of(file: TreeFile, origin: re.Pattern[str]) -> Iterator[Block]:
    if not any(line.lstrip().startswith("#") and origin.search(line) for line in file.text.splitlines()):
        return
    first = True
    before: tuple[tuple[str, int, int], ...] = ()
    for text in _pieces(file.text.splitlines()):
        # What a line becomes may be several tasks, of which the first alone has the comment.
        before = tuple(_origins(text, origin)) or before
        yield Block(file.path, text, before, first)
        first = False


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """What stands between blank lines, without the marks of YAML documents."""
    piece: list[str] = []
    for line in (*lines, ""):
        if line.strip() and line != "---":
            piece.append(line)
        elif piece:
            yield "\n".join(piece)
            piece = []


def _origins(text: str, origin: re.Pattern[str]) -> Iterator[tuple[str, int, int]]:
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            for found in origin.finditer(line):
                yield found[1], int(found[2]), int(found[3] or found[2])
