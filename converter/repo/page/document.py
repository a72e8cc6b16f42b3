"""The page itself: what it shows, filled into its template, with a policy that lets no request leave it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Container, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from converter.model.plan import Plan
from converter.model.report import Verification
from converter.model.trace import RunsOn
from converter.model.tree import FileTree
from converter.repo.expressed import expressed, in_cluster
from converter.repo.markdown import visible
from converter.repo.page import matters
from converter.repo.page.course import course
from converter.repo.page.coverage import coverage, letter
from converter.repo.page.diagram import drawing
from converter.repo.page.manifests import manifests
from converter.repo.page.origins import Origins
from converter.repo.page.prose import Prose, plain
from converter.repo.page.script import rows, sources
from converter.repo.places import source_path
from converter.repo.verification import sentences

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.runtime import Context
    from markupsafe import Markup

# The page is known by it, so that only a page of ours is ever replaced.
MARK = '<meta name="generator" content="gitopsify report">'
_LONGEST = 160
_TEMPLATES = Path(__file__).parent / "templates"
_NOTHING = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'"


def page(
    plan: Plan,
    tree: FileTree,
    *,
    deliveries: Sequence[str],
    beside: bool,
    edited: Container[str] = (),
    verified: Verification | None = None,
    environment: str = "",
) -> str:
    """The text of the page; `beside` says that the files it names lie beside it, so that they can be links. `edited`
    are those that are no longer as they were generated, `verified` is the last verification; `environment` names the
    one that the page is about, where it is not about all."""
    numbers = {source.path: number for number, source in enumerate(plan.sources, 1)}
    style, program = (_read(f"page.{kind}") for kind in ("css", "js"))
    filled = _template().render(
        say=Prose(numbers),
        policy=f"{_NOTHING}; style-src {_hash(style)}; script-src {_hash(program)}",
        style=style,
        program=program,
        beside=beside,
        edited=edited,
        environment=environment,
        verified=sentences(verified) if verified else (),
        **_content(plan, tree, numbers, deliveries),
    )
    return "\n".join(line for line in filled.split("\n") if line.strip()) + "\n"


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context

    @pass_context
    def prose(context: Context, said: str) -> Markup:
        say: Prose = context["say"]
        return say(said)

    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known = {"plain": plain, "short": _short, "letter": letter, "quote": quote, "source": source_path}
    environment.filters |= {"prose": prose, **known}
    return environment.get_template("report.html")


def _content(plan: Plan, tree: FileTree, numbers: Mapping[str, int], deliveries: Sequence[str]) -> Mapping[str, Any]:
    origins = Origins(plan, numbers)
    files = manifests(tree, origins)
    as_made = expressed(plan, tree)
    commands = rows(as_made, origins, files)
    return {
        "plan": plan,
        "cluster": in_cluster(tree),
        "assumptions": (*plan.assumptions, *tree.assumptions),
        "on_server": plan.runs_on is RunsOn.SERVER,
        "parts": coverage(as_made.ledger, tree),
        "total": len(plan.ledger),
        "waiting": matters.waiting(plan, tree),
        "diagram": drawing(course(plan, tree)),
        "changed": matters.changed(plan, tree),
        "sources": sources(plan, numbers, commands, files),
        "files": files,
        "rows": commands,
        "secrets": matters.secrets(plan, tree),
        "others": matters.others_to_set(tree),
        "ways_back": matters.ways_back(plan, tree, deliveries),
    }


def _short(said: str) -> str:
    """A command on one line, cut where it is long."""
    line = plain(visible(said))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _read(name: str) -> str:
    """Style or program, which holds no text of a script."""
    lines = (_TEMPLATES / name).read_text(encoding="utf-8").split("\n")
    return "\n".join(["", *(line for line in lines if line.strip()), ""])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
