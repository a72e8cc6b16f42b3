"""What a proof came to, in lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from converter.cli.terminal import Screen, visible
from converter.model.report import Difference, Ended, Proof, Start

_STARTS = {Start.FRESH: "on a fresh host", Start.DEPLOYED: "on a deployed host"}
_MOST = 40


def lines(proof: Proof, screen: Screen) -> Iterator[str]:
    """What went wrong first, then what is different, then what nobody can tell, and what it was run with."""
    for ended in proof.failures:
        yield from _failure(ended, screen)
    yield from _listed(screen, proof.changing, "changed by a second run", "A second run changes nothing", proof)
    yield from _listed(screen, proof.unclean, "would be changed still, says --check", "--check finds nothing", proof)
    if proof.again:
        yield _good(screen, f"{len(proof.again)} commands are run again each time, as the script did:")
        yield from (f"    {visible(each)}" for each in proof.again)
    for each in proof.differences[:_MOST]:
        yield from _difference(each, screen)
    if len(proof.differences) > _MOST:
        yield f"  and {len(proof.differences) - _MOST} more: --report FILE holds all of them"
    yield from _compared(proof, screen)
    for title, things in (
        ("Can't be told here", proof.unseen),
        ("Not compared", proof.uncompared),
        ("Recorded, not run", proof.replaced),
    ):
        if things:
            yield screen.paint(f"{title}: {len(things)}", "bold")
            named = [f"{each.thing} ({each.reason})" for each in things]
            yield from (f"    {visible(each)}" for each in named[:_MOST])
    tools = ", ".join(
        [f"backend {proof.backend}", *proof.system, *(f"{name} {version}" for name, version in proof.tools.items())]
    )
    yield from screen.wrapped(visible(f"Run with {tools}"), indent=2, first="", styles=("dim",))
    times = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in proof.seconds.items())
    yield from screen.wrapped(f"Time: {times}", indent=2, first="", styles=("dim",))
    if proof.kept:
        yield f"What the hosts have written is in {visible(proof.kept)}"


def _compared(proof: Proof, screen: Screen) -> Iterator[str]:
    if not proof.compared or proof.failures:
        return
    if proof.differences:
        yield _bad(screen, f"{proof.equal} things are equal, {len(proof.differences)} are different")
    else:
        but = f", but for what can't be told here ({', '.join(each.thing for each in proof.unseen)})"
        ends = f"The manifests end where the script ends{but if proof.unseen else ''}"
        yield _good(screen, f"{ends}: {proof.equal} things are equal, none different")


def _failure(ended: Ended, screen: Screen) -> Iterator[str]:
    how = ended.stopped or f"ended with {ended.code}"
    yield _bad(screen, f"{ended.run}: {how}")
    yield from (f"    {visible(line)}" for line in ended.output.strip().splitlines()[-20:])
    if ended.run.startswith("the script"):
        yield screen.paint("    hint: what it needs and does not bring about belongs into .gitopsify/world.yaml", "dim")


def _listed(screen: Screen, tasks: tuple[str, ...], bad: str, good: str, proof: Proof) -> Iterator[str]:
    if tasks:
        yield _bad(screen, f"{len(tasks)} tasks are {bad}:")
        yield from (f"    {visible(task)}" for task in tasks)
    elif not proof.failures:
        yield _good(screen, good)


def _difference(each: Difference, screen: Screen) -> Iterator[str]:
    yield _bad(screen, f"{each.host}: {each.kind} {visible(each.thing)}, {_STARTS[each.start]}")
    for side, text in (("script", each.script), ("manifests", each.manifests)):
        first, *rest = visible_lines(text)
        yield f"    {side + ':':<11} {first}"
        yield from (f"    {'':<11} {line}" for line in rest[:10])
    if each.lines or each.item:
        yield screen.paint(f"    from {', '.join(filter(None, (each.lines, each.item)))}", "dim")
    if each.suggestion:
        yield screen.paint(f"    hint: {visible(each.suggestion)}", "dim")


def visible_lines(text: str) -> list[str]:
    """The text line by line, at least one."""
    return [visible(line) for line in text.splitlines()] or [""]


def _good(screen: Screen, text: str) -> str:
    return f"{screen.paint(screen.sign('✓', '+'), 'bold', 'green')} {text}"


def _bad(screen: Screen, text: str) -> str:
    return f"{screen.paint(screen.sign('✗', '!'), 'bold', 'red')} {text}"
