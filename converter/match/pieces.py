"""Values taken apart at separators, with the variables between them left alone."""

from __future__ import annotations

import re

from converter.match.unsuited import UnsuitedError
from converter.model.paths import absolute
from converter.model.value import Literal, Part, Value, Variable


def split(value: Value | None, separator: str, most: int = -1) -> list[Value]:
    """The pieces between separators; `most` as in `str.split`."""
    if value is None:
        return []
    known = value.text
    if known is not None and (not value.variables or any(separator in (part.text or "") for part in _named(value))):
        return [Value.of(piece) for piece in known.split(separator, most)]
    pieces: list[list[Part]] = [[]]
    for part in value.parts:
        if not isinstance(part, Literal):
            pieces[-1].append(part)
            continue
        texts = part.text.split(separator, most - len(pieces) + 1 if most >= 0 else -1)
        pieces[-1].append(Literal(texts[0]))
        pieces.extend([Literal(text)] for text in texts[1:])
    return [Value(*piece) for piece in pieces]


def _named(value: Value) -> list[Value]:
    return [part.value for part in value.parts if isinstance(part, Variable) and part.value is not None]


def after(value: Value, prefix: str) -> Value:
    """The value without a text that it surely begins with."""
    head = value.parts[0] if value.parts else None
    if isinstance(head, Literal) and head.text.startswith(prefix):
        return Value(Literal(head.text[len(prefix) :]), *value.parts[1:])
    known = value.text
    if known is None or not known.startswith(prefix):
        raise UnsuitedError(value.shell())
    return Value.of(known[len(prefix) :])


def before(value: Value, suffix: str) -> Value:
    """The value without a text that it surely ends with; as it is if it ends otherwise."""
    last = value.parts[-1] if value.parts else None
    if isinstance(last, Literal) and last.text.endswith(suffix):
        return Value(*value.parts[:-1], Literal(last.text[: len(last.text) - len(suffix)]))
    known = value.text
    return Value.of(known.removesuffix(suffix)) if known is not None and known.endswith(suffix) else value


def prefixed(value: Value, prefix: str) -> Value:
    """The value with a text before it."""
    return Value.of(prefix) + value


def seen_from(path: Value | str, directory: Value) -> Value:
    """The path as it is seen from a directory."""
    return absolute(directory, path if isinstance(path, Value) else Value.of(path))


def without(options: list[Value], pattern: str) -> list[Value]:
    """The options whose name does not fit the regular expression."""
    return [option for option in options if not re.fullmatch(pattern, option.shell().partition("=")[0])]


def far(value: Value) -> Value | None:
    """The path of `user@host:path`, from the home of the login where it is relative; None for one of this machine."""
    if not any(isinstance(part, Literal) and ":" in part.text for part in value.parts) and ":" not in (
        value.text or ""
    ):
        return None
    host, path = split(value, ":", 1)
    if any("/" in part.text for part in host.parts if isinstance(part, Literal)):
        return None
    return path if path.parts and _rooted(path) else Value.of("~/") + path


def address(value: Value) -> Value:
    """A web address with its scheme, which curl and wget take to be http where it is left out."""
    head = value.parts[0] if value.parts else None
    known = value.text
    if known is None and isinstance(head, Variable) and head.value is not None:
        known = head.value.text
    elif known is None and isinstance(head, Literal):
        known = "".join(part.text if isinstance(part, Literal) else "x" for part in value.parts)
    return value if known is None or "://" in known else Value.of("http://") + value


def _rooted(path: Value) -> bool:
    head = path.parts[0]
    if isinstance(head, Variable) and head.value is not None and head.value.text is not None:
        return head.value.text.startswith(("/", "~"))
    return not isinstance(head, Literal) or head.text.startswith(("/", "~"))


def ends(value: object, suffix: str) -> bool:
    """Whether the text surely ends so."""
    if not isinstance(value, Value):
        return str(value or "").endswith(suffix)
    tail = value.text if value.text is not None else getattr(value.parts[-1], "text", "") if value.parts else ""
    return isinstance(tail, str) and tail.endswith(suffix)


def replace_start(value: Value, prefix: str) -> Value:
    """The value without the text that it begins with."""
    head = value.parts[0] if value.parts else None
    if isinstance(head, Literal) and head.text.startswith(prefix):
        return Value(Literal(head.text[len(prefix) :]), *value.parts[1:])
    whole = value.text
    return Value.of(whole[len(prefix) :]) if whole is not None and whole.startswith(prefix) else value


def all_match(values: list[Value], pattern: str) -> bool:
    """Whether each of the values is known and fits the regular expression."""
    return all(value.text is not None and re.fullmatch(pattern, value.text) for value in values)


def contains(value: Value, text: str) -> bool:
    """Whether the text surely stands in the value, in one piece."""
    known = value.text
    found = (known,) if known is not None else (part.text for part in value.parts if isinstance(part, Literal))
    return any(text in piece for piece in found)
