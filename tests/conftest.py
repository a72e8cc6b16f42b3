"""What the tests share: the command under test, one parameter a fixture case, and `--update` for golden output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest

from cases import CASES, Compared, Run, surroundings

# A busy machine is no failure: how long one example takes is measured in benchmarks/.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

# What a shell starts in the background ignores interrupts, and so would every command that a test interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the golden output of fixtures/ anew")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for fixture, target in (
        ("case", "ansible"),
        ("cluster_case", "kubernetes"),
        ("shared_case", "kubernetes,ansible"),
    ):
        if fixture in metafunc.fixturenames:
            found = [case for case in CASES if target in case.targets]
            metafunc.parametrize(fixture, found, ids=[case.name for case in found])


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.getreports("passed"):
        for name, told in report.user_properties:
            if name == "compared":
                terminalreporter.write_line(f"compared: {told}")


@pytest.fixture
def compared(record_property: Callable[[str, object], None]) -> Compared:
    """Tells, at the end of the run, how much a test compared with an outside source."""
    return lambda told: record_property("compared", told)


@pytest.fixture(scope="session")
def command() -> list[str]:
    """The installed command that `make test` names; without it, the package of this tree."""
    installed = os.environ.get("GITOPSIFY_BIN")
    return [installed] if installed else [sys.executable, "-m", "converter"]


@pytest.fixture
def run(command: list[str], tmp_path: Path) -> Run:
    """Runs gitopsify in a scratch folder, with a home of its own."""

    def start(
        *arguments: str,
        cwd: Path = tmp_path,
        stdin: str | bytes = "",
        env: dict[str, str] | None = None,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        done = subprocess.run(
            [*command, *arguments],
            cwd=cwd,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            timeout=timeout,
            check=False,
            env={**surroundings(home), **(env or {})},
        )
        out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
        assert "Traceback (most recent call last)" not in out + err
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return start
