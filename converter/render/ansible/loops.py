"""Tasks that differ in one text alone, as a loop of the script or a command with several operands makes them, are
written as one task with a loop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from converter.render.yaml import Item, Row

ITEM = "{{ item }}"
_FEWEST = 3
# What these say is about one run of a module, or is asked for by name later.
_SINGLE = frozenset({"block", "loop", "register", "until", "retries", "listen", "ansible.builtin.meta"})
_BORDER = re.compile(r"[/\s'\"=:,]")
_NUMBERED = re.compile(r" \(\d+\)$")


def rolled(items: Sequence[Item]) -> list[Item]:
    """The items in their order, with loops in place of three or more that are alike and come from one place."""
    done: list[Item] = []
    index = 0
    while index < len(items):
        run = _run(items, index)
        looped = _looped(items[index : index + run]) if run >= _FEWEST else None
        done += [looped] if looped is not None else items[index : index + run]
        index += run
    return done


def _run(items: Sequence[Item], start: int) -> int:
    """How many items from there on may be one: the same keywords, the same comment."""
    first = items[start]
    end = start + 1
    if not _SINGLE & set(first.data) and first.comments:
        while end < len(items) and _alike(first, items[end]):
            end += 1
    return end - start


def _alike(first: Item, other: Item) -> bool:
    return first.comments == other.comments and list(first.data) == list(other.data)


def _looped(items: Sequence[Item]) -> Item | None:
    """One task for all; None where more than one text differs."""
    leaves = [_leaves({key: value for key, value in item.data.items() if key != "name"}) for item in items]
    if any([place for place, _ in found] != [place for place, _ in leaves[0]] for found in leaves):
        return None
    columns = list(zip(*([value for _, value in found] for found in leaves), strict=True))
    differing = [column for column in columns if len(set(column)) > 1]
    if not differing or not all(isinstance(value, str) for column in differing for value in column):
        return None
    texts = _middles(differing[0])
    if len(set(texts)) < len(texts) or not all(texts) or any(ITEM in text for text in texts):
        return None
    for column in differing:
        if len({value.replace(text, ITEM) for value, text in zip(column, texts, strict=True)}) > 1:
            return None
    changed = {value: value.replace(texts[0], ITEM) for value in (column[0] for column in differing)}
    data = {
        key: _name(items) if key == "name" else _replaced(value, changed, texts[0])
        for key, value in items[0].data.items()
    }
    return Item(_with_loop(data, list(texts)), items[0].comments)


def _leaves(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, (*place, key))]
    if isinstance(value, list):
        return [leaf for index, inner in enumerate(value) for leaf in _leaves(inner, (*place, index))]
    return [(place, value)]


def _middles(column: Sequence[str]) -> list[str]:
    """What differs in each text, widened to whole words of a path and to whole expressions."""
    start = len(_common(column))
    ends = [text[start:][::-1] for text in column]
    end = len(_common(ends))
    start = _border_before(column[0], start)
    tails = {_border_after(text, len(text) - end) for text in column}
    end = min(tails)
    return [text[start : len(text) - end] for text in column]


def _common(texts: Sequence[str]) -> str:
    """What all begin with."""
    first, last = min(texts), max(texts)
    end = next((index for index, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:end]


def _border_before(text: str, position: int) -> int:
    opened = text.rfind("{{", 0, position)
    if opened >= 0 and text.find("}}", opened) >= position - 1:
        position = opened
    while position and not _BORDER.match(text[position - 1]):
        position -= 1
        if text.startswith("}}", position - 1):
            position = text.rfind("{{", 0, position)
    return position


def _border_after(text: str, position: int) -> int:
    """How many characters remain after the border at or behind the position."""
    opened = text.rfind("{{", 0, position)
    if opened >= 0 and text.find("}}", opened) >= position - 1:
        position = text.find("}}", opened) + 2
    while position < len(text) and not _BORDER.match(text[position]):
        position += 1
        if text.startswith("{{", position - 1):
            position = text.find("}}", position) + 2
    return len(text) - position


def _replaced(value: Any, changed: dict[str, str], text: str) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(inner, changed, text) for key, inner in value.items()}
    if isinstance(value, list):
        inner = [_replaced(one, changed, text) for one in value]
        return Row(inner) if isinstance(value, Row) else inner
    return changed.get(value, value) if isinstance(value, str) else value


def _name(items: Sequence[Item]) -> str:
    """What the names have in common, and of how many; no name is told what the item is."""
    names = [_NUMBERED.sub("", str(item.data.get("name", ""))) for item in items]
    same = _common(names)
    words = same if all(len(name) == len(same) for name in names) else same.rpartition(" ")[0]
    plain = re.sub(r"\W+$", "", words.partition("$")[0])
    return f"{plain or 'Do it'} (each of {len(items)})"


def _with_loop(data: dict[str, Any], texts: list[str]) -> dict[str, Any]:
    """The loop stands before what follows the module: registering, conditions, notifications."""
    after = ("when", "changed_when", "failed_when", "check_mode", "no_log", "notify")
    head = {key: value for key, value in data.items() if key not in after}
    return {**head, "loop": texts, **{key: value for key, value in data.items() if key in after}}
