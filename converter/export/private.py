"""A file for its owner alone, from its first moment on."""

from __future__ import annotations

import os
from pathlib import Path

from converter.model.diagnostic import ConverterError


def check(path: Path, *, encrypted: bool) -> None:
    """Refuses a place that would lose a file or publish the secrets; before any program asks for a password."""
    place = path.expanduser().absolute()
    if os.path.lexists(place):
        raise ConverterError(f"{path} is there already", "name another file with -o, or remove that one")
    if not place.parent.is_dir():
        raise ConverterError(f"there is no folder {path.parent}", "make it first, for you alone: mkdir -m 700")
    if not encrypted:
        around = place.parent.resolve()
        repository = next((folder for folder in (around, *around.parents) if (folder / ".git").exists()), None)
        if repository is not None:
            raise ConverterError(
                f"{path} is inside the git repository {repository}, where it could be committed",
                "name a file outside of it with -o, or encrypt: --to vault, --to sops",
            )


def write(path: Path, data: bytes) -> None:
    """Makes the file with mode 0600; a file or a link that has come in between is left alone."""
    place = path.expanduser().absolute()
    try:
        made = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError as problem:
        raise ConverterError(f"{path} is there already", "name another file with -o, or remove that one") from problem
    with os.fdopen(made, "wb") as file:
        file.write(data)
