"""The forms of an export: a file for ansible-vault, one for sops, one for the environment of a shell."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import yaml

from converter.export import encryption
from converter.export.private import check, write
from converter.model.diagnostic import ConverterError

FORMATS = ("vault", "sops", "env")


def export(values: Mapping[str, str], to: str, path: Path, *, password_file: str = "", age: str = "") -> None:
    """Writes the values, by the name of the variable of the manifests, to a file that must not be there yet."""
    check(path, encrypted=to != "env")
    match to:
        case "vault":
            plain = yaml.safe_dump({f"vault_{name}": value for name, value in values.items()}, sort_keys=False)
            data = encryption.vault(plain, password_file)
        case "sops":
            plain = yaml.safe_dump({f"sops_{name}": value for name, value in values.items()}, sort_keys=False)
            data = encryption.sops(plain, path, age)
        case "env":
            lines = [f"{name.upper()}={shlex.quote(value)}\n" for name, value in values.items()]
            data = "".join(lines).encode("utf-8", "surrogateescape")
        case _:
            raise ConverterError(f"there is no export to {to!r}", f"one of {', '.join(FORMATS)}")
    write(path, data)
