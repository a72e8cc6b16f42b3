"""Units of systemd and programs of supervisor: files of sections that say how a program is started."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field

from converter.render.kubernetes.texts import UnknownTextError

Section = list[tuple[str, str]]
# Of the manager that starts it, not of the shell: https://www.freedesktop.org/software/systemd/man/systemd.unit.html
_SPECIFIER = re.compile(r"%(?!%)[A-Za-z]")
_ASSIGNED = re.compile(r'\s*(?P<name>[A-Za-z_]\w*)=(?:"(?P<quoted>[^"]*)"|(?P<plain>[^,]*))\s*,?')


@dataclass(slots=True)
class Started:
    """How a program is started; `left` says what nothing stands for."""

    argv: tuple[str, ...]
    cwd: str = ""
    user: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    env_files: tuple[str, ...] = ()
    times: int = 1
    memory: str = ""
    left: list[str] = field(default_factory=list)


def sections(text: str) -> dict[str, Section]:
    """The settings by section, in their order; a line that ends with a backslash goes on."""
    found: dict[str, Section] = {}
    own: Section = []
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        head = re.fullmatch(r"\s*\[([^\]]+)\]\s*", line)
        if head:
            own = found.setdefault(head[1], [])
        elif "=" in line and not line.lstrip().startswith(("#", ";")):
            name, _, value = line.partition("=")
            own.append((name.strip(), value.strip()))
    return found


def unit(text: str) -> Started:
    """A service of systemd; raises where its program does not go on, or only systemd knows what it is."""
    own = sections(text).get("Service", [])
    every = {name: [value for key, value in own if key == name and value] for name, _ in own}
    kind = every.get("Type", ["simple"])[-1]
    starts = every.get("ExecStart", [])
    if kind in ("oneshot", "forking") or len(starts) != 1:
        raise UnknownTextError(f"its unit is of type {kind}, and in a pod the program itself has to go on")
    if _SPECIFIER.search(starts[0]):
        raise UnknownTextError("its unit has `%` names, which systemd alone expands")
    environment = {name: value for line in every.get("Environment", []) for name, value in _pairs(line)}
    limits = [value for value in every.get("MemoryMax", []) + every.get("MemoryLimit", []) if value != "infinity"]
    files = tuple(value.removeprefix("-") for value in every.get("EnvironmentFile", []))
    return Started(
        argv=_command(starts[0].lstrip("-@:+!").replace("%%", "%"), environment),
        cwd=every.get("WorkingDirectory", [""])[-1].removeprefix("-").replace("~", ""),
        user=every.get("User", ["root"])[-1],
        environment=environment,
        env_files=files,
        memory=limits[-1] if limits else "",
        left=[
            f"`{name}={value}` of its unit has no place in a pod: let the image or an init container do it"
            for name in ("ExecStartPre", "ExecStartPost", "ExecStop", "ExecReload")
            for value in every.get(name, [])
            if not re.search(r"\$MAINPID|kill ", value)
        ],
    )


def _pairs(line: str) -> list[tuple[str, str]]:
    return [(name, value) for word in shlex.split(line) for name, equals, value in [word.partition("=")] if equals]


def _command(line: str, environment: dict[str, str]) -> tuple[str, ...]:
    """Words, with what the unit itself sets put in; for what it reads from elsewhere a shell is asked."""
    words: list[str] = []
    for word in shlex.split(line):
        bare = re.fullmatch(r"\$(\w+)", word)
        if bare and bare[1] in environment:
            words += environment[bare[1]].split()
        else:
            words.append(re.sub(r"\$\{(\w+)\}", lambda found: environment.get(found[1], found[0]), word))
    if any(re.search(r"\$\{?\w", word) for word in words) and words[0] not in ("/bin/sh", "/bin/bash", "sh", "bash"):
        return ("/bin/sh", "-c", f"exec {line}")
    return tuple(words)


def supervised(text: str) -> dict[str, Started]:
    """Programs of supervisor by name."""
    found = {}
    for head, own in sections(text).items():
        given = {name: _uncommented(value) for name, value in own}
        if not head.startswith("program:") or not given.get("command"):
            continue
        if re.search(r"%\(", given["command"]):
            raise UnknownTextError("its command has `%(..)s` names, which supervisor alone expands")
        listed = _ASSIGNED.finditer(given.get("environment", ""))
        times = given.get("numprocs", "1")
        found[head.partition(":")[2]] = Started(
            argv=tuple(shlex.split(given["command"])),
            cwd=given.get("directory", ""),
            user=given.get("user", "root"),
            environment={each["name"]: each["quoted"] or each["plain"] or "" for each in listed},
            times=int(times) if times.isdigit() else 1,
        )
    return found


def _uncommented(value: str) -> str:
    return re.sub(r"\s;.*", "", value)


def assignments(text: str) -> dict[str, str]:
    """The variables of an environment file."""
    found = {}
    for line in text.splitlines():
        match = re.fullmatch(r"\s*(?:export\s+)?([A-Za-z_]\w*)=(.*?)\s*", line)
        if match:
            value = match[2]
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[match[1]] = value[1:-1] if quoted else value
    return found
