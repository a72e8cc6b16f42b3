"""Pipelines as YAML text: keys in our order, scripts as blocks, and the version of each pinned action beside it."""

from __future__ import annotations

import re
from typing import Any

from converter.render.delivery.pins import version

_USES = re.compile(r"^(\s*(?:- )?uses: )(\S+@[0-9a-f]{40})$", re.MULTILINE)


def document(data: Any, *, heading: str) -> str:
    """The file; `heading` is ours and becomes its first line, a comment."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Blocks for text of several lines, lists indented under their key, no aliases."""

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            del indentless
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    body = yaml.dump(data, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=10_000)
    return f"# {heading}\n---\n{_USES.sub(_with_version, body)}"


def _with_version(found: re.Match[str]) -> str:
    known = version(found[2])
    return f"{found[0]} # {known}" if known else found[0]
