"""What a pipeline has to do for a plan, in no pipeline's syntax: build, apply, publish, and what each needs.

In: the plan and the tree of a target. Out: an `Outline`. It never drops a step: what has none is in `unsupported`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

import msgspec

from converter.model.plan import BUILD_JOB, Plan, VariableKind, confirmations
from converter.model.resource import Phase, Purpose, Resource
from converter.model.trace import ends_asked
from converter.model.tree import FileTree, Store, Unsupported
from converter.model.value import Value
from converter.render.ansible.names import Unique
from converter.render.delivery import commands, programs
from converter.render.delivery.environments import narrowed
from converter.render.delivery.given import Input, manifest_names, promoted
from converter.render.delivery.health import health
from converter.render.delivery.hidden import apart
from converter.render.delivery.sent import artifact, outside, root_of
from converter.render.delivery.shell import step as shell
from converter.render.delivery.shell.guards import status
from converter.render.delivery.shell.text import InexpressibleError, argument
from converter.render.delivery.shell.words import PROJECT, relative, word
from converter.render.delivery.variables import Environ, environ, looked_up
from converter.resources.command import Command

CHECKOUT = "app"
# The delivery that leaves nothing of the hosts to a pipeline.
PULLED = "ansible-pull"
_NOT_TOLD = "it depends on how a step ended that is in no job of the pipeline, or that nothing tells of"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step. `directory` is relative to the job's own, `exports` are the variables that later steps read."""

    name: str
    script: str
    origin: str
    directory: str = CHECKOUT
    publish: bool = False
    exports: tuple[str, ...] = ()
    address: str = ""


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """`build` are the steps before the hosts, in order, some of which publish; `publish` are those after the hosts.
    `each` has an outline for each environment, where there are several; `place` is its name and
    `archive` that of what the build leaves. `approved`: the script asked whether to go on.
    `purposes` say of secrets what they are for, where no script had them. `pulled`: the hosts apply the manifests by
    themselves, and the pipeline only checks, builds and publishes."""

    name: str
    pulled: bool = False
    environments: tuple[str, ...] = ()
    each: tuple[Outline, ...] = ()
    place: str = ""
    archive: str = "app"
    promotes: bool = False
    approved: bool = False
    build: tuple[Step, ...] = ()
    publish: tuple[Step, ...] = ()
    artifact: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    results: tuple[tuple[str, str], ...] = ()
    link: str = ""
    environ: Environ = Environ()
    history: bool = False
    purposes: tuple[tuple[str, str], ...] = ()
    pushes: bool = False
    ssh: bool = False
    health: tuple[str, ...] = ()
    store: Store | None = None
    looked_up: tuple[tuple[str, str], ...] = ()
    unsupported: tuple[Unsupported, ...] = ()

    @property
    def playbook(self) -> bool:
        """Whether there are hosts to apply anything on."""
        return bool(self.environments)

    @property
    def one_build(self) -> bool:
        """Whether what is built and published is the same for every environment."""
        return all(each.build == self.build and each.environ == self.environ for each in self.each)

    @property
    def publishes(self) -> bool:
        """Whether the build shows others anything."""
        return any(step.publish for step in self.build)

    @property
    def several(self) -> bool:
        """Whether the pipeline goes from one environment to the next."""
        return bool(self.each) and (self.playbook or not self.one_build)

    @property
    def source(self) -> bool:
        """Whether the application itself is needed, not only the manifests."""
        return bool(self.build or self.publish or self.artifact)

    @property
    def packed(self) -> tuple[str, ...]:
        """What later jobs need of the build; the steps after the hosts may need all of it."""
        return (".",) if self.publish and self.build else self.artifact

    @property
    def kept(self) -> tuple[str, ...]:
        """The files that the build leaves for later jobs."""
        files = {commands.ARTIFACT: self.packed, commands.OUTSIDE: self.outside, commands.RESULTS_FILE: self.results}
        return tuple(name for name, content in files.items() if content)

    @property
    def used(self) -> tuple[str, ...]:
        """Inputs, secrets and settings that steps of the script use."""
        return self.environ.used(step.script for step in (*self.build, *self.publish))

    @property
    def twins(self) -> dict[str, str]:
        """Variables that differ from an earlier one in case alone, each with a name to hold it by."""
        environ = self.environ
        unique, found = Unique(), {}
        for name in (*dict(environ.constants), *(each.name for each in environ.inputs), *environ.settings):
            held = unique.name(name.upper())
            if held != name.upper():
                found[name] = held
        return found

    @property
    def told(self) -> tuple[Input, ...]:
        """Inputs that the manifests get."""
        return tuple(each for each in self.environ.inputs if each.manifest) if self.playbook else ()

    def required(self, steps: Iterable[Step]) -> tuple[Input, ...]:
        """Inputs without which these steps would do something else than the script."""
        used = set(self.environ.used(step.script for step in steps))
        return tuple(each for each in self.environ.inputs if each.required and each.run is None and each.name in used)

    @property
    def needs(self) -> programs.Needs:
        """What the programs of all steps need."""
        return programs.needs(step.script for step in (*self.build, *self.publish))


