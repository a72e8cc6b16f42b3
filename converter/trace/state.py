"""The state of the shell at one point of the script: variables, directory, place, path condition."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum

import msgspec

from converter.model.script import Define, Redirect
from converter.model.trace import Context, Guard, Host, Redirection
from converter.model.value import Unknown, Value, Variable
from converter.trace.conditions import SUCCESS, Condition

MOST_ALTERNATIVES = 6
ADOPTED = (
    *(
        "cwd",
        "cwds",
        "slots",
        "hidden",
        "functions",
        "directories",
        "lasting",
        "returned",
        "skipped",
        "passed",
        "options",
        "arguments",
        "shifted",
    ),
    "feed",
)


class End(StrEnum):
    """Why no further command of this block runs."""

    EXIT = "exit"
    FAIL = "fail"
    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"


class Choice(msgspec.Struct, frozen=True):
    """A variable that different branches set differently: values with the guards under which each holds."""

    alternatives: tuple[tuple[Guard, Value | tuple[Value, ...]], ...]


Content = Value | tuple[Value, ...] | dict[str, Value] | Choice


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable: its content, and whether commands see it, and whether it only lives in a function or loop."""

    content: Content
    exported: bool = False
    local: bool = False
    readonly: bool = False


@dataclass(slots=True)
class Streams:
    """Where a command reads from and writes to; what goes to the null device or the terminal is left out."""

    stdin: Value | None = None
    stdin_path: Value | None = None
    heredoc: Redirect | None = None
    writes: tuple[Redirection, ...] = ()


@dataclass(slots=True)
class Feed:
    """What a function was given to read: the first command inside that reads takes it."""

    streams: Streams
    taken: bool = False


@dataclass(slots=True)
class State:
    """All that a command's meaning depends on. A copy is independent of the original. `bare` hides exported
    variables, as
    sudo does; `cwds` holds the directories that branches left different, each with its guard."""

    cwd: Value
    home: Value
    host: Host | None = None
    user: Value | None = None
    slots: dict[str, Slot] = field(default_factory=dict)
    functions: dict[str, Define] = field(default_factory=dict)
    arguments: tuple[Value, ...] | None = None
    shifted: int = 0
    name: Value = field(default_factory=lambda: Value(Variable("0")))
    environment: tuple[tuple[str, Value], ...] = ()
    directories: tuple[Value, ...] = ()
    path: Guard = ()
    lasting: Guard = ()
    returned: Guard = ()
    skipped: Guard = ()
    passed: Guard = ()
    end: End | None = None
    status: Condition = SUCCESS
    options: frozenset[str] = frozenset()
    turn: str = ""
    hidden: dict[str, Slot | None] | None = None
    bare: bool = False
    cwds: tuple[tuple[Guard, Value], ...] = ()
    feed: Feed | None = None

    def copy(self) -> State:
        """An independent copy."""
        hidden = None if self.hidden is None else dict(self.hidden)
        return replace(self, slots=dict(self.slots), functions=dict(self.functions), hidden=hidden)

    def become(self, other: State) -> None:
        """Takes over all of another state."""
        for item in fields(self):
            setattr(self, item.name, getattr(other, item.name))

    @property
    def guard(self) -> Guard:
        """The whole path condition, each test once."""
        tests = dict.fromkeys((*self.lasting, *self.returned, *self.skipped, *self.passed, *self.path))
        return tuple(tests)

    def context(self) -> Context:
        """Where and as whom a command runs now, with the exported variables."""
        exported = {
            name: Value(Variable(name, slot.content)) if not slot.local else slot.content
            for name, slot in self.slots.items()
            if slot.exported and not self.bare and isinstance(slot.content, Value)
        }
        exported.update(self.environment)
        return Context(host=self.host, user=self.user, cwd=self.cwd, environment=tuple(exported.items()))

    def take_environment(self) -> None:
        """Makes variables of what the command is given, as a shell does that is started so."""
        for name, value in self.environment:
            self.slots[name] = Slot(value, exported=True)

    @property
    def in_function(self) -> bool:
        """Whether a function is running, so that `local` has a meaning."""
        return self.hidden is not None

    def declare(self, name: str, content: Content) -> None:
        """Makes a variable of the running function, which hides the one outside until the function is left."""
        self._hide(name)
        self.slots[name] = Slot(content, local=True)

    def leave(self, outside: dict[str, Slot | None] | None) -> None:
        """Leaves a function: what its own variables have hidden is seen again."""
        for name, slot in (self.hidden or {}).items():
            self.slots.pop(name, None)
            if slot is not None:
                self.slots[name] = slot
        self.hidden = outside

    def _hide(self, name: str) -> None:
        if self.hidden is not None:
            self.hidden.setdefault(name, self.slots.get(name))

    def set(self, name: str, content: Content, *, exported: bool = False, local: bool = False) -> None:
        """Assigns a variable, keeping what it was declared as."""
        old = self.slots.get(name)
        if old is not None and old.readonly:
            return
        if local:
            self._hide(name)
        exported = exported or "allexport" in self.options or (old is not None and old.exported)
        self.slots[name] = Slot(content, exported, local or (old is not None and old.local))


