"""HashiCorp Vault: the manifests ask it at each run; nothing is in the repository or in the pipeline but the way in."""

from __future__ import annotations

from collections.abc import Sequence

from converter.model.tree import Setting, Store, TreeFile
from converter.render.ansible.names import slug
from converter.render.secrets.registry import Secret

MOUNT = "secret"


class External:
    """Field `NAME` of `PROJECT/ENVIRONMENT` in the key-value store (version 2) that is mounted at `secret`."""

    config = ""
    collections = ("community.hashi_vault",)

    def __init__(self, project: str, environments: Sequence[str], secrets: Sequence[Secret]) -> None:
        self._secrets = tuple(secrets)
        self._project, self._environments = slug(project), tuple(environments)

    def value(self, secret: Secret, environment: str) -> str:
        """A lookup of the field."""
        path = f"{self._project}/{environment}"
        lookup = f"lookup('community.hashi_vault.vault_kv2_get', '{path}', engine_mount_point='{MOUNT}')"
        return f"{{{{ {lookup}.secret['{secret.variable}'] }}}}"

    def files(self) -> list[TreeFile]:
        """None: the store is elsewhere."""
        return []

    def store(self) -> Store:
        """Fields of one path for each environment; pipelines log in by AppRole, a person by `vault login`."""
        paths = [f"{MOUNT}/{self._project}/{environment}" for environment in self._environments]
        fields = " ".join(f"{each.variable}=-" for each in self._secrets[:1])
        rest = [f"vault kv patch {path} {each.variable}=-" for path in paths for each in self._secrets[1:]]
        return Store(
            name="external",
            where=f"HashiCorp Vault: the fields of {' and '.join(f'`{path}`' for path in paths)}",
            places=tuple(
                (each.name, f"field {each.variable} of {' and '.join(paths)} in HashiCorp Vault")
                for each in self._secrets
            ),
            guide="The manifests read theirs from HashiCorp Vault, whose address is `VAULT_ADDR`. Write each once"
            " for each environment (`-` reads the value from standard input), and let the role of the pipeline read"
            " that path:",
            commands=("vault login", *(f"vault kv put {path} {fields}" for path in paths), *rest),
            handed=(
                Setting(name="ANSIBLE_HASHI_VAULT_ADDR", purpose="Address of HashiCorp Vault", where=""),
                Setting(name="ANSIBLE_HASHI_VAULT_ROLE_ID", purpose="Role that may read the secrets there", where=""),
                Setting(
                    name="ANSIBLE_HASHI_VAULT_SECRET_ID",
                    purpose="What the pipeline proves with that it has this role",
                    where="",
                    secret=True,
                ),
            ),
            environment=(("ANSIBLE_HASHI_VAULT_AUTH_METHOD", "approle"),),
            packages=("hvac==2.4.0",),
        )
