"""What answers in a world, as a program of its own on its hosts: git remotes, an index of Python packages in which
every package is, and `ok` to everything else.

`answering.py PORT...`: TLS on 443, plain elsewhere. Every request is a line of JSON in /var/log/world/requests.jsonl.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import re
import ssl
import subprocess
import sys
import tarfile
import threading
import zipfile
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

GIT = "/srv/git"
LOG = "/var/log/world/requests.jsonl"
CERTIFICATE = "/etc/ssl/world.pem"
# Versions of Python packages that are asked for, as `name==1.2` line by line.
WHEELS = "/usr/local/lib/world/wheels"
# The index that pip is told to ask; every other one answers in the same way.
INDEX = "python.invalid"
_ASKED = re.compile(r"(?:.*/simple/(?P<name>[\w.-]+)/?|.*/(?P<file>[^/]+\.whl))$")
_WRITING = threading.Lock()
_MODIFIED = "Mon, 01 Jan 2024 00:00:00 GMT"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
# The same bytes each time: no time of packing is in them.
_PACKERS: dict[str | None, Callable[[bytes], bytes]] = {
    "gz": lambda content: gzip.compress(content, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
}
# Sample.java of this folder, as `javac --release 11 -g:none` compiles it: it says ok at the port that PORT names.
_CLASS = """\
eNqNVFlT01AYPbcLCTEILYsIboBCSpGWRUFBlCLaYrFIsYjlJbR3SqFNOsll+0U++1IYmfFVxx8lfukCMnbANLnrd893vnPP9Nfvb98BTGFTgQtu
CR4VXjQxtO3o+3qooBu5UGJrh2cEQ9Ns3siLOQa3FkjJkBk8K4nVNQUKbkhQVbTg5qWDySNb8CIdzHHBjX2GQS3+166w8kZuJvDvkoQ2hp7KssFF
KEZN0szscjGfzVrctmX4GZrHxqdGw/Qbk9FBVKbD02EFXbgloVvFbfQw+C6QY4bgOW4xyCXdsjlNGTobsYkpaMUdR4S7DF0NImKBlIL7eCChT0U/
Bhj6MmYxZO8ZFbLbQpRsbu1zKxSlYbIyJAkyFtcFZ4jUIBsWRuDxa8FmZDxiYCEJQ4Sb1IulAlcwCLdDa1hFECMMLdV8CybVfUi1bjao5KpUUd3I
FijXlXxq6DNO4lEVIcc3XlvolvCi+hCnCUxKeKLiKaYYBq5AWzzMbBM70qjd5kZ2ldsl07B5lOtZbtmErMWWHO0n8EzFc8wwtJKv6mERM3vE0K3V
7JQ3Q4k9UdoTVCvXi6TZC/KtuasoeIlXEuZVRLBw2a0VVcghhBo5EpxSerRAOqJgEW8kvFURRYyhoxE+sTuw8s79erV0pMrynYp4RZFMwbS5hPcM
/dcrTkkXzCwBeYp63nAsmG7g0hTdcFLomd1lvbSmbxUIfo10axDKoJCwvCTypJKEdYq6iDnfISNtV/IzaFr8Py6JKEhI18FIjVjiHAx95EYXGJYd
B1BPfyjUJmjmo55R7x0+BvtasUgzVvCBwp3tA3joADDpl07QHD9F64bfF/wB2d/+BZ7gCTqP0es+wb3lEf/DUwxuHEMrI7A+UsZjB41hldoxuM7Q
CZeEpES37ZbRRC8Nz2izvuo5X3VmH2nHQ8dT9H3CRo3OEK25qO8N+vCzA+EyxoNlTPtny5gr4zWNl6o11I9/Bv4AGedTVw==
"""


def jar() -> bytes:
    """An application of Java that runs."""
    held = io.BytesIO()
    content = {
        "META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\r\nMain-Class: Sample\r\n\r\n",
        "Sample.class": zlib.decompress(base64.b64decode(_CLASS)),
    }
    with zipfile.ZipFile(held, "w") as packed:
        for name, data in content.items():
            packed.writestr(zipfile.ZipInfo(name), data)
    return held.getvalue()


def sample(path: str) -> bytes:
    """What is downloaded: an archive with a folder of its name, a program of Java, or `ok`."""
    name = path.rpartition("/")[2]
    stem = re.sub(r"\.(tar(\.\w+)?|tgz|tbz2|txz|zip)$", "", name)
    held = io.BytesIO()
    entry = tarfile.TarInfo(f"{stem}/README")
    entry.size, entry.mtime, entry.mode = 3, 1704067200, 0o644
    if found := re.search(r"\.(?:tar|tar\.(gz|bz2|xz)|t(gz|bz2|xz))$", name):
        with tarfile.open(fileobj=held, mode="w") as tar:
            folder = tarfile.TarInfo(stem)
            folder.type, folder.mtime, folder.mode = tarfile.DIRTYPE, 1704067200, 0o755
            tar.addfile(folder)
            tar.addfile(entry, io.BytesIO(b"ok\n"))
        return _PACKERS.get(found[1] or found[2], bytes)(held.getvalue())
    if name.endswith(".jar"):
        return jar()
    if name.endswith(".zip"):
        with zipfile.ZipFile(held, "w") as packed:
            packed.writestr(f"{stem}/README", "ok\n")
        return held.getvalue()
    return b"ok\n"


# What a package brings is a program of its name. What keeps services running waits for it to end, all others do not.
PROGRAM = """\
#!python
import os, signal
if "SUPERVISOR_ENABLED" in os.environ or ("INVOCATION_ID" in os.environ and os.getppid() == 1):
    signal.pause()
