"""The 62 commands of the scoreboard: how many are right, and that none is wrong."""

from __future__ import annotations

from collections import Counter

import yaml

from dozer import HERE, judged, ours


def test_frequent_commands_are_right_or_visibly_kept() -> None:
    cases = yaml.safe_load((HERE / "dozer62.yaml").read_text(encoding="utf-8"))
    found = Counter(judged(ours(case["command"]), case) for case in cases)
    assert len(cases) == 62
    assert found["right"] >= 58
    assert found.keys() <= {"right", "kept"}
