"""Variables that a machine computes: asked for once, on the machine where the script does, before anything changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from converter.model.plan import BUILD_JOB, Plan, PlanVariable, VariableKind
from converter.model.value import CommandOutput, Literal, Value, Variable
from converter.render.ansible.mentions import names_of
from converter.render.ansible.names import is_alias, slug
from converter.render.ansible.plays import Stretch, on_workstation
from converter.render.ansible.task import by_shell
from converter.render.ansible.value import UnrenderableError, inert, template

_USED = re.compile(r"\$\{?([A-Za-z_]\w*)")
Data = dict[str, Any]

PROJECT = "project_dir"
# What these print does not depend on the directory.
_ANYWHERE = re.compile(r"\s*(date|whoami|hostname|id|uname|nproc|printf|openssl rand|curl|uuidgen)\b")


class Computed:
    """The computed variables of a plan, and who asks for each of them."""

    def __init__(
        self, plan: Plan, names: Mapping[str, str], stretches: Sequence[Stretch], used: frozenset[str]
    ) -> None:
        self._names, self._plan = names, plan
        computed = [v for v in plan.variables if v.kind == VariableKind.COMPUTED and v.name in used and v.value]
        computed = [v for v in computed if v.on != BUILD_JOB]
        self._variables = [v for v in computed if not is_alias(v, names)]
        places = {stretch.on for stretch in stretches}
        self._on = {v.name: "" if on_workstation(plan, v.on) or v.on not in places else v.on for v in self._variables}
        self._done: set[str] = set()
        placed = any(not self._on[v.name] and _placed(v) for v in self._variables)
        self.needs = frozenset({PROJECT} if placed and PROJECT in names else ())

    def local(self) -> list[Data]:
        """The tasks of the machine that runs the play."""
        return [task for v in self._variables if not self._on[v.name] for task in self._tasks(v, local=True)]

    def before(self, stretch: Stretch) -> list[Data]:
        """The tasks of a play, for what its own hosts compute."""
        new = [v for v in self._variables if self._on[v.name] == stretch.on and v.name not in self._done]
        self._done |= {variable.name for variable in new}
        return [task for variable in new for task in self._tasks(variable, local=False)]

    def elsewhere(self, stretch: Stretch) -> dict[str, str]:
        """The variables of a play that another machine has computed."""
        used = {name for resource in stretch.resources for name in names_of(resource)}
        found = {}
        for variable in self._variables:
            on, name = self._on[variable.name], self._names[variable.name]
            if on != stretch.on and variable.name in used:
                machine = f"groups['{slug(on)}'][0]" if on else "'localhost'"
                found[name] = f"{{{{ hostvars[{machine}]['{name}'] }}}}"
        return found

    def _tasks(self, variable: PlanVariable, *, local: bool) -> list[Data]:
        name = self._names[variable.name]
        text, environment = self._shell(variable.value or Value())
        module, args = by_shell(text, pipefail=self._plan.pipefail)
        if variable.cwd is not None and _placed(variable):
            args["chdir"] = template(variable.cwd, self._names)
        elif local and PROJECT in self.needs and _placed(variable):
            args["chdir"] = f"{{{{ {self._names[PROJECT]} }}}}"
        ask: Data = {"name": f"Ask for {name}", module: args}
        if environment:
            ask["environment"] = environment
        ask |= {"register": f"{name}_asked", "changed_when": False}
        # Where the script goes on, an assignment is made whatever its command says.
        ask |= {"check_mode": False} if self._plan.stops_on_error else {"failed_when": False, "check_mode": False}
        keep = {"name": f"Keep {name}", "ansible.builtin.set_fact": {name: f"{{{{ {name}_asked.stdout }}}}"}}
        return [ask, keep]

    def _shell(self, value: Value) -> tuple[str, dict[str, str]]:
        """The command that prints the value, and the variables of the plan that it finds in its environment."""
        only = value.parts[0] if len(value.parts) == 1 else None
        pieces: list[str] = []
        used: dict[str, None] = {}
        for part in value.parts:
            match part:
                case CommandOutput(text):
                    pieces.append(f"$({text})")
                    used |= dict.fromkeys(_USED.findall(text))
                case Literal(text):
                    pieces.append(re.sub(r'([\\"$`])', r"\\\1", text))
                case Variable(name):
                    pieces.append(f"${{{name}}}")
                    used[name] = None
                case _:
                    raise UnrenderableError("a computed variable with an unknown part")
        text = only.text if isinstance(only, CommandOutput) else f'printf %s "{"".join(pieces)}"'
        known = {name: f"{{{{ {self._names[name]} }}}}" for name in used if name in self._names}
        return inert(text), known


def _placed(variable: PlanVariable) -> bool:
    """Whether it depends on the directory in which it is computed."""
    return variable.value is not None and not all(_ANYWHERE.match(part.text) for part in variable.value.outputs)
