"""Encrypts by the programs that will decrypt: ansible-vault and sops. The text goes in by standard input alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from converter.model.diagnostic import ConverterError

LONGEST = 300


def vault(text: str, password_file: str) -> bytes:
    """The text as ansible-vault encrypts it, which asks for the password if no file has it."""
    known = password_file or os.environ.get("ANSIBLE_VAULT_PASSWORD_FILE", "")
    if known and not Path(known).expanduser().is_file():
        raise ConverterError(f"there is no password file {known}", "write the password of the vault into it")
    if not known and not sys.stdin.isatty():
        raise ConverterError(
            "ansible-vault needs a password, and there is no terminal to ask on",
            "give the file that holds it: --vault-password-file FILE",
        )
    options = ["--vault-password-file", str(Path(known).expanduser().absolute())] if known else []
    return _started("ansible-vault", "pip install 'gitopsify[verify]'", ["encrypt", *options, "--output", "-"], text)


def sops(text: str, path: Path, age: str) -> bytes:
    """The text as sops encrypts it, for these age keys or those that `.sops.yaml` names for the file."""
    recipients = ["--age", age] if age else []
    options = ["encrypt", *recipients, "--input-type", "yaml", "--output-type", "yaml"]
    install = "https://getsops.io/docs/#download, version 3.9 or newer"
    return _started("sops", install, [*options, "--filename-override", str(path)], text)


def _started(program: str, install: str, arguments: Sequence[str], text: str) -> bytes:
    places = os.pathsep.join((os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)))
    found = shutil.which(program, path=places)
    if found is None:
        raise ConverterError(f"{program} is not installed, so nothing was written", f"install it: {install}")
    try:
        done = subprocess.run(
            [found, *arguments], input=text.encode(), capture_output=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        raise ConverterError(f"{program} did not end, so nothing was written", "try again") from None
    if done.returncode != 0 or not done.stdout:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        # Its last line says what is wrong; more could quote what it read.
        raise ConverterError(f"{program} could not encrypt, so nothing was written", said[-1][:200] if said else "")
    return done.stdout
