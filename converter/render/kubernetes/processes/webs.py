"""Sites that a web server of the host serves from a folder, with php-fpm behind it or without."""

from __future__ import annotations

import re

from converter.model.resource import Resource
from converter.render.kubernetes.marking import marked
from converter.render.kubernetes.names import label
from converter.render.kubernetes.processes.program import Program
from converter.render.kubernetes.texts import UnknownTextError

# The image's own user can't open a lower one.
PORT, FPM_PORT = 8080, 9000
_PLACE = re.compile(r"/etc/nginx/(?:conf\.d|sites-available|sites-enabled)/([^/]+)")
_ROOT = re.compile(r"^\s*root\s+([^;\s]+)\s*;", re.MULTILINE)
_NAMES = re.compile(r"^\s*server_name\s+([^;]+);", re.MULTILINE)
_PASSED = re.compile(r"^(\s*)fastcgi_pass\s+[^;]+;", re.MULTILINE)
_OF_TLS = re.compile(
    r"^\s*(?:ssl_\w+\s[^;]*|listen\s[^;]*443[^;]*|listen\s+\[::\][^;]*|include\s+\S*letsencrypt\S*);\n", re.MULTILINE
)
_LISTEN = re.compile(r"^(\s*)listen\s+[^;]+;", re.MULTILINE)
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
_PHP = re.compile(r"php[\d.]*-fpm")


def is_fpm(service: str) -> bool:
    """Whether the service of that name is php-fpm."""
    return _PHP.fullmatch(service) is not None


def site(path: str, text: str, each: Resource) -> Program | None:
    """The site of a file of nginx's, None where it passes everything on or is something else."""
    place = _PLACE.fullmatch(path)
    root = _ROOT.search(text)
    if place is None or root is None or re.search(r"^\s*(proxy|uwsgi)_pass\s", text, re.MULTILINE):
        return None
    if len(re.findall(r"^\s*server\s*\{", text, re.MULTILINE)) != 1 or marked(text):
        raise UnknownTextError(
            "it has several servers, or parts that are not known: write the configuration of a web server that is an"
            " application of its own"
        )
    name = label(re.sub(r"\.conf$", "", place[1]))
    fpm = bool(_PASSED.search(text))
    program = Program(name=f"{name}-web" if fpm else name, by=each, argv=(), cwd=root[1].rstrip("/"), port=PORT)
    program.serves = _inside(text, name)
    program.domains = tuple(one for line in _NAMES.findall(text) for one in line.split() if _DOMAIN.fullmatch(one))
    program.fpm = name if fpm else ""
    program.assumed.append(
        f"`{program.name}` is nginx on port {PORT} with the configuration of the script, without its encryption, which"
        " the Ingress has, and with the address of php-fpm in the cluster."
        if fpm
        else f"`{program.name}` is nginx on port {PORT} with the configuration of the script, without its encryption,"
        " which the Ingress has."
    )
    program.left += [
        f"`include {one}` of its configuration is a file of the host: put what it says there"
        for one in re.findall(r"^\s*include\s+([^;]+);", program.serves, re.MULTILINE)
        if one
        not in ("fastcgi_params", "mime.types", "/etc/nginx/fastcgi_params", "/etc/nginx/mime.types", "fastcgi.conf")
    ]
    return program


def _inside(text: str, name: str) -> str:
    """The configuration as a pod has it."""
    plain = _OF_TLS.sub("", text)
    plain = _LISTEN.sub(lambda found: f"{found[1]}listen {PORT};", plain)
    if not _LISTEN.search(plain):
        plain = re.sub(r"(server\s*\{)", lambda found: f"{found[1]}\n    listen {PORT};", plain, count=1)
    return _PASSED.sub(lambda found: f"{found[1]}fastcgi_pass {name}:{FPM_PORT};", plain)


def fpm(web: Program, by: Resource) -> Program:
    """What runs the site's PHP."""
    return Program(name=web.fpm, by=by, argv=("php-fpm",), cwd=web.cwd, port=FPM_PORT, user="www-data")