Ending = Callable[[Plan], tuple[Step, ...]]


def _nothing(_plan: Plan) -> tuple[Step, ...]:
    return ()


def outline(plan: Plan, tree: FileTree, *, delivery: str, pulled: bool = False, ending: Ending = _nothing) -> Outline:
    """The outline of a plan's pipeline; `pulled` leaves the hosts to themselves, `ending` are steps after its build."""
    found = _together(plan, tree, delivery, ending)
    if not pulled:
        return found
    return msgspec.structs.replace(_without_hosts(found), each=tuple(map(_without_hosts, found.each)))


def _without_hosts(found: Outline) -> Outline:
    """Nothing is kept for jobs that apply: there are none."""
    nothing = {"environments": (), "artifact": (), "outside": (), "results": (), "health": ()}
    return msgspec.structs.replace(found, pulled=bool(found.environments), **nothing)


def _together(plan: Plan, tree: FileTree, delivery: str, ending: Ending) -> Outline:
    if len(plan.environments) < 2:
        return _outline(plan, tree, delivery, ending)
    each = tuple(
        msgspec.structs.replace(_outline(narrowed(plan, environment), tree, delivery, ending), place=environment.name)
        for environment in plan.environments
    )
    found = msgspec.structs.replace(
        each[0], place="", environments=tuple(name for one in each for name in one.environments), each=each
    )
    if not found.one_build:
        each = tuple(msgspec.structs.replace(one, archive=f"app-{one.place}") for one in each)
    unsupported = dict.fromkeys(problem for one in each for problem in one.unsupported)
    return msgspec.structs.replace(found, each=each, unsupported=tuple(unsupported))


def _purposes(plan: Plan) -> tuple[tuple[str, str], ...]:
    secrets = [each for each in plan.every_variable if each.kind is VariableKind.SECRET and each.help]
    return () if plan.scripted else tuple((each.name, each.help) for each in secrets)


