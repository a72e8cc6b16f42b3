"""Paths that may hold variables: joining, shortening, directory and file name."""

from __future__ import annotations

import posixpath
import re

from converter.model.value import CommandOutput, Glob, Literal, Part, Unknown, Value, Variable

# Variables that always hold a directory, whatever it is.
DIRECTORIES = ("project_dir", "HOME")


def absolute(cwd: Value, path: Value) -> Value:
    """The path seen from `cwd`; unchanged if it starts at `/` or with a variable that holds an absolute path or is
    unknown."""
    head = path.parts[0] if path.parts else None
    if head is None:
        return cwd
    if isinstance(head, Literal | Glob) and not head.text.startswith("/"):
        return normal(Value(*cwd.parts, Literal("/"), *path.parts))
    if isinstance(head, Variable) and head.value is not None:
        known = head.value.text
        if (known is not None and not known.startswith(("/", "~"))) or _is_name(head.value):
            return normal(Value(*cwd.parts, Literal("/"), *path.parts))
    return normal(path)


# What these print is a name or a number, and no path.
_NAMES = re.compile(r"(?:date|git rev-parse|git describe|hexdump|uuidgen|openssl rand|whoami|hostname|id|basename)\b")


def _is_name(value: Value) -> bool:
    first = value.parts[0] if value.parts else None
    if isinstance(first, Variable) and first.value is not None:
        return _is_name(first.value)
    return isinstance(first, CommandOutput) and _NAMES.match(first.text) is not None


def normal(path: Value) -> Value:
    """Without `.`, `..` and doubled slashes, as far as the parts are known."""
    steps: list[list[Part]] = [[]]
    for part in path.parts:
        if not isinstance(part, Literal):
            steps[-1].append(part)
            continue
        for index, piece in enumerate(part.text.split("/")):
            if index:
                steps.append([])
            if piece:
                steps[-1].append(Literal(piece))
    rooted = bool(path.parts) and isinstance(path.parts[0], Literal) and path.parts[0].text.startswith("/")
    kept: list[list[Part]] = []
    for step in steps:
        if not step or step == [Literal(".")]:
            continue
        if step == [Literal("..")] and kept and _can_leave(kept[-1]):
            parent = _parent(kept.pop())
            kept.extend([parent] if parent else [])
            continue
        kept.append(step)
    joined = Value.join((Value(*step) for step in kept), "/")
    return Value.of("/") + joined if rooted else joined or Value.of(".")


def _can_leave(step: list[Part]) -> bool:
    if any(isinstance(part, Unknown) for part in step) or step == [Literal("..")]:
        return False
    if len(step) == 1 and isinstance(step[0], Variable):
        return step[0].value is not None and step[0].value.text is not None and "/" in step[0].value.text.strip("/")
    return True


def _parent(step: list[Part]) -> list[Part] | None:
    """What remains when the last component of a variable that holds a whole path is left."""
    if len(step) == 1 and isinstance(step[0], Variable) and step[0].value is not None:
        return list(directory_of(step[0].value).parts)
    return None


def directory_of(path: Value) -> Value:
    """As `dirname`."""
    text = path.text
    if text is not None:
        return Value.of(posixpath.dirname(text.rstrip("/")) or ".")
    last = path.parts[-1]
    if isinstance(last, Literal) and "/" in last.text:
        return normal(Value(*path.parts[:-1], Literal(last.text.rstrip("/").rpartition("/")[0])))
    if len(path.parts) == 1 and isinstance(last, Variable) and last.value is not None:
        return directory_of(last.value)
    if isinstance(last, Variable) and last.name in DIRECTORIES and len(path.parts) == 1:
        return path + "/.."
    return Value(Unknown("the directory of a path known only at run time", f"$(dirname {path.shell()})"))


def name_of(operands: tuple[Value, ...]) -> Value | None:
    """As `basename PATH [SUFFIX]`, None if it can't be known."""
    text = operands[0].text
    suffix = operands[1].text if len(operands) > 1 else ""
    if text is None or suffix is None:
        last = operands[0].parts[-1]
        if isinstance(last, Literal) and "/" in last.text and not suffix:
            return Value.of(last.text.rpartition("/")[2])
        return None
    name = posixpath.basename(text.rstrip("/"))
    return Value.of(name[: -len(suffix)] if suffix and name.endswith(suffix) and name != suffix else name)


def program_of(word: str) -> str:
    """The name of a program of the system; a path to anything else stays one, since it may be any program."""
    directory, _, name = word.rpartition("/")
    return name if not directory or re.fullmatch(r"(/usr(/local)?)?/s?bin", directory) else word
