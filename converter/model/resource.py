"""Resources: what should be so on a host, with the provenance of each."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from converter.model.source import Span
from converter.model.trace import Context, Guard, Retry, Subject


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What one resource should be. Each kind is a subclass in `resources/`, whose fields are `Value`, `Value | None`,
    `bool`, `bool | None`, `int`, `str` (a choice) or tuples of them."""

    kind: ClassVar[str]

    def identity(self) -> str:
        """What makes two specs of one host the same thing: `path:/srv/app`, `service:nginx`."""
        raise TypeError(f"{type(self).__name__} has no identity")

    def label(self) -> str:
        """The short name in an address, without the kind: `/srv/app`, `nginx`."""
        return self.identity().partition(":")[2]

    def summary(self) -> str:
        """A task name in the imperative, starting with a capital: `Create /srv/app`."""
        raise TypeError(f"{type(self).__name__} has no summary")

    def ensures(self) -> tuple[tuple[Subject, bool], ...]:
        """Tests that hold once it is applied, each with whether it then is true; a guard that asks for the opposite is
        absorbed by the resource, since applying it again changes nothing."""
        return ()

    def unless_there(self) -> Spec:
        """This spec, applied only where it is not there yet: what a guard such as `[ ! -f path ]` makes of it. A guard
        is absorbed if its opposite is among what *that* spec ensures."""
        return self

    def fold(self, later: Spec) -> Spec | None:
        """Both as one spec that ends in the same state as this one followed by `later`; None where there is none.
        `later` has the same identity, but may be of another kind."""
        return None


# The address of the host for which a local resource with `each` is applied.
EACH_HOST = "each_host"


class Phase(StrEnum):
    """Where a resource is applied: in the pipeline's build job, on the hosts, or by the pipeline towards a service."""

    BUILD = "build"
    DEPLOY = "deploy"
    PUBLISH = "publish"


class Purpose(StrEnum):
    """Which part of an application's life a resource belongs to: the machines are prepared, the application is
    deployed, or taken back to what it was."""

    PROVISION = "provision"
    DEPLOY = "deploy"
    ROLLBACK = "rollback"


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where it comes from: lines of the script, the author's comments there, the rule that recognised it."""

    spans: tuple[Span, ...]
    rule: str = ""
    comment: str = ""


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A spec in its place. `address` is unique in a plan (`git_checkout./srv/app`); `on` names a host group of the plan
    or is "local". `steps` are ids in the trace, for guards that ask how an earlier step ended. `handler`: runs only
    when something that notifies it changed. `reason` says why a kept command can only be a command. `turn`: the round
    of the loop that it stands in. `each`: a local resource that is applied once for each host of that group, whose
    address is the variable `each_host`. `dated`: the time of the run is in its name, so that no host has it yet.
    `asks`: conditions of later resources that are evaluated before this one, since it may change what they ask for."""

    address: str
    kind: str
    spec: Spec
    name: str
    origin: Origin
    context: Context
    guard: Guard = ()
    on: str = "local"
    phase: Phase = Phase.DEPLOY
    purpose: Purpose = Purpose.DEPLOY
    steps: tuple[int, ...] = ()
    tolerated: bool = False
    background: bool = False
    retry: Retry | None = None
    handler: bool = False
    turn: str = ""
    each: str = ""
    dated: bool = False
    asks: Guard = ()
    reason: str = ""
