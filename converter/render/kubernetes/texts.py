"""Values as an environment has them: text, and where it is not known or secret, what stands for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from converter.model.plan import Plan, PlanVariable, VariableKind
from converter.model.value import CommandOutput, Glob, Literal, Part, Unknown, Value, Variable
from converter.render.kubernetes.names import key

# What YAML can only escape, the reader of Kustomize refuses once it has been written anew.
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")

# Written as a block, the tab would be its indentation.
_TABBED = re.compile(r"[\s]*\t.*\n|\s*\n\s*\t", re.DOTALL)


_TOLD = "is told to the script at each run"


class UnknownTextError(Exception):
    """Text has to stand there, and it is not known or must not be shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Held:
    """A part that the manifests only name: a secret, or what has to be told before the first deployment."""

    name: str
    secret: bool
    why: str = ""


@dataclass(slots=True)
class Texts:
    """The values of a plan that is narrowed to one environment."""

    plan: Plan
    _known: dict[str, PlanVariable] = field(init=False)
    _learned: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._known = {each.name: each for each in self.plan.every_variable}

    def learn(self, variables: Iterable[PlanVariable]) -> None:
        """Variables that the script itself has not."""
        own = {each.name: each for each in variables if each.name not in self._known}
        self._learned |= own.keys()
        self._known |= own

    def pieces(self, value: Value, *, apart: bool = False) -> list[str | Held]:
        """Text and what stands for the rest; neighbouring text is one piece. `apart`: of a variable that is computed in
        part, the rest is text too."""
        found: list[str | Held] = []
        for piece in self._pieces(value.parts, (), apart):
            if isinstance(piece, str) and found and isinstance(found[-1], str):
                found[-1] += piece
            elif piece != "":
                found.append(piece)
        if any(isinstance(piece, str) and _UNWRITABLE.search(piece) for piece in found):
            raise UnknownTextError("it holds a control character, which Kustomize does not read")
        if any(isinstance(piece, str) and _TABBED.match(piece) for piece in found):
            raise UnknownTextError("it has several lines and begins with a tab, which Kustomize does not read back")
        return found

    def plain(self, value: Value) -> str:
        """The whole text; an error where a part of it is not known."""
        pieces = self.pieces(value)
        for piece in pieces:
            if isinstance(piece, Held):
                shown = f"`{piece.name}` is a secret" if piece.secret else piece.why
                raise UnknownTextError(f"{shown}, and it has to stand here as text")
        return "".join(piece for piece in pieces if isinstance(piece, str))

    def maybe(self, value: Value | None) -> str | None:
        """The text, None where it is not known."""
        try:
            return self.plain(value) if value is not None else None
        except UnknownTextError:
            return None

    def help(self, name: str) -> str:
        """What is known of a variable."""
        return self._known[name].help if name in self._known else ""

    def _pieces(self, parts: tuple[Part, ...], inside: tuple[str, ...], apart: bool) -> Iterator[str | Held]:
        for part in parts:
            match part:
                case Literal(text) | Glob(text):
                    yield text
                case Variable():
                    yield from self._variable(part, inside, apart)
                case CommandOutput(text):
                    yield Held(key(text)[:30].strip("_"), False, f"`$({text})` is computed at each run of the script")
                case Unknown(reason):
                    raise UnknownTextError(reason)

    def _variable(self, part: Variable, inside: tuple[str, ...], apart: bool) -> Iterator[str | Held]:
        known = self._known.get(part.name)
        if known is not None and known.kind is VariableKind.SECRET:
            yield Held(part.name, True)
            return
        value = known.value if known is not None else part.value
        if value is None or part.name in inside:
            whose = "comes from the environment or the `.env` of the host" if part.name in self._learned else _TOLD
            yield Held(part.name, False, f"`{part.name}` {whose}")
        elif value.outputs and not value.text and not (apart and _composed(value)):
            yield Held(part.name, False, f"`{part.name}` is computed at each run of the script")
        else:
            yield from self._pieces(value.parts, (*inside, part.name), apart)


def _composed(value: Value) -> bool:
    """Whether it is put together of variables, one of which is computed."""
    return not any(isinstance(part, CommandOutput) for part in value.parts)
