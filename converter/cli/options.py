"""The options that several commands share, and the choices that they take."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from converter.cli.request import Asked


class Format(StrEnum):
    """For people, or the stable form for programs."""

    TEXT = "text"
    JSON = "json"


class Place(StrEnum):
    """Where a script runs."""

    SERVER = "server"
    WORKSTATION = "workstation"


class Level(StrEnum):
    """How thorough a check of a generated repository is."""

    LINT = "lint"
    APPLY = "apply"
    COMPARE = "compare"


class Kept(StrEnum):
    """Where the secrets of the manifests are kept."""

    VAULT = "vault"
    SOPS = "sops"
    CI = "ci"
    EXTERNAL = "external"
    SEALED = "sealed"


class Handed(StrEnum):
    """How found secrets are handed over."""

    VAULT = "vault"
    SOPS = "sops"
    ENV = "env"


Scripts = Annotated[
    list[str],
    typer.Argument(metavar="SCRIPT...", help="Deployment scripts, or folders of them; - reads standard input."),
]
Runs = Annotated[
    Place | None,
    typer.Option("--runs-on", help="Where the script itself runs; found out from what it does if not given."),
]
Rules = Annotated[
    list[str] | None,
    typer.Option("--rules", metavar="DIR", help="A folder of your own rules; they win over the built-in ones."),
]
Name = Annotated[str, typer.Option("--name", help="Name of the project; by default that of the script's folder.")]
Target = Annotated[
    str,
    typer.Option(
        "--target",
        help="What the manifests are written for: ansible or kubernetes, or both with a comma between, which share the"
        " script in one repository.",
    ),
]
Seen = Annotated[
    str,
    typer.Option("--target", help="Say of each line what becomes of it there, also for several: kubernetes,ansible."),
]
Delivery = Annotated[
    str | None,
    typer.Option(
        "--delivery",
        help="What brings the manifests there, with commas between: github-actions and gitlab-ci (the usual ones) or"
        " ansible-pull for ansible; flux (the usual one) or argocd for kubernetes, or the two pipelines, which push to"
        " it where no agent is named beside them; some of each for both.",
        show_default=False,
    ),
]
Store = Annotated[
    Kept | None,
    typer.Option(
        "--secrets",
        help="Where the secrets will be: vault, sops and sealed encrypt them in the repository. The usual one is vault"
        " for ansible; for kubernetes sops, with argocd sealed.",
        show_default=False,
    ),
]
Backend = Annotated[
    str,
    typer.Option("--backend", metavar="NAME", help="namespaces, podman or reduced; the first that works if not given."),
]
Output = Annotated[Format, typer.Option("--format", help="text for people, json for programs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take the default answers.")]
Interactive = Annotated[bool, typer.Option("--interactive", help="Ask the open questions here, one by one.")]
Given = Annotated[str, typer.Option("--answers", metavar="FILE", help="Answers to replay; new ones are added to them.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing: show the files and the difference.")]
NoMerge = Annotated[
    bool, typer.Option("--no-merge", help="Leave a new conversion on its branch, for you to merge; the first has none.")
]
Directory = Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Where the repository is written.")]
Reviewed = Annotated[
    list[str],
    typer.Argument(metavar="SCRIPT...|PLAN|DIR", help="Scripts, a plan.yaml, or a repository that was generated."),
]
Written = Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Where `w` writes the repository.")]
Decisions = Annotated[
    str, typer.Option("--answers", metavar="FILE", help="Where decisions are; .gitopsify/answers.yaml if not given.")
]

Decided = Annotated[
    str,
    typer.Option(
        "--answers", metavar="FILE", help="What was decided of secrets; .gitopsify/answers.yaml if not given."
    ),
]


def listed(text: str) -> tuple[str, ...]:
    """What stands between commas, each once."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def deliveries(target: str, given: str | None) -> tuple[str, ...]:
    """Those that are named, or the usual ones of the target."""
    from converter.render.registry import usual_deliveries

    return usual_deliveries(target) if given is None else listed(given)


def store(given: Kept | None) -> str:
    """The store that is named, "" for the usual one."""
    return given.value if given is not None else ""


def asked(scripts: list[str], runs_on: Place | None, name: str, rule_packs: list[str] | None) -> Asked:
    """What is to be understood, and how."""
    from converter.cli.request import Asked

    return Asked(scripts=scripts, runs_on=runs_on.value if runs_on else None, name=name, rules=rule_packs or [])
