"""What a person sets where the pipeline runs: secrets and variables, each with what it is for."""

from __future__ import annotations

import msgspec

from converter.model.tree import Setting, Store
from converter.render.delivery.given import Input
from converter.render.delivery.outline import Outline

_HOSTS = {
    "DEPLOY_HOST": "Address of the machine that is deployed to",
    "DEPLOY_USER": "Name to log in there with",
    "DEPLOY_PORT": "Port of ssh there",
}
_VERSIONS = {
    "node": ("NODE_VERSION", "22"),
    "php": ("PHP_VERSION", "8.3"),
    "java": ("JAVA_VERSION", "21"),
    "ruby": ("RUBY_VERSION", "3.4"),
}


def settings(outline: Outline, *, secrets: str, variables: str) -> tuple[Setting, ...]:
    """All settings, each once; `secrets` and `variables` name the pages where they are made."""
    outlines = outline.each if outline.several else (outline,)
    found = [each for one in outlines for each in (*_playbook(one), *_source(one), *_script(one))]
    named: dict[str, Setting] = {}
    for each in found:
        where = each.where or (secrets if each.secret else variables)
        known = named.setdefault(each.name, msgspec.structs.replace(each, where=where))
        if known.default != each.default:
            named[each.name] = msgspec.structs.replace(known, default="what the script has for each environment")
    return tuple(named.values())


def described(given: Input) -> str:
    """An input for the form of a run by hand; a default filled in there would overrule the manifests."""
    said = _purpose(given, f"{given.name} of the script") + (" (a number)" if given.number else "")
    return f"{said} (empty: {given.default})" if given.default and f" {given.default})" not in said else said


def _ssh() -> list[Setting]:
    return [
        _secret("SSH_PRIVATE_KEY", "Private key that may log in to the hosts; make one for this repository alone"),
        _variable("KNOWN_HOSTS", "Public keys of the hosts, as `ssh-keyscan HOST` prints them"),
    ]


def _playbook(outline: Outline) -> list[Setting]:
    if not outline.playbook:
        return _ssh() if outline.ssh else []
    found = _ssh()
    if outline.store is not None:
        found += [*outline.store.prepared, *outline.store.handed]
    own = {name.upper() for name in outline.environ.secrets}
    told = {each.setting for each in outline.environ.inputs}
    for name, default in outline.looked_up:
        purpose = _HOSTS.get(name, "Used by the inventory")
        if name in own:
            found.append(_secret(name, purpose))
        elif name not in told:
            found.append(_optional(name, purpose, default) if default else _variable(name, purpose))
    urls = " ".join(outline.health)
    found.append(_optional("HEALTH_URLS", "Addresses to ask after a deployment, separated by blanks", urls))
    return found


def _source(outline: Outline) -> list[Setting]:
    if not outline.source:
        return []
    found = [
        _optional("APP_REPOSITORY", "Repository of the application, as `owner/name`", "this repository"),
        _optional(
            "APP_REF",
            "Branch, tag or commit of the application",
            "this commit, or the default branch there",
        ),
        _optional(
            "APP_REPOSITORY_TOKEN", "Token that may read it, where it is private", "the token of the run", secret=True
        ),
    ]
    found += [
        _optional(name, f"Version of {toolchain} for the build", default)
        for toolchain, (name, default) in _VERSIONS.items()
        if toolchain in outline.needs.toolchains
    ]
    if "aws" in outline.needs.toolchains:
        found.append(_variable("AWS_ROLE_ARN", "Role that the pipeline takes by OpenID Connect; no key is stored"))
        found.append(_variable("AWS_REGION", "Region that the commands speak to"))
    return found


def _script(outline: Outline) -> list[Setting]:
    """What the script itself was told, or found in its environment."""
    used = set(outline.used)
    said, purposes = "Was in the script or in its environment", dict(outline.purposes)
    kept = dict(outline.store.places) if outline.store is not None and outline.store.where else {}
    found = [_secret(name, said) for name in outline.environ.secrets if name in used]
    found += [
        _kept(name, purposes.get(name, said), outline.store)
        for name in outline.environ.secrets
        if name not in used and name in kept
    ]
    found += [_secret(name, "Wanted by a program that publishes") for name in outline.needs.secrets]
    found += [_variable(name, "Wanted by a program that publishes") for name in outline.needs.variables]
    found += [
        _variable(name, "Found in the environment by the script") for name in outline.environ.settings if name in used
    ]
    for each in outline.environ.inputs:
        if each.run is not None:
            continue
        purpose = _purpose(each, "Given to the script at each run")
        make = _variable(each.setting, purpose) if each.required else _optional(each.setting, purpose, each.default)
        found.append(make)
    return found


def _purpose(given: Input, otherwise: str) -> str:
    """The script's own words; where it only names its option, what that means."""
    said = " ".join(given.help.split())
    return f"Option {said} of the script" if said.startswith("-") else said or otherwise


def _secret(name: str, purpose: str) -> Setting:
    return Setting(name=name, purpose=purpose, where="", secret=True)


def _kept(name: str, purpose: str, store: Store | None) -> Setting:
    return Setting(name=name, purpose=purpose, where=store.where if store is not None else "", secret=True)


def _variable(name: str, purpose: str) -> Setting:
    return Setting(name=name, purpose=purpose, where="")


def _optional(name: str, purpose: str, default: str, secret: bool = False) -> Setting:
    return Setting(name=name, purpose=purpose, where="", secret=secret, required=False, default=default)
