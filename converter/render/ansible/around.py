"""What stands around a task: as whom and where it runs, its environment, what it does on failure, what it notifies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.model.trace import Context, Host, RunsOn, Test
from converter.model.value import Value
from converter.render.ansible.mentions import names_of
from converter.render.ansible.plays import LOCAL
from converter.render.ansible.task import KEPT, Task
from converter.render.ansible.value import template

_LOCAL = {"delegate_to": "localhost", "run_once": True}
# A loop without end has no counterpart; this many tries are longer than any deployment waits.
_FOR_EVER = 60


@dataclass(frozen=True, slots=True)
class Around:
    """Keywords for the tasks of one role."""

    plan: Plan
    on: str
    names: Mapping[str, str]
    secrets: frozenset[str]

    def of(self, resource: Resource, task: Task, *, watched: bool = False) -> dict[str, Any]:
        """All keywords of a task but its name, its module, its condition and what it notifies."""
        found: dict[str, Any] = self.place(resource)
        found |= task.extra
        environment = self.environment(resource.context) if task.environment else {}
        if environment or task.own:
            found["environment"] = {**task.own, **environment}
        if self.secret(resource):
            found["no_log"] = True
        if not task.looks:
            found |= self._failing(resource, found, watched)
        return found

    def place(self, resource: Resource) -> dict[str, Any]:
        """As whom and where."""
        return self._locally(resource) if resource.on == LOCAL else self.become(resource.context)

    def _locally(self, resource: Resource) -> dict[str, Any]:
        if self.on == LOCAL:
            return {}
        return {"delegate_to": "localhost"} if resource.each else dict(_LOCAL)

    def become(self, context: Context) -> dict[str, Any]:
        """Nothing for whoever logs in."""
        if context.user is None or (context.host is not None and context.user == context.host.user):
            return {}
        name = template(context.user, self.names)
        login = context.host.user if context.host is not None else None
        if login is not None and login.text is not None and login.text == context.user.text:
            return {}
        return {"become": True} if name == "root" else {"become": True, "become_user": name}

    def place_of_test(self, test: Test, resource: Resource) -> dict[str, Any]:
        """Where a condition is looked up: on the machine that runs the script if that is where the script asks."""
        asked = test.context.host
        if asked is None and (resource.on == LOCAL or self.plan.runs_on == RunsOn.WORKSTATION):
            return self._locally(resource)
        if resource.on == LOCAL and not self._is_here(asked):
            return self._locally(resource)
        return self.become(test.context)

    def _is_here(self, host: Host | None) -> bool:
        """Whether the play is for that host."""
        known = (each.context.host for each in self.plan.resources if each.on == self.on)
        return host is not None and any(each is not None and each.address == host.address for each in known)

    def secret(self, resource: Resource) -> bool:
        """Whether a secret is in the task, so that nothing of it may be shown."""
        return bool(self.secrets & {*names_of(resource.spec), *names_of(resource.context)})

    def hides(self, test: Test) -> bool:
        """Whether a secret is in a condition."""
        return bool(self.secrets & {*names_of(test.subject), *names_of(test.context)})

    def environment(self, context: Context) -> dict[str, str]:
        """What the script exports to the command; the programs of a virtual environment come first."""
        found = {name: template(value, self.names) for name, value in context.environment}
        if "VIRTUAL_ENV" in found and "PATH" not in found:
            found["PATH"] = f"{found['VIRTUAL_ENV']}/bin:{{{{ ansible_facts['env']['PATH'] }}}}"
        return found

    def _failing(self, resource: Resource, found: Mapping[str, Any], watched: bool) -> dict[str, Any]:
        more: dict[str, Any] = {}
        if resource.retry is not None:
            attempts = resource.retry.attempts or _FOR_EVER
            more |= {"retries": max(attempts - 1, 1), "delay": resource.retry.delay}
        if resource.tolerated and not watched:
            more["failed_when"] = False
        return more


def said(resource: Resource) -> list[str]:
    """The comment above the first task of a resource."""
    lines = [
        ", ".join(dict.fromkeys(span.lines() for span in resource.origin.spans)),
        *resource.origin.comment.splitlines(),
    ]
    if resource.tolerated:
        lines.append("The script goes on when this fails.")
    if resource.retry is not None and resource.retry.attempts is None:
        lines.append(f"The script tries for ever; here it ends after {_FOR_EVER} times.")
    if resource.reason and resource.kind == "command":
        lines.append(f"{KEPT}{resource.reason}")
    elif resource.reason:
        lines.append(f"{resource.reason[:1].upper()}{resource.reason[1:]}")
    return [line for line in lines if line.strip()]


def login_name(context: Context) -> Value | None:
    """The user as whom the command runs, None if that is whoever logs in."""
    if context.user is not None:
        return context.user
    return context.host.user if context.host is not None else None
