"""Total argument accounting: a command fits a grammar only if every one of its words is understood."""

from __future__ import annotations

import re

from converter.match.synopsis import Grammar, Operand, Option
from converter.model.value import Literal, Value

Bound = Value | list[Value] | bool | None
Bindings = dict[str, Bound]


class MisfitError(Exception):
    """The word that the grammar does not understand, and how many words were understood before it."""

    def __init__(self, word: str, depth: int) -> None:
        super().__init__(word)
        self.word, self.depth = word, depth


def bind(
    grammar: Grammar,
    head: tuple[Option, ...],
    words: tuple[Value, ...],
    *,
    bundled: bool = False,
    leading: tuple[Option, ...] = (),
) -> Bindings:
    """The names of the grammar with what the words give them, `leading` options before the first operand.

    Raises `MisfitError`.
    """
    reader = _Reader(grammar.options + head, grammar, leading)
    reader.options(words, bundled=bundled)
    reader.operands()
    reader.bindings["options"] = list(reader.given)
    return reader.bindings


def empty(grammars: tuple[Grammar, ...], head: tuple[Option, ...]) -> Bindings:
    """The names of all grammars, as they are where nothing was given."""
    found: Bindings = {}
    for grammar in reversed(grammars):
        reader = _Reader(grammar.options + head, grammar)
        found.update(reader.bindings)
        for operand in grammar.operands:
            if operand.name:
                found[operand.name] = [] if operand.repeated else None
    return found


