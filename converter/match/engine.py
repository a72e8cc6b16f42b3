"""One step against the rules of its tool: the first rule that understands all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from converter.match.arguments import Bindings, MisfitError, bind
from converter.match.expressions import command_path, evaluate, expression, surroundings
from converter.match.kept import command
from converter.match.load import RuleBook
from converter.match.rule import Rule
from converter.match.specs import specs
from converter.match.synopsis import Grammar
from converter.match.unsuited import ExpressionError, UnsuitedError
from converter.model.match import Match, Verdict
from converter.model.paths import program_of
from converter.model.resource import Spec
from converter.model.trace import Redirection, Step
from converter.model.value import Value

# `log` as a word of its own: what goes to `catalog.json` or `blog.html` is no log, and must not be lost.
_LOG = re.compile(
    r"(.*/)?(([^/]*[^/a-z])?log(s|files?)?([^/a-z][^/]*)?|[^/]*\.(out|err))|(.*/)?logs?/[^/]*|&?[12]", re.IGNORECASE
)

# What a rule that keeps a command may say of it.
OF_COMMAND = ("creates", "removes", "effect", "unchanged")

# The stage of a pipeline that is more than one simple command, as a rule writes it.
COMPOUND = ("...",)


def match_step(step: Step, rules: RuleBook) -> Match:
    """The match of one step."""
    unknown = next((part for value in _values(step) for part in value.unknowns), None)
    if unknown is not None:
        return Match(
            step=step.id, verdict=Verdict.UNMATCHED, reason=f"{unknown.text or 'a part of it'}: {unknown.reason}"
        )
    if step.stages:
        return _pipeline(step, rules)
    if not step.argv:
        reason = step.reason or "it is run as it is"
        return Match(step=step.id, verdict=Verdict.KEEP, specs=(command(step),), reason=reason)
    return _simple(step, rules)


def _values(step: Step) -> list[Value]:
    inputs = [value for value in (step.stdin, step.stdin_path, step.context.cwd) if value is not None]
    words = [*step.argv, *(word for stage in step.stages for word in stage)]
    return [*words, *inputs, *(redirect.target for redirect in step.redirects), *_own(step)]


def _own(step: Step) -> list[Value]:
    return [] if step.argv else [step.source, *(value for _, value in step.context.environment)]


class Attempt(NamedTuple):
    """What came of a rule that may fit: a match, or how near it came and why it is none."""

    rule: Rule
    tool_length: int
    nearness: tuple[int, int] = (0, 0)
    problem: str = ""
    match: Match | None = None


def attempts(step: Step, rules: RuleBook) -> Iterator[Attempt]:
    """All rules that may fit a simple command, in the order in which they are asked."""
    name = command_path(step.argv[0])
    for rule, tool_length, grammar in _closest(name, step, rules) if name is not None else ():
        yield _attempt(rule, grammar, step, tool_length)


def _simple(step: Step, rules: RuleBook) -> Match:
    if command_path(step.argv[0]) is None:
        return _unmatched(step, f'the command "{step.argv[0].shell()}" is known only at run time')
    nearest: Attempt | None = None
    for attempt in attempts(step, rules):
        if attempt.match is not None:
            return attempt.match
        # A rule for any tool at all is near to none.
        if "*" not in attempt.rule.tools and (nearest is None or attempt.nearness > nearest.nearness):
            nearest = attempt
    return _unmatched(step, nearest.problem if nearest and nearest.problem else f'no rule knows "{_line(step)}"')


def _attempt(rule: Rule, grammar: Grammar, step: Step, tool_length: int) -> Attempt:
    bindings: Bindings = {}
    bundled = bool(rule.get("bundled"))
    if not rule.get("anything"):
        try:
            bindings = bind(grammar, rule.head, step.argv[tool_length:], bundled=bundled, leading=rule.leading)
        except MisfitError as problem:
            told = problem.depth or problem.word.startswith("-")
            text = f"{_line(step)}: the rule {rule.id} does not understand {problem.word}" if told else ""
            return Attempt(rule, tool_length, (1, problem.depth), text)
    elif rule.verdict == Verdict.BECOMES:
        return Attempt(rule, tool_length)
    stream = _streams(rule, step, bindings) or _globbed(rule, bindings)
    if stream:
        return Attempt(rule, tool_length, (3, 0), stream)
    found = _applied(rule, step, bindings)
    if isinstance(found, Match):
        return Attempt(rule, tool_length, match=found)
    return Attempt(rule, tool_length, (2, 0), f"{_line(step)}: the rule {rule.id} does not fit: {found}")


def _closest(name: str, step: Step, rules: RuleBook) -> list[tuple[Rule, int, Grammar]]:
    """What may fit, the user's rules first, then the longer name of the tool: `python -m venv` before `python`."""
    words = dict.fromkeys(word.text or "" for word in step.argv[1:])
    found = []
    for entry in (entry for spelling in _spellings(name) for entry in rules.index(spelling).find(words)):
        length = _tool_length(entry.rule, step.argv)
        if length:
            found.append((entry.rule, length, entry.grammar))
    return sorted(found, key=lambda one: (rules.is_built_in(one[0]), -one[1]))


