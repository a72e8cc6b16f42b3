"""Finds the secrets of a script, before anything is written: in its text, in what it runs and in what it assigns."""

from __future__ import annotations

import re

import msgspec

from converter.model.secret import FoundSecret
from converter.model.source import SourceFile, Span
from converter.model.trace import Step, Trace
from converter.model.value import Literal, Value, Variable
from converter.plan.detection import Found, flagged, literal, scan, second_net, telling
from converter.plan.detection.commands import STDIN_FLAG
from converter.plan.masking import Secrets
from converter.plan.rewrite import values

_ORDINARY = frozenset(
    """root admin administrator password passwd secret test tester testing user guest default postgres mysql redis
    mongo oracle welcome letmein qwerty master public private demo local localhost docker ubuntu deploy vagrant
    app web pass""".split()
)
_SHORTEST = 6


def find_secrets(*traces: Trace) -> tuple[FoundSecret, ...]:
    """Every secret of the traces once, with a name of its own; the author's name for it where there is one."""
    files = tuple(dict.fromkeys(file for trace in traces for file in (*trace.files, *trace.documents)))
    collected = _Collected(files)
    for file in files:
        for found in scan(file.text, file.language):
            collected.add(found, _span(file, found.start, found.raw))
    for trace in traces:
        collected.environment = trace.selection.environment if trace.selection is not None else ""
        _in_steps(trace, collected)
        _in_variables(trace, collected)
        collected.seen_in(trace)
    collected.environment = None
    explained = Secrets(collected.secrets())
    sure = collected.values()
    for file in files:
        for found in second_net(explained.mask(file.text)):
            collected.add(found, _span(file, file.text.find(found.raw), found.raw))
    return tuple(
        found if found.value in sure else msgspec.structs.replace(found, doubtful=True) for found in collected.secrets()
    )


def _in_steps(trace: Trace, collected: _Collected) -> None:
    for step in trace.steps:
        for found in scan(_line(step)):
            collected.add(found, step.span)
        fed = _own_text(step.stdin)
        if fed is not None and literal(fed.strip()) and _reads_a_secret(step):
            collected.add(Found("registry_password", fed.strip(), fed.strip(), 0), step.span)


def _in_variables(trace: Trace, collected: _Collected) -> None:
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
    def __init__(self, files: tuple[SourceFile, ...]) -> None:
        self._files = files
        self._text = "\n".join(file.text for file in files)
        self._found: dict[str, list[tuple[Found, Span | None]]] = {}
        self._flagged = flagged(self._text)
        self._used: dict[str, set[str]] = {}
        self.environment: str | None = None

    def add(self, found: Found, span: Span | None) -> None:
        self._found.setdefault(found.value, []).append((found, span))
        if self.environment is not None:
            self._used.setdefault(found.value, set()).add(self.environment)

    def seen_in(self, trace: Trace) -> None:
        """Notes the environment for what is part of a text that its run assigns or hands on."""
        held = [_written(binding.value) for binding in trace.bindings]
        held += [_written(word) for step in trace.steps for word in (*step.argv, step.stdin) if word is not None]
        for value in self._found:
            if any(value in text for text in held):
                self._used.setdefault(value, set()).add(self.environment or "")

    def add_variable(self, name: str, value: Value | None, span: Span | None) -> None:
        text = _own_text(value)
        if text is None or not (telling(name) or name in self._flagged) or not literal(text):
            return
        self.add(Found(name, text, text, 0, True), span)

    def values(self) -> frozenset[str]:
        return frozenset(self._found)

    def secrets(self) -> tuple[FoundSecret, ...]:
        taken: dict[str, set[str]] = {}
        done = []
        for value, places in self._found.items():
            name = next((found.name for found, _ in places if found.telling), places[0][0].name)
            forms = tuple(dict.fromkeys(found.raw for found, _ in places if found.raw != value))
            weak = self._weak(value)
            known = {span for _, span in places if span is not None}
            spans = tuple(sorted(set() if weak else self._written(value, forms)) or sorted(known))
            before = tuple(dict.fromkeys(found.before for found, _ in places if weak and found.before.strip()))
            done.append(
                FoundSecret(
                    name=_free(name, taken, self._used.get(value, set())),
                    value=value,
                    forms=forms,
                    spans=spans,
                    weak=weak,
                    before=before,
                    environments=tuple(sorted(self._used.get(value, set()) - {""})),
                )
            )
        return tuple(done)

    def _written(self, value: str, forms: tuple[str, ...]) -> set[Span]:
        """Every place where it is written, also those that only repeat what stands elsewhere."""
        pattern = re.compile("|".join(map(re.escape, sorted({value, *forms}, key=len, reverse=True))))
        return {
            _span(file, found.start(), found.group()) for file in self._files for found in pattern.finditer(file.text)
        }

    def _weak(self, value: str) -> bool:
        if value.lower() in _ORDINARY or len(value) < _SHORTEST:
            return True
        if not re.fullmatch(r"[a-z][a-z_-]*|[A-Z][A-Z_-]*", value):
            return False
        return re.search(rf"[\w/.-]{re.escape(value)}|{re.escape(value)}[\w/.-]", self._text) is not None


def _written(value: Value) -> str:
    """What is written out in a value; what comes from variables stands where these are assigned."""
    return "".join(part.text for part in value.parts if isinstance(part, Literal))


def _reads_a_secret(step: Step) -> bool:
    return any(re.fullmatch(STDIN_FLAG, word.text or "") for word in step.argv)


def _own_text(value: Value | None) -> str | None:
    """The text of a value that is written out; what comes from another variable is that one's matter."""
    if value is None or any(isinstance(part, Variable) for part in value.parts):
        return None
    return value.text


def _free(name: str, taken: dict[str, set[str]], environments: set[str]) -> str:
    """A name that no other secret has; secrets of different environments may share one."""
    number, free = 2, name
    while free in taken and not _apart(taken[free], environments):
        free, number = f"{name}_{number}", number + 1
    taken[free] = taken.get(free, set()) | (environments or {""})
    return free


def _apart(first: set[str], second: set[str]) -> bool:
    return bool(first and second) and "" not in first | second and not first & second


def _line(step: Step) -> str:
    words = [word.text if word.text is not None else word.shell() for word in step.argv]
    quoted = [
        word if re.fullmatch(r"[\w@%+=:,./$\{\}-]+", word) else "'" + word.replace("'", "'\\''") + "'" for word in words
    ]
    line = " ".join(quoted)
    text = step.stdin.text if step.stdin is not None else None
    return f"{line} <<EOF\n{text}" if text is not None and words and words[0].endswith("passwd") else line


def _span(file: SourceFile, start: int, raw: str) -> Span:
    line = file.text.count("\n", 0, start) + 1
    column = start - file.text.rfind("\n", 0, start)
    # Without its end, which would tell how long the secret is.
    return Span(path=file.path, line=line, column=column, end_line=line + raw.count("\n") if "\n" in raw else 0)
