"""`gitopsify plan` and `gitopsify render`: the plan as a file, and a repository from one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from converter.cli.convert import Wanted, deliver
from converter.cli.exits import Exit
from converter.cli.request import Asked, counts, report, understand
from converter.model.diagnostic import ConverterError
from converter.pipeline import Saved


def plan(asked: Asked, output: str, *, as_json: bool, quiet: bool) -> int:
    """Writes the plan; 1 if something is left for a person."""
    from converter.plan import document

    made = understand(asked)
    text = document.dump(made)
    if as_json:
        import yaml

        text = json.dumps(yaml.safe_load(text), indent=2) + "\n"
    if output == "-":
        # A plan is UTF-8 wherever it goes; the terminal's own encoding may lack characters of the script.
        sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    else:
        Path(output).write_text(text, encoding="utf-8", errors="surrogateescape")
        if not quiet:
            print(f"The plan is in {output}; edit it, then: gitopsify render {output} -o DIR", file=sys.stderr)
    report(made.diagnostics, quiet=quiet)
    return Exit.LEFT if counts(made)["unresolved"] else Exit.DONE


def render(file: str, wanted: Wanted, *, as_json: bool, quiet: bool) -> int:
    """Writes the repository of a saved plan."""
    from converter.plan import document

    if file == "-":
        text = sys.stdin.read()
    elif not Path(file).is_file():
        raise ConverterError(f"there is no plan {file}", "write one with: gitopsify plan deploy.sh -o plan.yaml")
    else:
        text = Path(file).read_text(encoding="utf-8", errors="surrogateescape")
    return deliver(Saved(document.load(text)), wanted, as_json=as_json, quiet=quiet)
