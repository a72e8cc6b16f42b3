"""Writes the pages of `docs/` that are made from the program: `python docs/generate.py`; a test holds them to it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from converter.match.load import load_rules
from converter.match.schema import rule_schema
from converter.resources import KINDS

HERE = Path(__file__).resolve().parent
MADE = "<!-- Made by docs/generate.py: edit what it reads. -->\n\n"


def kinds() -> str:
    """What a plan can say, one row a kind."""
    rows = ["| kind | what it is | fields |", "|---|---|---|"]
    for name in sorted(KINDS):
        kind = KINDS[name]
        fields = ", ".join(f"`{field}`" for field in kind.__struct_fields__)
        rows.append(f"| `{name}` | {_cell(kind.__doc__ or '')} | {fields} |")
    intro = (
        "# Kinds of resources\n\nEach is a module of `converter/resources/`, and an item of `resources` in a plan.\n\n"
    )
    return MADE + intro + "\n".join(rows) + "\n"


def rules() -> str:
    """What is recognised, by family and tool."""
    found = sorted(load_rules().all(), key=lambda rule: (rule.family, rule.tools[0]))
    parts = [f"# Rules\n\n{len(found)} rules. `gitopsify rules show NAME` shows one with its examples.\n"]
    for family, members in groupby(found, key=lambda rule: rule.family):
        parts.append(f"\n## {family}\n\n| tool | rule | what it does |\n|---|---|---|\n")
        parts += [f"| `{rule.tools[0]}` | `{rule.id}` | {_cell(rule.get('description', ''))} |\n" for rule in members]
    return MADE + "".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def schema() -> str:
    """The JSON Schema of rule files, which the first line of each names."""
    return json.dumps(rule_schema(), indent=2) + "\n"


PAGES = {"kinds.md": kinds, "rules.md": rules, "../rules/rule.schema.json": schema}


def pages() -> Iterable[tuple[str, str]]:
    """Name and text of each."""
    return ((name, page()) for name, page in PAGES.items())


if __name__ == "__main__":
    for name, text in pages():
        (HERE / name).write_text(text, encoding="utf-8")
