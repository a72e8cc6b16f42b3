"""Hosts as people write them: `deploy@app1.example.com:2222`."""

from __future__ import annotations

import re

from converter.model.starter import Starter
from converter.model.trace import Host
from converter.model.value import Value

_HOST = re.compile(
    r"(?:(?P<user>[a-z_][a-z0-9_.-]*)@)?"
    r"(?P<address>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::(?P<port>[0-9]{1,5}))?"
)


def wrong(text: str) -> str:
    """What is wrong with it, "" where nothing is."""
    found = _HOST.fullmatch(text)
    if found is None:
        return f"{text!r} is no host: write it as app1.example.com, deploy@192.0.2.10 or deploy@app1.example.com:2222"
    if found["port"] and not 0 < int(found["port"]) < 65536:
        return f"{text!r} has no such port"
    return ""


def host_of(text: str) -> Host:
    """The host that is meant."""
    user, address, port = _parts(text)
    return Host(
        address=Value.of(address),
        user=Value.of(user) if user else None,
        port=Value.of(port) if port else None,
    )


def name_of(text: str) -> str:
    """Its name, "" where it has only an address."""
    address = _parts(text)[1]
    return address if re.search(r"[A-Za-z]", address) and ":" not in address and "." in address else ""


def login_of(wanted: Starter) -> str:
    """The account on all hosts, where all of them have the same."""
    users = {_parts(text)[0] for each in wanted.environments for text in each.hosts}
    return users.pop() if len(users) == 1 else ""


def _parts(text: str) -> tuple[str, str, str]:
    found = _HOST.fullmatch(text)
    if found is None:
        raise ValueError(wrong(text))
    return found["user"] or "", found["address"].strip("[]"), found["port"] or ""
