"""The collections that the manifests use, each pinned to one version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from converter.model.tree import TreeFile
from converter.render.yaml import document

# The versions that were tried together: those of the package `ansible` 12.3.0, the last for the Python of ansible-core
# 2.19.
VERSIONS = {
    "ansible.posix": "2.1.0",
    "community.docker": "4.8.5",
    "community.general": "11.4.2",
    "community.hashi_vault": "7.1.0",
    "community.mysql": "3.16.1",
    "community.postgresql": "4.2.0",
    "community.sops": "2.2.7",
    "containers.podman": "1.18.0",
}
_MODULE = re.compile(r"^\s*(?:- )?((?:ansible\.posix|containers\.podman|community\.\w+))\.\w+:", re.MULTILINE)


def requirements(files: Sequence[TreeFile], more: Iterable[str] = ()) -> str:
    """The text of `requirements.yml`, with `more` than the roles use; '' where ansible-core is enough."""
    tasks = [file.text for file in files if file.path.startswith("roles/")]
    used = sorted({*more, *(name for text in tasks for name in _MODULE.findall(text))})
    if not used:
        return ""
    entries = [{"name": name, "version": VERSIONS[name]} for name in used]
    return document({"collections": entries}, ["ansible-galaxy collection install -r requirements.yml"])
