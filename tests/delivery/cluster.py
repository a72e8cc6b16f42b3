"""A server that answers kubectl as that of a cluster does, as far as a delivery asks: objects by server-side apply,
with a record of what was changed. Nothing runs in it; what is ready or has failed is said by the test."""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

import yaml

Data = dict[str, Any]

# Group and version, then the resources of each with their kind.
APIS = {
    "api/v1": {
        "namespaces": "Namespace",
        "configmaps": "ConfigMap",
        "secrets": "Secret",
        "services": "Service",
        "persistentvolumeclaims": "PersistentVolumeClaim",
        "pods": "Pod",
    },
    "apis/apps/v1": {"deployments": "Deployment", "statefulsets": "StatefulSet", "daemonsets": "DaemonSet"},
    "apis/batch/v1": {"jobs": "Job", "cronjobs": "CronJob"},
    "apis/networking.k8s.io/v1": {"ingresses": "Ingress", "networkpolicies": "NetworkPolicy"},
    "apis/external-secrets.io/v1": {"externalsecrets": "ExternalSecret"},
}


@dataclass
class Cluster:
    """Objects by kind and name; `changes` are what was really made, changed or removed, in order."""

    objects: dict[tuple[str, str], Data] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    never_ready: set[str] = field(default_factory=set)
    refuses: set[str] = field(default_factory=set)
    port: int = 0

    @property
    def kubeconfig(self) -> str:
        """What leads to it."""
        server = {"cluster": {"server": f"http://127.0.0.1:{self.port}"}, "name": "c"}
        context = {"context": {"cluster": "c", "user": "u"}, "name": "x"}
        data = {"apiVersion": "v1", "kind": "Config", "clusters": [server], "contexts": [context]}
        return yaml.safe_dump({**data, "users": [{"name": "u", "user": {}}], "current-context": "x"})

    def apply(self, kind: str, data: Data, *, dry: bool) -> Data | str:
        """The object as it is then; text says why it can't be."""
        name = data["metadata"]["name"]
        known = self.objects.get((kind, name))
        if name in self.refuses:
            return "is invalid: a webhook has refused it"
        if known is not None and kind == "Job" and known["spec"]["template"] != data["spec"]["template"]:
            return "spec.template: Invalid value: field is immutable"
        made = copy.deepcopy(data)
        own = {
            "uid": f"{kind}-{name}",
            "resourceVersion": "1",
            "generation": 1,
            "creationTimestamp": "2024-01-01T00:00:00Z",
        }
        made["metadata"] = {**made["metadata"], **own}
        made |= {"status": self._status(kind, name, made)} if kind in ("Deployment", "Job") else {}
        if not dry:
            self.changes.append(f"apply {kind}/{name}")
            self.objects[kind, name] = made
        elif known is not None and "status" in known:
            made["status"] = known["status"]
        return made

    def _status(self, kind: str, name: str, data: Data) -> Data:
        if kind == "Job":
            ended = "Failed" if name in self.failing else "Complete"
            return {"conditions": [{"type": ended, "status": "True"}]}
        wanted = data["spec"].get("replicas", 1)
        ready = 0 if name in self.never_ready else wanted
        counts = {"replicas": wanted, "updatedReplicas": wanted, "availableReplicas": ready}
        late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
        return {"observedGeneration": 1, **counts, "conditions": [] if ready else [late]}


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A cluster that listens."""
    found = Cluster()
    handler = type("Handler", (_Handler,), {"found": found})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        found.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield found
        server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    found: Cluster

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        """Discovery, one object, or those that a selector chooses."""
        path, asked = self._asked()
        if path in _DISCOVERY:
            self._say(_DISCOVERY[path])
        elif path.startswith("openapi/v3/"):
            self._say(_openapi(path.removeprefix("openapi/v3/")))
        else:
            self._objects(path, asked)

    def _objects(self, path: str, asked: Data) -> None:
        kind, name, _ = _target(path)
        if "watch" in asked:
            self._refuse(400, "nothing ever happens here")
        elif name:
            known = self.found.objects.get((kind, name))
            self._say(known) if known else self._refuse(404, f'{kind} "{name}" not found')
        else:
            chosen = [each for (of, _), each in self.found.objects.items() if of == kind and _selected(each, asked)]
            group = _group(path)
            self._say(
                {"kind": f"{kind}List", "apiVersion": group, "metadata": {"resourceVersion": "1"}, "items": chosen}
            )

    def do_PATCH(self) -> None:
        """Server-side apply."""
        path, asked = self._asked()
        kind, _, _ = _target(path)
        data = yaml.safe_load(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Content-Type"] == "application/apply-patch+yaml"
        assert asked["fieldManager"] == ["delivery"]
        made = self.found.apply(kind, data, dry=asked.get("dryRun") == ["All"])
        if isinstance(made, str):
            self._refuse(422, f'{kind} "{data["metadata"]["name"]}" is invalid: {made}')
        else:
            self._say(made)

    def do_DELETE(self) -> None:
        """Gone at once."""
        path, _ = self._asked()
        kind, name, _ = _target(path)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.found.objects.pop((kind, name), None) is None:
            self._refuse(404, f'{kind} "{name}" not found')
            return
        self.found.changes.append(f"delete {kind}/{name}")
        self._say({"kind": "Status", "apiVersion": "v1", "status": "Success"})

    def _asked(self) -> tuple[str, Data]:
        url = urlparse(self.path)
        return url.path.strip("/"), parse_qs(url.query)

    def _say(self, data: Any, code: int = 200) -> None:
        body = json.dumps(data).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, code: int, message: str) -> None:
        reason = {404: "NotFound", 422: "Invalid"}.get(code, "BadRequest")
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code}
        self._say({**status, "reason": reason, "message": message}, code)


def _group(path: str) -> str:
    return next(api for api in APIS if f"{path}/".startswith(f"{api}/")).removeprefix("apis/").removeprefix("api/")


def _target(path: str) -> tuple[str, str, str]:
    """The kind, the name and the namespace that a path is about."""
    api = next(api for api in APIS if f"{path}/".startswith(f"{api}/"))
    words = path.removeprefix(api).strip("/").split("/")
    namespace = ""
    if words[0] == "namespaces" and len(words) > 2:
        namespace, words = words[1], words[2:]
    return APIS[api][words[0]], words[1] if len(words) > 1 else "", namespace


def _selected(each: Data, asked: Data) -> bool:
    labels = each["metadata"].get("labels", {})
    wanted = [word.split("=", 1) for text in asked.get("labelSelector", ()) for word in text.split(",")]
    names = [text.split("=", 1)[1] for text in asked.get("fieldSelector", ())]
    return all(labels.get(key) == value for key, value in wanted) and names in ([], [each["metadata"]["name"]])


def _resources(api: str) -> Data:
    verbs = ["create", "delete", "get", "list", "patch", "watch"]
    found = [
        {"name": name, "singularName": "", "namespaced": name != "namespaces", "kind": kind, "verbs": verbs}
        for name, kind in APIS[api].items()
    ]
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": _group(api), "resources": found}


def _openapi(api: str) -> Data:
    """That every kind can be applied without effect is all that is said."""
    group, _, version = _group(api).rpartition("/")
    paths = {}
    for name, kind in APIS[api].items():
        parameters = [{"name": each, "in": "query"} for each in ("dryRun", "fieldValidation")]
        of = {"group": group, "kind": kind, "version": version}
        paths[f"/{api}/{name}/{{name}}"] = {"patch": {"parameters": parameters, "x-kubernetes-group-version-kind": of}}
    return {"openapi": "3.0.0", "info": {"title": "x", "version": "1"}, "paths": paths, "components": {"schemas": {}}}


def _groups() -> Data:
    found = []
    for api in APIS:
        if api.startswith("apis/"):
            version = {"groupVersion": _group(api), "version": "v1"}
            found.append({"name": _group(api).partition("/")[0], "versions": [version], "preferredVersion": version})
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": found}


_DISCOVERY: Data = {
    "version": {"major": "1", "minor": "37", "gitVersion": "v1.37.1"},
    "api": {"kind": "APIVersions", "versions": ["v1"]},
    "apis": _groups(),
    "openapi/v3": {"paths": {api: {"serverRelativeURL": f"/openapi/v3/{api}?hash=1"} for api in APIS}},
    **{api: _resources(api) for api in APIS},
}
