"""Questions that only a person can answer, and their answers."""

from __future__ import annotations

import msgspec

from converter.model.source import Span


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """`id` stays the same from run to run; `default` is what `--yes` takes ("" where none is safe); `choices` may be
    empty for free text, `outcomes` say of each what it would generate."""

    id: str
    prompt: str
    span: Span | None = None
    choices: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    default: str = ""
    reason: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to the question of that id; secrets are never stored in one. `asked` is False for a default that was
    taken because nobody was asked."""

    question: str
    answer: str
    asked: bool = True
