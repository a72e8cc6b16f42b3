"""Images: the name, and a tag or digest that lasts, which an overlay says; `latest` says nothing of what runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from converter.model.value import Value
from converter.render.kubernetes.app import App, Image
from converter.render.kubernetes.texts import Held, Texts

MOVING = ("latest", "stable", "main", "master", "edge", "nightly", "dev", "prod", "production", "staging")
# No registry has a tag of that name by accident, so that nothing starts before a person has said which it is.
UNSET = "to-be-set"


def image(value: Value, texts: Texts) -> Image:
    """The image of a container."""
    return image_of(texts.pieces(value, apart=True))


def image_of(pieces: Sequence[str | Held]) -> Image:
    """`registry:5000/name:tag`: a colon after the last slash comes before the tag."""
    name, tag, why = "", "", ""
    for piece in pieces:
        if isinstance(piece, str):
            name += piece
        elif piece.secret or ":" not in name.rpartition("/")[2]:
            return Image(name=_plain(name) or UNSET, why=piece.why or f"`{piece.name}` is a secret")
        else:
            why = piece.why
    if "@" in name:
        named, _, digest = name.partition("@")
        return Image(name=named, digest=digest) if not why else Image(name=named, why=why)
    head, colon, last = name.rpartition(":")
    if colon and "/" not in last:
        name, tag = head, last
    if why:
        return Image(name=name, why=why)
    if not tag or tag in MOVING:
        return Image(name=name, why=f"the script runs `{tag or 'latest'}`, which is another image every now and then")
    return Image(name=name, tag=tag)


def _plain(name: str) -> str:
    return name.rstrip(":/@")


def registry(name: str) -> str:
    """The registry that an image comes from."""
    first, slash, _ = name.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else "docker.io"


def image_names(applications: Sequence[Mapping[str, App]]) -> list[str]:
    """What each application calls its image in its base. Those that run the same versions everywhere share a name;
    another version of the same image gets one of its own, so that each can be moved on alone."""
    known: dict[str, dict[str, Image]] = {}
    found = []
    for apps in applications:
        own = {env: app.image for env, app in apps.items()}
        first = next(iter(apps.values()))
        name = next((name for name, other in known.items() if _same(own, other)), "")
        if not name:
            name = first.image.name if first.image.name not in known else f"{first.image.name}-{first.name}"
        known.setdefault(name, {}).update(own)
        found.append(name)
    return found


def _same(own: Mapping[str, Image], other: Mapping[str, Image]) -> bool:
    both = own.keys() & other.keys()
    names = {each.name for each in (*own.values(), *other.values())}
    return all(own[env] == other[env] for env in both) and (bool(both) or len(names) == 1)
