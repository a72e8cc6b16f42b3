"""The scripts that the user names: their bytes, the names they go by, and the files beside them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from converter.model.diagnostic import ConverterError

LARGEST = 32 * 2**20
STANDARD_INPUT = "script.sh"
# Folders that are named for what they hold, not for the project.
_GENERIC = {"bin", "ci", "deploy", "deployment", "infra", "ops", "script", "scripts", "tools", "tmp", ""}


def read(paths: list[str]) -> list[tuple[str, bytes]]:
    """Name and bytes of each script; `-` is standard input."""
    if paths.count("-") > 1:
        raise ConverterError("standard input can be read once only")
    names = [named(path) for path in paths]
    for name in names:
        if names.count(name) > 1:
            raise ConverterError(
                f"two scripts go by the name {name}", "run it in their common folder, with relative paths"
            )
    return [(name, _bytes(path)) for name, path in zip(names, paths, strict=True)]


def _bytes(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(LARGEST)
    file = Path(path)
    if file.is_dir():
        found = sorted(str(child) for child in file.glob("*.sh"))
        raise ConverterError(
            f"{path} is a directory", f"name the script in it: {found[0]}" if found else "name a script"
        )
    if not file.exists():
        raise ConverterError(f"there is no {path}", "give the path of the script, or - for standard input")
    if not file.is_file():
        raise ConverterError(f"{path} is not a file", "pipe it in and give - as the script")
    if file.stat().st_size > LARGEST:
        raise ConverterError(f"{path} is larger than {LARGEST // 2**20} MiB: that is not a script")
    return file.read_bytes()


def named(path: str) -> str:
    """The name in origins and diagnostics: as typed, unless that would carry places of this machine."""
    if path == "-":
        return STANDARD_INPUT
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        here, file = Path.cwd(), Path(path).resolve()
        return file.relative_to(here).as_posix() if file.is_relative_to(here) else file.name
    return pure.as_posix()


def project_name(paths: list[str]) -> str:
    """The name of the project: the folder of the script, past those that are called `scripts` or the like."""
    if paths[0] == "-":
        return Path.cwd().name or "project"
    folder = Path(paths[0]).resolve().parent
    while folder.name.lower() in _GENERIC and folder != folder.parent:
        folder = folder.parent
    return folder.name or "project"


def beside(paths: list[str]) -> Callable[[str], tuple[str, bytes] | None]:
    """A reader of the files that scripts source or call: none outside of the project is ever opened."""
    roots = [_project(Path(path).resolve().parent if path != "-" else Path.cwd()) for path in paths]
    folders = [(PurePosixPath(named(path)).parent, Path(path).resolve().parent) for path in paths if path != "-"]
    folders.append((PurePosixPath(), Path.cwd()))

    def load(name: str) -> tuple[str, bytes] | None:
        for prefix, folder in folders:
            file = (folder / name).resolve()
            if any(file.is_relative_to(root) for root in roots) and file.is_file() and file.stat().st_size <= LARGEST:
                return _joined(prefix, name, file), file.read_bytes()
        return None

    return load


def _project(folder: Path) -> Path:
    """The working copy that holds the folder, or the folder itself."""
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)


def _joined(prefix: PurePosixPath, name: str, file: Path) -> str:
    parts: list[str] = []
    for part in (prefix / name).parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return file.name if not parts or parts[0] in {"/", ".."} else "/".join(parts)
