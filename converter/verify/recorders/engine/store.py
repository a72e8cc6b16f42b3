"""What the engine knows, kept in a file from one request to the next."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import secrets
import threading
from collections.abc import Iterable
from pathlib import Path

from converter.verify.recorders.engine.messages import RefusedError, Thing

_KINDS = ("containers", "images", "networks", "volumes", "logins", "pushed", "execs")


class Store:
    """Containers, images, networks and execs by their ids, volumes by their names; `ended` holds what ran and is gone,
    `pushed` the image that each name has in its registry."""

    def __init__(self, file: Path) -> None:
        self._file = file
        # Held while something is answered, and notified when something has changed.
        self.changed = threading.Condition(threading.RLock())
        self.events: list[Thing] = []
        self._addresses = itertools.count(2)
        known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        empty: Thing = {}
        self.containers, self.images, self.networks, self.volumes, self.logins, self.pushed, self.execs = (
            known.get(kind, empty.copy()) for kind in _KINDS
        )
        self.ended: list[Thing] = known.get("ended", [])

    def save(self) -> None:
        """Writes all of it, at once or not at all."""
        text = json.dumps({**{kind: getattr(self, kind) for kind in _KINDS}, "ended": self.ended}, indent=1)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        partial = self._file.with_suffix(".partial")
        partial.write_text(text, encoding="utf-8")
        partial.replace(self._file)
        self.changed.notify_all()

    def tell(self, kind: str, action: str, ident: str, attributes: Thing) -> None:
        """Notes an event for those who listen."""
        now = dt.datetime.now(tz=dt.UTC).timestamp()
        self.events.append(
            {
                "Type": kind,
                "Action": action,
                "status": action,
                "id": ident,
                "Actor": {"ID": ident, "Attributes": attributes},
                "scope": "local",
                "time": int(now),
                "timeNano": int(now * 1e9),
            }
        )
        self.changed.notify_all()

    def address(self) -> str:
        """An address for a container."""
        return "172.17.{}.{}".format(*divmod(next(self._addresses), 256))

    def container(self, name: str) -> Thing:
        """By name or id."""
        named = [each for each in self.containers.values() if each["Name"] == "/" + name.removeprefix("/")]
        return _one(named or _starting(self.containers.values(), name), f"No such container: {name}")

    def network(self, name: str) -> Thing:
        """By name or id."""
        named = [each for each in self.networks.values() if each["Name"] == name]
        return _one(named or _starting(self.networks.values(), name), f"network {name} not found")

    def volume(self, name: str) -> Thing:
        """By name."""
        return _one([self.volumes[name]] if name in self.volumes else [], f"get {name}: no such volume")

    def image(self, name: str) -> Thing:
        """By a name, a digest or an id."""
        wanted = reference(name)
        named = [each for each in self.images.values() if wanted in each["RepoTags"] or wanted in each["RepoDigests"]]
        return _one(named or _starting(self.images.values(), name.removeprefix("sha256:")), f"No such image: {wanted}")


def _starting(things: Iterable[Thing], start: str) -> list[Thing]:
    return [each for each in things if start and each["Id"].removeprefix("sha256:").startswith(start)]


def _one(found: list[Thing], problem: str) -> Thing:
    if not found:
        raise RefusedError(404, problem)
    return found[0]


def identity() -> str:
    """A new id. It begins with a figure: Ansible's modules take a container whose id begins with `db` for one of that
    name, which would come about now and then."""
    return f"{secrets.randbelow(10)}{secrets.token_hex(32)[1:]}"


def now() -> str:
    """The moment as the API writes it (RFC 3339)."""
    return dt.datetime.now(tz=dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")


def seconds(moment: str) -> int:
    """The same in seconds since 1970."""
    return int(dt.datetime.strptime(moment[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z").timestamp())


def reference(name: str) -> str:
    """The name of an image as people write it, with its tag (https://pkg.go.dev/github.com/distribution/reference)."""
    for usual in ("docker.io/", "index.docker.io/", "library/"):
        name = name.removeprefix(usual)
    return name if "@" in name or ":" in name.rpartition("/")[2] else f"{name}:latest"
