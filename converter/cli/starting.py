"""The command `starter` and its options, beside `app.py`, which has those of the other commands."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from converter.cli.options import DryRun, Format, NoMerge, Output, Quiet, Yes


def _option(names: str, help: str, metavar: str = "TEXT") -> Any:
    return typer.Option(*names.split(), metavar=metavar, help=help)


Text = str | None
Texts = list[str] | None
Directory = Annotated[str, _option("--output -o", "Where the repository is written.", "DIR")]
Application = Annotated[Text, _option("--application", "node, python, php, java, static or container.", "KIND")]
Repository = Annotated[Text, _option("--repository", "Git repository of the application.", "URL")]
Artifact = Annotated[Text, _option("--artifact", "Java: address of the jar, with {version}.", "URL")]
Image = Annotated[Text, _option("--image", "Container: the image, without its tag.", "NAME")]
Version = Annotated[Texts, _option("--app-version", "Branch, tag or version; may differ.", "[ENV=]VERSION")]
Environments = Annotated[Texts, _option("--env", "An environment; repeat it for several.", "NAME")]
Hosts = Annotated[Texts, _option("--host", "A host, as user@address:port; repeat it for several.", "[ENV=]HOST")]
Domains = Annotated[Texts, _option("--domain", "The name that visitors know; _ is any.", "[ENV=]DOMAIN")]
Start = Annotated[Text, _option("--start", "Command that starts the application.", "COMMAND")]
Public = Annotated[Text, _option("--public", "Static, PHP: folder that visitors see.", "FOLDER")]
Php = Annotated[Text, _option("--php", "Version of PHP.", "VERSION")]
Port = Annotated[Text, _option("--port", "Port on the host.", "PORT")]
Inside = Annotated[Text, _option("--container-port", "Container: port in it.", "PORT")]
Login = Annotated[Text, _option("--registry-user", "Container: account at the registry.", "NAME")]
Nginx = Annotated[bool | None, typer.Option("--nginx/--no-nginx", help="Put nginx in front of the application.")]
Health = Annotated[Text, _option("--health", "Path that answers when all is well.", "PATH")]
Secrets = Annotated[Texts, _option("--secret", "Name of a secret that the application gets; repeat it.", "NAME")]
User = Annotated[Text, _option("--user", "Account that the application runs as.", "NAME")]
Folder = Annotated[Text, _option("--directory", "Folder of the application on the hosts.", "DIR")]
Name = Annotated[Text, _option("--name", "Name of the application; that of its source if not given.", "NAME")]
Target = Annotated[Text, _option("--target", "What the manifests are written for.")]
Delivery = Annotated[Text, _option("--delivery", "Pipelines to write, with commas between them.")]
Store = Annotated[Text, _option("--secrets", "Where the secrets will be: vault, sops, ci or external.")]
Replayed = Annotated[str, _option("--from", "Answers to replay; options win over them.", "FILE")]
_PLAIN = (
    "application repository artifact image start public php port inside login health user directory name target store"
).split()


def starter(
    directory: Directory,
    application: Application = None,
    repository: Repository = None,
    artifact: Artifact = None,
    image: Image = None,
    version: Version = None,
    environments: Environments = None,
    hosts: Hosts = None,
    domains: Domains = None,
    start: Start = None,
    public: Public = None,
    php: Php = None,
    port: Port = None,
    inside: Inside = None,
    login: Login = None,
    nginx: Nginx = None,
    health: Health = None,
    secret: Secrets = None,
    user: User = None,
    folder: Folder = None,
    name: Name = None,
    target: Target = None,
    delivery: Delivery = None,
    store: Store = None,
    file: Replayed = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    no_merge: NoMerge = False,
    form: Output = Format.TEXT,
    quiet: Quiet = False,
) -> None:
    """Writes a repository that deploys an application, where no script does it yet.

    What no option says is asked, or without a terminal taken as usual; what has no usual answer has to be given. The
    answers are kept in .gitopsify/starter.yaml: give other ones and start again onto the same folder, it is merged.

    Example: gitopsify starter --application node --repository https://git.example.com/shop.git --host app1.example.com
    -o shop-gitops
    """
    from converter.cli.starter import Wanted
    from converter.cli.starter import starter as run

    first = (application, repository, artifact, image, start, public, php, port)
    rest = (inside, login, health, user, folder, name, target, store)
    given = {key: text for key, text in zip(_PLAIN, (*first, *rest), strict=True) if text is not None}
    given |= {"nginx": "yes" if nginx else "no"} if nginx is not None else {}
    given |= _lists(environments=environments, secrets=secret, deliveries=None if delivery is None else [delivery])
    given |= _of_environments("hosts", hosts) | _of_environments("domain", domains) | _of_version(version)
    wanted = Wanted(given=given, file=file, directory=directory, yes=yes, dry_run=dry_run, merge=not no_merge)
    raise typer.Exit(run(wanted, as_json=form == Format.JSON, quiet=quiet))


def _lists(**items: Texts) -> dict[str, str]:
    return {key: " ".join(text.replace(",", " ") for text in texts) for key, texts in items.items() if texts}


def _of_environments(what: str, items: Texts) -> dict[str, str]:
    """`staging=a` is about staging, `a` alone about the only environment, whatever its name is."""
    found: dict[str, list[str]] = {}
    for item in items or ():
        name, equals, text = item.partition("=")
        found.setdefault(f"{what}.{name if equals else ''}", []).append((text if equals else item).replace(",", " "))
    return {key: " ".join(texts) for key, texts in found.items()}


def _of_version(items: Texts) -> dict[str, str]:
    """Without an environment it is that of all others."""
    return {key.removesuffix("."): text for key, text in _of_environments("version", items).items()}
