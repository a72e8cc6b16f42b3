"""Messages: what `echo` and `printf` say names the step that follows, and is never a task."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from converter.model.script import Exec
from converter.model.value import CommandOutput, Literal, Part, Value, Variable
from converter.trace import words as expansion
from converter.trace.state import State

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter

_ESCAPE = re.compile(r"(?:\x1b|\\e|\\x1[bB]|\\033)(?:\[[0-9;]*[A-Za-z]|\(B)|\\n|\\t|\\c|\\r")
_COLOURS = re.compile(
    r"(?:[A-Z]+_)*(?:RED|GREEN|YELLOW|BLUE|CYAN|MAGENTA|PURPLE|WHITE|BOLD|RESET|NC|NORMAL)(?:_[A-Z]+)*", re.IGNORECASE
)
_LEAD = re.compile(
    r"^[\W_]*(?:\[?(?:info|ok|warn(?:ing)?|error|success|step|done|debug|log)\]?\s*[:\-]\s*|\[[^\]]{1,24}\]\s*)?",
    re.IGNORECASE,
)


def message(run: Interpreter, state: State, node: Exec) -> Value | None:
    """What a printing command prints, with its line end; None if it does not print or its format is beyond us."""
    fields = expansion.expand(run, state, node.words)
    name = fields[0].text if fields else None
    if name == "echo":
        return echoed(fields[1:])
    if name == "printf" and len(fields) > 1:
        return formatted(fields[1], fields[2:])
    return None


def echoed(fields: tuple[Value, ...]) -> Value:
    """The output of `echo`."""
    end, escapes = "\n", False
    while fields and re.fullmatch(r"-[neE]+", fields[0].text or ""):
        flags = fields[0].text or ""
        end = "" if "n" in flags else end
        escapes = "e" in flags
        fields = fields[1:]
    text = Value.join(fields, " ")
    if escapes:
        text = text.map(lambda part: Literal(unescaped(part.text)) if isinstance(part, Literal) else part)
    return text + Value.of(end)


def formatted(format: Value, arguments: tuple[Value, ...]) -> Value | None:
    """The output of `printf` with %s, %b and %d only, the format used as often as there are arguments."""
    pattern = format.text
    if pattern is None:
        return format if not arguments else None
    pieces = re.split(r"(%%|%s|%b|%d)", unescaped(pattern))
    if any("%" in piece for piece in pieces[::2]):
        return None
    rest, done = list(arguments), Value()
    places = sum(1 for piece in pieces[1::2] if piece != "%%")
    while True:
        for index, piece in enumerate(pieces):
            if index % 2 == 0 or piece == "%%":
                done += Value.of("%" if index % 2 else piece)
            else:
                done += rest.pop(0) if rest else Value()
        if not rest or not places:
            return done


def unescaped(text: str) -> str:
    """Backslash escapes as `echo -e` and `printf` read them."""
    table = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "a": "\a", "b": "\b", "e": "\x1b"}

    def one(found: re.Match[str]) -> str:
        code = found.group(1)
        if code[0] in "0x" and len(code) > 1:
            return chr(int(code[1:], 16 if code[0] == "x" else 8))
        return table.get(code, "\\" + code)

    return re.sub(r"\\(x[0-9a-fA-F]{1,2}|0[0-7]{1,3}|.)", one, text, flags=re.DOTALL)


def _is_colour(part: Part) -> bool:
    """Whether a part only switches colours or tells the time: `$RED`, `$(tput bold)`, `$(date)`."""
    if isinstance(part, CommandOutput):
        return part.text.startswith("tput ") or part.text.split()[:1] == ["date"]
    if not isinstance(part, Variable):
        return False
    if part.value is None:
        return _COLOURS.fullmatch(part.name) is not None
    return all(
        _ESCAPE.sub("", inner.text).strip() == "" if isinstance(inner, Literal) else _is_colour(inner)
        for inner in part.value.parts
    )


def title(text: Value) -> str:
    """The message as a name: without colours, banners, marks and dots; '' if nothing is left."""
    plain = _ESCAPE.sub(" ", Value(*(part for part in text.parts if not _is_colour(part))).shell())
    lines = [re.sub(r"\s+", " ", line).strip() for line in plain.splitlines()]
    for line in lines:
        cleaned = _LEAD.sub("", line, count=1)
        cleaned = re.sub(r"[\s.:!=#*~_…-]+$", "", re.sub(r"[^\w\s\"'`.,:;/()&+${}@%<>=-]", "", cleaned)).strip()
        if len(re.findall(r"\w", cleaned)) >= 3:
            return cleaned[:120]
    return ""
