"""A person's own editor, on the YAML of a resource."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import yaml

from converter.model.diagnostic import ConverterError


def command() -> list[str]:
    """The editor that the person has chosen: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/crontab.html."""
    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")


def edited(title: str, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields after the editor; a `ConverterError` says what is wrong in the file."""
    with tempfile.TemporaryDirectory(prefix="gitopsify-") as folder:
        file = Path(folder) / "resource.yaml"
        file.write_text(_written(title, fields), encoding="utf-8")
        try:
            done = subprocess.run([*command(), str(file)], check=False)
        except OSError as problem:
            raise ConverterError(f"the editor {command()[0]} can't be started", "set EDITOR") from problem
        if done.returncode != 0:
            raise ConverterError(f"the editor ended with {done.returncode}, so nothing is changed")
        return _read(file.read_text(encoding="utf-8"))


def _written(title: str, fields: Mapping[str, str]) -> str:
    data = {name: _data(text) for name, text in fields.items()}
    text: str = yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=110)
    return f"# {title}\n# A field that is '' is not set.\n{text}"


def _data(text: str) -> object:
    """Lists and mappings as such, everything else as the text that it is."""
    if text[:1] not in ("[", "{"):
        return text
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _read(text: str) -> dict[str, str]:
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as problem:
        raise ConverterError(f"it is not YAML: {getattr(problem, 'problem', problem)}") from problem
    if not isinstance(root, yaml.MappingNode):
        raise ConverterError("it is no mapping of fields")
    return {str(key.value): _field(value) for key, value in root.value}


def _field(node: yaml.Node) -> str:
    """A text as it is; a list or a mapping as YAML in one line."""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    return yaml.serialize(_flow(node), Dumper=yaml.CSafeDumper, width=10**6).removesuffix("\n")


def _flow(node: yaml.Node) -> yaml.Node:
    if isinstance(node, yaml.CollectionNode):
        node.flow_style = True
    return node
