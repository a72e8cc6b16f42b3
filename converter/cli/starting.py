"""The command `starter` and its options, beside `app.py`, which has those of the other commands."""

from __future__ import annotations

from typing import Annotated

import typer

from converter.cli.options import DryRun, Format, NoMerge, Output, Quiet, Yes

Text = str | None


def _option(name: str, help: str, metavar: str = "TEXT") -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, metavar=metavar, help=help)
    return option


def starter(
    directory: Annotated[str, typer.Option("--output", "-o", metavar="DIR", help="Where the repository is written.")],
    application: Annotated[
        Text, _option("--application", "node, python, php, java, static or container.", "KIND")
    ] = None,
    repository: Annotated[Text, _option("--repository", "Git repository of the application.", "URL")] = None,
    artifact: Annotated[Text, _option("--artifact", "Java: address of the jar, with {version}.", "URL")] = None,
    image: Annotated[Text, _option("--image", "Container: the image, without its tag.", "NAME")] = None,
    version: Annotated[
        list[str] | None,
        _option("--app-version", "Branch, tag or version that is deployed; may differ.", "[ENV=]VERSION"),
    ] = None,
    environments: Annotated[
        list[str] | None, _option("--env", "An environment; repeat it for several.", "NAME")
    ] = None,
    hosts: Annotated[
        list[str] | None, _option("--host", "A host, as user@address:port; repeat it for several.", "[ENV=]HOST")
    ] = None,
    domains: Annotated[
        list[str] | None, _option("--domain", "The name that visitors know; _ is any.", "[ENV=]DOMAIN")
    ] = None,
    start: Annotated[Text, _option("--start", "Command that starts the application.", "COMMAND")] = None,
    public: Annotated[Text, _option("--public", "Static, PHP: folder that visitors see.", "FOLDER")] = None,
    php: Annotated[Text, _option("--php", "Version of PHP.", "VERSION")] = None,
    port: Annotated[Text, _option("--port", "Port on the host.", "PORT")] = None,
    inside: Annotated[Text, _option("--container-port", "Container: port in it.", "PORT")] = None,
    login: Annotated[Text, _option("--registry-user", "Container: account at the registry.", "NAME")] = None,
    nginx: Annotated[
        bool | None, typer.Option("--nginx/--no-nginx", help="Put nginx in front of the application.")
    ] = None,
    health: Annotated[Text, _option("--health", "Path that answers when all is well.", "PATH")] = None,
    secret: Annotated[
        list[str] | None, _option("--secret", "Name of a secret that the application gets; repeat it.", "NAME")
    ] = None,
    user: Annotated[Text, _option("--user", "Account that the application runs as.", "NAME")] = None,
    folder: Annotated[Text, _option("--directory", "Folder of the application on the hosts.", "DIR")] = None,
    name: Annotated[
        Text, _option("--name", "Name of the application; that of its source if not given.", "NAME")
    ] = None,
    target: Annotated[Text, _option("--target", "What the manifests are written for.")] = None,
    delivery: Annotated[Text, _option("--delivery", "Pipelines to write, with commas between them.")] = None,
    store: Annotated[Text, _option("--secrets", "Where the secrets will be: vault, sops, ci or external.")] = None,
    file: Annotated[str, typer.Option("--from", metavar="FILE", help="Answers to replay; options win over them.")] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    no_merge: NoMerge = False,
    form: Output = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Writes a repository that deploys an application, where no script does it yet.

    What no option says is asked, or without a terminal taken as usual; what has no usual answer has to be given. The
    answers are kept in .gitopsify/starter.yaml: change them there, or give other options, and start again onto the same
    folder: it is merged as a second conversion is.

    Example: gitopsify starter --application node --repository https://git.example.com/shop.git --host app1.example.com
    -o shop-gitops
    """
    from converter.cli.starter import Wanted
    from converter.cli.starter import starter as run

    plain = {
        "application": application,
        "repository": repository,
        "artifact": artifact,
        "image": image,
        "start": start,
        "public": public,
        "php": php,
        "port": port,
        "inside": inside,
        "login": login,
        "nginx": None if nginx is None else "yes" if nginx else "no",
        "health": health,
        "user": user,
        "directory": folder,
        "name": name,
        "target": target,
        "deliveries": delivery,
        "store": store,
        "environments": _joined(environments),
        "secrets": _joined(secret),
    }
    given = {
        key: text.replace(",", " ") if key == "deliveries" else text for key, text in plain.items() if text is not None
    }
    given |= _of_environments("hosts", hosts) | _of_environments("domain", domains) | _of_version(version)
    wanted = Wanted(given=given, file=file, directory=directory, yes=yes, dry_run=dry_run, merge=not no_merge)
    raise typer.Exit(run(wanted, as_json=form == Format.JSON, quiet=quiet))


def _joined(items: list[str] | None) -> str | None:
    return " ".join(item.replace(",", " ") for item in items) if items else None


def _of_environments(what: str, items: list[str] | None) -> dict[str, str]:
    """`staging=a` is about staging, `a` alone about the only environment, whatever its name is."""
    found: dict[str, list[str]] = {}
    for item in items or ():
        name, equals, text = item.partition("=")
        found.setdefault(f"{what}.{name if equals else ''}", []).append((text if equals else item).replace(",", " "))
    return {key: " ".join(texts) for key, texts in found.items()}


def _of_version(items: list[str] | None) -> dict[str, str]:
    """Without an environment it is that of all others."""
    return {key.removesuffix("."): text for key, text in _of_environments("version", items).items()}
