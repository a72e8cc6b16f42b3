"""What recorders keep from one call to the next, so that a second call has nothing to do."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from converter.verify.recorders import files_for, needs_docker, processes
from converter.verify.recorders.calls import tools
from converter.verify.recorders.program import call as calling
from converter.verify.recorders.program import libraries, node
from converter.verify.recorders.program import processes as running
from converter.verify.recorders.program.call import Call, Done

_RUN = {
    "npm": node.run,
    "yarn": node.run,
    "pm2": running.run,
    "composer": libraries.composer,
    "bundle": libraries.bundle,
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, notes of its own, and a home."""
    for module in (calling, node, running, libraries):
        monkeypatch.setattr(module, "NOTES", tmp_path / "notes", raising=False)
    (tmp_path / "notes").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NODE_ENV", raising=False)
    (tmp_path / "app").mkdir()
    return tmp_path / "app"


def done(place: Path, line: str) -> Done:
    program, *arguments = shlex.split(line)
    call = Call(program=program, arguments=tuple(arguments), directory=place, user="root", tool=tools()[program])
    return _RUN[program](call)


def changes(place: Path, *lines: str) -> list[bool | None]:
    return [done(place, line).changed for line in lines]


def test_npm(place: Path) -> None:
    assert done(place, "npm ci").code == 1
    (place / "package.json").write_text('{"dependencies": {"a": "^1.2"}, "devDependencies": {"@x/b": "2"}}')
    assert done(place, "npm ci").code == 1, "there is no lock file"
    assert changes(place, "npm i", "npm install", "npm ci", "npm i --production", "npm i --omit=dev") == [
        True, False, False, True, False,
    ]  # fmt: skip
    listed = json.loads(done(place, "npm list --json --long").output)["dependencies"]
    assert listed == {"a": {"version": "1.2.0"}, "@x/b": {"required": "2", "missing": True}}
    assert changes(place, "npm install c@3", "npm i c", "npm uninstall c") == [True, False, True]
    assert changes(place, "npm i -g pm2", "npm i -g pm2", "npm run build") == [True, False, None]
    assert done(place, "npm ls -g pm2").code == 0 != done(place, "npm ls -g yarn").code


def test_yarn(place: Path) -> None:
    (place / "package.json").write_text('{"dependencies": {"a": "1"}}')
    assert done(place, "yarn --frozen-lockfile").code == 1
    assert changes(place, "yarn", "yarn install", "yarn add b", "yarn add b") == [True, False, True, False]
    assert "Already up-to-date" in done(place, "yarn").output


def test_composer(place: Path) -> None:
    assert done(place, "composer install").code == 1
    (place / "composer.json").write_text('{"require": {"php": "8", "a/b": "^2.1"}, "require-dev": {"c/d": "1"}}')
    assert "Package operations" in done(place, "composer install --dry-run").output
    assert changes(place, "composer install", "composer install", "composer install --no-dev") == [True, False, True]
    assert "Nothing to install" in done(place, "composer install --no-dev --dry-run").output
    assert "no-dev" in json.loads(done(place, "composer help install --format=json").output)["definition"]["options"]


def test_bundle(place: Path) -> None:
    (place / "Gemfile").touch()
    assert done(place, "bundle check").code == 1
    assert "Installing" in done(place, "bundle install --deployment").output
    assert changes(place, "bundle install --deployment", "bundle") == [False, True]
    assert done(place, "bundle check").code == 0


def test_pm2(place: Path) -> None:
    assert done(place, "pm2 restart shop").code == 1
    assert [
        done(place, f"pm2 {line}").code for line in ("start app.js --name shop -i 2 -- --port 3", "describe shop")
    ] == [0, 0]
    assert done(place, "pm2 start app.js --name shop").code == 1, "it is launched already"
    (place / "ecosystem.config.js").write_text("module.exports = {apps: [{name: 'a'}, {name: 'b'}]}")
    for line in ("startOrReload ecosystem.config.js --env production", "reload a", "stop b", "save"):
        assert done(place, f"pm2 {line}").code == 0
    found = processes((place.parent / "notes/pm2-root.json").read_text())
    assert {name: (each["status"], each["restarted"]) for name, each in found.items()} == {
        "shop": ("online", False), "a": ("online", True), "b": ("stopped", False),
    }  # fmt: skip
    assert found["shop"]["arguments"] == ["--port", "3"]
    assert [each["name"] for each in json.loads(done(place, "pm2 jlist").output)] == ["shop", "a", "b"]


def test_a_host_needs_nothing_but_python(tmp_path: Path) -> None:
    files = files_for(["docker", "npm"], environment=["RELEASE"])
    assert files["/usr/local/bin/npm"][1] == 0o755
    assert "RELEASE" in files["/usr/local/lib/world/tools.json"][0]
    for path, (text, _) in files.items():
        (tmp_path / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path[1:]).write_text(text)
    modules = ("engine.__main__", "program.calling", "buildx")
    line = "; ".join(f"import converter.verify.recorders.{module}" for module in modules)
    library = tmp_path / "usr/local/lib/world"
    subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(library)!r}); {line}"], check=True
    )


def test_only_docker_needs_the_engine() -> None:
    assert needs_docker(["docker-compose"])
    assert not needs_docker(["npm"])
    assert not [path for path in files_for(["npm"]) if "engine" in path or "docker" in path]