def _outline(plan: Plan, tree: FileTree, delivery: str, ending: Ending) -> Outline:
    local = [each for each in plan.resources if each.phase is not Phase.DEPLOY]
    steps, unsupported = _steps(plan, local, delivery)
    steps = _published(steps)
    before, after, moved = _around_hosts(plan, steps, delivery)
    before = (*before, *ending(plan))
    results = _results(plan, tree)
    scripts = [each.script for each in (*before, *after)]
    scripts += [f"${{{name}}}" for _, name in results]
    known, full = apart(environ(plan, tree, scripts), [each.script for each in (*before, *after)])
    before = tuple(msgspec.structs.replace(each, script=full[index]) for index, each in enumerate(before))
    after = tuple(msgspec.structs.replace(each, script=full[len(before) + i]) for i, each in enumerate(after))
    root = root_of(local)
    return Outline(
        name=plan.name,
        purposes=_purposes(plan),
        environments=_environments(plan, tree),
        build=before,
        publish=after,
        artifact=artifact(plan, root),
        outside=outside(plan),
        results=results,
        link=word(root) if root is not None and root != PROJECT else "",
        environ=known,
        history=programs.needs_history((*scripts, *(text for _, text in known.computed))),
        pushes=programs.pushes(scripts),
        ssh=_needs_ssh(plan, scripts),
        health=health(plan),
        store=tree.store,
        looked_up=_looked_up(tree),
        promotes=bool(promoted(tree)),
        approved=bool(confirmations(plan)),
        unsupported=(*unsupported, *moved, *_lost(plan, steps, delivery)),
    )


def _environments(plan: Plan, tree: FileTree) -> tuple[str, ...]:
    """Those that have anything to apply and an inventory to apply it with."""
    if all(each.phase is not Phase.DEPLOY for each in plan.resources):
        return ()
    paths = {file.path for file in tree.files}
    return tuple(each.name for each in plan.environments if f"inventories/{each.name}/hosts.yml" in paths)


def _steps(plan: Plan, local: list[Resource], delivery: str) -> tuple[dict[str, Step], list[Unsupported]]:
    """The steps by address, and what has none."""
    steps: dict[str, Step] = {}
    unsupported = []
    asked = {step for each in local for step in _asked(each)}
    told: set[int] = set()
    for each in local:
        try:
            _refuse_untold(each, told)
            steps[each.address] = _step(each, asked)
            told.update(each.steps)
            _refuse_arguments(plan, steps[each.address].script)
        except InexpressibleError as problem:
            unsupported.append(Unsupported(address=each.address, target=delivery, reason=problem.reason))
            steps[each.address] = _refused(each, problem.reason)
    return steps, unsupported


def _asked(resource: Resource) -> set[int]:
    """The steps of which it asks how they ended."""
    guard = (*resource.guard, *getattr(resource.spec, "condition", ()))
    return {step for step, _ in ends_asked(guard)}


def _refuse_untold(resource: Resource, told: Collection[int]) -> None:
    if not _asked(resource).issubset(told):
        raise InexpressibleError(_NOT_TOLD)


def _refuse_arguments(plan: Plan, script: str) -> None:
    """An argument that the plan does not know would be empty in the pipeline, without a word."""
    known = {argument(each.name) if each.name.isdigit() else each.name for each in plan.every_variable}
    for number in re.findall(r"\$\{?arg(\d+)\b", script):
        if f"arg{number}" not in known:
            raise InexpressibleError(f"it needs the argument `${number}` of the script, which is no input of the plan")


def _published(steps: dict[str, Step]) -> dict[str, Step]:
    """From the first step that reaches out on, all publish: a pull request must not run what others would see. A
    backup is no part of the build either, but nothing that comes after it needs it."""
    publishes = False
    found = {}
    for address, step in steps.items():
        aside = programs.backs_up(step.script)
        publishes = publishes or step.publish or (programs.reaches_out(step.script) and not aside)
        found[address] = msgspec.structs.replace(step, publish=publishes or aside)
    return found


def _lost(plan: Plan, steps: dict[str, Step], delivery: str) -> list[Unsupported]:
    """Backups stay where they are made, and the machine of a pipeline does not last."""
    reason = "what it saves is on the machine of the pipeline and gone with it: copy it to where backups are kept"
    saving = [address for address, step in steps.items() if programs.backs_up(step.script)]
    kept = ((each.address, each.spec.source.shell()) for each in plan.resources if isinstance(each.spec, Command))
    saving += [address for address, text in kept if address not in steps and programs.fetches_backup(text)]
    return [Unsupported(address=address, target=delivery, reason=reason) for address in saving]


