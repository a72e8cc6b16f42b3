"""Brace expansion: `{a,b}` and `{1..5}` make several words of one."""

from __future__ import annotations

import re

from converter.model.script import Text, Word, WordPart

Item = str | WordPart
_RANGE = re.compile(r"(-?\d+|[A-Za-z])\.\.(-?\d+|[A-Za-z])(?:\.\.(-?\d+))?\Z")
MOST = 1000
MOST_OPENED = 50


def expanded(word: Word) -> tuple[Word, ...]:
    """The words that the braces make, without empty ones; the word itself if it has none. More than a thousand are
    left alone."""
    source = word.source
    if "{" not in source or not ("," in source or ".." in source) or source.count("{") > MOST_OPENED:
        return (word,)
    items: list[Item] = []
    for part in word.parts:
        items.extend(part.text if isinstance(part, Text) and not part.quoted else (part,))
    found = _expand(items)
    if len(found) == 1 or len(found) > MOST:
        return (word,)
    return tuple(Word(parts=_joined(one), source=_source(one), span=word.span) for one in found if one)


def _expand(items: list[Item]) -> list[list[Item]]:
    opened = _first_group(items)
    if opened is None:
        return [items]
    start, end, choices = opened
    results: list[list[Item]] = []
    tails = _expand(items[end + 1 :])
    for choice in choices:
        for middle in _expand(choice):
            for tail in tails:
                results.append([*items[:start], *middle, *tail])
                if len(results) > MOST:
                    return results
    return results


def _first_group(items: list[Item]) -> tuple[int, int, list[list[Item]]] | None:
    for start, item in enumerate(items):
        if item != "{":
            continue
        end = _closing(items, start)
        if end is None:
            continue
        choices = _choices(items[start + 1 : end])
        if choices is not None:
            return start, end, choices
    return None


def _closing(items: list[Item], start: int) -> int | None:
    depth = 0
    for index in range(start, len(items)):
        depth += (items[index] == "{") - (items[index] == "}")
        if depth == 0:
            return index
    return None


def _choices(inner: list[Item]) -> list[list[Item]] | None:
    pieces: list[list[Item]] = [[]]
    depth = 0
    for item in inner:
        depth += (item == "{") - (item == "}")
        if item == "," and depth == 0:
            pieces.append([])
        else:
            pieces[-1].append(item)
    if len(pieces) > 1:
        return pieces
    return _range("".join(item if isinstance(item, str) else "\0" for item in inner))


def _range(text: str) -> list[list[Item]] | None:
    found = _RANGE.match(text)
    if found is None:
        return None
    first, last, step = found.groups()
    if first.lstrip("-").isdigit() != last.lstrip("-").isdigit():
        return None
    numeric = first.lstrip("-").isdigit()
    low, high = (int(first), int(last)) if numeric else (ord(first), ord(last))
    stride = abs(int(step or "1")) or 1
    if abs(high - low) // stride >= MOST:
        return None
    numbers = range(low, high + 1, stride) if low <= high else range(low, high - 1, -stride)
    width = max(len(first), len(last)) if numeric and (first.startswith("0") or last.startswith("0")) else 0
    return [list(str(number).zfill(width) if numeric else chr(number)) for number in numbers]


def _joined(items: list[Item]) -> tuple[WordPart, ...]:
    parts: list[WordPart] = []
    for item in items:
        last = parts[-1] if parts else None
        if not isinstance(item, str):
            parts.append(item)
        elif isinstance(last, Text) and not last.quoted:
            parts[-1] = Text(text=last.text + item)
        else:
            parts.append(Text(text=item))
    return tuple(parts)


def _source(items: list[Item]) -> str:
    return "".join(
        item if isinstance(item, str) else getattr(item, "source", getattr(item, "text", "")) for item in items
    )
