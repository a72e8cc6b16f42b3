"""Pipelines as YAML, with the version of each pinned action beside it."""

from __future__ import annotations

import re
from typing import Any

from converter.render import yaml
from converter.render.delivery.pins import version

_USES = re.compile(r"^(\s*(?:- )?uses: )(\S+@[0-9a-f]{40})$", re.MULTILINE)


def document(data: Any, *, heading: str) -> str:
    """The file; `heading` is ours and becomes a comment at its head."""
    return _USES.sub(_with_version, yaml.document(data, [heading], wide=True))


def _with_version(found: re.Match[str]) -> str:
    known = version(found[2])
    return f"{found[0]} # {known}" if known else found[0]
