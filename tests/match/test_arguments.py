"""Total argument accounting: a synopsis takes a command only if it understands every word of it."""

from __future__ import annotations

import pytest

from converter.match.arguments import Bound, MisfitError, bind
from converter.match.synopsis import read_option, read_synopsis
from converter.model.value import Literal, Value, Variable


def bound(synopsis: str, *words: str | Value, head: tuple[str, ...] = (), bundled: bool = False) -> dict[str, object]:
    """The names that got something, as text."""
    given = tuple(Value.of(word) if isinstance(word, str) else word for word in words)
    options = tuple(read_option(text) for text in head)
    names = bind(read_synopsis(synopsis), options, given, bundled=bundled)
    return {name: _read(value) for name, value in names.items() if value not in (None, False, []) and name != "options"}


def _read(value: Bound) -> object:
    if isinstance(value, list):
        return [item.shell() for item in value]
    return value.shell() if isinstance(value, Value) else value


CLONE = "clone [-q|--quiet] [--depth=DEPTH] [-b BRANCH|--branch=BRANCH] REPO [DEST]"
TAR = "[-x] [-z] [-v] [-f FILE|--file=FILE] [-C DIR] [MEMBER...]"


@pytest.mark.parametrize(
    ("synopsis", "line", "expected"),
    [
        (CLONE, "clone u", {"CLONE": True, "REPO": "u"}),
        (CLONE, "clone u d", {"CLONE": True, "REPO": "u", "DEST": "d"}),
        (CLONE, "-q clone u", {"CLONE": True, "Q": True, "QUIET": True, "REPO": "u"}),
        (CLONE, "clone u d -b main", {"CLONE": True, "REPO": "u", "DEST": "d", "BRANCH": "main"}),
        (CLONE, "clone --branch main u", {"CLONE": True, "REPO": "u", "BRANCH": "main"}),
        (CLONE, "clone --branch=main u", {"CLONE": True, "REPO": "u", "BRANCH": "main"}),
        (CLONE, "clone -bmain u", {"CLONE": True, "REPO": "u", "BRANCH": "main"}),
        (CLONE, "clone -qbmain u", {"CLONE": True, "Q": True, "QUIET": True, "REPO": "u", "BRANCH": "main"}),
        (CLONE, "clone --depth 1 u", {"CLONE": True, "REPO": "u", "DEPTH": "1"}),
        (CLONE, "clone -- -odd", {"CLONE": True, "REPO": "-odd"}),
        (TAR, "-xzf a.tgz", {"X": True, "Z": True, "FILE": "a.tgz"}),
        (TAR, "-x -z -fa.tgz m n", {"X": True, "Z": True, "FILE": "a.tgz", "MEMBER": ["m", "n"]}),
        ("[-9] [-NUMBER] FILE", "-9 x", {"9": True, "FILE": "x"}),
        ("[-NUMBER] FILE", "-20 x", {"NUMBER": "20", "FILE": "x"}),
        ("(up|start) [-d]", "start -d", {"START": True, "D": True}),
        ("SRC... DEST", "a b c", {"SRC": ["a", "b"], "DEST": "c"}),
        ("SRC... DEST", "a b", {"SRC": ["a"], "DEST": "b"}),
        ("[A] B", "x", {"B": "x"}),
        ("[A] B", "x y", {"A": "x", "B": "y"}),
        ("[-e VAR]... IMAGE", "-e A=1 -eB=2 i", {"VAR": ["A=1", "B=2"], "E": True, "IMAGE": "i"}),
        ("[--color[=WHEN]] FILE", "--color f", {"WHEN": "", "COLOR": True, "FILE": "f"}),
        ("[--color[=WHEN]] FILE", "--color=never f", {"WHEN": "never", "COLOR": True, "FILE": "f"}),
        (
            "[-p|--preserve[=WHAT]] [-r] FILE",
            "-pr f",
            {"WHAT": "", "P": True, "PRESERVE": True, "R": True, "FILE": "f"},
        ),
        ("[-p DIR|--tmpdir[=DIR]] [NAME]", "-p /x", {"DIR": "/x", "P": True, "TMPDIR": True}),
        ("[-p DIR|--tmpdir[=DIR]] [NAME]", "--tmpdir x", {"DIR": "", "P": True, "TMPDIR": True, "NAME": "x"}),
        (
            "[-i[=SUFFIX]|--in-place[=SUFFIX]] FILE",
            "-i.b f",
            {"SUFFIX": ".b", "I": True, "IN_PLACE": True, "FILE": "f"},
        ),
        ("[-p|--keep[=WHAT]] [-r] FILE", "-pr f", {"WHAT": "", "P": True, "KEEP": True, "R": True, "FILE": "f"}),
        ("[-p DIR|--in[=DIR]] FILE", "-p d f", {"DIR": "d", "P": True, "IN": True, "FILE": "f"}),
        ("MODE FILE", "+x f", {"MODE": "+x", "FILE": "f"}),
        ("FILE", "-", {"FILE": "-"}),
        ("-d DIR FILE", "f -d /x", {"DIR": "/x", "D": True, "FILE": "f"}),
        ("exec ...", "exec a --b -c", {"EXEC": True}),
        (
            "run [-p PORT] IMAGE [COMMAND...]",
            "run -p 1 i s -p 2 -- x",
            {"RUN": True, "PORT": "1", "P": True, "IMAGE": "i", "COMMAND": ["s", "-p", "2", "--", "x"]},
        ),
        ("run [-p PORT] IMAGE [COMMAND...]", "run i", {"RUN": True, "IMAGE": "i"}),
    ],
)
def test_understood(synopsis: str, line: str, expected: dict[str, object]) -> None:
    assert bound(synopsis, *line.split()) == expected


