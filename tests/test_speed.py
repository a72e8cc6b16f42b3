"""Conversions are fast enough to be run on every save, and cost grows with the lines, not faster."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cases import Run, slowness
from speed import script


def seconds(run: Run, folder: Path, lines: int, times: int) -> float:
    (folder / f"deploy{lines}.sh").write_text(script(lines))
    found = []
    for number in range(times):
        start = time.perf_counter()
        done = run("convert", f"deploy{lines}.sh", "-o", f"made-{lines}-{number}", "--yes", "--quiet", timeout=120)
        found.append(time.perf_counter() - start)
        assert done.returncode in (0, 1), done.stderr
    return min(found)


def test_a_hundred_lines_take_half_a_second(run: Run, tmp_path: Path) -> None:
    assert seconds(run, tmp_path, 100, 5) < 0.5 * slowness()


@pytest.mark.parametrize(("few", "many"), [(1000, 10_000)])
def test_cost_is_linear(run: Run, tmp_path: Path, few: int, many: int) -> None:
    # The other test process shares the two cores, so there is some room above the eleven of docs/performance.md.
    assert seconds(run, tmp_path, many, 2) < 14 * seconds(run, tmp_path, few, 3)
