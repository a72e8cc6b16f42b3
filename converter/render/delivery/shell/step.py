"""One resource as the script of one step: its commands with their condition, tolerance and repetition."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Sequence
from importlib import import_module

from converter.model.resource import Resource, Spec
from converter.model.trace import Retry
from converter.model.value import Value
from converter.render.delivery.shell.guards import condition, status
from converter.render.delivery.shell.text import InexpressibleError, assigned, literal
from converter.render.delivery.shell.words import PROJECT, rooted, word

# Module with the emitter of each kind, which is imported when a plan has one; the function is named as the kind.
_MODULES = {
    "files": (
        "absent archive archive_create directory download file file_attributes file_copy file_move line link "
        "replacement sync text_block touched_file"
    ),
    "runs": (
        "assertion capture command django_command http_check http_request make_target "
        "package package_cache pause unresolved"
    ),
    "dependencies": "composer_packages node_packages python_packages ruby_packages virtualenv git_checkout git_setting",
    "containers": (
        "compose_command compose_project container container_command container_prune image image_archive image_push "
        "image_tag registry_login"
    ),
}
_MODULE_OF = {kind: module for module, kinds in _MODULES.items() for kind in kinds.split()}


def script(resource: Resource, asked: Collection[int] = ()) -> str:
    """Its commands; the exit code of a step that is `asked` for is kept, and does not end the job. Raises
    `InexpressibleError`."""
    context = resource.context
    if context.container is not None:
        raise InexpressibleError("it runs inside a container, which the pipeline does not have")
    cwd = directory(resource)
    text = _emitter(resource.kind)(resource.spec, cwd)
    if resource.retry is not None:
        text = _repeated(text, resource.retry)
    if context.user is not None:
        text = _as_user(text, context.user)
    ended = [status(step) for step in resource.steps if step in asked]
    if ended:
        text = _kept(text, ended)
    if resource.guard:
        text = f"if {condition(resource.guard, cwd)}; then\n{_indented(text)}\nfi"
    if resource.tolerated:
        text = f"{{\n{_indented(text)}\n}} || true" if "\n" in text else f"{{ {text}; }} || true"
    exports = [assigned(name, word(value)) for name, value in context.environment]
    if "VIRTUAL_ENV" in dict(context.environment) and "PATH" not in dict(context.environment):
        exports.append('export PATH="$VIRTUAL_ENV/bin:$PATH"')
    return "\n".join([*exports, *(f"{name}=0" for name in ended), text])


def _kept(text: str, names: Sequence[str]) -> str:
    """One command whose exit code is kept; of several lines bash would go on after one that fails."""
    if "\n" in text or len(names) > 1:
        raise InexpressibleError("what follows depends on how it ends, and it is more than one command")
    return f"{text} || {names[0]}=$?"


def directory(resource: Resource) -> Value:
    """Where its commands run: what names all its files by full paths can run anywhere, so it runs with the others."""
    cwd = rooted(resource.context.cwd)
    return PROJECT if cwd.text == "/" and resource.kind not in ("command", "capture") else cwd


def _emitter(kind: str) -> Callable[[Spec, Value], str]:
    if kind not in _MODULE_OF:
        raise InexpressibleError("the pipeline has no step for it")
    found: Callable[[Spec, Value], str] = getattr(import_module(f"{__package__}.{_MODULE_OF[kind]}"), kind)
    return found


def _repeated(text: str, retry: Retry) -> str:
    """Until it succeeds; what the script would repeat for ever ends after an hour with the job."""
    body = text if "\n" not in text else f"{{\n{_indented(text)}\n}}"
    if retry.attempts is None:
        return f"until {body}; do\n  sleep {retry.delay}\ndone"
    return (
        f"for attempt in $(seq {retry.attempts}); do\n"
        f"  if {body}; then break; fi\n"
        f'  if [[ "$attempt" == {retry.attempts} ]]; then exit 1; fi\n'
        f"  sleep {retry.delay}\ndone"
    )


def _as_user(text: str, user: Value) -> str:
    who = "" if user.text == "root" else f"-u {word(user)} "
    return f"sudo -E {who}bash -eo pipefail -c {literal(text)}"


def _indented(text: str) -> str:
    """Two blanks before each line, or before the first only where quoted text goes on over lines."""
    if "<<" in text or not all(_closed(line) for line in text.split("\n")):
        return f"  {text}"
    return "\n".join(f"  {line}" for line in text.split("\n"))


def _closed(line: str) -> bool:
    try:
        shlex.split(line)
    except ValueError:
        return False
    return not line.endswith("\\")
