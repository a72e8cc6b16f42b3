"""Files of a world that configure a site of nginx: it answers all, since the application is a sample."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Debian's own site is the default one, so that this one has to take every name.
SITE = """\
# A site of the world.
server {
    listen 80;
    server_name ~.;
    location / {
        return 200 "ok\\n";
    }
}
"""
_READ = re.compile(r"/etc/nginx/(sites-available|sites-enabled|conf\.d)/[^/]+$")


def sites(copies: Iterable[tuple[str, str]]) -> Iterable[str]:
    """The sources that are copied to where nginx reads its sites, also those that get there by way of another place."""
    left, reached = list(copies), {""}
    found: set[str] = set()
    while reached:
        reached = {source for source, target in left if _READ.match(target) or target in found} - found
        found |= reached
    return found
