"""Bad input gives a diagnostic or a conversion of the rest: never a traceback, in bounded time and memory."""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from cases import Run, surroundings

# Of the processor, so that a busy machine fails nothing; on the wall clock only to end at all.
SECONDS, LONGEST, MEMORY = 15, 300, 1 << 30
LINE = "git -C /srv/app pull\n"

# Name, bytes, and whether the good line at its end is still seen.
BAD = {
    "empty": (b"", False),
    "only comments": (b"#!/bin/bash\n# nothing yet\n\n# really\n", False),
    "only blanks": (b"\n \t\r\n\n", False),
    "binary": (bytes(range(256)) * 400, False),
    "an executable": (b"\x7fELF\x02\x01\x01" + bytes(5000) + b"\xff\xfe", False),
    "not UTF-8": ("echo größer\n".encode("latin-1") + LINE.encode(), True),
    "UTF-16": (LINE.encode("utf-16"), False),
    "byte order mark": (b"\xef\xbb\xbf" + LINE.encode(), True),
    "one line of 5 MB": (b"echo " + b"x" * 5_000_000 + b"\n" + LINE.encode(), True),
    "5 MB of words": (b"mkdir " + b"a " * 2_500_000 + b"\n", False),
    "unclosed quote": (LINE.encode() + b'echo "there\n', True),
    "unclosed heredoc": (LINE.encode() + b"cat > /etc/x <<EOF\nnever\n", True),
    "unclosed block": (LINE.encode() + b"if true; then\n  for x in 1 2; do\n", True),
    "placeholders": (b"ssh user@<your-ip> 'ls'\nscp x <user>@<host>:\n" + LINE.encode(), True),
    "functions that call each other": (b"a() { b; }\nb() { a; }\na\n" + LINE.encode(), True),
    "a function that calls itself twice": (b"f() { f; f; }\nf\n" + LINE.encode(), True),
    "functions that double": (
        b"".join(b"f%d() { f%d; f%d; }\n" % (n, n + 1, n + 1) for n in range(40))
        + b"f40() { true; }\nf0\n"
        + LINE.encode(),
        False,
    ),
    "a script that sources itself": (b'. "$0"\n. ./deploy.sh\n' + LINE.encode(), True),
    "10,000 levels of substitution": (b"x=" + b"$(echo " * 10_000 + b")" * 10_000 + b"\n", False),
    "10,000 levels of blocks": (b"{ " * 10_000 + b"ls; " + b"}; " * 10_000 + b"\n", False),
    "10,000 quotes": (b"echo " + b"\"'" * 10_000 + b"\n", False),
    "a loop without end": (b"while true; do x=a$x; done\n" + LINE.encode(), False),
    "a list that grows": (b"x=a\n" + b"x=$x$x\n" * 60 + b"mkdir $x\n" + LINE.encode(), False),
    "braces that multiply": (b"mkdir " + b"{a,b}" * 40 + b"\n" + b"mkdir {1..999999999}\n" + LINE.encode(), True),
    "1,500 conditions": (b"".join(b"if [ -f /x%d ]; then touch /y%d; fi\n" % (n, n) for n in range(1500)), False),
}


@pytest.fixture
def bounded(command: list[str], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command with limits of time and memory."""

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

        done = subprocess.run(
            [*command, *arguments],
            cwd=tmp_path,
            capture_output=True,
            timeout=LONGEST,
            check=False,
            env=surroundings(tmp_path),
            preexec_fn=limit,
        )
        out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return start


@pytest.mark.parametrize("name", BAD)
def test_explain(name: str, tmp_path: Path, bounded: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    data, seen = BAD[name]
    (tmp_path / "deploy.sh").write_bytes(data)
    done = bounded("explain", "deploy.sh", "--format", "json")
    assert done.returncode in (0, 1), done.stderr[-2000:]
    told = json.loads(done.stdout)
    if seen:
        assert any(LINE.strip() in entry["text"] for entry in told["commands"])
    assert all(diagnostic["message"] for diagnostic in told["diagnostics"])


@pytest.mark.parametrize("name", BAD)
def test_convert(name: str, tmp_path: Path, bounded: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    (tmp_path / "deploy.sh").write_bytes(BAD[name][0])
    done = bounded("convert", "deploy.sh", "-o", "made", "--yes")
    assert done.returncode in (0, 1, 2), done.stderr[-2000:]
    if done.returncode == 2:
        assert "deploy.sh" in done.stderr or "nothing to convert" in done.stderr
        assert not (tmp_path / "made").exists()


def test_what_cannot_be_read_is_named_with_its_place(run: Run) -> None:
    done = run("explain", "-", "--format", "json", stdin=LINE + 'echo "there\nls /srv\n')
    assert [item["line"] for item in json.loads(done.stdout)["diagnostics"] if item["line"]]


def test_a_missing_file_is_named(run: Run) -> None:
    done = run("explain", "-", "--format", "json", stdin=". ./lib/missing.sh\n")
    assert "lib/missing.sh" in done.stdout
