"""The jobs of the generated GitLab pipeline that a deployment runs, as text for bash, in their order.

Its scripts are plain text for a shell, so that no runner is needed to run them: the settings are given as variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

FILE = ".gitlab-ci.yml"
STAGES = ("build", "apply", "publish")


def jobs(repository: Path, environment: str, stages: tuple[str, ...] = STAGES) -> dict[str, tuple[str, dict[str, str]]]:
    """The script and the variables of each job by its name; none where there is no such pipeline."""
    file = repository / FILE
    text: Mapping[str, Any] = (yaml.safe_load(file.read_text(encoding="utf-8")) or {}) if file.is_file() else {}
    shared = _variables(text)
    found = {name: _merged(text, job) for name, job in text.items() if isinstance(job, dict) and "script" in job}
    ordered = sorted(
        (name for name, job in found.items() if job.get("stage") in stages and _is_deployment(name, environment)),
        key=lambda name: STAGES.index(found[name]["stage"]),
    )
    return {name: (_script(found[name]), {**shared, **_variables(found[name])}) for name in ordered}


def _is_deployment(name: str, environment: str) -> bool:
    kind, _, place = name.partition(":")
    return kind in STAGES and place in ("", environment)


def _merged(text: Mapping[str, Any], job: Mapping[str, Any]) -> dict[str, Any]:
    """The job with what it extends below it (GitLab: "extends")."""
    below: dict[str, Any] = {}
    names = job.get("extends") or ()
    for name in [names] if isinstance(names, str) else names:
        for key, value in _merged(text, text[name]).items():
            below[key] = {**below.get(key, {}), **value} if isinstance(value, dict) else value
    variables = {**(below.get("variables") or {}), **(job.get("variables") or {})}
    return {**below, **job, "variables": variables}


def _variables(place: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, value in (place.get("variables") or {}).items():
        found[name] = str(value.get("value", "") if isinstance(value, dict) else value)
    return found


def _script(job: Mapping[str, Any]) -> str:
    return "\n".join(_lines(job))


def _lines(job: Mapping[str, Any]) -> Iterator[str]:
    yield "set -eo pipefail"
    for part in ("before_script", "script", "after_script"):
        lines = job.get(part) or ()
        yield from [lines] if isinstance(lines, str) else lines
