"""What all applications of an environment have in common: found in the plan before the first one is built."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from converter.model.plan import Environment, Plan
from converter.model.resource import Phase, Purpose, Resource
from converter.model.value import Value
from converter.render.kubernetes.app import Kept, Surroundings
from converter.render.kubernetes.names import Unique, label, said
from converter.render.kubernetes.reading import run_of
from converter.render.kubernetes.sites import sites
from converter.render.kubernetes.texts import Texts
from converter.resources.file import File

STARTED = ("started",)


def named(plan: Plan) -> dict[str, str]:
    """The application of each container, by the address of its resource; the same name in all environments."""
    unique = Unique()
    found: dict[str, str] = {}
    by_container: dict[str, str] = {}
    for each in deployed(plan):
        spec: Any = container_of(each)
        if spec is not None:
            text = said(spec.name) if spec.name.parts else image_name(spec.image)
            known = by_container.get(spec.name.key()) if spec.name.parts else None
            name = known or unique.name(label(text))
            by_container.setdefault(spec.name.key(), name)
            found[each.address] = name
    return found


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
    around = Surroundings(
        project=project,
        environment=environment.name,
        namespace=f"{project}-{label(environment.name)}" if several else project,
        texts=texts,
        apps={_name(each, texts): names[each.address] for each in mine if each.address in names},
        files=files,
        sites=sites(files, texts),
        registries=tuple(_registries(plan, texts)),
        mounted=Counter(volume for each in mine for volume in set(_volumes(each))),
        kept=Kept(f"{project}-secrets"),
        replicas={group.name: len(group.hosts) for group in environment.groups},
        hosts=tuple(filter(None, (texts.maybe(host.address) for group in environment.groups for host in group.hosts))),
    )
    around.mentioned = _mentioned(mine, around)
    return around


def _name(resource: Resource, texts: Texts) -> str:
    spec = container_of(resource)
    return (texts.maybe(spec.name) or spec.name.key()) if spec is not None else ""


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
    for value in getattr(spec, "volumes", ()) if resource.kind in ("container", "command") else ():
        yield value.key().partition(":")[0]


def _mentioned(mine: list[Resource], around: Surroundings) -> dict[str, tuple[str, ...]]:
    """`name:port` in what is told to the others: a port that the application of that name has to answer on."""
    texts = [value for each in mine if (spec := container_of(each)) is not None for value in _told(spec)]
    known = [around.texts.maybe(value) or value.shell() for value in texts]
    found = {}
    for name, app in around.apps.items():
        if name:
            ports = re.findall(rf"(?<![\w.-]){re.escape(name)}:(\d{{2,5}})(?!\d)", "\n".join(known))
            found[app] = tuple(dict.fromkeys(ports))
    return found


def _told(spec: Any) -> Iterator[Value]:
    yield from (value for _, value in spec.environment)
    yield from spec.command
