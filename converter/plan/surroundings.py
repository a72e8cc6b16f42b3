"""Variables and commands that every machine answers the same way at any time of a run."""

from __future__ import annotations

import re

from converter.model.value import CommandOutput, Value

_LOGIN = {
    "USER": "id -un",
    "LOGNAME": "id -un",
    "EUID": "id -u",
    "UID": "id -u",
    "HOSTNAME": "hostname",
    "PATH": 'printf %s "$PATH"',
    "SHELL": 'printf %s "$SHELL"',
    "LANG": 'printf %s "$LANG"',
    "OSTYPE": "bash -c 'printf %s \"$OSTYPE\"'",
    "SUDO_USER": 'printf %s "${SUDO_USER:-$(id -un)}"',
    "TERM": 'printf %s "${TERM:-dumb}"',
    "OLDPWD": 'printf %s "${OLDPWD:-}"',
}
_STEADY = re.compile(
    r"\s*(?:date|whoami|hostname|id|uname|nproc|arch|logname|lsb_release|dpkg --print-architecture|getconf|"
    r"cat /etc/(?:os-release|hostname)|grep [^|;&<>]* /etc/os-release|"
    r"curl [^|;&<>]*(?:ifconfig|ipify|icanhazip|ipinfo|169\.254\.169\.254)[^|;&<>]*)\b[^;&<>]*"
)


# What works on variables alone.
_PURE = re.compile(r"(?:\w+=\"[^\"]*\"; )*(?:printf|echo) (?!.*[`|;&<>])")


def stands_for_itself(name: str) -> bool:
    """Whether the variable is set by every login, so that the machine can be asked."""
    return name in _LOGIN


def known_command(name: str) -> Value:
    """The command that prints the variable."""
    return Value(CommandOutput(_LOGIN[name]))


def steady(command: str) -> bool:
    """Whether a command prints the same before and after any step of a deployment."""
    return _STEADY.fullmatch(command) is not None or (_PURE.match(command) is not None and "$(" not in command)
