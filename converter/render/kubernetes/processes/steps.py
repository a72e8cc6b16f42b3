"""What a script does in the folder of an application: a line of its build, a job, or something that only a person can
place."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from converter.model.resource import Resource
from converter.model.trace import Context
from converter.model.value import Value
from converter.render.delivery.shell.step import script
from converter.render.delivery.shell.text import InexpressibleError
from converter.render.kubernetes.marking import Marking, marked
from converter.render.kubernetes.processes.program import Source, Step
from converter.render.kubernetes.texts import UnknownTextError

LIBRARIES = ("node_packages", "python_packages", "composer_packages", "ruby_packages", "virtualenv", "make_target")
KINDS = (*LIBRARIES, "command", "django_command")
MIGRATES = re.compile(
    r"migrat\w*|\bdb:\w+|\bdb (?:push|seed|upgrade)|\bseed\w*|syncdb|createsuperuser|createcachetable|clearsessions"
    r"|loaddata|flyway|liquibase|alembic|flask db|knex|sequelize|typeorm|goose|dbmate|doctrine:\S+"
    r"|queue:(?:retry|flush)|scout:\w+|reindex\w*|schedule:run"
)
_BUILDS = re.compile(
    r"(?:\S*/)?(?:npm|npx|yarn|pnpm|bun|pip[\d.]*|composer|mvn|mvnw|gradle|gradlew|go|make|poetry|pipenv|uv|cargo|hugo|tsc"
    r"|webpack|corepack|vite|gulp|grunt|bower)\b.*"
    r"|(?:\S*/)?python[\d.]* -m (?:pip|compileall)\b.*|.*manage\.py (?:collectstatic|compilemessages|compress)\b.*"
    r"|(?:bundle exec )?(?:rake|rails|bin/rails) assets:\S+.*|\S*php[\d.]* \S*(?:composer\S*|artisan storage:link).*"
)
# Which version of a language is meant: that of the base image.
CHOOSES = re.compile(
    r"(?:nvm (?:use|install|alias)|n \d|fnm use|pyenv (?:local|global|shell)|rbenv (?:local|global)|sdk use)\b"
)
_CACHES = re.compile(
    r"artisan (?:config|route|view|event):\w+|artisan optimize|artisan cache:clear|cache:(?:clear|warmup)"
)
_RUNNING = re.compile(r"artisan (?:down|up|queue:restart|horizon:\w+)|\bpm2\b|supervisorctl|systemctl|\bkill")
# Versions of the host's own programs: an image has one of each, under its plain name.
_VERSIONED = re.compile(r"(?<![\w/.-])(?:/usr(?:/local)?/bin/|/bin/)?(python3|php|pip3|php-fpm)(?:\d?\.\d+)?(?=\s|$)")


def place(each: Resource, marking: Marking) -> str:
    """The folder that it is about."""
    spec: Any = each.spec
    field = {"django_command": "project", "python_packages": "chdir"}.get(each.kind, "path")
    given = getattr(spec, field, None) if each.kind not in ("command", "virtualenv") else None
    return (marking.text(given) or marking.text(each.context.cwd)).rstrip("/") or "/"


def plain(text: str) -> str:
    """The command with the names that programs have in an image."""
    return _VERSIONED.sub(lambda found: found[1], text)


def step(each: Resource, source: Source, marking: Marking) -> Step:
    """A line of the build; raises where it needs something that is not known before a run."""
    cwd = source.workdir if each.kind == "file_attributes" else moved(place(each, marking), source)
    spec = marking.settled(each.spec, lambda text: moved(text, source))
    # Where everything begins from nothing, whether something changed or is there already is no question.
    bare = Context(cwd=Value.of(cwd))
    alone = msgspec.structs.replace(each, spec=spec, context=bare, guard=(), retry=None)
    try:
        text = plain(script(alone))
    except InexpressibleError as problem:
        raise UnknownTextError(problem.reason) from problem
    if "\n" in text:
        raise UnknownTextError(
            "it has several lines: put it into a file of the application, and run that in the Dockerfile"
        )
    unknown = sorted({part.name for value in _values(spec) for part in value.variables})
    if unknown:
        raise UnknownTextError(
            f"it needs {' and '.join(f'`{name}`' for name in unknown)}, which is not known when an image is built: add"
            " it to the Dockerfile, as ARG or as a secret of the build"
        )
    return Step(text=text, cwd=cwd, lines=", ".join(span.lines() for span in each.origin.spans), by=each)


def _values(spec: Any) -> list[Value]:
    found: list[Value] = []
    pending = [getattr(spec, name) for name in spec.__struct_fields__]
    while pending:
        one = pending.pop()
        if isinstance(one, Value):
            found.append(one)
        elif isinstance(one, tuple):
            pending += one
    return found


def moved(text: str, source: Source) -> str:
    """The text with the place where the script builds it as the one where the image does."""
    return re.sub(rf"{re.escape(source.root)}(?=/|$|\s)", lambda _: source.workdir, text) if source.local else text


def words(each: Resource, marking: Marking) -> tuple[str, ...]:
    """The command line."""
    spec: Any = each.spec
    if each.kind == "django_command":
        return marking.words((*(spec.program or (Value.of("python3"), Value.of("manage.py"))), *spec.arguments))
    return marking.words(spec.argv) if each.kind == "command" else ()


def why_not(each: Resource, text: str) -> str:
    """Why it is no line of a build, "" where it is one."""
    if each.kind in LIBRARIES:
        return ""
    if _CACHES.search(text):
        return (
            "what it caches holds the environment, so that it does not belong into an image: the application works"
            " without it, or let it run when the container starts"
        )
    if _RUNNING.search(text):
        return "it acts on the running program; here a change of the manifests starts a new one"
    if not _BUILDS.fullmatch(text) or marked(text.partition(" ")[0]):
        return (
            "whether it makes files or acts elsewhere is not known: in the first case it belongs into the Dockerfile,"
            " in the second make it a Job"
        )
    return ""
