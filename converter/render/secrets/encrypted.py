"""What the stores share that keep secrets in an encrypted file beside the other variables of an environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from converter.model.tree import TreeFile
from converter.render.secrets.registry import Secret
from converter.render.yaml import mapping


class Encrypted:
    """`PREFIX_NAME` in `file`, which `command` encrypts in place."""

    prefix: ClassVar[str]
    file: ClassVar[str]
    command: ClassVar[str]

    def __init__(self, project: str, environments: Sequence[str], secrets: Sequence[Secret]) -> None:
        self._secrets = tuple(secrets)
        self._files = tuple(f"inventories/{name}/group_vars/all/{self.file}" for name in environments)

    def value(self, secret: Secret, environment: str) -> str:
        """The variable of the encrypted file."""
        return f"{{{{ {self._variable(secret)} }}}}"

    def files(self) -> list[TreeFile]:
        """A template for each environment."""
        return [TreeFile(path=f"{path}.example", text=self._template(path)) for path in self._files]

    def _places(self) -> tuple[tuple[str, str], ...]:
        """Each secret of the script, and where a person sets it."""
        where = f"in {self.file} of each environment"
        return tuple((each.name, f"{self._variable(each)} {where}") for each in self._secrets)

    def _commands(self) -> tuple[str, ...]:
        """Each template copied, to be filled in, and encrypted."""
        steps = ((f"cp {path}.example {path}", f"{self.command} {path}") for path in self._files)
        return tuple(line for both in steps for line in both)

    def _variable(self, secret: Secret) -> str:
        return f"{self.prefix}_{secret.variable}"

    def _template(self, path: str) -> str:
        copied = f"Copy this file to {self.file}, fill it in, and encrypt it before the first commit:"
        said = [f"Secrets of the manifests. {copied}", f"{self.command} {path}"]
        entries = [(self._variable(each), "", [each.help] if each.help else []) for each in self._secrets]
        return mapping(entries, said)
