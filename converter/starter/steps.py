"""Collects resources in their order: as whom each is made, and what is restarted where it changes something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from converter.model.plan import Edge, EdgeKind
from converter.model.resource import Origin, Resource, Spec
from converter.model.trace import Context, Host
from converter.model.value import Value

GROUP = "app"
ROOT = Value.of("root")
_TOP = Value.of("/")


class Steps:
    """The resources so far, and the arrows between them; `login` is the account of all hosts, where they have one in
    common."""

    def __init__(self, login: str = "") -> None:
        # The hosts as their group knows them: each environment has its own.
        self._host = Host(address=Value.of(GROUP), user=Value.of(login) if login else None)
        self.resources: list[Resource] = []
        self.edges: list[Edge] = []
        self._waiting: dict[str, list[str]] = {}

    def add(
        self,
        spec: Spec,
        name: str = "",
        *,
        user: Value = ROOT,
        tells: Sequence[str] = (),
        comment: str = "",
        environment: Iterable[tuple[str, str]] = (),
    ) -> None:
        """A resource; `tells` names the restarts that a change of it asks for, which are added later."""
        given = tuple((key, Value.parsed(text)) for key, text in environment)
        made = self._resource(spec, name, user, comment, given)
        self.resources.append(made)
        for restart in tells:
            self._waiting.setdefault(restart, []).append(made.address)

    def restart(self, called: str, spec: Spec, name: str = "") -> None:
        """A handler for everything that has told of a change so far."""
        made = msgspec.structs.replace(self._resource(spec, name, ROOT, "", ()), handler=True)
        self.resources.append(made)
        for address in self._waiting.pop(called, ()):
            self.edges.append(Edge(kind=EdgeKind.NOTIFIES, first=address, second=made.address))

    def _resource(
        self, spec: Spec, name: str, user: Value, comment: str, environment: tuple[tuple[str, Value], ...]
    ) -> Resource:
        label = f"{spec.kind}.{spec.label()}"
        number = sum(1 for each in self.resources if each.address.partition("#")[0] == label)
        return Resource(
            address=f"{label}#{number + 1}" if number else label,
            kind=spec.kind,
            spec=spec,
            name=name or spec.summary(),
            origin=Origin(spans=(), comment=comment),
            context=Context(host=self._host, user=user, cwd=_TOP, environment=environment),
            on=GROUP,
        )
