"""What the approver has to know beside the lines: open questions, changes in meaning, secrets to set, the way back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from converter.model.plan import Plan, VariableKind, confirmations
from converter.model.resource import Phase, Purpose
from converter.model.source import Span
from converter.model.trace import Disposition
from converter.model.tree import FileTree
from converter.repo.expressed import in_cluster, open_ends, pulls
from converter.repo.phrases import approval, phrases, set_at


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """Something to read: where in the script, what is said, a command it is about, and details below."""

    said: str
    where: str = ""
    command: str = ""
    details: tuple[str, ...] = ()


class Secret(msgspec.Struct, frozen=True, kw_only=True):
    """A secret by its name: what it is for, where it is set, and whether it stood in the script."""

    name: str
    purpose: str
    set_at: str
    places: tuple[str, ...] = ()


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """A way back: what is said, and what is typed."""

    said: str
    commands: tuple[str, ...] = ()


def waiting(plan: Plan, tree: FileTree) -> tuple[Matter, ...]:
    """What stops until a person has decided it."""
    asked = [
        Matter(
            said=each.prompt,
            where=_lines(each.span),
            details=tuple(
                part
                for part in (
                    each.reason,
                    f"Choices: {', '.join(f'`{choice}`' for choice in each.choices)}" if each.choices else "",
                    f"Without an answer: `{each.default}`" if each.default else "",
                )
                if part
            ),
        )
        for each in plan.questions
    ]
    known = {each.span for each in plan.questions}
    asked += [
        Matter(said=each.reason or "A person has to decide.", where=_lines(each.span), command=each.text)
        for each in plan.ledger
        if each.disposition is Disposition.UNRESOLVED and each.span not in known
    ]
    return (*asked, *(Matter(said=each.reason, command=each.address) for each in open_ends(plan, tree)))


def changed(plan: Plan, tree: FileTree) -> tuple[Matter, ...]:
    """What behaves differently from the script."""
    asks = [Matter(said=approval(plan, tree), where=_lines(each)) for each in confirmations(plan)]
    return (*asks, *(Matter(said=each) for each in plan.changes))


def secrets(plan: Plan, tree: FileTree) -> tuple[Secret, ...]:
    """Those of the script first, then those that pipelines ask for."""
    exposed = {each.name: each for each in plan.exposed}
    own = {each.name: each.help for each in plan.every_variable if each.kind is VariableKind.SECRET}
    asked = {each.name: each.purpose for each in tree.settings if each.secret}
    found = []
    for name in dict.fromkeys((*exposed, *own, *asked)):
        places = exposed[name].places if name in exposed else ()
        found.append(
            Secret(
                name=name,
                purpose=own.get(name) or asked.get(name, ""),
                set_at=set_at(name, tree),
                places=tuple(dict.fromkeys(each.lines() for each in places)),
            )
        )
    return tuple(found)


def others_to_set(tree: FileTree) -> tuple[str, ...]:
    """Settings that are no secrets, without which nothing runs."""
    needed = {each.name: each.purpose for each in tree.settings if each.required and not each.secret}
    return tuple(f"`{name}`: {purpose}" for name, purpose in needed.items())


def ways_back(plan: Plan, tree: FileTree, deliveries: Sequence[str]) -> tuple[Back, ...]:
    """From the change that is reviewed to the one in a hurry."""
    playbook = any(file.path == "site.yml" for file in tree.files)
    known = phrases(plan, tree, playbook, deliveries)
    applied = "applied" if playbook or in_cluster(tree) else "published"
    found = [
        Back(
            said=f"Revert the change. A revert is a change like any other: it is reviewed, {applied} and kept in the"
            " history.",
            commands=("git revert COMMIT", "git push"),
        )
    ]
    if pulls(tree):
        found.append(Back(said="In a hurry, hold a host at a commit with `PULL_REVISION`: README.md says where."))
    elif playbook and known["by_hand"]:
        ways = "; ".join(known["by_hand"])
        found.append(
            Back(
                said=f"In a hurry, run the rollback by hand with the revision to go back to ({ways}), and revert"
                " afterwards, so that the next merge does not bring the change back."
            )
        )
    scripts = _went_back(plan)
    if playbook and scripts:
        where = f"--inventory inventories/{plan.environments[0].name}" if plan.environments else ""
        found.append(
            Back(
                said=f"What {scripts} did to go back are plays that run only when they are asked for.",
                commands=(f"ansible-playbook {where}{known['extra']} --diff site.yml --tags rollback",),
            )
        )
    if playbook or in_cluster(tree):
        found.append(Back(said="What the manifests do not describe (data, database migrations) stays as it is."))
    return tuple(found)


def _went_back(plan: Plan) -> str:
    back = [each for each in plan.resources if each.phase is Phase.DEPLOY and each.purpose is Purpose.ROLLBACK]
    return " and ".join(dict.fromkeys(f"`{span.path}`" for each in back for span in each.origin.spans))


def _lines(span: Span | None) -> str:
    return span.lines() if span is not None else ""
