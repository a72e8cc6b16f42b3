"""Jobs: what runs once in a container, and what runs at certain times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from converter.model.resource import Resource
from converter.model.value import Value
from converter.render.kubernetes.app import App, Surroundings
from converter.render.kubernetes.container import container
from converter.render.kubernetes.images import image
from converter.render.kubernetes.names import said
from converter.render.kubernetes.reading import exec_of, run_of, words_of
from converter.render.kubernetes.surroundings import image_name
from converter.render.kubernetes.texts import Texts
from converter.resources.container import Container

# What changes a database, a queue or a search index, and leaves nothing in the container that it runs in.
_ELSEWHERE = re.compile(
    r"migrat\w*|db:\w+|upgrade|seed\w*|syncdb|createsuperuser|createcachetable|clearsessions|flushexpiredtokens|loaddata"
    r"|schedule:run|queue:(?:restart|retry|flush)|prisma|flyway|liquibase|alembic|knex|sequelize|typeorm|goose|dbmate|psql"
    r"|mysql|mongosh?|redis-cli|sqlx|diesel|ecto\.migrate|doctrine:migrations:\w+|scout:\w+|search:\w+|reindex\w*"
)
# Without a host, they ask the server in their own container.
_CLIENT = re.compile(r"(?:^|[\s'\"/])(?:psql|pg_restore|mysql|mariadb|mongosh?|redis-cli)(?=\s|$)")
_ELSEWHERE_SAID = re.compile(r"\s(?:-h\s*\S|--host\b)|://|\bhost=")
_SIGNALS = re.compile(r"reload|graceful|kill|pkill|supervisorctl|apachectl|restart")
_MACROS = ("yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly")
_LONGEST = 30


def read(argv: Sequence[Value]) -> Container | tuple[Value, tuple[Value, ...]] | None:
    """A container of its own that ends, or a container that runs and the command in it."""
    inside = exec_of(argv)
    if inside is not None:
        return inside
    found = run_of(argv)
    return found[0] if found is not None and not found[1] else None


def words(line: Value) -> list[Value] | None:
    """The words of a crontab line."""
    return words_of(line)


def owner(spec: Container) -> str:
    """The application that a job of its own belongs to: it is named for its image."""
    return said(spec.name) if spec.name.parts else image_name(spec.image)


def short(argv: Sequence[Value]) -> str:
    """What a job is called: the words that are no paths, options or programs that only start others."""
    texts = [word.text or "" for word in argv]
    plain = [re.sub(r"\W+", "-", text) for text in texts if re.fullmatch(r"[A-Za-z][\w:.-]*", text)]
    told = [
        text
        for text in plain
        if text not in ("sh", "bash", "php", "python", "python3", "node", "npx", "npm", "run", "exec")
    ]
    return "-".join(told[:2])[:_LONGEST].strip("-") or "job"


def acts_inside(argv: Sequence[Value], spec: Any) -> str:
    """Why a command can't be a pod of its own, "" where it can."""
    text = " ".join(word.shell() for word in argv)
    if spec is not None and (spec.stdin is not None or spec.detach):
        return "what it reads or leaves running is on the host: make it a Job with what it needs"
    if _CLIENT.search(text) and not _ELSEWHERE_SAID.search(text):
        return "it asks the server in its own container, which a Job has none of: name its Service (`-h`) in a Job"
    if _SIGNALS.search(text) and not _ELSEWHERE.search(text):
        return "it acts on the program in the container; here a change of the manifests starts a new one"
    if not _ELSEWHERE.search(text):
        return (
            "whether its effect outlasts the container is not known: if it does (a database), make it a Job; if it"
            " makes files, let the build of the image do it"
        )
    return ""


def changes_elsewhere(text: str) -> bool:
    """Whether the words say that their effect is in a database or the like."""
    return _ELSEWHERE.search(text) is not None


def of_app(app: App, each: Resource, name: str, spec: Any, argv: Sequence[Value], asked: Any) -> App:
    """A job in a pod like those of an application: the same image, environment and volumes."""
    command = tuple(argv)
    fields: dict[str, Any] = {"command": command, "ports": (), "labels": (), "restart": None, "hostname": None}
    flags = tuple(
        (flag, value) for flag, value in spec.flags if not flag.startswith("health-") and flag not in _OF_SERVICE
    )
    fields |= {"flags": flags, "entrypoint": None, "tty": False, "interactive": False}
    if asked is not None:
        fields["environment"] = (*spec.environment, *asked.environment)
        fields |= {"user": asked.user or spec.user, "workdir": asked.workdir or spec.workdir}
    made = _made(each, name, msgspec.structs.replace(spec, **fields), app.around)
    # `docker exec` knows nothing of the image's entrypoint.
    made.container["command"] = made.container.pop("args")
    return made


def of_run(each: Resource, name: str, spec: Container, around: Surroundings) -> App:
    """A job in a container of its own."""
    return _made(each, name, spec, around)


def _made(each: Resource, name: str, spec: Any, around: Surroundings) -> App:
    app = App(name=name, kind="Job", resources=[each], around=around, image=image(spec.image, around.texts))
    container(app, spec)
    # Once, as in the script; a failure stops what comes after it.
    attempts = each.retry.attempts if each.retry is not None and each.retry.attempts else 1
    app.spec["backoffLimit"] = attempts - 1
    app.pod["restartPolicy"] = "Never"
    if each.tolerated:
        app.left.append("the script goes on when it fails; here what comes after it waits until it has succeeded")
    return app


def scheduled(app: App, schedule: str) -> App:
    """The same, at certain times; cron starts the next one also where the last one still runs."""
    app.kind = "CronJob"
    app.spec |= {"schedule": schedule, "concurrencyPolicy": "Allow"}
    return app


def schedule(spec: Any, texts: Texts) -> str | None:
    """Five fields or a word, None where a cluster has no such time."""
    if spec.special is not None:
        word = texts.plain(spec.special)
        return f"@{word}" if word in _MACROS else None
    fields = (spec.minute, spec.hour, spec.day, spec.month, spec.weekday)
    return " ".join(texts.plain(field) if field is not None else "*" for field in fields)


_OF_SERVICE = ("expose", "network-alias", "net-alias", "no-healthcheck", "publish-all", "P")
