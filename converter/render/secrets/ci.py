"""Secrets of the pipeline: GitHub or GitLab keeps them and puts them into the environment of a run."""

from __future__ import annotations

from collections.abc import Sequence

from converter.model.tree import Setting, Store, TreeFile
from converter.render.secrets.registry import Secret

# GitHub takes no secret of such a name, and both set variables of their own that begin like that.
_OWN = ("GITHUB_", "CI_", "GITLAB_", "RUNNER_")


class Ci:
    """`NAME` in the environment of `ansible-playbook`."""

    config = ""
    collections: tuple[str, ...] = ()

    def __init__(self, project: str, environments: Sequence[str], secrets: Sequence[Secret]) -> None:
        self._secrets = tuple(secrets)

    def value(self, secret: Secret, environment: str) -> str:
        """What the environment of the run says; a run without it stops."""
        name = _setting(secret)
        return f"{{{{ lookup('ansible.builtin.env', '{name}', default=undef(hint='{name} is not set')) }}}}"

    def files(self) -> list[TreeFile]:
        """None: there is nothing to fill in."""
        return []

    def store(self) -> Store:
        """A setting for each secret."""
        handed = tuple(
            Setting(
                name=_setting(each),
                purpose=each.help or "Was in the script or in its environment",
                where="",
                secret=True,
            )
            for each in self._secrets
        )
        return Store(
            name="ci",
            where="",
            places=tuple((each.name, f"secret {_setting(each)} of the pipeline") for each in self._secrets),
            guide="The manifests find theirs in the environment of the run. Set each as a secret of the pipeline;"
            " where the values differ between environments, as one of the environment. On your own machine, export them"
            " first:",
            commands=tuple(f"read -rs {each.name} && export {each.name}" for each in handed),
            handed=handed,
        )


def _setting(secret: Secret) -> str:
    name = secret.variable.upper()
    return f"SCRIPT_{name}" if name.startswith(_OWN) else name
