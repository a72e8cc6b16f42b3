"""The pass about what each run names by the time: a release is made only when there is another commit to release, and
the rest is known to be new each time."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from converter.model.resource import Phase, Resource
from converter.model.trace import Guard, Succeeds, Test
from converter.model.value import CommandOutput, Literal, Part, Value, Variable
from converter.plan import guards
from converter.plan.rewrite import values
from converter.plan.shelltext import word
from converter.plan.work import Work
from converter.resources.git_checkout import GitCheckout
from converter.resources.link import Link

_TIME = re.compile(r"\s*(?:date\b(?!.*\s(?:-d|-r|--date|--reference))|uuidgen\b|mktemp\b)")
_SPELT = re.compile(r"[0-9a-f]{7,40}")
# These change nothing, or say themselves that each run makes it anew.
_EACH_RUN = frozenset("assertion capture command http_check http_request pause port_wait unresolved".split())


def release(work: Work) -> Work:
    """Finds releases by the link that makes them current, and what else is named by the time of the run."""
    resources = [_loose(resource) for resource in work.resources]
    links = [(one, one.spec) for one in work.resources if isinstance(one.spec, Link)]
    current = [(one, spec) for one, spec in links if spec.symbolic and spec.force and timed(spec.target)]
    sentences = [_released(resources, one, spec) for one, spec in current]
    dated = [_dated(resource) for resource in resources]
    names = _names(dated)
    if names:
        told = ", ".join(names)
        sentences.append(
            f"the time of the run is in {told}: a run makes that anew, and a run with --check leaves it out"
        )
    return work.having(resources=tuple(dated)).changing(*filter(None, sentences))


def _names(resources: list[Resource]) -> list[str]:
    """What the dated ones are called, without what only adds to one that is named already."""
    found: list[str] = []
    for label in (resource.spec.label() for resource in resources if resource.dated):
        if not any(name in label for name in found):
            found.append(label)
    return found


def timed(value: Value) -> bool:
    """Whether the time of the run is in it, so that no host has it yet."""
    return any(isinstance(part, CommandOutput) and _TIME.match(part.text) for part in value.walk())


def _loose(resource: Resource) -> Resource:
    """A link in a place that is new each time, where nothing can be in its way: what it points to may come later."""
    spec = resource.spec
    if not isinstance(spec, Link) or not spec.symbolic or spec.force or not timed(spec.path):
        return resource
    return msgspec.structs.replace(resource, spec=msgspec.structs.replace(spec, force=True))


def _dated(resource: Resource) -> Resource:
    named = any(timed(value) for value in (*values(resource.spec), resource.context.cwd))
    once = resource.kind in _EACH_RUN or resource.handler or resource.phase != Phase.DEPLOY
    asked = any(test.id.startswith("release ") for test in resource.guard)
    return msgspec.structs.replace(resource, dated=True) if named and not once and not asked else resource


def _released(resources: list[Resource], link: Resource, current: Link) -> str:
    """Puts all that a release is made of under the condition that there is something to release; says so."""
    root = _opened(current.target)
    source = next((one for one in resources if _makes(one, link, root)), None)
    history = f"{root}/.git"
    if source is None or not isinstance(source.spec, GitCheckout) or any(_mentions(one, history) for one in resources):
        return ""
    test = _test(source, source.spec, current)
    begun = False
    for index, resource in enumerate(resources):
        of_it = resource.on == link.on and _needs(resource, root, current)
        begun = begun or resource is source or (of_it and timed(Value.join(values(resource.spec))))
        if begun and of_it and not guards.exclude(resource.guard, source.guard):
            guard: Guard = (*resource.guard, test)
            resources[index] = msgspec.structs.replace(resource, guard=guard)
    repo = source.spec.repo.shell() if source.spec.repo is not None else ""
    place = source.origin.spans[0].lines()
    return f"a release is made only when {repo} has another commit than {current.path.shell()} ({place})"


def _makes(resource: Resource, link: Resource, root: str) -> bool:
    """Whether it clones the release, under no condition of its own that the link is not under."""
    spec = resource.spec
    same = resource.on == link.on and guards.within(link.guard, resource.guard)
    return isinstance(spec, GitCheckout) and spec.repo is not None and same and _opened(spec.dest) == root


def _needs(resource: Resource, root: str, current: Link) -> bool:
    """Whether it is about the release, or about what a command finds of the releases before it."""
    before = [_opened(current.path), root.rpartition("/")[0]]
    again = isinstance(resource.spec, Link) and resource.spec.path == current.path
    if again or _mentions(resource, root):
        return True
    for value in _told(resource):
        outputs = " ".join(part.text for part in value.walk() if isinstance(part, CommandOutput))
        if any(path in outputs for path in before if "/" in path):
            return True
    return False


def _mentions(resource: Resource, path: str) -> bool:
    return any(path in _opened(value) for value in _told(resource))


def _told(resource: Resource) -> Iterator[Value]:
    """All values that say what it does, where and under which conditions."""
    yield from values(resource.spec)
    yield resource.context.cwd
    yield from values(tuple(test.subject for test in resource.guard))


def _test(source: Resource, spec: GitCheckout, current: Link) -> Test:
    """Whether the commit that is current is not the one to release; without a current one there is something new."""
    repo, version = word(spec.repo or Value()), spec.version
    names = (Value.of(text) + version for text in ("refs/heads/", "refs/tags/")) if version is not None else ()
    wanted = [word(name) for name in names] or [Value.of("HEAD")]
    listed = Value.join((Value.of("git ls-remote"), repo, *wanted), " ")
    if version is not None and (version.text is None or _SPELT.fullmatch(version.text)):
        listed = Value.join((Value.of("{ echo "), word(version), Value.of("; "), listed, Value.of("; }")))
    known = (Value.of("git --git-dir="), word(current.path / ".git"), Value.of(" rev-parse --verify HEAD || echo none"))
    text = Value.join((listed, Value.of(' | grep -q "^$('), *known, Value.of(')"')))
    span = source.origin.spans[0]
    context = msgspec.structs.replace(source.context, cwd=Value.of("/"))
    return Test(id=f"release {span}", subject=Succeeds(text=text), negated=True, context=context, span=span)


def _opened(value: Value) -> str:
    """The text with every variable replaced by what it holds."""
    return Value(*_parts(value)).shell().rstrip("/")


def _parts(value: Value) -> Iterator[Part]:
    for part in value.parts:
        if isinstance(part, Variable) and part.value is not None:
            yield from _parts(part.value)
        else:
            yield part if not isinstance(part, Literal) else Literal(part.text)
