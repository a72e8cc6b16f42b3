"""A host that pulls, for real: begun with the commands of the README, it converges by its own timer, takes back what
was changed by hand, applies what is pushed, and nothing that is not signed once that is asked for."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import board
import pytest
from runner import PROJECT, Runner, served
from test_pipelines import FIRST, SECOND, seen

from cases import ROOT
from converter.verify.sandbox.rootfs import Layer, Systems
from converter.verify.sandbox.running import Finished
from converter.verify.world.ground import MANIFESTS

SERVER = "git.example.com"
WHEELS = ROOT / "build" / "wheels"
INDEX = "/wheels"
# What stood in the script, and what a person has put in its place.
LEAKED, RENEWED, PASSWORD = "hunter2-of-old-times", "made-anew-for-hosts", "only-for-the-vault"
TELLS = """
ssh $SERVER "echo 'token = $TOKEN' | sudo tee /etc/board.token > /dev/null"
"""
STATE = "/var/lib/board-pull"
# Soon, and then not again: every run takes the machine of the tests some seconds.
SOON = "sed -i 's/^pull_first: .*/pull_first: 1s/; s/^pull_jitter: .*/pull_jitter: 1s/' roles/pull/defaults/main.yml"
# What is installed is there already; pip finds in a folder what it would else find in an index.
PREPARED = f"""\
printf '#!/bin/sh\\nexit 0\\n' > /usr/local/bin/apt-get && chmod 755 /usr/local/bin/apt-get
printf '[global]\\nno-index = true\\nfind-links = {INDEX}\\n' > /etc/pip.conf
mkdir -p /var/lib/prometheus/node-exporter
"""
_SETTINGS = "user.name=Ada user.email=ada@example.com gpg.format=ssh user.signingkey=/root/.ssh/id_ed25519.pub"
SIGNED = " ".join(f"-c {each}" for each in (*_SETTINGS.split(), "commit.gpgsign=true"))


def test_a_host_pulls(cache: Path, tmp_path: Path) -> None:
    with pulling(cache, tmp_path) as at:
        at.commit("Pull at once", SOON)
        first = at.push("main")
        begin(at, tmp_path)
        assert status(at, first)["result"] == "applied"
        assert seen(at) == FIRST
        assert at.on_host("systemctl is-enabled board-pull.timer; stat -c %U /var/lib/board-pull") == "enabled\ndeploy"
        assert "host_pull_success" in at.on_host("cat /var/lib/prometheus/node-exporter/board-pull.prom")

        assert pull(at) == ("unchanged", 0)
        at.on_host(f"echo 'greeting = moin' > {board.CONFIGURATION}; systemctl stop {board.UNIT}")
        assert pull(at)[0] == "applied"
        assert seen(at) == FIRST

        at.commit("Good evening", board.CHANGE)
        second = at.push("main")
        assert pull(at)[0] == "applied"
        assert (seen(at), status(at)["commit"]) == (SECOND, second)

        at.on_host(f"echo \"PULL_REVISION='{first}'\" > /etc/board-pull/environment")
        assert pull(at)[0] == "applied"
        assert (seen(at), status(at)["commit"]) == (FIRST, first)


def test_a_host_pulls_no_more_than_it_may(cache: Path, tmp_path: Path) -> None:
    with pulling(cache, tmp_path, f"TOKEN='{LEAKED}'\n{board.SCRIPT}{TELLS}") as at:
        at.push("main")
        begin(at, tmp_path)
        busy = f"exec 9> {STATE}/lock; flock 9; systemctl start board-pull.service || journalctl -o cat -u board-pull"
        at.on_host(f"install -d -o deploy {STATE}; touch {STATE}/lock; chown deploy {STATE}/lock")
        assert "Another run is at work" in at.on_host(busy)

        key = at.well("cut -d ' ' -f 1,2 ~/.ssh/id_ed25519.pub")
        settings = "sed -i 's/^pull_verify_commit: .*/pull_verify_commit: true/; s/^pull_apply: .*/pull_apply: commit/'"
        signers = f"echo 'ada@example.com namespaces=\"git\" {key}' > roles/pull/files/allowed_signers"
        at.commit("Ask for signatures", f"{signers}\n{settings} roles/pull/defaults/main.yml")
        trusted = at.push("main")
        assert pull(at)[0] == "applied"
        assert (seen(at), at.on_host("cat /etc/board.token")) == (FIRST, f"token = {RENEWED}")
        assert not {RENEWED, PASSWORD} & set(
            re.findall(r"[\w-]+", at.on_host("journalctl -o cat -u board-pull.service"))
        )
        looked = as_user(at, commands(tmp_path, "See drift"))
        assert looked.well, looked.output
        assert " changed=0 " in looked.output

        at.commit("Sneak something in", board.CHANGE)
        at.push("main")
        for _ in range(2):
            assert "Failed to verify GPG signature" in refused(at)
            assert (seen(at), status(at)["result"]) == (FIRST, "failed")
            assert at.on_host(f"cat {STATE}/applied") == trusted

        at.well(
            f"cd {MANIFESTS} && git {SIGNED} commit --quiet --amend --no-edit && git push --quiet --force origin main"
        )
        assert pull(at)[0] == "applied"
        assert seen(at) == SECOND

        assert pull(at) == ("unchanged", 0)
        at.on_host(f"echo 'greeting = moin' > {board.CONFIGURATION}")
        assert "This host differs from the repository" in refused(at)
        assert status(at)["result"] == "differs"
        assert at.on_host(f"cat {board.CONFIGURATION}") == "greeting = moin"


@contextmanager
def pulling(cache: Path, folder: Path, script: str = board.SCRIPT) -> Iterator[Runner]:
    """A host on which nobody has begun, and the server that it can pull from."""
    found = board.converted(folder, "ansible-pull", script=script)
    systems = Systems(cache)
    base = systems.base()
    python = systems.with_packages([base], ["python3-venv"])
    with served(cache, found, SERVER, host=[wheels(systems), python, base], outside=[base]) as world:
        at = Runner(world, f"https://{SERVER}/{PROJECT}.git", "", "")
        at.begin(SERVER)
        at.on_host(PREPARED)
        for template in folder.glob("inventories/*/group_vars/all/vault.yml.example"):
            place = template.relative_to(folder).with_suffix("")
            at.commit("Keep the secrets", f"rm {place.parent}/zz-*\ncat > {place} <<'END'\n{vault(template)}END")
        yield at


def vault(template: Path) -> str:
    """The template, filled in and encrypted by a person."""
    made, password = template.with_suffix(""), template.parent / "password"
    made.write_text(re.sub(r': ""$', f": {RENEWED}", template.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    password.write_text(PASSWORD, "utf-8")
    argv = ["ansible-vault", "encrypt", "--vault-password-file", str(password), str(made)]
    subprocess.run(argv, check=True, capture_output=True)
    return made.read_text(encoding="utf-8")


def wheels(systems: Systems) -> Layer:
    """Ansible as an index would give it."""
    files = sorted(WHEELS.glob("*.whl"))
    if not files:
        pytest.skip("the wheels of Ansible could not be downloaded: see make test")
    placed = {f"{INDEX}/{path.name}": path for path in files}
    key = hashlib.sha256("\0".join(placed).encode()).hexdigest()[:12]
    return systems.copied(f"wheels-{key}", placed, "wheels of Ansible")


def begin(at: Runner, folder: Path) -> None:
    """What the README says to do on the host, by the user of the inventory: what a person types into an editor and at
    a prompt is told otherwise."""
    told = f"tee <<< \"ANSIBLE_VAULT_PASSWORD='{PASSWORD}'\""
    secrets = commands(folder, "Secrets and variables to set").replace("sudoedit", f"sudo {told}")
    first = commands(folder, "First run").replace("--ask-vault-pass", f"--vault-password-file <(echo {PASSWORD})")
    done = as_user(at, f"{secrets}\n{first}".replace("REPOSITORY", at.remote))
    assert done.well, done.output


def commands(folder: Path, heading: str) -> str:
    """The first that a section of the README has, if there is one."""
    page = (folder / "README.md").read_text(encoding="utf-8")
    section = page.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    found = re.search(r"```console\n(.*?)```", section, re.DOTALL)
    return found[1].replace("--limit HOST", f"--limit {board.HOST}") if found else ""


def as_user(at: Runner, script: str) -> Finished:
    """Runs a script on the host as somebody who has logged in there."""
    return at.world.run(board.HOST, ["su", "--login", "deploy", "-c", f"set -e\n{script}"], limit=300)


def pull(at: Runner) -> tuple[str, int]:
    """A run that the timer would start later, and how it ended."""
    done = at.world.run(board.HOST, ["systemctl", "start", "board-pull.service"], limit=300)
    assert done.well, at.on_host("journalctl -o cat -u board-pull.service | tail -n 60")
    told = status(at)
    return told["result"], told["changed"]


def refused(at: Runner) -> str:
    """What a run says that does not end well, as systemd counts it."""
    done = at.world.run(board.HOST, ["systemctl", "start", "board-pull.service"], limit=300)
    assert not done.well
    assert at.on_host("systemctl is-failed board-pull.service") == "failed"
    return at.on_host("journalctl -o cat -u board-pull.service | tail -n 60")


def status(at: Runner, commit: str = "") -> dict[str, Any]:
    """What the host says of its last run; `commit` waits until its timer has brought it there."""
    end = time.monotonic() + 120
    while True:
        told = json.loads(at.on_host(f"cat {STATE}/status.json 2> /dev/null || echo '{{}}'"))
        if not commit or told.get("commit") == commit or time.monotonic() > end:
            return {name: told.get(name) for name in ("result", "changed", "commit")}
        time.sleep(0.5)
