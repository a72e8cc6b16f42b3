"""What a container's ports of the host answer: that it is there, to all who ask in HTTP."""

from __future__ import annotations

import http.server
import socket
import threading
from typing import Any

from converter.verify.recorders.engine.messages import Thing
from converter.verify.recorders.engine.store import Store

ANY = ".".join("0000")
_OPEN: dict[str, list[http.server.ThreadingHTTPServer]] = {}


class _Page(http.server.BaseHTTPRequestHandler):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""

    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"ok\n")


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: str, port: int) -> None:
        # An address without a family is every address of both (socket(7), IPV6_V6ONLY is off).
        self.address_family = socket.AF_INET if "." in address else socket.AF_INET6
        super().__init__((address or "::", port), _Page)

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = "container", self.socket.getsockname()[1]


def _bound(container: Thing) -> list[tuple[str, int, str]]:
    found = []
    for port, bindings in (container["HostConfig"].get("PortBindings") or {}).items():
        numbered = [each for each in bindings or () if str(each.get("HostPort", "")).isdigit()]
        kind = port.partition("/")[2] or "tcp"
        found += [(each.get("HostIp") or "", int(each["HostPort"]), kind) for each in numbered]
    return found


def port_taken(store: Store, container: Thing) -> str:
    """The first of its ports that a container which runs has already, nothing where none has."""
    others = [one for one in store.containers.values() if one["State"]["Running"] and one is not container]
    taken = {(port, kind) for other in others for _, port, kind in _bound(other)}
    return next((f"{ip or ANY}:{port}" for ip, port, kind in _bound(container) if (port, kind) in taken), "")


def open_ports(container: Thing) -> None:
    """Answers at its ports, as far as nothing else does."""
    for address, port, kind in _bound(container):
        if kind != "tcp":
            continue
        try:
            server = _Server(address, port)
        except OSError:
            continue
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _OPEN.setdefault(container["Id"], []).append(server)


def close_ports(container: Thing) -> None:
    """Answers no more."""
    for server in _OPEN.pop(container["Id"], []):
        server.shutdown()
        server.server_close()
