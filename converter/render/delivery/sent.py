"""What the hosts get of the machine that applies the manifests: the part of the build that later jobs need."""

from __future__ import annotations

import re

from converter.model.plan import Plan
from converter.model.resource import Phase, Resource
from converter.model.trace import RunsOn
from converter.model.value import Glob, Literal, Value, Variable
from converter.render.delivery.shell import step as shell
from converter.render.delivery.shell.words import PROJECT, relative, rooted, word
from converter.resources.archive import Archive
from converter.resources.sync import Sync
from converter.resources.upload import Upload


def artifact(plan: Plan, root: Value | None) -> tuple[str, ...]:
    """Paths in the application's directory that the hosts get, as words of a shell."""
    found: dict[str, None] = {}
    for each in plan.resources:
        if each.phase is Phase.DEPLOY and each.on == "local" and plan.runs_on is RunsOn.WORKSTATION:
            return (".",)
        src = sent(each)
        if src is None:
            continue
        source = rooted(src)
        base = PROJECT if root is None or relative(source, PROJECT) != source else root
        inside = relative(source, base)
        if inside != source or source == PROJECT:
            found[_packed(inside)] = None
    return (".",) if "." in found else tuple(found)


def outside(plan: Plan) -> tuple[str, ...]:
    """Files that the build makes elsewhere on its machine and that the hosts get, as words of a shell."""
    made = set()
    for each in plan.resources:
        target = getattr(each.spec, "dest", None) or getattr(each.spec, "path", None)
        if each.phase is not Phase.DEPLOY and isinstance(target, Value):
            made.add(target.key())
    sources = (sent(each) for each in plan.resources if not isinstance(each.spec, Sync))
    wanted = [src for src in sources if src is not None and src.key() in made]
    found = [src for src in wanted if relative(rooted(src), PROJECT) == rooted(src)]
    return tuple(dict.fromkeys(word(src) for src in found))


def sent(resource: Resource) -> Value | None:
    """What the hosts get of the machine that applies the manifests."""
    spec = resource.spec
    if resource.phase is not Phase.DEPLOY:
        return None
    if isinstance(spec, Archive):
        return None if spec.remote else spec.src
    return spec.src if isinstance(spec, Sync | Upload) and spec.direction == "push" else None


def root_of(local: list[Resource]) -> Value | None:
    """The directory that the script took for the application's: its own, or the first it went to by a full path."""
    for each in local:
        cwd = shell.directory(each)
        if relative(cwd, PROJECT) != cwd or cwd == PROJECT:
            return PROJECT
    found = [shell.directory(each) for each in local]
    return next((cwd for cwd in found if re.match(r"/\w|\$\{HOME\}/", cwd.shell())), None)


def _packed(path: Value) -> str:
    """The path as a word, or its directory where a part of its name is only known at run time."""
    known: list[str] = []
    for part in path.parts:
        if isinstance(part, Literal | Glob):
            known.append(word(Value(part)))
        elif isinstance(part, Variable) and part.value is not None and part.value.text is not None:
            known.append(word(Value.of(part.value.text)))
        else:
            return "".join(known).rpartition("/")[0] or "."
    return "".join(known).removeprefix("./").rstrip("/") or "."
