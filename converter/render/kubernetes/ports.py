"""Ports and names: what `-p`, `--expose`, `--link` and networks mean, as Services and an Ingress."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from converter.render.kubernetes.app import App, Data
from converter.render.kubernetes.names import is_label, label
from converter.render.kubernetes.quantities import number
from converter.render.kubernetes.texts import UnknownTextError

_LAST = 65535
_ONLY_HERE = ("127.", "localhost", "[::1]")
_SPELLED = re.compile(
    r"(?:(?P<address>\[[^\]]*\]|[\w.]*):)?(?:(?P<host>[\d-]*):)?(?P<inside>[\d-]+)(?:/(?P<protocol>\w+))?"
)
_HOST_RULE = re.compile(r"Host\(\s*([`'\"][^)]*)\)")


@dataclass(frozen=True, slots=True)
class Port:
    """A port of the container; `outside` is the one of the host, None where docker chooses one. `here`: published for
    the host alone; `address`: on one of its addresses."""

    inside: int
    outside: int | None
    protocol: str = "TCP"
    here: bool = False
    address: str = ""

    @property
    def name(self) -> str:
        """Unique in a pod, at most 15 letters."""
        return f"{self.protocol.lower()}-{self.inside}"


def published(text: str) -> list[Port]:
    """`[address:][host:]inside[/protocol]`, also of ranges."""
    found = _SPELLED.fullmatch(text)
    if found is None:
        raise UnknownTextError(f"`-p {text}` is not understood")
    address, host = found["address"] or "", found["host"]
    if host is None and address.replace("-", "").isdigit():
        address, host = "", address
    inside = _range(found["inside"])
    outside: list[int | None] = [*_range(host)] if host else [None] * len(inside)
    if len(outside) != len(inside):
        raise UnknownTextError(f"`-p {text}` has ranges of different lengths")
    protocol = (found["protocol"] or "tcp").upper()
    here = address.startswith(_ONLY_HERE)
    own = "" if here or address in ("", "0.0.0.0", "[::]") else address
    return [Port(one, other, protocol, here, own) for one, other in zip(inside, outside, strict=True)]


def _range(text: str) -> list[int]:
    first, _, last = text.partition("-")
    found = range(number(first), number(last or first) + 1)
    if not found or found[0] < 1 or found[-1] > _LAST:
        raise UnknownTextError(f"`{text}` is no port")
    return list(found)


def ports(app: App, spec: Any) -> list[Port]:
    """What the container listens on, as far as the script says; fills in its Services and its Ingress."""
    texts = app.around.texts
    modes = [texts.plain(each) for each in spec.networks]
    found = [port for each in spec.ports for port in published(texts.plain(each))]
    exposed = [texts.plain(value) for name, value in spec.flags if name == "expose"]
    open_too = [Port(one, None, (kind or "tcp").upper()) for one, kind in _exposed(exposed)]
    known = {(port.inside, port.protocol) for port in found}
    mentioned = [Port(int(each), None) for each in app.around.mentioned.get(app.name, ())]
    inside = [*found, *(port for port in (*open_too, *mentioned) if (port.inside, port.protocol) not in known)]
    inside = list({(port.inside, port.protocol): port for port in reversed(inside)}.values())[::-1]
    if inside:
        app.container["ports"] = [_container_port(port) for port in inside]
    if "host" in modes:
        app.pod |= {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}
        app.level = "privileged"
        return found
    for mode in modes:
        if mode == "none" or mode.startswith("container:"):
            app.left.append(f"`--network {mode}` is left out: a pod has a network of its own; see to its NetworkPolicy")
    named = [mode for mode in modes if mode not in ("bridge", "default", "none") and not mode.startswith("container:")]
    _services(app, spec, inside, found, named=bool(named))
    return found


def _exposed(texts: list[str]) -> Iterator[tuple[int, str]]:
    for text in texts:
        numbers, _, protocol = text.partition("/")
        yield from ((one, protocol) for one in _range(numbers))


def _container_port(port: Port) -> Data:
    protocol = {"protocol": port.protocol} if port.protocol != "TCP" else {}
    return {"name": port.name, "containerPort": port.inside, **protocol}


def _services(app: App, spec: Any, inside: list[Port], found: list[Port], *, named: bool) -> None:
    """One for each name that others find it by, and one for what the world reaches."""
    outside = [port for port in found if port.outside is not None and not port.here]
    addresses = dict.fromkeys(port.address for port in outside if port.address)
    app.left.extend(
        f"`-p {address}:..` is published on one address of the host: a load balancer has its own; say who may reach it"
        " (`loadBalancerSourceRanges`)"
        for address in addresses
    )
    hosts = _hosts(app, spec, found)
    if hosts:
        port, names = hosts
        outside = [each for each in outside if each.inside != port.inside and each.outside not in (80, 443)]
        app.ingress = _ingress(app, port, names)
    app.public = [_service_port(port, port.outside or port.inside) for port in outside]
    if named or inside or _aliases(app, spec):
        app.services = [{"name": name, "ports": inside} for name in _names(app, spec)]


def _names(app: App, spec: Any) -> list[str]:
    real = app.around.texts.plain(spec.name) if spec.name.parts else app.name
    names = [app.name, *([label(real)] if is_label(label(real)) else []), *_aliases(app, spec)]
    if real != label(real):
        app.left.append(
            f"`{real}` is no name that a cluster knows: others find it as `{app.name}`; see to what they are told"
        )
    return list(dict.fromkeys(names))


def _aliases(app: App, spec: Any) -> list[str]:
    texts = app.around.texts
    names = [texts.plain(value) for name, value in spec.flags if name in ("network-alias", "net-alias")]
    app.left.extend(f"`--network-alias {name}` is no name that a cluster knows" for name in names if not is_label(name))
    return [name for name in names if is_label(name)]


def links(app: App, spec: Any) -> list[tuple[str, str]]:
    """`--link other:alias`: the other application, and the further name that it gets."""
    found = []
    for name, value in spec.flags:
        if name == "link":
            other, _, alias = app.around.texts.plain(value).partition(":")
            found.append((other, alias or other))
    return found


def service_objects(app: App) -> list[tuple[str, Data]]:
    """The Services by the names of their files. Without a known port there is no address to balance, and the name
    leads to the pod itself, on all of its ports: as docker's own DNS does."""
    found = []
    for one in app.services:
        ports_of = [_service_port(port, port.inside) for port in one["ports"]]
        spec: Data = {"selector": {"app.kubernetes.io/name": app.name}}
        spec |= {"ports": ports_of} if ports_of else {"clusterIP": "None"}
        stem = "service" if one["name"] == app.name else f"service-{one['name']}"
        found.append((stem, _object(app, one["name"], spec)))
    if app.public:
        spec = {"type": "LoadBalancer", "selector": {"app.kubernetes.io/name": app.name}, "ports": app.public}
        found.append(("service-public", _object(app, f"{app.name}-public", spec)))
    return found


