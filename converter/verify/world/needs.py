"""What the programs and services of a script need to be there, as `needs.yaml` lists it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml


def need_of(program: str) -> Mapping[str, Any]:
    """What a program needs, whatever its version in its name is."""
    known = needs()["programs"]
    found: Mapping[str, Any] = known.get(program) or known.get(re.sub(r"-?[\d.]+$", "", program)) or {}
    return found


@cache
def needs() -> Mapping[str, Any]:
    """The whole list."""
    found: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "needs.yaml").read_text(encoding="utf-8"))
    return found
