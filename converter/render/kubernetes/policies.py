"""Who may reach an application: those of the same namespace, as in one network of docker, and the world where a port is
published; nobody, where nothing listens."""

from __future__ import annotations

from converter.render.kubernetes.app import App, Data


def policy(app: App) -> Data:
    """A start for a NetworkPolicy: nobody from outside of the namespace, but for what is published."""
    rules: list[Data] = []
    if app.services:
        rules.append({"from": [{"podSelector": {}}]})
    if app.public:
        rules.append({"ports": [_port(each) for each in app.public]})
    if app.ingress is not None:
        paths = app.ingress["spec"]["rules"][0]["http"]["paths"]
        number = paths[0]["backend"]["service"]["port"]["number"]
        rules.append({"ports": [{"port": number}]})
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": app.name, "labels": app.labels},
        "spec": {
            "podSelector": {"matchLabels": {"app.kubernetes.io/name": app.name}},
            "policyTypes": ["Ingress"],
            "ingress": rules,
        },
    }


def _port(given: Data) -> Data:
    protocol = {"protocol": given["protocol"]} if "protocol" in given else {}
    return {"port": given["targetPort"], **protocol}
