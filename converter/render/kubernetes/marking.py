"""Text of the script in which marks stand for what is not known or secret, so that it can be taken to pieces and put
together again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from converter.model.resource import Spec
from converter.model.value import Literal, Part, Value
from converter.render.kubernetes.texts import Texts

_MARK = re.compile("\x00(\\d+)\x00")


@dataclass(slots=True)
class Marking:
    """The marks of one environment; the same part has the same mark wherever it stands."""

    texts: Texts
    _held: list[Part] = field(default_factory=list)

    def text(self, value: Value | None) -> str:
        """The text with its marks, "" where there is none."""
        return "".join(self._part(part) for part in value.parts) if value is not None else ""

    def words(self, values: tuple[Value, ...]) -> tuple[str, ...]:
        """Each word with its marks."""
        return tuple(self.text(value) for value in values)

    def value(self, text: str) -> Value:
        """What the text stands for."""
        pieces = _MARK.split(text)
        return Value(*(self._held[int(piece)] if index % 2 else Literal(piece) for index, piece in enumerate(pieces)))

    def settled(self, spec: Spec, change: Callable[[str], str]) -> Spec:
        """The spec with everything that is known as plain text, and that text changed."""
        fields = {name: self._settled(getattr(spec, name), change) for name in spec.__struct_fields__}
        return msgspec.structs.replace(spec, **fields)

    def _settled(self, given: Any, change: Callable[[str], str]) -> Any:
        if isinstance(given, Value):
            return self.value(change(self.text(given)))
        return tuple(self._settled(each, change) for each in given) if isinstance(given, tuple) else given

    def _part(self, part: Part) -> str:
        known = self.texts.maybe(Value(part))
        if known is not None:
            return known
        if part not in self._held:
            self._held.append(part)
        return f"\x00{self._held.index(part)}\x00"


def marked(text: str) -> bool:
    """Whether a part of it is not known."""
    return "\x00" in text
