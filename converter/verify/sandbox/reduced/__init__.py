"""Hosts without systemd, for where there are no control groups: an init of their own, and a recorder of systemctl."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_LIBRARY = "/usr/local/lib/world"
_PACKAGE = "converter/verify/sandbox/reduced"
# Python's own variables are not for what the init starts.
INIT = (
    "/usr/bin/python3",
    "-B",
    "-c",
    f"import sys; sys.path.insert(0, '{_LIBRARY}')\nfrom converter.verify.sandbox.reduced.init import main\nmain()",
)


def files() -> Mapping[str, str]:
    """The programs, by their paths on the hosts."""
    found = (path for path in sorted(Path(__file__).parent.glob("*.py")) if path.name != "__init__.py")
    return {f"{_LIBRARY}/{_PACKAGE}/{path.name}": path.read_text(encoding="utf-8") for path in found}
