"""What writing a tree into a directory would change, for `--dry-run`: nothing is written."""

from __future__ import annotations

import difflib
from pathlib import Path

import msgspec

from converter.model.tree import FileTree


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Paths by what would happen to them, and the unified diff."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    text: str = ""


def diff(tree: FileTree, directory: Path) -> str:
    """The unified diff from the directory to the tree."""
    return difference(tree, directory).text


def difference(tree: FileTree, directory: Path) -> Difference:
    """The difference between the files there and those of the tree; files of others are not looked at."""
    added: list[str] = []
    changed: list[str] = []
    unchanged: list[str] = []
    texts: list[str] = []
    for file in sorted(tree.files, key=lambda file: file.path):
        before = _text(directory / file.path)
        if before == file.text:
            unchanged.append(file.path)
            continue
        (added if before is None else changed).append(file.path)
        texts.append(_unified(file.path, before, file.text))
    return Difference(added=tuple(added), changed=tuple(changed), unchanged=tuple(unchanged), text="".join(texts))


def listing(tree: FileTree) -> str:
    """The files as a tree, as people draw them."""
    lines: list[str] = []
    above: tuple[str, ...] = ()
    for path in sorted(file.path for file in tree.files):
        *folders, name = path.split("/")
        common = 0
        while common < min(len(folders), len(above)) and folders[common] == above[common]:
            common += 1
        lines += [f"{'  ' * depth}{folder}/" for depth, folder in enumerate(folders) if depth >= common]
        lines.append(f"{'  ' * len(folders)}{name}")
        above = tuple(folders)
    return "\n".join(lines)


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape") if path.is_file() else None
    except OSError:
        return None


def _unified(path: str, before: str | None, after: str) -> str:
    old = "/dev/null" if before is None else f"a/{path}"
    lines = difflib.unified_diff(_lines(before or ""), _lines(after), old, f"b/{path}")
    return "".join(lines)


def _lines(text: str) -> list[str]:
    """Lines with their ends, the last one as git shows one that has none."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n\\ No newline at end of file\n"
    return lines
