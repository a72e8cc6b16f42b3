"""The pass that leaves a resource only what could matter to it of the directory and the exported variables."""

from __future__ import annotations

import msgspec

from converter.model.resource import Resource
from converter.model.trace import AnyOf, Context, Step, Test
from converter.model.value import CommandOutput, Value, Variable
from converter.plan.rewrite import values
from converter.plan.work import Work

# Kinds that run no program of the application, so that the script's environment is nothing to them.
_DEAF = frozenset(
    """absent assertion authorized_key cron_job directory file file_attributes file_copy file_move
    firewall firewall_rule firewalld_rule group hostname kernel_module limit line link locale mount pause
    port_wait replacement service sudoers swap_file sync sysctl_setting systemd_reload text_block timezone
    touched_file upload user""".split()
)
# Kinds with a path on the machine that runs the script, which may be relative.
_RELATIVE = frozenset({"sync", "upload"})
# Kinds that say all their paths, though what they run may read the environment.
_ROOTED = frozenset(
    """compose_project container container_network container_prune container_volume git_checkout
    git_setting http_check http_request image_push image_tag pm2_saved registry_login supervised_program
    supervisor_update""".split()
)
ROOT = Value.of("/")
# Settings of the package managers that the manifests make themselves.
_SETTLED = frozenset(
    {
        "DEBIAN_FRONTEND",
        "DEBIAN_PRIORITY",
        "APT_LISTCHANGES_FRONTEND",
        "NEEDRESTART_MODE",
        "NEEDRESTART_SUSPEND",
        "UCF_FORCE_CONFFOLD",
    }
)
_PACKAGES = frozenset("package package_cache package_cleanup package_key package_repository package_upgrade".split())


def with_known_environments(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """An exported value that nobody knows has to be given by a person, under its name."""
    known: dict[int, tuple[object, Context | Test]] = {}
    return tuple(_step(step, known) for step in steps)


def _step(step: Step, known: dict[int, tuple[object, Context | Test]]) -> Step:
    context = _context(step.context, known)
    guard = tuple(_test(test, known) for test in step.guard)
    if context is step.context and all(new is old for new, old in zip(guard, step.guard, strict=True)):
        return step
    return msgspec.structs.replace(step, context=context, guard=guard)


def _test(test: Test, known: dict[int, tuple[object, Context | Test]]) -> Test:
    done = known.get(id(test))
    if done is not None and isinstance(done[1], Test):
        return done[1]
    new = test
    context = _context(test.context, known)
    if isinstance(test.subject, AnyOf):
        alternatives = tuple(tuple(_test(inner, known) for inner in guard) for guard in test.subject.alternatives)
        if alternatives != test.subject.alternatives:
            new = msgspec.structs.replace(new, subject=AnyOf(alternatives=alternatives))
    if context is not test.context:
        new = msgspec.structs.replace(new, context=context)
    known[id(test)] = (test, new)
    return new


def _context(context: Context, known: dict[int, tuple[object, Context | Test]]) -> Context:
    done = known.get(id(context))
    if done is not None and isinstance(done[1], Context):
        return done[1]
    pairs = tuple((name, Value(Variable(name)) if _open(value) else value) for name, value in context.environment)
    new = context if pairs == context.environment else msgspec.structs.replace(context, environment=pairs)
    known[id(context)] = (context, new)
    return new


def _open(value: Value) -> bool:
    """Whether only the script itself can know it."""
    return bool(value.unknowns) or any(variable.name in ("?", "#") for variable in value.variables)


def trim_environment(work: Work) -> Work:
    """Drops what can't matter."""
    resources = []
    for resource in work.resources:
        old = resource.context.environment
        rooted = resource.kind in (_DEAF | _PACKAGES | _ROOTED) - _RELATIVE and not _asks(resource)
        cwd = ROOT if rooted else resource.context.cwd
        new = tuple(
            pair
            for pair in old
            if resource.kind not in _DEAF and (resource.kind not in _PACKAGES or pair[0] not in _SETTLED)
        )
        context = msgspec.structs.replace(resource.context, cwd=cwd, environment=new)
        resources.append(msgspec.structs.replace(resource, context=context))
    return work.having(resources=tuple(resources))


def _asks(resource: Resource) -> bool:
    """Whether a command prints a part of it, in the directory of the step."""
    return any(isinstance(part, CommandOutput) for value in values(resource.spec) for part in value.parts)
