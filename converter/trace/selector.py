"""Selectors: the input that says which environment a run is for, and the runs that the script makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import msgspec

from converter.model.environment import NAMES, canonical, rank
from converter.model.trace import Choice, Compare, Disposition, ScriptInput, Selection, Step, Trace
from converter.model.value import Literal, Value, Variable

OTHER = "other"
_TELLING = re.compile(r"(?:^|_)(?:env|environment|stage|tier)$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][\w.-]*\Z", re.ASCII)
_MOST = 12
Place = tuple[str, int, int]
Follow = Callable[[Mapping[str, str]], Trace]


def texts_of(subject: Compare) -> tuple[str, ...]:
    """The texts that a comparison holds its left side against: one word, or those of `^(staging|production)$`."""
    text = subject.right.text or ""
    if subject.operator == "==":
        return (text,) if _WORD.match(text) else ()
    found = re.fullmatch(r"\^?\(?((?:[\w-]+\|)+[\w-]+)\)?\$?|\^?@?\(((?:[\w-]+\|)+[\w-]+)\)\$?", text)
    words = (found[1] or found[2]).split("|") if found else []
    return tuple(word for word in words if _WORD.match(word))


def named_files(value: Value, exists: Callable[[Value], bool]) -> tuple[tuple[Variable, str], ...]:
    """The environments for which a path such as `config/$ENV.sh` names a file that is there, with the variable."""
    open_ = [part for part in value.parts if isinstance(part, Variable) and Value(part).text is None]
    inputs = [part for part in open_ if _TELLING.search(part.name) or part.name.startswith("arg")]
    if len(inputs) != 1:
        return ()
    chosen = inputs[0]
    words = (word for spellings in NAMES.values() for word in spellings)
    return tuple((chosen, word) for word in words if exists(_with(value, chosen, word)))


def _with(value: Value, chosen: Variable, word: str) -> Value:
    return value.map(lambda part: Literal(word) if part == chosen else part)


def selected(base: Trace, follow: Follow) -> tuple[Trace, ...]:
    """The runs of the script, one for each environment that it knows, in the order of a promotion, each followed for
    itself; none where no input selects an environment, or where some command would be in no run."""
    inputs = {item.name: item for item in base.inputs}
    for choice in sorted(base.choices, key=lambda choice: not _TELLING.search(choice.name)):
        if choice.name in inputs and (texts := _environments(inputs[choice.name], choice)):
            runs = _Runs(inputs[choice.name], follow)
            found = runs.of(texts, _acting(base))
            if found:
                return found
    return ()


def _environments(item: ScriptInput, choice: Choice) -> list[str]:
    """The texts that name environments, if that is what the input is about."""
    default = item.default.text if item.default is not None else None
    texts = [text for text in (*choice.texts, default or "") if _WORD.match(text) and text not in ("help", "usage")]
    texts = list(dict.fromkeys(texts))
    known = [text for text in texts if canonical(text) is not None]
    about = known and len(texts) <= _MOST and (known == texts or _TELLING.search(item.name))
    return sorted(texts, key=rank) if about else []


def _acting(trace: Trace) -> frozenset[Place]:
    """The commands that do something."""
    done = {step.id for step in trace.steps if not _only_tells(step)}
    return frozenset(command.span.start for command in trace.commands if not done.isdisjoint(command.steps))


def _only_tells(step: Step) -> bool:
    """Whether it prints something, or ends the script: the text of a usage is in no run that goes on."""
    words = [word.text for word in step.argv]
    prints = words[:1] in (["echo"], ["printf"]) or words == ["cat"]
    return words[:1] in (["exit"], ["return"]) or (prints and not step.redirects)


def _reached(trace: Trace) -> frozenset[Place]:
    """The commands that a run comes to."""
    return frozenset(
        command.span.start for command in trace.commands if command.steps or command.disposition != Disposition.DROPPED
    )


class _Runs:
    """Follows the script for what its selector may be told."""

    def __init__(self, item: ScriptInput, follow: Follow) -> None:
        self._item, self._follow = item, follow

    def of(self, texts: list[str], all_: frozenset[Place]) -> tuple[Trace, ...]:
        """The run of each environment, with one for any other text where that does something that no other does; none
        if a command is left over."""
        runs = self._merged([(text, self._told(text)) for text in texts])
        covered = frozenset().union(*(_reached(trace) for _, _, trace in runs))
        if len(runs) == 1 or all_ - covered:
            other = self._told(OTHER)
            if not other.fails:
                place = next((i for i, (name, _, _) in enumerate(runs) if rank(name) > rank(OTHER)), len(runs))
                runs.insert(place, (OTHER, OTHER, other))
                covered |= _reached(other)
        runs = [run for run in runs if not run[2].fails]
        if all_ - covered or len(runs) < 2:
            return ()
        return tuple(msgspec.structs.replace(trace, selection=self._chosen(name, text)) for name, text, trace in runs)

    def _told(self, text: str) -> Trace:
        return self._follow(self._given(text))

    def _given(self, text: str) -> dict[str, str]:
        given = {self._item.name: text}
        return {**given, f"arg{self._item.position}": text} if self._item.position else given

    def _merged(self, runs: list[tuple[str, Trace]]) -> list[tuple[str, str, Trace]]:
        """Two spellings of one environment are one, unless each does what the other does not."""
        found: dict[str, tuple[str, Trace]] = {}
        for text, trace in runs:
            name = canonical(text) or text
            before = found.get(name)
            if before is None or _acting(before[1]) < _acting(trace):
                found[name] = (text, trace)
            elif not _acting(trace) <= _acting(before[1]):
                found[text] = (text, trace)
        return [(name, text, trace) for name, (text, trace) in found.items()]

    def _chosen(self, name: str, text: str) -> Selection:
        folder = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        return Selection(environment=folder, variable=self._item.name, text=text)
