"""What a host that pulls can't do as the script did: it is nobody's pipeline, and it knows no other host."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from converter.model.plan import Plan
from converter.model.resource import Phase
from converter.model.tree import FileTree, Unsupported
from converter.render.ansible.plays import LOCAL
from converter.render.delivery.outline import PULLED as NAME
from converter.render.delivery.sent import sent
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
_BUILT_FOR = (
    "a pipeline's machine has what the build makes, and nothing carries it to hosts that pull: let the build commit it,"
    " and name that repository as `pull_application` in roles/pull/defaults/main.yml"
)
_TASKS = re.compile(r"roles/[^/]+/tasks/.*\.yml")
_ELSEWHERE = re.compile(r"hostvars\[groups\[")

Task = Mapping[str, Any]


def left(plan: Plan, tree: FileTree, *, piped: bool) -> Iterator[Unsupported]:
    """What waits for a person; with a pipeline beside, that one builds and publishes."""
    built = any(each.phase is Phase.BUILD for each in plan.resources)
    for each in plan.resources:
        if each.phase is not Phase.DEPLOY:
            if not piped:
                yield Unsupported(address=each.address, target=NAME, reason=_BUILT)
        elif built and sent(each) is not None:
            yield Unsupported(address=each.address, target=NAME, reason=_BUILT_FOR, part=True)
        elif each.on == LOCAL and not isinstance(each.spec, HttpCheck):
            yield Unsupported(address=each.address, target=NAME, reason=_LOCAL)
    if several_hosts(plan):
        for file in tree.files:
            if _ELSEWHERE.search(file.text) and file.path.endswith(".yml"):
                yield Unsupported(address=file.path, target=NAME, reason=_RESULTS)


def several_hosts(plan: Plan) -> bool:
    """Whether any environment has more than one."""
    return any(len({host for group in each.groups for host in group.hosts}) > 1 for each in plan.environments)


def repeats(tree: FileTree) -> bool:
    """Whether a second run would not be the same as one: a command does something, or a service is restarted, each
    time."""
    roles = [yaml.safe_load(file.text) for file in tree.files if _TASKS.fullmatch(file.path)]
    return any(_acts(task) for tasks in roles for task in _every(tasks or ()))


def _every(tasks: Iterable[Task]) -> Iterator[Task]:
    for task in tasks:
        yield task
        for inner in ("block", "rescue", "always"):
            yield from _every(task.get(inner) or ())


def _acts(task: Task) -> bool:
    """A command that is not known to leave things as they are, or a restart that nothing else asks for."""
    for name, options in task.items():
        if name.rpartition(".")[2] in ("command", "shell", "script", "raw"):
            once = isinstance(options, dict) and {"creates", "removes"} & {*options}
            return task.get("changed_when") is not False and not once
        if isinstance(options, dict) and options.get("state") in ("restarted", "reloaded"):
            return True
    return False
