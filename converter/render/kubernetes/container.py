"""A container of `docker run` as the template of a pod: environment, command, user, resources."""

from __future__ import annotations

import re
from typing import Any

from converter.model.value import Value
from converter.render.kubernetes.app import App, Data
from converter.render.kubernetes.flags import flags
from converter.render.kubernetes.images import registry
from converter.render.kubernetes.names import is_key, label
from converter.render.kubernetes.quantities import cpus, memory
from converter.render.kubernetes.texts import Held
from converter.render.kubernetes.volumes import volumes

# Those that the baseline of pod security allows to be named.
_USUAL = frozenset(
    """AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID
    SYS_CHROOT""".split()
)
ASKED = {"cpu": "100m", "memory": "128Mi"}


def container(app: App, spec: Any) -> None:
    """Fills the application with what the options of `docker run` say of one container."""
    app.container |= {"name": app.name, "image": app.image.name}
    app.container["securityContext"] = {"allowPrivilegeEscalation": False}
    app.pod |= {
        "automountServiceAccountToken": False,
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}},
    }
    _resources(app, spec)
    _environment(app, spec)
    _command(app, spec)
    _user(app, spec)
    _switches(app, spec)
    volumes(app, spec)
    flags(app, spec)
    _pull(app, spec)
    for name, value in spec.labels:
        _annotation(app, name, app.around.texts.maybe(value))


def template(app: App) -> Data:
    """The pod, in the order in which the reference describes it."""
    own = app.container
    if app.env:
        own["env"] = app.env
    if app.mounts:
        own["volumeMounts"] = app.mounts
    order = (
        "name",
        "image",
        "imagePullPolicy",
        "command",
        "args",
        "workingDir",
        "ports",
        "envFrom",
        "env",
        "resources",
    )
    ordered = {key: own[key] for key in (*order, *(each for each in own if each not in order)) if key in own}
    pod = {**app.pod, "containers": [ordered]}
    if app.volumes:
        pod["volumes"] = app.volumes
    metadata: Data = {"labels": app.labels}
    if app.annotations:
        metadata["annotations"] = app.annotations
    return {"metadata": metadata, "spec": pod}


def _resources(app: App, spec: Any) -> None:
    """What the script limits is limited; what is asked for is only a first guess, which limits nothing."""
    limits: dict[str, str] = {}
    if spec.memory is not None:
        limits["memory"] = memory(app.around.texts.plain(spec.memory))
    if spec.cpus is not None:
        limits["cpu"] = cpus(app.around.texts.plain(spec.cpus))
    app.container["resources"] = {"requests": {**ASKED, **limits}, **({"limits": limits} if limits else {})}


def _environment(app: App, spec: Any) -> None:
    """Known text goes into the config map, which no one expands; a secret is named; the last of a name counts."""
    sources: list[Data] = []
    for file in spec.env_files:
        path = app.around.texts.maybe(file) or file.shell()
        files = app.around.kept.files
        free = next(
            name
            for count in range(1, 100)
            if (name := f"{app.name}-env{f'-{count}' if count > 1 else ''}") not in files.values()
        )
        sources.append({"secretRef": {"name": files.setdefault(path, free)}})
    mixed: dict[str, Value] = {}
    for name, value in dict(spec.environment).items():
        if not is_key(name):
            app.left.append(f"`{name}` is no name of a variable that a cluster can set")
        elif not _whole(app, name, value):
            mixed[name] = value
    app.env += [{"name": name, "value": app.expanded(value)} for name, value in mixed.items()]
    if app.config:
        sources.append({"configMapRef": {"name": f"{app.name}-config"}})
    if sources:
        app.container["envFrom"] = sources


