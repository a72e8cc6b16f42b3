"""The commands and their options; each command's work is imported when it is run, so that `--help` is instant."""

from __future__ import annotations

from typing import Annotated

import typer

from converter.cli.options import (
    Backend,
    Decided,
    Decisions,
    Delivery,
    Directory,
    DryRun,
    Format,
    Given,
    Handed,
    Interactive,
    Level,
    Name,
    NoMerge,
    Output,
    Quiet,
    Reviewed,
    Rules,
    Runs,
    Scripts,
    Seen,
    Store,
    Target,
    Written,
    Yes,
    asked,
    deliveries,
    store,
)

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
secrets_of = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Secrets that stand in scripts.")
app.add_typer(secrets_of, name="secrets")


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
    delivery: Delivery = None,
    secrets: Store = None,
    runs_on: Runs = None,
    name: Name = "",
    rule_packs: Rules = None,
    answers: Given = "",
    interactive: Interactive = False,
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
        deliveries=deliveries(target, delivery),
        secrets=store(secrets),
        directory=directory,
        yes=yes,
        dry_run=dry_run,
        merge=not no_merge,
        answers=answers,
        interactive=interactive,
    )
    raise typer.Exit(run(asked(scripts, runs_on, name, rule_packs), wanted, as_json=form == Format.JSON, quiet=quiet))


@app.command()
def review(
    scripts: Reviewed,
    directory: Written = "",
    target: Target = "ansible",
    delivery: Delivery = None,
    secrets: Store = None,
    runs_on: Runs = None,
    name: Name = "",
    rule_packs: Rules = None,
    answers: Decisions = "",
) -> None:
    """Shows the script beside its manifests, for you to decide about each line; every decision is saved at once.

    Example: gitopsify review deploy.sh -o shop-gitops
    """
    from converter.cli.convert import Wanted
    from converter.cli.review.command import review as run

    wanted = Wanted(
        target=target,
        deliveries=deliveries(target, delivery),
        secrets=store(secrets),
        directory=directory,
        yes=False,
        dry_run=False,
        answers=answers,
    )
    raise typer.Exit(run(asked(scripts, runs_on, name, rule_packs), wanted))


