"""Inputs of the script in a pipeline: the setting that holds each, and the variable of the manifests that gets it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from converter.model.plan import Plan, PlanVariable
from converter.model.runner import Told
from converter.model.tree import FileTree
from converter.render.ansible.names import Unique, slug, snake, variables

# What the pipelines call their own settings and variables.
_TAKEN = frozenset(
    """ANSIBLE_HASHI_VAULT_ADDR ANSIBLE_HASHI_VAULT_ROLE_ID ANSIBLE_HASHI_VAULT_SECRET_ID ANSIBLE_VAULT_PASSWORD
    APP_REF APP_REPOSITORY APP_REPOSITORY_TOKEN APP_REVISION AWS_REGION AWS_ROLE_ARN
    ENVIRONMENT HEALTH_URLS KNOWN_HOSTS REVISION ROLLBACK_ENVIRONMENT ROLLBACK_TO
    SOPS_AGE_KEY SSH_PRIVATE_KEY""".split()
)


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is told at each run: `name` is the script's, `setting` that of the pipeline, `manifest` that of
    the manifests, "" where they have no such variable; `run` is what the run itself tells, so that nobody has to."""

    name: str
    setting: str
    manifest: str = ""
    default: str = ""
    required: bool = False
    help: str = ""
    choices: tuple[str, ...] = ()
    number: bool = False
    run: Told | None = None

    @property
    def switch(self) -> bool:
        """Whether it is a box to tick: true, or else nothing that anybody has to say."""
        return "true" in self.choices and set(self.choices) <= {"true", "false", ""} and self.default != "true"


def setting_names(known: Iterable[PlanVariable]) -> dict[str, str]:
    """The setting of each variable. A pipeline does not tell `app` from `APP`, so one of them gets a number."""
    unique = Unique(_TAKEN)
    found = {}
    for each in known:
        plain = snake(each.name).upper()
        found[each.name] = unique.name(f"SCRIPT_{plain}" if plain in _TAKEN else plain)
    return found


def manifest_names(plan: Plan, tree: FileTree) -> dict[str, str]:
    """The variables of the plan that the manifests have, each by the name that it has there."""
    pages = [file.text for file in tree.files if re.search(r"(^|/)group_vars/all/\w+\.yml$", file.path)]
    # A variable without a value is a comment in its place: `# tag has to be given at each run`.
    named = {name for page in pages for name in re.findall(r"^(?:# )?(\w+)(?::| has to be given)", page, re.MULTILINE)}
    return {name: own for name, own in variables(plan.every_variable, slug(plan.name)).items() if own in named}


def promoted(tree: FileTree) -> frozenset[str]:
    """The variables of the manifests that a promotion carries: their files say what they are, never a run."""
    pages = [file.text for file in tree.files if file.path.endswith("/group_vars/all/versions.yml")]
    return frozenset(name for page in pages for name in re.findall(r"^(\w+):", page, re.MULTILINE))


def handed_over(inputs: Iterable[Input]) -> Mapping[str, str]:
    """The setting of each variable of the manifests that is told at each run."""
    return {each.manifest: each.setting for each in inputs if each.manifest}
