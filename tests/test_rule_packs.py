"""Packs of rules that users write: begun, tested, and used before the built-in rules."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import yaml

from cases import Run

LINE = "frobctl sync --all -n 3 /srv/data"
OWN = """\
tool: systemctl
rules:
- id: own-restart
  description: Restarts go through our own tool.
  synopsis: systemctl restart UNIT
  keep: our own tool restarts it
  examples:
  - run: systemctl restart shop
    gives: keep
  - run: systemctl stop shop
    gives: []
"""


def test_a_new_rule_is_valid_and_recognises_its_line(run: Run, tmp_path: Path) -> None:
    assert run("rules", "new", LINE).returncode == 0
    pack = tmp_path / ".gitopsify" / "rules"
    text = (pack / "frobctl.yaml").read_text()
    assert text.splitlines()[0].endswith("$schema=rule.schema.json")
    jsonschema.validate(yaml.safe_load(text), json.loads((pack / "rule.schema.json").read_text()))
    assert run("rules", "test").stdout == "1 rules: all examples are as they say\n"
    (tmp_path / "deploy.sh").write_text(LINE)
    told = json.loads(run("explain", "deploy.sh", "--format", "json").stdout)
    assert [entry["disposition"] for entry in told["commands"]] == ["kept"]


def test_a_rule_file_is_never_overwritten(run: Run) -> None:
    run("rules", "new", LINE)
    again = run("rules", "new", LINE)
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_own_rules_win_and_broken_ones_are_told(run: Run, tmp_path: Path) -> None:
    pack = tmp_path / "ours"
    pack.mkdir()
    (pack / "systemctl.yaml").write_text(OWN)
    (tmp_path / "deploy.sh").write_text("systemctl restart shop\n")
    told = json.loads(run("explain", "deploy.sh", "--rules", "ours", "--format", "json").stdout)
    assert told["commands"][0]["reason"] == "Our own tool restarts it."
    (pack / "systemctl.yaml").write_text(OWN.replace("systemctl stop shop", "systemctl restart other"))
    done = run("rules", "test", "ours", "--format", "json")
    assert done.returncode == 1
    assert [finding["rule"] for finding in json.loads(done.stdout)["findings"]] == ["own-restart"]


def test_bad_requests(run: Run) -> None:
    assert run("rules", "test", "nowhere").returncode == 2
    assert run("rules", "new", "'unclosed").returncode == 2
    assert run("rules", "new", "").returncode == 2
