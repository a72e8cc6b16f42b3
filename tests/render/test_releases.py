"""A release directory named by the time, really made: with something new, with nothing new, and taken back."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from converter.model.plan import Plan
from converter.model.trace import RunsOn
from converter.pipeline import scripts_to_plan
from render.playbooks import rendered, tool, write

SCRIPT = r"""#!/bin/bash
set -e
BASE={base}
case "$1" in
  rollback)
    PREV=$(ls -1t $BASE/releases | sed -n 2p)
    ln -sfn $BASE/releases/$PREV $BASE/current
    ;;
  *)
    REL=$BASE/releases/$(date +%Y%m%d%H%M%S)
    mkdir -p $BASE/shared
    git clone -q -b main {origin} $REL
    ln -s $BASE/shared/.env $REL/.env
    cd $REL && sh ./build.sh
    ln -s $REL $BASE/current.new && mv -T $BASE/current.new $BASE/current
    cd $BASE/releases && ls -1t | tail -n +3 | xargs -r rm -rf
    ;;
esac
"""


class Site:
    """A repository of an application, and this machine as the host that it is released on."""

    def __init__(self, at: Path, script: str) -> None:
        self.origin, self.base = at / "origin", at / "base"
        self.base.mkdir()
        self._git("init", "-q", "-b", "main", str(self.origin), cwd=at)
        text = script.replace("{base}", str(self.base)).replace("{origin}", f"file://{self.origin}")
        self.plan: Plan = scripts_to_plan([("deploy.sh", text.encode())], name="shop", runs_on=RunsOn.SERVER)
        self.directory = write(rendered(self.plan), at / "repository")

    def commit(self, text: str) -> None:
        """Something new in the application."""
        (self.origin / "version").write_text(text)
        (self.origin / "build.sh").write_text("cp version built\n")
        self._git("add", ".")
        self._git("-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "-qm", text)

    def _git(self, *words: str, cwd: Path | None = None) -> None:
        subprocess.run(["git", *words], cwd=cwd or self.origin, check=True)

    def apply(self, *options: str, arg: str = "deploy") -> int:
        """How many tasks of a run changed something."""
        given = ("ansible_connection=local", f"ansible_python_interpreter={sys.executable}", f"arg1={arg}")
        extra = [word for pair in (*given, "deploy_host=127.0.0.1") for word in ("--extra-vars", pair)]
        done = tool(self.directory, "ansible-playbook", "site.yml", *extra, *options)
        assert done.returncode == 0, done.stdout + done.stderr
        return int(re.findall(r"changed=(\d+)", done.stdout.partition("PLAY RECAP")[2])[-1])

    def releases(self) -> list[str]:
        """The versions of the releases that are there, the oldest first."""
        return [(path / "built").read_text() for path in sorted(self.base.glob("releases/*"))]

    def current(self) -> str:
        """The version that is served."""
        return (self.base / "current" / "built").read_text()


def test_a_release_is_made_once_for_each_version_and_can_be_taken_back(tmp_path: Path) -> None:
    site = Site(tmp_path, SCRIPT)
    site.commit("one")
    assert site.apply("--check") > 0
    assert list(site.base.iterdir()) == []
    old = site.base / "releases" / "20200102030405"
    old.mkdir(parents=True)
    (old / "built").write_text("zero")
    assert site.apply() > 0
    assert (site.releases(), site.current()) == (["zero", "one"], "one")
    assert not (site.base / "current.new").exists()
    assert site.apply() == 0
    site.commit("two")
    assert site.apply() > 0
    assert (site.releases(), site.current()) == (["one", "two"], "two")
    site.apply(arg="rollback")
    assert (site.releases(), site.current()) == (["one", "two"], "one")
