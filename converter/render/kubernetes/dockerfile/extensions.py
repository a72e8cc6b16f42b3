"""Extensions of PHP: what Debian calls a package, in the official image has to be compiled, with libraries of its own.

https://hub.docker.com/_/php - `docker-php-ext-install` and `pecl`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_EXTENSION = re.compile(r"php[\d.]*-([a-z0-9]+)")
# The package's name: what is compiled, and the libraries for it.
_COMPILED = {
    "bcmath": ("bcmath", ""),
    "bz2": ("bz2", "libbz2-dev"),
    "exif": ("exif", ""),
    "gd": ("gd", "libfreetype6-dev libjpeg62-turbo-dev libpng-dev libwebp-dev"),
    "gmp": ("gmp", "libgmp-dev"),
    "intl": ("intl", "libicu-dev"),
    "ldap": ("ldap", "libldap2-dev"),
    "mysql": ("mysqli pdo_mysql", ""),
    "pcntl": ("pcntl", ""),
    "pgsql": ("pdo_pgsql pgsql", "libpq-dev"),
    "soap": ("soap", "libxml2-dev"),
    "sockets": ("sockets", ""),
    "xsl": ("xsl", "libxslt1-dev"),
    "zip": ("zip", "libzip-dev"),
}
_FROM_PECL = {"apcu": "apcu", "igbinary": "igbinary", "redis": "redis", "xdebug": "xdebug", "mongodb": "mongodb"}
_THERE = ("xml", "sqlite3", "dom", "simplexml", "pdo", "iconv", "sodium", "posix", "common")


@dataclass(slots=True)
class Extensions:
    """What the names of packages come to; `unknown` are those that a person has to see to."""

    packages: list[str]
    compiled: list[str]
    pecl: list[str]
    unknown: list[str]

    @property
    def commands(self) -> list[str]:
        """The lines that make them."""
        found = ["docker-php-ext-configure gd --with-freetype --with-jpeg --with-webp"] if "gd" in self.compiled else []
        found += [f"docker-php-ext-install {' '.join(self.compiled)}"] if self.compiled else []
        found += [f"pecl install {' '.join(self.pecl)}"] if self.pecl else []
        return found + ([f"docker-php-ext-enable {' '.join(self.pecl)}"] if self.pecl else [])


def extensions(packages: Sequence[str]) -> Extensions:
    """Those among the packages, in their order."""
    found = Extensions([], [], [], [])
    for package in packages:
        match = _EXTENSION.fullmatch(package)
        if match is None or match[1] in _THERE:
            continue
        if match[1] in _COMPILED:
            compiled, libraries = _COMPILED[match[1]]
            found.compiled += compiled.split()
            found.packages += libraries.split()
        elif match[1] in _FROM_PECL:
            found.pecl.append(_FROM_PECL[match[1]])
        else:
            found.unknown.append(package)
    return found


def is_extension(package: str) -> bool:
    """Whether the package is one."""
    return _EXTENSION.fullmatch(package) is not None