def _whole(app: App, name: str, value: Value) -> bool:
    """Whether the value is text, or one thing that the manifests name; others are made of several."""
    pieces = app.around.texts.pieces(value)
    if all(isinstance(piece, str) for piece in pieces):
        app.config[name] = "".join(piece for piece in pieces if isinstance(piece, str))
        return True
    only = pieces[0] if len(pieces) == 1 else None
    if value.outputs and not any(isinstance(piece, Held) and piece.secret for piece in pieces):
        only = Held(name, False, f"`{value.shell()}` is computed at each run of the script")
    if not isinstance(only, Held):
        return False
    app.env.append({"name": name, "valueFrom": app.source(only, name)})
    return True


def _command(app: App, spec: Any) -> None:
    """Docker's entrypoint is the command of a pod, and its command the arguments; a new entrypoint forgets the
    image's own command."""
    if spec.entrypoint is not None:
        app.container["command"] = [app.expanded(spec.entrypoint)]
    if spec.command:
        app.container["args"] = [app.expanded(word) for word in spec.command]


def _user(app: App, spec: Any) -> None:
    if spec.user is None:
        return
    text = app.around.texts.plain(spec.user)
    found = re.fullmatch(r"(\d+)(?::(\d+))?", text)
    if found is None:
        app.left.append(
            f"`--user {text}`: a cluster wants numbers, for `runAsUser` and `runAsGroup`; `docker run --rm --entrypoint"
            f" id IMAGE {text.partition(':')[0]}` tells them"
        )
        return
    own = app.container["securityContext"]
    own |= {"runAsUser": int(found[1])} | ({"runAsGroup": int(found[2])} if found[2] else {})
    if int(found[1]):
        own["runAsNonRoot"] = True


def _switches(app: App, spec: Any) -> None:
    texts, own = app.around.texts, app.container["securityContext"]
    if spec.workdir is not None:
        app.container["workingDir"] = texts.plain(spec.workdir)
    if spec.hostname is not None:
        app.pod["hostname"] = label(texts.plain(spec.hostname))
    if spec.interactive:
        app.container["stdin"] = True
    if spec.tty:
        app.container["tty"] = True
    if spec.capabilities:
        added = [texts.plain(each).upper().removeprefix("CAP_") for each in spec.capabilities]
        own["capabilities"] = {"add": added}
        app.level = app.level if _USUAL.issuperset(added) else "privileged"
        if {"SYS_ADMIN", "ALL"} & set(added):
            own.pop("allowPrivilegeEscalation")
    if spec.privileged:
        own.pop("allowPrivilegeEscalation", None)
        own["privileged"] = True
        app.pod.pop("securityContext")
        app.level = "privileged"
    if spec.extra_hosts:
        _hosts(app, [texts.plain(each) for each in spec.extra_hosts])


def _hosts(app: App, entries: list[str]) -> None:
    by_address: dict[str, list[str]] = {}
    for entry in entries:
        name, _, address = entry.partition(":")
        if address == "host-gateway":
            app.left.append(
                f"`--add-host {entry}`: a pod has no host of its own; name what `{name}` is for by a Service"
            )
        else:
            by_address.setdefault(address, []).append(name)
    if by_address:
        app.pod["hostAliases"] = [{"ip": ip, "hostnames": names} for ip, names in by_address.items()]


def _pull(app: App, spec: Any) -> None:
    policies = {"always": "Always", "never": "Never", "missing": "IfNotPresent"}
    if spec.pull in policies:
        app.container["imagePullPolicy"] = policies[spec.pull]
    if registry(app.image.name) in app.around.registries:
        host = registry(app.image.name)
        name = app.around.kept.registries.setdefault(host, label(f"pull-{host}"))
        app.pod["imagePullSecrets"] = [{"name": name}]


def _annotation(app: App, name: str, text: str | None) -> None:
    """Docker's labels hold any text, those of a cluster do not; annotations do."""
    prefix, _, last = name.rpartition("/")
    fits = re.fullmatch(r"[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?", last) and re.fullmatch(r"[a-z0-9.-]*", prefix)
    if text is None or not fits:
        app.left.append(f"`--label {name}`: an annotation can't have that name or text")
    else:
        app.annotations[name] = text
