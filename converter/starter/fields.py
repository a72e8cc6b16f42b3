"""What a starter has to know, one field after the other: each with its default, from what is known by then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from converter.model.environment import rank
from converter.starter import checks, hosts
from converter.starter.kinds import RECIPES
from converter.starter.recipe import Recipe

Known = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What goes with a target: deliveries, which of these are usual, and stores of secrets by name, each with the
    deliveries that can't read it."""

    deliveries: tuple[str, ...]
    usual: tuple[str, ...]
    stores: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What can be generated: targets by name, the usual one first."""

    targets: Mapping[str, Offer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A question. `name` is that of its answer, `option` the flag that gives it; `default` is None where there is none;
    `check` says what is wrong with an answer. `several` answers stand with blanks between them; an `optional` one may
    be empty."""

    name: str
    option: str
    prompt: str
    default: str | None = None
    choices: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    several: bool = False
    optional: bool = False
    check: Callable[[str], str] = checks.anything

    def wrong(self, answer: str) -> str:
        """What is wrong with an answer, "" where nothing is."""
        words = answer.split() if self.several else [answer]
        unknown = [word for word in words if self.choices and word not in self.choices]
        if unknown:
            return f"{unknown[0]!r} is none of {', '.join(self.choices)}"
        return next((said for word in words if (said := self.check(word))), "")


def fields(known: Known, offers: Offers) -> Iterator[Field]:
    """The fields in the order in which they are asked; an answer has to be in `known` before the next one is taken."""
    yield Field(
        name="application",
        option="--application",
        prompt="What is deployed?",
        choices=tuple(RECIPES),
        outcomes=tuple(recipe.about for recipe in RECIPES.values()),
    )
    recipe = RECIPES[known["application"]]
    targets = tuple(offers.targets) if recipe.clusters else tuple(offers.targets)[:1]
    if len(targets) > 1 or "target" in known:
        yield Field(
            name="target",
            option="--target",
            prompt="What the manifests are written for",
            default=targets[0],
            choices=targets,
        )
    target = known.get("target", targets[0])
    hosted = target == targets[0]
    yield from _source(recipe)
    yield Field(
        name="name",
        option="--name",
        prompt="Name of the application",
        default=checks.name_in(known.get(recipe.source, "")) or None,
        check=checks.name,
    )
    yield from _environments(known, hosted=hosted)
    yield from _version(recipe, known)
    yield from _running(recipe, recipe.asks if hosted else recipe.clusters)
    yield from _domains(known)
    yield from _account(recipe, known)
    yield from _generated(offers.targets[target], known)


def _source(recipe: Recipe) -> Iterator[Field]:
    yield {
        "repository": Field(
            name="repository",
            option="--repository",
            prompt="Git repository of the application, as the hosts reach it",
            check=checks.repository,
        ),
        "artifact": Field(
            name="artifact",
            option="--artifact",
            prompt="Address of the jar, with {version} where its version stands",
            check=checks.artifact,
        ),
        "image": Field(name="image", option="--image", prompt="Image, without its tag", check=checks.image),
    }[recipe.source]


def _environments(known: Known, *, hosted: bool) -> Iterator[Field]:
    yield Field(
        name="environments",
        option="--env",
        prompt="Environments, with blanks between them",
        default=_named(known, "hosts." if hosted else "domain.") or "production",
        several=True,
        check=checks.environment,
    )
    for name in environments(known) if hosted else ():
        yield Field(
            name=f"hosts.{name}",
            option="--host" if len(environments(known)) == 1 else f"--host {name}=",
            prompt=f"Hosts of {name}, with blanks between them",
            several=True,
            check=hosts.wrong,
        )


def _named(known: Known, what: str) -> str:
    """The environments for which hosts, or domains, are given already."""
    return " ".join(name.partition(".")[2] for name in known if name.startswith(what))


def environments(known: Known) -> list[str]:
    """The names of the environments, in the order of a promotion."""
    return sorted(dict.fromkeys(known["environments"].split()), key=rank)


def _version(recipe: Recipe, known: Known) -> Iterator[Field]:
    said = {
        "repository": "Branch, tag or commit that is deployed",
        "artifact": "Version that is deployed",
        "image": "Tag that is deployed",
    }[recipe.source]
    usual = recipe.defaults.get("version")
    several = environments(known)
    if len(several) == 1 or "version" in known:
        yield Field(name="version", option="--app-version", prompt=said, default=usual, check=checks.version)
        several = [name for name in several if f"version.{name}" in known]
    for name in several:
        own = Field(
            name=f"version.{name}",
            option=f"--app-version {name}=",
            prompt=f"{said} to {name}",
            default=usual,
            check=checks.version,
        )
        yield own
        usual = known.get(own.name, usual)


def _running(recipe: Recipe, wanted: tuple[str, ...]) -> Iterator[Field]:
    asks = {
        "start": ("--start", "Command that starts it", checks.command),
        "public": ("--public", "Folder of the repository that visitors see", checks.folder),
        "php": ("--php", "Version of PHP", checks.php),
        "inside": ("--container-port", "Port in the container", checks.port),
        "port": ("--port", "Port on the host", checks.port),
        "login": ("--registry-user", "Account at the registry of images, if it asks for one", checks.anything),
    }
    for name in wanted:
        if name == "nginx":
            yield yes_or_no(name, "--nginx", "Put nginx in front of it?", recipe.defaults[name])
        else:
            option, prompt, check = asks[name]
            default = recipe.defaults[name]
            yield Field(name=name, option=option, prompt=prompt, default=default, optional=not default, check=check)
    yield Field(
        name="health",
        option="--health",
        prompt="Path that answers when all is well",
        default="/",
        check=checks.health,
    )
    yield Field(
        name="secrets",
        option="--secret",
        prompt="Names of the secrets that it gets as variables of its environment, if any",
        default="",
        several=True,
        optional=True,
        check=checks.secret,
    )


def yes_or_no(name: str, option: str, prompt: str, default: str) -> Field:
    """A question with two answers."""
    return Field(name=name, option=option, prompt=prompt, default=default, choices=("yes", "no"))


def _domains(known: Known) -> Iterator[Field]:
    if known.get("nginx", "yes") != "yes":
        return
    for name in environments(known):
        named = [host for text in known.get(f"hosts.{name}", "").split() if (host := hosts.name_of(text))]
        yield Field(
            name=f"domain.{name}",
            option="--domain" if len(environments(known)) == 1 else f"--domain {name}=",
            prompt=f"Domain of {name}; _ is any",
            default=named[0] if len(named) == 1 else "_",
            check=checks.domain,
        )


def _account(recipe: Recipe, known: Known) -> Iterator[Field]:
    if recipe.source == "image":
        return
    prompt = "Account of the system that it runs as"
    yield Field(name="user", option="--user", prompt=prompt, default=known["name"], check=checks.user)
    folder = f"/srv/{known['name']}"
    prompt = "Folder on the hosts"
    yield Field(name="directory", option="--directory", prompt=prompt, default=folder, check=checks.directory)


def _generated(offer: Offer, known: Known) -> Iterator[Field]:
    yield Field(
        name="deliveries",
        option="--delivery",
        prompt="Pipelines to write",
        default=" ".join(offer.usual),
        choices=offer.deliveries,
        several=True,
        optional=True,
    )
    chosen = set(known["deliveries"].split())
    stores = tuple(name for name, unread in offer.stores.items() if chosen.isdisjoint(unread))
    yield Field(
        name="store",
        option="--secrets",
        prompt="Where the secrets will be kept",
        default=stores[0],
        choices=stores,
    )
