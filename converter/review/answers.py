"""The answers on disk: a YAML mapping of question ids to answers, which a person can write and a later run replays."""

from __future__ import annotations

from collections.abc import Sequence

import yaml

from converter.model.diagnostic import ConverterError
from converter.model.question import Answer

_HEAD = "# Answers to the questions of a conversion; they are used again whenever the scripts are converted again.\n"


def dump(answers: Sequence[Answer]) -> str:
    """The answers as YAML; the last one to each question."""
    given = {answer.question: answer.answer for answer in answers}
    if not given:
        return _HEAD + "{}\n"
    text: str = yaml.dump(given, Dumper=yaml.CSafeDumper, sort_keys=True, allow_unicode=True, width=110)
    return _HEAD + text


def load(text: str, path: str = "answers.yaml") -> tuple[Answer, ...]:
    """The answers; a `ConverterError` says the line of what is wrong."""
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
    return tuple(_answer(key, value, path) for key, value in root.value)


def _answer(key: yaml.Node, value: yaml.Node, path: str) -> Answer:
    if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
        raise ConverterError(f"{path}:{key.start_mark.line + 1}: expected one line for each answer: id: answer")
    return Answer(question=key.value, answer=value.value)
