"""The objects of an application: its workload, its claims, and how it is reached, each under the name of its file."""

from __future__ import annotations

from typing import Any

from converter.render.kubernetes.app import App, Data
from converter.render.kubernetes.container import template
from converter.render.kubernetes.policies import policy
from converter.render.kubernetes.ports import service_objects

SIZE = "10Gi"


def objects(app: App, claims: list[str]) -> dict[str, Data]:
    """All of them; `claims` are those that no application before it has brought."""
    found: dict[str, Data] = {app.kind.lower(): _workload(app)}
    for claim in claims:
        found["claim" if len(claims) == 1 else f"claim-{claim}"] = _claim(app, claim)
    if app.kind == "Deployment":
        found |= dict(service_objects(app))
        if app.ingress is not None:
            found["ingress"] = app.ingress
    return {**found, "network-policy": policy(app)}


def claims_of(app: App) -> list[Data]:
    """All claims that an application mounts."""
    return [_claim(app, name) for name in app.claims]


def _workload(app: App) -> Data:
    metadata: Data = {"name": app.name, "labels": app.labels}
    pod = template(app)
    if app.kind == "Job":
        return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": {**app.spec, "template": pod}}
    if app.kind == "CronJob":
        own = dict(app.spec)
        inner = {"spec": {"backoffLimit": own.pop("backoffLimit"), "template": pod}}
        spec: Data = {**own, "jobTemplate": inner}
        return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": spec}
    selector = {"matchLabels": {"app.kubernetes.io/name": app.name}}
    # As with docker, the old one is gone before the new one starts.
    spec = {**app.spec, "strategy": {"type": "Recreate"}, "selector": selector, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec}


def _claim(app: App, name: str) -> Data:
    source = app.claims[name] or name
    shared = max(app.around.mounted.get(source, 1), app.around.mounted.get(name, 1)) > 1
    spec: dict[str, Any] = {
        "accessModes": ["ReadWriteMany" if shared else "ReadWriteOnce"],
        "resources": {"requests": {"storage": SIZE}},
    }
    metadata = {"name": name, "labels": app.labels}
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec}
