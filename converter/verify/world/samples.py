"""Applications that do next to nothing, for scripts that deploy one: the files that tools look for, of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# Answers at a port where it is told one, and else only runs.
_PYTHON = """\
import os
import signal
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok\\n")


if "PORT" in os.environ:
    HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
signal.pause()
"""
# As Django says it where there is nothing to do.
_MANAGE = """\
#!/usr/bin/env python3
import sys

said = {"compilemessages": "File \u201cdjango.po\u201d is already compiled and up to date."}
print(said.get(sys.argv[1] if len(sys.argv) > 1 else "", "ok"))
"""
_SAMPLES: Mapping[str, Mapping[str, str]] = {
    "static": {
        "index.html": "<!doctype html>\n<title>Sample</title>\n",
        "README.md": "# Sample\n",
        "VERSION": "1.0.0\n",
    },
    "node": {
        "package.json": '{"name": "sample", "version": "1.0.0", "scripts": {"build": "true", "test": "true"}}\n',
        "package-lock.json": '{"name": "sample", "version": "1.0.0", "lockfileVersion": 3, "packages": {}}\n',
        "yarn.lock": "# yarn lockfile v1\n",
        "server.js": "require('http').createServer((q, a) => a.end('ok')).listen(process.env.PORT || 3000);\n",
        "ecosystem.config.js": "module.exports = {apps: [{name: 'sample', script: 'server.js'}]};\n",
    },
    "php": {
        "composer.json": '{"name": "sample/sample", "require": {}}\n',
        "composer.lock": '{"packages": [], "packages-dev": []}\n',
        "artisan": "#!/usr/bin/env php\n<?php\n",
        "public/index.php": "<?php echo 'ok';\n",
        "storage/logs/.gitkeep": "",
        "bootstrap/cache/.gitkeep": "",
        ".env.example": "APP_ENV=production\n",
    },
    "python": {
        "requirements.txt": "",
        "manage.py": _MANAGE,
        "pyproject.toml": '[project]\nname = "sample"\nversion = "1.0.0"\n',
        "app.py": _PYTHON,
    },
    "java": {
        "pom.xml": "<project/>\n",
        "build.gradle": "",
        "gradlew": "#!/bin/sh\nmkdir -p build/libs && echo jar > build/libs/sample.jar\n",
        "mvnw": "#!/bin/sh\nmkdir -p target && echo jar > target/sample.jar\n",
    },
    "ruby": {"Gemfile": "", "Gemfile.lock": "", "Rakefile": "", "config.ru": "run ->(env) { [200, {}, ['ok']] }\n"},
    "container": {
        "Dockerfile": "FROM scratch\n",
        "docker-compose.yml": "services:\n  web:\n    image: sample/web:1\n",
    },
}
KINDS = tuple(_SAMPLES)


def sample(kinds: Iterable[str]) -> dict[str, str]:
    """The files of all these kinds by path; a kind that is not known has none."""
    return {path: text for kind in kinds for path, text in _SAMPLES.get(kind, {}).items()}
