"""The synopsis language: `git clone [-q] [-b NAME|--branch=NAME] REPO [DEST]` as a grammar of options and operands."""

from __future__ import annotations

import re

import msgspec

_TOKEN = re.compile(r"\[|\]|\(|\)|\||\.\.\.|[^\s\[\]()|]+?(?=\.\.\.|[\s\[\]()|]|\Z)")
_REST = re.compile(r"(?<!\S)\.\.\.(?!\S)")
_NAME = re.compile(r"[A-Z][A-Z0-9_]*\Z")

# A word `...` of its own, unlike the dots after an operand.
ANYTHING = "<anything>"

# `COMMAND...` is another program's command line: nothing in it is an option of this one.
VERBATIM = "COMMAND"


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """An option under all its spellings (`-b`, `--branch`); `value` names its argument, None for a flag.

    Of `-a|-p DIR|--tmpdir[=DIR]`, `optional` are the spellings whose argument may be missing, `bare` those without one.
    """

    aliases: tuple[str, ...]
    value: str | None = None
    optional: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    repeated: bool = False
    required: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which expressions know it: the argument's name, or the spellings in capitals."""
        if self.value is not None:
            return (self.value, *(() if self.value in _spelt(self.aliases) else _spelt(self.aliases)))
        return _spelt(self.aliases)


class Operand(msgspec.Struct, frozen=True, kw_only=True):
    """An operand, or with `words` one of several fixed words."""

    name: str = ""
    words: tuple[str, ...] = ()
    optional: bool = False
    repeated: bool = False


class Grammar(msgspec.Struct, frozen=True, kw_only=True):
    """What may follow the tool's own words; with `anything`, whatever is not an option of it too."""

    options: tuple[Option, ...]
    operands: tuple[Operand, ...]
    anything: bool = False

    @property
    def selector(self) -> Operand | None:
        """The first operand that has to be there and is one of fixed words: the subcommand."""
        return next((one for one in self.operands if one.words and not one.optional), None)

    @property
    def own_words(self) -> int | None:
        """How many operands stand before another program's command line (`COMMAND...`); None without one."""
        last = self.operands[-1] if self.operands else None
        return len(self.operands) - 1 if last is not None and last.repeated and last.name == VERBATIM else None

    def names(self) -> tuple[str, ...]:
        """Every name that expressions may use."""
        found = [name for option in self.options for name in option.names]
        return tuple(dict.fromkeys([*found, *(operand.name for operand in self.operands if operand.name)]))


def _spelt(aliases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(alias.lstrip("-").replace("-", "_").replace(".", "_").upper() for alias in aliases))


def read_synopsis(text: str) -> Grammar:
    """The grammar of a synopsis without its tool words. ValueError says what is wrong."""
    reader = _Reader(_TOKEN.findall(_REST.sub(ANYTHING, text)))
    reader.sequence(optional=False, closing="")
    return Grammar(options=tuple(reader.options), operands=tuple(reader.operands), anything=reader.anything)


def read_option(text: str) -> Option:
    """An option as the head of a rule file lists it: `-C DIR`, `-v|--verbose`."""
    grammar = read_synopsis(f"[{text}]")
    if len(grammar.options) != 1 or grammar.operands:
        raise ValueError(f"{text!r} is not one option")
    return grammar.options[0]


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.position = tokens, 0
        self.options: list[Option] = []
        self.operands: list[Operand] = []
        self.anything = False

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self) -> str:
        self.position += 1
        return self.tokens[self.position - 1]

    def dots(self) -> bool:
        if self.peek() == "...":
            self.position += 1
            return True
        return False

    def sequence(self, *, optional: bool, closing: str) -> None:
        while self.peek() != closing:
            token = self.peek()
            if not token:
                raise ValueError(f"{closing!r} is missing")
            if token == "[":
                self.position += 1
                self.bracket()
            elif token == "(":
                self.position += 1
                self.alternatives(optional=optional)
            elif token == ANYTHING and not closing:
                self.position += 1
                self.anything = True
            else:
                self.item(optional=optional)

    def bracket(self) -> None:
        """`[...]`: an option with its spellings, or optional operands."""
        if self.peek().startswith(("-", "+")) and self.peek() != "-":
            self.option(required=False)
            return
        first = len(self.operands)
        if self.position + 1 < len(self.tokens) and self.tokens[self.position + 1] == "|":
            self.alternatives(optional=True, closing="]")
            return
        self.sequence(optional=True, closing="]")
        self.position += 1
        if self.dots() and len(self.operands) > first:
            last = self.operands[-1]
            self.operands[-1] = msgspec.structs.replace(last, repeated=True)

    def option(self, *, required: bool) -> None:
        """`-b BRANCH|--branch=BRANCH]`, after the bracket."""
        aliases: list[str] = []
        value: str | None = None
        optional: list[str] = []
        unsaid: list[str] = []
        while True:
            alias, equals, name = self.take().partition("=")
            aliases.append(alias)
            if equals:
                value = name or value
            elif self.tokens[self.position : self.position + 1] == ["["] and self.tokens[self.position + 1][0] == "=":
                self.position += 1
                value = self.take().lstrip("=")
                optional.append(alias)
                self.position += 1
            elif _NAME.match(self.peek()):
                value = self.take()
            else:
                unsaid.append(alias)
            if self.peek() != "|":
                break
            self.position += 1
        repeated = self.dots()
        if not required:
            if self.peek() != "]":
                raise ValueError(f"']' is missing after {aliases[-1]}")
            self.position += 1
            repeated = self.dots() or repeated
        self.options.append(
            Option(
                aliases=tuple(aliases),
                value=value,
                optional=tuple(optional),
                bare=tuple(unsaid) if optional else (),
                repeated=repeated,
                required=required,
            )
        )

    def alternatives(self, *, optional: bool, closing: str = ")") -> None:
        """`(a|b)`: one of several words."""
        words: list[str] = []
        while True:
            words.append(self.take())
            token = self.take() if self.peek() else ""
            if token == closing:
                break
            if token != "|":
                raise ValueError(f"{closing!r} is missing after {words[-1]}")
        if words[0].startswith("-"):
            self.options.append(Option(aliases=tuple(words), required=True))
            return
        self.operands.append(Operand(words=tuple(words), optional=optional, repeated=self.dots()))

    def item(self, *, optional: bool) -> None:
        token = self.peek()
        if token in ("]", ")", "|", "..."):
            raise ValueError(f"{token!r} has nothing before it")
        if token.startswith("-") and token not in ("-", "--"):
            self.option(required=True)
        elif _NAME.match(token):
            self.position += 1
            self.operands.append(Operand(name=token, optional=optional, repeated=self.dots()))
        else:
            self.position += 1
            self.operands.append(Operand(words=(token,), optional=optional))
