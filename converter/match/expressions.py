"""Expressions of rules: jinja2 in a sandbox, over values, so that variables of the script stay variables."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from converter.match import crontab, environment, pieces, processes, sed, ufw
from converter.match.kept import quoted
from converter.match.unsuited import ExpressionError, UnsuitedError
from converter.model.paths import absolute
from converter.model.trace import Step
from converter.model.value import CommandOutput, Literal, Part, Value, Variable

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.environment import TemplateExpression

_WHOLE = re.compile(r"\{\{(.*)\}\}\s*\Z", re.DOTALL)
_PIECE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_SIMPLE = re.compile(r"\s*(?:path\(\s*([A-Z][A-Z0-9_]*)\s*\)|([A-Z][A-Z0-9_]*)|(cwd))\s*\Z")


def evaluate(template: object, names: Mapping[str, object]) -> object:
    """What a field of a rule gives: a text with `{{ }}` is evaluated, all else is itself, lists and maps in depth."""
    if isinstance(template, str):
        return _text(template, names)
    if isinstance(template, list):
        return [evaluate(item, names) for item in template]
    if isinstance(template, dict):
        return {key: evaluate(item, names) for key, item in template.items()}
    return template


def _text(template: str, names: Mapping[str, object]) -> object:
    if "{{" not in template:
        return template
    whole = _WHOLE.match(template)
    if whole and "}}" not in whole[1]:
        return expression(whole[1], names)
    result = Value()
    position = 0
    for found in _PIECE.finditer(template):
        result += Value.of(template[position : found.start()])
        piece = expression(found[1], names)
        result += piece if isinstance(piece, Value) else Value.of("" if piece is None else str(piece))
        position = found.end()
    return result + Value.of(template[position:])


def expression(source: str, names: Mapping[str, object]) -> object:
    """What an expression gives; the commonest ones need no template engine."""
    simple = _SIMPLE.match(source)
    if simple is not None:
        name = simple[1] or simple[2] or simple[3]
        if name in names:
            value = names[name]
            return path_in(names, value) if simple[1] else value
    return _called(source, {**FUNCTIONS, **names, "path": lambda value: path_in(names, value)})


def _called(source: str, names: Mapping[str, object]) -> object:
    from jinja2 import TemplateSyntaxError, Undefined, UndefinedError
    from jinja2.exceptions import SecurityError

    try:
        found = _compiled(source)(**names)
        # What is missing raises only when it is used, and nothing uses it here.
        return str(found) if isinstance(found, Undefined) else found
    except TemplateSyntaxError as problem:
        raise ExpressionError(f"{source.strip()!r} is not an expression: {problem.message}") from problem
    except SecurityError as problem:
        raise ExpressionError(f"{source.strip()!r} reaches for what no rule may use") from problem
    except UndefinedError as problem:
        missing = undeclared(source) - names.keys()
        if missing:
            raise ExpressionError(f"{min(missing)} is not a name of the synopsis, and not a function") from problem
        raise UnsuitedError(problem.message or source) from problem


def undeclared(source: str) -> set[str]:
    """The names that an expression needs from outside; ExpressionError if it is none."""
    from jinja2 import TemplateSyntaxError, meta

    sandbox = _environment()
    try:
        return meta.find_undeclared_variables(sandbox.parse("{{" + source + "}}")) - sandbox.globals.keys()
    except TemplateSyntaxError as problem:
        raise ExpressionError(f"{source.strip()!r} is not an expression: {problem.message}") from problem


def sources(template: object) -> list[str]:
    """The expressions in a field of a rule, in depth."""
    if isinstance(template, str):
        whole = _WHOLE.match(template)
        return [whole[1]] if whole and "}}" not in whole[1] else _PIECE.findall(template)
    if isinstance(template, dict):
        template = list(template.values())
    return [source for item in template for source in sources(item)] if isinstance(template, list) else []


def path_in(names: Mapping[str, object], value: object) -> object:
    """The path seen from the directory of the step; a list of paths likewise."""
    if isinstance(value, list):
        return [path_in(names, item) for item in value]
    if value is None:
        return None
    cwd = names["cwd"]
    path = value if isinstance(value, Value) else Value.of(str(value))
    if path.text == "":
        # `rm -rf ""` removes nothing; joined with the directory it would be the directory itself.
        raise UnsuitedError("an empty word is no path")
    return absolute(cwd, path) if isinstance(cwd, Value) else path


@cache
def _compiled(source: str) -> TemplateExpression:
    return _environment().compile_expression(source, undefined_to_none=False)


@cache
def _environment() -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.ext import Extension
    from jinja2.lexer import Token, TokenStream
    from jinja2.sandbox import SandboxedEnvironment

    class Joins(Extension):
        """`~` joins values and keeps their parts."""

        def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
            for token in stream:
                yield Token(token.lineno, "add", "+") if token.type == "tilde" else token

    sandbox = SandboxedEnvironment(undefined=StrictUndefined, extensions=[Joins])
    sandbox.filters.update(FUNCTIONS)
    return sandbox


def text(value: object) -> str:
    """The known text of a value; a rule that asks for it does not match where it is not known."""
    if value is None:
        return ""
    if not isinstance(value, Value):
        return str(value)
    if value.text is None:
        raise UnsuitedError(value.shell())
    return value.text


def known(value: object) -> bool:
    """Whether the whole text is known."""
    return not isinstance(value, Value) or value.text is not None


def repo_name(value: Value) -> Value:
    """The directory that `git clone` makes: the last part of the address without `.git`."""
    name = basename(value)
    plain = name.text
    return Value.of(plain.removesuffix(".git")) if plain is not None else name


def basename(value: Value) -> Value:
    """The last component of a path or address."""
    whole = value.text
    if whole is not None:
        return Value.of(re.split(r"[/:]", whole.rstrip("/"))[-1])
    tail: list[Part] = []
    for part in reversed(value.parts):
        text = part.text if isinstance(part, Literal) else ""
        text = text if tail else text.rstrip("/")
        if "/" in text:
            name = Value(Literal(text.rpartition("/")[2]), *tail)
            if name.parts:
                return name
        if isinstance(part, Variable) and any("/" in inner.text for inner in _literals(part.value)):
            return basename(Value(*(part.value or Value()).parts, *tail))
        if not isinstance(part, Literal | Variable | CommandOutput):
            break
        tail.insert(0, Literal(text) if isinstance(part, Literal) else part)
    raise UnsuitedError(value.shell())


def _literals(value: Value | None) -> tuple[Literal, ...]:
    return tuple(part for part in value.parts if isinstance(part, Literal)) if value is not None else ()


def dirname(value: Value) -> Value:
    """The directory part of a path."""
    whole = value.text
    if whole is not None:
        return Value.of(posixpath.dirname(whole.rstrip("/")) or ".")
    last = value.parts[-1]
    if isinstance(last, Literal) and "/" in last.text:
        return Value(*value.parts[:-1], Literal(last.text.rpartition("/")[0]))
    raise UnsuitedError(value.shell())


def starts(value: object, prefix: str) -> bool:
    """Whether the text surely begins so."""
    if not isinstance(value, Value):
        return str(value or "").startswith(prefix)
    head = value.text if value.text is not None else getattr(value.parts[0], "text", "")
    return isinstance(head, str) and head.startswith(prefix)


def matches(value: object, pattern: str) -> bool:
    """Whether the whole known text fits a regular expression; False where it is not known."""
    whole = value.text if isinstance(value, Value) else str(value or "")
    return whole is not None and re.fullmatch(pattern, whole, re.DOTALL) is not None


def shell(value: Value) -> str:
    """The value as a person reads it, variables by name."""
    return value.shell()


FUNCTIONS: dict[str, Any] = {
    found.__name__: found
    for found in (
        *(text, known, repo_name, basename, dirname, starts, pieces.ends, pieces.replace_start, matches, shell),
        *(
            pieces.split,
            pieces.after,
            pieces.before,
            pieces.all_match,
            pieces.contains,
            pieces.far,
            pieces.address,
            pieces.prefixed,
            pieces.without,
            pieces.seen_from,
        ),
        *(sed.substitutions, sed.deletions, sed.additions, crontab.cron_lines, crontab.cron_additions),
        *(
            environment.pairs,
            environment.flags,
            environment.volumes,
            environment.assignments,
            environment.operands,
            environment.verb,
            environment.contains_word,
            environment.chomp,
        ),
        *(processes.process_name, processes.killed, quoted, ufw.ufw_rule),
    )
}


def command_path(word: Value) -> str | None:
    """The command word; where only its directory is a variable, `*/name`; None where it is not known at all."""
    if word.text is not None:
        return word.text
    last = word.parts[-1] if word.parts else None
    known = last.text if isinstance(last, Literal) else ""
    return f"*{known[known.rindex('/') :]}" if "/" in known else None


SURROUNDING = frozenset(
    (
        "cwd",
        "user",
        "program",
        "program_name",
        "program_path",
        "env",
        "venv",
        "argv",
        "source",
        "remote",
        "stdin",
        "options",
        "path",
    )
)


def surroundings(step: Step) -> dict[str, object]:
    """The names that every rule knows besides those of its synopsis."""
    return {
        "cwd": step.context.cwd,
        "user": step.context.user,
        "program": step.argv[0] if step.argv else None,
        "program_name": (step.argv[0].text or "").rpartition("/")[2] if step.argv else "",
        "program_path": command_path(step.argv[0]) if step.argv else "",
        "env": dict(step.context.environment),
        "venv": environment.virtual_environment(step),
        "argv": list(step.argv),
        "source": step.source,
        "remote": step.context.host is not None,
    }
