"""ansible-pull: each host fetches the repository by itself and applies it, for hosts that no pipeline may reach.

In: the plan and the tree of Ansible's target. Out: a play to begin with, one to pull, and the role that keeps a host
pulling. It never claims what a host alone can't do: that is in `unsupported`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from converter.model.plan import Plan
from converter.model.tree import FileTree, Setting, TreeFile
from converter.render.ansible.names import slug
from converter.render.delivery.outline import PULLED as NAME
from converter.render.delivery.outline import Outline, outline
from converter.render.delivery.pull.left import left, repeats, several_hosts
from converter.render.delivery.pull.role import ROLE, role
from converter.render.yaml import Item, document, listing

BEGIN, PULL = "bootstrap.yml", "pull.yml"
PIPELINES = frozenset({"github-actions", "gitlab-ci"})
_APART = (
    "Each host pulls by itself, at its own time: nothing is done on one of them first and on another after it, and a"
    " mistake is not stopped by the first host that it breaks."
)
# The inventory of a script that ran on its server asks the run for the machine, which is this one.
_HERE = {"DEPLOY_HOST": "localhost", "DEPLOY_USER": "{{ pull_user }}", "DEPLOY_PORT": "22"}


def ansible_pull(plan: Plan, tree: FileTree, beside: Collection[str] = ()) -> FileTree:
    """What a host begins with, and what it pulls."""
    found = outline(plan, tree, delivery=NAME)
    if not found.playbook:
        return FileTree(unsupported=tuple(left(plan, tree, piped=bool(PIPELINES & {*beside}))))
    name = slug(plan.name).replace("_", "-")
    constant = dict(found.store.environment) if found.store is not None else {}
    looked_up = {each for one in found.each or (found,) for each, _ in one.looked_up}
    here = {key: value for key, value in _HERE.items() if key in looked_up}
    apply = "commit" if repeats(tree) else "always"
    files = [
        TreeFile(path=BEGIN, text=_begin()),
        TreeFile(path=PULL, text=_pull(tree)),
        *role(found, name, apply, {**constant, **here}),
        *_branches(plan),
    ]
    return FileTree(
        files=tuple(files),
        unsupported=tuple(left(plan, tree, piped=bool(PIPELINES & {*beside}))),
        assumptions=(_APART,) if several_hosts(plan) else (),
        settings=_settings(found, name),
    )


def _begin() -> str:
    play = {"name": "Let this host pull", "hosts": "all", "gather_facts": False, "roles": [{"role": ROLE}]}
    return listing([Item(play, ["Run once, on the host itself: README.md says how."])])


def _pull(tree: FileTree) -> str:
    keep = {"name": "Keep this host pulling", "hosts": "all", "gather_facts": False, "roles": [{"role": ROLE}]}
    if any("{{ playbook_dir }}/app" in file.text for file in tree.files):
        keep["tasks"] = _application()
    site = {"name": "Apply the manifests", "ansible.builtin.import_playbook": "site.yml"}
    return listing([Item(keep, ["What each pull does on the host itself."]), Item(site)])


def _application() -> list[dict[str, Any]]:
    own = "pull_application | length == 0"
    return [
        {
            "name": "Ask which commit was pulled",
            "ansible.builtin.command": {"argv": ["git", "rev-parse", "HEAD"], "chdir": "{{ playbook_dir }}"},
            "register": "pull_commit",
            "changed_when": False,
            "check_mode": False,
        },
        {
            "name": "Check the application out",
            "ansible.builtin.git": {
                "repo": f"{{{{ playbook_dir if {own} else pull_application }}}}",
                "dest": "{{ playbook_dir }}/app",
                "version": f"{{{{ pull_commit.stdout if {own} else pull_application_version }}}}",
                "force": True,
            },
        },
    ]


def _branches(plan: Plan) -> list[TreeFile]:
    """One environment follows the main branch; of several each but the first has its own, so that what is merged goes
    no further by itself."""
    found = []
    for index, each in enumerate(plan.environments):
        said = f"Which branch the hosts of {each.name} pull."
        text = document({"pull_branch": each.name if index else "main"}, [said])
        found.append(TreeFile(path=f"inventories/{each.name}/group_vars/all/pull.yml", text=text))
    return found


def _settings(found: Outline, name: str) -> tuple[Setting, ...]:
    """What a host is told in a file of its own."""
    where = f"`/etc/{name}-pull/environment` of each host, a line `NAME='value'` each"
    store = found.store
    made = [
        Setting(name=each.name, purpose=each.purpose, where=where, secret=each.secret)
        for each in ((*store.prepared, *store.handed) if store is not None else ())
    ]
    for one in found.each or (found,):
        made += [*_told(one, where), *_looked_up(one, where)]
    return tuple({each.name: each for each in reversed(made)}.values())[::-1]


def _told(found: Outline, where: str) -> list[Setting]:
    said = "Given to the script at each run"
    return [
        Setting(
            name=each.setting,
            purpose=each.help or said,
            where=where,
            required=each.required,
            default=each.default,
        )
        for each in found.told
    ]


def _looked_up(found: Outline, where: str) -> list[Setting]:
    secrets = {each.upper() for each in found.environ.secrets}
    told = {each.setting for each in found.told}
    return [
        Setting(
            name=name,
            purpose="Used by the manifests",
            where=where,
            secret=name in secrets,
            required=not default,
            default=default,
        )
        for name, default in found.looked_up
        if name not in _HERE and name not in told
    ]