class _Reader:
    def __init__(self, options: tuple[Option, ...], grammar: Grammar, leading: tuple[Option, ...] = ()) -> None:
        self.grammar = grammar
        self.anywhere = {alias: option for option in reversed(options) for alias in option.aliases}
        self.known = self.anywhere | {alias: option for option in reversed(leading) for alias in option.aliases}
        self.rest: list[Value] = []
        self.seen: set[Option] = set()
        self.given: list[Value] = []
        self.bindings: Bindings = {}
        for option in options + leading:
            for name in option.names:
                empty: Bound = [] if option.repeated and option.value else None if option.value == name else False
                self.bindings.setdefault(name, empty)
        for operand in grammar.operands:
            for word in operand.words:
                self.bindings.setdefault(_word_name(Value.of(word)), False)

    def options(self, words: tuple[Value, ...], *, bundled: bool) -> None:
        """Takes the options out of the words; what remains are operands."""
        waiting = list(words)
        if bundled and waiting and re.fullmatch(r"[A-Za-z]+", waiting[0].text or ""):
            waiting[0] = Value.of("-" + self.arguments_last(waiting[0].text or ""))
        only_operands = False
        own = self.grammar.own_words
        while waiting:
            word = waiting.pop(0)
            start = _start(word)
            if only_operands or not start.startswith(("-", "+")) or word.text in ("-", "+") or start == "+":
                self.rest.append(word)
                self.known = self.anywhere
                only_operands = only_operands or (own is not None and len(self.rest) >= own)
            elif start == "--" and word.text == "--":
                only_operands = True
            elif not self.option(word, start, waiting):
                self.rest.append(word)
        missing = [option for option in self.anywhere.values() if option.required and option not in self.seen]
        if missing:
            raise MisfitError(f"a command without {missing[0].aliases[-1]}", self.depth)

    def arguments_last(self, letters: str) -> str:
        """Flags without a dash in an order in which they may be taken with one: what takes an argument comes last."""
        return "".join(
            sorted(letters, key=lambda one: (found := self.known.get(f"-{one}")) is not None and bool(found.value))
        )

    @property
    def depth(self) -> int:
        return len(self.seen) + len(self.rest)

    def option(self, word: Value, start: str, waiting: list[Value]) -> bool:
        """Takes one option word; False if it is an operand after all."""
        name, equals, _ = start.partition("=")
        if name in self.known and (word.text is not None or equals):
            self.take(name, _after(word, len(name) + 1) if equals else None, waiting, word)
            return True
        if start.startswith("+"):
            return False
        if start.startswith("--"):
            if self.grammar.anything:
                return True
            raise MisfitError(word.shell(), self.depth)
        return self.cluster(word, start, waiting)

    def cluster(self, word: Value, start: str, waiting: list[Value]) -> bool:
        """`-xzf FILE`, `-pVALUE`, `-9`."""
        if re.fullmatch(r"-\d+", start) and "-NUMBER" in self.known:
            self.set(self.known["-NUMBER"], Value.of(start[1:]))
            return True
        for place in range(1, len(start)):
            name = f"-{start[place]}"
            found = self.known.get(name)
            if found is None and self.grammar.anything:
                return True
            if found is None:
                raise MisfitError(name if word.text is not None else word.shell(), self.depth)
            if found.value is not None and name not in found.bare:
                self.take(name, _after(word, place + 1) or None, waiting, word)
                return True
            self.take(name, None, waiting, word)
        if word.text is None:
            raise MisfitError(word.shell(), self.depth)
        return True

    def take(self, name: str, attached: Value | None, waiting: list[Value], word: Value) -> None:
        option = self.known[name]
        bare = option.value is None or name in option.bare
        if bare and attached is not None and (attached.text or "") not in ("true", "1"):
            raise MisfitError(word.shell(), self.depth)
        if option.value is None:
            self.set(option, True)
        elif bare or (attached is None and name in option.optional):
            self.set(option, Value())
        elif attached is not None:
            self.set(option, attached)
        elif waiting:
            self.set(option, waiting.pop(0))
        else:
            raise MisfitError(f"{word.shell()} without its argument", self.depth)

    def set(self, option: Option, value: Value | bool) -> None:
        spelled = Value.of(option.aliases[-1])
        joined = Value.of("=" if option.aliases[-1].startswith("--") else "")
        self.given.append(spelled + joined + value if isinstance(value, Value) and value else spelled)
        if option in self.seen and option.value is not None and not option.repeated:
            raise MisfitError(f"{option.aliases[0]} a second time", self.depth)
        for name in option.names:
            if name == option.value or option.value is None:
                old = self.bindings.get(name)
                self.bindings[name] = [*old, value] if isinstance(old, list) and isinstance(value, Value) else value
            else:
                self.bindings[name] = True
        self.seen.add(option)

    def operands(self) -> None:
        """Deals the operands out, in order."""
        pattern = self.grammar.operands
        spare = len(self.rest) - sum(1 for operand in pattern if not operand.optional)
        for index, operand in enumerate(pattern):
            spare = self.deal(operand, spare, pattern[index + 1 :])
        if self.rest and not self.grammar.anything:
            raise MisfitError(self.rest[0].shell(), self.depth)

    def deal(self, operand: Operand, spare: int, later: tuple[Operand, ...]) -> int:
        """Gives one place of the pattern its words; returns how many words are still to spare."""
        if operand.name:
            self.bindings.setdefault(operand.name, [] if operand.repeated else None)
        fits = bool(self.rest) and (not operand.words or self.rest[0].text in operand.words)
        if operand.optional and (spare <= 0 or not fits):
            return spare
        if not fits:
            word = (
                self.rest[0].shell() if self.rest else "a command without " + (operand.name or "|".join(operand.words))
            )
            raise MisfitError(word, self.depth)
        spare -= operand.optional
        count = 1
        if operand.repeated:
            reserved = sum(1 for one in later if not one.optional)
            count = max(1, len(self.rest) - reserved)
            spare -= count - 1
        taken, self.rest = self.rest[:count], self.rest[count:]
        if operand.name:
            self.bindings[operand.name] = taken if operand.repeated else taken[0]
        elif operand.words:
            for one in taken:
                self.bindings[_word_name(one)] = True
        return spare


def _word_name(word: Value) -> str:
    return re.sub(r"\W", "_", word.text or "").upper()


def _start(word: Value) -> str:
    """The text with which the word surely begins."""
    if word.text is not None:
        return word.text
    head = word.parts[0] if word.parts else None
    return head.text if isinstance(head, Literal) else ""


def _after(word: Value, length: int) -> Value:
    """The word without its first letters."""
    text = word.text
    head = word.parts[0]
    if isinstance(head, Literal) and len(head.text) >= length:
        return Value(Literal(head.text[length:]), *word.parts[1:])
    return Value.of((text or "")[length:])
