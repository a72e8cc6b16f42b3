"""The answers that a repository is started with: settled one after the other, written down, and read back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import yaml

from converter.model.diagnostic import ConverterError
from converter.model.starter import Starter, StarterEnvironment
from converter.starter.fields import Field, Offers, environments, fields
from converter.starter.kinds import RECIPES

Answers = Mapping[str, str]
Ask = Callable[[Field], str]
_HEAD = """\
# What this repository was started with. Change it, and start again onto it: gitopsify starter --from FILE -o DIR
"""
_LISTS = ("secrets", "deliveries")
# These are written though they are the usual ones, and these only where they were asked for.
_ALWAYS = ("health", "target", "deliveries", "store")
_ASKED = ("nginx",)
_OF_ENVIRONMENTS = ("hosts", "domain", "version")


@dataclass(frozen=True, slots=True)
class Settled:
    """All answers, and the fields whose default was taken."""

    starter: Starter
    taken: tuple[tuple[Field, str], ...]


def settle(given: Answers, offers: Offers, ask: Ask | None = None) -> Settled:
    """Every field is answered: by what is given, by whoever is asked, or by its default. ConverterError names all that
    has none, and whatever was given for nothing."""
    known, taken, missing = dict(given), [], []
    used = {"version"} if given.get("version") else set()
    for field in fields(known, offers):
        used.add(field.name)
        if field.name in given:
            _refuse(field, given[field.name])
        elif ask is not None:
            known[field.name] = ask(field)
        elif field.default is not None:
            known[field.name] = field.default
            taken.append((field, field.default))
        else:
            missing.append(field)
            if field.name == "application":
                break
            known[field.name] = "missing" if field.name != "artifact" else ""
    if missing:
        raise _unanswered(missing)
    _all_used(given, used, known)
    return Settled(_starter(known, used), tuple(taken))


def _refuse(field: Field, answer: str) -> None:
    said = field.wrong(answer)
    if not answer and not field.optional:
        said = "it is empty"
    if said:
        raise ConverterError(f"{field.option.rstrip('=')}: {said}")


def _unanswered(missing: list[Field]) -> ConverterError:
    named = "; ".join(f"{field.prompt.rstrip('?')} ({field.option})" for field in missing)
    choices = missing[0].choices
    hint = f"one of {', '.join(choices)}" if choices else "give them as options, or in a file with --from"
    return ConverterError(f"there is no usual answer to: {named}", hint)


def _all_used(given: Answers, used: set[str], known: Answers) -> None:
    """An answer without an effect is a mistake: it was meant for something."""
    for name in given:
        if name not in used:
            what, _, where = name.partition(".")
            whose = f"the environment {where}" if where else f"an application of the kind {known['application']}"
            raise ConverterError(
                f"{what} is answered for {whose}, which does not ask for it"
                if not where or where in environments(known)
                else f"{what} is answered for {whose}, which is not among the environments"
            )


def _starter(known: Answers, used: set[str]) -> Starter:
    names = environments(known)
    plain = {name: known[name] for name in used if "." not in name and name in known}
    common = plain.get("version", "")
    versions = {name: known.get(f"version.{name}", common) for name in names}
    if len(set(versions.values())) == 1:
        common, versions = versions[names[0]], dict.fromkeys(names, "")
    found: dict[str, Any] = {
        **{name: text for name, text in plain.items() if name not in ("environments", "version", *_LISTS)},
        **{name: tuple(dict.fromkeys(plain[name].split())) for name in _LISTS},
        "version": "" if any(versions.values()) else common,
        "environments": tuple(
            StarterEnvironment(
                name=name,
                hosts=tuple(dict.fromkeys(known[f"hosts.{name}"].split())) if f"hosts.{name}" in used else (),
                domain=known.get(f"domain.{name}", "") if f"domain.{name}" in used else "",
                version=versions[name],
            )
            for name in names
        ),
        # What does not ask is shown by nginx alone.
        "nginx": known.get("nginx", "yes") == "yes",
    }
    found |= {name: int(found[name]) for name in ("port", "inside") if name in found}
    return Starter(**found)


def dump(starter: Starter) -> str:
    """The answers as YAML, all of them, so that what is usual may change."""
    recipe = RECIPES[starter.application]
    asks = recipe.clusters if starter.in_cluster else recipe.asks
    default = Starter(name="", application="", environments=())
    found = {
        name: value
        for name, value in msgspec.to_builtins(starter).items()
        if (value != getattr(default, name) and name not in _ASKED) or name in _ALWAYS or name in asks
    }
    found["environments"] = [{key: value for key, value in each.items() if value} for each in found["environments"]]
    text: str = yaml.dump(found, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=110)
    return _HEAD + text


def load(text: str, path: str) -> dict[str, str]:
    """The answers that a file gives, each as it is typed; ConverterError says what is wrong with the file."""
    try:
        root = yaml.load(text, Loader=yaml.CSafeLoader) or {}
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise ConverterError(f"{path}:{line}: not YAML: {problem.problem}") from None
    if not isinstance(root, dict):
        raise ConverterError(f"{path}: expected answers by name", "docs/starter.md lists them")
    found: dict[str, str] = {}
    for name, value in root.items():
        if name == "environments":
            found |= _environments(value, path)
        elif name in Starter.__struct_fields__:
            found[name] = _text(value, name, path)
        else:
            raise ConverterError(
                f"{path}: no answer is called {name}", f"answers: {', '.join(Starter.__struct_fields__)}"
            )
    return found


def _environments(value: object, path: str) -> dict[str, str]:
    """`environments` is a list of mappings, or of names alone."""
    found: dict[str, str] = {}
    names = []
    for each in value if isinstance(value, list) else [value]:
        about = each if isinstance(each, dict) else {"name": each}
        name = _text(about.get("name", ""), "environments.name", path)
        names.append(name)
        for key, one in about.items():
            if key in _OF_ENVIRONMENTS:
                found[f"{key}.{name}"] = _text(one, f"environments.{key}", path)
            elif key != "name":
                raise ConverterError(f"{path}: an environment has no {key}", f"it has {', '.join(_OF_ENVIRONMENTS)}")
    return {"environments": " ".join(names), **found}


def _text(value: object, name: str, path: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(_text(each, name, path) for each in value)
    if isinstance(value, str | int | float):
        return str(value)
    raise ConverterError(f"{path}: {name} has to be text")
