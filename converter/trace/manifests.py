"""What commands that drive a cluster read: manifests, kustomizations, templates that are filled, values and charts.

In: a step, and what gives a file of the project by its path. Out: the paths of files and folders. What a secret is
made of is never among them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from converter.model.paths import absolute, program_of
from converter.model.source import SourceFile
from converter.model.trace import Step
from converter.model.value import Literal, Value

Load = Callable[[str], SourceFile | None]
Inside = Callable[[Value], str | None]

_CLIENTS = ("kubectl", "oc", "k3s", "microk8s", "minikube")
_GIVEN = {
    "kubectl": ("-f", "--filename", "-k", "--kustomize", "--from-file", "--from-env-file"),
    "helm": ("-f", "--values", "--set-file"),
    "kustomize": (),
}
_FILLS = ("sed", "envsubst", "cat", "yq", "jinja2", "gomplate")
# References of a kustomization that lead out of its folder.
_ABOVE = re.compile(r"(?m)^\s*(?:-\s+|[\w-]+:\s+)[\"']?(\.\./[^\s\"'#]+)")
_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_MOST = 400


def drives(step: Step) -> bool:
    """Whether it tells a cluster something."""
    return any(_program(argv) in _GIVEN for argv in (step.argv, *step.piped))


def read_by(step: Step, inside: Inside, load: Load) -> Iterator[str]:
    """The paths in the project of all that a step reads; the files of a folder each by its own."""
    for argv in (step.argv, *step.piped):
        for word in _named(argv):
            path = inside(absolute(step.context.cwd, word)) if not word.has_glob else None
            if path is not None:
                yield from _below(path, load, {path})
    if any(_program(argv) == "kustomize" for argv in (step.argv, *step.piped)):
        path = inside(step.context.cwd)
        if path is not None:
            yield from _below(path, load, {path})


def _below(path: str, load: Load, seen: set[str]) -> Iterator[str]:
    """The file of that path, or of a folder its manifests; all files of a chart, and of a kustomization those that it
    and the folders that it leads to name."""
    folder = load("./" if path == "." else f"{path}/")
    if folder is None:
        yield path
        return
    names = folder.text.splitlines()[:_MOST]
    chart = "Chart.yaml" in names
    kustomizations = [name for name in names if posixpath.basename(name) in _KUSTOMIZATIONS]
    texts = [file.text for name in kustomizations if (file := load(f"{folder.path}{name}")) is not None]
    for name in names:
        named = any(posixpath.basename(name) in text for text in texts)
        if chart or named or name in kustomizations or name.endswith((".yaml", ".yml", ".json")):
            yield f"{folder.path}{name}"
    for name, text in zip(kustomizations, texts, strict=False):
        for above in _ABOVE.findall(text):
            other = posixpath.normpath(posixpath.join(folder.path, posixpath.dirname(name), above))
            if other not in seen and not other.startswith(".."):
                seen.add(other)
                yield from _below(other, load, seen)


def _program(argv: Sequence[Value]) -> str:
    name = program_of(argv[0].text or "") if argv else ""
    return "kubectl" if name in _CLIENTS else name


def _named(argv: Sequence[Value]) -> Iterator[Value]:
    """The words of a stage that may name a file."""
    program = _program(argv)
    texts = [word.text or "" for word in argv]
    if "<" in texts[:-1]:
        yield argv[texts.index("<") + 1]
    if program == "kubectl" and "kustomize" in texts[1:3]:
        yield from (word for word in argv[2:] if not (word.text or "").startswith("-"))
    elif program == "kubectl" and "secret" not in texts:
        yield from _options(argv, _GIVEN[program])
    elif program in ("helm", "kustomize"):
        yield from _options(argv, _GIVEN[program])
        yield from (word for word in argv[1:] if _is_place(word))
    elif program in _FILLS:
        yield from (word for word in argv[1:] if not (word.text or "").startswith("-"))


def _is_place(word: Value) -> bool:
    """Whether a chart or a kustomization may lie there: the name of a release may be that of a folder too."""
    text = word.text or ""
    return ("/" in text and "://" not in text and not text.startswith("-")) or text in (".", "chart", "charts")


def _options(argv: Sequence[Value], names: Sequence[str]) -> Iterator[Value]:
    for number, word in enumerate(argv):
        text = word.text or ""
        head = word.parts[0] if word.parts else None
        if text in names and number + 1 < len(argv):
            yield from _listed(argv[number + 1])
        elif head is not None and (name := next((name for name in names if word.shell().startswith(f"{name}=")), "")):
            yield from _listed(_after(word, len(name) + 1))


def _after(word: Value, count: int) -> Value:
    first = word.parts[0]
    return Value(Literal(first.text[count:]), *word.parts[1:]) if isinstance(first, Literal) else word


def _listed(value: Value) -> Iterator[Value]:
    """`a.yaml,b.yaml`, and `key=path`."""
    if value.text is None:
        yield value
        return
    for text in value.text.split(","):
        yield Value.of(text.rpartition("=")[2])
