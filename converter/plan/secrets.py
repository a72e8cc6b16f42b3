"""Finds the secrets of a script, before anything is written: in its text, in what it runs and in what it assigns."""

from __future__ import annotations

import bisect
import re

from converter.model.source import SourceFile, Span
from converter.model.trace import Step, Trace
from converter.model.value import Value, Variable
from converter.plan.masking import FoundSecret
from converter.plan.rewrite import values
from converter.plan.shapes import STDIN_FLAG, Found, flagged, literal, scan, telling

_ORDINARY = frozenset(
    """root admin administrator password passwd secret test tester testing user guest default postgres mysql redis
    mongo oracle welcome letmein qwerty master public private demo local localhost docker ubuntu deploy vagrant
    app web pass""".split()
)
_SHORTEST = 6


def find_secrets(*traces: Trace) -> tuple[FoundSecret, ...]:
    """Every secret of the traces once, with a name of its own; the author's name for it where there is one."""
    files = dict.fromkeys(file for trace in traces for file in trace.files)
    collected = _Collected("\n".join(file.text for file in files))
    for file in files:
        starts = _starts(file)
        for found in scan(file.text, file.language):
            collected.add(found, _span(file, starts, found))
    for trace in traces:
        _collect(collected, trace)
    return collected.secrets()


def _collect(collected: _Collected, trace: Trace) -> None:
    for step in trace.steps:
        for found in scan(_line(step)):
            collected.add(found, step.span)
        fed = _own_text(step.stdin)
        if fed is not None and literal(fed.strip()) and _reads_a_secret(step):
            collected.add(Found("registry_password", fed.strip(), fed.strip(), 0), step.span)
    for binding in trace.bindings:
        collected.add_variable(binding.name, binding.value, binding.span)
    for step in trace.steps:
        for name, value in step.context.environment:
            collected.add_variable(name, value, step.span)
        for value in values((step.argv, step.stdin)):
            for variable in value.variables:
                collected.add_variable(variable.name, variable.value, step.span)
    for item in trace.inputs:
        if item.default is not None and item.secret:
            collected.add_variable(f"{item.name}_PASSWORD", item.default, item.span)


class _Collected:
    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, list[tuple[Found, Span | None]]] = {}
        self._flagged = flagged(text)

    def add(self, found: Found, span: Span | None) -> None:
        self._found.setdefault(found.value, []).append((found, span))

    def add_variable(self, name: str, value: Value | None, span: Span | None) -> None:
        text = _own_text(value)
        if text is None or not (telling(name) or name in self._flagged) or not literal(text):
            return
        self.add(Found(name, text, text, 0, True), span)

    def secrets(self) -> tuple[FoundSecret, ...]:
        taken: set[str] = set()
        done = []
        for value, places in self._found.items():
            name = next((found.name for found, _ in places if found.telling), places[0][0].name)
            spans = tuple(sorted({span for _, span in places if span is not None}))
            forms = tuple(dict.fromkeys(found.raw for found, _ in places if found.raw != value))
            done.append(
                FoundSecret(name=_free(name, taken), value=value, forms=forms, spans=spans, weak=self._weak(value))
            )
        return tuple(done)

    def _weak(self, value: str) -> bool:
        if value.lower() in _ORDINARY or len(value) < _SHORTEST:
            return True
        if not re.fullmatch(r"[a-z][a-z_-]*|[A-Z][A-Z_-]*", value):
            return False
        return re.search(rf"[\w/.-]{re.escape(value)}|{re.escape(value)}[\w/.-]", self._text) is not None


def _reads_a_secret(step: Step) -> bool:
    return any(re.fullmatch(STDIN_FLAG, word.text or "") for word in step.argv)


def _own_text(value: Value | None) -> str | None:
    """The text of a value that is written out; what comes from another variable is that one's matter."""
    if value is None or any(isinstance(part, Variable) for part in value.parts):
        return None
    return value.text


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    taken.add(free)
    return free


def _line(step: Step) -> str:
    words = [word.text if word.text is not None else word.shell() for word in step.argv]
    quoted = [
        word if re.fullmatch(r"[\w@%+=:,./$\{\}-]+", word) else "'" + word.replace("'", "'\\''") + "'" for word in words
    ]
    line = " ".join(quoted)
    text = step.stdin.text if step.stdin is not None else None
    return f"{line} <<EOF\n{text}" if text is not None and words and words[0].endswith("passwd") else line


def _starts(file: SourceFile) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", file.text))]


def _span(file: SourceFile, starts: list[int], found: Found) -> Span:
    line = bisect.bisect_right(starts, found.start)
    last = line + found.raw.count("\n")
    return Span(path=file.path, line=line, column=found.start - starts[line - 1] + 1, end_line=last)
