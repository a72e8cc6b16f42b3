"""Variables of the script in a pipeline: which are constants there, which are given at each run, which are secret."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from converter.model.plan import Plan, PlanVariable, VariableKind
from converter.model.trace import RunsOn
from converter.model.tree import FileTree
from converter.model.value import CommandOutput, Variable
from converter.render.delivery.given import Input, manifest_names, promoted, setting_names
from converter.render.delivery.shell.text import InexpressibleError, argument
from converter.render.delivery.shell.words import word
from converter.render.delivery.told import told

# Set by every shell and every pipeline, or by the pipeline itself.
_GIVEN = frozenset({"HOME", "HOSTNAME", "OLDPWD", "PATH", "PWD", "RANDOM", "SHELL", "TMPDIR", "UID", "USER"})
# What a pipeline says of itself; GitHub allows no setting of such a name.
_OWN = ("GITHUB_", "RUNNER_", "CI_")
PROJECT = "project_dir"
_USED = re.compile(r"\$\{?([A-Za-z_]\w*)")
# As the manifests write it, in single quotes: lookup('ansible.builtin.env', 'TAG') | default('1', true)
_LOOKED_UP = re.compile(
    r"lookup\('+(?:ansible\.builtin\.)?env'+, *'+(\w+)'+\)(?: *\| *default\('+((?:[^']|'')*?)'+, *true\))?"
)
# What a step assigns itself; `export X="${X}"` only hands on what is there.
_MADE = re.compile(r'^\s*(?:export )?(\w+)=(?!"?\$\{?\1\}?"?$)', re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_]\w*|[1-9]\d*")


class Environ(msgspec.Struct, frozen=True, kw_only=True):
    """`constants` have their text; `computed` are right sides of assignments in bash, in order; `settings` are names
    that nothing gives a value."""

    constants: tuple[tuple[str, str], ...] = ()
    computed: tuple[tuple[str, str], ...] = ()
    inputs: tuple[Input, ...] = ()
    secrets: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def used(self, scripts: Iterable[str]) -> tuple[str, ...]:
        """Names of those inputs, secrets and settings that the scripts or the computed variables use."""
        texts = [*scripts, *(text for _, text in self.computed)]
        names = {name for text in texts for name in _USED.findall(text)}
        everything = (*(each.name for each in self.inputs), *self.secrets, *self.settings)
        return tuple(name for name in everything if name in names)


def environ(plan: Plan, tree: FileTree, scripts: Sequence[str]) -> Environ:
    """All inputs of the plan, and every other variable that the scripts use, with those that it is made of."""
    known = _known(plan)
    made = {name for text in scripts for name in _MADE.findall(text)}
    constants, computed = {}, {}
    secrets = [name for name, each in known.items() if each.kind is VariableKind.SECRET and not given(name)]
    settings: dict[str, None] = {}
    for name in _closure(known, scripts):
        each = known.get(name)
        if each is None:
            if not given(name) and name not in made and name != PROJECT:
                settings[name] = None
        elif each.kind in (VariableKind.FIXED, VariableKind.COMPUTED) and name not in made:
            text = each.value.text if each.value is not None else None
            if text is not None:
                constants[name] = text
            else:
                computed[name] = _computed(each)
    inputs = _inputs(plan, known, tree, scripts)
    return Environ(
        constants=tuple(constants.items()),
        computed=tuple(computed.items()),
        inputs=inputs,
        secrets=tuple(secrets),
        settings=tuple(name for name in settings if name not in {each.name for each in inputs}),
    )


def looked_up(tree: FileTree) -> dict[str, str]:
    """Names that the manifests look up in the environment, each with what they take where it is not set."""
    found: dict[str, str] = {}
    for file in tree.files:
        for name, default in _LOOKED_UP.findall(file.text) if file.path.endswith(".yml") else ():
            found[name] = found.get(name) or default
    return {name: default for name, default in found.items() if not given(name)}


def given(name: str) -> bool:
    """Whether every pipeline has it in its environment, so that it is no setting."""
    return name in _GIVEN or name.upper().startswith(_OWN)


def _inputs(plan: Plan, known: Mapping[str, PlanVariable], tree: FileTree, scripts: Sequence[str]) -> tuple[Input, ...]:
    """What is told at each run. On a workstation the directory of the project is the pipeline's own."""
    used = {name for text in scripts for name in _USED.findall(text)}
    asked, settings, manifests = looked_up(tree), setting_names(known.values()), manifest_names(plan, tree)
    found, versions = [], promoted(tree)
    for name, each in known.items():
        mine = name == PROJECT and plan.runs_on is RunsOn.WORKSTATION
        run = told(name) if each.value is None or not each.value else None
        if each.kind is not VariableKind.INPUT or (given(name) and run is None) or mine:
            continue
        manifest = manifests.get(name, "")
        own = argument(name) if name.isdigit() else name
        if own not in used and not manifest and name.upper() not in asked:
            continue
        if manifest in versions:
            continue
        default = each.value.text if each.value is not None else None
        found.append(
            Input(
                name=own,
                setting=settings[name],
                manifest=manifest,
                default=default or "",
                required=each.required,
                help=each.help,
                choices=each.choices,
                number=each.number,
                run=run,
            )
        )
    return tuple(found)


def _known(plan: Plan) -> Mapping[str, PlanVariable]:
    """Variables by name. Those of an environment count where it is the only one: with more, nobody can know which."""
    own = plan.environments[0].variables if len(plan.environments) == 1 else ()
    return {each.name: each for each in (*plan.variables, *own) if _NAME.fullmatch(each.name)}


def _closure(known: Mapping[str, PlanVariable], scripts: Iterable[str]) -> list[str]:
    """Names in the scripts, each after those that its value is made of."""
    order: dict[str, None] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in order or name in above:
            return
        each = known.get(name)
        if each is not None and each.value is not None and each.value.text is None:
            for inner in _names(each):
                visit(inner, (*above, name))
        order[name] = None

    for text in scripts:
        for name in _USED.findall(text):
            visit(name, ())
    return list(order)


def _names(variable: PlanVariable) -> list[str]:
    names: list[str] = []
    for part in variable.value.parts if variable.value is not None else ():
        if isinstance(part, Variable):
            names.append(part.name)
        elif isinstance(part, CommandOutput):
            names.extend(_USED.findall(part.text))
    return names


def _computed(variable: PlanVariable) -> str:
    """The right side of its assignment; one that can't be known stops the pipeline when it is used."""
    try:
        return word(variable.value) if variable.value is not None else f'"${{{variable.name}:?is not known}}"'
    except InexpressibleError:
        return f'"${{{variable.name}:?is not known from the script}}"'
