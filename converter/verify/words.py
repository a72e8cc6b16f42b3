"""The simple commands in the text of a shell, as far as a reader without a shell can tell them apart."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_SHELLS = frozenset(("bash", "sh", "dash", "/bin/bash", "/bin/sh"))
_OPENING = frozenset(("if", "then", "else", "elif", "do", "while", "until", "!", "{", "time", "exec", "builtin"))
_NO_COMMANDS = frozenset(("for", "case", "select", "function", "in", "esac", "fi", "done", "}"))
# Programs that run another one, with those of their options that take a word.
_WRAPPERS = {
    "sudo": ("-u", "-g", "-h", "-p", "--user", "--group"),
    "env": ("-u", "-C"),
    "nohup": (),
    "nice": ("-n",),
    "ionice": ("-c", "-n"),
    "setsid": (),
    "time": (),
    "timeout": ("-s", "-k"),
    "xargs": ("-I", "-n", "-P", "-L", "-d", "-a"),
}
# Options of ssh that take a word, see ssh(1).
_SSH = frozenset("BbcDEeFIiJLlmOopQRSWw")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
# Within `[[ ]]`, `&&` and `<` part no commands.
_TEST = re.compile(r"\[\[ [^\n`$]*(?:\$(?!\()[^\n`$]*)* \]\]")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1(.*?)\n(.*?)^\s*\2$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Simple:
    """One command; `piped` where it reads from or writes to another one, `written` are files that take its output."""

    argv: tuple[str, ...]
    piped: bool = False
    written: tuple[str, ...] = ()


def commands(argv: Sequence[str]) -> Iterator[Simple]:
    """What a list of words runs: itself, what its wrappers start, what the text for a shell holds."""
    words = _unwrapped(argv)
    if len(words) > 2 and words[0] in _SHELLS and re.fullmatch(r"-\w*c", words[1]):
        yield from in_text(words[2])
    elif words:
        yield Simple(tuple(words))


def in_text(text: str) -> Iterator[Simple]:
    """What a text for a shell runs; nothing where it can't be read."""
    text = _TEST.sub("[[ ]]", text)
    for statement in _statements(_HEREDOC.sub(r"<<< x \3\n", text.replace("\\\n", " "))):
        for stage in statement:
            words, written = _without_redirections(stage)
            for found in commands(_body(words)):
                yield Simple(found.argv, found.piped or len(statement) > 1, (*found.written, *written))


def on_hosts(text: str) -> Iterator[Simple]:
    """As `in_text`, with what sessions run on their hosts."""
    for found in in_text(text):
        yield found
        words = list(found.argv[1:]) if found.argv[0].rpartition("/")[2] == "ssh" else []
        host = next((index for index, word in enumerate(words) if "@" in word), None)
        while host is None and words and words[0].startswith("-"):
            words = words[2 if words[0][1:] in _SSH else 1 :]
        yield from in_text(" ".join(words[(host or 0) + 1 :]))


def _statements(text: str) -> Iterator[list[list[str]]]:
    """Pipelines, each a list of stages, each a list of words."""
    pipeline: list[list[str]] = [[]]
    for token in _without_comments(_tokens(text)):
        if token in ("|", "|&"):
            pipeline.append([])
        elif set(token) <= set(";&|()\n") and token not in ("&>", "&>>"):
            yield pipeline
            pipeline = [[]]
        else:
            pipeline[-1].append(token)
    yield pipeline


def _without_comments(tokens: list[str]) -> Iterator[str]:
    comment = False
    for token in tokens:
        comment = (comment or token.startswith("#")) and "\n" not in token
        if not comment:
            yield token


def _tokens(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|()<>\n")
    lexer.whitespace, lexer.commenters, lexer.whitespace_split = " \t\r", "", True
    try:
        return list(lexer)
    except ValueError:
        return []


def _without_redirections(words: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The words of the command, and what but /dev/null takes its output."""
    kept: list[str] = []
    written: list[str] = []
    rest = iter(words)
    for word in rest:
        if word and set(word) <= set("<>&"):
            target = next(rest, "")
            if ">" in word and target not in ("/dev/null", "-") and not target.isdigit():
                written.append(target)
            if kept and kept[-1].isdigit():
                kept.pop()
        else:
            kept.append(word)
    return kept, tuple(written)


def _body(words: list[str]) -> list[str]:
    """Without the words of the shell before the command; nothing where there is none."""
    while words and (words[0] in _OPENING or _ASSIGNMENT.match(words[0])):
        words = words[1:]
    return [] if words and words[0] in _NO_COMMANDS else words


def _unwrapped(argv: Sequence[str]) -> list[str]:
    words = _body(list(argv))
    while words and words[0].rpartition("/")[2] in _WRAPPERS:
        name = words[0].rpartition("/")[2]
        rest = _after_options(words[1:], _WRAPPERS[name])
        if name == "timeout":
            rest = rest[1:]
        rest = _body(rest)
        if not rest:
            return words
        words = rest
    return words


def _after_options(words: list[str], taking: tuple[str, ...]) -> list[str]:
    while words and words[0].startswith("-"):
        words = words[2 if words[0] in taking else 1 :]
    return words
