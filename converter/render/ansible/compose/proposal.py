"""A compose file for each group of containers that belong together: it says what the role does, in one place.

Nothing here applies it. Compose knows only containers, networks and volumes of its own making, does not run what the
script did between two of them, and decides by itself when one is made anew; docs/decisions/0031 has the reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from converter.model.plan import Plan, VariableKind
from converter.model.resource import Phase, Purpose, Resource
from converter.model.tree import TreeFile
from converter.model.value import Literal, Part, Value, Variable
from converter.render.ansible.compose.related import OWN_NETWORKS, named_volume, related
from converter.render.ansible.compose.service import Data, service
from converter.render.ansible.names import Unique, slug
from converter.render.yaml import mapping

FOLDER = "compose"
_PLAIN = re.compile(r"[\w./:@+-]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_HEAD = (
    "A proposal, which nothing here applies: these containers belong together, and the role starts each of them.",
    "To let compose do it: take their tasks out of the role, remove the containers once (docker rm), then",
)


class UnsayableError(Exception):
    """A part of a value that no compose file can name."""


def proposals(plan: Plan) -> list[TreeFile]:
    """The files; none for a group of which a part is only known on the host."""
    unique, found = Unique(), []
    for members in related(plan):
        say = Saying(plan)
        try:
            text = _file(plan, members, say)
        except UnsayableError:
            continue
        found.append(TreeFile(path=f"{FOLDER}/{unique.name(slug(_name(members, say)))}.yaml", text=text))
    return found


class Saying:
    """Values as compose reads them: `$` means itself, what differs or is told to a run is `${NAME}`."""

    def __init__(self, plan: Plan) -> None:
        own = {each.name for environment in plan.environments for each in environment.variables}
        fixed = (each for each in plan.variables if each.kind is VariableKind.FIXED and each.name not in own)
        given = (each for each in plan.variables if each.kind is VariableKind.INPUT and each.value is not None)
        self._usual = {each.name: each.value.text for each in given if each.value is not None and each.name not in own}
        self._known = {each.name: each.value for each in fixed if each.value is not None}
        self.asked: dict[str, None] = {}

    def __call__(self, value: Value) -> str:
        return "".join(self._said(part, ()) for part in value.parts)

    def _said(self, part: Part, inside: tuple[str, ...]) -> str:
        if isinstance(part, Literal):
            return part.text.replace("$", "$$")
        if not isinstance(part, Variable) or part.name in inside:
            raise UnsayableError
        value = part.value if part.value is not None else self._known.get(part.name)
        if value is not None:
            return "".join(self._said(inner, (*inside, part.name)) for inner in value.parts)
        if not _NAME.fullmatch(part.name):
            raise UnsayableError
        usual = self._usual.get(part.name)
        if usual is not None and _PLAIN.fullmatch(usual):
            return f"${{{part.name}:-{usual}}}"
        self.asked[part.name] = None
        return f"${{{part.name}:?}}"


def _name(members: Sequence[Resource], say: Saying) -> str:
    """By their network, or else by the first of them."""
    specs: list[Any] = [each.spec for each in members]
    networks = (say(network) for spec in specs for network in spec.networks)
    return next((name for name in networks if name not in OWN_NETWORKS and ":" not in name), "") or say(specs[0].name)


def _file(plan: Plan, members: Sequence[Resource], say: Saying) -> str:
    specs: list[Any] = [each.spec for each in members]
    names = [say(spec.name) for spec in specs]
    services = dict(zip(names, (_key(name) for name in names), strict=True))
    if len({*services.values()}) < len(names):
        raise UnsayableError
    made = [service(spec, say, services) for spec in specs]
    entries: dict[str, Data] = {}
    for name, (data, _) in zip(names, made, strict=True):
        # In the order of the script; docker waits for none of them to be ready either.
        after = [*entries][-1:]
        entries[services[name]] = {**data, **({"depends_on": after} if after else {})}
    project = slug(_name(members, say))
    said = [*_HEAD, f"docker compose --file {FOLDER}/NAME.yaml up --detach --no-recreate."]
    said += [f"{name}: {_where(each)}" for name, each in zip(names, members, strict=True)]
    said += [f"Not in it, of {name}: {option}" for name, (_, left) in zip(names, made, strict=True) for option in left]
    said += [f"The script did between them, and compose does not: {each}" for each in _between(plan, members)]
    said += [f"To be set in its environment: {', '.join(say.asked)}"] if say.asked else []
    rows: list[tuple[str, Any, Sequence[str]]] = [("name", project, ()), ("services", entries, ())]
    rows += [(key, value, ()) for key, value in _shared(plan, specs, say).items()]
    return mapping(rows, said)


def _key(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9._-]", "-", name).lstrip("._-") or "app"


def _where(each: Resource) -> str:
    return ", ".join(dict.fromkeys(span.lines() for span in each.origin.spans))


def _between(plan: Plan, members: Sequence[Resource]) -> Iterator[str]:
    """What the hosts do after the first of them is started and before the last is."""
    places = [plan.resources.index(each) for each in members]
    own = {each.address for each in members}
    for each in plan.resources[places[0] : places[-1]]:
        applied = each.phase is Phase.DEPLOY and each.purpose is not Purpose.ROLLBACK and not each.handler
        if applied and each.address not in own and each.kind not in ("container_network", "container_volume"):
            yield f"{each.name} ({_where(each)})"


def _shared(plan: Plan, specs: Sequence[Any], say: Saying) -> dict[str, Data]:
    """Networks and volumes by the names that they have already: what the script makes by itself stays its own."""
    made = {each.spec.identity().partition(":")[2] for each in plan.resources if each.kind == "container_volume"}
    networks = {
        say(network): {"name": say(network), "external": True}
        for spec in specs
        for network in spec.networks
        if network.key() not in OWN_NETWORKS and not network.key().startswith("container:")
    }
    volumes = {
        say(volume).partition(":")[0]: {"name": say(volume).partition(":")[0]}
        | ({"external": True} if named_volume(volume) in made else {})
        for spec in specs
        for volume in spec.volumes
        if named_volume(volume)
    }
    return {key: value for key, value in (("networks", networks), ("volumes", volumes)) if value}
