"""A first rule file for a command line: its synopsis and an example, ready to edit."""

from __future__ import annotations

import re
import shlex

import yaml

from converter.model.diagnostic import ConverterError

_TOOL = re.compile(r"[A-Za-z0-9_][\w.+-]*")
_LONG = re.compile(r"--[A-Za-z0-9][\w.-]*")
_SHORT = re.compile(r"-[A-Za-z0-9]+")
_SUBCOMMAND = re.compile(r"[a-z][a-z0-9-]*")
SCHEMA = "rule.schema.json"
_ADVICE = """\
# yaml-language-server: $schema={schema}
# What {tool} means. docs/rule-format.md describes the fields.
# Write [--name=VALUE] for an option that takes an argument, and every other option that you can give a meaning;
# write `becomes` instead of `keep` if a resource says it.
"""


def skeleton(line: str) -> str:
    """The text of a rule file that recognises this command line and keeps it."""
    words = _words(line)
    tool = words[0].rpartition("/")[2]
    if not _TOOL.fullmatch(tool):
        raise ConverterError(f"{words[0]!r} can't be the name of a tool", "begin the line with the command")
    subcommand = words[1] if len(words) > 1 and _SUBCOMMAND.fullmatch(words[1]) else ""
    rest = words[2:] if subcommand else words[1:]
    rule = {
        "id": re.sub(r"[^a-z0-9]+", "-", f"{tool} {subcommand}".lower()).strip("-"),
        "description": f"Say in one sentence what {' '.join([tool, subcommand]).strip()} does.",
        "synopsis": " ".join([tool, *([subcommand] if subcommand else []), *_synopsis(rest)]),
        "keep": "say why this can only be a command",
        "examples": [
            {"run": shlex.join(words), "gives": "keep"},
            {"run": shlex.join([tool, "--not-known", *words[1:]]), "gives": []},
        ],
    }
    written = yaml.safe_dump({"tool": tool, "rules": [rule]}, sort_keys=False, allow_unicode=True, width=1000)
    return _ADVICE.format(tool=tool, schema=SCHEMA) + written


def _words(line: str) -> list[str]:
    try:
        words = shlex.split(line)
    except ValueError as problem:
        raise ConverterError(f"the command line can't be read: {problem}", "check its quotes") from problem
    if not words:
        raise ConverterError("there is no command in the line", 'for one: gitopsify rules new "frobctl sync --all"')
    return words


def _synopsis(words: list[str]) -> list[str]:
    """The words as a synopsis: options first, then one name an operand."""
    options: list[str] = []
    names: list[str] = []
    for position, word in enumerate(words):
        if word == "--":
            names += [_name(operand, names) for operand in words[position + 1 :]]
            break
        if word.startswith("-") and word != "-":
            options += _options(word)
        else:
            names.append(_name(word, names))
    repeated = {option for option in options if "=" in option and options.count(option) > 1}
    return [*(f"{one}..." if one in repeated else one for one in dict.fromkeys(options)), *names]


def _options(word: str) -> list[str]:
    name, equals, _ = word.partition("=")
    if _LONG.fullmatch(name):
        return [f"[{name}={_capitals(name)}]" if equals else f"[{name}]"]
    if re.fullmatch(r"-\d+", word):
        return ["[-NUMBER]"]
    if _SHORT.fullmatch(word):
        return [f"[-{letter}]" for letter in word[1:]]
    raise ConverterError(f"a synopsis can't say {word!r}", "leave it out of the line, and write the rule by hand")


def _capitals(name: str) -> str:
    return re.sub(r"\W", "_", name.lstrip("-")).upper() if name.lstrip("-")[0].isalpha() else "VALUE"


def _name(word: str, taken: list[str]) -> str:
    kind = "URL" if "://" in word else "PATH" if "/" in word or word.startswith((".", "~")) else "NAME"
    same = sum(1 for name in taken if name.rstrip("0123456789") == kind)
    return f"{kind}{same + 1}" if same else kind