def _spellings(name: str) -> tuple[str, ...]:
    """What a rule may call the program: as written, any in its directory, without directory, any at all."""
    folder, slash, base = name.rpartition("/")
    return (name, f"{folder}/*", base, "*") if slash else (name, "*")


def _tool_length(rule: Rule, argv: tuple[Value, ...]) -> int:
    """How many words of the command name the tool; 0 if it is another tool."""
    path = command_path(argv[0]) or ""
    words = [path, *(word.text for word in argv[1:4])]
    firsts = {tool.split()[0] for tool in rule.tools}
    words[0] = next((name for name in _spellings(path) if name in firsts), "")
    if rule.verdict == Verdict.ABSORB and "/" not in (words[0] or "") and "/" in program_of(path):
        # Only a program of the system is known by its name alone to change nothing.
        return 0
    return max((len(tool.split()) for tool in rule.tools if tool.split() == words[: len(tool.split())]), default=0)


def _streams(rule: Rule, step: Step, bindings: Bindings) -> str:
    """Why the rule does not account for the step's input and output; binds them where it does."""
    if step.background and not step.waited and not rule.get("background"):
        return "it goes on in the background"
    if step.through and rule.verdict == Verdict.BECOMES:
        return "it runs as somebody else than the one who opens its file"
    if rule.verdict == Verdict.KEEP and not any(rule.get(field) for field in ("stdin", "input", "redirect", "log")):
        return ""
    surplus = _input(rule, step, bindings)
    if surplus:
        return surplus
    if rule.get("log"):
        return _logged(rule, step, bindings)
    wanted = rule.get("redirect")
    if wanted is None and rule.verdict == Verdict.BECOMES and all(_to_log(redirect) for redirect in step.redirects):
        return ""
    outputs = [redirect for redirect in step.redirects if redirect.descriptor in (None, 1)]
    if len(step.redirects) != len(outputs) or len(outputs) > 1:
        return "its error output goes to a file"
    if wanted is None:
        return f"its output goes to {outputs[0].target.shell()}" if outputs else ""
    if not outputs:
        return "its output is not written to a file"
    if bool(rule.get("append", False)) != (outputs[0].operator in (">>", "&>>")):
        return "it is appended" if not rule.get("append") else "it is not appended"
    bindings[wanted] = outputs[0].target
    if rule.get("background") and not step.background:
        return "it does not go on in the background"
    return ""


def _to_log(redirect: Redirection) -> bool:
    """Whether a log takes the output: what a resource does is reported by what applies it."""
    target = redirect.target.text or redirect.target.shell()
    return redirect.operator not in ("<", "<<", "<<<", "<>") and _LOG.fullmatch(target) is not None


def _logged(rule: Rule, step: Step, bindings: Bindings) -> str:
    """Its output goes to files: the rule's name takes that of all of it, `APPENDED` tells how; where errors go to one
    of their own, `ERRORS` takes it."""
    files = [item for item in step.redirects if (item.target.text or "-") not in ("1", "2", "&1", "&2")]
    errors = [item for item in files if item.descriptor == 2]
    output = [item for item in files if item.descriptor != 2]
    if {item.target.key() for item in errors} == {item.target.key() for item in output}:
        errors = []
    bindings[rule.get("log")] = output[0].target if output else None
    bindings["APPENDED"] = any(item.operator.endswith(">>") for item in output)
    bindings["ERRORS"] = errors[0].target if errors else None
    bindings["ERRORS_APPENDED"] = any(item.operator.endswith(">>") for item in errors)
    if len(output) > 1 or len(errors) > 1:
        return "its output goes to several files"
    return ""