def _object(app: App, name: str, spec: Data) -> Data:
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "labels": app.labels}, "spec": spec}


def _service_port(port: Port, number: int) -> Data:
    name = f"{port.protocol.lower()}-{number}"
    protocol = {"protocol": port.protocol} if port.protocol != "TCP" else {}
    return {"name": name, "port": number, "targetPort": port.inside, **protocol}


def _hosts(app: App, spec: Any, found: list[Port]) -> tuple[Port, tuple[str, ...]] | None:
    """The port behind a domain: a proxy on the host leads to it, or the container says its own names to one."""
    tcp = [port for port in found if port.protocol == "TCP"]
    for port in tcp:
        names = app.around.sites.get(str(port.outside), ())
        if names:
            return port, names
    texts = app.around.texts
    labels = {name: texts.maybe(value) or "" for name, value in spec.labels}
    rules = [text for name, text in labels.items() if re.fullmatch(r"traefik\.http\.routers\.[\w-]+\.rule", name)]
    names = tuple(
        name for rule in rules for name in re.findall(r"[`'\"]([\w.-]+)[`'\"]", "".join(_HOST_RULE.findall(rule)))
    )
    own = [
        text
        for name, text in labels.items()
        if re.fullmatch(r"traefik\.http\.services\.[\w-]+\.loadbalancer\.server\.port", name)
    ]
    environment = {name: texts.maybe(value) for name, value in spec.environment}
    names = names or tuple(name for name in (environment.get("VIRTUAL_HOST") or "").split(",") if name)
    told = next(iter(own), "") or environment.get("VIRTUAL_PORT") or (str(tcp[0].inside) if tcp else "80")
    if names and re.fullmatch(r"[0-9]{1,5}", told):
        return next((port for port in tcp if port.inside == int(told)), Port(int(told), None)), names
    return None


def _ingress(app: App, port: Port, names: tuple[str, ...]) -> Data:
    backend = {"service": {"name": app.name, "port": {"number": port.inside}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    known = {entry["containerPort"] for entry in app.container.get("ports", ())}
    if port.inside not in known:
        app.container.setdefault("ports", []).append(_container_port(port))
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": app.name, "labels": app.labels},
        "spec": {
            "tls": [{"hosts": list(names), "secretName": f"{app.name}-tls"}],
            "rules": [{"host": name, "http": {"paths": [path]}} for name in names],
        },
    }
