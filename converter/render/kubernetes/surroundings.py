"""What all applications of an environment have in common: found in the plan before the first one is built."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from converter.model.plan import Environment, Plan, PlanVariable, VariableKind
from converter.model.resource import Phase, Purpose, Resource
from converter.model.value import Value
from converter.render.delivery.environments import narrowed
from converter.render.kubernetes.app import Kept, Surroundings
from converter.render.kubernetes.compose import Projects, compose_spec
from converter.render.kubernetes.names import Unique, label, said
from converter.render.kubernetes.reading import run_of
from converter.render.kubernetes.sites import sites
from converter.render.kubernetes.texts import Texts
from converter.resources.file import File

STARTED = ("started",)
# The host of an address.
_CALLED = r"(?:(?<=//)|(?<=@)){0}(?![\w.-])|(?<![\w.-]){0}:\d"
# In names of variables that only hosts know.
_TELLING = re.compile(
    r"(?i)pass(?!ive|enger)|pwd|secret|token|credential|private|_key$|apikey|(?<![a-z])salt|dsn$|webhook"
)


def named(plan: Plan) -> dict[str, str]:
    """The application of each container, by the address of its resource; the same name in all environments."""
    unique = Unique()
    found: dict[str, str] = {}
    by_container: dict[str, str] = {}
    views = [narrowed(plan, each) for each in plan.environments]
    projects = {view.environments[0].name: Projects(view, deployed(view)) for view in views}
    places = {each.address: number for number, each in enumerate(plan.resources)}
    seen = [(places[each.address], view, each) for view in views for each in deployed(view)]
    for _, view, each in sorted(seen, key=lambda one: one[0]):
        own = projects[view.environments[0].name]
        for key, spec in containers_of(each, own):
            text = said(spec.name) if spec.name.parts else image_name(spec.image)
            whose = f"{_owner(each, own)}{spec.name.key()}"
            known = found.get(key) or (by_container.get(whose) if spec.name.parts else None)
            name = known or unique.name(label(text))
            by_container.setdefault(whose, name)
            found[key] = name
    return found


def _services(mine: list[Resource], projects: Projects) -> list[Any]:
    """Those of compose projects, each once, however often the script brings a project up."""
    found = [pair for each in mine if compose_spec(each) is not None for pair in containers_of(each, projects)]
    return list({spec.name.key(): spec for _, spec in found}.values())


def _owner(resource: Resource, projects: Projects) -> str:
    """Two projects may have services of one name."""
    return f"{projects.of(resource).identity}:" if compose_spec(resource) is not None else ""


def containers_of(resource: Resource, projects: Projects) -> Iterator[tuple[str, Any]]:
    """The containers that go on after the script, each with the name that it has in the plan."""
    compose: Any = compose_spec(resource)
    if compose is not None and compose.state == "present":
        for name, service in projects.of(resource).services.items():
            yield service_key(resource, name), service.container()
        return
    spec = container_of(resource)
    if spec is not None:
        yield resource.address, spec


def service_key(resource: Resource, service: str) -> str:
    """What a service of a project is called in the plan."""
    return f"{resource.address} of {service}"


def image_name(image: Value | None) -> str:
    """What an image is of, for a container without a name."""
    text = said(image) if image is not None else "app"
    return re.sub(r"[:@].*", "", text.rstrip(":").rpartition("/")[2]) or "app"


def deployed(plan: Plan) -> list[Resource]:
    """What is so after a deployment; a handler only says it again, and going back is a revert of a commit."""
    return [
        each
        for each in plan.resources
        if each.phase is Phase.DEPLOY and each.purpose is not Purpose.ROLLBACK and not each.handler
    ]


def container_of(resource: Resource) -> Any:
    """The container that goes on after the script, None where the resource is something else."""
    spec: Any = resource.spec
    if resource.kind == "container":
        return spec if spec.state in STARTED and spec.image is not None else None
    if resource.kind == "command" and spec.argv:
        found = run_of(spec.argv)
        return found[0] if found is not None and found[1] else None
    return None


def surroundings(plan: Plan, environment: Environment, names: Mapping[str, str], several: bool) -> Surroundings:
    """For a plan that is narrowed to one environment."""
    texts = Texts(plan)
    project = label(plan.name)
    mine = deployed(plan)
    files = {each.spec.path.key(): (each.spec.content, each) for each in mine if isinstance(each.spec, File)}
    projects = Projects(plan, mine)
    running = [pair for each in mine for pair in containers_of(each, projects)]
    texts.learn(_unsaid(mine, projects))
    around = Surroundings(
        project=project,
        environment=environment.name,
        namespace=f"{project}-{label(environment.name)}" if several else project,
        texts=texts,
        apps={_name(spec, texts): names[key] for key, spec in running if key in names},
        files=files,
        sites=sites(files, texts),
        registries=tuple(_registries(plan, texts)),
        mounted=Counter(volume for each in mine for volume in set(_volumes(each)))
        + Counter(volume for spec in _services(mine, projects) for volume in set(_mounted(spec))),
        projects=projects,
        kept=Kept(f"{project}-secrets"),
        replicas={group.name: len(group.hosts) for group in environment.groups},
        hosts=tuple(filter(None, (texts.maybe(host.address) for group in environment.groups for host in group.hosts))),
    )
    own = [projects.of(each) for each in mine if compose_spec(each) is not None]
    texts_of_files = [text for project in own for text in project.mounted.values()]
    around.mentioned = _mentioned([spec for _, spec in running], texts_of_files, around)
    needed = {other for project in own for service in project.every.values() for other in service.after}
    around.called |= {app for name, app in around.apps.items() if name in needed}
    return around


def _name(spec: Any, texts: Texts) -> str:
    return texts.maybe(spec.name) or spec.name.key()


def _unsaid(mine: list[Resource], projects: Projects) -> list[PlanVariable]:
    """What compose files ask for and nothing says: a secret where its name tells so."""
    found = []
    for each in mine:
        if compose_spec(each) is not None:
            project = projects.of(each)
            for name in project.missing:
                kind = VariableKind.SECRET if _TELLING.search(name) else VariableKind.INPUT
                found.append(PlanVariable(name=name, kind=kind, required=True))
            found += [PlanVariable(name=name, kind=VariableKind.SECRET) for name in project.secrets]
    return found


def _registries(plan: Plan, texts: Texts) -> Iterator[str]:
    for each in plan.resources:
        if each.kind == "registry_login":
            spec: Any = each.spec
            yield (texts.maybe(spec.registry) if spec.registry is not None else None) or "docker.io"


def _volumes(resource: Resource) -> Iterator[str]:
    spec: Any = resource.spec
    if resource.kind == "command" and spec.argv:
        found = run_of(spec.argv)
        spec = found[0] if found else None
    if resource.kind in ("container", "command"):
        yield from _mounted(spec)


def _mounted(spec: Any) -> Iterator[str]:
    for value in getattr(spec, "volumes", ()):
        yield value.key().partition(":")[0]


def _mentioned(running: list[Any], files: list[Value], around: Surroundings) -> dict[str, tuple[str, ...]]:
    """`name:port` in what is told to the others: a port that the application of that name has to answer on."""
    texts = [*(value for spec in running for value in _told(spec)), *files]
    known = [around.texts.maybe(value) or value.shell() for value in texts]
    found = {}
    for name, app in around.apps.items():
        if name:
            ports = re.findall(rf"(?<![\w.-]){re.escape(name)}:(\d{{2,5}})(?!\d)", "\n".join(known))
            found[app] = tuple(dict.fromkeys(ports))
    whole = {around.texts.maybe(value) for spec in running for _, value in spec.environment}
    told = "\n".join(known)
    around.called = frozenset(
        app
        for name, app in around.apps.items()
        if name and (name in whole or re.search(_CALLED.format(re.escape(name)), told))
    )
    return found


def _told(spec: Any) -> Iterator[Value]:
    yield from (value for _, value in spec.environment)
    yield from spec.command