def _input(rule: Rule, step: Step, bindings: Bindings) -> str:
    wanted = rule.get("stdin")
    if step.output:
        return "its output is kept in a variable"
    if rule.get("background") and not step.background:
        return "it does not go on in the background"
    if step.stdin_path is not None and rule.get("input"):
        bindings[rule.get("input")] = step.stdin_path
        return ""
    if rule.get("input"):
        return "it does not read a file"
    if step.stdin_path is not None:
        return f"it reads {step.stdin_path.shell()}"
    if wanted is None:
        return "it reads text that is given to it" if step.stdin is not None else ""
    optional = wanted.startswith("[")
    if step.stdin is None and not optional:
        return "no text is given to it"
    bindings[wanted.strip("[]")] = step.stdin
    return ""


def _globbed(rule: Rule, bindings: Bindings) -> str:
    for name, bound in bindings.items():
        values = bound if isinstance(bound, list) else [bound]
        for value in values:
            if isinstance(value, Value) and value.has_glob and name not in rule.globs:
                return f"{value.shell()} stands for names that only the host knows"
    return ""


def _applied(rule: Rule, step: Step, bindings: Bindings) -> Match | str:
    """The match, or why there is none."""
    names = {**surroundings(step), **rule.blank, **bindings}
    names.setdefault("stdin", step.stdin)
    try:
        if rule.get("when") is not None and not _holds(rule, names):
            return "it is for other cases"
        made = _made(rule, step, names)
    except UnsuitedError as problem:
        return str(problem)
    reason = rule.get("keep") or rule.get("absorb") or ""
    return Match(
        step=step.id,
        verdict=rule.verdict,
        rule=rule.id,
        specs=made,
        reason=str(reason),
        phase=str(rule.get("phase") or ""),
    )


def _holds(rule: Rule, names: dict[str, object]) -> bool:
    try:
        return bool(expression(str(rule.get("when")), names))
    except ExpressionError as problem:
        rule.fail("when", str(problem))


def _made(rule: Rule, step: Step, names: dict[str, object]) -> tuple[Spec, ...]:
    if rule.verdict == Verdict.BECOMES:
        return specs(rule, names)
    if rule.verdict == Verdict.ABSORB:
        return ()
    fields = {field: evaluate(rule.get(field), names) for field in OF_COMMAND if rule.get(field)}
    return (command(step, **fields),)


def _pipeline(step: Step, rules: RuleBook) -> Match:
    names = {(stage[0].text or "").rpartition("/")[2] for stage in step.stages if stage}
    for word in sorted(names - {""}):
        for rule in rules.rules(word):
            bindings = _stages(rule, step) if rule.get("pipeline") else None
            if bindings is not None and not _globbed(rule, bindings):
                found = _applied(rule, step, bindings)
                if isinstance(found, Match):
                    return found
    reason = step.reason or "a pipeline is run as it is"
    return Match(step=step.id, verdict=Verdict.KEEP, specs=(command(step),), reason=reason)


def _stages(rule: Rule, step: Step) -> Bindings | None:
    if len(rule.stages) != len(step.stages) or step.redirects or step.background:
        return None
    bindings: Bindings = {}
    for (tools, grammar), stage in zip(rule.stages, step.stages, strict=True):
        argv = stage
        if not argv and tools == COMPOUND:
            continue
        # What is left of `sudo -E`.
        while len(argv) > 1 and (argv[0].text or "").startswith("-"):
            argv = argv[1:]
        if not argv or (argv[0].text or "").rpartition("/")[2] not in tools or any(word.text == "<" for word in argv):
            return None
        own = rule.head if set(tools) <= set(rule.tools) else ()
        try:
            bindings.update(bind(grammar, own, argv[1:], bundled=bool(rule.get("bundled"))))
        except MisfitError:
            return None
    return bindings


def _unmatched(step: Step, reason: str) -> Match:
    return Match(step=step.id, verdict=Verdict.UNMATCHED, specs=(command(step),), reason=reason)


def _line(step: Step) -> str:
    """The command as far as a reason needs it."""
    return re.sub(r"\s+", " ", " ".join(word.shell() for word in step.argv[:3])).strip()
