"""The scripts that the user names: their bytes, the names they go by, and the files beside them."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from converter.model.diagnostic import ConverterError

LARGEST = 32 * 2**20
STANDARD_INPUT = "script.sh"
_MOST = 2000
# Folders that are named for what they hold, not for the project.
_GENERIC = {"bin", "ci", "deploy", "deployment", "infra", "ops", "script", "scripts", "tools", "tmp", ""}


class Inputs:
    """The scripts of one request. They go by their paths in the project, so that nothing generated depends on where it
    lies or from where it is converted."""

    def __init__(self, paths: Sequence[str]) -> None:
        if paths.count("-") > 1:
            raise ConverterError("standard input can be read once only")
        self.paths = tuple(script for path in paths for script in _scripts(path))
        self._folders = [_place(path).parent for path in self.paths if path != "-"] or [Path.cwd()]
        self.root = _root(self._folders)

    def read(self) -> list[tuple[str, bytes]]:
        """Name and bytes of each script; `-` is standard input."""
        return [(self._named(_place(path)) if path != "-" else STANDARD_INPUT, _bytes(path)) for path in self.paths]

    def beside(self, name: str) -> tuple[str, bytes] | None:
        """A file that a script sources or calls; none outside of the project is ever opened. A name that ends with a
        slash is that of a folder, whose text is the list of the files below it."""
        for folder in (self.root, *self._folders):
            file = Path(os.path.normpath(folder / name))
            if name.endswith("/"):
                if file.is_dir() and file.resolve().is_relative_to(self.root.resolve()):
                    return f"{self._named(file)}/".removeprefix("./"), _listing(file)
                continue
            if file.resolve().is_relative_to(self.root.resolve()) and file.is_file() and file.stat().st_size <= LARGEST:
                return self._named(file), file.read_bytes()
        return None

    def project_name(self) -> str:
        """The name of the project: the folder of the script, past those that are called `scripts` or the like."""
        folder = self._folders[0]
        while folder.name.lower() in _GENERIC and folder != folder.parent:
            folder = folder.parent
        return folder.name or "project"

    def _named(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix() if file.is_relative_to(self.root) else file.name


def _listing(folder: Path) -> bytes:
    """The files below a folder, a line each, without hidden folders and those without end."""
    found: list[str] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "node_modules")
        found += [(Path(place) / name).relative_to(folder).as_posix() for name in sorted(names)]
        if len(found) > _MOST:
            break
    return "\n".join(found[:_MOST]).encode("utf-8", "surrogateescape")


def _scripts(path: str) -> list[str]:
    """The path itself; for a folder the shell scripts that lie in it, not those in folders below."""
    if path == "-" or not Path(path).is_dir():
        return [path]
    found = sorted(str(child) for child in Path(path).iterdir() if child.is_file() and _is_script(child))
    if not found:
        raise ConverterError(f"there is no shell script in the folder {path}", "name the scripts")
    return found


def _is_script(file: Path) -> bool:
    """By its ending, or by a first line that names a shell."""
    if file.suffix:
        return file.suffix in (".sh", ".bash")
    with file.open("rb") as text:
        return re.match(rb"#!.*\b(?:ba|da|k|z)?sh\b", text.readline(200)) is not None


def _place(path: str) -> Path:
    """The absolute path, without following links: a script goes by the name that it is called by."""
    return Path(os.path.normpath(Path.cwd() / path))


def _root(folders: Sequence[Path]) -> Path:
    """The working copy that holds all of them, or else the folder that they have in common."""
    common = Path(os.path.commonpath(folders))
    return next((place for place in (common, *common.parents) if (place / ".git").exists()), common)


def _bytes(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(LARGEST)
    file = Path(path)
    if not file.exists():
        raise ConverterError(f"there is no {path}", "give the path of the script, or - for standard input")
    if not file.is_file():
        raise ConverterError(f"{path} is not a file", "pipe it in and give - as the script")
    if file.stat().st_size > LARGEST:
        raise ConverterError(f"{path} is larger than {LARGEST // 2**20} MiB: that is not a script")
    return file.read_bytes()
