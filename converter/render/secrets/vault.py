"""ansible-vault: an encrypted file beside the other variables of each environment. The default."""

from __future__ import annotations

from converter.model.tree import Setting, Store
from converter.render.secrets.encrypted import Encrypted

PASSWORD_FILE = "~/.ssh/vault_password"
_SCRIPT = f"""\
: "${{ANSIBLE_VAULT_PASSWORD:?is not set: the password of the vault}}"
install -d -m 700 ~/.ssh
install -m 600 /dev/null {PASSWORD_FILE}
printf '%s\\n' "$ANSIBLE_VAULT_PASSWORD" > {PASSWORD_FILE}
"""


class Vault(Encrypted):
    """`vault_NAME` in `vault.yml`, which ansible-vault encrypts."""

    config = ""
    collections: tuple[str, ...] = ()
    prefix = "vault"
    file = "vault.yml"
    command = "ansible-vault encrypt"

    def store(self) -> Store:
        """A file that is copied, filled in and encrypted."""
        return Store(
            name="vault",
            where="`vault.yml` beside `vault.yml.example` of each environment, encrypted by ansible-vault",
            places=self._places(),
            guide="The manifests read theirs from a vault. Fill it in and encrypt it, once for each environment, before"
            " the first run; its password is the secret `ANSIBLE_VAULT_PASSWORD` of the pipeline. On your own machine,"
            " `ansible-playbook` asks for it with `--ask-vault-pass`:",
            commands=self._commands(),
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
