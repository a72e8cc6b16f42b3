"""What lies where on a host: files whose text the script has, and what it sends, copies and moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from converter.model.resource import Resource
from converter.render.kubernetes.marking import Marking

_FOLDERS = ("/tmp", "/etc/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system", "/usr/local/bin", "/opt")


@dataclass(slots=True)
class Arrived:
    """Where something comes from, and the resources that have brought it; `local` where the script runs."""

    source: str
    by: tuple[Resource, ...]
    local: bool
    within: bool = False


@dataclass(slots=True)
class Trail:
    """The places of one environment."""

    marking: Marking
    texts: dict[str, tuple[str, Resource]] = field(default_factory=dict)
    arrived: dict[str, Arrived] = field(default_factory=dict)

    def follow(self, resources: Iterable[Resource]) -> None:
        """All of them, in their order."""
        for each in resources:
            spec: Any = each.spec
            if each.kind == "file":
                self.texts[self.marking.text(spec.path)] = (self.marking.text(spec.content), each)
            elif each.kind in ("file_copy", "file_move", "upload", "sync"):
                self._moved(each, spec)

    def _moved(self, each: Resource, spec: Any) -> None:
        source, dest = self.marking.text(spec.src), self.marking.text(spec.dest)
        direction = getattr(spec, "direction", "local")
        if direction == "pull":
            return
        inside = each.kind == "sync" and source.endswith("/")
        folder = dest.endswith("/") or dest.rstrip("/") in _FOLDERS
        if folder and not inside:
            dest = f"{dest.rstrip('/')}/{source.rstrip('/').rpartition('/')[2]}"
        source, dest = source.rstrip("/"), dest.rstrip("/")
        before = self.arrived.get(source) if direction == "local" else None
        if before is not None:
            self.arrived[dest] = Arrived(before.source, (*before.by, each), before.local, before.within)
        else:
            self.arrived[dest] = Arrived(source, (each,), direction == "push", inside)
        origin = self.arrived[dest].source
        if origin in self.texts:
            self.texts[dest] = self.texts[origin]
