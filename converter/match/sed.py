"""Scripts of sed that mean the same as a replacement in the whole file, lines that go, or a line at its end."""

from __future__ import annotations

import re

import msgspec

from converter.match.regexp import python_pattern, python_replacement
from converter.match.unsuited import UnsuitedError
from converter.model.value import Literal, Part, Value


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """One command of a script for one file: `verb` s has both fields, d `pattern`, a `replacement`, the line to add."""

    verb: str
    pattern: Value = msgspec.field(default_factory=Value)
    replacement: Value = msgspec.field(default_factory=Value)
    path: Value = msgspec.field(default_factory=Value)


def substitutions(scripts: list[Value] | Value, extended: bool, files: list[Value]) -> list[Edit]:
    """The edits, if all of them replace text."""
    return _edits(scripts, extended, files, "s")


def deletions(scripts: list[Value] | Value, extended: bool, files: list[Value]) -> list[Edit]:
    """The edits, if all of them remove lines by a pattern."""
    return _edits(scripts, extended, files, "d")


def additions(scripts: list[Value] | Value, extended: bool, files: list[Value]) -> list[Edit]:
    """The edits, if all of them add a line at the end."""
    return _edits(scripts, extended, files, "a")


def _edits(scripts: list[Value] | Value, extended: bool, files: list[Value], verb: str) -> list[Edit]:
    written = [scripts] if isinstance(scripts, Value) else scripts
    found = [edit for script in written for edit in _Reader(script, extended).edits()]
    if not found or any(edit.verb != verb for edit in found):
        raise UnsuitedError("an edit of another sort")
    return [msgspec.structs.replace(edit, path=path) for path in files for edit in found]


class _Reader:
    """Reads letters; a part that is not literal counts as one letter."""

    def __init__(self, script: Value, extended: bool) -> None:
        self.letters: list[str | Part] = []
        for part in script.parts:
            self.letters.extend(part.text if isinstance(part, Literal) else [part])
        self.script, self.extended, self.place = script, extended, 0

    def edits(self) -> list[Edit]:
        found = []
        while self.skip():
            found.append(self.edit())
        return found

    def peek(self) -> str | Part:
        return self.letters[self.place] if self.place < len(self.letters) else ""

    def take(self) -> str | Part:
        letter = self.peek()
        self.place += 1
        return letter

    def skip(self) -> bool:
        while self.peek() in (" ", "\t", "\n", ";"):
            self.place += 1
        return self.place < len(self.letters)

    def edit(self) -> Edit:
        address = self.take()
        if address == "s":
            return self.substitution()
        if address == "$" and self.take() == "a":
            return Edit(verb="a", replacement=self.line())
        if address in ("/", "\\"):
            delimiter = address if address == "/" else self.take()
            pattern = self.until(delimiter)
            verb = self.take()
            if verb == "d" and self.peek() in ("", ";", "\n", " "):
                return Edit(verb="d", pattern=Value.of(python_pattern(self.known(pattern), extended=self.extended)))
            if verb == "c":
                inner = python_pattern(self.known(pattern), extended=self.extended).removeprefix("^").removesuffix("$")
                whole = f"^.*(?:{inner}).*$" if "^" not in self.known(pattern) else f"^{inner}.*$"
                return Edit(verb="s", pattern=Value.of(whole), replacement=_literal(self.line()))
        raise UnsuitedError(self.script.shell())

    def substitution(self) -> Edit:
        delimiter = self.take()
        pattern, replacement = self.known(self.until(delimiter)), self.until(delimiter)
        flags = ""
        while self.peek() not in ("", ";", "\n", " ", "}"):
            letter = self.take()
            if not isinstance(letter, str) or letter not in "gIi":
                raise UnsuitedError(self.script.shell())
            flags += letter
        found = python_pattern(pattern, extended=self.extended)
        if replacement and re.search(found, ""):
            # In a whole file it would also be found after the last line.
            raise UnsuitedError(self.script.shell())
        case = "(?i)" if flags.strip("g") else ""
        if "g" in flags or found.startswith("^") or found.endswith(("$", ".*", ".+")):
            return Edit(verb="s", pattern=Value.of(case + found), replacement=python_replacement(replacement))
        if _refers(found):
            raise UnsuitedError(self.script.shell())
        # Only the first match of each line is meant: what stands before it in the line is kept as a group.
        whole = any(isinstance(part, Literal) and "&" in part.text for part in replacement.parts)
        text = f"{case}^(.*?)({found})" if whole else f"{case}^(.*?){found}"
        given = python_replacement(replacement, shift=1 + whole, whole=2)
        return Edit(verb="s", pattern=Value.of(text), replacement=Value.of("\\g<1>") + given)

    def until(self, delimiter: str | Part) -> Value:
        """What stands before the delimiter; a delimiter that is escaped is plain."""
        found: list[Part] = []
        while True:
            letter = self.take()
            if letter == "" or not isinstance(delimiter, str):
                raise UnsuitedError(self.script.shell())
            if letter == delimiter:
                return Value(*found)
            if letter == "\\":
                escaped = self.take()
                if not isinstance(escaped, str):
                    raise UnsuitedError(self.script.shell())
                letter = escaped if escaped == delimiter else f"\\{escaped}"
            found.append(Literal(letter) if isinstance(letter, str) else letter)

    def line(self) -> Value:
        """The rest of the line after `a` or `c`, in the one-line forms of GNU."""
        while self.peek() in (" ", "\\", "\n", "\t"):
            self.place += 1
        found: list[Part] = []
        while self.place < len(self.letters):
            letter = self.take()
            if letter in ("\n", "\\"):
                raise UnsuitedError(self.script.shell())
            found.append(Literal(letter) if isinstance(letter, str) else letter)
        return Value(*found)

    def known(self, value: Value) -> str:
        if value.text is None:
            raise UnsuitedError(value.shell())
        return value.text


def _literal(line: Value) -> Value:
    return Value(
        *(Literal(part.text.replace("\\", "\\\\")) if isinstance(part, Literal) else part for part in line.parts)
    )


def _refers(pattern: str) -> bool:
    return any(f"\\{number}" in pattern for number in range(1, 10))
