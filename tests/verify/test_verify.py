"""`gitopsify verify` and `gitopsify doctor` as a person uses them."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from cases import Run
from converter.verify.sandbox.backends import BACKENDS

SCRIPT = """\
#!/bin/bash
set -e
mkdir -p /srv/report
echo "made by hand" > /srv/report/index.txt
chmod 640 /srv/report/index.txt
chown www-data:www-data /srv/report/index.txt
curl -fsS https://hooks.example.com/deployed
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A script in an empty folder."""
    path = tmp_path / "deploy.sh"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def test_a_script_is_converted_and_proved(run: Run, script: Path, cache: Path) -> None:
    done = run("verify", "deploy.sh", "--report", "report.json", cwd=script.parent, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The manifests end where the script ends" in done.stdout
    told = json.loads((script.parent / "report.json").read_text(encoding="utf-8"))
    proof = told["proof"]
    assert told["passed"]
    assert proof["equal"] >= 2
    assert proof["differences"] == proof["failures"] == proof["changing"] == proof["unclean"] == []
    assert "ansible-core" in proof["tools"]
    assert any("sha256" in each for each in proof["system"])
    assert {path.name for path in script.parent.iterdir()} == {"deploy.sh", "home", "report.json"}


ENDLESS = "sleep 87654.5"


def endless() -> list[str]:
    """The processes of a script that does not end."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found += [process.name] if (process / "cmdline").read_bytes() == b"sleep\x0087654.5\x00" else []
    return found


def awaited(true: Callable[[], bool]) -> bool:
    """Whether something is so within two minutes."""
    end = time.monotonic() + 120
    while not true() and time.monotonic() < end:
        time.sleep(0.2)
    return true()


def test_the_next_run_cleans_up_what_was_killed(command: list[str], run: Run, script: Path, cache: Path) -> None:
    slow = script.with_name("slow.sh")
    slow.write_text(f"ssh root@app1.example.com {ENDLESS}\n", encoding="utf-8")
    argv = [*command, "verify", "slow.sh"]
    with subprocess.Popen(argv, cwd=slow.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        left = f"gitopsify-{process.pid}-*"
        assert awaited(lambda: bool(endless()))
        assert list((cache / "run").glob(left))
        process.kill()
    assert awaited(lambda: not endless())
    assert run("verify", "deploy.sh", "--level", "apply", cwd=script.parent, timeout=300).returncode == 0
    assert not list((cache / "run").glob(left))
    assert not [each for each in Path("/sys/fs/cgroup").glob(f"**/{left}") if (each / "cgroup.procs").read_text()]


SERVICE = """\
#!/bin/bash
set -e
id -u beat >/dev/null 2>&1 || useradd -r -m -d /var/lib/beat beat
cat > /etc/systemd/system/beat.service <<'UNIT'
[Service]
User=beat
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable beat
systemctl restart beat
"""


@pytest.mark.parametrize("name", ["podman", "reduced"])
def test_other_backends_come_to_the_same_verdict(run: Run, script: Path, cache: Path, name: str) -> None:
    """As with namespaces, all is equal but what was made different."""
    script.write_text(SERVICE, encoding="utf-8")
    run("convert", "deploy.sh", "-o", "made", "--yes", "--runs-on", "server", cwd=script.parent)
    (script.parent / "other.sh").write_text(SERVICE.replace("systemctl enable", "systemctl disable"), encoding="utf-8")
    argv = ["verify", "made", "--backend", name, "--script", "other.sh", "--format", "json"]
    done = run(*argv, cwd=script.parent, timeout=500)
    proof = json.loads(done.stdout)["proof"]
    assert (proof["backend"], proof["failures"], proof["changing"], proof["unclean"]) == (name, [], [], [])
    assert {(each["start"], each["thing"]) for each in proof["differences"]} == {
        (start, thing)
        for start in ("fresh", "deployed")
        for thing in ("beat.service", "/etc/systemd/system/multi-user.target.wants/beat.service")
    }
    assert proof["equal"] >= 5
    assert [each["thing"] for each in proof["unseen"]] == list(BACKENDS[name].unseen)


def test_a_difference_says_what_where_and_from_which_lines(run: Run, script: Path, cache: Path) -> None:
    run("convert", "deploy.sh", "-o", "made", "--yes", "--runs-on", "server", cwd=script.parent)
    other = script.parent / "other.sh"
    other.write_text(SCRIPT.replace("640", "600").replace("/deployed", "/failed"), encoding="utf-8")
    argv = ["verify", "made", "--script", "other.sh", "--format", "json"]
    done = run(*argv, cwd=script.parent, timeout=300)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)["proof"]["differences"]
    assert [each["thing"] for each in found if each["kind"] == "file"] == ["/srv/report/index.txt"] * 2
    asked = {(each["thing"], each["script"]) for each in found if each["kind"] == "request"}
    assert asked == {
        ("GET https://hooks.example.com/failed", "made yes"),
        ("GET https://hooks.example.com/deployed", "not there"),
    }
    first = next(each for each in found if each["kind"] == "file")
    assert (first["script"], first["manifests"]) == ("mode 0600", "mode 0640")
    assert first["lines"].startswith("deploy.sh:4")
    assert first["item"].startswith("roles/")
    assert first["suggestion"]


