"""The words of a command line as options and operands; what is not known of a command is never guessed at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from converter.model.value import Literal, Value


class NotUnderstoodError(Exception):
    """Why a command stays with a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Words:
    """`given` has all values of each option, by the option's long name; `after` is what stands behind `--`."""

    operands: list[Value] = field(default_factory=list)
    given: dict[str, list[Value]] = field(default_factory=dict)
    after: list[Value] = field(default_factory=list)

    def every(self, *names: str) -> list[Value]:
        """The values of these options, in their order."""
        return [value for name in names for value in self.given.get(name, ())]

    def last(self, name: str) -> Value | None:
        """The value that counts where an option is given twice."""
        found = self.given.get(name)
        return found[-1] if found else None

    def has(self, name: str) -> bool:
        """Whether it is given, and not as `--name=false`."""
        found = self.last(name)
        return found is not None and found.text != "false"


def words(argv: Sequence[Value], valued: Mapping[str, str], switches: Mapping[str, str]) -> Words:
    """Both tables have the long name of each option by all its names; one that is in neither is not understood."""
    found, rest = Words(), list(argv)
    while rest:
        word = rest.pop(0)
        name, value = _split(word)
        if word.text == "--":
            found.after = rest
            break
        if not name.startswith("-") or word.text == "-":
            found.operands.append(word)
        elif name in switches:
            found.given.setdefault(switches[name], []).append(value or Value.of("true"))
        elif name in valued or (value is None and (name := _glued(name, valued))):
            if value is None:
                value = _behind(word) if len(name) == 2 and word.text != name else rest.pop(0) if rest else None
            if value is None:
                raise NotUnderstoodError(f"`{name}` is given no value")
            found.given.setdefault(valued[name], []).append(value)
        else:
            raise NotUnderstoodError(f"`{name or word.shell()}` is not understood here")
    return found


def _split(word: Value) -> tuple[str, Value | None]:
    """`--name=value`; the name alone where no value is in it."""
    first = word.parts[0] if word.parts else None
    text = first.text if isinstance(first, Literal) else ""
    if not text.startswith("-"):
        return "", None
    name, equals, rest = text.partition("=")
    return (name, Value(Literal(rest), *word.parts[1:])) if equals else (text, None)


def _glued(name: str, valued: Mapping[str, str]) -> str:
    """The option of `-nshop`."""
    return name[:2] if len(name) > 2 and name[1] != "-" and name[:2] in valued else ""


def _behind(word: Value) -> Value:
    first = word.parts[0]
    return Value(Literal(first.text[2:]), *word.parts[1:]) if isinstance(first, Literal) else word
