"""Checks of the script as probes: a pod gets no traffic, and nothing goes on, until it answers."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from converter.model.resource import Resource
from converter.render.kubernetes.app import App, Data
from converter.render.kubernetes.ports import Port
from converter.render.kubernetes.quantities import seconds

_HERE = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]", "::1")


def target(url: str, apps: list[tuple[App, list[Port]]]) -> tuple[App, int] | None:
    """The application that an address of the script leads to, and its port inside."""
    parts = urlsplit(url)
    number = parts.port or (443 if parts.scheme == "https" else 80)
    for app, ports in apps:
        served = [rule["host"] for rule in app.ingress["spec"]["rules"]] if app.ingress else []
        if app.ingress and parts.hostname in served:
            paths = app.ingress["spec"]["rules"][0]["http"]["paths"]
            return app, paths[0]["backend"]["service"]["port"]["number"]
        for port in ports:
            own = [app.name, *(one["name"] for one in app.services)]
            here = parts.hostname in _HERE or (parts.hostname in app.around.hosts and not port.here)
            if (here or served) and port.outside == number:
                return app, port.inside
            if parts.hostname in own and port.inside == number:
                return app, port.inside
    return None


def http(resource: Resource, spec: Any, found: list[tuple[App, list[Port]]]) -> str:
    """Gives an application its probe; returns what is left for a person, "" if nothing is."""
    if not found:
        return "no application of this repository answers there: ask the address from where its users are"
    texts = found[0][0].around.texts
    url = texts.plain(spec.url)
    known = target(url, found)
    if known is None or spec.method != "GET" or spec.body is not None:
        return "it is asked from outside of the cluster: let the pipeline or a monitor ask it"
    app, number = known
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    inside_tls = parts.scheme == "https" and app.ingress is None
    asked: Data = {"path": path, "port": number, **({"scheme": "HTTPS"} if inside_tls else {})}
    headers = [{"name": name, "value": texts.plain(value)} for name, value in spec.headers]
    if app.ingress and parts.hostname and parts.hostname not in _HERE:
        headers.insert(0, {"name": "Host", "value": parts.hostname})
    if headers:
        asked["httpHeaders"] = headers
    set_probe(app, resource, {"httpGet": asked}, texts.maybe(spec.timeout))
    extra = [f"`{name}`" for name in ("status", "contains") if getattr(spec, name) is not None]
    return (
        f"a probe is content with any answer from 200 to 399; {' and '.join(extra)} is not looked at" if extra else ""
    )


def tcp(resource: Resource, spec: Any, found: list[tuple[App, list[Port]]]) -> str:
    """`nc -z host port`."""
    if not found or spec.state != "open":
        return "no application of this repository listens there"
    texts = found[0][0].around.texts
    number, host = texts.plain(spec.port), (texts.plain(spec.host) if spec.host is not None else "localhost")
    known = target(f"http://{host}:{number}/", found) if number.isdigit() else None
    if known is None:
        return "no application of this repository is known to listen there"
    set_probe(known[0], resource, {"tcpSocket": {"port": known[1]}}, None)
    return ""


def asked(resource: Resource, spec: Any, found: list[tuple[App, list[Port]]]) -> str:
    """`curl -s url`, whatever it answers: somebody has to listen there."""
    reason = "it tells somebody else at each deployment: let the pipeline or the notifications of the agent do that"
    texts = found[0][0].around.texts if found else None
    url = texts.maybe(spec.url) if texts is not None else None
    known = target(url, found) if url is not None else None
    if known is None or spec.method != "GET" or spec.body is not None:
        return reason
    set_probe(known[0], resource, {"tcpSocket": {"port": known[1]}}, None)
    return ""


def set_probe(app: App, resource: Resource, probe: Data, timeout: str | None) -> None:
    """The first check is the probe; how long the script waits is how long a rollout may take."""
    if "readinessProbe" not in app.container:
        limit = seconds(f"{timeout}s") if timeout and re.fullmatch(r"\d+(\.\d+)?", timeout) else 5
        app.container["readinessProbe"] = {**probe, "periodSeconds": 10, "timeoutSeconds": limit}
    app.used.append(resource)
    retry = resource.retry
    if retry is not None and retry.attempts is not None and app.kind == "Deployment":
        # Less than a minute would be over before an image is pulled.
        app.spec["progressDeadlineSeconds"] = max(60, retry.attempts * max(retry.delay, 1))
