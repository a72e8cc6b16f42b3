"""The command `report` and its options, beside `app.py`, which has those of the other commands."""

from __future__ import annotations

from typing import Annotated

import typer

from converter.cli.options import (
    Delivery,
    Name,
    Quiet,
    Rules,
    Runs,
    Store,
    Target,
    Yes,
    asked,
    deliveries,
    store,
)


def report(
    scripts: Annotated[
        list[str],
        typer.Argument(metavar="DIR|SCRIPT...", help="A generated repository, or scripts; - reads standard input."),
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where the page is written; - prints it.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is no earlier page.")] = False,
    environment: Annotated[
        str, typer.Option("--env", metavar="NAME", help="The page of this environment alone, of several.")
    ] = "",
    target: Target = "ansible",
    delivery: Delivery = None,
    secrets: Store = None,
    answers: Annotated[
        str,
        typer.Option("--answers", metavar="FILE", help="Answers to the questions, as a repository keeps them."),
    ] = "",
    yes: Yes = False,
    runs_on: Runs = None,
    name: Name = "",
    rule_packs: Rules = None,
    quiet: Quiet = False,
) -> None:
    """Writes one page for the person who approves the migration: the script beside the manifests, and what to know.

    It needs no network. Of a repository it shows the files as they are now, and of scripts those that convert would
    write; nothing is asked. An earlier page is replaced, any other file only with --force.

    Example: gitopsify report shop-gitops -o shop.html
    """
    from converter.cli.report import Wanted
    from converter.cli.report import report as run

    wanted = Wanted(
        output=output,
        force=force,
        target=target,
        deliveries=deliveries(target, delivery),
        secrets=store(secrets),
        yes=yes,
        answers=answers,
        environment=environment,
    )
    raise typer.Exit(run(asked(scripts, runs_on, name, rule_packs), wanted, quiet=quiet))
