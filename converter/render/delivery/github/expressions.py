"""Expressions of GitHub Actions: ours are expressions, what looks like one in the script is text."""

from __future__ import annotations

import json
import re
from typing import Any

_BY_NUMBER = {ord(sign): f"\\u{ord(sign):04x}" for sign in "${}'"}


class Expression(str):
    """Text in which `${{ }}` is meant."""

    __slots__ = ()


def expression(code: str) -> Expression:
    """`${{ code }}`."""
    return Expression(f"${{{{ {code} }}}}")


def inert(data: Any) -> Any:
    """The data with `${{` in every plain string replaced by an expression that yields those three characters."""
    match data:
        case Expression():
            return str(data)
        case str():
            return data.replace("${{", "${{ '${{' }}")
        case dict():
            return {inert(key): inert(value) for key, value in data.items()}
        case list() | tuple():
            return [inert(item) for item in data]
        case _:
            return data


def quoted(text: str) -> str:
    """A string inside an expression; signs that start or end one are given by number, so that they are only text."""
    if re.search(r"\{\{|\}\}|[^\x20-\x7e]", text):
        return f"fromJSON('{json.dumps(text).translate(_BY_NUMBER)}')"
    return "'" + text.replace("'", "''") + "'"


# What a run by hand chooses to leave a choice to the manifests.
DECLARED = "as declared"


def given(name: str, default: str = "", dispatched: bool = False, chosen: bool = False) -> Expression:
    """What the run was told, else the variable of the repository, else the default."""
    told = f"inputs.{name} != {quoted(DECLARED)} && inputs.{name}" if chosen else f"inputs.{name}"
    sources = [told] if dispatched else []
    sources.append(f"vars.{name}")
    if default:
        sources.append(quoted(default))
    return expression(" || ".join(sources))


def secret(name: str) -> Expression:
    """`${{ secrets.NAME }}`."""
    return expression(f"secrets.{name}")
