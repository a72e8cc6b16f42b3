"""Times whole conversions, process start to commit, beside what bare Python, bashlex and shfmt take: `speed.py BIN`.

BIN is the folder of the environment in which the wheel is installed. Prints the table of `docs/performance.md`, and
with `--write` puts it there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from page import tell

ROOT = Path(__file__).resolve().parent.parent
SIZES = (10, 100, 1000, 10_000)


def script(lines: int) -> str:
    """A deployment script of that many lines, of the kind that people write; no two paths in it are the same."""
    made = ["#!/usr/bin/env bash", "set -euo pipefail", "APP=/srv/shop"]
    number = 0
    while len(made) < lines - 1:
        number += 1
        made += [
            f'echo "Step {number}"',
            f"mkdir -p $APP/part{number}/logs",
            f"cp -r templates/part{number} $APP/part{number}/conf",
            f'chown -R deploy:www-data "$APP/part{number}"',
            f"if [ ! -f $APP/part{number}/.env ]; then",
            f"  cp .env.example $APP/part{number}/.env",
            "fi",
            f"(cd $APP/part{number} && npm ci && npm run build)",
            f"sudo systemctl enable shop-part{number} || true",
        ]
    lines -= 1
    while made[lines - 1].startswith(("if ", "  ")):
        lines -= 1
    return "\n".join([*made[:lines], "sudo systemctl restart shop"]) + "\n"


def best(work: Callable[[], object], seconds: float = 6.0) -> float:
    """The shortest of several runs: what else the machine does can only make a run longer."""
    times: list[float] = []
    begin = time.perf_counter()
    while len(times) < 2 or (len(times) < 12 and time.perf_counter() - begin < seconds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def ran(argv: Sequence[str], *, stdin: str = "", codes: tuple[int, ...] = (0,)) -> None:
    """Runs it; ends the benchmark if it fails."""
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode not in codes:
        sys.exit(f"{' '.join(argv)}: {done.stderr[-2000:]}")


def converting(program: str, source: Path, scratch: Path) -> Callable[[], None]:
    """One whole conversion into a new repository."""

    def work() -> None:
        shutil.rmtree(scratch / "made", ignore_errors=True)
        ran([program, "convert", str(source), "-o", str(scratch / "made"), "--yes", "--quiet"], codes=(0, 1))

    return work


def measured(binaries: Path) -> list[list[str]]:
    """The rows of the table."""
    program, python = str(binaries / "gitopsify"), str(binaries / "python")
    shfmt = shutil.which("shfmt", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}") or "shfmt"
    bare = best(lambda: ran([python, "-c", "pass"]))
    rows, before = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "deploy.sh"
        for size in SIZES:
            source.write_text(script(size), encoding="utf-8")
            whole = best(converting(program, source, Path(folder)))
            words = best(lambda: ran([sys.executable, "-c", BASHLEX, str(source)]))
            tree = best(lambda: ran([shfmt, "--to-json"], stdin=source.read_text(encoding="utf-8")))
            growth = f"{whole / before:.1f}" if before else ""
            rows.append(
                [
                    f"{size:,}",
                    f"{whole:.2f} s",
                    f"{whole / bare:.0f}",
                    f"{whole / words:.1f}",
                    f"{whole / tree:.0f}",
                    growth,
                ]
            )
            before = whole
    return rows


BASHLEX = "import sys, bashlex; bashlex.parse(open(sys.argv[1]).read().strip())"
HEADS = [
    "lines",
    "conversion",
    "/ `python -c pass`",
    "/ `bashlex.parse`",
    "/ `shfmt --to-json`",
    "/ ten times fewer lines",
]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [HEADS, ["--:"] * len(HEADS), *rows])


def help_time(binaries: Path) -> float:
    """How long `--help` takes."""
    return best(lambda: ran([str(binaries / "gitopsify"), "--help"]))


def main() -> None:
    """Measures and prints, and keeps the table where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("binaries", type=Path)
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    text = f"{table(measured(given.binaries))}\n\n`gitopsify --help`: {help_time(given.binaries):.2f} s"
    tell(text, "table", write=given.write)


if __name__ == "__main__":
    main()
