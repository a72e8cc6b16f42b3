"""The sentences by which ufw is told a rule: `allow in on eth0 from 10.0.0.0/8 to any port 5432 proto tcp`."""

from __future__ import annotations

import re

import msgspec

from converter.match.pieces import before, ends
from converter.match.unsuited import UnsuitedError
from converter.model.value import Value

# Names of /etc/services, which ufw turns into a port and a protocol.
_SERVICES = {
    "ssh": "22",
    "http": "80",
    "https": "443",
    "smtp": "25",
    "ftp": "21",
    "mysql": "3306",
    "postgresql": "5432",
}


class UfwRule(msgspec.Struct, kw_only=True):
    """A rule as it was said."""

    rule: str = ""
    port: Value | None = None
    proto: Value | None = None
    source: Value | None = None
    source_port: Value | None = None
    destination: Value | None = None
    direction: str = ""
    app: Value | None = None
    delete: bool = False
    interface: Value | None = None
    comment: Value | None = None
    insert: Value | None = None
    route: bool = False
    log: bool = False


def ufw_rule(given: list[Value]) -> UfwRule:
    """The rule that the words say; raises for what is no rule."""
    words = list(given)
    found = UfwRule()
    while words and words[0].text in ("route", "delete", "insert", "prepend", "rule"):
        _head(found, words)
    if not words or words[0].text not in ("allow", "deny", "reject", "limit"):
        raise UnsuitedError("no rule of ufw")
    found.rule = words.pop(0).text or ""
    if words and words[0].text in ("in", "out"):
        found.direction = words.pop(0).text or ""
    side = "to"
    while words:
        side = _word(found, words, side)
    if not (found.port or found.app or found.source or found.destination or found.interface):
        raise UnsuitedError("a rule of ufw for nothing")
    return found


def _head(found: UfwRule, words: list[Value]) -> None:
    word = words.pop(0).text
    if word == "prepend":
        raise UnsuitedError("prepend")
    if word == "insert":
        found.insert = words.pop(0)
    found.route = found.route or word == "route"
    found.delete = found.delete or word == "delete"


def _word(found: UfwRule, words: list[Value], side: str) -> str:
    word = words.pop(0)
    key = word.text or ""
    if key in ("log", "log-all"):
        found.log = True
    elif key in ("on", "from", "to", "port", "proto", "app", "comment", "in", "out"):
        if not words:
            raise UnsuitedError(key)
        return _said(found, key, words, side)
    elif found.port or found.app:
        raise UnsuitedError(key)
    else:
        _target(found, word)
    return side


def _said(found: UfwRule, key: str, words: list[Value], side: str) -> str:
    value = words.pop(0)
    if key in ("in", "out"):
        raise UnsuitedError("two directions")
    if key in ("from", "to"):
        if value.text != "any":
            setattr(found, "source" if key == "from" else "destination", value)
        return key
    field = {"on": "interface", "port": "port", "proto": "proto", "app": "app", "comment": "comment"}[key]
    setattr(found, "source_port" if field == "port" and side == "from" else field, value)
    return side


def _target(found: UfwRule, word: Value) -> None:
    known = word.text
    if known in _SERVICES:
        found.port, found.proto = Value.of(_SERVICES[known]), Value.of("tcp")
    elif known is None or re.fullmatch(r"\d[\d,:]*(/(tcp|udp))?", known):
        proto = next((name for name in ("tcp", "udp") if ends(word, f"/{name}")), "")
        found.port = before(word, f"/{proto}") if proto else word
        found.proto = Value.of(proto) if proto else None
    elif re.fullmatch(r"[A-Z][\w ()+.-]*", known):
        found.app = word
    else:
        raise UnsuitedError(known)
