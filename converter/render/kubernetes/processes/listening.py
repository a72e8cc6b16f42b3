"""Where a program listens: what its command line and its environment say, and the address that it can have in a pod."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from converter.render.kubernetes.processes.program import Program

_NUMBERED = re.compile(r"(--?(?:D?[\w.-]*[.-])?port)=(\d+)")
_ADDRESSED = re.compile(r"(?:(--?[\w-]+)=)?((?:[\w.-]*|\[[\d:]*\]):)(\d{2,5})")
_PORT_OPTIONS = ("--port", "-port", "--http-port", "--server.port")
_BIND_OPTIONS = ("--bind", "-b", "--listen", "--addr", "-addr", "--http", "-http", "--address", "-S", "-l", "-listen")
_SHORT = ("uvicorn", "flask", "rails", "puma", "next", "serve", "http-server", "streamlit", "hypercorn")
_HOST_OPTIONS = ("--host", "--hostname", "-h", "-H")
_ENVIRONMENT = ("PORT", "SERVER_PORT", "APP_PORT", "HTTP_PORT", "LISTEN_PORT", "FLASK_RUN_PORT", "UVICORN_PORT")
_HERE = ("127.0.0.1", "localhost", "[::1]", "::1")
# What each listens on, on the host alone, where nobody says anything.
_USUAL = {"gunicorn": ("--bind", "0.0.0.0:8000"), "uvicorn": ("--host", "0.0.0.0")}
_SOCKET = re.compile(r"(?:(--bind|-b|--uds)=)?unix:(\S+)|--uds=(\S+)")


def listen(program: Program) -> None:
    """Finds the port, and lets the program listen where others can reach it."""
    words = list(program.argv)
    server = next((name for name in _USUAL if any(_called(word) == name for word in words)), "")
    found = [*_sockets(program, words), *_ports(words)]
    _open(program, words)
    if (
        server
        and not any(option in words for option in ("--bind", "-b", "--host"))
        and not any(word.startswith(("--bind=", "--host=", "-b")) for word in words)
    ):
        words += _USUAL[server]
        program.assumed.append(
            f"`{program.name}` listens on all addresses of its pod (`{' '.join(_USUAL[server])}`): what listens on"
            " 127.0.0.1, as it did, nobody else can reach."
        )
    usual = [8000] if server else []
    program.port = next(iter((*found, *usual)), program.port)
    program.argv = tuple(words)


def told(programs: Sequence[Program]) -> None:
    """The ports that the environment says, to programs whose command line says none; on a host only one program of
    several that were told the same port can have it."""
    for program in programs:
        numbers = [int(value) for name in _ENVIRONMENT if (value := program.environment.get(name, "")).isdigit()]
        taken = {each.port for each in programs}
        if program.port is None:
            program.port = next((number for number in numbers if number not in taken), None)


def _called(word: str) -> str:
    return word.rpartition("/")[2]


def _ports(words: list[str]) -> Iterator[int]:
    short = any(_called(word) in _SHORT for word in words)
    for before, word in zip(["", *words], words, strict=False):
        numbered, addressed = _NUMBERED.fullmatch(word), _ADDRESSED.fullmatch(word)
        if numbered:
            yield int(numbered[2])
        if word.isdigit() and (before in _PORT_OPTIONS or (before == "-p" and short)):
            yield int(word)
        if addressed and (before in (*_BIND_OPTIONS, "runserver") or addressed[1] in _BIND_OPTIONS):
            yield int(addressed[3])


def _open(program: Program, words: list[str]) -> None:
    """An address of the host alone becomes every address of the pod."""
    changed = []
    for index, word in enumerate(words):
        found = _ADDRESSED.fullmatch(word)
        if found and found[2][:-1] in _HERE:
            words[index] = f"{f'{found[1]}=' if found[1] else ''}0.0.0.0:{found[3]}"
        elif index and words[index - 1] in _HOST_OPTIONS and word in _HERE:
            words[index] = "0.0.0.0"
        elif word.partition("=")[0] in _HOST_OPTIONS and word.partition("=")[2] in _HERE:
            words[index] = f"{word.partition('=')[0]}=0.0.0.0"
        else:
            continue
        changed.append((word, words[index]))
    for name in ("HOST", "BIND", "HOSTNAME", "LISTEN_ADDRESS", "SERVER_ADDRESS"):
        if program.environment.get(name) in _HERE:
            changed.append((f"{name}={program.environment[name]}", f"{name}=0.0.0.0"))
            program.environment[name] = "0.0.0.0"
    program.assumed += [
        f"`{program.name}` listens on `{new}` and no longer on `{old}`, which nobody outside of its pod could reach."
        for old, new in changed
    ]


def _sockets(program: Program, words: list[str]) -> Iterator[int]:
    """A socket in the file system of the host, which the proxy there could open."""
    for index, word in enumerate(words):
        if _SOCKET.fullmatch(word) and not word.startswith("--uds"):
            option = word.partition("=")[0] if "=" in word else ""
            words[index] = f"{option}=0.0.0.0:8000" if option else "0.0.0.0:8000"
            program.assumed.append(
                f"`{program.name}` listens on port 8000 and no longer on `{word}`, which no other pod can open."
            )
            yield 8000
