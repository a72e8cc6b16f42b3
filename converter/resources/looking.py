"""Tests that hold once a resource is applied, in the forms in which guards of scripts ask for them."""

from __future__ import annotations

from converter.model.trace import PathTest, Subject, Succeeds
from converter.model.value import Value

Holds = tuple[tuple[Subject, bool], ...]


def at(path: Value, **states: bool) -> Holds:
    """`at(path, exists=True, directory=False)`."""
    return tuple((PathTest(path=path, state=state), truth) for state, truth in states.items())


def at_directory(path: Value) -> Holds:
    """The path is a directory."""
    return at(path, exists=True, directory=True, file=False)


def at_file(path: Value, nonempty: bool = False) -> Holds:
    """The path is a plain file."""
    known = at(path, exists=True, file=True, directory=False)
    return known + at(path, nonempty=True) if nonempty else known


def nothing_at(path: Value) -> Holds:
    """Nothing is there."""
    return at(path, exists=False, directory=False, file=False, link=False, executable=False, nonempty=False)


def succeeds(truth: bool, *words: Value | str) -> Holds:
    """A command that only looks ends with 0, or does not."""
    argv = tuple(Value.of(word) if isinstance(word, str) else word for word in words)
    return ((Succeeds(argv=argv, text=Value.join(argv, " ")), truth),)


def listed(command: str, option: str, name: Value) -> Subject:
    """`command | grep -q name`."""
    return Succeeds(text=Value.of(" ".join(f"{command} | grep {option}".split()) + " ") + name)


def finds(truth: bool, program: Value) -> Holds:
    """The program is on the PATH, in each of the ways to ask."""
    ways = (("command", "-v"), ("which",), ("type",), ("hash",), ("type", "-p"), ("type", "-P"))
    return tuple(found for way in ways for found in succeeds(truth, *way, program))
