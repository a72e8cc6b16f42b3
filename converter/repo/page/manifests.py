"""The manifests as the page shows them: files cut into items, each with the lines of the script that it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from converter.model.tree import FileTree, TreeFile
from converter.repo.page.origins import Lines, Origins
from converter.repo.places import PROPOSED

# Both pipelines say the same, so one of them is enough.
_PIPELINES = (".github/workflows/deploy.yml", ".gitlab-ci.yml")
_BLOCK = re.compile(r"\|[-+0-9]*$")
_COUNTED = re.compile(r" \(\d+\)$")
_TITLE = re.compile(r"(?:- )?name: (?P<name>.+)|(?P<key>[\w.-]+):")

_KIND = re.compile(r"^kind: (\w+)$", re.MULTILINE)
_NAME = re.compile(r"^  name: (\S+)$", re.MULTILINE)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A task, a handler, a variable, a step of the pipeline; `number` is 0 where no line of the script stands behind
    it. `line` is its first line in the file."""

    line: int
    text: str
    origins: tuple[Lines, ...] = ()
    title: str = ""
    number: int = 0

    @property
    def spread(self) -> str:
        """The lines for the page's program: `1:18-19 1:22-22`."""
        return " ".join(f"{each.source}:{each.first}-{each.last}" for each in self.origins)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A file, or of a pipeline the steps that come from the script."""

    path: str
    items: tuple[Item, ...]
    whole: bool = True


def manifests(tree: FileTree, origins: Origins) -> tuple[Manifest, ...]:
    """The files with something of the script in them, in the order in which they are run, variables last."""
    pipeline = next((path for path in _PIPELINES if any(file.path == path for file in tree.files)), "")
    found = []
    for file in sorted(tree.files, key=_rank):
        if file.path == pipeline:
            found.append(Manifest(path=file.path, items=tuple(_steps(file, origins)), whole=False))
        elif _KIND.search(file.text) and _is_manifest(file.path):
            found.append(Manifest(path=file.path, items=(_object(file, origins),)))
        elif _is_manifest(file.path):
            found.append(Manifest(path=file.path, items=tuple(_followed(_entries(file, origins)))))
    return tuple(_numbered([each for each in found if any(item.origins for item in each.items)]))


def _is_manifest(path: str) -> bool:
    return path.endswith((".yml", ".yaml", "/Dockerfile")) and not path.startswith((".", PROPOSED))


def _rank(file: TreeFile) -> int:
    if file.path.startswith("."):
        return 0
    return 1 if "/tasks/" in file.path else 2 if "/handlers/" in file.path else 3


def _numbered(files: Sequence[Manifest]) -> Iterator[Manifest]:
    number = 0
    for file in files:
        items = []
        for item in file.items:
            number += bool(item.origins)
            items.append(msgspec.structs.replace(item, number=number if item.origins else 0))
        yield msgspec.structs.replace(file, items=tuple(items))


def _entries(file: TreeFile, origins: Origins) -> Iterator[Item]:
    """The entries at the margin with the comments above them; text of the script never stands there."""
    lines = file.text.removesuffix("\n").split("\n")
    starts = [number for number, line in enumerate(lines) if _begins(lines, number, line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        part = lines[start:end]
        comments = [line for line in part if line.startswith("#")]
        yield Item(
            line=start + 1,
            text="\n".join(part).removeprefix("---\n").rstrip("\n"),
            origins=tuple(dict.fromkeys(each for line in comments for each in origins.read(line[2:]))),
            title=_title(next((line for line in part if not line.startswith(("#", "---"))), "")),
        )


def _object(file: TreeFile, origins: Origins) -> Item:
    """An object of a cluster is one thing, with its comments at its head or above what they are about."""
    lines = file.text.removeprefix("---\n").rstrip("\n").split("\n")
    comments = [line.strip()[2:] for line in lines if line.strip().startswith("# ")]
    kind, name = _KIND.search(file.text), _NAME.search(file.text)
    return Item(
        line=2,
        text="\n".join(lines),
        origins=tuple(dict.fromkeys(each for comment in comments for each in origins.read(comment))),
        title=" ".join(found[1] for found in (kind, name) if found is not None),
    )


def _followed(items: Iterable[Item]) -> Iterator[Item]:
    """A resource may be several tasks, of which only the first has the comment: `Ask first - Start it`, `Start it`."""
    before = Item(line=0, text="")
    for item in items:
        same = not item.origins and item.title and _resource(item.title) == _resource(before.title)
        before = msgspec.structs.replace(item, origins=before.origins) if same else item
        yield before


def _resource(title: str) -> str:
    first, _, rest = _COUNTED.sub("", title).partition(" - ")
    return rest or first


def _begins(lines: Sequence[str], number: int, line: str) -> bool:
    if line == "---" or not line or line[0] in " \t":
        return number == 0
    return number == 0 or not lines[number - 1].startswith(("#", "---"))


def _steps(file: TreeFile, origins: Origins) -> Iterator[Item]:
    """The list entries whose block of text begins with an origin: what follows in the block is the script's."""
    lines = file.text.split("\n")
    known: set[str] = set()
    for number, line in enumerate(lines):
        said = line.strip()
        if not said.startswith("# ") or not _BLOCK.search(lines[number - 1]):
            continue
        places = origins.read(said[2:])
        start = next((above for above in range(number - 1, -1, -1) if _opens(lines[above], line)), number)
        indent = _indent(lines[start])
        end = next((below for below in range(number + 1, len(lines)) if _ends(lines[below], indent)), len(lines))
        text = "\n".join(part[indent:] for part in lines[start:end]).rstrip()
        if places and text not in known:
            known.add(text)
            title = _title(lines[start].strip()) or said.partition(": ")[2]
            yield Item(line=start + 1, text=text, origins=places, title=title)


def _opens(line: str, inside: str) -> bool:
    return line.lstrip().startswith("- ") and _indent(line) < _indent(inside)


def _ends(line: str, indent: int) -> bool:
    return bool(line.strip()) and _indent(line) <= indent


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _title(line: str) -> str:
    found = _TITLE.match(line)
    if found is None:
        return ""
    said = found["name"] or found["key"]
    quoted = len(said) > 1 and said[0] == said[-1] and said[0] in "'\""
    return said[1:-1] if quoted else said
