"""Command lines of helm that make a release, read whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from converter.model.paths import program_of
from converter.model.resource import Resource
from converter.model.value import Value
from converter.render.kubernetes.driven.words import NotUnderstoodError, Words, words

# https://helm.sh/docs/helm/helm_upgrade/
_VALUED = {
    **dict.fromkeys(("-f", "--values"), "values"),
    **dict.fromkeys(("-n", "--namespace"), "namespace"),
    **{
        f"--{name}": name
        for name in """set set-string set-file set-literal version repo timeout history-max description kube-context
        kubeconfig labels""".split()
    },
}
_SWITCHES = {
    **dict.fromkeys(("-i", "--install"), "install"),
    **dict.fromkeys(("--atomic", "--rollback-on-failure"), "atomic"),
    **{
        f"--{name}": name
        for name in """create-namespace wait wait-for-jobs cleanup-on-fail force debug dependency-update dry-run
        reset-values hide-notes render-subchart-notes insecure-skip-tls-verify""".split()
    },
}
SETS = ("set", "set-string", "set-file", "set-literal")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h))+")


@dataclass(slots=True)
class Draft:
    """A release as the script says it; `texts` are its files of values by their names, in their order, `tree` a chart
    of the project by the paths in its folder. `sets` are the values that the command line itself has: how it is given,
    and what."""

    key: str
    release: str
    namespace: str
    resources: list[Resource]
    chart: str = ""
    repository: str = ""
    version: str = ""
    tree: dict[str, str] = field(default_factory=dict)
    folder: str = ""
    texts: list[tuple[str, str]] = field(default_factory=list)
    sets: list[tuple[str, str]] = field(default_factory=list)
    wait: bool = False
    atomic: bool = False
    force: bool = False
    timeout: str = ""
    history: int = 0
    after: tuple[str, ...] = ()


def read(argv: Sequence[Value]) -> Words | None:
    """The words of `helm upgrade` and `helm install`; None for any other command."""
    names = [word.text or "" for word in argv[:1]]
    if not names or program_of(names[0]) != "helm":
        return None
    verb = next((word.text for word in argv[1:] if word.text in ("upgrade", "install", "uninstall", "template")), "")
    if verb not in ("upgrade", "install"):
        return None
    given = words(argv[1:], _VALUED, _SWITCHES)
    if given.has("dry-run"):
        return None
    if not given.operands or given.operands.pop(0).text != verb or len(given.operands) != 2:
        raise NotUnderstoodError("a release and a chart are named, and nothing else")
    return given


def added(argv: Sequence[Value]) -> tuple[str, str] | None:
    """Name and address of `helm repo add`."""
    texts = [word.text or "" for word in argv]
    if len(texts) < 3 or program_of(texts[0]) != "helm" or texts[1:3] != ["repo", "add"]:
        return None
    given = words(argv[3:], {}, {"--force-update": "force-update", "--no-update": "no-update"})
    found = [word.text or "" for word in given.operands]
    return (found[0], found[1]) if len(found) == 2 and all(found) else None


def settings(draft: Draft, given: Words) -> None:
    """How it is brought up."""
    draft.atomic = given.has("atomic")
    draft.wait = draft.atomic or given.has("wait") or given.has("wait-for-jobs")
    draft.force = given.has("force")
    timeout = given.last("timeout")
    if timeout is not None:
        if not timeout.text or not _DURATION.fullmatch(timeout.text):
            raise NotUnderstoodError(f"`--timeout {timeout.shell()}` is no duration")
        draft.timeout = timeout.text
    history = given.last("history-max")
    if history is not None and (history.text or "").isdigit():
        draft.history = int(history.text or "0")


def source(draft: Draft, chart: str, repositories: dict[str, str], repo: str) -> None:
    """Where a chart comes from that is not in the project."""
    if chart.startswith("oci://"):
        address, _, draft.chart = chart.rstrip("/").rpartition("/")
        draft.repository = address
    elif repo:
        draft.chart, draft.repository = chart, repo
    elif chart.count("/") == 1 and not chart.startswith((".", "/")):
        name, _, draft.chart = chart.partition("/")
        if name not in repositories:
            raise NotUnderstoodError(f"no `helm repo add {name}` says where the chart `{chart}` comes from")
        draft.repository = repositories[name]
    else:
        raise NotUnderstoodError(f"the chart `{chart}` is not beside the script: put it there")
