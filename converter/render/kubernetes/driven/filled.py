"""Texts in which marks stand for what is secret or known only at each run, and how commands fill templates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from converter.model.value import Literal, Value, Variable
from converter.render.kubernetes.driven.words import NotUnderstoodError
from converter.render.kubernetes.texts import Held, Texts

# Of a private use area: no manifest has them.
MARK = re.compile("\ue000(\\d+)\ue001")
_REFERENCE = re.compile(r"\$\{(\w+)\}")
_ENVIRONMENT = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_SUBSTITUTES = re.compile(r"(?:\d+|\$)?\s*s(\W)", re.DOTALL)
# Groups, intervals, alternatives and classes.
_OPEN = re.compile(r"\\[^./\\\-$*\[\]:#@,]|(?<!\\)\[")
_OPEN_EXTENDED = re.compile(r"\\\w|(?<!\\)[+?(){}|\[]")


class Filling:
    """The marks of one environment, and what they stand for."""

    def __init__(self, texts: Texts, secrets: frozenset[str]) -> None:
        self.texts, self._secrets = texts, secrets
        self._held: list[Held] = []

    def marked(self, value: Value) -> str:
        """The text of a value, with marks for what is not known."""
        pieces = self.texts.pieces(value, apart=True)
        return "".join(each if isinstance(each, str) else self._mark(each) for each in pieces)

    def masked(self, text: str) -> str:
        """A text of the project, in which `${NAME}` may stand for a secret that was written there."""
        pieces = _REFERENCE.split(text)
        return "".join(
            piece
            if index % 2 == 0
            else self.marked(Value(Variable(piece)))
            if piece in self._secrets
            else f"${{{piece}}}"
            for index, piece in enumerate(pieces)
        )

    def pieces(self, text: str) -> list[str | Held]:
        """A text and what its marks stand for."""
        parts = MARK.split(text)
        return [self._held[int(part)] if index % 2 else part for index, part in enumerate(parts) if part]

    def shown(self, text: str) -> str:
        """A text for people, with `${NAME}` in place of each mark."""
        return "".join(each if isinstance(each, str) else f"${{{each.name}}}" for each in self.pieces(text))

    def _mark(self, held: Held) -> str:
        if held not in self._held:
            self._held.append(held)
        return f"\ue000{self._held.index(held)}\ue001"

    def substituted(self, text: str, known: Mapping[str, Value], only: frozenset[str] | None) -> str:
        """As `envsubst` does it: https://www.gnu.org/software/gettext/manual/html_node/envsubst-Invocation.html"""

        def one(found: re.Match[str]) -> str:
            name = found[1] or found[2]
            if only is not None and name not in only:
                return found[0]
            return self.marked(known.get(name, Value(Variable(name))))

        return _ENVIRONMENT.sub(one, text)

    def edited(self, text: str, commands: Sequence[Value], extended: bool) -> str:
        """As `sed` does it, where the commands are plain substitutions."""
        for command in commands:
            for one in _commands(self.marked(command)):
                text = _substituted(text, one, extended)
        return text


def names_in(value: Value) -> frozenset[str]:
    """The variables of `envsubst '$A ${B}'`."""
    text = "".join(part.text for part in value.parts if isinstance(part, Literal))
    return frozenset(found[1] or found[2] for found in _ENVIRONMENT.finditer(text))


def _commands(text: str) -> list[tuple[str, str, str]]:
    """Pattern, new text and flags of each substitution."""
    found, rest = [], text.strip()
    while rest:
        start = _SUBSTITUTES.match(rest)
        if start is None or start.group(0).strip() != f"s{start[1]}":
            raise NotUnderstoodError(f"`sed` does more here than to put one text in place of another: `{rest[:30]}`")
        sign, parts, place = start[1], [""], start.end()
        while place < len(rest) and len(parts) < 3:
            if rest[place] == "\\" and rest[place + 1 : place + 2] == sign:
                parts[-1] += sign
                place += 2
            elif rest[place] == "\\":
                parts[-1] += rest[place : place + 2]
                place += 2
            elif rest[place] == sign:
                parts.append("")
                place += 1
            else:
                parts[-1] += rest[place]
                place += 1
        if len(parts) < 3:
            raise NotUnderstoodError("the command of `sed` is not understood")
        flags = re.match(r"[gI]*", rest[place:])
        place += flags.end() if flags else 0
        found.append((parts[0], parts[1], flags[0] if flags else ""))
        rest = rest[place:].lstrip()
        if rest and not rest.startswith((";", "\n")):
            raise NotUnderstoodError(f"the command of `sed` is not understood: `{rest[:30]}`")
        rest = rest.lstrip("; \n")
    return found


def _substituted(text: str, command: tuple[str, str, str], extended: bool) -> str:
    pattern, new, flags = command
    special = _OPEN_EXTENDED if extended else _OPEN
    if special.search(pattern) or re.search(r"\\\d", new):
        raise NotUnderstoodError(f"the pattern of `sed` is not understood: `{pattern}`")
    plain = re.compile(_python(pattern), re.IGNORECASE if "I" in flags else 0)
    replacement = _replacement(new)
    if plain.match("") is not None:
        raise NotUnderstoodError(f"the pattern of `sed` fits everywhere: `{pattern}`")

    def put(found: re.Match[str]) -> str:
        return "".join(found[0] if part is None else part for part in replacement)

    return "\n".join(plain.sub(put, line, count=0 if "g" in flags else 1) for line in text.split("\n"))


def _replacement(new: str) -> list[str | None]:
    """The new text; None where the found one stands again."""
    named = {"\\n": "\n", "\\t": "\t"}
    pieces = re.findall(r"\\.|&|[^\\&]+", new, re.DOTALL)
    return [None if piece == "&" else named.get(piece, piece.removeprefix("\\")) for piece in pieces]


def _python(pattern: str) -> str:
    """A basic expression of sed without groups and classes, as Python has it."""
    out = ""
    for piece in re.findall(r"\\.|.", pattern, re.DOTALL):
        if len(piece) == 2:
            out += re.escape(piece[1])
        elif piece in ".*" or (piece == "^" and not out) or piece == "$":
            out += piece
        else:
            out += re.escape(piece)
    # A dollar sign is an end only where it stands last.
    return re.sub(r"(?<!\\)\$(?!$)", r"\\$", out)
