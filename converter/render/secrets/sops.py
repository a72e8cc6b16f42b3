"""SOPS with age: values are encrypted one by one in a file that can be reviewed, for keys that `.sops.yaml` names."""

from __future__ import annotations

from collections.abc import Sequence

from converter.model.tree import Setting, Store, TreeFile
from converter.render.secrets.registry import Secret
from converter.render.yaml import document, mapping

VERSION = "3.11.0"
_SCRIPT = f"""\
: "${{SOPS_AGE_KEY:?is not set: the private age key that may read the secrets}}"
install -d -m 700 ~/.config/sops/age
install -m 600 /dev/null ~/.config/sops/age/keys.txt
printf '%s\\n' "$SOPS_AGE_KEY" > ~/.config/sops/age/keys.txt
if [ "$(id -u)" = 0 ]; then become=false; else become=true; fi
ansible-playbook --inventory localhost, --extra-vars "sops_version={VERSION} sops_become_on_install=$become" \\
  community.sops.install_localhost
"""


class Sops:
    """`sops_NAME` in `secrets.sops.yml`, which Ansible decrypts as it loads the inventory."""

    config = "vars_plugins_enabled = host_group_vars,community.sops.sops\n"
    collections = ("community.sops",)

    def __init__(self, project: str, environments: Sequence[str], secrets: Sequence[Secret]) -> None:
        self._secrets = tuple(secrets)
        self._files = tuple(f"inventories/{name}/group_vars/all/secrets.sops.yml" for name in environments)

    def value(self, secret: Secret, environment: str) -> str:
        """The variable of the encrypted file."""
        return f"{{{{ sops_{secret.variable} }}}}"

    def files(self) -> list[TreeFile]:
        """A template for each environment, and who may read what is made of it."""
        rule = {"path_regex": r"\.sops\.yml$", "age": "PUBLIC_AGE_KEY"}
        said = [
            "Who may read the secrets. Put the public keys in place of PUBLIC_AGE_KEY, with commas between them;",
            "age-keygen makes one and prints it.",
        ]
        found = [TreeFile(path=f"{path}.example", text=self._template(path)) for path in self._files]
        return [TreeFile(path=".sops.yaml", text=document({"creation_rules": [rule]}, said)), *found]

    def store(self) -> Store:
        """A file that is copied, filled in and encrypted."""
        lines = ["age-keygen --output ~/.config/sops/age/keys.txt"]
        for path in self._files:
            lines += [f"cp {path}.example {path}", f"sops encrypt --in-place {path}"]
        return Store(
            name="sops",
            where="`secrets.sops.yml` beside `secrets.sops.yml.example` of each environment, encrypted by sops",
            places=tuple(
                (each.name, f"sops_{each.variable} in secrets.sops.yml of each environment") for each in self._secrets
            ),
            guide="The manifests read theirs from files that sops encrypts. Make an age key, put its public part into"
            " `.sops.yaml`, fill the files in and encrypt them before the first run; the private key is the secret"
            " `SOPS_AGE_KEY` of the pipeline:",
            commands=tuple(lines),
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

    def _template(self, path: str) -> str:
        said = [
            "Secrets of the script. Copy this to secrets.sops.yml, fill it in, and encrypt it before the first commit:",
            f"sops encrypt --in-place {path}",
        ]
        entries = [(f"sops_{each.variable}", "", [each.help] if each.help else []) for each in self._secrets]
        return mapping(entries, said)
