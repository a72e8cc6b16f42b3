"""Values that a command line gives to a chart, as a file of values: `--set image.tag=1.2,ports[0]=80`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from converter.render.kubernetes.app import Data
from converter.render.kubernetes.driven.words import NotUnderstoodError

_STEP = re.compile(r"((?:\\.|[^\\.\[\]=,])+)|\[(\d+)\]")
_NUMBER = re.compile(r"0|-?[1-9]\d{0,17}")


def assignments(text: str, how: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Place and text of each: https://helm.sh/docs/intro/using_helm/#the-format-and-limitations-of---set"""
    if how in ("set-literal", "set-file"):
        name, equals, value = text.partition("=")
        if not equals:
            raise NotUnderstoodError(f"`--{how} {text}` has no value")
        yield place(name), value
        return
    for piece in _pieces(text):
        name, equals, value = piece.partition("=")
        if not equals:
            raise NotUnderstoodError(f"`--{how} {piece}` has no value")
        yield place(name), value


def _pieces(text: str) -> list[str]:
    """The assignments between commas; those in braces are of a list."""
    found, depth, place_ = [""], 0, 0
    while place_ < len(text):
        letter = text[place_]
        if letter == "\\" and place_ + 1 < len(text):
            found[-1] += text[place_ : place_ + 2]
            place_ += 2
            continue
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
        place_ += 1
    return [piece for piece in found if piece]


def place(name: str) -> tuple[str | int, ...]:
    """`a.b[0].c`; a dot behind a backslash is one of the name."""
    found: list[str | int] = []
    position = 0
    while position < len(name):
        step = _STEP.match(name, position)
        if step is None:
            raise NotUnderstoodError(f"`{name}` is not understood as a place in values")
        found.append(int(step[2]) if step[2] is not None else re.sub(r"\\(.)", r"\1", step[1]))
        position = step.end()
        position += 1 if name[position : position + 1] == "." else 0
    if not found or not isinstance(found[0], str):
        raise NotUnderstoodError(f"`{name}` is not understood as a place in values")
    return tuple(found)


def typed(text: str, how: str) -> Any:
    """What a text is as a value."""
    if how in ("set-literal", "set-file"):
        return text
    if text.startswith("{") and text.endswith("}"):
        inner = text[1:-1]
        return [typed(piece, how) for piece in re.split(r"(?<!\\),", inner)] if inner else []
    plain = re.sub(r"\\(.)", r"\1", text)
    if how == "set-string":
        return plain
    known = {"true": True, "false": False, "null": None}
    return known[text] if text in known else int(text) if _NUMBER.fullmatch(text) else plain


def put(values: Data, where: tuple[str | int, ...], value: Any) -> None:
    """A value in its place; what lies between is made."""
    here: Any = values
    for step, following in zip(where, (*where[1:], None), strict=True):
        last = following is None
        empty: Any = value if last else [] if isinstance(following, int) else {}
        if isinstance(step, int):
            if not isinstance(here, list) or step > len(here):
                raise NotUnderstoodError("a list of values has a gap")
            if step == len(here):
                here.append(empty)
            elif last:
                here[step] = value
            here = here[step]
        else:
            if not isinstance(here, dict):
                raise NotUnderstoodError(f"`{step}` has values in it and is one")
            if last or not isinstance(here.get(step), dict | list):
                here[step] = empty
            here = here[step]


def shown(where: tuple[str | int, ...]) -> str:
    """A place as Flux writes it in `targetPath`."""
    text = ""
    for step in where:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            own = step.replace(".", "\\.")
            text += f".{own}" if text else own
    return text
