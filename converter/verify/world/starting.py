"""Guesses how a script is started: as whom, where, with which arguments for each environment, and what it is told."""

from __future__ import annotations

import re

from converter.model.plan import Environment, Plan, PlanVariable, VariableKind, confirmations
from converter.model.resource import Resource
from converter.model.runner import TOLD
from converter.model.trace import RunsOn
from converter.model.value import Value
from converter.model.world import Run

_VERSION = "1.0.0"
_LONGEST = 100_000
SPELLINGS = {
    "production": ("prod", "prd", "live"),
    "staging": ("stage", "stg"),
    "development": ("dev", "devel"),
    "testing": ("test", "qa"),
}


def run_of(plan: Plan) -> Run:
    """The run, as far as the plan tells."""
    text = _text(plan)
    inputs = {each.name: _value(plan, each) for each in plan.variables if _is_asked(each)}
    several = plan.environments if len(plan.environments) > 1 else ()
    selecting: dict[str, dict[str, str]] = {}
    for each in several:
        chosen = {name: value for name, value in _selected(plan, each).items() if not _assigned(name, text)}
        selecting |= {each.name: chosen} if chosen else {}
    told = dict.fromkeys(_tested(text), "world") | _of_build_services(plan)
    told |= {name: value for name, value in inputs.items() if not _assigned(name, text)}
    return Run(
        user=_user(plan),
        directory=_directory(plan),
        arguments={each.name: given for each in plan.environments if (given := _arguments(plan, each))},
        selecting=selecting,
        input="y\n" * max(len(confirmations(plan)), len(re.findall(r"\bread\b[^\n;|&]*\s-\w*p\b", text))),
        environment={name: value for name, value in told.items() if name.isupper() and name.isidentifier()},
        inputs=inputs,
    )


def _of_build_services(plan: Plan) -> dict[str, str]:
    """What the script knows from the service that it was written for, as it is where it deploys."""
    given = {each.name: each.value.text or "" for each in plan.variables if each.value is not None}
    return {name: given[name] for name in TOLD if given.get(name)}


def _is_asked(variable: PlanVariable) -> bool:
    """Whether a person has to say it; what a build service tells is told in a world too."""
    told = variable.name in TOLD and variable.value is None
    return variable.kind is VariableKind.INPUT and variable.required and not told


_ROOT_ALONE = "package package_cache service user group firewall supervised_program systemd_reload hostname".split()
_SYSTEM = re.compile(r"/(etc|usr|lib|boot|var/(lock|lib|backups|spool))/")


def _user(plan: Plan) -> str:
    """Whoever uses sudo is not root, unless root is needed where it does not, or the script asks for it."""
    here = [each for each in plan.resources if plan.runs_on is RunsOn.SERVER and each.context.user is None]
    asks = re.search(r"(EUID|\bid -u\))[\"'}]*\s*(-ne|!=|-gt)\s*[\"']?0", _text(plan))
    if plan.runs_on is RunsOn.SERVER and (asks or any(map(_needs_root, here))):
        return "root"
    local = [entry.text for entry in plan.ledger if entry.host in ("", "server", "workstation")]
    sudo = any(re.search(r"(^|[\s;&|(])sudo\s", text) for text in local)
    return "deploy" if sudo or plan.runs_on is RunsOn.WORKSTATION else "root"


def _needs_root(resource: Resource) -> bool:
    paths = [getattr(resource.spec, name, None) for name in ("path", "dest")]
    if resource.kind in _ROOT_ALONE:
        return not getattr(resource.spec, "user_scope", False)
    return any(isinstance(path, Value) and _SYSTEM.match(path.text or "") for path in paths)


def _directory(plan: Plan) -> str:
    """Where the manifests take the script's folder to be, if it runs on the hosts themselves."""
    return f"/opt/{plan.name}" if plan.runs_on is RunsOn.SERVER else f"/home/deploy/{plan.name}"


