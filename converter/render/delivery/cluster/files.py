"""What lies in the repository for its pipeline: the program that it runs, and for each environment the order of the
applications and the rights that it has in the cluster."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from converter.model.plan import Plan
from converter.model.tree import FileTree, TreeFile
from converter.render.delivery.applications import PIPELINES, applications
from converter.render.delivery.cluster.course import Course
from converter.render.kubernetes.names import label
from converter.render.yaml import document

Data = dict[str, Any]

PROGRAM = "clusters/deliver.sh"
ACCOUNT = "delivery"
_ORDER = """\
# The applications of {environment} in their order. Behind the colon are those that have to be ready before; for no
# other one is waited until all are applied.
"""
# Kinds that the usual roles know nothing of, by the store of secrets.
_CUSTOM = {"sealed": ("bitnami.com", "sealedsecrets"), "external": ("external-secrets.io", "externalsecrets")}
_VERBS = ["get", "list", "create", "patch", "delete"]


def brings(plan: Plan, tree: FileTree, course: Course, *, delivery: str, beside: Collection[str]) -> Iterator[TreeFile]:
    """All of them, of the first pipeline that a repository has."""
    if not course.pushes or delivery != next((name for name in beside if name in PIPELINES), delivery):
        return
    program = (Path(__file__).parent / "deliver.sh").read_text(encoding="utf-8")
    yield TreeFile(path=PROGRAM, text=program, executable=True)
    for name in course.environments:
        yield from _of_environment(plan, tree, name)


def _of_environment(plan: Plan, tree: FileTree, name: str) -> Iterator[TreeFile]:
    root = f"clusters/{name}"
    data = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": ["access.yaml"]}
    said = [f"Once, by hand, when the namespace is there: kubectl apply -k {root}"]
    yield TreeFile(path=f"{root}/order", text=_ORDER.format(environment=name) + "".join(_lines(tree, name)))
    yield TreeFile(path=f"{root}/access.yaml", text=_access(plan, tree, name))
    yield TreeFile(path=f"{root}/kustomization.yaml", text=document(data, said))


def _lines(tree: FileTree, environment: str) -> Iterator[str]:
    """Each after those that it waits for, and else in the order of the script."""
    waiting = {app.name: app.after for app in applications(tree, environment)}
    for name in _sorted(waiting):
        yield f"{' '.join((f'{name}:', *waiting[name]))}\n"


def _sorted(after: Mapping[str, Sequence[str]]) -> list[str]:
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in after and name not in found:
            for other in after[name]:
                visit(other)
            found[name] = None

    for name in after:
        visit(name)
    return list(found)


def _access(plan: Plan, tree: FileTree, environment: str) -> str:
    """https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles"""
    namespace = label(plan.name) if len(plan.environments) == 1 else f"{label(plan.name)}-{label(environment)}"
    inside, outside = {"name": ACCOUNT, "namespace": namespace}, {"name": f"{namespace}-{ACCOUNT}"}
    account = {"kind": "ServiceAccount", **inside}
    own = {"apiGroups": [""], "resources": ["namespaces"], "resourceNames": [namespace], "verbs": ["get", "patch"]}
    objects: list[Data] = [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": inside, "automountServiceAccountToken": False},
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": f"{ACCOUNT}-token",
                "namespace": namespace,
                "annotations": {"kubernetes.io/service-account.name": ACCOUNT},
            },
            "type": "kubernetes.io/service-account-token",
        },
        _binding("RoleBinding", inside, "ClusterRole", "edit", account),
        _role("ClusterRole", outside, own),
        _binding("ClusterRoleBinding", outside, "ClusterRole", outside["name"], account),
    ]
    custom = _CUSTOM.get(tree.store.name) if tree.store is not None else None
    if custom is not None:
        rule = {"apiGroups": [custom[0]], "resources": [custom[1]], "verbs": _VERBS}
        objects += [_role("Role", inside, rule), _custom(inside, account)]
    said = [f"Who the pipeline is in {namespace}, and what it may do there."]
    return "".join(document(each, said if number == 0 else ()) for number, each in enumerate(objects))


def _role(kind: str, metadata: Data, rule: Data) -> Data:
    return {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata, "rules": [rule]}


def _binding(kind: str, metadata: Data, role: str, name: str, account: Data) -> Data:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": metadata,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": role, "name": name},
        "subjects": [account],
    }


def _custom(inside: Data, account: Data) -> Data:
    metadata = {**inside, "name": f"{ACCOUNT}-secrets"}
    return _binding("RoleBinding", metadata, "Role", ACCOUNT, account)
