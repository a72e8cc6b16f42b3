"""What ties a resource of a host to a part of the cluster: the engine, a port that answers there now, a folder that is
a claim or an image, a domain that leads there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from converter.model.paths import DIRECTORIES, program_of
from converter.model.plan import Plan
from converter.model.resource import Phase, Resource
from converter.model.value import Value
from converter.render.ansible.mentions import values_of
from converter.render.kubernetes.building import Building
from converter.render.kubernetes.kinds import CONTAINERS
from converter.render.kubernetes.processes.program import Source
from converter.render.kubernetes.texts import Texts, UnknownTextError

_ENGINES = "docker|docker-compose|podman|podman-compose|nerdctl"
_VERBS = (
    "build|compose|cp|exec|image|images|inspect|kill|load|login|logs|network|ps|pull|push|restart|rm|run|save|service|stack"
    "|start|stop|swarm|system|volume"
)
_CALLS = re.compile(
    rf"(?m)(?:^|[;&|({{`!]|\b(?:sudo|exec|then|do|else|time|xargs|env|nohup)\s)\s*(?:[\w./]*/)?(?:{_ENGINES})[ \t]+\S"
    rf"|\b(?:docker|podman|nerdctl)\s+(?:{_VERBS})\b|\bdocker-compose\s+-?\w"
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
_ASKING = ("assertion", "capture", "command", "cron_job", "http_check", "http_request", "port_wait")
_STARTED = ("pm2_process", "process", "service", "supervised_program")
_ACTING = frozenset(
    """capture command cron_job django_command make_target pm2_process process service supervised_program
    unresolved""".split()
)
# Folders of the system, which many programs share; and the programs of the system itself.
_SHARED = re.compile(r"/?[^/]*|/(?:etc|home|usr|var)/[^/.]+|/(?:usr/)?s?bin/.*|/usr/local/s?bin")
# Where all commands of a script may run.
_EVERYBODYS = {f"${{{name}}}" for name in DIRECTORIES}
_ANYWHERE = ("cron_job", "service", "supervised_program")


def acts(resource: Resource) -> bool:
    """Whether it runs something on the host, then or later."""
    return resource.kind in _ACTING


class Bonds:
    """What has left the hosts, as `built` has it in each environment, by what a text says of it."""

    def __init__(self, plan: Plan, built: Sequence[Building]) -> None:
        self._ports: dict[int, str] = {}
        self._paths: dict[str, str] = {}
        self._domains: dict[str, str] = {}
        self._programs: set[str] = set()
        self._texts = [building.around.texts for building in built]
        containers = [each for each in plan.resources if each.kind in CONTAINERS and each.phase is Phase.DEPLOY]
        self._engine, self._apps, self._left = bool(containers), False, False
        for building in built:
            self._read(building)
            left = {each.address for each in building.unsupported if not each.part}
            self._left |= any(each.address in left for each in containers)
        for each in containers:
            spec: Any = each.spec
            if each.kind == "compose_project":
                self._folder(self._text(spec.project_src), "is the folder of a compose project")

    def _read(self, building: Building) -> None:
        for app, ports in building.listening:
            self._ports |= {port.outside or port.inside: app.name for port in ports}
        for source in building.hosted.sources:
            self._of_source(source)
        for app in building.apps:
            self._apps = self._engine = True
            for path in app.claims.values():
                self._folder(path, f"belongs to `{app.name}` in the cluster")
            rules = app.ingress["spec"]["rules"] if app.ingress else ()
            self._domains |= {rule["host"]: app.name for rule in rules if rule.get("host")}

    def _of_source(self, source: Source) -> None:
        for program in source.programs:
            self._ports |= {program.port: program.name} if program.port is not None else {}
            self._programs.add(program.name)
        named = [path for program in source.programs for path in program.paths]
        own = (source.root, source.workdir, *source.brought, *source.writes, *source.fleeting, *named)
        for path in own:
            self._folder(path, f"belongs to `{source.name}` in the cluster")

    def _folder(self, path: str, whose: str) -> None:
        """What is in a folder that only one application has, and for what is run there the folder above it."""
        known = path.startswith("/") and not _SHARED.fullmatch(path)
        if known or (path.startswith("${") and path not in _EVERYBODYS):
            self._paths.setdefault(path.rstrip("/"), whose)

    def bound(self, resources: Sequence[Resource]) -> dict[str, str]:
        """Those that no host can have, with the reason; what uses a file of one of them is one too."""
        found: dict[str, str] = {}
        paths: dict[str, str] = {}
        while True:
            more = {}
            for each in resources:
                reason = "" if each.address in found else self.of(each) or self._uses(each, paths)
                if reason:
                    more[each.address] = reason
                    paths |= dict.fromkeys(self._made(each), each.address)
            if not more:
                return found
            found |= more

    def of(self, each: Resource) -> str:
        """Why no host can have it, "" where one can."""
        text = self._said(each)
        return (
            self._starts(each)
            or self._runs(each, text)
            or self._asks(each, text)
            or self._touches(each, text)
            or self._led(each, text)
        )

    def _starts(self, each: Resource) -> str:
        spec: Any = each.spec
        name = self._text(spec.name).removesuffix(".service") if each.kind in _STARTED else ""
        return f"`{name}` runs in the cluster" if name in self._programs else ""

    def _runs(self, each: Resource, text: str) -> str:
        spec: Any = each.spec
        words = spec.argv[:1] if each.kind == "command" else ()
        called = any(re.fullmatch(_ENGINES, program_of(word.text or "")) for word in words)
        called = called or (each.kind == "assertion" and re.search(rf"\b(?:{_ENGINES})\b", text) is not None)
        if self._engine and (called or _CALLS.search(text)):
            return "it calls a container engine, and no host has the containers"
        return ""

    def _asks(self, each: Resource, text: str) -> str:
        if each.kind == "http_check" and self._apps:
            return "it asks whether the deployment answers, and a part of that is in the cluster: let a monitor ask it"
        for port, name in self._ports.items():
            plain = re.search(rf"{_HERE}:{port}(?!\d)", text) or (each.kind == "port_wait" and self._waits(each, port))
            client = _CLIENTS.get(port, "")
            own = client and each.kind in _ASKING and re.search(rf"(?:^|[\s/;&|(])(?:{client})(?=\s|$)", text)
            if plain or (own and not _ELSEWHERE.search(text)):
                return f"it asks port {port} of the host, where `{name}` answered, which is in the cluster"
        if self._left and each.kind in _ASKING and re.search(rf"{_HERE}(?![\w.])", text):
            return "it may ask a container, some of which are on neither side yet"
        return ""

    def _waits(self, each: Resource, port: int) -> bool:
        spec: Any = each.spec
        return isinstance(spec.port, Value) and self._text(spec.port) == str(port)

    def _touches(self, each: Resource, text: str) -> str:
        for path, whose in self._paths.items():
            above = path.rpartition("/")[0]
            if re.search(rf"(?<![\w.}}/-]){re.escape(path)}(?![\w.-])", text):
                return f"it is about `{path}`, which {whose}"
            if acts(each) and not _SHARED.fullmatch(above) and _named(above, text):
                return f"it is about `{above}`, and `{path}` in it {whose}"
        return ""

    def _led(self, each: Resource, text: str) -> str:
        for domain, name in self._domains.items():
            if each.kind in _ASKING and re.search(rf"(?<![\w.-]){re.escape(domain)}(?![\w.-])", text):
                return f"`{domain}` leads to `{name}` in the cluster"
        return ""

    def _uses(self, each: Resource, paths: dict[str, str]) -> str:
        text = self._said(each)
        for path, address in paths.items():
            if _named(path, text):
                return f"it is about `{path}`, which the hosts don't get (`{address}`)"
        return ""

    def _made(self, each: Resource) -> Iterator[str]:
        """The paths that are there because of it."""
        for field in ("path", "dest"):
            value = getattr(each.spec, field, None)
            if not acts(each) and each.kind != "directory" and isinstance(value, Value):
                yield self._text(value)

    def _said(self, each: Resource) -> str:
        """What it says and what it asks before, words of a command in one line, and where it is run."""
        spec: Any = each.spec
        here = acts(each) and each.kind not in _ANYWHERE
        values = [*([each.context.cwd] if here else []), *([spec.source] if each.kind == "command" else [])]
        values += [*values_of(spec), *values_of((each.guard, each.asks))]
        said = [value.shell() for value in values]
        said += [_known(value, texts) for value in values if value.variables for texts in self._texts]
        return "\n".join(dict.fromkeys(said))

    def _text(self, value: Value) -> str:
        return next((text for texts in self._texts if (text := _known(value, texts))), value.shell())


def _known(value: Value, texts: Texts) -> str:
    """The text with what an environment says of its variables."""
    try:
        return "".join(piece if isinstance(piece, str) else f"${{{piece.name}}}" for piece in texts.pieces(value))
    except UnknownTextError:
        return ""


def _named(path: str, text: str) -> bool:
    """Whether the path itself is named, not what lies below it."""
    return bool(path) and re.search(rf"(?<![\w.}}/-]){re.escape(path)}/?(?![\w./-])", text) is not None