def _assigned(name: str, text: str) -> str:
    """What the script makes an argument into: its place as `2`, or its option as `--env`; nothing where it does not."""
    place = re.search(rf"^\s*(?:export |local |readonly )?{re.escape(name)}=[\"']?\$\{{?(\d)", text, re.MULTILINE)
    option = re.search(rf"^\s*(?:-\w\s*\|\s*)?(--?[\w-]+)\)\s*(?:shift;?\s*)?{re.escape(name)}=", text, re.MULTILINE)
    letter = re.search(rf"^\s*(\w)\s*\)\s*{re.escape(name)}=[\"']?\$\{{?OPTARG", text, re.MULTILINE)
    found = place or option or letter
    return "" if found is None else (f"-{found[1]}" if letter and found is letter else found[1])


def _value(plan: Plan, variable: PlanVariable) -> str:
    """Something that fits: one of its choices, a host for a host, a version for a version."""
    if variable.choices:
        return variable.choices[0]
    if variable.name.upper() in ("ENV", "ENVIRONMENT", "STAGE"):
        return plan.environments[0].name if plan.environments else "production"
    if variable.number:
        return "1"
    if re.search(r"HOST|SERVER|TARGET|ADDRESS|_IP$", variable.name):
        return "app1"
    return _VERSION if re.search(r"VERSION|TAG|RELEASE", variable.name) else variable.name.lower()


def _tested(text: str) -> list[str]:
    """Variables without which the script stops, and that it does not set itself."""
    found = re.findall(r"-z\s+[\"']?\$\{?([A-Z][A-Z0-9_]+)(?::?-)?\}?[\"']?\s*\]", text)
    return [name for name in dict.fromkeys(found) if not re.search(rf"(^|[\s;]){name}=", text)]


def _selected(plan: Plan, environment: Environment) -> dict[str, str]:
    """The variables that select the environment, with what they are there as the script spells it."""
    chosen = {each.name: each.value.text or "" for each in environment.variables if each.value is not None}
    # What tells environments apart has the name of one.
    names = (environment.name, *SPELLINGS.get(environment.name, ()))
    return {name: value for name, value in chosen.items() if value in names}


def _arguments(plan: Plan, environment: Environment) -> tuple[str, ...]:
    """What selects the environment, where there are several, and what the script must be told, each in its place."""
    text = _text(plan)
    wanted = {each.name: _value(plan, each) for each in plan.variables if _is_asked(each)}
    several = len(plan.environments) > 1
    if several:
        wanted |= _selected(plan, environment)
    places: dict[int, str] = {}
    options: list[str] = []
    for name, value in wanted.items():
        where = _assigned(name, text) or (name.removeprefix("arg") if re.fullmatch(r"arg\d", name) else "")
        if where.isdigit():
            places[int(where)] = value
        elif where:
            options += [where, value]
    selecting = re.search(r"^\s*(?:-\w\s*\|\s*)?(--?e(?:nv(?:ironment)?)?)\)", text, re.MULTILINE)
    letter = re.search(r"^\s*(\w)\s*\)\s*(?i:env\w*|stage)=[\"']?\$\{?OPTARG", text, re.MULTILINE)
    if several and not options and 1 not in places:
        spelled = _spelled(environment.name, text)
        if selecting or letter:
            options += [selecting[1] if selecting else f"-{letter[1] if letter else ''}", spelled]
        elif place := _told_apart_by(text):
            places[place] = spelled
    return (*options, *(places.get(number, "") for number in range(1, max(places, default=0) + 1)))


def _told_apart_by(text: str) -> int:
    """The place of the argument that a `case`, or a test for a word, is about, 0 where there is none."""
    asked = re.findall(r"\bcase\s+[\"']?\$\{?(\w+)", text)
    for name in [*asked, *re.findall(r"\[\s+[\"']?\$\{?(\d)(?::-)?\}?[\"']?\s+==?\s+[\"']?\w", text)]:
        place = name if name.isdigit() else _assigned(name, text)
        if place.isdigit() and place != "0":
            return int(place)
    return 0


def _spelled(name: str, text: str) -> str:
    """The environment as the script calls it."""
    names = (name, *SPELLINGS.get(name, ()))
    return next((one for one in names if re.search(rf"(?<![\w.-]){one}(?![\w.-])", text)), name)


def _text(plan: Plan) -> str:
    return "\n".join(source.text[:_LONGEST] for source in plan.sources)
