"""Steps that ask how an earlier one ended: Ansible runs what the script runs, whichever of them fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from converter.model.trace import RunsOn
from converter.pipeline import scripts_to_plan
from render.playbooks import rendered, tool, write

SCRIPT = """\
if ./fetch; then ./unpack; else ./mirror; fi
./verify && ./tag || ./untag
[ -f there ] && ./first || ./second
if ! ./lint; then ./format; else ./seal; fi
work() { ./load || return 1; ./index; }
if work; then ./open; else ./close; fi
for name in a b; do ./push $name && break; ./miss $name; done
./warm || ./cold
if ./ask; then ./tell; fi
./last
"""
PROGRAMS = """fetch unpack mirror verify tag untag first second lint format seal load index open close push miss
warm cold ask tell last""".split()


def stubs(folder: Path, failing: tuple[str, ...]) -> Path:
    """Programs that write down that they ran, and the file in which they do."""
    log = folder / "log"
    for name in PROGRAMS:
        stub = folder / name
        stub.write_text(f"#!/bin/sh\necho {name} $* >> {log}\nexit {int(name in failing)}\n")
        stub.chmod(0o755)
    log.write_text("")
    return log


@pytest.mark.parametrize("failing", [("fetch", "verify", "push", "ask"), ("tag", "first", "lint", "load", "warm")])
def test_the_play_runs_what_the_script_runs(tmp_path: Path, failing: tuple[str, ...]) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "there").touch()
    log = stubs(place, failing)
    subprocess.run(["bash", "-c", SCRIPT], cwd=place, check=True)
    wanted = log.read_text().splitlines()

    log = stubs(place, failing)
    plan = scripts_to_plan([("deploy.sh", f"#!/bin/bash\n{SCRIPT}".encode())], name="app", runs_on=RunsOn.SERVER)
    here = ("ansible_connection=local", f"ansible_python_interpreter={sys.executable}", "ansible_host=127.0.0.1")
    extra = [word for pair in (*here, f"project_dir={place}") for word in ("--extra-vars", pair)]
    done = tool(write(rendered(plan), tmp_path / "repository"), "ansible-playbook", "site.yml", *extra)
    assert done.returncode == 0, done.stdout + done.stderr
    assert log.read_text().splitlines() == wanted
