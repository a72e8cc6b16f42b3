"""Values: strings with holes, so that variables of the script stay variables in the manifests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import msgspec


class Literal(msgspec.Struct, frozen=True, tag="literal"):
    """Text that is known and means itself."""

    text: str


class Glob(msgspec.Struct, frozen=True, tag="glob"):
    """An unquoted shell pattern (`*`, `?`, `[a-z]`), which the shell would expand to file names."""

    text: str


class Variable(msgspec.Struct, frozen=True, tag="variable"):
    """A variable by the author's name; `value` is what the script gives it, None where only the run can tell. `splits`
    where the shell makes words of what a command printed into it, because nothing quotes it."""

    name: str
    value: Value | None = None
    splits: bool = False


class CommandOutput(msgspec.Struct, frozen=True, tag="output"):
    """What a command prints when it runs: `$(date +%F)`; `text` is the command as written. `splits` where the shell
    makes words of what is printed, because nothing quotes it."""

    text: str
    splits: bool = False


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """A part that nobody can know from the script alone; `text` is the source of it."""

    reason: str
    text: str = ""


Part = Literal | Glob | Variable | CommandOutput | Unknown

_STORED = re.compile(
    r"\$\{\?([^|}]*)\|([^}]*)\}|\$\{\*([^}]+)\}|\$\{!([^}]*)\}|\$\{([^}]+)\}|\$\(((?:[^()]|\([^()]*\))*)\)|\$\$"
)


class Value:
    """An immutable sequence of parts; neighbouring literals are always merged. `weight` is about its length."""

    __slots__ = ("parts", "weight")
    parts: tuple[Part, ...]
    weight: int

    def __init__(self, *parts: Part) -> None:
        merged: list[Part] = []
        for part in parts:
            if isinstance(part, Literal):
                if not part.text:
                    continue
                if merged and isinstance(merged[-1], Literal):
                    merged[-1] = Literal(merged[-1].text + part.text)
                    continue
            merged.append(part)
        object.__setattr__(self, "parts", tuple(merged))
        object.__setattr__(self, "weight", sum(map(_weight, merged)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Value can't be changed")

    @classmethod
    def of(cls, text: str) -> Value:
        """A value that is known text."""
        return cls(Literal(text))

    @classmethod
    def join(cls, values: Iterable[Value], separator: str = "") -> Value:
        """The values one after the other with literal text between them."""
        parts: list[Part] = []
        for index, value in enumerate(values):
            if index and separator:
                parts.append(Literal(separator))
            parts.extend(value.parts)
        return cls(*parts)

    @property
    def text(self) -> str | None:
        """The whole text (patterns as written) if every part of it is known, through variables; else None."""
        out: list[str] = []
        for part in self.parts:
            match part:
                case Literal() | Glob():
                    out.append(part.text)
                case Variable(value=Value() as inner) if (known := inner.text) is not None:
                    out.append(known)
                case _:
                    return None
        return "".join(out)

    @property
    def has_glob(self) -> bool:
        """Whether the shell would expand a pattern in it to file names."""
        return any(isinstance(part, Glob) for part in self.walk())

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """The parts that nobody knows, also those inside variables."""
        return tuple(part for part in self.walk() if isinstance(part, Unknown))

    @property
    def outputs(self) -> tuple[CommandOutput, ...]:
        """The parts that a command prints at run time, also those inside variables."""
        return tuple(part for part in self.walk() if isinstance(part, CommandOutput))

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables in it, outermost first, also those inside other variables' values."""
        return tuple(part for part in self.walk() if isinstance(part, Variable))

    @property
    def splits(self) -> bool:
        """Whether the shell would make words of it when it runs."""
        return any(isinstance(part, CommandOutput | Variable) and part.splits for part in self.parts)

    def walk(self) -> Iterator[Part]:
        """All parts, entering the values of variables."""
        for part in self.parts:
            yield part
            if isinstance(part, Variable) and part.value is not None:
                yield from part.value.walk()

    def map(self, change: Callable[[Part], Part | Value]) -> Value:
        """A value with each outer part replaced by what `change` returns for it."""
        parts: list[Part] = []
        for part in self.parts:
            new = change(part)
            parts.extend(new.parts if isinstance(new, Value) else (new,))
        return Value(*parts)

    def shell(self) -> str:
        """As a person would read it: `$NAME` for variables, `$(cmd)` for outputs, source text for unknowns."""
        out: list[str] = []
        for part in self.parts:
            match part:
                case Literal(text) | Glob(text):
                    out.append(text)
                case Variable(name):
                    out.append(f"${{{name}}}")
                case CommandOutput(text):
                    out.append(f"$({text})")
                case Unknown(reason, text):
                    out.append(text or f"<{reason}>")
        return "".join(out)

    def key(self) -> str:
        """Text that is equal for values that are the same thing: known text, else the parts by name."""
        known = self.text
        if known is not None:
            return known
        return "".join(Value(part).text or Value(part).shell() for part in self.parts)

    def stored(self) -> str:
        """The text kept in `plan.yaml`; `parsed` reads it back."""
        out: list[str] = []
        for part in self.parts:
            match part:
                case Literal(text):
                    out.append(text.replace("$", "$$"))
                case Glob(text):
                    out.append(f"${{*{_quoted(text)}}}")
                case Variable(name):
                    out.append(f"${{{name}}}")
                case CommandOutput(text) if _STORED.fullmatch(f"$({text})"):
                    out.append(f"$({text})")
                case CommandOutput(text):
                    out.append(f"${{!{_quoted(text)}}}")
                case Unknown(reason, text):
                    out.append(f"${{?{_quoted(reason)}|{_quoted(text)}}}")
        return "".join(out)

    @classmethod
    def parsed(cls, stored: str) -> Value:
        """The value that `stored` wrote; variables come back by name, without their values."""
        parts: list[Part] = []
        position = 0
        for found in _STORED.finditer(stored):
            parts.append(Literal(stored[position : found.start()]))
            position = found.end()
            parts.append(_part(*found.groups()))
        parts.append(Literal(stored[position:]))
        return cls(*parts)

    def __add__(self, other: Value | str) -> Value:
        return Value(*self.parts, *_parts(other))

    def __radd__(self, other: str) -> Value:
        return Value(*_parts(other), *self.parts)

    def __truediv__(self, other: Value | str) -> Value:
        last = self.parts[-1] if self.parts else None
        joined = isinstance(last, Literal) and last.text.endswith("/")
        return Value(*self.parts, Literal("" if joined else "/"), *_parts(other))

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __eq__(self, other: object) -> bool:
        """Equal parts; a text is equal to a value that is known to be that text, so that rules can compare."""
        if isinstance(other, str):
            return self.text == other
        return isinstance(other, Value) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def __repr__(self) -> str:
        return f"Value({self.shell()!r})"


def _part(
    reason: str | None, source: str | None, glob: str | None, output: str | None, name: str | None, command: str | None
) -> Part:
    if reason is not None:
        return Unknown(_unquoted(reason), _unquoted(source or ""))
    if glob is not None:
        return Glob(_unquoted(glob))
    if name is not None:
        return Variable(name)
    if output is not None or command is not None:
        return CommandOutput(_unquoted(output) if output is not None else command or "")
    return Literal("$")


def _quoted(text: str) -> str:
    """Without the characters that would end the hole."""
    return text.replace("%", "%25").replace("}", "%7D").replace("|", "%7C")


def _unquoted(text: str) -> str:
    return text.replace("%7C", "|").replace("%7D", "}").replace("%25", "%")


def _parts(value: Value | str) -> tuple[Part, ...]:
    return value.parts if isinstance(value, Value) else (Literal(value),)


def _weight(part: Part) -> int:
    """About how many letters the part stands for, variables entered; kept, so that asking costs nothing."""
    match part:
        case Variable(name, value):
            return len(name) + (value.weight if value is not None else 0)
        case Literal(text) | Glob(text) | CommandOutput(text) | Unknown(_, text):
            return len(text) + 1
