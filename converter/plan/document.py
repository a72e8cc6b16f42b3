"""The plan on disk: YAML that a person can read and edit, and that is read back to the same plan."""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from converter.model.diagnostic import ConverterError
from converter.model.plan import Plan
from converter.plan.decode import decoded
from converter.plan.encode import encoded
from converter.plan.normal import bound, bound_variables
from converter.plan.schema import plan_schema

_HEAD = """\
# What the scripts do, as a plan. Edit it and render it again: gitopsify render plan.yaml -o DIRECTORY
# ${NAME} is a variable, $(command) its output, $$ a dollar sign.
"""
_SHORT = 40
_LINE = 90
_BREAKS = frozenset("\r\x85\u2028\u2029\ufeff\t")


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Texts that happen to be equal are written out each time."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Texts of several lines as blocks, where that keeps every character."""
    block = (
        "\n" in text
        and text.strip(" \n") != ""
        and not _BREAKS & set(text)
        and " \n" not in text
        and text[0] not in " \n"
    )
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if block else None)


def _items(dumper: _Dumper, items: list[Any]) -> yaml.SequenceNode:
    """Short lists of short texts in one line."""
    short = all(isinstance(item, str | int) and len(str(item)) < _SHORT and "\n" not in str(item) for item in items)
    flow = short and sum(len(str(item)) + 2 for item in items) < _LINE
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=flow)


def _fields(dumper: _Dumper, fields: dict[str, Any]) -> yaml.MappingNode:
    """Edges and places in one line."""
    flow = set(fields) in ({"kind", "first", "second"}, {"cwd"}, {"user", "cwd"})
    return dumper.represent_mapping("tag:yaml.org,2002:map", fields, flow_style=flow)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _items)
_Dumper.add_representer(dict, _fields)


def dump(plan: Plan) -> str:
    """The plan as YAML."""
    text: str = yaml.dump(
        encoded(plan), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=200, default_flow_style=False
    )
    return _HEAD + text


def load(text: str, path: str = "plan.yaml") -> Plan:
    """The plan that the text says; a `ConverterError` names the line and field of what is wrong."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise ConverterError(f"{path}:{line}: not YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConverterError(f"{path}: not YAML: {error}") from error
    if root is None:
        raise ConverterError(f"{path}:1: the file is empty", "write one with: gitopsify plan SCRIPT -o plan.yaml")
    return rebound(decoded(root, path))


def rebound(plan: Plan) -> Plan:
    """The plan with each variable holding what the plan says of it."""
    variables = bound_variables(plan.variables)
    return msgspec.structs.replace(
        plan,
        variables=variables,
        environments=bound(plan.environments, variables),
        resources=bound(plan.resources, variables),
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of the document, for editors."""
    return plan_schema()