def _step(resource: Resource, asked: Collection[int]) -> Step:
    script = shell.script(resource, asked)
    directory, change = _directory(shell.directory(resource))
    output = getattr(resource.spec, "variable", "") or getattr(resource.spec, "output", "")
    return Step(
        name=resource.name or resource.spec.summary(),
        script=f"{change}{script}",
        origin=_origin(resource),
        directory=directory,
        publish=resource.phase is Phase.PUBLISH,
        exports=(*([output] if output else []), *(status(step) for step in resource.steps if step in asked)),
        address=resource.address,
    )


def _refused(resource: Resource, reason: str) -> Step:
    """A step that stops the pipeline where the script did something that has no step."""
    message = word(Value.of(f"A person must decide about {resource.address}: {reason}"))
    return Step(
        name=resource.name or resource.spec.summary(),
        script=f"printf '%s\\n' {message} >&2\nexit 1",
        origin=_origin(resource),
        publish=resource.phase is Phase.PUBLISH,
        address=resource.address,
    )


def _origin(resource: Resource) -> str:
    """The lines of the script, on one line whatever the name of the file is."""
    return " ".join(", ".join(dict.fromkeys(span.lines() for span in resource.origin.spans)).split())


def _directory(cwd: Value) -> tuple[str, str]:
    """The directory of a step, and the `cd` that it needs where that can't be said as plain text."""
    inside = relative(cwd, PROJECT)
    if inside == cwd and cwd != PROJECT:
        return "", f"cd {word(cwd)}\n" if cwd.parts else ""
    if inside.text is not None and re.fullmatch(r"[\w./-]+", inside.text):
        return (CHECKOUT if inside.text == "." else f"{CHECKOUT}/{inside.text}"), ""
    return CHECKOUT, f"cd {word(inside)}\n"


def _around_hosts(
    plan: Plan, steps: dict[str, Step], delivery: str
) -> tuple[tuple[Step, ...], tuple[Step, ...], list[Unsupported]]:
    """Steps before the first host and after the last; between two hosts a build comes before, a publication after."""
    deployed: dict[Purpose, list[int]] = {purpose: [] for purpose in Purpose}
    for index, each in enumerate(plan.resources):
        if each.phase is Phase.DEPLOY:
            deployed[each.purpose].append(index)
    before: list[Step] = []
    after: list[Step] = []
    moved: list[Unsupported] = []
    for index, each in enumerate(plan.resources):
        if each.address not in steps:
            continue
        hosts = deployed[each.purpose]
        between = bool(hosts) and hosts[0] < index < hosts[-1]
        late = bool(hosts) and index > hosts[0] and (each.phase is Phase.PUBLISH or index > hosts[-1])
        (after if late else before).append(steps[each.address])
        if between:
            side = "after" if late else "before"
            reason = f"it ran between two steps on hosts and now runs {side} all of them"
            moved.append(Unsupported(address=each.address, target=delivery, reason=reason))
    return tuple(before), tuple(after), moved


def _results(plan: Plan, tree: FileTree) -> tuple[tuple[str, str], ...]:
    """What the build computes for the hosts: the variable of the manifests, and the script's."""
    names = manifest_names(plan, tree)
    return tuple(
        (names[each.name], each.name) for each in plan.variables if each.on == BUILD_JOB and each.name in names
    )


def _needs_ssh(plan: Plan, scripts: list[str]) -> bool:
    """Whether a step logs in to another machine, or pushes to a repository there."""
    remotes = [each.value.text or "" for each in plan.variables if each.value is not None] + scripts
    over_ssh = any(re.search(r"\bgit@|\bssh://", text) for text in remotes)
    return programs.logs_in(scripts) or (programs.pushes(scripts) and over_ssh)


def _looked_up(tree: FileTree) -> tuple[tuple[str, str], ...]:
    """What the manifests look up in the environment."""
    return tuple(looked_up(tree).items())
