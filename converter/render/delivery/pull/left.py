"""What a host that pulls can't do as the script did: it is nobody's pipeline, and it knows no other host."""

from __future__ import annotations

import re
from collections.abc import Iterator

from converter.model.plan import Plan
from converter.model.resource import Phase, Resource
from converter.model.tree import FileTree, Unsupported
from converter.render.ansible.plays import LOCAL
from converter.render.delivery.outline import PULLED as NAME
from converter.resources.command import Command
from converter.resources.http_check import HttpCheck

_BUILT = (
    "a host that pulls builds nothing: keep it in a pipeline (`--delivery ansible-pull,github-actions` or"
    " `ansible-pull,gitlab-ci`)"
)
_LOCAL = (
    "it ran on the machine that deployed, once; hosts that pull have no such machine, and each of them would do it"
    " itself at each run: move it into a pipeline"
)
_RESULTS = "it asks what another host has found out, and a host that pulls knows no other: write it into a variable"
_ELSEWHERE = re.compile(r"hostvars\[groups\[")


def left(plan: Plan, tree: FileTree, *, piped: bool) -> Iterator[Unsupported]:
    """What waits for a person; with a pipeline beside, that one builds and publishes."""
    for each in plan.resources:
        if each.phase is not Phase.DEPLOY:
            if not piped:
                yield Unsupported(address=each.address, target=NAME, reason=_BUILT)
        elif each.on == LOCAL and not isinstance(each.spec, HttpCheck):
            yield Unsupported(address=each.address, target=NAME, reason=_LOCAL)
    if several_hosts(plan):
        for file in tree.files:
            if _ELSEWHERE.search(file.text) and file.path.endswith(".yml"):
                yield Unsupported(address=file.path, target=NAME, reason=_RESULTS)


def several_hosts(plan: Plan) -> bool:
    """Whether any environment has more than one."""
    return any(len({host for group in each.groups for host in group.hosts}) > 1 for each in plan.environments)


def repeats(plan: Plan, tree: FileTree) -> bool:
    """Whether a second run would not be the same as one: a command is run, or a service restarted, each time."""
    commands = any(each.phase is Phase.DEPLOY and _acts(each) for each in plan.resources)
    tasks = [file.text for file in tree.files if re.fullmatch(r"roles/[^/]+/tasks/.*\.yml", file.path)]
    return commands or any(re.search(r"^ +state: (restarted|reloaded)$", text, re.MULTILINE) for text in tasks)


def _acts(each: Resource) -> bool:
    return isinstance(each.spec, Command) and not each.handler
