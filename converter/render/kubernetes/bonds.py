"""What ties a resource of a host to a part of the cluster: the engine, a port that answers there now, a folder that is
a claim or an image, a domain that leads there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from converter.model.paths import program_of
from converter.model.plan import Plan
from converter.model.resource import Resource
from converter.render.ansible.mentions import texts_of
from converter.render.kubernetes.building import Building

_ENGINES = "docker|docker-compose|podman|podman-compose|nerdctl"
_CALLS = re.compile(
    rf"(?m)(?:^|[;&|({{`!]|\b(?:sudo|exec|then|do|else|time|xargs|env|nohup)\s)\s*(?:[\w./]*/)?(?:{_ENGINES})(?=\s|$)"
)
# Clients that ask the machine that they run on where nobody says another, with the port of their servers.
_CLIENTS = {
    3306: "mysql|mysqldump|mysqladmin|mariadb|mariadb-dump",
    5432: "psql|pg_dump|pg_dumpall|pg_restore|pg_isready|createdb|dropdb|createuser|vacuumdb",
    6379: "redis-cli",
    27017: "mongo|mongosh|mongodump|mongorestore",
}
_ELSEWHERE = re.compile(r"(?:\s-h\s*|--host[= ]|\bhost=|@)(?!localhost|127\.|\"?\[?::1)[\w$\"{]")
_HERE = r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal)"
_ASKING = ("command", "cron_job", "http_check", "http_request", "port_wait", "capture", "assertion")
_STARTED = ("pm2_process", "process", "service", "supervised_program")
_ACTING = frozenset(
    """capture command cron_job django_command make_target pm2_process process service supervised_program
    unresolved""".split()
)


def acts(resource: Resource) -> bool:
    """Whether it runs something on the host, then or later."""
    return resource.kind in _ACTING


class Bonds:
    """What has left the hosts, as `built` has it in each environment."""

    def __init__(self, plan: Plan, built: Iterable[Building]) -> None:
        self._ports: dict[int, str] = {}
        self._paths: dict[str, str] = {}
        self._domains: dict[str, str] = {}
        self._programs: set[str] = set()
        self._engine = False
        for building in built:
            self._read(building)

    def _read(self, building: Building) -> None:
        for app, ports in building.listening:
            self._ports |= {port.outside or port.inside: app.name for port in ports}
        for source in building.hosted.sources:
            for program in source.programs:
                self._ports |= {program.port: program.name} if program.port is not None else {}
                self._programs.add(program.name)
            own = (source.root, source.workdir, *source.brought, *source.writes)
            self._paths |= {path: source.name for path in own if path.count("/") > 1}
        for app in building.apps:
            self._engine = True
            self._paths |= {path: app.name for path in app.claims.values() if path.count("/") > 1}
            rules = app.ingress["spec"]["rules"] if app.ingress else ()
            self._domains |= {rule["host"]: app.name for rule in rules if rule.get("host")}

    def bound(self, resources: Sequence[Resource]) -> dict[str, str]:
        """Those that no host can have, with the reason; what uses a file of one of them is one too."""
        found: dict[str, str] = {}
        paths: dict[str, str] = {}
        while True:
            more = {}
            for each in resources:
                reason = "" if each.address in found else self.of(each) or _uses(each, paths)
                if reason:
                    more[each.address] = reason
                    paths |= dict.fromkeys(_made(each), each.address)
            if not more:
                return found
            found |= more

    def of(self, each: Resource) -> str:
        """Why no host can have it, "" where one can."""
        text = "\n".join(_texts(each))
        return (
            self._starts(each)
            or self._runs(each, text)
            or self._asks(each, text)
            or self._touches(text)
            or self._led(each, text)
        )

    def _starts(self, each: Resource) -> str:
        spec: Any = each.spec
        name = spec.name.shell().removesuffix(".service") if each.kind in _STARTED else ""
        return f"`{name}` runs in the cluster" if name in self._programs else ""

    def _runs(self, each: Resource, text: str) -> str:
        spec: Any = each.spec
        words = spec.argv[:1] if each.kind == "command" else ()
        called = any(re.fullmatch(_ENGINES, program_of(word.text or "")) for word in words)
        if self._engine and (called or _CALLS.search(text)):
            return "it calls a container engine on the host, and the containers are in the cluster"
        return ""

    def _asks(self, each: Resource, text: str) -> str:
        for port, name in self._ports.items():
            plain = re.search(rf"{_HERE}:{port}(?!\d)", text) or (each.kind == "port_wait" and _waits(each, port))
            client = _CLIENTS.get(port, "")
            own = client and each.kind in _ASKING and re.search(rf"(?:^|[\s/;&|(]){client_word(client)}", text)
            if plain or (own and not _ELSEWHERE.search(text)):
                return f"it asks port {port} of the host, where `{name}` answered, which is in the cluster"
        return ""

    def _touches(self, text: str) -> str:
        for path, name in self._paths.items():
            if re.search(rf"(?<![\w.}}/-]){re.escape(path)}(?![\w.-])", text):
                return f"it is about `{path}`, which belongs to `{name}` in the cluster"
        return ""

    def _led(self, each: Resource, text: str) -> str:
        for domain, name in self._domains.items():
            if each.kind in _ASKING and re.search(rf"(?<![\w.-]){re.escape(domain)}(?![\w.-])", text):
                return f"`{domain}` leads to `{name}` in the cluster"
        return ""


def client_word(client: str) -> str:
    """One of these programs, as a whole word."""
    return rf"(?:{client})(?=\s|$)"


def _waits(each: Resource, port: int) -> bool:
    spec: Any = each.spec
    return str(getattr(spec, "port", "")) == str(port) or getattr(spec.port, "text", None) == str(port)


def _texts(each: Resource) -> Iterator[str]:
    """What it says and what it asks before, words of a command in one line."""
    spec: Any = each.spec
    if each.kind == "command":
        yield spec.source.shell()
    yield from texts_of(each.spec)
    yield from texts_of((each.guard, each.asks))


def _made(each: Resource) -> Iterator[str]:
    """The paths that are there because of it."""
    for field in ("path", "dest"):
        value = getattr(each.spec, field, None)
        if each.kind not in ("command", "cron_job", "directory") and value is not None:
            yield value.shell()


def _uses(each: Resource, paths: dict[str, str]) -> str:
    text = "\n".join(_texts(each))
    for path, address in paths.items():
        if re.search(rf"(?<![\w.}}/-]){re.escape(path)}(?![\w./-])", text):
            return f"it is about `{path}`, which the hosts don't get (`{address}`)"
    return ""
