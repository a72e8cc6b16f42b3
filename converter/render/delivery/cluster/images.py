"""Images that the build pushes and the environments run: what was pushed is looked up in its registry, so that the
versions of an environment name it by its digest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from converter.model.plan import Plan
from converter.model.resource import Phase, Resource
from converter.model.tree import FileTree, Unsupported
from converter.model.value import Value
from converter.render.delivery.outline import Step
from converter.render.delivery.shell.text import InexpressibleError
from converter.render.delivery.shell.words import word
from converter.render.kubernetes.images import MOVING, UNSET, image
from converter.render.kubernetes.surroundings import container_of
from converter.render.kubernetes.texts import Texts, UnknownTextError

VERSIONS = "environments/{}/versions/kustomization.yaml"
# A line for each image: its name in the versions, its tag or `-`, its digest.
FILE = "images.txt"
LOOK = "Look up what was pushed"
_ENTRY = re.compile(r"^  - name: (\S+)\n(?:    newName: (\S+)\n)?    (?:newTag|digest): (\S+)", re.MULTILINE)
_UNCLEAR = (
    "it pushes several images of one name, and which of them an environment runs is not clear: put the tag or digest"
    " into `environments/NAME/versions/kustomization.yaml` by a pull request"
)
# The registry says what it got; what the docker of the build says of it may be another thing. A tag that moves says
# nothing beside a digest.
_ASK = """\
pushed_image={image}
pushed_digest="$(docker buildx imagetools inspect "$pushed_image" | awk '/^Digest:/ {{ print $2 }}')"
printf '%s %s %s\\n' {name} {tag} "$pushed_digest" >> {file}"""


class Entry(msgspec.Struct, frozen=True):
    """An image in the versions of an environment: its name in the bases, where it comes from, and its tag or digest."""

    name: str
    source: str
    version: str


class Push(msgspec.Struct, frozen=True):
    """An image that the build pushes."""

    resource: Resource
    value: Value
    source: str
    moves: bool


def pushed(plan: Plan, *, tree: FileTree) -> tuple[Step, ...]:
    """The steps that look up each image that was pushed and that the first environment of the plan runs."""
    found = []
    for push, entry in _matched(plan, tree):
        try:
            tag = "-" if push.moves else '"${pushed_image##*:}"'
            script = _ASK.format(image=word(push.value), name=entry.name, tag=tag, file=f"../{FILE}")
        except InexpressibleError:
            continue
        origin = ", ".join(dict.fromkeys(span.lines() for span in push.resource.origin.spans))
        found.append(Step(name=LOOK, script=script, origin=" ".join(origin.split()), publish=True))
    return tuple(found)


def unpushed(plan: Plan, tree: FileTree, delivery: str) -> Iterator[Unsupported]:
    """Pushes of which nobody can say which one an environment runs."""
    for source, pushes in _by_source(plan).items():
        if any(entry.source == source for entry in _entries(plan, tree)) and _chosen(plan, pushes) is None:
            for each in pushes:
                yield Unsupported(address=each.resource.address, target=delivery, reason=_UNCLEAR, part=True)


def named_alike(tree: FileTree, environments: Sequence[str]) -> bool:
    """Whether the versions of all environments are about the same images, so that one may be copied over the other."""
    found = [{(each.name, each.source) for each in entries(tree, name)} for name in environments]
    return all(each == found[0] for each in found)


def entries(tree: FileTree, environment: str) -> list[Entry]:
    """What the versions of an environment name."""
    path = VERSIONS.format(environment)
    text = next((file.text for file in tree.files if file.path == path), "")
    return [Entry(name, source or name, version) for name, source, version in _ENTRY.findall(text)]


def _entries(plan: Plan, tree: FileTree) -> list[Entry]:
    return entries(tree, plan.environments[0].name) if plan.environments else []


def _matched(plan: Plan, tree: FileTree) -> Iterator[tuple[Push, Entry]]:
    known = _by_source(plan)
    for entry in _moved(_entries(plan, tree)):
        push = _chosen(plan, known.get(entry.source, []))
        if push is not None:
            yield push, entry


def _moved(listed: list[Entry]) -> Iterator[Entry]:
    """Of several versions of one image, a build makes the one that no script pins."""
    for entry in listed:
        same = [other for other in listed if other.source == entry.source]
        open_ = [other for other in same if other.version == UNSET]
        if entry.name != UNSET and [entry] in (same, open_):
            yield entry


def _by_source(plan: Plan) -> dict[str, list[Push]]:
    found: dict[str, list[Push]] = {}
    for each in _pushes(plan):
        found.setdefault(each.source, []).append(each)
    return found


def _chosen(plan: Plan, pushes: list[Push]) -> Push | None:
    """The one that a container runs by that very name; else the only one, or the only one that does not move."""
    run = {key for each in plan.resources if each.phase is Phase.DEPLOY for key in _run(each)}
    lasting = [each for each in pushes if not each.moves]
    for choice in ([each for each in pushes if each.value.key() in run], lasting, pushes):
        values = {each.value.key() for each in choice}
        if len(values) == 1:
            return choice[0]
    return None


def _run(resource: Resource) -> Iterator[str]:
    spec: Any = container_of(resource)
    if spec is not None:
        yield spec.image.key()


def _pushes(plan: Plan) -> Iterator[Push]:
    texts = Texts(plan)
    for each in plan.resources:
        for value in _values(each) if each.phase is not Phase.DEPLOY else ():
            try:
                yield Push(each, value, image(value, texts).name, _moves(value, texts))
            except UnknownTextError:
                continue


def _moves(value: Value, texts: Texts) -> bool:
    """Whether its tag is one that moves, or it has none."""
    pieces = texts.pieces(value, apart=True)
    last = "".join(piece if isinstance(piece, str) else "*" for piece in pieces).rpartition("/")[2]
    return ":" not in last or last.rpartition(":")[2] in MOVING


def _values(resource: Resource) -> Iterator[Value]:
    """The names of images under which a step pushes."""
    spec: Any = resource.spec
    if resource.kind == "image_push" or (resource.kind == "image" and spec.source == "build" and spec.push):
        yield spec.name
    elif resource.kind == "command" and spec.argv:
        yield from _of_words([*spec.argv])


def _of_words(words: list[Value]) -> Iterator[Value]:
    """`docker push NAME` and `docker buildx build --push -t NAME`, with options that the rules leave as they are."""
    plain = [each.text for each in words]
    if plain[:1] not in (["docker"], ["podman"]):
        return
    if "push" in plain[1:3] and "compose" not in plain:
        yield words[-1]
    elif "build" in plain and "--push" in plain:
        for number, text in enumerate(plain[:-1]):
            if text in ("-t", "--tag"):
                yield words[number + 1]
