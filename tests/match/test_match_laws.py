"""What holds for every command: matching never raises, is the same each time, and leaves no word out of account."""

from __future__ import annotations

import re

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from converter.match import load_rules
from converter.match.arguments import MisfitError, bind
from converter.match.engine import attempts, match_step
from converter.match.rule import Rule
from converter.match.synopsis import Grammar, Option
from converter.model.match import Verdict
from converter.model.trace import Redirection, Step
from converter.model.value import CommandOutput, Glob, Literal, Part, Value, Variable
from match.writing import step

RULES, READ_AGAIN = load_rules(), load_rules()
WRITTEN: list[tuple[Rule, Grammar]] = [(rule, grammar) for rule in RULES.all() for grammar in rule.grammars]
laws = settings(deadline=None, max_examples=400, derandomize=True, suppress_health_check=list(HealthCheck))

texts = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["/srv/x", "-", "--", "---", "-9", "+x", "a:b", "a=b", "=", "-=", "s/a/b/", "{{ x }}", "1", "\n"]),
)
parts: st.SearchStrategy[Part] = st.one_of(
    st.builds(Literal, texts),
    st.sampled_from(
        [Glob("*"), CommandOutput("date"), Variable("X"), Variable("Y", Value.of("-rf")), Variable("Z", Value())]
    ),
)
values = st.one_of(texts.map(Value.of), st.lists(parts, max_size=3).map(lambda given: Value(*given)))


@st.composite
def sentences(draw: st.DrawFn) -> tuple[Rule, Grammar, tuple[Value, ...]]:
    """The words after the tool, as a synopsis of some rule would have them, more or less."""
    rule, grammar = draw(st.sampled_from(WRITTEN))
    words: list[Value] = []
    for operand in grammar.operands:
        words += [Value.of(operand.words[0])] if operand.words else draw(st.lists(values, min_size=1, max_size=2))
    for option in (
        draw(st.lists(st.sampled_from([*grammar.options, *rule.head]), max_size=4)) if _any(rule, grammar) else ()
    ):
        place = draw(st.integers(0, len(words)))
        words[place:place] = _spelt(option, draw(st.sampled_from(option.aliases)), draw(values))
    return rule, grammar, (*words, *draw(st.lists(values, max_size=1)))


def _any(rule: Rule, grammar: Grammar) -> bool:
    return bool(grammar.options or rule.head)


def _spelt(option: Option, alias: str, value: Value) -> list[Value]:
    if option.value is None:
        return [Value.of(alias)]
    if alias.startswith("--"):
        return [Value.of(f"{alias}=") + value]
    return [Value.of(alias), value]


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """A step of some tool."""
    rule, _, words = draw(sentences())
    tool = draw(st.sampled_from(rule.tools)).replace("*", "x").split()
    redirects = draw(
        st.lists(st.builds(Redirection, operator=st.sampled_from([">", ">>", "&>"]), target=values), max_size=1)
    )
    return step(
        *tool,
        *words,
        redirects=tuple(redirects),
        stdin=draw(st.none() | values),
        stdin_path=draw(st.none() | values),
        background=draw(st.booleans()),
        output=draw(st.sampled_from(["", "", "OUT"])),
    )


@laws
@given(steps())
def test_matching_never_raises_and_is_the_same_each_time(one: Step) -> None:
    found = match_step(one, RULES)
    assert found == match_step(one, READ_AGAIN)
    assert found.reason or found.verdict == Verdict.BECOMES
    assert bool(found.rule) == (found.verdict != Verdict.UNMATCHED)


@laws
@given(steps())
def test_the_first_rule_that_fits_is_taken(one: Step) -> None:
    fitting = [attempt.match for attempt in attempts(one, RULES) if attempt.match is not None]
    assert match_step(one, RULES) == fitting[0] if fitting else match_step(one, RULES).verdict == Verdict.UNMATCHED


@laws
@given(sentences(), st.integers(0, 9))
def test_a_flag_that_no_synopsis_knows_fits_none(sentence: tuple[Rule, Grammar, tuple[Value, ...]], place: int) -> None:
    rule, grammar, words = sentence
    if grammar.anything or grammar.own_words is not None:
        return
    known = [*words[:place], Value.of("--zzz-not-an-option"), *words[place:]]
    ended = next((index for index, word in enumerate(known) if word.text == "--"), len(known))
    option = _takes_next(rule, grammar, known[place - 1]) if 0 < place <= len(words) else False
    if place >= ended or option:
        return
    try:
        found = bind(grammar, rule.head, tuple(known))
    except MisfitError:
        return
    raise AssertionError(f"{rule.id} takes it: {found}")


def _takes_next(rule: Rule, grammar: Grammar, word: Value) -> bool:
    """Whether the word is an option that takes what follows as its argument."""
    text = word.text or word.shell()
    wanting = [option for option in (*grammar.options, *rule.head) if option.value is not None]
    return text.startswith("-") and any(
        text == alias or (re.fullmatch(r"-\w", alias) and not text.startswith("--") and alias[1] in text[1:])
        for option in wanting
        for alias in option.aliases
    )


@laws
@given(sentences())
def test_every_operand_is_bound_as_it_was_given(sentence: tuple[Rule, Grammar, tuple[Value, ...]]) -> None:
    """Words between which the shell made a border are never joined, cut or lost."""
    rule, grammar, words = sentence
    if grammar.anything or rule.get("bundled"):
        return
    try:
        found = bind(grammar, rule.head, words)
    except MisfitError:
        return
    named = {operand.name for operand in grammar.operands if operand.name}
    bound = [value for name in named for value in _listed(found.get(name)) if isinstance(value, Value)]
    assert all(value in words for value in bound)


def _listed(bound: object) -> list[object]:
    return bound if isinstance(bound, list) else [bound]


def test_the_cost_of_a_step_does_not_grow_with_rules_of_other_subcommands() -> None:
    """Ten times the rules of git, under other subcommands, and no more of them are asked."""
    wanted = step("git", "pull", "--ff-only", "origin")
    before = len(list(attempts(wanted, RULES)))
    more = load_rules()
    own = more.rules("git")
    others = [_renamed(rule, number) for rule in own for number in range(10)]
    more._loaded[own[0].path] = (*others, *own)
    assert len(more.rules("git")) == 11 * len(own)
    assert len(list(attempts(wanted, more))) == before


def _renamed(rule: Rule, number: int) -> Rule:
    """The same rule for a subcommand that is none."""
    lines = [re.sub(r"^(git) \S+", rf"\1 other{number}", line) for line in rule.synopses]
    data = {**rule.data, "synopsis": lines}
    return Rule(data, tools=rule.tools, head={}, path=rule.path, line=rule.line)


def test_steps_are_left_as_they_are() -> None:
    one = step("mkdir", "-p", "/srv/x")
    copy = msgspec.structs.replace(one)
    match_step(one, RULES)
    assert one == copy
