"""What a resource says of a compose project; a stack of a swarm is one too."""

from __future__ import annotations

from typing import Any

from converter.model.resource import Resource
from converter.model.value import Value
from converter.resources.compose_project import ComposeProject


def compose_spec(resource: Resource) -> Any:
    """What a resource says of a compose project, None where it is about something else."""
    if resource.kind == "compose_project":
        return resource.spec
    spec: Any = resource.spec
    words = [word.text or "" for word in spec.argv] if resource.kind == "command" and not spec.output else []
    if words[:3] != ["docker", "stack", "deploy"] or resource.background:
        return None
    files, rest = [], list(spec.argv[3:])
    while rest and (rest[0].text or "").startswith("-"):
        word = rest.pop(0).text or ""
        name, equals, text = word.partition("=")
        if name in ("-c", "--compose-file"):
            if not equals and not rest:
                return None
            files.append(Value.of(text) if equals else rest.pop(0))
        elif name == "--resolve-image":
            rest = rest if equals else rest[1:]
        elif name not in ("--with-registry-auth", "--prune", "--detach", "-d", "--quiet", "-q"):
            return None
    if len(rest) != 1 or not files:
        return None
    return ComposeProject(project_src=resource.context.cwd, files=tuple(files), project_name=rest[0])
