"""Programs that a build or a publication calls, and what they need on the machine of a pipeline."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import msgspec


class Program(msgspec.Struct, frozen=True):
    """The toolchains it belongs to, the npm package that brings it, and what it wants in its environment."""

    toolchains: tuple[str, ...] = ()
    package: str = ""
    secrets: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    reaches_out: bool = False


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What some scripts need; `tools` are commands with the npm package that brings each."""

    toolchains: tuple[str, ...]
    tools: tuple[tuple[str, str], ...]
    corepack: bool
    secrets: tuple[str, ...]
    variables: tuple[str, ...]


def _of(toolchain: str, *names: str) -> dict[str, Program]:
    return dict.fromkeys(names, Program((toolchain,)))


def _service(package: str, *secrets: str, variables: tuple[str, ...] = ()) -> Program:
    """A service with a command of its own, which npm brings."""
    return Program(("node",), package, secrets, variables, reaches_out=True)


_AWS = Program(("aws",), reaches_out=True)
_REMOTE = Program(reaches_out=True)
_DUMPS = ("mysqldump", "mariadb-dump", "pg_dump", "pg_dumpall", "mongodump")
_DATABASES = (
    "mysql",
    "mariadb",
    "mysqladmin",
    "psql",
    "pg_restore",
    "createdb",
    "dropdb",
    "mongo",
    "mongosh",
    "mongorestore",
)
_COREPACK = ("yarn", "pnpm")
PROGRAMS = {
    **_of("node", "npm", "npx", "node", "nodejs", "corepack", *_COREPACK),
    **_of("php", "php", "composer", "artisan"),
    **_of("python", "python", "python3", "pip", "pip3", "poetry", "pipenv", "uv", "mkdocs"),
    **_of("java", "mvn", "mvnw", "gradle", "gradlew", "java", "javac", "ant", "sbt"),
    **_of("go", "go"),
    **_of("ruby", "ruby", "gem", "bundle", "rake", "jekyll"),
    **_of("docker", "docker", "docker-compose"),
    "ng": Program(("node",), "@angular/cli"),
    "gulp": Program(("node",), "gulp-cli"),
    "grunt": Program(("node",), "grunt-cli"),
    "cdk": Program(("node", "aws"), "aws-cdk", reaches_out=True),
    "firebase": _service("firebase-tools", "FIREBASE_TOKEN"),
    "gh-pages": _service("gh-pages"),
    "heroku": _service("heroku", "HEROKU_API_KEY"),
    "netlify": _service("netlify-cli", "NETLIFY_AUTH_TOKEN", variables=("NETLIFY_SITE_ID",)),
    "surge": _service("surge", "SURGE_LOGIN", "SURGE_TOKEN"),
    "vercel": _service("vercel", "VERCEL_TOKEN"),
    "wrangler": _service("wrangler", "CLOUDFLARE_API_TOKEN"),
    "twine": Program(("python",), "", ("TWINE_USERNAME", "TWINE_PASSWORD"), reaches_out=True),
    "doctl": Program(secrets=("DIGITALOCEAN_ACCESS_TOKEN",), reaches_out=True),
    **dict.fromkeys(("flyctl", "fly"), Program(secrets=("FLY_API_TOKEN",), reaches_out=True)),
    **dict.fromkeys(("serverless", "sls"), Program(("node", "aws"), "serverless", reaches_out=True)),
    **dict.fromkeys(("aws", "sam", "eb", "ecs-cli"), _AWS),
    **dict.fromkeys(("ssh", "scp", "sftp", "kubectl", "helm", "gcloud", "az", "terraform", "gh"), _REMOTE),
    **dict.fromkeys((*_DUMPS, *_DATABASES), _REMOTE),
}
_COMMAND = re.compile(
    r"(?:^|[|&;({`\n]|-c [\"'])\s*(?:sudo\s+(?:-\S+\s+)*|then\s+|do\s+|else\s+|if\s+|!\s+|npx\s+)*([\w./-]+)"
)
_PUSH = re.compile(
    r"\bgit (?:-\S+ (?:\S+ )?)?(?:push|subtree push)\b|(?:^|[;&|(]\s*|npx (?:--yes )?)gh-pages\b", re.MULTILINE
)
_PUBLISH = re.compile(
    r"\b(?:docker(?:[ -]compose)?|podman) (?:\S+ )*?push\b|\b(?:npm|yarn|pnpm|cargo|poetry) publish\b"
)
_HISTORY = re.compile(r"\bgit (?:-C \S+ )?(?:describe|log|rev-list|diff|tag|push|subtree|merge)\b")


def needs(scripts: Iterable[str]) -> Needs:
    """All that the known programs of the scripts need, each once, in the order of the scripts."""
    names = called(scripts)
    found = [PROGRAMS[name] for name in names]
    return Needs(
        toolchains=_each(each.toolchains for each in found),
        tools=tuple((name, PROGRAMS[name].package) for name in names if PROGRAMS[name].package),
        corepack=any(name in _COREPACK for name in names),
        secrets=_each(each.secrets for each in found),
        variables=_each(each.variables for each in found),
    )


def called(scripts: Iterable[str]) -> tuple[str, ...]:
    """Names of the known programs that the scripts call, in order, each once."""
    return tuple(name for name in words(scripts) if name in PROGRAMS)


def words(scripts: Iterable[str]) -> tuple[str, ...]:
    """Names of all programs that the scripts call, in order, each once."""
    return tuple(dict.fromkeys(word.rpartition("/")[2] for script in scripts for word in _COMMAND.findall(script)))


def _each(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))


def needs_history(scripts: Iterable[str]) -> bool:
    """Whether a step asks git for more than the files."""
    return any(_HISTORY.search(script) for script in scripts)


def pushes(scripts: Iterable[str]) -> bool:
    """Whether a step pushes to a git repository."""
    return any(_PUSH.search(script) for script in scripts)


def logs_in(scripts: Iterable[str]) -> bool:
    """Whether a step uses ssh."""
    return any(re.search(r"(?:^|[\s;&|(])(?:ssh|scp|sftp)\s|\brsync\b.*\S:", script) for script in scripts)


def reaches_out(script: str, beside: Collection[str] = ()) -> bool:
    """Whether others would see what the step does: it logs in, pushes, or calls a service or a database. What is done
    with the programs `beside` does not count."""
    if pushes([script]) or logs_in([script]) or _PUBLISH.search(script):
        return True
    return any(PROGRAMS[name].reaches_out for name in called([script]) if name not in beside)


def fetches_backup(text: str) -> bool:
    """Whether a command saves here what a session on a host dumps: `ssh host pg_dump > file`."""
    return logs_in([text]) and re.search(rf"\b(?:{'|'.join(_DUMPS)})\b[^|]*>", text) is not None


def backs_up(script: str) -> bool:
    """Whether a step saves a database, and does nothing else that others would see."""
    return any(name in _DUMPS for name in called([script])) and not reaches_out(script, beside=_DUMPS)