"""


def normal(name: str) -> str:
    """The name of a Python package as an index has it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wheels(name: str, asked: str) -> list[str]:
    """The files of a package: version 1.0, and those that are asked for in lines such as `name==1.2`."""
    wanted = [line.partition("==") for line in asked.split()]
    versions = {"1.0", *(version for own, _, version in wanted if normal(own) == name)}
    return [f"{name.replace('-', '_')}-{version}-py3-none-any.whl" for version in sorted(versions)]


def wheel(file: str) -> bytes:
    """A package with an empty module and a program (PEP 427)."""
    name, version = file.split("-")[:2]
    about = f"{name}-{version}.dist-info"
    content = {
        f"{name}/__init__.py": "",
        f"{name}-{version}.data/scripts/{name.replace('_', '-')}": PROGRAM,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: world\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in (*content, f"{about}/RECORD"))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for path, text in {**content, f"{about}/RECORD": record}.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o100755 if "/scripts/" in path else 0o100644) << 16
            packed.writestr(entry, text)
    return held.getvalue()


class Answer(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def do_any(self) -> None:
        """Writes the request down and answers it."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        host = (self.headers.get("Host") or "").partition(":")[0]
        address = urlsplit(self.path)
        if ".git/" in address.path and Path(GIT, host, address.path.partition(".git/")[0].strip("/") + ".git").is_dir():
            self._git(host, address.path, address.query, body)
            return
        digest = hashlib.sha256(body).hexdigest()[:12]
        port = self.connection.getsockname()[1]
        note = {"method": self.command, "host": host, "port": port, "path": self.path, "sent": digest}
        with _WRITING, Path(LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps(note) + "\n")
        if address.path.startswith("/v2/"):
            self._registry(address.path)
            return
        if asked := _ASKED.match(address.path):
            self._index(asked["name"] or "", asked["file"] or "")
            return
        if self.headers.get("If-Modified-Since"):
            self._send(304, "application/octet-stream", b"")
            return
        self._send(200, "application/octet-stream", sample(address.path), {"Last-Modified": _MODIFIED})

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_any

    def _registry(self, path: str) -> None:
        """Whatever image is asked for is there (OCI Distribution Specification, "Pulling manifests")."""
        content = json.dumps({"schemaVersion": 2, "mediaType": _MANIFEST, "name": path}).encode()
        self._send(200, _MANIFEST, content, {"Docker-Content-Digest": f"sha256:{hashlib.sha256(content).hexdigest()}"})

    def _index(self, name: str, file: str) -> None:
        """The simple repository API (PEP 503). What installs packages is that of the system: it has nothing newer."""
        if file:
            self._send(200, "application/octet-stream", wheel(file))
        elif name in ("pip", "setuptools", "wheel"):
            self._send(404, "text/plain", b"")
        else:
            asked = Path(WHEELS).read_text(encoding="utf-8") if Path(WHEELS).is_file() else ""
            links = (f'<a href="/packages/{one}">{one}</a>\n' for one in wheels(normal(name), asked))
            self._send(200, "text/html", f"<!DOCTYPE html>\n<body>\n{''.join(links)}</body>\n".encode())

    def _git(self, host: str, path: str, query: str, body: bytes) -> None:
        """As a web server runs git-http-backend(1)."""
        asked = {
            "GIT_PROJECT_ROOT": f"{GIT}/{host}",
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type") or "",
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding") or "",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol") or "",
            "REMOTE_USER": "world",
            "PATH": os.defpath,
        }
        done = subprocess.run(["/usr/lib/git-core/git-http-backend"], input=body, env=asked, stdout=-1, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        code = int(fields.get("Status", "200").split()[0])
        self._send(code, fields.get("Content-Type", "text/plain"), content)

    def _send(self, code: int, kind: str, content: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed: the requests are in the log."""


def serve(port: int) -> None:
    """Answers at a port, for ever."""
    server = ThreadingHTTPServer(("", port), Answer)
    if port == 443:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


def main() -> None:
    """Answers at all ports that are named."""
    Path(LOG).parent.mkdir(parents=True, exist_ok=True)
    threads = [threading.Thread(target=serve, args=(int(port),)) for port in sys.argv[1:]]
    for thread in threads:
        thread.start()


if __name__ == "__main__":
    main()
