"""world.yaml: what stands around a script, written for people to edit and read back."""

from __future__ import annotations

import msgspec
import yaml

from converter.model.diagnostic import ConverterError
from converter.model.world import Surroundings

_HEAD = """\
# What stands around the script when `gitopsify verify` runs it and the manifests in sandboxes, guessed from the plan.
# Mend what is wrong: what a run needs and does not bring about itself has to be here. docs/verify.md explains each key.
"""


def dump(around: Surroundings) -> str:
    """As YAML; what is empty is left out."""
    found = _full(msgspec.to_builtins(around))
    text: str = yaml.dump(found, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True, width=110)
    return _HEAD + text


def load(text: str, path: str = "world.yaml") -> Surroundings:
    """Reads it; ConverterError says what is wrong and where."""
    try:
        return msgspec.convert(yaml.load(text, Loader=yaml.CSafeLoader) or {}, Surroundings)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else 1
        raise ConverterError(f"{path}:{line}: not YAML: {problem.problem}") from None
    except msgspec.ValidationError as problem:
        raise ConverterError(f"{path}: {problem}", "docs/verify.md explains each key") from None


def _full(thing: object) -> object:
    """Without what is empty, which is the same when it is read."""
    if isinstance(thing, dict):
        return {key: _full(value) for key, value in thing.items() if value not in ("", [], {}, (), None, False)}
    if isinstance(thing, list | tuple):
        return [_full(each) for each in thing]
    return thing
