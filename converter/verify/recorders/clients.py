"""The layer with docker's real client and compose, which Debian has as packages of their own from trixie on."""

from __future__ import annotations

from collections.abc import Sequence

from converter.verify.sandbox.rootfs import Layer, Systems

SUITE = "trixie"
# Statically linked but for the C library, which is not newer than that of bookworm: the files alone do.
_INSTALL = """\
set -e
uri=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -om 1 'https\\?://[^ ]*/debian\\b')
mkdir -p /tmp/lists/partial /tmp/debs && cd /tmp/debs
echo "deb $uri $1 main" > /tmp/sources.list
options="-o Dir::Etc::sourcelist=/tmp/sources.list -o Dir::Etc::sourceparts=/tmp/none -o Dir::State::lists=/tmp/lists"
apt-get $options update -qq
apt-get $options download -qq docker-cli docker-compose
for deb in *.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C / ./usr/bin ./usr/libexec 2>/dev/null || \\
  dpkg-deb --fsys-tarfile "$deb" | tar -x -C / ./usr/bin; done
rm -f /var/cache/apt/*.bin
"""


class Clients(Systems):
    """The layers of a cache, with one more."""

    def with_docker(self, below: Sequence[Layer]) -> Layer:
        """Docker's client and compose on top of other layers."""
        return self._on_top(below, _INSTALL, [SUITE], "docker", f"docker and compose of Debian {SUITE}")
