"""Command lines of kubectl and kustomize that change what is in a cluster, read whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from converter.model.paths import program_of
from converter.model.value import Literal, Value
from converter.render.kubernetes.driven.words import NotUnderstoodError, Words, words

# https://kubernetes.io/docs/reference/kubectl/generated/
_VALUED = {
    **dict.fromkeys(("-f", "--filename"), "filename"),
    **dict.fromkeys(("-k", "--kustomize"), "kustomize"),
    **dict.fromkeys(("-n", "--namespace"), "namespace"),
    **dict.fromkeys(("-o", "--output"), "output"),
    **dict.fromkeys(("-l", "--selector"), "selector"),
    **{
        f"--{name}": name
        for name in """context kubeconfig cluster user timeout request-timeout field-manager replicas current-replicas
        for from-literal from-file from-env-file type docker-server docker-username docker-password docker-email cert
        key cascade grace-period""".split()
    },
}
_SWITCHES = {
    **dict.fromkeys(("-R", "--recursive"), "recursive"),
    **dict.fromkeys(("-w", "--watch"), "watch"),
    **{
        f"--{name}": name
        for name in """all dry-run force force-conflicts server-side validate wait record save-config overwrite local
        insecure-skip-tls-verify ignore-not-found append-hash show-managed-fields""".split()
    },
}
_HANDLED = ("apply", "create", "replace", "set", "scale", "rollout", "wait")


class Call:
    """One call: its verb, and the words behind it."""

    def __init__(self, verb: str, given: Words) -> None:
        self.verb, self.given = verb, given

    @property
    def words(self) -> list[str]:
        """The operands, "" for one that is not known."""
        return [each.text or "" for each in self.given.operands]

    @property
    def piped(self) -> bool:
        """Whether it only prints what it would make."""
        return (
            self.given.has("dry-run")
            and (output := self.given.last("output")) is not None
            and output.text
            in (
                "yaml",
                "json",
            )
        )


def client(argv: Sequence[Value]) -> list[Value] | None:
    """The words behind kubectl, also where another program brings it; None for any other command."""
    names = [word.text or "" for word in argv[:3]]
    program = program_of(names[0]) if names else ""
    if program in ("kubectl", "oc"):
        return list(argv[1:])
    if program in ("k3s", "microk8s", "minikube") and names[1:2] == ["kubectl"]:
        return list(argv[3:] if names[2:] == ["--"] else argv[2:])
    return None


def read(argv: Sequence[Value]) -> Call | None:
    """A call that is followed here; None for one that is not, which is told what stands for it."""
    rest = client(argv)
    if rest is None or not any(word.text in _HANDLED for word in rest):
        return None
    given = words(rest, _VALUED, _SWITCHES)
    verb = given.operands.pop(0).text if given.operands else None
    if verb not in _HANDLED or given.after:
        return None
    if given.has("dry-run") and given.last("output") is None and (given.last("dry-run") or Value()).text != "none":
        return None
    return Call(verb, given)


def kustomized(argv: Sequence[Value]) -> Value | None:
    """The folder of `kustomize build DIR` and `kubectl kustomize DIR`."""
    names = [word.text or "" for word in argv[:2]]
    builds = program_of(names[0]) == "kustomize" and names[1:] == ["build"] if names else False
    rest = client(argv)
    if not builds and not (rest and rest[0].text == "kustomize"):
        return None
    given = words(argv[2:] if builds else (rest or [])[1:], {}, {})
    if len(given.operands) > 1:
        raise NotUnderstoodError("several folders are built at once")
    return given.operands[0] if given.operands else Value.of(".")


def edits(argv: Sequence[Value]) -> list[tuple[str, Value]] | None:
    """Image by image, what `kustomize edit set image` puts in place of it."""
    names = [word.text or "" for word in argv[:4]]
    if not names or program_of(names[0]) != "kustomize" or names[1:] != ["edit", "set", "image"]:
        return None
    found = []
    for word in words(argv[4:], {}, {}).operands:
        old, new = halves(word)
        if new is None:
            first = word.parts[0]
            text = first.text if isinstance(first, Literal) else ""
            head, colon, _ = text.rpartition(":")
            if not colon or "/" in text.rpartition(":")[2]:
                raise NotUnderstoodError(f"`{word.shell()}` is not understood as an image")
            old, new = head, word
        found.append((old, new))
    return found


def halves(word: Value) -> tuple[str, Value | None]:
    """`name=value`, whose name is known."""
    first = word.parts[0] if word.parts else None
    text = first.text if isinstance(first, Literal) else ""
    name, equals, rest = text.partition("=")
    return (name, Value(Literal(rest), *word.parts[1:])) if equals else (text, None)
