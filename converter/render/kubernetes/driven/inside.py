"""Secrets in the environment of a pod: named there, with their values in the store."""

from __future__ import annotations

from typing import Any

from converter.render.kubernetes.driven.filled import MARK, Filling
from converter.render.kubernetes.driven.objects import Data, Object
from converter.render.kubernetes.names import key
from converter.render.kubernetes.texts import Held
from converter.render.yaml import document


def with_references(each: Object, filling: Filling, secret: str) -> list[str]:
    """The object with references; the names of the secrets that it had. It is written anew where it had any."""
    used: list[str] = []
    for container in each.containers():
        listed = container.get("env")
        if isinstance(listed, list):
            container["env"] = [entry for one in listed for entry in _entries(one, filling, secret, used)]
    if used:
        each.text = document(each.data).removeprefix("---\n")
    return used


def _entries(entry: Any, filling: Filling, secret: str, used: list[str]) -> list[Data]:
    text = entry.get("value") if isinstance(entry, dict) else None
    pieces = filling.pieces(text) if isinstance(text, str) and MARK.search(text) else []
    held = [piece for piece in pieces if isinstance(piece, Held)]
    if not held or not all(piece.secret for piece in held):
        return [entry]
    used += [piece.name for piece in held]
    if len(pieces) == 1:
        return [_reference(str(entry["name"]), held[0], secret)]
    # Variables that stand before are known: `$$` is a dollar sign, `$(NAME)` one of them.
    before = [_reference(f"{key(piece.name)}_SECRET", piece, secret) for piece in dict.fromkeys(held)]
    value = "".join(
        piece.replace("$", "$$") if isinstance(piece, str) else f"$({key(piece.name)}_SECRET)" for piece in pieces
    )
    return [*before, {"name": entry["name"], "value": value}]


def _reference(name: str, held: Held, secret: str) -> Data:
    source = {"secretKeyRef": {"name": secret, "key": key(held.name)}}
    return {"name": name, "valueFrom": source}