def test_a_repository_keeps_its_last_verification(run: Run, script: Path, cache: Path) -> None:
    run("convert", "deploy.sh", "-o", "made", "--yes", "--runs-on", "server", cwd=script.parent)
    made = script.parent / "made"
    assert "Not verified yet" in (made / "MIGRATION.md").read_text(encoding="utf-8")
    done = run("verify", "made", cwd=script.parent, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The manifests end where the script ends: " in (made / "MIGRATION.md").read_text(encoding="utf-8")
    page = run("report", "made", "-o", "-", cwd=script.parent)
    assert "The manifests end where the script ends: " in page.stdout


def test_a_script_that_fails_proves_nothing(run: Run, script: Path, cache: Path) -> None:
    script.write_text("#!/bin/sh\nset -e\ntouch /srv/x\nfrobnicate --now\n", encoding="utf-8")
    done = run("verify", "deploy.sh", cwd=script.parent, timeout=300)
    assert done.returncode == 1
    assert "frobnicate" in done.stdout
    assert "world.yaml" in done.stdout
    assert "equal" not in done.stdout


def test_apply_runs_the_manifests_alone(run: Run, script: Path, cache: Path) -> None:
    script.write_text("#!/bin/sh\ntouch /srv/x\nexit 0\n", encoding="utf-8")
    run("convert", "deploy.sh", "-o", "made", "--yes", "--runs-on", "server", cwd=script.parent)
    done = run("verify", "made", "--level", "apply", "--format", "json", cwd=script.parent, timeout=300)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["proof"]["compared"] is False


WRONG = [
    (("verify", "made", "--world", "no.yaml"), "there is no file no.yaml"),
    (("verify", "made", "--env", "mars"), "has no environment mars"),
    (("verify", "made", "--backend", "cloud"), "there is no backend cloud"),
    (("verify", "."), "holds nothing that compare reads"),
]


@pytest.mark.parametrize(("argv", "said"), WRONG)
def test_wrong_requests(run: Run, script: Path, argv: tuple[str, ...], said: str) -> None:
    run("convert", "deploy.sh", "-o", "made", "--yes", "--runs-on", "server", cwd=script.parent)
    done = run(*argv, cwd=script.parent, timeout=300)
    assert done.returncode == 2
    assert said in done.stderr


def test_doctor(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--format", "json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert done.returncode == (0 if told["able"] else 1)
    assert {need["level"] for need in told["needs"]} == {"lint", "apply", "backend"}
    chosen = [need["name"] for need in told["needs"] if need["about"].startswith("chosen: ")]
    assert chosen == [next(need["name"] for need in told["needs"] if need["level"] == "backend" and need["found"])]
    assert all(need["hint"] for need in told["needs"] if not need["found"])
    assert "ansible-core" in run("doctor", cwd=tmp_path).stdout
