"""The pass that says what a reader has to know: what is assumed, and what the manifests do otherwise than the
script."""

from __future__ import annotations

import re

from converter.model.diagnostic import Diagnostic, Severity
from converter.model.resource import Resource, Spec
from converter.model.trace import Step
from converter.plan.work import Work
from converter.resources.sync import Sync

_LISTING = re.compile(r"\s*[({]\s*crontab\s[^;&|]*(?:\|\s*grep\s[^;&|]*)?(?:;|\n)")


def account(work: Work) -> Work:
    """Adds the changes of meaning that hold for the whole plan, and what was found of secrets."""
    changes: list[str] = []
    effects = [resource for resource in work.resources if resource.kind not in ("assertion", "capture")]
    if len(effects) > 1 and not work.trace.stops_on_error:
        changes.append("the run stops at the first failure on a host, although the script goes on (it has no set -e)")
    changes.extend(_restarts(work.resources))
    for resource in work.resources:
        changes.extend(_change(work, resource))
    return work.changing(*changes).having(diagnostics=(*work.diagnostics, *_secrets(work)))


def _restarts(resources: tuple[Resource, ...]) -> list[str]:
    places: dict[tuple[str, str], list[str]] = {}
    for resource in resources:
        if resource.handler:
            verb = "reloaded" if getattr(resource.spec, "state", "") == "reloaded" else "restarted"
            verb = "made anew" if _recreated(resource.spec) else verb
            places.setdefault((resource.spec.label(), verb), []).append(resource.origin.spans[-1].lines())
    return [
        f"{label} is {verb} only when something before that has changed ({', '.join(dict.fromkeys(lines))})"
        for (label, verb), lines in places.items()
    ]


def _change(work: Work, resource: Resource) -> list[str]:
    place = resource.origin.spans[0].lines()
    if len(resource.steps) > 1 and resource.address in work.conditions.values() and _attributes(resource.spec):
        return [f"mode and owner of {resource.spec.label()} are set also where it was there before ({place})"]
    if (
        resource.kind in ("container", "compose_project")
        and len(resource.steps) > 1
        and _recreated(resource.spec)
        and resource.handler
    ):
        return [f"{resource.spec.label()} runs on until it is made anew, after the steps before that ({place})"]
    match resource.kind:
        case "process" if not resource.handler and getattr(resource.spec, "state", "") == "started":
            return [f"{resource.spec.label()} runs as a service that is started again when it ends ({place})"]
        case "package" if len(resource.steps) > 1 and getattr(resource.spec, "update_cache", False):
            return [f"the package lists are refreshed only together with {resource.address} ({place})"]
        case "sync" if isinstance(resource.spec, Sync) and resource.spec.by_content() and resource.spec.keeps_times():
            below = f"files below {resource.spec.dest.shell()}"
            return [f"{below} are sent where their content differs, and have the time at which they arrive ({place})"]
        case "cron_job" if work.trace.stops_on_error and any(map(_ends_early, _steps(work, resource))):
            told = "where nothing else is scheduled, set -e ends the script's list before this line, and leaves none"
            return [f"{resource.spec.label()} is scheduled in any case; {told} ({place})"]
        case _:
            return []


def _steps(work: Work, resource: Resource) -> list[Step]:
    return [step for step in work.trace.steps if step.id in resource.steps]


def _ends_early(step: Step) -> bool:
    """`(crontab -l | grep -v job; echo job)`: what fails where there are no lines, and is asked for no more."""
    return _LISTING.match(step.source.shell()) is not None


def _recreated(spec: Spec) -> bool:
    return getattr(spec, "recreate", False) in (True, "always")


def _attributes(spec: Spec) -> bool:
    return any(getattr(spec, name, None) is not None for name in ("mode", "owner", "group"))


def _secrets(work: Work) -> list[Diagnostic]:
    return [
        Diagnostic(
            name="secret-in-script",
            severity=Severity.WARNING,
            message=f"a secret stands in the script; it is taken out and becomes the secret {found.name}",
            span=found.spans[0] if found.spans else None,
            hint="change it where it is used, since it was in a script, and set the new one as that secret",
        )
        for found in work.secrets.found
    ]
