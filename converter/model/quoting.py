"""Quotes of a shell text: what is open at each of its signs, and how a variable is expanded wherever it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from converter.model.value import Literal, Part, Value

# What a sign stands in: nothing, quotes, a comment, a heredoc that expands variables, one that does not, and behind a
# backslash.
BARE, SINGLE, DOUBLE, COMMENT, HEREDOC, QUOTED_HEREDOC, ESCAPED = " '\"#hq\\"
# Where a `$` means itself.
INERT = frozenset((SINGLE, COMMENT, QUOTED_HEREDOC, ESCAPED))
_OPERATOR = re.compile(r"<<(?P<strip>-?)[ \t]*(?P<word>\\?[\w.-]+|'[^'\n]+'|\"[^\"\n]+\")")
_MARKS = 0xE000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heredoc:
    """A heredoc by its places in the text: its delimiter behind the operator, and its body."""

    word: slice
    body: slice
    delimiter: str
    quoted: bool
    strips: bool


@dataclass(slots=True)
class Quoting:
    """The quotes of a text, a sign of `states` for each of its own, and its heredocs."""

    text: str
    states: list[str] = field(default_factory=list)
    heredocs: list[Heredoc] = field(default_factory=list)
    _open: list[str] = field(default_factory=lambda: [BARE])
    _waiting: list[re.Match[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        while len(self.states) < len(self.text):
            self._sign(self.text[len(self.states)])

    def _sign(self, sign: str) -> None:
        at, top = len(self.states), self._open[-1]
        if top == SINGLE:
            self._take(1, SINGLE)
            if sign == SINGLE:
                self._open.pop()
        elif sign == "\\":
            self._take(1, top)
            self._take(1, ESCAPED)
        elif sign == DOUBLE:
            self._take(1, DOUBLE)
            self._open = self._open[:-1] if top == DOUBLE else [*self._open, DOUBLE]
        elif self.text.startswith("$(", at):
            self._take(2, BARE)
            self._open.append("(")
        elif top == DOUBLE:
            self._take(1, DOUBLE)
        else:
            self._outside(sign, at, top)

    def _outside(self, sign: str, at: int, top: str) -> None:
        """A sign where no quotes are open."""
        operator = _OPERATOR.match(self.text, at) if self.text[max(at - 1, 0) : at] != "<" else None
        if sign == SINGLE:
            self._open.append(SINGLE)
        elif sign == "(" and top == "(":
            self._open.append("(")
        elif sign == ")" and top == "(":
            self._open.pop()
        elif sign == "#" and self.text[max(at - 1, 0) : at] in ("", " ", "\t", "\n", ";"):
            end = self.text.find("\n", at)
            return self._take((end if end >= 0 else len(self.text)) - at, COMMENT)
        elif operator is not None and self._ends(operator) is not None:
            self._waiting.append(operator)
            return self._take(len(operator.group()), BARE)
        self._take(1, SINGLE if sign == SINGLE else BARE)
        if sign == "\n":
            self._bodies()
        return None

    def _take(self, count: int, state: str) -> None:
        self.states += state * min(count, len(self.text) - len(self.states))

    def _bodies(self) -> None:
        """Goes over the heredocs whose operators stand in the line that ends here."""
        while self._waiting:
            operator = self._waiting.pop(0)
            at, word = len(self.states), operator["word"]
            last = self._ends(operator, at)
            if last is None:
                continue
            quoted = word[0] in "\\'\""
            self._take(last.start() - at, QUOTED_HEREDOC if quoted else HEREDOC)
            self._take(len(last.group()), BARE)
            self.heredocs.append(
                Heredoc(
                    word=slice(*operator.span("word")),
                    body=slice(at, last.start()),
                    delimiter=word.strip("\\'\""),
                    quoted=quoted,
                    strips=bool(operator["strip"]),
                )
            )

    def _ends(self, operator: re.Match[str], start: int | None = None) -> re.Match[str] | None:
        """The line that ends a heredoc, None where nothing does, and what looks like its operator is none."""
        indent = r"\t*" if operator["strip"] else ""
        line = re.compile(rf"^{indent}{re.escape(operator['word'].strip(chr(92) + chr(39) + chr(34)))}$", re.MULTILINE)
        return line.search(self.text, operator.end() if start is None else start)


class Marked:
    """A value as one text, in which a sign of its own stands for each part that is no text."""

    def __init__(self, value: Value) -> None:
        self.parts: dict[str, Part] = {}
        self.text = "".join(part.text if isinstance(part, Literal) else self.sign(part) for part in value.parts)

    def sign(self, part: Part) -> str:
        """A new sign for a part."""
        sign = chr(_MARKS + len(self.parts))
        self.parts[sign] = part
        return sign

    def value(self, text: str) -> Value:
        """The value of a text with such signs."""
        if not self.parts:
            return Value.of(text)
        pieces = re.split(f"([{''.join(self.parts)}])", text)
        return Value(*(self.parts[piece] if piece in self.parts else Literal(piece) for piece in pieces if piece))


def expanding(source: Value) -> Value:
    """Shell text that expands all variables in it: where quotes or a heredoc would print their names, these end."""
    marked = Marked(source)
    if not marked.parts:
        return source
    changed = _expanding(marked.text, frozenset(marked.parts))
    return source if changed == marked.text else marked.value(changed)


def _expanding(text: str, marks: frozenset[str]) -> str:
    found = Quoting(text)
    signs = [_closed(sign, state) if sign in marks else sign for sign, state in zip(text, found.states, strict=True)]
    for heredoc in found.heredocs:
        if heredoc.quoted and marks.intersection(text[heredoc.body]):
            signs[heredoc.word] = [heredoc.delimiter, *([""] * (heredoc.word.stop - heredoc.word.start - 1))]
            signs[heredoc.body] = [f"\\{sign}" if sign in "$`\\" else sign for sign in text[heredoc.body]]
    return re.sub(f"''(\"[{''.join(marks)}]\")''", r"\1", "".join(signs))


def _closed(sign: str, state: str) -> str:
    return f"'\"{sign}\"'" if state == SINGLE else sign
