"""Commands of the build that stay commands, and looks at what is there."""

from __future__ import annotations

from converter.model.value import Value
from converter.render.delivery.shell.guards import condition
from converter.render.delivery.shell.text import InexpressibleError, literal, raw
from converter.render.delivery.shell.words import option, path, understood, word, words
from converter.resources.assertion import Assertion
from converter.resources.capture import Capture
from converter.resources.command import Command
from converter.resources.django_command import DjangoCommand
from converter.resources.http_check import HttpCheck
from converter.resources.http_request import HttpRequest
from converter.resources.make_target import MakeTarget
from converter.resources.package import Package
from converter.resources.package_cache import PackageCache
from converter.resources.pause import Pause
from converter.resources.unresolved import Unresolved


def command(spec: Command, cwd: Value) -> str:
    """As the script has it, with what goes in, what comes out and when it is not needed."""
    said = words(*spec.argv) if spec.argv else raw(spec.source.shell(), errexit=spec.errexit, pipefail=spec.pipefail)
    if spec.stdin is not None:
        said = f"printf '%s\\n' {word(spec.stdin)} | {said}"
    if spec.output:
        said = f'{spec.output}="$({said})"'
    elif spec.log is not None:
        said += f" {'>>' if spec.append_log else '>'} {path(spec.log, cwd)} 2>&1"
    if spec.removes is not None:
        said = f"if [[ -e {path(spec.removes, cwd)} ]]; then {said}; fi"
    return said if spec.creates is None else f"[[ -e {path(spec.creates, cwd)} ]] || {said}"


def make_target(spec: MakeTarget, cwd: Value) -> str:
    """`make`."""
    flags = words(
        f"-C {path(spec.path, cwd)}" if path(spec.path, cwd) != "." else "",
        option("-f", spec.file),
        option("-j", spec.jobs),
    )
    return words("make", flags, *spec.targets, *(Value.of(f"{name}=") + value for name, value in spec.variables))


def django_command(spec: DjangoCommand, cwd: Value) -> str:
    """`python manage.py`, as the script calls it."""
    line = words(*spec.program, *spec.arguments)
    return line if path(spec.project, cwd) == "." else f"(cd {path(spec.project, cwd)} && {line})"


def capture(spec: Capture, _cwd: Value) -> str:
    """`X="$(command)"`."""
    said = raw(spec.source.shell(), pipefail=spec.pipefail)
    return f'{spec.variable}="$({said})"' + ("" if spec.strict else " || true")


def assertion(spec: Assertion, cwd: Value) -> str:
    """The condition, or the script's message and an end."""
    message = f"printf '%s\\n' {word(spec.message)} >&2; exit 1"
    return f"{condition(spec.condition, cwd)} || {{ {message}; }}" if spec.condition else message


def http_check(spec: HttpCheck, _cwd: Value) -> str:
    """`curl`, tried for a minute: what was just deployed may need a moment."""
    understood(spec, "timeout", "contains", "method", "insecure", "follow", "headers", "retries", "delay")
    limit = f"--max-time {word(spec.timeout)}" if spec.timeout is not None else ""
    method = "" if spec.method == "GET" else f"-X {literal(spec.method)}"
    insecure = "-k" if spec.insecure else ""
    follow = "-L" if spec.follow else ""
    headers = " ".join(f"-H {word(Value.of(f'{name}: ') + value)}" for name, value in spec.headers)
    times = word(spec.retries) if spec.retries is not None else "10"
    retry = f"--retry {times} --retry-delay {word(spec.delay) if spec.delay is not None else '6'} --retry-all-errors"
    ask = words("curl", "-fsS", retry, limit, method, insecure, follow, headers, spec.url)
    return f"{ask} | grep -qF -e {word(spec.contains)}" if spec.contains is not None else f"{ask} > /dev/null"


def http_request(spec: HttpRequest, _cwd: Value) -> str:
    """`curl`, as the script has it."""
    understood(spec, "method", "headers", "body", "login", "password", "timeout", "insecure", "follow", "fails")
    flags = ["-fsS" if spec.fails else "-sS", "-L" if spec.follow else "", "-k" if spec.insecure else ""]
    limit = f"--max-time {word(spec.timeout)}" if spec.timeout is not None else ""
    login = f"-u {word((spec.login or Value.of('')) + ':' + (spec.password or Value.of('')))}" if spec.login else ""
    headers = " ".join(f"-H {word(Value.of(f'{name}: ') + value)}" for name, value in spec.headers)
    body = f"--data-raw {word(spec.body)}" if spec.body is not None else ""
    return words("curl", *flags, limit, f"-X {literal(spec.method)}", login, headers, body, spec.url)


def pause(spec: Pause, _cwd: Value) -> str:
    """`sleep`."""
    return f"sleep {word(spec.seconds)}"


def package(spec: Package, _cwd: Value) -> str:
    """What the machine of the pipeline needs; only Debian's packages are there."""
    if spec.manager not in ("apt", "apt-get"):
        raise InexpressibleError(f"the machine of the pipeline has no {spec.manager}")
    if spec.state == "absent":
        return words("sudo apt-get", "purge" if spec.purge else "remove", "-y", *spec.names)
    lean = "--no-install-recommends" if spec.recommends is False else ""
    understood(spec, "manager", "state", "update_cache", "recommends", "extra")
    install = words("sudo apt-get install -y", lean, *spec.extra, *spec.names)
    return f"sudo apt-get update -q\n{install}" if spec.update_cache else install


def package_cache(spec: PackageCache, _cwd: Value) -> str:
    """`apt-get update`."""
    if spec.manager not in ("apt", "apt-get"):
        raise InexpressibleError(f"the machine of the pipeline has no {spec.manager}")
    return "sudo apt-get update -q"


def unresolved(spec: Unresolved, _cwd: Value) -> str:
    """A step that stops with the question."""
    source = " ".join(spec.source.shell().split())
    question = f"A person must decide about: {source} ({spec.reason})"
    return f"printf '%s\\n' {literal(question)} >&2\nexit 1"
