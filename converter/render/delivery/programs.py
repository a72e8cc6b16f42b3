"""Programs that a build or a publication calls, and what they need on the machine of a pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from converter.model.resource import Resource


class Program(msgspec.Struct, frozen=True):
    """The toolchain it belongs to, the npm package that brings it, and what it wants in its environment."""

    toolchain: str = ""
    package: str = ""
    secrets: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    reaches_out: bool = False


_AWS = Program("aws", reaches_out=True)
_REMOTE = Program(reaches_out=True)


def _service(package: str, *secrets: str, variables: tuple[str, ...] = ()) -> Program:
    """A service with a command of its own, which npm brings."""
    return Program("node", package, secrets, variables, reaches_out=True)


PROGRAMS = {
    **dict.fromkeys(("npm", "npx", "node", "nodejs", "corepack"), Program("node")),
    **dict.fromkeys(("yarn", "pnpm"), Program("node", "corepack")),
    "ng": Program("node", "@angular/cli"),
    "gulp": Program("node", "gulp-cli"),
    "grunt": Program("node", "grunt-cli"),
    "firebase": _service("firebase-tools", "FIREBASE_TOKEN"),
    "netlify": _service("netlify-cli", "NETLIFY_AUTH_TOKEN", variables=("NETLIFY_SITE_ID",)),
    "vercel": _service("vercel", "VERCEL_TOKEN"),
    "surge": _service("surge", "SURGE_LOGIN", "SURGE_TOKEN"),
    "gh-pages": _service("gh-pages"),
    "wrangler": _service("wrangler", "CLOUDFLARE_API_TOKEN"),
    **dict.fromkeys(("serverless", "sls"), Program("aws", "serverless", reaches_out=True)),
    "cdk": Program("aws", "aws-cdk", reaches_out=True),
    **dict.fromkeys(("aws", "sam", "eb", "ecs-cli"), _AWS),
    **dict.fromkeys(("php", "composer", "artisan"), Program("php")),
    **dict.fromkeys(("python", "python3", "pip", "pip3", "poetry", "pipenv", "uv", "mkdocs"), Program("python")),
    "twine": Program("python", "", ("TWINE_USERNAME", "TWINE_PASSWORD"), reaches_out=True),
    **dict.fromkeys(("mvn", "mvnw", "gradle", "gradlew", "java", "javac", "ant", "sbt"), Program("java")),
    "go": Program("go"),
    **dict.fromkeys(("ruby", "gem", "bundle", "rake", "jekyll"), Program("ruby")),
    **dict.fromkeys(("docker", "docker-compose"), Program("docker")),
    "heroku": _service("heroku", "HEROKU_API_KEY"),
    **dict.fromkeys(("flyctl", "fly"), Program(secrets=("FLY_API_TOKEN",), reaches_out=True)),
    "doctl": Program(secrets=("DIGITALOCEAN_ACCESS_TOKEN",), reaches_out=True),
    **dict.fromkeys(("ssh", "scp", "sftp", "kubectl", "helm", "gcloud", "az", "terraform", "gh"), _REMOTE),
}
_KINDS = {
    "node_packages": "npm",
    "composer_packages": "composer",
    "python_packages": "pip",
    "virtualenv": "python",
    "ruby_packages": "bundle",
    **dict.fromkeys(("image", "image_tag", "image_push", "registry_login", "container", "compose_project"), "docker"),
}
_COMMAND = re.compile(r"(?:^|[|&;({`\n])\s*(?:sudo\s+(?:-\S+\s+)*|then\s+|do\s+|else\s+|if\s+|!\s+|npx\s+)*([\w./-]+)")
_PUSH = re.compile(
    r"\bgit (?:-\S+ (?:\S+ )?)?(?:push|subtree push)\b|(?:^|[;&|(]\s*|npx (?:--yes )?)gh-pages\b", re.MULTILINE
)
_PUBLISH = re.compile(
    r"\b(?:docker(?:[ -]compose)?|podman) (?:\S+ )*?push\b|\b(?:npm|yarn|pnpm|cargo|poetry) publish\b"
)
_HISTORY = re.compile(r"\bgit (?:-C \S+ )?(?:describe|log|rev-list|diff|tag|push|subtree|merge)\b")


def called(scripts: Iterable[str], resources: Iterable[Resource]) -> tuple[str, ...]:
    """Names of the known programs that the steps call, in order, each once."""
    found = dict.fromkeys(_KINDS[resource.kind] for resource in resources if resource.kind in _KINDS)
    for script in scripts:
        for word in _COMMAND.findall(script):
            name = word.rpartition("/")[2]
            if name in PROGRAMS:
                found[name] = None
    return tuple(found)


def wanted(scripts: Iterable[str]) -> Program:
    """The secrets and variables that the programs of the scripts want in their environment."""
    found = [PROGRAMS[name] for name in called(scripts, ())]
    secrets = dict.fromkeys(name for each in found for name in each.secrets)
    return Program(secrets=tuple(secrets), variables=tuple(dict.fromkeys(n for each in found for n in each.variables)))


def needs_history(scripts: Iterable[str]) -> bool:
    """Whether a step asks git for more than the files."""
    return any(_HISTORY.search(script) for script in scripts)


def pushes(scripts: Iterable[str]) -> bool:
    """Whether a step pushes to a git repository."""
    return any(_PUSH.search(script) for script in scripts)


def logs_in(scripts: Iterable[str]) -> bool:
    """Whether a step uses ssh."""
    return any(re.search(r"(?:^|[\s;&|(])(?:ssh|scp|sftp)\s|\brsync\b.*\S:", script) for script in scripts)


def reaches_out(script: str) -> bool:
    """Whether others would see what the step does: it logs in, pushes or calls a service."""
    if pushes([script]) or logs_in([script]) or _PUBLISH.search(script):
        return True
    return any(PROGRAMS[name].reaches_out for name in called([script], ()))
