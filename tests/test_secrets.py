"""`gitopsify secrets`: names for everyone, values for their owner alone and only on request."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cases import Run
from converter.model.decision import Choice, Decision, Mark
from converter.pipeline import Scripts
from converter.review import dump

VALUES = {"DB_PASSWORD": "Zx9!kk2pQ1", "user_password": "Hj7kLm2Qx", "mysql_password": "root-Zx99kk2"}
SCRIPT = f"""\
# once: mysql -p{VALUES["mysql_password"]}
DB_PASSWORD='{VALUES["DB_PASSWORD"]}'
mysql -u root -p"$DB_PASSWORD" -e 'select 1'
echo 'deploy:{VALUES["user_password"]}' | chpasswd
"""
STUB = """\
#!/bin/sh
cat > "$0.input"
printf '%s\\n' "$@" > "$0.arguments"
env > "$0.environment"
echo 'ENC[ciphertext]'
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "deploy.sh"
    path.write_text(SCRIPT)
    return path


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A program that takes the place of sops."""
    folder = tmp_path / "bin"
    folder.mkdir()
    path = folder / "sops"
    path.write_text(STUB)
    path.chmod(0o755)
    return path


def beside(stub: Path) -> dict[str, str]:
    return {"PATH": f"{stub.parent}{os.pathsep}{os.environ['PATH']}"}


def test_list_tells_names_and_places(run: Run, script: Path) -> None:
    done = run("secrets", "list", str(script))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.split() for line in lines[:3]] == [
        ["DB_PASSWORD", "deploy.sh:2"],
        ["mysql_password", "deploy.sh:1"],
        ["user_password", "deploy.sh:4"],
    ]
    assert not any(value in done.stdout + done.stderr for value in VALUES.values())


def test_list_in_json(run: Run, script: Path) -> None:
    told = json.loads(run("secrets", "list", str(script), "--format", "json").stdout)
    assert told["secrets"][0] == {"name": "DB_PASSWORD", "variable": "db_password", "places": ["deploy.sh:2"]}


def test_list_of_none(run: Run) -> None:
    assert run("secrets", "list", "-", stdin="ls\n").stdout == "No secret was found.\n"


def test_env_is_a_file_for_its_owner_alone(run: Run, script: Path, tmp_path: Path) -> None:
    done = run("secrets", "export", str(script), "--to", "env", "-o", "secrets.env")
    made = tmp_path / "secrets.env"
    assert done.returncode == 0, done.stderr
    assert made.stat().st_mode & 0o777 == 0o600
    told = dict(line.split("=", 1) for line in made.read_text().splitlines())
    assert {name: shlex.split(value)[0] for name, value in told.items()} == {
        name.upper(): value for name, value in VALUES.items()
    }
    assert not any(value in done.stdout + done.stderr for value in VALUES.values())


def test_a_shell_reads_the_env_file(run: Run, tmp_path: Path) -> None:
    value = 'a\'b "c" $d `e` \\ {9}'
    (tmp_path / "deploy.sh").write_text(f'DB_PASSWORD={shlex.quote(value)}\nmysql -p"$DB_PASSWORD" shop\n')
    run("secrets", "export", "deploy.sh", "--to", "env", "-o", "secrets.env")
    told = subprocess.run(
        ["bash", "-c", '. ./secrets.env; printf %s "$DB_PASSWORD"'], cwd=tmp_path, capture_output=True, check=True
    )
    assert told.stdout.decode() == value


def test_nothing_is_replaced(run: Run, script: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("taken", "link"):
        done = run("secrets", "export", str(script), "--to", "env", "-o", name)
        assert done.returncode == 2
        assert "is there already" in done.stderr
    assert (tmp_path / "taken").read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_plain_gets_into_a_repository(run: Run, script: Path, tmp_path: Path) -> None:
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    (tmp_path / "shop" / "deep").mkdir()
    done = run("secrets", "export", str(script), "--to", "env", "-o", "shop/deep/secrets.env")
    assert done.returncode == 2
    assert "inside the git repository" in done.stderr
    assert list((tmp_path / "shop" / "deep").iterdir()) == []


def test_nothing_is_printed_or_made_of_nothing(run: Run, script: Path) -> None:
    assert run("secrets", "export", str(script), "--to", "env", "-o", "-").returncode == 2
    done = run("secrets", "export", "-", "--to", "env", "-o", "made", stdin="ls\n")
    assert (done.returncode, "no secret was found" in done.stderr) == (2, True)


def test_the_vault_can_be_read_with_its_password(run: Run, script: Path, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("s3same\n")
    done = run(
        "secrets", "export", str(script), "--to", "vault", "-o", "vault.yml", "--vault-password-file", "password"
    )
    made = tmp_path / "vault.yml"
    assert done.returncode == 0, done.stderr
    assert made.stat().st_mode & 0o777 == 0o600
    assert made.read_text().startswith("$ANSIBLE_VAULT;")
    view = [
        str(Path(sys.executable).parent / "ansible-vault"),
        "view",
        "--vault-password-file",
        "password",
        "vault.yml",
    ]
    told = subprocess.run(view, cwd=tmp_path, capture_output=True, check=True)
    assert yaml.safe_load(told.stdout) == {f"vault_{name.lower()}": value for name, value in VALUES.items()}


def test_the_vault_needs_a_password(run: Run, script: Path, tmp_path: Path) -> None:
    done = run("secrets", "export", str(script), "--to", "vault", "-o", "vault.yml")
    assert done.returncode == 2
    assert "--vault-password-file" in done.stderr
    done = run("secrets", "export", str(script), "--to", "vault", "-o", "vault.yml", "--vault-password-file", "nothing")
    assert "there is no password file nothing" in done.stderr
    assert not (tmp_path / "vault.yml").exists()


def test_sops_gets_the_values_by_standard_input_alone(run: Run, script: Path, stub: Path, tmp_path: Path) -> None:
    arguments = ["--to", "sops", "-o", "secrets.sops.yml", "--age", "age1xyz"]
    done = run("secrets", "export", str(script), *arguments, env=beside(stub))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "secrets.sops.yml").read_text() == "ENC[ciphertext]\n"
    given = yaml.safe_load(Path(f"{stub}.input").read_text())
    assert given == {f"sops_{name.lower()}": value for name, value in VALUES.items()}
    seen = Path(f"{stub}.arguments").read_text() + Path(f"{stub}.environment").read_text()
    assert "age1xyz" in seen
    assert not any(value in seen for value in VALUES.values())


def test_what_sops_says_is_told_and_nothing_is_written(run: Run, script: Path, stub: Path, tmp_path: Path) -> None:
    stub.write_text("#!/bin/sh\necho 'no key was given' >&2\nexit 1\n")
    done = run("secrets", "export", str(script), "--to", "sops", "-o", "secrets.sops.yml", env=beside(stub))
    assert done.returncode == 2
    assert "no key was given" in done.stderr
    assert not (tmp_path / "secrets.sops.yml").exists()


def test_no_secret_is_in_a_log(command: list[str], tmp_path: Path) -> None:
    python = command[0] if command[-1] == "converter" else str(Path(command[0]).parent / "python")
    broken = "import converter.pipeline as p, sys, converter.cli as c\n"
    broken += "def boom(self, *said): raise KeyError(self._sources[0][1].decode())\np.Scripts.plan = boom\n"
    broken += "sys.argv = ['gitopsify', 'explain', '-']\nsys.exit(c.main())"
    env = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    done = subprocess.run([python, "-c", broken], input=SCRIPT, capture_output=True, text=True, env=env, check=False)
    log = next((tmp_path / "state" / "gitopsify").iterdir()).read_text()
    assert "KeyError" in log
    assert "in boom" in log
    assert not any(value in log + done.stdout + done.stderr for value in VALUES.values())


def test_no_secret_is_in_a_new_rule(run: Run, tmp_path: Path) -> None:
    done = run("rules", "new", "frobctl sync --password Zx9kk2pQ1 /srv", "-o", "pack")
    assert done.returncode == 0, done.stderr
    assert "${password}" in (tmp_path / "pack" / "frobctl.yaml").read_text()
    assert "Zx9kk2pQ1" not in (tmp_path / "pack" / "frobctl.yaml").read_text()


def test_what_a_person_named_is_exported_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "deploy.sh").write_text(
        "CHANNEL=tango-seven\nssh a@b.example.com <<EOF\nfrobctl say --to $CHANNEL\nmkdir /srv/hidden-place\nEOF\n"
    )
    (tmp_path / ".gitopsify").mkdir()
    mark = Mark(resource="directory./srv/hidden-place", field="path", choice=Choice.SECRET, name="PLACE")
    plan = Scripts([("deploy.sh", (tmp_path / "deploy.sh").read_bytes())], name="x")
    plan.plan()
    line = next(name for place, name in plan.names.items() if place[1] == 4)
    said = (Decision(about="variable.CHANNEL", choice=Choice.SECRET), Decision(about=line, marks=(mark,)))
    (tmp_path / ".gitopsify" / "answers.yaml").write_text(dump(said))
    told = run("secrets", "list", "deploy.sh").stdout
    assert "CHANNEL  deploy.sh:1" in told
    assert "PLACE    deploy.sh:4" in told
    assert "tango" not in told
    done = run("secrets", "export", "deploy.sh", "--to", "env", "-o", "mine.env")
    assert done.returncode == 0, done.stderr
    values = (tmp_path / "mine.env").read_text()
    assert "CHANNEL=tango-seven" in values
    assert "PLACE=/srv/hidden-place" in values


def test_values_that_a_person_named_are_those_of_their_environments(run: Run, tmp_path: Path) -> None:
    (tmp_path / "deploy.sh").write_text(
        'case "$1" in\n  staging) HOST=a.example.com; WHO=first-one ;;\n'
        '  production) HOST=b.example.com; WHO=second-one ;;\nesac\nssh "root@$HOST" "frobctl say --as $WHO"\n'
    )
    (tmp_path / "said.yaml").write_text("variable.WHO: secret\n")
    export = ("secrets", "export", "deploy.sh", "--answers", "said.yaml", "--to", "env", "-o", "mine.env")
    assert "say which with --env" in run(*export).stderr
    assert run(*export, "--env", "staging").returncode == 0
    assert (tmp_path / "mine.env").read_text().splitlines()[-1] == "WHO=first-one"
