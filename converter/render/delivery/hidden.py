"""Variables that a secret is part of: each step that uses one computes it itself, so that no other step gets it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from converter.render.delivery.variables import Environ

_NAMED = re.compile(r"\$\{?([A-Za-z_]\w*)")


def apart(environ: Environ, scripts: Sequence[str]) -> tuple[Environ, list[str]]:
    """The variables that are computed once for all steps, and the scripts of the steps with the others before them."""
    hidden: dict[str, str] = {}
    for name, text in environ.computed:
        if not {*environ.secrets, *hidden}.isdisjoint(_NAMED.findall(text)):
            hidden[name] = text
    open_ = tuple((name, text) for name, text in environ.computed if name not in hidden)
    return msgspec.structs.replace(environ, computed=open_), [_given(script, hidden) for script in scripts]


def _given(script: str, hidden: Mapping[str, str]) -> str:
    wanted = set(_NAMED.findall(script))
    for name in reversed(list(hidden)):
        if name in wanted:
            wanted.update(_NAMED.findall(hidden[name]))
    return "\n".join([*(f"{name}={text}" for name, text in hidden.items() if name in wanted), script])
