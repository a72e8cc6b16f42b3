"""Serves the engine's HTTP API on /var/run/docker.sock (docs.docker.com/engine/api), as far as clients ask for it."""

from __future__ import annotations

import json
import os
import re
import socket
import socketserver
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from converter.verify.engine.routes import ROUTES, Answer
from converter.verify.engine.store import LOCK, MissingError, Store

SOCKET = Path("/run/docker.sock")
LOG = Path("/var/log/world/engine.log")
STORE = Store()


class Engine(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server_version = "Docker/20.10.24 (linux)"

    def address_string(self) -> str:
        """A socket of the filesystem has no address."""
        return "local"

    def do_any(self) -> None:
        """Finds what is asked for and answers."""
        body = self._body()
        address = urlsplit(self.path)
        path = re.sub(r"^/v\d+\.\d+", "", unquote(address.path))
        query = {name: values[-1] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
        for method, pattern, act in ROUTES:
            found = re.fullmatch(pattern, path) if method == self.command else None
            if found is None:
                continue
            try:
                with LOCK:
                    answer = act(STORE, query, body, *found.groups())
                    STORE.save()
            except MissingError as problem:
                answer = Answer(404, {"message": str(problem.args[0])})
            self._send(answer)
            return
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"{self.command} {path} {address.query}\n")
        self._send(Answer(501, {"message": f"this engine, which runs nothing, can't do {self.command} {path}"}))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_any

    def _body(self) -> Any:
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
                self.rfile.read(size + 2)
            self.rfile.readline()
            return {}
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return json.loads(text) if text and "json" in (self.headers.get("Content-Type") or "") else {}

    def _send(self, answer: Answer) -> None:
        if answer.hijacked:
            self.wfile.write(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
            self.wfile.flush()
            self.close_connection = True
            return
        if answer.stream:
            self._send_lines(answer)
            return
        content = b"" if answer.content is None else json.dumps(answer.content).encode() + b"\n"
        self._head(answer.code, ("Content-Length", str(len(content))) if answer.code != 204 else None)
        if self.command != "HEAD" and answer.code != 204:
            self.wfile.write(content)

    def _send_lines(self, answer: Answer) -> None:
        """As a stream: clients read each line as it comes."""
        self._head(answer.code, ("Transfer-Encoding", "chunked"))
        for line in answer.content:
            text = json.dumps(line).encode() + b"\r\n"
            self.wfile.write(f"{len(text):x}\r\n".encode() + text + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def _head(self, code: int, field: tuple[str, str] | None) -> None:
        self.send_response(code)
        fields = [("Api-Version", "1.41"), ("Ostype", "linux"), ("Content-Type", "application/json")]
        for name, value in [*fields, field] if field else fields:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Many clients at once."""

    daemon_threads = True


def main() -> None:
    """Serves, and tells systemd when it does."""
    SOCKET.unlink(missing_ok=True)
    with Server(str(SOCKET), Engine) as server:
        SOCKET.chmod(0o666)
        if where := os.environ.get("NOTIFY_SOCKET"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.sendto(b"READY=1", where)
        server.serve_forever()


if __name__ == "__main__":
    main()
