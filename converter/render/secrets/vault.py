"""ansible-vault: an encrypted file beside the other variables of each environment. The default."""

from __future__ import annotations

from collections.abc import Sequence

from converter.model.tree import Setting, Store, TreeFile
from converter.render.secrets.registry import Secret
from converter.render.yaml import mapping

PASSWORD_FILE = "~/.ssh/vault_password"
_SCRIPT = f"""\
: "${{ANSIBLE_VAULT_PASSWORD:?is not set: the password of the vault}}"
install -d -m 700 ~/.ssh
install -m 600 /dev/null {PASSWORD_FILE}
printf '%s\\n' "$ANSIBLE_VAULT_PASSWORD" > {PASSWORD_FILE}
"""


class Vault:
    """`vault_NAME` in `vault.yml`, which ansible-vault encrypts."""

    config = ""
    collections: tuple[str, ...] = ()

    def __init__(self, project: str, environments: Sequence[str], secrets: Sequence[Secret]) -> None:
        self._secrets = tuple(secrets)
        self._files = tuple(f"inventories/{name}/group_vars/all/vault.yml" for name in environments)

    def value(self, secret: Secret, environment: str) -> str:
        """The variable of the vault."""
        return f"{{{{ vault_{secret.variable} }}}}"

    def files(self) -> list[TreeFile]:
        """A template for each environment."""
        return [TreeFile(path=f"{path}.example", text=self._template(path)) for path in self._files]

    def store(self) -> Store:
        """A file that is copied, filled in and encrypted."""
        lines = [
            line for path in self._files for line in (f"cp {path}.example {path}", f"ansible-vault encrypt {path}")
        ]
        return Store(
            name="vault",
            where="`vault.yml` beside `vault.yml.example` of each environment, encrypted by ansible-vault",
            places=tuple(
                (each.name, f"vault_{each.variable} in vault.yml of each environment") for each in self._secrets
            ),
            guide="The manifests read theirs from a vault. Fill it in and encrypt it, once for each environment, before"
            " the first run; its password is the secret `ANSIBLE_VAULT_PASSWORD` of the pipeline. On your own machine,"
            " `ansible-playbook` asks for it with `--ask-vault-pass`:",
            commands=tuple(lines),
            title="Load the password of the vault",
            script=_SCRIPT,
            prepared=(
                Setting(
                    name="ANSIBLE_VAULT_PASSWORD",
                    purpose="Password of the vault files under `inventories/`",
                    where="",
                    secret=True,
                ),
            ),
            encrypted="inventories/*/group_vars/all/vault.yml",
            environment=(("ANSIBLE_VAULT_PASSWORD_FILE", PASSWORD_FILE),),
        )

    def _template(self, path: str) -> str:
        said = [
            "Secrets of the script. Copy this file to vault.yml, fill it in, and encrypt it before the first commit:",
            f"ansible-vault encrypt {path}",
        ]
        entries = [(f"vault_{each.variable}", "", [each.help] if each.help else []) for each in self._secrets]
        return mapping(entries, said)
