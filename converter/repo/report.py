"""What MIGRATION.md and README.md say, as data for their templates.

Every text of the script in it is inert Markdown already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from converter.model.diagnostic import Severity
from converter.model.plan import LedgerEntry, Plan, VariableKind, confirmations
from converter.model.resource import Phase, Purpose, Resource
from converter.model.source import Span
from converter.model.trace import Disposition, Host
from converter.model.tree import FileTree, Setting, Unsupported
from converter.repo.expressed import expressed, in_cluster, open_ends, pulls
from converter.repo.markdown import code, link, table, text
from converter.repo.phrases import approval, has_pipeline, meaning, phrases, set_at
from converter.repo.places import PROPOSED, Place, of_entry, places, source_anchor, source_path
from converter.repo.principles import principles
from converter.repo.shares import division, document

Data = Mapping[str, Any]

_MOST_NAMES = 25


def migration(plan: Plan, tree: FileTree) -> Data:
    """The parts of the migration report."""
    known = places(plan, tree)
    sources = {source.path for source in plan.sources}
    as_made = expressed(plan, tree)
    entries = sorted(as_made.ledger, key=lambda entry: entry.span)
    return {
        "name": text(plan.name),
        "cluster": in_cluster(tree),
        "playbook": any(file.path == "site.yml" for file in tree.files),
        "proposed": [
            code(file.path) for file in tree.files if file.path.startswith(PROPOSED) and file.path.endswith(".yaml")
        ],
        "division": division(plan, tree) if tree.shares else None,
        "summary": _summary(as_made.ledger, tree),
        "decisions": _decisions(plan, sources),
        "kept": [_entry(each, sources) for each in entries if each.disposition is Disposition.KEPT],
        "assumptions": [text(each) for each in (*plan.assumptions, *tree.assumptions)],
        "changes": [*_approvals(plan, tree, sources), *(text(each) for each in plan.changes)],
        "rotate": _exposed(plan, tree, sources),
        "secrets": _unset(plan, tree, sources),
        "unsupported": [_unsaid(each, plan, sources) for each in open_ends(plan, tree)],
        "warnings": _warnings(plan, sources),
        "files": [
            {
                "path": _source(path, sources),
                "table": _lines([e for e in entries if e.span.path == path], known, sources),
            }
            for path in dict.fromkeys(entry.span.path for entry in entries)
        ],
    }


def readme(plan: Plan, tree: FileTree, *, target: str, deliveries: Sequence[str], shared: bool = False) -> Data:
    """The parts of the README; `shared`: another target has a part of the script, so that nothing is compared."""
    playbook = any(file.path == "site.yml" for file in tree.files)
    return {
        "name": text(plan.name),
        "target": target,
        "deliveries": deliveries,
        "scripted": plan.scripted,
        "compared": plan.scripted and not shared,
        "shared": shared,
        "sources": [_source(source.path, {source.path}) for source in plan.sources],
        "places": _hosts(plan),
        "plays": _plays(plan),
        "built": _named(each.name for each in plan.resources if each.phase is Phase.BUILD),
        "published": _named(each.name for each in plan.resources if each.phase is Phase.PUBLISH),
        "environments": [each.name for each in plan.environments],
        "playbook": playbook,
        "settings": _settings(tree.settings),
        "store": tree.store,
        "open": sum(1 for each in plan.ledger if each.disposition is Disposition.UNRESOLVED),
        "files": {file.path for file in tree.files},
        "proposed": any(file.path.startswith(PROPOSED) for file in tree.files),
        "principles": principles(plan, tree, target=target, deliveries=deliveries),
        "source": any(setting.name == "APP_REPOSITORY" for setting in tree.settings),
        **phrases(plan, tree, playbook, deliveries),
    }


def _unsaid(each: Unsupported, plan: Plan, sources: set[str]) -> str:
    """The lines that it is about, where the plan knows them."""
    spans = [span for known in plan.resources if known.address == each.address for span in known.origin.spans]
    places = f"{', '.join(_lines_of(spans, sources))}: " if spans else ""
    return f"{places}{code(each.address)} ({text(each.target)}): {text(each.reason)}"


def _summary(ledger: Iterable[LedgerEntry], tree: FileTree) -> str:
    counts = dict.fromkeys(Disposition, 0)
    for entry in ledger:
        counts[entry.disposition] += 1
    rows = [(kind.value, str(count), meaning(kind, tree)) for kind, count in counts.items()]
    return table(
        ("what became of it", "commands", "which means"), [*rows, ("**total**", str(sum(counts.values())), "")]
    )


def _decisions(plan: Plan, sources: set[str]) -> list[str]:
    asked = [
        f"{_at(each.span, sources)}{text(each.prompt)}"
        + (f" Choices: {', '.join(code(choice) for choice in each.choices)}." if each.choices else "")
        + (f" Without an answer: {code(each.default)}." if each.default else "")
        + (f" {text(each.reason)}" if each.reason else "")
        for each in plan.questions
    ]
    places_asked = {each.span for each in plan.questions}
    unresolved = [
        _entry(each, sources)
        for each in plan.ledger
        if each.disposition is Disposition.UNRESOLVED and each.span not in places_asked
    ]
    return asked + unresolved


def _exposed(plan: Plan, tree: FileTree, sources: set[str]) -> list[str]:
    """Secrets that stood in the script: each with all its places, and where the new one is set."""
    return [
        f"{code(each.name)}, in the script at {', '.join(_lines_of(each.places, sources)) or 'a computed value'}: "
        f"{text(set_at(each.name, tree))}"
        for each in plan.exposed
    ]


def _lines_of(places: Iterable[Span], sources: set[str]) -> list[str]:
    """Each line once."""
    return list(dict.fromkeys(_link(place, sources) for place in places))


def _approvals(plan: Plan, tree: FileTree, sources: set[str]) -> list[str]:
    said = text(approval(plan, tree))
    if has_pipeline(tree) and not pulls(tree):
        page = next((document(each) for each in tree.shares if has_pipeline(each.tree)), "README.md")
        said += f" ({link(page, page, 'approve')})"
    return [f"{_at(each, sources)}{said}" for each in confirmations(plan)]


def _unset(plan: Plan, tree: FileTree, sources: set[str]) -> list[str]:
    """Secrets that the script was given or only had a placeholder for."""
    exposed = {each.name for each in plan.exposed}
    return [
        code(each.name)
        + (f", {_link(each.span, sources)}" if each.span else "")
        + (f": {text(each.help)}" if each.help else "")
        + f": {text(set_at(each.name, tree))}"
        for each in plan.every_variable
        if each.kind is VariableKind.SECRET and each.name not in exposed
    ]


def _warnings(plan: Plan, sources: set[str]) -> list[str]:
    return [
        f"{_at(each.span, sources)}{text(each.message)}{f' ({text(each.hint)})' if each.hint else ''}"
        for each in plan.diagnostics
        if each.severity is not Severity.NOTE
    ]


def _lines(entries: Iterable[LedgerEntry], known: Mapping[str, tuple[Place, ...]], sources: set[str]) -> str:
    rows = [
        (
            _link(each.span, sources, short=True),
            code(each.text),
            each.disposition.value,
            "<br>".join(link(code(place.path), place.path, f"L{place.line}") for place in of_entry(each, known)),
            text(each.reason),
        )
        for each in entries
    ]
    return table(("line", "command", "became", "where", "why"), rows)


def _entry(entry: LedgerEntry, sources: set[str]) -> str:
    reason = f": {text(entry.reason)}" if entry.reason else ""
    return f"{_at(entry.span, sources)}{code(entry.text)}{reason}"


def _at(span: Span | None, sources: set[str]) -> str:
    return f"{_link(span, sources)}: " if span is not None else ""


def _link(span: Span, sources: set[str], short: bool = False) -> str:
    """The lines as a link to the copy of the source, if there is one."""
    said = span.lines().removeprefix(f"{span.path}:") if short else span.lines()
    label = said if short else code(said)
    return link(label, source_path(span.path), source_anchor(span)) if span.path in sources else label


def _source(path: str, sources: set[str]) -> str:
    return link(code(path), source_path(path)) if path in sources else code(path)


def _hosts(plan: Plan) -> list[Data]:
    """For each group of hosts: where it is, and what is so there."""
    groups: dict[str, list[str]] = {}
    for environment in plan.environments:
        for group in environment.groups:
            hosts = ", ".join(code(_address(host)) for host in group.hosts)
            groups.setdefault(group.name, []).append(f"{text(environment.name)}: {hosts}")
    return [
        {
            "name": text(name),
            "where": "; ".join(where),
            "resources": _named(each.name for each in _kept_so(plan) if each.on == name),
        }
        for name, where in groups.items()
    ]


def _kept_so(plan: Plan) -> Iterator[Resource]:
    """What each run makes so, which going back to an earlier version is not."""
    deployed = (each for each in plan.resources if each.phase is Phase.DEPLOY)
    return (each for each in deployed if each.purpose is not Purpose.ROLLBACK)


def _plays(plan: Plan) -> dict[str, str]:
    """For each purpose, where there are several, the scripts whose plays it has."""
    found: dict[str, dict[str, None]] = {}
    for each in plan.resources:
        if each.phase is Phase.DEPLOY:
            paths = dict.fromkeys(span.path for span in each.origin.spans)
            found.setdefault(str(each.purpose), {}).update(paths)
    return {purpose: " and ".join(map(code, paths)) for purpose, paths in found.items()} if len(found) > 1 else {}


def _address(host: Host) -> str:
    """Its address where the script says it, else the variable that holds it."""
    return host.address.text or host.address.shell()


def _named(names: Iterable[str]) -> list[str]:
    """Names of resources, each once, and how many more there are."""
    all_names = list(dict.fromkeys(text(name) for name in names))
    more = len(all_names) - _MOST_NAMES
    return all_names if more <= 0 else [*all_names[:_MOST_NAMES], f"and {more} more: see MIGRATION.md"]


def _settings(settings: Sequence[Setting]) -> str:
    """One row for each name, and below the pages on which they are set: those differ from one delivery to the next."""
    known = list({each.name: each for each in settings}.values())
    if not known:
        return ""
    rows = [
        (
            code(each.name),
            "secret" if each.secret else "variable",
            "yes" if each.required else "no",
            text(each.purpose),
            text(each.default),
        )
        for each in known
    ]
    pages = dict.fromkeys(("Secrets" if each.secret else "Variables", each.where) for each in settings)
    where = "\n".join(f"- {kind}: {text(page)}" for kind, page in sorted(pages, key=lambda item: item[1]))
    return f"{table(('name', 'kind', 'needed', 'what it is for', 'if not set'), rows)}\n\n{where}"
