"""The commands and their options; each command's work is imported when it is run, so that `--help` is instant."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from converter.cli.request import Asked

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Turns deployment scripts into a Git repository of manifests and pipelines.",
    epilog="Start with: gitopsify explain deploy.sh, then: gitopsify convert deploy.sh -o shop-gitops",
)
rules = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="What is recognised, and what it becomes.")
app.add_typer(rules, name="rules")


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


Scripts = Annotated[list[str], typer.Argument(metavar="SCRIPT...", help="Deployment scripts; - reads standard input.")]
Runs = Annotated[
    Place | None,
    typer.Option("--runs-on", help="Where the script itself runs; found out from what it does if not given."),
]
Rules = Annotated[
    list[str] | None,
    typer.Option("--rules", metavar="DIR", help="A folder of your own rules; they win over the built-in ones."),
]
Name = Annotated[str, typer.Option("--name", help="Name of the project; by default that of the script's folder.")]
Target = Annotated[str, typer.Option("--target", help="What the manifests are written for.")]
Delivery = Annotated[str, typer.Option("--delivery", help="Pipelines to write, with commas between them.")]
Output = Annotated[Format, typer.Option("--format", help="text for people, json for programs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take the default answers.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing: show the files and the difference.")]
NoMerge = Annotated[
    bool, typer.Option("--no-merge", help="Leave a new conversion on its branch, for you to merge; the first has none.")
]
Directory = Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Where the repository is written.")]
DELIVERIES = "github-actions,gitlab-ci"


def _version(wanted: bool) -> None:
    if wanted:
        from converter import __version__

        typer.echo(f"gitopsify {__version__}")
        raise typer.Exit


@app.callback()
def gitopsify(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Turns deployment scripts into a Git repository of manifests and pipelines."""


@app.command()
def convert(
    scripts: Scripts,
    directory: Directory,
    target: Target = "ansible",
    delivery: Delivery = DELIVERIES,
    runs_on: Runs = None,
    name: Name = "",
    rule_packs: Rules = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    no_merge: NoMerge = False,
    form: Output = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Writes the repository that replaces the scripts, with a first commit.

    Nothing is executed and nothing leaves this machine. A folder that is an earlier conversion gets the new one on the
    branch gitopsify/import, and a merge that keeps your own edits; any other folder that is not empty is left alone.

    Example: gitopsify convert deploy.sh -o shop-gitops --delivery github-actions
    """
    from converter.cli.convert import Wanted
    from converter.cli.convert import convert as run

    wanted = Wanted(
        target=target,
        deliveries=_listed(delivery),
        directory=directory,
        yes=yes,
        dry_run=dry_run,
        merge=not no_merge,
    )
    raise typer.Exit(run(_asked(scripts, runs_on, name, rule_packs), wanted, as_json=form == Format.JSON, quiet=quiet))


@app.command()
def explain(
    script: Annotated[str, typer.Argument(help="A deployment script; - reads standard input.")],
    runs_on: Runs = None,
    rule_packs: Rules = None,
    form: Output = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Shows the script line by line, with what each command becomes and why.

    Example: gitopsify explain deploy.sh | less -R
    """
    from converter.cli.explain import explain as run

    raise typer.Exit(run(_asked([script], runs_on, "", rule_packs), as_json=form == Format.JSON, quiet=quiet))


@app.command()
def plan(
    scripts: Scripts,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; - prints it.")
    ] = "-",
    runs_on: Runs = None,
    name: Name = "",
    rule_packs: Rules = None,
    form: Output = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Writes the plan as a file to read, edit and hand to `gitopsify render`.

    Example: gitopsify plan deploy.sh -o plan.yaml
    """
    from converter.cli.plans import plan as run

    raise typer.Exit(run(_asked(scripts, runs_on, name, rule_packs), output, as_json=form == Format.JSON, quiet=quiet))


@app.command()
def render(
    file: Annotated[
        str, typer.Argument(metavar="PLAN", help="A plan that `gitopsify plan` wrote; - reads standard input.")
    ],
    directory: Directory,
    target: Target = "ansible",
    delivery: Delivery = DELIVERIES,
    yes: Yes = False,
    dry_run: DryRun = False,
    no_merge: NoMerge = False,
    form: Output = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Writes the repository of a plan, which you may have edited.

    Example: gitopsify render plan.yaml -o shop-gitops
    """
    from converter.cli.convert import Wanted
    from converter.cli.plans import render as run

    wanted = Wanted(
        target=target,
        deliveries=_listed(delivery),
        directory=directory,
        yes=yes,
        dry_run=dry_run,
        merge=not no_merge,
    )
    raise typer.Exit(run(file, wanted, as_json=form == Format.JSON, quiet=quiet))


@app.command()
def verify(
    directory: Annotated[str, typer.Argument(metavar="DIR", help="A generated repository.")],
    level: Annotated[Level, typer.Option("--level", help="lint: the target's own validators.")] = Level.LINT,
    form: Output = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Checks a generated repository with the validators that are installed.

    Example: gitopsify verify shop-gitops --level lint
    """
    from converter.cli.verify import verify as run

    raise typer.Exit(run(directory, level, as_json=form == Format.JSON, quiet=quiet))


@rules.command("list")
def rules_list(rule_packs: Rules = None, form: Output = Format.TEXT) -> None:
    """Lists the rules by family and tool."""
    from converter.cli.rules import listed

    raise typer.Exit(listed(rule_packs or [], as_json=form == Format.JSON))


@rules.command("show")
def rules_show(
    name: Annotated[str, typer.Argument(help="A rule or a tool, as `rules list` prints them.")],
    rule_packs: Rules = None,
    form: Output = Format.TEXT,
) -> None:
    """Shows a rule: what it recognises, what that becomes, and examples.

    Example: gitopsify rules show git-clone
    """
    from converter.cli.rules import shown

    raise typer.Exit(shown(name, rule_packs or [], as_json=form == Format.JSON))


@rules.command("new")
def rules_new(
    line: Annotated[str, typer.Argument(metavar="COMMAND_LINE", help="A command of yours, in quotes.")],
    folder: Annotated[
        str, typer.Option("--output", "-o", metavar="DIR", help="The pack; .gitopsify/rules if not given.")
    ] = "",
) -> None:
    """Writes a rule file for a command, with a synopsis made from it, ready to edit.

    Example: gitopsify rules new "frobctl sync --all /srv/data"
    """
    from converter.cli.rule_packs import created

    raise typer.Exit(created(line, folder))


@rules.command("test")
def rules_test(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A pack of rules; .gitopsify/rules if not given.")] = "",
    form: Output = Format.TEXT,
) -> None:
    """Runs the examples of a pack; rules that are never reached or clash with others are errors too.

    Example: gitopsify rules test my-rules
    """
    from converter.cli.rule_packs import tested

    raise typer.Exit(tested(folder, as_json=form == Format.JSON))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _asked(scripts: list[str], runs_on: Place | None, name: str, rule_packs: list[str] | None) -> Asked:
    from converter.cli.request import Asked

    return Asked(scripts=scripts, runs_on=runs_on.value if runs_on else None, name=name, rules=rule_packs or [])
