"""The generated pipelines really run, from push to converged hosts: GitLab's by gitlab-ci-local, GitHub's by act.

Both run their jobs on a machine of the world. What a hosted runner has, or its jobs install, is there already: git,
Ansible, its linters. No action of GitHub can be had there: those in `actions/`, composite ones of ours, stand for
them at the revisions that the workflows ask for (`act --local-repository`). They check out from the world's own remote,
and keep artifacts in a folder.
"""

from __future__ import annotations

import re
from pathlib import Path

import board
import pytest
from github import GitHub
from gitlab import GitLab
from runner import PACKAGES, Runner, runner

from converter.verify.programs import find
from converter.verify.sandbox.running import Finished

FIRST = "greeting = good morning\nwww-data:www-data 755\nactive enabled"
SECOND = "greeting = good evening\nwww-data:www-data 750\nactive enabled"


@pytest.fixture(params=[GitLab, GitHub], ids=["gitlab", "github"])
def forge(request: pytest.FixtureRequest) -> type[GitLab | GitHub]:
    """The kind of server, where the program is there that runs its pipelines."""
    kind: type[GitLab | GitHub] = request.param
    there = {GitLab: (PACKAGES / "gitlab-ci-local").is_dir(), GitHub: find("act") is not None}
    if not there[kind]:
        pytest.skip(f"{kind.PROGRAM} could not be installed: see make test")
    return kind


def test_pipelines_run_from_push_to_converged_hosts(forge: type[GitLab | GitHub], cache: Path, tmp_path: Path) -> None:
    with runner(cache, board.converted(tmp_path), forge.SERVER) as at:
        server = forge(at)
        first = at.push("main")
        assert changes(ended(at, server.deploy())) > 0
        deployed = at.state()
        assert seen(at) == FIRST

        assert changes(ended(at, server.again())) == 0
        assert changes(ended(at, server.drift())) == 0
        assert at.state() == deployed

        at.on_host(f"echo 'greeting = moin' > {board.CONFIGURATION}; systemctl stop {board.UNIT}")
        drifted = at.state()
        output = ended(at, server.drift(), well=False)
        assert "The hosts differ from this repository" in output
        assert changes(output) > 0

        at.commit("Good evening", board.CHANGE)
        second = at.push("evening")
        output = ended(at, server.plan("evening"))
        assert {"-greeting = good morning", "+greeting = good evening"} <= set(output.splitlines())
        assert "This revision is not part of main" in ended(at, server.roll_back(second), well=False)
        assert at.state() == drifted

        at.push("main")
        ended(at, server.deploy())
        assert seen(at) == SECOND

        ended(at, server.roll_back(first))
        assert seen(at) == FIRST
        assert at.state() == deployed


def ended(at: Runner, finished: Finished, *, well: bool = True) -> str:
    """What the jobs have printed, without what stands before each line; no secret is among it."""
    assert finished.well == well, finished.output
    assert not finished.stopped
    assert at.key.splitlines()[1] not in finished.output
    return re.sub(r"^(?:\S+ +> |\[[^]\n]+\] +\| )", "", finished.output, flags=re.MULTILINE)


def changes(output: str) -> int:
    """How many tasks have changed something, or would."""
    (found,) = set(re.findall(rf"^{board.HOST} .* changed=(\d+) .* failed=0 ", output, re.MULTILINE))
    return int(found)


def seen(at: Runner) -> str:
    """What a person sees of the deployment on the host."""
    return at.on_host(
        f"cat {board.CONFIGURATION}; stat --format '%U:%G %a' {board.MESSAGES};"
        f" echo $(systemctl is-active {board.UNIT}) $(systemctl is-enabled {board.UNIT})"
    )