@pytest.mark.parametrize(
    ("synopsis", "line", "word"),
    [
        (CLONE, "clone --mirror u", "--mirror"),
        (CLONE, "clone -qX u", "-X"),
        (CLONE, "clone u d e", "e"),
        (CLONE, "clone", "a command without REPO"),
        (CLONE, "fetch u", "fetch"),
        (CLONE, "clone u --depth", "--depth without its argument"),
        (CLONE, "clone --quiet=no u", "--quiet=no"),
        (CLONE, "clone --depth=1 --depth=2 u", "--depth a second time"),
        (CLONE, "clone --dep=1 u", "--dep=1"),
        ("-d DIR FILE", "f", "a command without -d"),
        ("FILE", "a b", "b"),
        ("[-9] FILE", "-8 x", "-8"),
        ("(up|start)", "stop", "stop"),
    ],
)
def test_not_understood(synopsis: str, line: str, word: str) -> None:
    with pytest.raises(MisfitError) as misfit:
        bound(synopsis, *line.split())
    assert misfit.value.word == word


FLAGS = Value(Literal("-"), Variable("FLAGS"))


@pytest.mark.parametrize(
    "word",
    [
        FLAGS,
        Value(Literal("--"), Variable("X")),
        Value(Literal("-q"), Variable("X")),
        Value(Literal("--dep"), Variable("X")),
    ],
    ids=lambda word: word.shell(),
)
def test_an_option_known_only_in_part_is_no_operand(word: Value) -> None:
    """`rm -$FLAGS dir` must never become the removal of a file called `-$FLAGS`."""
    with pytest.raises(MisfitError):
        bound("[-q] [--depth=DEPTH] FILE...", word, "x")


def test_arguments_keep_their_variables() -> None:
    assert (
        bound("[-p PASS] FILE", Value(Literal("-p"), Variable("SECRET")), Value(Variable("F")))["PASS"] == "${SECRET}"
    )
    assert bound("[--to=DIR]", Value(Literal("--to="), Variable("D"), Literal("/x")))["DIR"] == "${D}/x"


def test_an_option_held_in_a_variable_is_an_option() -> None:
    assert bound("[-r] FILE", Value(Variable("OPTS", Value.of("-r"))), "x") == {"R": True, "FILE": "x"}


@pytest.mark.parametrize("line", ["xzf a.tgz", "xfz a.tgz", "-xzf a.tgz"])
def test_flags_without_a_dash(line: str) -> None:
    assert bound(TAR, *line.split(), bundled=True)["FILE"] == "a.tgz"


def test_options_of_the_tool_are_accepted_anywhere() -> None:
    for line in ("-C /srv pull", "pull -C /srv"):
        assert bound("pull", *line.split(), head=("-C DIR",))["DIR"] == "/srv"


@pytest.mark.parametrize("text", ["[-q", "(a|b", "[A", "(a b)", "]"])
def test_a_synopsis_that_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"missing|nothing before|after"):
        read_synopsis(text)


def test_leading_options_end_at_the_first_operand() -> None:
    leading = (read_option("-C DIR"),)

    def read(*words: str) -> dict[str, Bound]:
        return bind(read_synopsis("branch [-C] NAME..."), (), tuple(map(Value.of, words)), leading=leading)

    before, after = read("-C", "/srv", "branch", "x"), read("branch", "-C", "x", "y")
    assert (_read(before["DIR"]), _read(before["NAME"])) == ("/srv", ["x"])
    assert (after["DIR"], after["C"], _read(after["NAME"])) == (None, True, ["x", "y"])
    with pytest.raises(MisfitError):
        bind(read_synopsis("commit [NAME]"), (), tuple(map(Value.of, ("commit", "-C", "x"))), leading=leading)
