"""Notifications of Argo CD, as a stub that a person fills in: there is one configuration for all of Argo CD.

Out: `argocd/notifications.yaml.example`, which nothing applies.
"""

from __future__ import annotations

from converter.model.tree import TreeFile
from converter.render.yaml import document

PART_OF = "app.kubernetes.io/part-of"
_BODY = """\
webhook:
  deployments:
    method: POST
    body: |
      {{"text": "{{{{.app.metadata.name}}}}: {said} {{{{.app.status.operationState.syncResult.revision}}}}"}}
"""
_DEPLOYED = """\
- when: app.status.operationState != nil and app.status.operationState.phase in ['Succeeded']
    and app.status.health.status == 'Healthy'
  oncePer: app.status.operationState?.syncResult?.revision
  send: [deployed]
"""
_FAILED = """\
- when: app.status.operationState != nil and app.status.operationState.phase in ['Error', 'Failed']
  send: [failed]
- when: app.status.health.status == 'Degraded'
  send: [failed]
"""
_SERVICE = """\
url: $deployments-url
headers:
  - name: Content-Type
    value: application/json
"""


def notifications(project: str) -> TreeFile:
    """https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/"""
    subscriptions = (
        f"- recipients: [webhook:deployments]\n  selector: {PART_OF}={project}\n  triggers: [on-deployed, on-failed]\n"
    )
    data = {
        "service.webhook.deployments": _SERVICE,
        "template.deployed": _BODY.format(said="deployed"),
        "template.failed": _BODY.format(said="failed at"),
        "trigger.on-deployed": _DEPLOYED,
        "trigger.on-failed": _FAILED,
        "subscriptions": subscriptions,
    }
    said = [
        "Tells a chat or a monitor what became of a deployment. To take it up, put what is below `data` into the",
        "config map of that name, of which Argo CD has one for everything, and the address into its secret:",
        "  kubectl edit configmap argocd-notifications-cm --namespace argocd",
        "  kubectl edit secret argocd-notifications-secret --namespace argocd    # stringData: deployments-url",
    ]
    metadata = {"name": "argocd-notifications-cm", "namespace": "argocd"}
    text = document({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}, said)
    return TreeFile(path="argocd/notifications.yaml.example", text=text)
