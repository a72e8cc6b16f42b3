"""What `ls -t | tail -n +6 | xargs rm -rf` throws away: all but the newest entries of a directory."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from converter.match.unsuited import UnsuitedError
from converter.model.paths import absolute
from converter.model.value import CommandOutput, Glob, Literal, Part, Value, Variable

_SUM = re.compile(r"echo \$\(\(\s*\$?\{?([A-Za-z_]\w*)\}?\s*\+\s*1\s*\)\)")
_LISTED = re.compile(r"ls((?: -[1dt]+)+) ([\w./@+-]*/(?:\*|\*/)?) \| tail -n ?\+(\d+)")
_LISTS = re.compile(r"\s*(?:ls|find|docker|grep|git (?:ls-files|diff|clean|branch))\b(?!.*\|\s*(?:head|tail) -n? ?1\b)")
_FLAGS = re.compile(r"-[rRfv]+|--|--recursive|--force")


class Pruned(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of which some are removed."""

    path: Value
    pattern: str = "*"
    what: str = "any"
    recursive: bool = True
    keep: Value | None = None


def pruned(listed: Value | None, removal: Sequence[Value], mark: Value | None, cwd: Value, names: bool) -> Pruned:
    """What `ls LISTED | .. | xargs -I MARK REMOVAL` looks at; UnsuitedError where other names are removed than are
    listed. Without `names` (`ls -d`) directories that fit a pattern are listed by what is in them."""
    program, *words = [word.text or word.shell() for word in removal]
    flags = [word for word in words if word.startswith("-")]
    operands = [word for word in removal[1:] if not (word.text or "").startswith("-")]
    if program != "rm" or not all(map(_FLAGS.fullmatch, flags)) or len(operands) > 1:
        raise UnsuitedError(" ".join((program, *words)))
    whole = _entries(listed, cwd) if listed is not None and listed.has_glob else None
    found = whole or Pruned(path=absolute(cwd, listed or Value()))
    bare = operands[0] == mark if operands and mark is not None else not operands
    if not (bare if whole or found.path == cwd else mark and _inside(operands, found.path, mark, cwd)):
        raise UnsuitedError(found.path.shell())
    recursive = any(re.search("[rR]", flag) for flag in flags)
    if whole and recursive and not names:
        raise UnsuitedError(f"what is in {found.path.shell()}")
    return msgspec.structs.replace(found, recursive=recursive)


def listed_but_newest(value: Value, cwd: Value) -> Pruned:
    """The same for `$(ls -1dt /srv/releases/* | tail -n +6)`, whose text is all known."""
    only = value.parts[0] if len(value.parts) == 1 else None
    found = _LISTED.fullmatch(only.text.strip()) if isinstance(only, CommandOutput) else None
    if found is None or "t" not in found[1] or "d" not in found[1] or "*" not in found[2]:
        raise UnsuitedError(value.shell())
    head, _, tail = found[2].partition("*")
    entries = _entries(Value(Literal(head), Glob("*"), *([Literal(tail)] if tail else [])), cwd)
    return msgspec.structs.replace(entries, keep=Value.of(str(int(found[3]) - 1)))


def lists(values: Sequence[Value]) -> bool:
    """Whether one of the values may be several names, or none: what a command lists or finds."""
    return any(_LISTS.match(output.text) for value in values for output in value.outputs)


def one_fewer(count: Value) -> Value:
    """`5` for `+6`, and the variable for `+$((KEEP + 1))`."""
    if count.text is not None and re.fullmatch(r"\+[1-9]\d*", count.text):
        return Value.of(str(int(count.text[1:]) - 1))
    sign, *rest = count.parts
    output = rest[0] if len(rest) == 1 else None
    found = _SUM.fullmatch(output.text) if isinstance(output, CommandOutput) else None
    if sign != Literal("+") or found is None:
        raise UnsuitedError(count.shell())
    return Value(Variable(found[1]))


def _entries(listed: Value, cwd: Value) -> Pruned:
    """A pattern in one directory; with a slash at its end it means directories."""
    parts: list[Part] = list(listed.parts)
    last = parts[-1]
    directories = isinstance(last, Literal) and last.text == "/"
    parts = parts[:-1] if directories else parts
    head = next((index for index, part in enumerate(parts) if isinstance(part, Glob)), 0)
    folder, slash, start = getattr(parts[head - 1], "text", "").rpartition("/") if head else ("", "", "")
    if any(not isinstance(part, Glob | Literal) or "/" in part.text for part in parts[head:]):
        raise UnsuitedError(listed.shell())
    if head and not isinstance(parts[head - 1], Literal):
        raise UnsuitedError(listed.shell())
    pattern = start + "".join(part.text for part in parts[head:] if isinstance(part, Glob | Literal))
    path = Value(*parts[: max(head - 1, 0)], *([Literal(folder + (slash if not folder else ""))] if slash else []))
    return Pruned(path=absolute(cwd, path), pattern=pattern, what="directory" if directories else "any")


def _inside(operands: Sequence[Value], path: Value, mark: Value, cwd: Value) -> bool:
    """Whether `DIR/{}` is removed for the names in `DIR`."""
    return len(operands) == 1 and absolute(cwd, operands[0]) == absolute(cwd, path) / mark
