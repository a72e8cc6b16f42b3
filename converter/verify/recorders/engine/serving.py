"""HTTP over a socket: requests come in, answers go out, whole, in lines, or as a talk over the connection."""

from __future__ import annotations

import http.server
import json
import re
import socket
import socketserver
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from converter.verify.recorders.engine.messages import Answer, RefusedError, Request, handler_of
from converter.verify.recorders.engine.store import Store

API = "1.45"
_UPGRADED = (
    b"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
    b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
)
_TALKING = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers on a socket of the file system; each connection has a thread of its own."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, store: Store) -> None:
        path.unlink(missing_ok=True)
        super().__init__(str(path), _Connection)
        # The users of a world may all use the engine, as those in its group may elsewhere.
        path.chmod(0o666)
        self.store = store

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that is gone has had enough."""


class _Connection(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def __getattr__(self, name: str) -> Any:
        # http.server asks for a method for each of the methods of HTTP.
        if name in ("do_GET", "do_HEAD", "do_POST", "do_PUT", "do_DELETE"):
            return self._answer
        raise AttributeError(name)

    def address_string(self) -> str:
        return "client"

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""

    def _answer(self) -> None:
        try:
            request = self._request()
            handler, named = handler_of("GET" if self.command == "HEAD" else self.command, request.path)
            full = Request(**{name: getattr(request, name) for name in request.__slots__} | {"named": named})
            with self.server.store.changed:
                answer = handler(self.server.store, full)
        except RefusedError as refused:
            answer = Answer(status=refused.status, body={"message": refused.message})
        except (OSError, ValueError, LookupError, TypeError):
            answer = Answer(status=500, body={"message": f"the recorder fails: {traceback.format_exc()}"})
        self._send(answer)

    def _request(self) -> Request:
        parts = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        query |= {f"{name}[]": json.dumps(values) for name, values in parse_qs(parts.query).items()}
        path = unquote(re.sub(r"^/v\d\.\d+(?=/)", "", parts.path))
        return Request(method=self.command, path=path, query=query, body=self._body(), headers=dict(self.headers))

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        found = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            found.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(found)

    def _send(self, answer: Answer) -> None:
        if answer.talk is not None:
            self.wfile.write(_UPGRADED if self.headers.get("Upgrade") else _TALKING)
            answer.talk(self.connection)
            self.close_connection = True
        elif answer.lines is not None:
            self._send_lines(answer, answer.lines)
        else:
            self._send_whole(answer)

    def _send_whole(self, answer: Answer) -> None:
        plain = isinstance(answer.body, bytes)
        empty = answer.status in (101, 204, 304)
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        self.send_header("Api-Version", API)
        self.send_header("Ostype", "linux")
        for name, value in {"Content-Type": "text/plain" if plain else "application/json", **answer.headers}.items():
            self.send_header(name, value)
        if not empty:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not empty and self.command != "HEAD":
            self.wfile.write(body)

    def _send_lines(self, answer: Answer, lines: Iterable[object]) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        try:
            for line in lines:
                data = line if isinstance(line, bytes) else json.dumps(line).encode() + b"\r\n"
                self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True


def until_closed(connection: socket.socket) -> bytes:
    """All that the other side still sends."""
    found = []
    while data := connection.recv(65536):
        found.append(data)
    return b"".join(found)