def merge(target: State, first: tuple[Guard, State], second: tuple[Guard, State]) -> None:
    """Makes `target` the state after two branches; a branch that has ended leaves the other one's state."""
    (guard, left), (other, right) = first, second
    if left.end and right.end:
        target.end = left.end if left.end == right.end else End.EXIT
        return
    if left.end or right.end:
        ended, going, remains = (left, right, other) if left.end else (right, left, guard)
        _adopt(target, going)
        _persist(target, ended.end, remains)
        return
    _adopt(target, left)
    for name in dict.fromkeys((*left.slots, *right.slots)):
        mine, theirs = left.slots.get(name), right.slots.get(name)
        content = _joined(guard, mine, other, theirs, name)
        if content is None:
            target.slots.pop(name, None)
            continue
        kept = mine or theirs
        target.slots[name] = replace(kept, content=content) if kept else Slot(content)
    if left.hidden is not None:
        target.hidden = {**(right.hidden or {}), **left.hidden}
    target.functions = {**right.functions, **left.functions}
    target.lasting = tuple(dict.fromkeys((*left.lasting, *right.lasting)))
    target.options = left.options & right.options
    _merge_directories(target, first, second)


def _merge_directories(target: State, first: tuple[Guard, State], second: tuple[Guard, State]) -> None:
    """Where branches end in different directories, what follows is followed once for each of them."""
    choices = (*_directories(*first), *_directories(*second))
    if len({cwd.key() for _, cwd in choices}) == 1:
        target.cwds = ()
        return
    target.cwds = choices if len(choices) <= MOST_ALTERNATIVES else ()
    said = " or ".join(dict.fromkeys(cwd.shell() for _, cwd in choices))
    target.cwd = Value(Unknown("the directory depends on a condition", said))


def _directories(guard: Guard, state: State) -> tuple[tuple[Guard, Value], ...]:
    inside = state.cwds or (((), state.cwd),)
    return tuple((tuple(dict.fromkeys((*guard, *inner))), cwd) for inner, cwd in inside if not _opposed(guard, inner))


def _adopt(target: State, source: State) -> None:
    for name in ADOPTED:
        setattr(target, name, getattr(source, name))
    target.user, target.status, target.end = source.user, source.status, None


def _persist(target: State, end: End | None, guard: Guard) -> None:
    if end == End.EXIT:
        target.lasting = tuple(dict.fromkeys((*target.lasting, *guard)))
    elif end == End.RETURN:
        target.returned = tuple(dict.fromkeys((*target.returned, *guard)))
    elif end == End.BREAK:
        target.skipped = tuple(dict.fromkeys((*target.skipped, *guard)))
    elif end == End.CONTINUE:
        target.passed = tuple(dict.fromkeys((*target.passed, *guard)))


def _joined(guard: Guard, mine: Slot | None, other: Guard, theirs: Slot | None, name: str) -> Content | None:
    left = mine.content if mine else None
    right = theirs.content if theirs else None
    if left == right:
        return left
    if isinstance(left, dict) or isinstance(right, dict):
        return left if left is not None else right
    unset = Value(Variable(name))
    alternatives = (*_under(guard, left or unset), *_under(other, right or unset))
    if len(alternatives) > MOST_ALTERNATIVES:
        return Value(Unknown("it depends on too many conditions", f"${name}"))
    return Choice(alternatives)


def _under(
    guard: Guard, content: Value | tuple[Value, ...] | Choice
) -> tuple[tuple[Guard, Value | tuple[Value, ...]], ...]:
    if isinstance(content, Choice):
        return tuple(
            (tuple(dict.fromkeys((*guard, *inner))), value)
            for inner, value in content.alternatives
            if not _opposed(guard, inner)
        )
    return ((guard, content),)


def _opposed(left: Guard, right: Guard) -> bool:
    opposites = {(test.id, test.negated) for test in left}
    return any((test.id, not test.negated) in opposites for test in right)