@app.command()
def explain(
    script: Annotated[str, typer.Argument(help="A deployment script; - reads standard input.")],
    runs_on: Runs = None,
    rule_packs: Rules = None,
    target: Seen = "",
    form: Output = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Shows the script line by line, with what each command becomes and why.

    Example: gitopsify explain deploy.sh | less -R
    """
    from converter.cli.explain import explain as run

    understood = asked([script], runs_on, "", rule_packs)
    raise typer.Exit(run(understood, target, as_json=form == Format.JSON, quiet=quiet))


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

    raise typer.Exit(run(asked(scripts, runs_on, name, rule_packs), output, as_json=form == Format.JSON, quiet=quiet))


@app.command()
def render(
    file: Annotated[
        str, typer.Argument(metavar="PLAN", help="A plan that `gitopsify plan` wrote; - reads standard input.")
    ],
    directory: Directory,
    target: Target = "ansible",
    delivery: Delivery = None,
    secrets: Store = None,
    answers: Given = "",
    interactive: Interactive = False,
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
        deliveries=deliveries(target, delivery),
        secrets=store(secrets),
        directory=directory,
        yes=yes,
        dry_run=dry_run,
        merge=not no_merge,
        answers=answers,
        interactive=interactive,
    )
    raise typer.Exit(run(file, wanted, as_json=form == Format.JSON, quiet=quiet))


@app.command()
def verify(
    target: Annotated[
        list[str], typer.Argument(metavar="DIR|SCRIPT...", help="A generated repository, or scripts to convert first.")
    ],
    level: Annotated[
        Level,
        typer.Option(
            "--level",
            help="lint: validators only. apply: the manifests in a sandbox, twice. compare: the script too.",
        ),
    ] = Level.COMPARE,
    environment: Annotated[
        str, typer.Option("--env", metavar="NAME", help="The environment; the last one if not given.")
    ] = "",
    world: Annotated[
        str, typer.Option("--world", metavar="FILE", help="What stands around; .gitopsify/world.yaml if not given.")
    ] = "",
    script: Annotated[
        str,
        typer.Option("--script", metavar="FILE", help="Run this script, not the one kept in the repository."),
    ] = "",
    suite: Annotated[str, typer.Option("--suite", help="The Debian that the hosts are.")] = "bookworm",
    rootfs: Annotated[
        str, typer.Option("--rootfs", metavar="TARBALL", help="The root of a Debian to make hosts of.")
    ] = "",
    backend: Backend = "",
    keep: Annotated[bool, typer.Option("--keep", help="Keep what the hosts have written, to look at it.")] = False,
    report: Annotated[
        str, typer.Option("--report", metavar="FILE", help="Write the result there too, as JSON for programs.")
    ] = "",
    record: Annotated[
        bool, typer.Option("--record/--no-record", help="Write the result into the repository, for MIGRATION.md.")
    ] = True,
    form: Output = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Proves that a generated repository does what the script did: both are run in sandboxes and compared.

    The script is run in a sandbox of its own, without a network and without a way to this machine, and nowhere else.

    Example: gitopsify verify shop-gitops
    """
    from converter.cli.verify import Wanted
    from converter.cli.verify import verify as run

    wanted = Wanted(
        level=level.value,
        environment=environment,
        world=world,
        suite=suite,
        rootfs=rootfs,
        backend=backend,
        keep=keep,
        report=report,
        script=script,
        record=record,
    )
    raise typer.Exit(run(target, wanted, as_json=form == Format.JSON, quiet=quiet))


@app.command()
def doctor(
    clean: Annotated[bool, typer.Option("--clean", help="Remove the systems that verify keeps in your cache.")] = False,
    form: Output = Format.TEXT,
) -> None:
    """Says what this machine can do of what `gitopsify verify` needs, and how to get what is missing.

    Example: gitopsify doctor
    """
    from converter.cli.doctor import doctor as run

    raise typer.Exit(run(clean=clean, as_json=form == Format.JSON))


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


@secrets_of.command("list")
def secrets_list(
    scripts: Scripts, name: Name = "", rule_packs: Rules = None, answers: Decided = "", form: Output = Format.TEXT
) -> None:
    """Lists the secrets of scripts: the name of each and where it stands, never a value.

    Example: gitopsify secrets list deploy.sh
    """
    from converter.cli.secrets import listed

    raise typer.Exit(listed(asked(scripts, None, name, rule_packs), answers, as_json=form == Format.JSON))


@secrets_of.command("export")
def secrets_export(
    scripts: Scripts,
    to: Annotated[
        Handed,
        typer.Option("--to", help="vault and sops encrypt; env is plain, for you alone to read."),
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="A file that is not there yet.")],
    environment: Annotated[
        str, typer.Option("--env", metavar="NAME", help="The environment whose secrets they are, where they differ.")
    ] = "",
    name: Name = "",
    rule_packs: Rules = None,
    answers: Decided = "",
    password_file: Annotated[
        str,
        typer.Option("--vault-password-file", metavar="FILE", help="It holds the password of the vault."),
    ] = "",
    age: Annotated[
        str, typer.Option("--age", metavar="KEYS", help="Public age keys for sops; those of .sops.yaml if not given.")
    ] = "",
) -> None:
    """Writes the values of the secrets that were found, to a file with mode 0600; rotate them all the same.

    Example: gitopsify secrets export deploy.sh --to vault -o vault.yml
    """
    from converter.cli.secrets import exported

    request = asked(scripts, None, name, rule_packs)
    chosen = {"answers": answers, "environment": environment, "password_file": password_file, "age": age}
    raise typer.Exit(exported(request, to.value, output, **chosen))
