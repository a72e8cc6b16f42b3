"""Domains that a proxy on the host leads to a port of it: nginx's `server_name` and `proxy_pass`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from converter.model.resource import Resource
from converter.model.value import Value
from converter.render.kubernetes.texts import Held, Texts, UnknownTextError

_NAMES = re.compile(r"^\s*server_name\s+([^;]+);", re.MULTILINE)
_PASSED = re.compile(r"^\s*proxy_pass\s+http://(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)/?;", re.MULTILINE)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)+[a-z0-9-]{2,}")


# Lines of a site that an Ingress says as well: where it listens, whom it passes on, the headers that it adds itself.
_SAID = re.compile(
    r"\s*(?:#.*|server\s*\{|location\s+/\s*\{|\}|listen\s+(?:\[::\]:)?80(?:\s+default_server)?;|server_name\s[^;]+;"
    r"|proxy_pass\s[^;]+;|proxy_set_header\s+(?:Host\s+\$(?:http_)?host|X-Real-IP\s+\$remote_addr"
    r"|X-Forwarded-(?:For\s+\$proxy_add_x_forwarded_for|Proto\s+\$scheme));)?\s*"
)


def only_leads(value: Value, texts: Texts) -> bool:
    """Whether a site does no more than lead its domains to a port."""
    try:
        pieces = texts.pieces(value)
    except UnknownTextError:
        return False
    text = "".join("\0" if isinstance(piece, Held) else piece for piece in pieces)
    return all(map(_SAID.fullmatch, text.splitlines()))


def sites(files: Mapping[str, tuple[Value, Resource]], texts: Texts) -> dict[str, tuple[str, ...]]:
    """The domains for each port, of files that pass everything on to one port."""
    found: dict[str, tuple[str, ...]] = {}
    for value, _ in files.values():
        names, port = site(value, texts)
        if names and port:
            found.setdefault(port, names)
    return found


def site(value: Value, texts: Texts) -> tuple[tuple[str, ...], str]:
    """The domains and the port of one file; nothing where it leads to several places."""
    try:
        pieces = texts.pieces(value)
    except UnknownTextError:
        return (), ""
    text = "".join("\0" if isinstance(piece, Held) else piece for piece in pieces)
    ports = set(_PASSED.findall(text))
    if len(ports) != 1 or len(re.findall(r"^\s*proxy_pass\s", text, re.MULTILINE)) != len(_PASSED.findall(text)):
        return (), ""
    names = [name for line in _NAMES.findall(text) for name in line.split()]
    return tuple(dict.fromkeys(name for name in names if _DOMAIN.fullmatch(name))), ports.pop()
