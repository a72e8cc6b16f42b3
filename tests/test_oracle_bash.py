"""The trace against real bash: of each fixture, bash runs the commands that the trace says, where and in that order."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cases import CASES, Case
from converter.cli.inputs import Inputs
from converter.model.source import SourceFile
from converter.model.trace import Disposition, Step, Succeeds, Trace
from converter.parse import parse, parse_text, read_source
from converter.trace import trace, traces
from oracle.believed import Believed, Expected
from oracle.world import PROJECT, Ran, Way, World, chroot

PREFIX = chroot()
# They only pass text on; where they write a file, the trace has them as steps, and steps are demanded.
FILTERS = {
    "awk",
    "basename",
    "cat",
    "column",
    "cut",
    "date",
    "dirname",
    "echo",
    "grep",
    "head",
    "printf",
    "seq",
    "sort",
    "tail",
    "tr",
    "wc",
}


def ways(case: Case) -> list[Way]:
    """The runs that `case.yaml` asks for, else one in which every command succeeds; none for what bash can't read."""
    runs: Any = case.about.get("runs", [{}])
    return msgspec.convert(runs, list[Way])


RUNS = [
    pytest.param(case, way, id=f"{case.name}-{number}") for case in CASES for number, way in enumerate(ways(case), 1)
]


@pytest.mark.skipif(PREFIX is None, reason="bash can be shut in only where chroot or user namespaces are allowed")
@pytest.mark.parametrize(("one", "way"), RUNS)
def test_bash_runs_what_the_trace_says(one: Case, way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(one.copied(tmp_path))
    for number, script in enumerate(one.scripts):
        traced = traced_script(script, way)
        root = tmp_path / str(number)
        believed = Believed(traced, way, root)
        world = World(root, one.input, way, folders(traced, believed), programs(traced))
        expected = believed.steps()
        ran, said = world.run(script, PREFIX or [])
        check(expected, ran, lookups(traced), said)


def traced_script(script: str, way: Way) -> Trace:
    """The trace of the run, where the way says which environment it is for; else that of any run."""
    inputs = Inputs([script])

    def there(path: str) -> SourceFile | None:
        found = inputs.beside(path)
        return read_source(*found) if found else None

    scripts = [parse(read_source(script, Path(script).read_bytes()))]
    told = {*way.arguments, *way.environment.values()}
    (runs,) = traces(scripts, parse_text=parse_text, load=there).values()
    chosen = [run for run in runs if run.selection is not None and run.selection.text in told]
    return chosen[0] if chosen else trace(scripts, parse_text=parse_text, load=there)


def folders(traced: Trace, believed: Believed) -> Iterator[str]:
    """Those that the script enters or writes into, which would be there."""
    for step in traced.steps:
        login = step.context.host.user if step.context.host else None
        if login is not None and login.text:
            yield f"/home/{login.text}"
        paths = [step.context.cwd, *(item.target for item in step.redirects if item.operator in (">", ">>"))]
        for number, value in enumerate(paths):
            text = believed.known(value)
            if text and text.startswith("/"):
                yield text if number == 0 else posixpath.dirname(text)


def programs(traced: Trace) -> Iterator[str]:
    """Every command word of a step; one with a path stands where the script expects it."""
    for step in traced.steps:
        for argv in (step.argv, *step.stages):
            word = argv[0].text if argv else None
            if word and word.startswith("/"):
                yield word
            elif word and "/" in word:
                yield posixpath.normpath(posixpath.join(step.context.cwd.text or PROJECT, word))
            elif word:
                yield word


def lookups(traced: Trace) -> list[set[str]]:
    """The words of what the trace says only looks, prints or is not understood."""
    quiet = (Disposition.ABSORBED, Disposition.DROPPED, Disposition.UNRESOLVED)
    texts = [command.text for command in traced.commands if command.disposition in quiet]
    for step in traced.steps:
        values = [*step.argv, step.source, *(value for _, value in step.context.environment)]
        values += [step.stdin] if step.stdin is not None else []
        texts += [output.text for value in values for output in value.outputs]
        texts += [test.subject.text.shell() for test in step.guard if isinstance(test.subject, Succeeds)]
        if not step.argv:
            texts.append(step.source.shell())
    return [set(re.findall(r"[^\s;|&()'\"]+", text)) for text in texts]


def check(expected: list[Expected], ran: list[Ran], allowed: list[set[str]], said: str) -> None:
    """Fails where the two part ways."""
    open_steps = list(expected)
    pending: list[str] = []
    for one in ran:
        words = "\x1f".join(one.argv)
        found = matched(open_steps, pending, words)
        if found:
            agree(found, one)
            continue
        names = {posixpath.basename(one.argv[0])} | set(one.argv[1:2])
        looks = one.argv[0] in FILTERS or any(names <= texts for texts in allowed)
        following = [value.shell() for value in open_steps[0].step.argv] if open_steps else "nothing"
        assert looks, f"bash ran {one.argv}, the trace says next: {following}\n{said[-3000:]}"
    missed = [[value.shell() for value in item.step.argv] for item in open_steps if item.sure]
    assert not missed, f"the trace says these run, bash did not run them: {missed}\n{said[-3000:]}"
    assert not pending


def matched(open_steps: list[Expected], pending: list[str], words: str) -> Expected | None:
    """Takes the command out of what is still expected; unsure steps before it are passed over, and what runs in the
    background may be late."""
    for number, item in enumerate(open_steps):
        stages = pending or list(item.commands)
        for pattern in stages:
            if re.fullmatch(pattern, words):
                stages.remove(pattern)
                pending[:] = stages
                late = [earlier for earlier in open_steps[:number] if earlier.step.background]
                open_steps[: number if pending else number + 1] = late
                return item
        if item.sure and not item.step.background:
            return None
    return None


def by_sudo(step: Step, ran: Ran) -> str | None:
    """The user that sudo makes of a command whose files are opened without it, None where there is no such sudo."""
    whole = [*(word.text for word in step.through), *ran.argv]
    stages = [whole, *([word.text for word in stage] for stage in step.stages)]
    for words in stages:
        if words[:1] == ["sudo"] and tuple(words[-len(ran.argv) :]) == ran.argv:
            return words[2] if words[1] == "-u" else "root"
    return None


def agree(expected: Expected, ran: Ran) -> None:
    """Host, user, directory and input are the trace's, as far as it knows them."""
    context = expected.step.context
    user = by_sudo(expected.step, ran)
    told = f"{ran.argv} ran at {ran.host!r} as {ran.user!r} in {ran.cwd!r}"
    host = context.host.address.text if context.host else ""
    if host is not None:
        assert ran.host.rpartition("@")[2] == host, told
    if ran.argv[0] in ("echo", "printf"):
        # What they print is the same, whoever runs them; who opens the file is another matter.
        pass
    elif user is not None:
        assert ran.user == user, told
    elif context.user is not None and context.user.text is not None:
        assert ran.user == context.user.text, told
    elif context.user is None:
        assert ran.user == "", told
    cwd = context.cwd.text
    if cwd is not None and cwd.startswith("/"):
        assert posixpath.normpath(ran.cwd) == posixpath.normpath(cwd), told
    stdin = expected.step.stdin.text if expected.step.stdin is not None else None
    if stdin is not None and ran.stdin:
        assert ran.stdin.rstrip("\n") == stdin.rstrip("\n"), told
