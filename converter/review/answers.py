"""The answers on disk: a YAML mapping of what something is about to what a person said, which a later run replays.

An answer is one line, `command.frobctl-sync-1a2b3c: keep`. So is a decision about a step or a variable, unless there is
more to say: then it is a mapping with `do`, `note`, `place`, `rule`, `edit` and `mark`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from converter.model.decision import OF_STEPS, OF_VARIABLES, STEP, VARIABLE, Choice, Decision, Edit, Mark, Said, last
from converter.model.diagnostic import ConverterError
from converter.model.question import Answer

_HEAD = "# Answers to the questions of a conversion; they are used again whenever the scripts are converted again.\n"
_FIELDS = ("do", "note", "place", "rule", "edit", "mark")


def dump(said: Sequence[Said]) -> str:
    """Everything that counts, as YAML; the last about each thing."""
    given = {name: _encoded(each) for name, each in last(said).items()}
    if not given:
        return _HEAD + "{}\n"
    text: str = yaml.dump(given, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=110)
    return _HEAD + text


def _encoded(said: Said) -> object:
    if isinstance(said, Answer):
        return said.answer
    if said.choice is not None and not (said.note or said.place or said.rule or said.edits or said.marks):
        return str(said.choice)
    given: dict[str, object] = {"do": str(said.choice)} if said.choice is not None else {}
    given |= {name: text for name, text in (("note", said.note), ("place", said.place), ("rule", said.rule)) if text}
    if said.edits:
        given["edit"] = {edit.resource: dict(edit.fields) for edit in said.edits}
    if said.marks:
        given["mark"] = _marks(said.marks)
    return given


def _marks(marks: Sequence[Mark]) -> dict[str, dict[str, str]]:
    """By resource and field: `secret DB_PASSWORD`."""
    found: dict[str, dict[str, str]] = {}
    for mark in marks:
        found.setdefault(mark.resource, {})[mark.field] = f"{mark.choice} {mark.name}"
    return found


def load(text: str, path: str = "answers.yaml") -> tuple[Said, ...]:
    """What was said; a `ConverterError` says the line of what is wrong."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise ConverterError(f"{path}:{line}: not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise ConverterError(f"{path}: not YAML: {error}") from error
    if root is None:
        return ()
    if not isinstance(root, yaml.MappingNode):
        raise ConverterError(f"{path}:1: expected a mapping of question ids to answers")
    return tuple(_said(key, value, path) for key, value in root.value)


def _said(key: yaml.Node, value: yaml.Node, path: str) -> Said:
    place = f"{path}:{key.start_mark.line + 1}"
    if not isinstance(key, yaml.ScalarNode):
        raise ConverterError(f"{place}: expected one line for each answer: id: answer")
    if not key.value.startswith((STEP, VARIABLE)):
        if not isinstance(value, yaml.ScalarNode):
            raise ConverterError(f"{place}: expected one line for each answer: id: answer")
        return Answer(question=key.value, answer=value.value)
    fields = {"do": value.value} if isinstance(value, yaml.ScalarNode) else _plain(value, place)
    return _decision(key.value, fields, place)


def _decision(about: str, fields: Mapping[str, Any], place: str) -> Decision:
    unknown = next((name for name in fields if name not in _FIELDS), None)
    if unknown is not None:
        raise ConverterError(f'{place}: "{unknown}" is nothing that can be decided', f"one of {', '.join(_FIELDS)}")
    choices = OF_STEPS if about.startswith(STEP) else OF_VARIABLES
    do = fields.get("do")
    if do is not None and do not in choices:
        raise ConverterError(f'{place}: "{do}" is no decision about {about}', f"decisions: {', '.join(choices)}")
    edits, marks = (_of_resources(fields, name, place) for name in ("edit", "mark"))
    return Decision(
        about=about,
        choice=Choice(do) if do is not None else None,
        note=str(fields.get("note") or ""),
        place=str(fields.get("place") or ""),
        rule=str(fields.get("rule") or ""),
        edits=tuple(Edit(resource=name, fields=tuple(each.items())) for name, each in edits.items()),
        marks=tuple(_mark(name, *field, place) for name, each in marks.items() for field in each.items()),
    )


def _of_resources(fields: Mapping[str, Any], name: str, place: str) -> dict[str, dict[str, str]]:
    found = fields.get(name) or {}
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise ConverterError(f"{place}: expected under {name}: the address of a resource, with its fields")
    return found


def _mark(resource: str, field: str, text: str, place: str) -> Mark:
    choice, _, name = text.partition(" ")
    if choice not in (Choice.SECRET, Choice.INPUT) or not name.isidentifier():
        raise ConverterError(f'{place}: "{text}" is no mark of {field}', "write for example: secret DB_PASSWORD")
    return Mark(resource=resource, field=field, choice=Choice(choice), name=name)


def _plain(node: yaml.Node, place: str) -> dict[str, Any]:
    """A mapping whose leaves are texts."""
    if not isinstance(node, yaml.MappingNode):
        raise ConverterError(f"{place}: expected a decision, or a mapping with {', '.join(_FIELDS)}")
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or isinstance(value, yaml.SequenceNode):
            raise ConverterError(f"{place}: expected texts")
        found[key.value] = value.value if isinstance(value, yaml.ScalarNode) else _plain(value, place)
    return found
