"""Regular expressions of sed and grep as those of Python, to be applied to a whole file at once with `re.MULTILINE`."""

from __future__ import annotations

import re

from converter.match.unsuited import UnsuitedError
from converter.model.value import Literal, Part, Value

# Inside brackets, without the newline, which no line of sed has.
_CLASSES = {
    "alpha": "A-Za-z",
    "digit": "0-9",
    "alnum": "A-Za-z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": " \\t\\r\\f\\v",
    "blank": " \\t",
    "xdigit": "0-9A-Fa-f",
}
_SAME = "wbB.*[]^$/-"
_TURNED = {"s": "[^\\S\\n]", "S": "\\S", "W": "[^\\w\\n]", "<": "\\b", ">": "\\b", "t": "\\t"}
_TOKEN = re.compile(r"\\(.)|\[(\^?\]?(?:\[:\w+:\]|[^\]])*)\]|(.)", re.DOTALL)


def python_pattern(text: str, *, extended: bool) -> str:
    """The pattern; `extended` is the syntax of `-E`. Raises for what has no equal."""
    found: list[str] = []
    for token in _TOKEN.finditer(text):
        escaped, bracket, plain = token.groups()
        if escaped is not None:
            found.append(_escaped(escaped, extended))
        elif bracket is not None:
            found.append(_bracket(bracket))
        else:
            found.append(_plain(plain, text, token.start(), extended))
    pattern = "".join(found)
    try:
        re.compile(pattern)
    except re.error as problem:
        raise UnsuitedError(text) from problem
    return pattern


def _escaped(letter: str, extended: bool) -> str:
    if letter in "(){}|+?":
        return f"\\{letter}" if extended else letter
    if letter in _SAME:
        return f"\\{letter}" if letter not in "/-" else letter
    if letter in _TURNED:
        return _TURNED[letter]
    if letter.isdigit() and letter != "0":
        return f"\\{letter}"
    if letter.isalnum():
        raise UnsuitedError(f"\\{letter}")
    return re.escape(letter)


def _bracket(inner: str) -> str:
    negated = inner.startswith("^")
    body = inner[1:] if negated else inner
    closing = "\\]" if body.startswith("]") else ""
    body = closing + body[bool(closing) :].replace("\\", "\\\\")
    body = re.sub(r"\[:(\w+):\]", lambda found: _CLASSES.get(found[1]) or _unknown(found[0]), body).replace("[", "\\[")
    return f"[^{body}\\n]" if negated else f"[{body}]"


def _unknown(text: str) -> str:
    raise UnsuitedError(text)


def _plain(letter: str, text: str, place: int, extended: bool) -> str:
    if letter in "(){}|+?":
        return letter if extended else f"\\{letter}"
    before, after = text[:place], text[place + 1 :]
    if letter == "^" and not extended and before and not before.endswith(("\\(", "\\|")):
        return "\\^"
    if letter == "$" and not extended and after and not after.startswith(("\\)", "\\|")):
        return "\\$"
    if letter == "*" and not extended and (not before or before in ("^", "\\(")):
        return "\\*"
    return letter if letter in "^$.*" else re.escape(letter) if letter in "[]\\" else letter


def python_replacement(value: Value, *, shift: int = 0, whole: int = 0) -> Value:
    """The replacement, with the numbers of groups moved by `shift`; `whole` is the group of the whole match."""
    parts: list[Part] = []
    for part in value.parts:
        parts.append(Literal(_replacement(part.text, shift, whole)) if isinstance(part, Literal) else part)
        known = Value(part).text
        if not isinstance(part, Literal) and known is not None and re.search(r"[&\\]", known):
            raise UnsuitedError(known)
    return Value(*parts)


def _replacement(text: str, shift: int, whole: int) -> str:
    def one(found: re.Match[str]) -> str:
        letter = found[1]
        if letter is None:
            return f"\\g<{whole}>"
        if letter.isdigit():
            return f"\\g<{int(letter) + shift if int(letter) else whole}>"
        if letter in "nt":
            return f"\\{letter}"
        if letter.isalpha():
            raise UnsuitedError(text)
        return "\\\\" if letter == "\\" else letter

    return re.sub(r"\\(.)|&", one, text, flags=re.DOTALL)
