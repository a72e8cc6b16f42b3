"""The account of every command as a target has it: what it leaves waits for a person, what its platform does by itself
is absorbed."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from converter.model.plan import LedgerEntry, Plan
from converter.model.resource import Phase
from converter.model.share import targets_of
from converter.model.trace import Disposition
from converter.model.tree import FileTree, Unsupported

_DONE = (Disposition.CONVERTED, Disposition.KEPT)


def in_cluster(tree: FileTree) -> bool:
    """Whether the manifests are those of a cluster."""
    own = any(each.target == "kubernetes" for each in (*tree.unsupported, *tree.covered))
    return own or any(file.path.startswith(("apps/", "environments/")) for file in tree.files)


def pulls(tree: FileTree) -> bool:
    """Whether the hosts pull the manifests and apply them by themselves."""
    return any(file.path == "pull.yml" for file in tree.files)


def expressed(plan: Plan, tree: FileTree) -> Plan:
    """The plan with a ledger that counts what the manifests say, not what the plan knows."""
    handlers = {each.address for each in plan.resources if each.handler}
    if tree.shares:
        shared = tuple(_shared(each, tree, handlers) for each in plan.ledger)
        return msgspec.structs.replace(plan, ledger=shared)
    if not in_cluster(tree):
        undone = tuple(_undone(each, tree, handlers) for each in plan.ledger)
        return msgspec.structs.replace(plan, ledger=undone) if pulls(tree) else plan
    local = {each.address for each in plan.resources if each.phase is not Phase.DEPLOY}
    ledger = tuple(_ended(each, tree, handlers, local) for each in plan.ledger)
    return msgspec.structs.replace(plan, ledger=ledger)


def open_ends(plan: Plan, tree: FileTree) -> list[Unsupported]:
    """What is not expressed, without what the plan itself asks about."""
    asked = {each.address for each in plan.resources if each.kind == "unresolved"}
    return [each for each in tree.unsupported if each.address not in asked]


def _reasons(given: Iterable[Unsupported]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in given:
        found.setdefault(each.address, []).append(each.reason)
    return found


def _undone(entry: LedgerEntry, tree: FileTree, handlers: set[str]) -> LedgerEntry:
    """What the manifests say and a host that pulls does not do."""
    ended = _ended(entry, tree, handlers)
    return ended if ended.disposition is Disposition.UNRESOLVED else entry


def _shared(entry: LedgerEntry, tree: FileTree, handlers: set[str]) -> LedgerEntry:
    """With the targets that have it; what no cluster has stays what it was."""
    targets = targets_of(entry, tree.shares)
    ended = _ended(entry, tree, handlers)
    elsewhere = any(in_cluster(share.tree) for share in tree.shares if share.target in targets)
    if not elsewhere and not {*entry.resources} & {each.address for each in tree.unsupported}:
        ended = entry
    return msgspec.structs.replace(ended, reason=f"{' and '.join(targets)}: {ended.reason}") if targets else ended


def _ended(entry: LedgerEntry, tree: FileTree, handlers: set[str], local: Collection[str] = ()) -> LedgerEntry:
    """`local` is what a pipeline does, as for any other manifests."""
    left, covered = _reasons(tree.unsupported), _reasons(tree.covered)
    # A handler says again what is so already, but for one that is about something else.
    own = {address for address in entry.resources if address not in handlers or address in left or address in covered}
    if entry.disposition not in _DONE or not own:
        return entry
    whole = {each.address for each in tree.unsupported if not each.part}
    reasons = [reason for address in own for reason in (*left.get(address, ()), *covered.get(address, ()))]
    said = "; ".join(dict.fromkeys(reasons))
    if own <= whole:
        return msgspec.structs.replace(entry, disposition=Disposition.UNRESOLVED, reason=said)
    if own <= {*covered}:
        return msgspec.structs.replace(entry, disposition=Disposition.ABSORBED, reason=said)
    if own <= {*local} - {*left} - {*tree.made}:
        return entry
    made = (
        "It stands in the manifests, but for what is not expressed." if own & {*left} else "It stands in the manifests."
    )
    return msgspec.structs.replace(entry, disposition=Disposition.CONVERTED, reason=made)
