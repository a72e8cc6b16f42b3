"""Times matching with the built-in rules and with ten times as many for the same tools: `matching.py [--write]`.

Prints the sentence of `docs/performance.md`, and with `--write` puts it there.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from converter.match import load_rules, match
from converter.match.load import RuleBook, built_in
from converter.model.trace import Trace
from converter.parse import parse_text
from converter.trace import trace
from page import tell
from speed import best, script

TIMES = 10


def many(folder: Path) -> Path:
    """A pack with nine variants of every built-in rule, for a subcommand of their own each."""
    for path in built_in().rglob("*.yaml"):
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        rules = [variant(rule, number) for rule in data["rules"] for number in range(1, TIMES)]
        place = folder / path.relative_to(built_in())
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(yaml.dump({**data, "rules": rules}, sort_keys=False, width=10_000), encoding="utf-8")
    return folder


def variant(rule: dict[str, Any], number: int) -> dict[str, Any]:
    """The rule for `tool variantN ...`."""
    field = "pipeline" if "pipeline" in rule else "synopsis"
    lines = [rule[field]] if isinstance(rule[field], str) else list(rule[field])
    changed = [re.sub(r"^(\([^)]*\)|\S+)", rf"\1 variant{number}", line, count=1) for line in lines]
    return {**rule, "id": f"{rule['id']}-{number}", field: changed}


def traced(lines: int) -> Trace:
    """The trace of a script of that many lines."""
    text = script(lines)
    return trace([parse_text(text, "deploy.sh", 1, 1)], parse_text=parse_text, load=lambda path: None)


def seconds_a_step(found: Trace, rules: RuleBook) -> float:
    """The time that one step takes, once the rules of its tool are read."""
    match(found, rules)
    return best(lambda: match(found, rules)) / len(found.steps)


def reading(rules: RuleBook, words: set[str]) -> float:
    """The time that reading the rules of these tools takes, once a process."""
    start = time.perf_counter()
    for word in words:
        rules.index(word)
    return time.perf_counter() - start


def sentences() -> Iterator[str]:
    """What was measured."""
    found = traced(1000)
    words = {step.argv[0].text or "" for step in found.steps if step.argv}
    with tempfile.TemporaryDirectory() as folder:
        few, all_ = load_rules(), load_rules([many(Path(folder))])
        counts = [sum(1 for _ in rules.all()) for rules in (few, all_)]
        fresh = [reading(rules, words) for rules in (load_rules(), load_rules([Path(folder)]))]
        times = [seconds_a_step(found, rules) for rules in (few, all_)]
    built_in_, each = f"{counts[0]:,} built-in ones", f"{times[0] * 1e6:.0f} microseconds each"
    yield f"Matching one step takes {times[1] / times[0]:.2f} times as long with {counts[1]:,} rules as with the"
    yield f"{built_in_} ({len(found.steps):,} steps, {each}); reading the rules of the {len(words)} tools that occur"
    yield f"takes {fresh[1] / fresh[0]:.1f} times as long, once."


def main() -> None:
    """Measures and prints, and keeps the sentence where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    text = "\n".join(sentences())
    tell(text, "matching", write=given.write)


if __name__ == "__main__":
    main()
