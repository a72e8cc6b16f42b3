"""A position in the text that is read, with spans for every range of it."""

from __future__ import annotations

import re
from bisect import bisect_right

from converter.model.diagnostic import Diagnostic
from converter.model.script import Comment
from converter.model.source import Span

DEEPEST = 45
_BLANKS = re.compile(r"(?:[ \t\r]|\\\n)*")
_LINE = re.compile(r"(?:\\.|'[^']*'|\"(?:\\.|[^\"\\])*\"|(?<=[ \t])#[^\n]*|[^\n'\"\\]|['\"\\])*?(?=\n|\Z)", re.DOTALL)
_WORD_END = frozenset(" \t\n;&|<>()\r")


class UnreadableError(Exception):
    """The text can't be read from `start` on; `whole` where a block is never closed, so that all of it is
    unreadable."""

    name = "syntax-error"

    def __init__(self, reason: str, position: int, *, whole: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.position, self.whole = reason, position, whole


class TooDeepError(UnreadableError):
    """More levels than Python's stack, or any reader of the script, could follow."""

    name = "too-deep"


class Effort:
    """What was spent in vain on a whole file: it bounds the time that damaged text can take."""

    def __init__(self) -> None:
        self.recoveries = 0
        self.wasted = 0
        self.scanned = 0


class Cursor:
    """Reads `text` from `position` on. Positions count characters; `line` and `column` say where the text begins in
    its file."""

    def __init__(self, text: str, path: str, line: int, column: int) -> None:
        self.text, self.path, self.line, self.column = text, path, line, column
        self.position = 0
        self.depth = 0
        self._bodies: dict[int, int] = {}
        self._line = (0, -1)
        self.effort = Effort()
        self.comments: list[Comment] = []
        self.diagnostics: list[Diagnostic] = []
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def inner(self, text: str, position: int) -> Cursor:
        """Reads a text that stands at `position` inside this one, one level down."""
        found = Cursor(text, self.path, *self.place(position))
        found.depth, found.effort, found.diagnostics = self.depth + 1, self.effort, self.diagnostics
        return found

    def place(self, position: int) -> tuple[int, int]:
        """Line and column in the file, from 1."""
        row = bisect_right(self._starts, position) - 1
        column = position - self._starts[row]
        return self.line + row, column + (self.column if row == 0 else 1)

    def span(self, start: int, end: int) -> Span:
        """The span of the text from `start` up to, not including, `end`."""
        line, column = self.place(start)
        end_line, end_column = self.place(max(start, end - 1))
        return Span(path=self.path, line=line, column=column, end_line=end_line, end_column=end_column)

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self.position >= len(self.text)

    def peek(self, length: int = 1) -> str:
        """The next characters."""
        return self.text[self.position : self.position + length]

    def at(self, expected: str) -> bool:
        """Whether the text goes on with `expected`."""
        return self.text.startswith(expected, self.position)

    def take(self, expected: str) -> bool:
        """Moves over `expected` if it comes next."""
        if self.at(expected):
            self.position += len(expected)
            return True
        return False

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """A match of the pattern right here; the position stays."""
        return pattern.match(self.text, self.position)

    def blanks(self) -> None:
        """Moves over blanks and continued lines."""
        found = _BLANKS.match(self.text, self.position)
        if found:
            self.position = found.end()

    def newline(self) -> None:
        """Moves over a line end, and over the heredocs that begin after it."""
        self.position = self._bodies.get(self.position, self.position + 1)

    def body_start(self) -> int:
        """Where the body of a heredoc begins whose operator stands on this line."""
        end = self._line_end()
        return self._bodies.get(end, min(end + 1, len(self.text)))

    def skip_body(self, end: int) -> None:
        """Makes the end of this line lead to `end`, behind the body."""
        self._bodies[self._line_end()] = end

    def _line_end(self) -> int:
        begin, end = self._line
        if not begin <= self.position <= end:
            found = _LINE.match(self.text, self.position)
            end = found.end() if found else len(self.text)
            self._line = (self.position, end)
        return end

    def comment(self) -> None:
        """Moves over a comment, and keeps it."""
        end = self.text.find("\n", self.position)
        end = len(self.text) if end < 0 else end
        before = self.text.rfind("\n", 0, self.position) + 1
        trailing = bool(self.text[before : self.position].strip())
        text = self.text[self.position + 1 : end].rstrip("\r")
        self.comments.append(Comment(span=self.span(self.position, end), text=text, trailing=trailing))
        self.position = end

    def gap(self) -> None:
        """Moves over blanks, comments and line ends."""
        while True:
            self.blanks()
            if self.at("#"):
                self.comment()
            elif self.at("\n"):
                self.newline()
            else:
                return

    def word_ends(self) -> bool:
        """Whether a word can't go on here."""
        if self.ended:
            return True
        letter = self.text[self.position]
        return letter in _WORD_END and not (letter in "<>" and self.text.startswith("(", self.position + 1))

    def keyword(self) -> str:
        """The reserved word or plain word that comes next, '' if something else does."""
        found = _KEYWORD.match(self.text, self.position)
        return found.group() if found else ""

    def deeper(self, start: int) -> None:
        """Goes one level down; too many levels are unreadable."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeepError("it is nested too deeply", start)


_KEYWORD = re.compile(r"(?:\[\[|[a-z]+|[{}!])(?=[ \t\r\n;&|<>()]|\Z)")
