"""Documents: the files of the project that say what runs, where a command of the script names one of them.

In: the steps, and what gives a file of the project by its path. Out: compose files, what they mount that is a text, and
what is sent to hosts in their place; manifests, kustomizations, values and charts that commands give to a cluster.
Nothing is looked for that no command names.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from converter.model.paths import absolute, program_of
from converter.model.source import SourceFile
from converter.model.trace import Step
from converter.model.value import Value
from converter.trace.manifests import drives, read_by

Load = Callable[[str], SourceFile | None]
Inside = Callable[[Value], str | None]

# https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file
USUAL = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
OVERRIDES = ("compose.override.yaml", "compose.override.yml", "docker-compose.override.yaml")
_USUAL = (*USUAL, *OVERRIDES, "docker-compose.override.yml")
_YAML = re.compile(r".*\.ya?ml")
_NAMED = re.compile(r"(?<![\w./-])(\.{1,2}/[\w./-]+\.(?!env\b)\w+)(?=[\"':\s,}\]]|$)", re.MULTILINE)
_EXTENDED = re.compile(r"\bfile\s*:\s*[\"']?([\w./-]+\.ya?ml)")
_LARGEST = 256 * 1024


def documents(steps: Sequence[Step], inside: Inside, load: Load) -> tuple[SourceFile, ...]:
    """Each once, by its path in the project, in the order in which the script comes to them."""
    found: dict[str, SourceFile] = {}
    for step in steps:
        for path in _compose_files(step, inside):
            _add(found, path, load)
    if found or any(_composes(step) for step in steps):
        for step in steps:
            for path in _sent(step, inside):
                _add(found, path, load)
    if any(map(drives, steps)):
        for step in steps:
            for path in read_by(step, inside, load):
                _add(found, path, load, whole=True)
    return tuple(found.values())


def _add(found: dict[str, SourceFile], path: str, load: Load, *, whole: bool = False) -> None:
    """The file, and the texts beside it that it names, unless it is `whole` by itself."""
    file = None if path in found else load(path)
    if file is None or len(file.text) > _LARGEST or "\0" in file.text:
        return
    data = _YAML.fullmatch(file.path) is not None
    found[file.path] = msgspec.structs.replace(file, language="yaml") if data else file
    if _YAML.fullmatch(file.path) and not whole:
        for name in (*_NAMED.findall(file.text), *_EXTENDED.findall(file.text)):
            _add(found, posixpath.normpath(posixpath.join(posixpath.dirname(file.path), name)), load)


def _compose_files(step: Step, inside: Inside) -> Iterator[str]:
    """Where the files of a compose command may lie in the project: as the script has them, or else by their names,
    since a project is often a copy of the folder in which the script is."""
    if not _composes(step):
        return
    named = list(_named(step))
    directory = next(_given(step, "--project-directory"), Value())
    cwd = absolute(step.context.cwd, directory) if directory.parts else step.context.cwd
    for name in named or [Value.of(name) for name in _USUAL]:
        exact = inside(absolute(step.context.cwd if named else cwd, name))
        if exact is not None:
            yield exact
            continue
        text = name.text or ""
        if text:
            yield text.lstrip("/") if not text.startswith("/") else posixpath.basename(text)
            yield posixpath.basename(text)


def _composes(step: Step) -> bool:
    words = [word.text or "" for word in step.argv[:3]]
    program = program_of(words[0]) if words else ""
    if program in ("docker-compose", "podman-compose"):
        return True
    return program in ("docker", "podman") and (words[1:2] == ["compose"] or words[1:3] == ["stack", "deploy"])


def _named(step: Step) -> Iterator[Value]:
    yield from _given(step, "-f", "--file", "-c", "--compose-file")
    for name, value in step.context.environment:
        if name == "COMPOSE_FILE" and value.text:
            yield from map(Value.of, value.text.split(":"))


def _given(step: Step, *options: str) -> Iterator[Value]:
    """What is given for any of these options."""
    for number, word in enumerate(step.argv):
        text = word.text or ""
        if text in options and number + 1 < len(step.argv):
            yield step.argv[number + 1]
        elif text.partition("=")[0] in options and "=" in text:
            yield Value.of(text.partition("=")[2])


def _sent(step: Step, inside: Inside) -> Iterator[str]:
    """YAML files of the project that are copied to where they are used."""
    if not step.argv or program_of(step.argv[0].text or "") not in ("scp", "rsync", "cp", "install"):
        return
    for word in step.argv[1:]:
        if _YAML.fullmatch(word.text or ""):
            path = inside(absolute(step.context.cwd, word))
            if path is not None:
                yield path
