"""The files of the generated repository, before they are written."""

from __future__ import annotations

import msgspec


class TreeFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file: path relative to the repository with `/`, its text, and whether it can be executed."""

    path: str
    text: str
    executable: bool = False


class Unsupported(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that a target can't express, with the reason; shown and counted, never dropped."""

    address: str
    target: str
    reason: str


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sets before the first run: a secret or a variable of the pipeline. `where` names the page to set
    it on; `default` is what
    holds where it is not set."""

    name: str
    purpose: str
    where: str
    secret: bool = False
    required: bool = True
    default: str = ""


class FileTree(msgspec.Struct, frozen=True, kw_only=True):
    """All files by path, what could not be expressed, and what is to be set outside of the repository."""

    files: tuple[TreeFile, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    settings: tuple[Setting, ...] = ()

    def plus(self, other: FileTree) -> FileTree:
        """Both trees; a path may be in one of them only."""
        mine = {file.path for file in self.files}
        clash = [file.path for file in other.files if file.path in mine]
        if clash:
            raise ValueError(f"two parts of the repository write {clash[0]}")
        return FileTree(
            files=self.files + other.files,
            unsupported=self.unsupported + other.unsupported,
            settings=self.settings + other.settings,
        )
