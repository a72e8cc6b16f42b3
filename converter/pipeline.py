"""The whole conversion, one line a stage: read this first.

In: the bytes of scripts and what the user asks for. Out: a plan, and the files of a repository. It never prints, asks
or writes; `cli` does, and `repo.write` turns the files into a commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from converter.model.decision import VARIABLE, Choice, Said, answers_in, decisions_in
from converter.model.diagnostic import ConverterError
from converter.model.match import Match
from converter.model.plan import Plan
from converter.model.report import Proof
from converter.model.resource import Purpose
from converter.model.secret import FoundSecret
from converter.model.source import SourceFile
from converter.model.trace import RunsOn, Trace
from converter.model.tree import FileTree, TreeFile

if TYPE_CHECKING:
    from converter.model.starter import Starter
    from converter.plan import Secrets
    from converter.review import Identities, Means
    from converter.starter.fields import Offers

ANSWERS = ".gitopsify/answers.yaml"
PLAN = ".gitopsify/plan.yaml"
STARTER = ".gitopsify/starter.yaml"
Load = Callable[[str], "tuple[str, bytes] | None"]
Followed = Mapping[Purpose, tuple[Trace, ...]]


class Understood(Protocol):
    """What a person can say something about, and see the plan of. `names` identify the commands by their places."""

    names: Identities

    def plan(self, said: Sequence[Said] = ()) -> Plan:
        """The plan with everything that was said."""

    def alternatives(self, said: Sequence[Said] = ()) -> Mapping[str, tuple[Match, ...]]:
        """What else the rules could make of a command, the best first, by its identity."""


class Scripts:
    """Scripts that are understood anew with each decision of a person."""

    def __init__(
        self,
        sources: Sequence[tuple[str, bytes]],
        *,
        name: str,
        load: Load | None = None,
        runs_on: RunsOn | None = None,
        rules: Sequence[Path] = (),
    ) -> None:
        self._sources, self._load = sources, load
        self._name, self._runs_on = name, runs_on
        self._rules = rules
        self._traces: dict[RunsOn | None, Followed] = {}
        self._made: tuple[object, Plan] | None = None
        self.names: Identities = {}

    def plan(self, said: Sequence[Said] = ()) -> Plan:
        """What should be so, where, and what became of each command, with everything that was said."""
        from converter.review import review

        return review(self._ready(said), said, self.names, means())

    def _ready(self, said: Sequence[Said]) -> Plan:
        """The plan as it is to be reviewed, made anew only where what was said has to be known before."""
        from converter.review import matters_before

        matters = matters_before(said)
        if self._made is None or self._made[0] != matters:
            self._made = (matters, self._planned(said))
        return self._made[1]

    def _planned(self, said: Sequence[Said]) -> Plan:
        """The plan with what has to be known before it is made, and with its questions."""
        from converter.plan import join, together
        from converter.review import identities, with_questions

        followed = self._followed(said)
        secrets, doubtful = self._secrets(followed, said)
        runs = {purpose: secrets.conceal(each) for purpose, each in followed.items()}
        commands = [command for run in _every(runs) for command in run.commands]
        self.names = identities((command.span, command.text) for command in commands)
        planned = self._planner(secrets, said)
        plan = together({purpose: join(each, planned) for purpose, each in runs.items()})
        return with_questions(plan, placed=self._runs_on is not None, doubtful=doubtful)

    def secrets(self, said: Sequence[Said] = ()) -> tuple[FoundSecret, ...]:
        """The secrets with their values, each by the name that the manifests have for it."""
        from converter.render.secrets.names import named
        from converter.review import review

        found, _ = self._secrets(self._followed(said), said)
        named_by_a_person: list[FoundSecret] = []
        plan = review(self._ready(said), said, self.names, means(named_by_a_person))
        return named((*found.found, *named_by_a_person), plan)

    def alternatives(self, said: Sequence[Said] = ()) -> Mapping[str, tuple[Match, ...]]:
        """What else the rules could make of a command, the best first, by its identity."""
        from converter.match import alternatives, load_rules

        followed = self._followed(said)
        secrets, _ = self._secrets(followed, said)
        known = load_rules(self._rules)
        found: dict[str, tuple[Match, ...]] = {}
        for run in map(secrets.conceal, _every(followed)):
            steps = {step.id: step for step in run.steps}
            for command in run.commands:
                name = self.names.get(command.span.start)
                if name is not None and name not in found and len(command.steps) == 1:
                    found[name] = alternatives(steps[command.steps[0]], known)
        return found

    def _planner(self, secrets: Secrets, said: Sequence[Said]) -> Callable[[Trace], Plan]:
        from converter.match import by_rule, load_rules, match
        from converter.plan import plan
        from converter.review import decided

        known, about = load_rules(self._rules), decisions_in(said)

        def planned(run: Trace) -> Plan:
            matches = decided(match(run, known), run, self.names, about, lambda step, rule: by_rule(step, known, rule))
            return plan(run, matches, name=self._name, secrets=secrets)

        return planned

    def _followed(self, said: Sequence[Said]) -> Followed:
        from converter.review import RUNS_ON

        told = next((each.answer for each in answers_in(said) if each.question == RUNS_ON and each.asked), "")
        place = self._runs_on or (RunsOn(told) if told in tuple(RunsOn) else None)
        if place not in self._traces:
            self._traces[place] = _followed(self._sources, self._load, place)
        return self._traces[place]

    def _secrets(self, followed: Followed, said: Sequence[Said]) -> tuple[Secrets, tuple[FoundSecret, ...]]:
        """The secrets that are ones, and all that only look like some."""
        from converter.plan import Secrets, find_secrets
        from converter.review import PLAIN, SECRET

        found = find_secrets(*_every(followed))
        doubtful = tuple(each for each in found if each.doubtful)
        plain = {each.question for each in answers_in(said) if each.answer == PLAIN}
        marked = (name for name, each in decisions_in(said).items() if each.choice == Choice.PLAIN)
        plain |= {f"{SECRET}.{name.removeprefix(VARIABLE)}" for name in marked}
        return Secrets(each for each in found if f"{SECRET}.{each.name}" not in plain), doubtful


def scripts_to_plan(sources: Sequence[tuple[str, bytes]], *, name: str, **how: Any) -> Plan:
    """The scripts, understood together, as nobody has said anything about; `how` is as in `Scripts`."""
    return Scripts(sources, name=name, **how).plan()


def _every(followed: Followed) -> list[Trace]:
    return [run for runs in followed.values() for run in runs]


def _followed(sources: Sequence[tuple[str, bytes]], load: Load | None, runs_on: RunsOn | None) -> Followed:
    from converter.parse import parse, parse_text, read_source
    from converter.trace import traces

    def beside(path: str) -> SourceFile | None:
        found = load(path) if load else None
        return read_source(*found) if found else None

    scripts = [parse(read_source(path, data)) for path, data in sources]
    return traces(scripts, parse_text=parse_text, load=beside, runs_on=runs_on)


def means(noted: list[FoundSecret] | None = None) -> Means:
    """What the review needs of the plan stage; `noted` gets the secrets that a person names."""
    from converter.plan.document import rebound
    from converter.plan.fields import with_fields
    from converter.plan.masking import Secrets
    from converter.plan.order import required
    from converter.review import Means

    def conceal(plan: Plan, found: Sequence[FoundSecret]) -> Plan:
        if noted is not None:
            noted.extend(found)
        return Secrets(found).conceal(plan)

    return Means(with_fields, required, rebound, conceal)


class Saved:
    """A plan that is there already, with each decision of a person; `rules` are read where somebody wants another one
    for a line."""

    def __init__(self, plan: Plan, rules: Sequence[Path] = ()) -> None:
        from converter.review import of_plan

        self._plan, self._rules = plan, rules
        self._others: Mapping[str, tuple[Match, ...]] | None = None
        self.names: Identities = of_plan(plan)

    def plan(self, said: Sequence[Said] = ()) -> Plan:
        """The plan with everything that was said."""
        from converter.review import read_by, review

        if not said:
            return self._plan
        plan, found = self._plan, []
        for about, decision in decisions_in(said).items():
            if decision.rule:
                plan, problem = read_by(plan, self.names, decision, self.alternatives().get(about, ()), means())
                found += [problem] if problem is not None else []
        from msgspec.structs import replace

        plan = review(plan, said, self.names, means(), saved=True)
        return replace(plan, diagnostics=(*plan.diagnostics, *found)) if found else plan

    def alternatives(self, said: Sequence[Said] = ()) -> Mapping[str, tuple[Match, ...]]:
        """What else the rules could make of a command, from the scripts as the plan keeps them."""
        if self._others is None:
            self._others = {}
            texts = {each.path: each.text.encode("utf-8", "surrogateescape") for each in self._plan.sources}
            while texts:
                path = next(iter(texts))
                again = Scripts([(path, texts.pop(path))], name=self._plan.name, load=_kept(texts), rules=self._rules)
                for each in again.plan().sources:
                    texts.pop(each.path, None)
                self._others |= again.alternatives()
        return self._others


def _kept(texts: Mapping[str, bytes]) -> Load:
    """What a script reads that is kept beside it, by the path or by the name."""
    known = dict(texts)

    def load(path: str) -> tuple[str, bytes] | None:
        name = next((each for each in known if each == path or each.endswith(f"/{path}")), None)
        return (name, known[name]) if name is not None else None

    return load


def repository_to_proof(
    directory: Path,
    *,
    environment: str = "",
    world: Path | None = None,
    script: Path | None = None,
    compare: bool = True,
    **system: Any,
) -> Proof:
    """Runs the script that a repository was made from, or another one, and its manifests in sandboxes; `system` is as
    in `Asked`."""
    from dataclasses import replace

    from converter.verify.proof.prove import Asked, prove
    from converter.verify.proof.repository import WORLD, repository
    from converter.verify.sandbox.rootfs import cache_directory
    from converter.verify.world import document
    from converter.verify.world.guess import surroundings

    plan = _kept_plan(directory)
    around = world or directory / WORLD
    if world or around.is_file():
        stands = document.load(around.read_text(encoding="utf-8"), str(around))
    else:
        stands = surroundings(plan)
    found = repository(directory, plan, environment, login=stands.script.user)
    return prove(cache_directory(), replace(found, script=script), stands, Asked(compare=compare, **system))


def _kept_plan(directory: Path) -> Plan:
    from converter.plan.document import load

    file = directory / PLAN
    if not file.is_file():
        raise ConverterError(f"{directory} holds no {PLAN}", "name a folder that gitopsify convert wrote")
    return load(file.read_text(encoding="utf-8"), str(file))


def plan_to_page(
    plan: Plan, *, target: str, deliveries: Sequence[str], secrets: str = "", environment: str = ""
) -> str:
    """The page for whoever approves the migration, of a repository that is not written yet."""
    from converter.render import render
    from converter.repo.page import page

    tree = render(plan, target=target, deliveries=deliveries, secrets=secrets)
    plan, tree = _of_environment(plan, tree, environment)
    return page(plan, tree, deliveries=deliveries, beside=False, environment=environment)


def _of_environment(plan: Plan, tree: FileTree, name: str) -> tuple[Plan, FileTree]:
    """Both as one environment sees them; as they are where none is named."""
    from msgspec.structs import replace

    from converter.render.delivery.environments import narrowed

    if not name:
        return plan, tree
    chosen = next((each for each in plan.environments if each.name == name), None)
    names = [each.name for each in plan.environments]
    if chosen is None:
        raise ConverterError(f"there is no environment {name}", f"there are: {', '.join(names) or 'none'}")
    others = [other for other in names if other != name]
    folders = tuple(f"{root}/{other}/" for other in others for root in ("inventories", "environments", "clusters"))
    overlays = tuple(f"/overlays/{other}/" for other in others)
    kept = (file for file in tree.files if not any(overlay in file.path for overlay in overlays))
    files = tuple(file for file in kept if not file.path.startswith(folders))
    return narrowed(plan, chosen), replace(tree, files=files)


def repository_to_page(directory: Path, *, beside: bool, environment: str = "") -> tuple[Plan, str]:
    """The plan that a repository keeps, and the page of its files as they are now; `beside` says that the page will
    lie in it."""
    from converter.render import choices, fits, render
    from converter.repo.page import page, standing
    from converter.repo.verification import last

    plan = _kept_plan(directory)
    if not plan.scripted:
        raise ConverterError(
            f"no script was converted to {directory}, so there is no migration to approve",
            "its README.md says what it deploys",
        )
    deliveries = standing.deliveries(directory)
    trees = [
        render(plan, target=target, deliveries=deliveries, secrets=store)
        for target, store in choices()
        if fits(target, deliveries, store)
    ]
    tree, edited = standing.as_it_is(trees, directory)
    plan, tree = _of_environment(plan, tree, environment)
    text = page(
        plan,
        tree,
        deliveries=deliveries,
        beside=beside,
        edited=edited,
        verified=last(directory),
        environment=environment,
    )
    return plan, text


def plan_to_tree(
    plan: Plan, *, target: str, deliveries: Sequence[str], answers: str = "", secrets: str = ""
) -> FileTree:
    """All files of the repository: manifests, pipelines, what explains them, and what a next conversion needs."""
    from converter.plan.document import dump
    from converter.render import render
    from converter.repo import documents
    from converter.verify.proof.repository import WORLD
    from converter.verify.world.document import dump as dump_world
    from converter.verify.world.guess import surroundings

    manifests = render(plan, target=target, deliveries=deliveries, secrets=secrets)
    tree = manifests.plus(documents(plan, manifests, target=target, deliveries=deliveries, plan_text=dump(plan)))
    tree = tree.plus(FileTree(files=(TreeFile(path=WORLD, text=dump_world(surroundings(plan))),)))
    if answers:
        tree = tree.plus(FileTree(files=(TreeFile(path=ANSWERS, text=answers),)))
    return tree


def offers() -> Offers:
    """What can be generated, for whoever starts a repository."""
    from converter.render import FITS
    from converter.starter.fields import Offer, Offers

    return Offers(
        targets={
            name: Offer(deliveries=fit.deliveries, usual=fit.usual, stores=fit.stores) for name, fit in FITS.items()
        }
    )


def starter_to_plan(starter: Starter) -> Plan:
    """The plan of an application that no script deploys yet, in the form in which it is saved."""
    from msgspec.structs import replace

    from converter.plan.document import rebound
    from converter.plan.order import required
    from converter.starter import plan

    made = plan(starter)
    return rebound(replace(made, edges=(*required(made.resources), *made.edges)))


def starter_to_tree(starter: Starter, plan: Plan) -> FileTree:
    """All files of its repository, and the answers to start it again with."""
    from converter.starter.answers import dump

    tree = plan_to_tree(plan, target=starter.target, deliveries=starter.deliveries, secrets=starter.store)
    return tree.plus(FileTree(files=(TreeFile(path=STARTER, text=dump(starter)),)))
