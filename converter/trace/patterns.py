"""Shell patterns on known text: matching, cutting ends off, replacing."""

from __future__ import annotations

import re

from converter.model.value import Glob, Value


def regular(pattern: Value, *, lazy: bool = False) -> str:
    """The pattern as a regular expression; quoted characters mean themselves."""
    out: list[str] = []
    for part in pattern.parts:
        if not isinstance(part, Glob):
            out.append(re.escape(Value(part).text or ""))
        elif part.text == "*":
            out.append("(?s:.*?)" if lazy else "(?s:.*)")
        elif part.text == "?":
            out.append("(?s:.)")
        else:
            inner = part.text[1:-1]
            out.append(f"[^{inner[1:]}]" if inner[:1] in "!^" and len(inner) > 1 else f"[{inner}]")
    return "".join(out)


def matches(text: str, pattern: Value) -> bool:
    """Whether the whole text matches."""
    try:
        return re.fullmatch(regular(pattern), text) is not None
    except re.error:
        return False


def cut(text: str, pattern: Value, operator: str) -> str:
    """`${X#p}`, `##`, `%`, `%%`."""
    lengths: list[int] = list(range(len(text) + 1))
    if len(operator) == 2:
        lengths.reverse()
    for length in lengths:
        piece = text[:length] if operator[0] == "#" else text[len(text) - length :]
        if matches(piece, pattern):
            return text[length:] if operator[0] == "#" else text[: len(text) - length]
    return text


def substitute(text: str, operand: Value, operator: str) -> str:
    """`${X/p/r}`, `//`, `/#`, `/%`; the operand is `p/r`."""
    written = Value(*operand.parts)
    plain = written.text or ""
    find, _, new = plain.partition("/")
    has_glob = any(isinstance(part, Glob) for part in operand.parts)
    expression = _translated(find) if has_glob else re.escape(find)
    if operator == "/#":
        expression = rf"\A(?:{expression})"
    if operator == "/%":
        expression = rf"(?:{expression})\Z"
    if not find:
        return text
    try:
        return re.sub(expression, lambda _: new, text, count=0 if operator == "//" else 1)
    except re.error:
        return text


def _translated(find: str) -> str:
    return "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in find)
