"""Secrets that a script makes in a cluster: which objects with which keys, never what is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from converter.model.resource import Resource
from converter.model.value import Value, Variable
from converter.render.kubernetes.driven.kubectl import Call, halves
from converter.render.kubernetes.driven.objects import Object
from converter.render.kubernetes.driven.words import NotUnderstoodError

OPAQUE = "Opaque"
DOCKER = "kubernetes.io/dockerconfigjson"
TLS = "kubernetes.io/tls"


@dataclass(slots=True)
class Needed:
    """An object for the store of secrets. `keys` say of each what goes there, `variables` which of the script's own
    it is; `made` is the file of settings, or the registry, that kubectl makes the whole of."""

    name: str
    namespace: str
    type: str = OPAQUE
    keys: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    made: str = ""
    resources: list[Resource] = field(default_factory=list)


def created(call: Call, namespace: str, resource: Resource) -> Needed:
    """What `kubectl create secret` makes."""
    kind, name = [*call.words, "", "", ""][1:3]
    if not name or kind not in ("generic", "docker-registry", "tls"):
        raise NotUnderstoodError("the name of the secret is known only at each run")
    found = Needed(name, namespace, resources=[resource])
    given = call.given
    if kind == "docker-registry":
        found.type, found.made = DOCKER, _login(given.last("docker-server"))
    elif kind == "tls":
        found.type = TLS
        found.keys = {"tls.crt": _file(given.last("cert")), "tls.key": _file(given.last("key"))}
    else:
        found.type = (given.last("type") or Value.of(OPAQUE)).text or OPAQUE
        for word in given.every("from-literal"):
            key, value = halves(word)
            _literal(found, key, value)
        for word in given.every("from-file"):
            key, path = halves(word)
            path = path if path is not None else word
            found.keys[key if path is not word else _base(path)] = _file(path)
        files = given.every("from-env-file")
        if files and (found.keys or len(files) > 1):
            raise NotUnderstoodError("it is made of several files: make it of one")
        found.made = _base(files[0]) if files else ""
    if not found.keys and not found.made:
        raise NotUnderstoodError("it says nothing of what is in the secret")
    return found


def declared(each: Object, namespace: str, resource: Resource, names: Mapping[str, str]) -> Needed:
    """What a manifest of a Secret asks for; `names` are the variables that stand for its values."""
    data = each.data
    found = Needed(each.name, each.namespace or namespace, str(data.get("type") or OPAQUE), resources=[resource])
    for part in ("data", "stringData"):
        values = data.get(part)
        for key in values if isinstance(values, dict) else ():
            found.keys[str(key)] = "base64 in the manifest: here it is plain" if part == "data" else ""
            if names.get(str(key)):
                found.variables[str(key)] = names[str(key)]
    if not found.keys or not found.name:
        raise NotUnderstoodError(f"the Secret `{found.name}` says nothing of what is in it")
    return found


def _literal(found: Needed, key: str, value: Value | None) -> None:
    if not re.fullmatch(r"[-._a-zA-Z0-9]+", key) or value is None:
        raise NotUnderstoodError("the name of a key is known only at each run")
    found.keys[key] = f"`{value.shell()}` in the script" if value.variables else ""
    own = next((part.name for part in value.parts if isinstance(part, Variable)), "")
    if own:
        found.variables[key] = own


def _file(path: Value | None) -> str:
    if path is None:
        raise NotUnderstoodError("the file of a key is not named")
    return f"the content of {path.shell()}"


def _base(path: Value) -> str:
    return path.shell().rpartition("/")[2]


def _login(server: Value | None) -> str:
    return (server.text if server is not None else None) or "https://index.docker.io/v1/"
