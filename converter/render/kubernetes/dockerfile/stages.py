"""What the stages of an image have to hold: base images, packages, commands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from converter.render.kubernetes.dockerfile.bases import (
    BASES,
    GRADLE,
    MAVEN,
    PLAIN,
    Base,
    language,
    language_of,
    only_to_build,
)
from converter.render.kubernetes.dockerfile.extensions import extensions, is_extension
from converter.render.kubernetes.processes.program import Source

OWN = "/opt/venv"
# One command after the other in one layer.
AND = " \\\n && "
_NODE = (
    "COPY --from=node /usr/local/bin/node /usr/local/bin/",
    "COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules",
    "RUN "
    + AND.join(f"ln -s ../lib/node_modules/npm/bin/{name}-cli.js /usr/local/bin/{name}" for name in ("npm", "npx")),
)


@dataclass(slots=True)
class Stages:
    """`arguments` are versions by the name of their ARG; `tools` are lines that bring further programs to the build,
    `prepared` those that both stages begin with."""

    build: str
    final: str
    arguments: dict[str, str]
    packages: list[str]
    compilers: list[str]
    extra: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    prepared: list[str] = field(default_factory=list)
    venv: bool = False
    assumed: list[str] = field(default_factory=list)


def stages(source: Source) -> Stages:
    """What the application is written in decides, then what its build calls."""
    runs = language([word for program in source.programs for word in program.argv])
    builds = list(dict.fromkeys(found for step in source.steps for found in _called(step.text)))
    first = runs or (builds[0] if builds and builds[0] != "go" else "")
    base = BASES.get(first) or BASES.get(builds[0] if builds else "")
    found = Stages(base.build if base else PLAIN, base.final if base else PLAIN, {}, [], [])
    if base is not None:
        _versioned(found, source, base)
    if base is not None and base.language == "java":
        _java(found, source)
    for name in builds:
        if base is not None and name != base.language:
            _tools(found, source, name)
    _programs(found, source)
    _packages(found, source, base)
    if base is not None and base.language == "python":
        found.venv = not source.brought and any("pip" in step.text for step in source.steps)
    if any(program.argv == ("php-fpm",) for program in source.programs):
        found.final = found.final.replace("-cli-", "-fpm-")
    if base is not None and base.language == "php" and any("composer" in step.text for step in source.steps):
        found.tools.append("COPY --from=composer:2 /usr/bin/composer /usr/local/bin/composer")
        found.compilers += [name for name in ("git", "unzip") if name not in found.packages]
    return found


def _called(text: str) -> list[str]:
    """The languages of the programs that a line of shell calls."""
    heads = re.findall(r"(?:^|&&|;|\()\s*(?:\w+=\S*\s+)*([^\s()]+)", text)
    return [found for head in heads if head != "cd" and (found := language_of(head))]


def _versioned(found: Stages, source: Source, base: Base) -> None:
    version = source.versions.get(base.language)
    found.arguments[base.argument] = version or base.version
    if version is None:
        found.assumed.append(
            f"The script does not say which version of {base.language} the hosts have: `{base.argument}` is"
            f" {base.version}, until you put theirs there."
        )


def _java(found: Stages, source: Source) -> None:
    text = "\n".join(step.text for step in source.steps)
    if re.search(r"(^|\s)mvn\s", text):
        found.build = MAVEN
    elif re.search(r"(^|\s)gradle\s", text):
        found.build = GRADLE


def _tools(found: Stages, source: Source, name: str) -> None:
    """Node comes as files of its own image, which is made of the same release."""
    if name == "node":
        _versioned(found, source, BASES["node"])
        found.extra.append(f"FROM {BASES['node'].build} AS node")
        found.tools += _NODE
    else:
        found.assumed.append(
            f"The build also calls programs of {name}, which its base image does not have: add them to the stage"
            " that builds."
        )


def _programs(found: Stages, source: Source) -> None:
    """Programs that build, and that no base image has."""
    heads = {word for step in source.steps for word in re.findall(r"(?:^|&& |\()([\w-]+)", step.text)}
    if "pnpm" in heads and "corepack" not in heads:
        found.tools.append("RUN corepack enable")
    wanted = [name for name in ("poetry", "pipenv", "uv") if name in heads]
    if wanted:
        found.tools.append(f"RUN pip install {' '.join(wanted)}")
        found.assumed.append(
            f"Which version of {' and '.join(wanted)} the hosts have is not known: the newest builds it."
        )


def _packages(found: Stages, source: Source, base: Base | None) -> None:
    brings = re.compile(base.brings) if base is not None else None
    wanted = [name for name in source.packages if brings is None or not brings.fullmatch(name)]
    wanted = [
        name
        for name in wanted
        if not any(re.fullmatch(each.brings, name) for each in BASES.values() if _in(found, each))
    ]
    if base is not None and base.language == "php":
        more = extensions(wanted)
        wanted = [name for name in wanted if not is_extension(name)] + more.packages
        found.prepared += ["RUN " + AND.join(more.commands)] if more.commands else []
        found.assumed += [
            f"`{name}` is no extension that the image can be given by name: add it." for name in more.unknown
        ]
    elif base is not None:
        wanted = [name for name in wanted if not is_extension(name)]
    found.compilers = sorted({name for name in wanted if only_to_build(name)})
    found.packages = sorted({name for name in wanted if not only_to_build(name)})


def _in(found: Stages, base: Base) -> bool:
    return base.argument in found.arguments
