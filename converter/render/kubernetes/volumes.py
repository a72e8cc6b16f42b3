"""Volumes: a named one is a claim, one without a name is gone with its pod, and a file that the script writes is a
config map. What lies on the host itself has to be brought by a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from converter.render.kubernetes.app import App, Data
from converter.render.kubernetes.names import is_key, label
from converter.render.kubernetes.texts import Held, UnknownTextError

# Of the host itself: nothing that an application brings with it stands there.
_OF_HOST = {
    "/var/run/docker.sock": "nodes have no docker; what asks it has to ask the cluster instead",
    "/run/docker.sock": "nodes have no docker; what asks it has to ask the cluster instead",
    "/etc/localtime": "the clock of a node is none of the application's: set `TZ`",
    "/etc/timezone": "the clock of a node is none of the application's: set `TZ`",
}
_SYSTEM = re.compile(r"/(proc|sys|dev|etc|var/run|run|boot|lib/modules|usr|bin)?(/.*)?|/var/lib/docker(/.*)?|/var/log")
_FILE = re.compile(
    r".*\.(conf|cnf|ini|ya?ml|json|toml|env|pem|crt|cer|key|xml|properties|sh|sql|php|py|js|cfg|txt|htpasswd)"
)


@dataclass(frozen=True, slots=True)
class Mount:
    """`source` is a path of the host, the name of a volume, or "" for one without a name; `kind` is volume or tmpfs."""

    source: str
    target: str
    read_only: bool = False
    kind: str = "volume"
    size: str = ""


def volumes(app: App, spec: Any) -> None:
    """All of the container's volumes."""
    for value in spec.volumes:
        _add(app, app.around.texts.plain(value))


def _add(app: App, text: str) -> None:
    """`source:target:options`."""
    source, _, rest = text.partition(":")
    target, _, options = rest.partition(":")
    if not rest:
        source, target = "", source
    mount(app, Mount(source, target, "ro" in options.split(",")), f"-v {text}")


def mount(app: App, wanted: Mount, option: str) -> None:
    """One volume of the pod and its place in the container."""
    if wanted.source.startswith(("/", "~", "$", ".")):
        _of_host(app, wanted, option)
    elif wanted.kind == "tmpfs":
        limit = {"sizeLimit": wanted.size} if wanted.size else {}
        _place(app, wanted, {"emptyDir": {"medium": "Memory", **limit}})
    elif not wanted.source:
        _place(app, wanted, {"emptyDir": {}})
    else:
        _claim(app, wanted, "")


def _of_host(app: App, wanted: Mount, option: str) -> None:
    path = wanted.source.rstrip("/") or "/"
    known = app.around.files.get(path)
    if path in _OF_HOST:
        app.left.append(f"`{option}` is left out: {_OF_HOST[path]}")
    elif known is not None and _written(app, wanted, path):
        app.used.append(known[1])
    elif _SYSTEM.fullmatch(path) and not _FILE.fullmatch(path):
        app.left.append(
            f"`{option}` is left out: it is a part of the host's own system, which differs from node to node"
        )
    elif _FILE.fullmatch(path.lower()):
        _file(app, wanted, path)
    else:
        _claim(app, wanted, path)


def _written(app: App, wanted: Mount, path: str) -> bool:
    """A file whose text the script has; False where a part of it is secret or not known."""
    value, _ = app.around.files[path]
    name = path.rpartition("/")[2]
    try:
        pieces = app.around.texts.pieces(value)
    except UnknownTextError:
        return False
    if any(isinstance(piece, Held) for piece in pieces) or not is_key(name):
        return False
    app.files[name] = "".join(piece for piece in pieces if isinstance(piece, str))
    _mount_file(app, wanted, name)
    return True


def _file(app: App, wanted: Mount, path: str) -> None:
    """A file that only the host has: pods wait until a person brings it."""
    name = path.rpartition("/")[2]
    app.left.append(
        f"`{path}` is a file of the host, and not in the script: put it into `apps/{app.name}/base/files/{name}`, and"
        f" name it under `configMapGenerator` as `{app.name}-files`; until then nothing starts"
    )
    _mount_file(app, wanted, name)


def _mount_file(app: App, wanted: Mount, name: str) -> None:
    if all(each["name"] != "files" for each in app.volumes):
        app.volumes.append({"name": "files", "configMap": {"name": f"{app.name}-files"}})
    app.mounts.append({"name": "files", "mountPath": wanted.target, "subPath": name, "readOnly": True})
    if not wanted.read_only:
        app.left.append(f"`{wanted.target}` can't be written to: it comes from a config map")


def _claim(app: App, wanted: Mount, path: str) -> None:
    name = label(wanted.source)
    app.claims.setdefault(name, path)
    if path:
        app.left.append(
            f"`{path}` is a folder of the host, and not in the script: the claim `{name}` stands for it, and is empty"
            " until its content is copied there"
        )
    _place(app, wanted, {"persistentVolumeClaim": {"claimName": name}}, name)


def _place(app: App, wanted: Mount, volume: Data, name: str = "") -> None:
    name = name or label(wanted.target)
    known = next((each for each in app.volumes if each["name"] == name), None)
    if known is None:
        app.volumes.append({"name": name, **volume})
    app.mounts.append({"name": name, "mountPath": wanted.target, **({"readOnly": True} if wanted.read_only else {})})
