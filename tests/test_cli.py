"""The command line, as installed: options, exit codes, streams, colours, and what it says of bad requests."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from cases import FIXTURES, Run, files_of, surroundings

SCRIPT = "cd /srv/app\ngit pull origin main\nnpm ci\nsystemctl restart app\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "deploy.sh"
    path.write_text(SCRIPT)
    return path


def test_version(run: Run) -> None:
    done = run("--version")
    assert re.fullmatch(r"gitopsify \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["convert", "-h"], ["explain", "--help"], ["rules", "list", "--help"]]
)
def test_help_teaches(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: gitopsify")


def test_help_imports_nothing_heavy(command: list[str], tmp_path: Path) -> None:
    environment = {**surroundings(tmp_path), "PYTHONPROFILEIMPORTTIME": "1"}
    done = subprocess.run([*command, "--help"], check=True, capture_output=True, text=True, env=environment)
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "converter.cli.app" in imported
    assert not imported & {"git", "jinja2", "yaml", "rich", "pydantic", "converter.parse", "converter.match"}


def test_explain_in_json_is_the_documented_shape(run: Run, script: Path) -> None:
    told = json.loads(run("explain", str(script), "--format", "json").stdout)
    assert set(told) == {"commands", "summary", "diagnostics"}
    keys = {"file", "line", "end_line", "text", "disposition", "resources", "reason", "host", "user", "cwd"}
    assert all(set(entry) == keys for entry in told["commands"])
    assert set(told["summary"]) == {"converted", "absorbed", "kept", "dropped", "unresolved", "total"}
    assert told["summary"]["total"] == len(told["commands"]) == 4
    assert [entry["line"] for entry in told["commands"]] == [1, 2, 3, 4]


def test_explain_shows_every_line(run: Run, script: Path) -> None:
    shown = run("explain", str(script)).stdout
    for line in SCRIPT.splitlines():
        assert line in shown


@pytest.mark.parametrize("columns", ["24", "40", "80", "200"])
def test_explain_fits_the_terminal(run: Run, columns: str) -> None:
    source = FIXTURES / "compose-with-health" / "input" / "deploy.sh"
    shown = run("explain", str(source), env={"COLUMNS": columns}).stdout
    assert max(len(line) for line in shown.splitlines()) <= max(int(columns), 24)


def test_no_colours_in_a_pipe(run: Run, script: Path) -> None:
    assert "\x1b" not in run("explain", str(script)).stdout


def on_terminal(command: list[str], home: Path, **environment: str) -> str:
    """What the command shows where standard output is a terminal."""
    main, other = pty.openpty()
    env = {**surroundings(home), "TERM": "xterm-256color", **environment}
    with subprocess.Popen(command, stdin=other, stdout=other, stderr=other, env=env, cwd=home) as started:
        os.close(other)
        shown = b""
        while select.select([main], [], [], 30)[0]:
            try:
                piece = os.read(main, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
            if not piece:
                break
            shown += piece
        started.wait(30)
    os.close(main)
    return shown.decode("utf-8", "replace")


def test_colours_on_a_terminal_unless_declined(command: list[str], script: Path) -> None:
    home = script.parent
    assert "\x1b[" in on_terminal([*command, "explain", str(script)], home)
    assert "\x1b[" not in on_terminal([*command, "explain", str(script)], home, NO_COLOR="1")
    assert "\x1b[" not in on_terminal([*command, "explain", str(script)], home, TERM="dumb")


def test_a_script_cannot_steer_the_terminal(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "deploy.sh").write_bytes(b"echo '\x1b]0;owned\x07'\nmkdir '\x1b[2Jx'\n")
    shown = on_terminal([*command, "explain", "deploy.sh"], tmp_path, NO_COLOR="1")
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_ascii_terminal(run: Run, script: Path) -> None:
    shown = run("explain", str(script), env={"LANG": "C", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert shown.stdout.isascii()


def test_standard_input(run: Run) -> None:
    done = run("explain", "-", "--format", "json", stdin=SCRIPT)
    assert json.loads(done.stdout)["commands"][0]["file"] == "script.sh"


def test_convert_ends_with_what_to_do_next(run: Run, script: Path, tmp_path: Path) -> None:
    done = run("convert", "deploy.sh", "-o", "made", "--yes")
    assert done.returncode in (0, 1), done.stderr
    assert "converted" in done.stdout
    assert "The repository is in made" in done.stdout
    following = done.stdout.split("Next:\n")[1].splitlines()
    assert len(following) == 3
    assert (tmp_path / "made" / "MIGRATION.md").is_file()
    assert (tmp_path / "made" / ".git").is_dir()


def test_convert_in_json(run: Run, script: Path) -> None:
    told = json.loads(run("convert", "deploy.sh", "-o", "made", "--format", "json").stdout)
    assert {"directory", "commit", "files", "summary", "questions", "unsupported", "diagnostics"} <= set(told)
    assert "site.yml" in told["files"]


def test_quiet(run: Run, script: Path) -> None:
    done = run("convert", "deploy.sh", "-o", "made", "--quiet")
    assert done.stdout == ""


def test_dry_run_writes_nothing(run: Run, script: Path, tmp_path: Path) -> None:
    done = run("convert", "deploy.sh", "-o", "made", "--dry-run")
    assert "site.yml" in done.stdout
    assert "+++" in done.stdout
    assert not (tmp_path / "made").exists()


def test_plan_and_render_equal_convert(run: Run, script: Path, tmp_path: Path) -> None:
    run("convert", "deploy.sh", "-o", "at-once", "--yes")
    assert run("plan", "deploy.sh", "-o", "plan.yaml").returncode in (0, 1)
    assert run("render", "plan.yaml", "-o", "in-two", "--yes").returncode in (0, 1)
    assert files_of(tmp_path / "at-once") == files_of(tmp_path / "in-two")


def test_plan_on_standard_output(run: Run, script: Path) -> None:
    assert "resources" in run("plan", "deploy.sh").stdout
    assert json.loads(run("plan", "deploy.sh", "--format", "json").stdout)


@pytest.mark.parametrize("chosen", ["github-actions", "gitlab-ci", "github-actions,gitlab-ci"])
def test_deliveries(run: Run, script: Path, tmp_path: Path, chosen: str) -> None:
    assert run("convert", "deploy.sh", "-o", "made", "--delivery", chosen, "--yes").returncode in (0, 1)
    assert (tmp_path / "made" / ".github").is_dir() == ("github" in chosen)
    assert (tmp_path / "made" / ".gitlab-ci.yml").is_file() == ("gitlab" in chosen)


BAD_REQUESTS = [
    (["explain", "missing.sh"], "there is no missing.sh"),
    (["explain", "taken"], "no shell script in the folder taken"),
    (["explain", "/dev/null"], "not a file"),
    (["convert", "deploy.sh", "-o", "taken"], "taken"),
    (["convert", "deploy.sh", "-o", "made", "--target", "punchcards"], "punchcards"),
    (["convert", "deploy.sh", "-o", "made", "--delivery", "pigeon"], "pigeon"),
    (["convert", "deploy.sh"], "-o"),
    (["convert", "deploy.sh", "-o", "made", "--rules", "nowhere"], "nowhere"),
    (["render", "deploy.sh", "-o", "made"], ""),
    (["render", "missing.yaml", "-o", "made"], "there is no plan"),
    (["rules", "show", "frobnicate"], "frobnicate"),
    (["verify", "missing"], "there is no folder"),
    (["explain", "deploy.sh", "--runs-on", "mars"], "mars"),
]


@pytest.mark.parametrize(
    ("arguments", "said"), BAD_REQUESTS, ids=[" ".join(arguments) for arguments, _ in BAD_REQUESTS]
)
def test_bad_requests_end_with_2_and_one_line(run: Run, script: Path, arguments: list[str], said: str) -> None:
    (script.parent / "taken").mkdir()
    (script.parent / "taken" / "thesis.txt").write_text("mine")
    done = run(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr
    assert done.stdout == ""
    assert files_of(script.parent / "taken") == {"thesis.txt": b"mine"}


def test_a_folder_stands_for_the_scripts_in_it(run: Run, tmp_path: Path) -> None:
    for name, text in {"deploy-qa.sh": "ssh q.test touch /a", "deploy-prod": "#!/bin/sh\nssh p.test touch /a"}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "notes.txt").write_text("rm -rf /")
    done = run("plan", ".")
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("- name: ")] == [
        "- name: qa",
        "- name: production",
    ]


def test_a_closed_pipe_is_no_error(command: list[str], tmp_path: Path) -> None:
    source = FIXTURES / "compose-with-health" / "input" / "deploy.sh"
    done = subprocess.run(
        ["bash", "-c", '"$@" | true', "-", *command, "explain", str(source)],
        capture_output=True,
        text=True,
        check=False,
        env=surroundings(tmp_path),
    )
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


def test_a_bug_is_one_line_and_a_log(command: list[str], tmp_path: Path) -> None:
    python = command[0] if command[-1] == "converter" else str(Path(command[0]).parent / "python")
    broken = "import converter.pipeline as p, sys, converter.cli as c\n"
    broken += "def boom(*a, **k): raise RuntimeError('inside')\np.Scripts.plan = boom\n"
    broken += "sys.argv = ['gitopsify', 'explain', '-']\nsys.exit(c.main())"
    env = {**surroundings(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    done = subprocess.run([python, "-c", broken], input="ls", capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    log = next((tmp_path / "state" / "gitopsify").iterdir())
    assert "in boom" in log.read_text()
    assert "RuntimeError" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_interrupted(command: list[str], tmp_path: Path) -> None:
    with subprocess.Popen(
        [*command, "explain", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(tmp_path),
    ) as started:
        time.sleep(1.5)
        started.send_signal(signal.SIGINT)
        assert started.wait(10) == 130
        assert started.stderr is not None
        assert b"Traceback" not in started.stderr.read()


def test_completion_is_offered(run: Run) -> None:
    assert "--install-completion" in run("--help").stdout


def test_rules_list(run: Run) -> None:
    told = json.loads(run("rules", "list", "--format", "json").stdout)
    assert told["total"] == len(told["rules"]) > 50
    listed = run("rules", "list").stdout
    assert "git-clone" in listed


def test_rules_show(run: Run) -> None:
    shown = run("rules", "show", "git-clone").stdout
    assert "git clone" in shown
    assert "git_checkout" in shown


def test_own_rules_win(run: Run, tmp_path: Path) -> None:
    (tmp_path / "own" / "tools").mkdir(parents=True)
    (tmp_path / "own" / "tools" / "frobctl.yaml").write_text(
        "# Our own tool.\ntool: frobctl\nrules:\n- id: frobctl-sync\n  description: Kept.\n"
        "  synopsis: frobctl sync\n  keep: frobctl has no module\n"
    )
    done = run("explain", "-", "--rules", "own", "--format", "json", stdin="frobctl sync\n")
    assert json.loads(done.stdout)["commands"][0]["disposition"] == "kept"


def test_verify_lint(run: Run, script: Path) -> None:
    run("convert", "deploy.sh", "-o", "made", "--yes")
    done = run("verify", "made", "--level", "lint", "--format", "json", timeout=300)
    told = json.loads(done.stdout)
    outcomes = {result["tool"]: result["outcome"] for result in told["results"]}
    assert "failed" not in outcomes.values(), told
    assert {"ansible-lint", "yamllint", "actionlint"} <= set(outcomes)


@pytest.mark.parametrize(
    ("folder", "secret"),
    [
        ("docker-ssh-heredoc", "hunter2-registry-9f3"),
        ("provision-ubuntu", "S3cr3t-Tr4cker-2021"),
        ("backup-and-rollback", "tick3ts-db-pw"),
    ],
)
def test_no_secret_is_ever_shown(run: Run, folder: str, secret: str) -> None:
    script = next((FIXTURES / folder / "input").glob("*.sh"))
    assert secret in script.read_text()
    for arguments in (["explain"], ["explain", "--format", "json"], ["plan"], ["convert", "-o", "made", "--dry-run"]):
        done = run(arguments[0], str(script), *arguments[1:])
        assert done.returncode in (0, 1)
        assert secret not in done.stdout + done.stderr
