"""`gitopsify rules new` and `rules test`: packs of rules that users write themselves."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

from converter.cli.exits import Exit
from converter.cli.request import OWN_RULES
from converter.cli.terminal import Screen, visible
from converter.match.check import Finding, check
from converter.match.load import RuleBook, built_in
from converter.match.schema import rule_schema
from converter.match.skeleton import SCHEMA, skeleton
from converter.model.diagnostic import ConverterError
from converter.model.trace import Trace
from converter.plan import concealed


def created(line: str, folder: str) -> int:
    """Writes a first rule for the command line into the pack, with the schema for editors beside it."""
    text = skeleton(concealed(line))
    pack = Path(folder) if folder else OWN_RULES
    file = pack / f"{yaml.safe_load(text)['tool']}.yaml"
    if file.exists():
        raise ConverterError(f"{file} is there already", "add the rule to that file")
    pack.mkdir(parents=True, exist_ok=True)
    (pack / SCHEMA).write_text(json.dumps(rule_schema(), indent=2) + "\n", encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    screen = Screen()
    screen.print(f"{file} recognises the command. Next:")
    screen.print(f"  $EDITOR {file}    # say what it means")
    screen.print(f"  gitopsify rules test {pack}    # run its examples")
    return Exit.DONE


def tested(folder: str, *, as_json: bool) -> int:
    """Checks a pack, by default the project's own, together with the built-in rules that stand behind it."""
    pack = Path(folder) if folder else OWN_RULES
    if not pack.is_dir():
        raise ConverterError(f"there is no folder of rules {pack}", 'begin one: gitopsify rules new "frobctl sync"')
    book = RuleBook([pack, built_in()] if pack.resolve() != built_in().resolve() else [pack])
    own = sum(1 for rule in book.all() if rule.path.is_relative_to(pack))
    found = [finding for finding in check(book, _followed) if finding.path.is_relative_to(pack)]
    if as_json:
        print(json.dumps({"rules": own, "findings": [_data(finding) for finding in found]}, indent=2))
    else:
        _report(found, own)
    return Exit.LEFT if found else Exit.DONE


def _report(found: list[Finding], rules: int) -> None:
    screen = Screen()
    for finding in found:
        screen.print(visible(str(finding)))
    result = f"{len(found)} to mend" if found else "all examples are as they say"
    screen.print(f"{rules} rules: {result}")


def _data(finding: Finding) -> dict[str, object]:
    return {"file": str(finding.path), "line": finding.line, "rule": finding.rule, "problem": finding.problem}


def _followed(text: str) -> Trace:
    from converter.parse import parse_text
    from converter.trace import trace

    script = parse_text(f"{text}\n", "example.sh", 1, 1)
    return trace([script], parse_text=parse_text, load=lambda path: None)
