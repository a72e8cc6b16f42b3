"""Pieces of the patterns: a word of the shell as it is written, what may stand between a command and its flag."""

from __future__ import annotations

_QUOTED = r"'(?P<{0}s>[^'\n]+)'|\"(?P<{0}d>(?:[^\"\\\n]|\\.)+)\""
_BARE = r"(?P<{0}b>(?:[^\s'\"`;|&()<>$\\]|\\.)+)"

GAP = r"(?:['\"][ \t]*,[ \t]*|[ \t=]*)"
# What follows on the same line, or on the next one after a backslash; with a bound, so that the time stays linear.
SAME = r"(?:[^\n|;&]|\\\n){0,600}?"
FLAG = r"[\s'\",]"


def word(label: str = "v") -> str:
    """A quoted or a bare word, in the groups `vs`, `vd` and `vb`."""
    return f"(?:{_QUOTED.format(label)}|{_BARE.format(label)})"


def inside(group: str = "vb") -> str:
    """A piece of a word that may stand in quotes: it ends where these do."""
    return rf"(?P<{group}>[^\s'\"$`|\\]+)"


# A variable where a password flag takes its argument.
VARIABLE = r"['\"]?\$\{?(?P<name>[A-Za-z_]\w*)\}?"
