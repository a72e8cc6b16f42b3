"""Files of a project that tools read and no script writes: compose files and makefiles, with what is named of them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator

from converter.model.resource import Resource
from converter.model.value import Value
from converter.resources.compose_command import ComposeCommand
from converter.resources.compose_project import ComposeProject
from converter.resources.make_target import MakeTarget

Read = Callable[[Value | None], "str | None"]


def compose_files(resources: Iterable[Resource], path: Read, text: Read) -> Iterator[tuple[str, str]]:
    """The files of compose projects, by their paths, with the services that are named."""
    projects = [each.spec for each in resources if isinstance(each.spec, ComposeProject | ComposeCommand)]
    for spec in projects:
        folder = path(spec.project_src)
        same = [each for each in projects if each.project_src == spec.project_src]
        names = sorted({"web", *(name for each in same for value in _services(each) if (name := text(value)))})
        content = "services:\n" + "".join(f"  {name}:\n    image: sample/{name}:1\n" for name in names)
        for file in spec.files or (Value.of("docker-compose.yml"),):
            if folder and (name := text(file)):
                yield posixpath.normpath(posixpath.join(folder, name)), content


def _services(project: ComposeProject | ComposeCommand) -> tuple[Value, ...]:
    return (project.service,) if isinstance(project, ComposeCommand) else project.services


def makefiles(resources: Iterable[Resource], path: Read, text: Read) -> Iterator[tuple[str, str]]:
    """Makefiles by their paths, with targets that do nothing."""
    found: dict[str, dict[str, None]] = {}
    for each in resources:
        if not isinstance(each.spec, MakeTarget) or not (folder := path(each.spec.path)):
            continue
        name = text(each.spec.file) or "Makefile"
        targets = found.setdefault(posixpath.normpath(posixpath.join(folder, name)), {"all": None})
        targets.update(dict.fromkeys(target for value in each.spec.targets if (target := text(value))))
    for place, targets in found.items():
        yield place, f".PHONY: {' '.join(targets)}\n{' '.join(targets)}:\n\t@true\n"
