"""SOPS with age: values are encrypted one by one in a file that can be reviewed, for keys that `.sops.yaml` names."""

from __future__ import annotations

from converter.model.tree import Setting, Store, TreeFile
from converter.render.secrets.encrypted import Encrypted
from converter.render.yaml import document

VERSION = "3.11.0"
_SCRIPT = f"""\
: "${{SOPS_AGE_KEY:?is not set: the private age key that may read the secrets}}"
install -d -m 700 ~/.config/sops/age
install -m 600 /dev/null ~/.config/sops/age/keys.txt
printf '%s\\n' "$SOPS_AGE_KEY" > ~/.config/sops/age/keys.txt
if ! command -v sops > /dev/null; then
  if [ "$(id -u)" = 0 ]; then become=false; else become=true; fi
  ansible-playbook --inventory localhost, --extra-vars "sops_version={VERSION} sops_become_on_install=$become" \\
    community.sops.install_localhost
fi
"""


class Sops(Encrypted):
    """`sops_NAME` in `secrets.sops.yml`, which Ansible decrypts as it loads the inventory."""

    config = "vars_plugins_enabled = host_group_vars,community.sops.sops\n"
    collections = ("community.sops",)

    prefix = "sops"
    file = "secrets.sops.yml"
    command = "sops encrypt --in-place"

    def files(self) -> list[TreeFile]:
        """A template for each environment, and who may read what is made of it."""
        rule = {"path_regex": r"\.sops\.yml$", "age": "PUBLIC_AGE_KEY"}
        said = [
            "Who may read the secrets. Put the public keys in place of PUBLIC_AGE_KEY, with commas between them;",
            "age-keygen makes one and prints it.",
        ]
        return [TreeFile(path=".sops.yaml", text=document({"creation_rules": [rule]}, said)), *super().files()]

    def store(self) -> Store:
        """A file that is copied, filled in and encrypted."""
        return Store(
            name="sops",
            where="`secrets.sops.yml` beside `secrets.sops.yml.example` of each environment, encrypted by sops",
            places=self._places(),
            guide="The manifests read theirs from files that sops encrypts. Make an age key, put its public part into"
            " `.sops.yaml`, fill the files in and encrypt them before the first run; the private key is the secret"
            " `SOPS_AGE_KEY` of the pipeline:",
            commands=("age-keygen --output ~/.config/sops/age/keys.txt", *self._commands()),
            encrypted="inventories/*/group_vars/all/secrets.sops.yml",
            title="Load the key of the secrets",
            script=_SCRIPT,
            prepared=(
                Setting(
                    name="SOPS_AGE_KEY",
                    purpose="Private age key that may read `secrets.sops.yml` (the line that starts with AGE-)",
                    where="",
                    secret=True,
                ),
            ),
        )
