"""Versions: what a promotion carries from one environment to the next, where there are several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from converter.model.plan import Environment, Plan, PlanVariable, VariableKind
from converter.model.resource import Phase, Resource, Spec
from converter.model.value import Literal, Value, Variable
from converter.render.ansible.mentions import names_of, texts_of
from converter.render.ansible.names import Unique, snake
from converter.resources.container import Container
from converter.resources.git_checkout import GitCheckout
from converter.resources.image import Image

_NAMED = re.compile(r"(?:^|_)(?:version|ver|tag|ref|branch|release|revision|rev|commit|sha|digest)$")
_TAGGED = re.compile(r"(?P<image>[\w./:-]*[\w-]):(?P<tag>[\w][\w.-]*)")


def versions(plan: Plan) -> frozenset[str]:
    """The variables that a promotion carries.

    What the pipeline's own steps use is told to a run, which goes through the environments by itself; and names such as
    branches that differ between the environments belong to each of them, where numbers that differ are promoted."""
    if len(plan.environments) < 2:
        return frozenset()
    built = {name for each in plan.resources if each.phase is not Phase.DEPLOY for name in names_of(each)}
    used = {name for each in plan.resources for name in _as_version(each.spec)}
    return frozenset(
        each.name
        for each in plan.variables
        if each.kind in (VariableKind.FIXED, VariableKind.INPUT)
        and each.name not in built
        and (each.name in used or is_version(snake(each.name)))
        and _promoted(plan, each)
    )


def is_version(name: str) -> bool:
    """Whether a variable is named for what it pins."""
    return _NAMED.search(name) is not None


def pinned(plan: Plan) -> Plan:
    """The plan with a variable for each tag and version that stands as text in what runs on the hosts."""
    if len(plan.environments) < 2:
        return plan
    names = Unique(snake(each.name) for each in plan.variables)
    made: dict[tuple[str, str], PlanVariable] = {}
    resources = tuple(_lifted(plan, each, names, made) for each in plan.resources)
    return msgspec.structs.replace(plan, resources=resources, variables=(*plan.variables, *made.values()))


def joined(plan: Plan) -> Plan:
    """The plan with the variables of its environments among its own; one that all of them set is theirs, and one that
    only some of them set is empty in the others, as in a shell."""
    own = [{each.name: each for each in environment.variables} for environment in plan.environments]
    if len(own) < 2:
        return plan
    known = {each.name: each for each in plan.variables}
    for name in dict.fromkeys(name for variables in own for name in variables):
        found = [variables[name] for variables in own if name in variables]
        if len(found) == len(own):
            known[name] = found[0]
        elif name not in known:
            known[name] = msgspec.structs.replace(found[0], value=Value())
    return msgspec.structs.replace(plan, variables=tuple(known.values()))


def texts(plan: Plan) -> frozenset[str]:
    """The variables that every environment sets to a word, which no reader of YAML takes for anything else."""
    own = [{each.name for each in environment.variables if _is_word(each)} for environment in plan.environments]
    return frozenset.intersection(*map(frozenset, own)) if own else frozenset()


def _is_word(variable: PlanVariable) -> bool:
    text = variable.value.text if variable.kind is VariableKind.FIXED and variable.value is not None else None
    return bool(text) and re.fullmatch(r"[A-Za-z][\w-]*", text or "") is not None


def of_environment(environment: Environment, known: Mapping[str, PlanVariable], name: str) -> PlanVariable | None:
    """A variable as it is in an environment."""
    return next((each for each in environment.variables if each.name == name), known.get(name))


def _promoted(plan: Plan, variable: PlanVariable) -> bool:
    known = {each.name: each for each in plan.variables}
    found = [of_environment(environment, known, variable.name) for environment in plan.environments]
    texts = [each.value.text if each is not None and each.value is not None else "" for each in found]
    if any(text is None for text in texts):
        return False
    return len(set(texts)) == 1 or all(re.search(r"\d", text or "") for text in texts)


def _as_version(spec: Spec) -> Iterator[str]:
    """The variables that stand where a tag or a version does."""
    if isinstance(spec, GitCheckout) and spec.version is not None:
        yield from _alone(spec.version)
    image = _image(spec)
    if image is not None:
        last = image.parts[-1] if image.parts else None
        before = image.parts[-2] if len(image.parts) > 1 else None
        if isinstance(last, Variable) and isinstance(before, Literal) and before.text.endswith((":", "@")):
            yield last.name
        elif len(image.parts) == 1 and _TAGGED.fullmatch(image.text or ""):
            yield from _alone(image)


def _alone(value: Value) -> Iterator[str]:
    if len(value.parts) == 1 and isinstance(value.parts[0], Variable):
        yield value.parts[0].name


def _image(spec: Spec) -> Value | None:
    if isinstance(spec, Container):
        return spec.image
    return spec.name if isinstance(spec, Image) and spec.source == "pull" else None


def _lifted(plan: Plan, resource: Resource, names: Unique, made: dict[tuple[str, str], PlanVariable]) -> Resource:
    spec = resource.spec
    if resource.phase is not Phase.DEPLOY:
        return resource
    if isinstance(spec, GitCheckout) and (text := _text(spec.version)) and text != "HEAD":
        variable = _variable(
            ("version of the checkout", spec.dest.key()), text, spec.dest.key(), "version", names, made
        )
        return msgspec.structs.replace(resource, spec=msgspec.structs.replace(spec, version=variable))
    image = _image(spec)
    found = _TAGGED.fullmatch(_text(image) or "")
    if image is None or found is None or _spoken_of(plan, found["image"]):
        return resource
    tag = _variable(("tag of the image", found[0]), found["tag"], found["image"], "tag", names, made)
    new = Value.of(f"{found['image']}:") + tag
    field = "image" if isinstance(spec, Container) else "name"
    return msgspec.structs.replace(resource, spec=msgspec.structs.replace(spec, **{field: new}))


def _text(value: Value | None) -> str | None:
    return value.text if value is not None and not value.variables else None


def _spoken_of(plan: Plan, image: str) -> bool:
    """Whether something else names the image too, which would keep its old tag."""
    others = (each.spec for each in plan.resources if each.phase is not Phase.DEPLOY or _image(each.spec) is None)
    return any(image in text for spec in others for text in texts_of(spec))


def _variable(
    what: tuple[str, str], text: str, place: str, suffix: str, names: Unique, made: dict[tuple[str, str], PlanVariable]
) -> Value:
    if what not in made:
        name = names.name(snake(f"{place.rstrip('/').rpartition('/')[2]}_{suffix}"))
        help = f"The {what[0]} {place}"
        made[what] = PlanVariable(name=name, kind=VariableKind.FIXED, value=Value.of(text), help=help)
    return Value(Variable(made[what].name, made[what].value))
