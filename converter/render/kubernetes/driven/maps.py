"""Config maps that a command makes of texts and of files: an entry for the generator of Kustomize."""

from __future__ import annotations

import posixpath

from converter.model.resource import Resource
from converter.model.value import Value
from converter.render.kubernetes.app import Data
from converter.render.kubernetes.driven.files import Files
from converter.render.kubernetes.driven.filled import MARK, Filling
from converter.render.kubernetes.driven.kubectl import Call, halves
from converter.render.kubernetes.driven.sets import Map
from converter.render.kubernetes.driven.words import NotUnderstoodError
from converter.render.kubernetes.names import is_key


def config_map(call: Call, resource: Resource, files: Files, filling: Filling) -> Map:
    """https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/

    It keeps the name that the script gives it, since nobody knows what else asks for it."""
    if len(call.given.operands) != 2:
        raise NotUnderstoodError("a config map has one name")
    name = filling.texts.plain(call.given.operands[1])
    entry: Data = {"name": name}
    found: dict[str, str] = {}
    literals = [_literal(word, filling) for word in call.given.every("from-literal")]
    listed = [_file(word, name, resource, files, found) for word in call.given.every("from-file")]
    envs = [_env(word, name, resource, files, found) for word in call.given.every("from-env-file")]
    entry |= {"literals": literals} if literals else {}
    entry |= {"files": listed} if listed else {}
    entry |= {"envs": envs} if envs else {}
    if any(MARK.search(text) for text in (*found.values(), *literals)):
        raise NotUnderstoodError(
            "a part of it is secret, or known only at each run: write it down, or make it a Secret"
        )
    return Map({**entry, "options": {"disableNameSuffixHash": True}}, found, [resource])


def _literal(word: Value, filling: Filling) -> str:
    key, value = halves(word)
    if value is None or not is_key(key):
        raise NotUnderstoodError(f"`{word.shell()}` is no key with a value")
    text = filling.marked(value)
    return (
        f"{key}={text[:1]}{text}{text[:1]}"
        if len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
        else f"{key}={text}"
    )


def _file(word: Value, name: str, resource: Resource, files: Files, found: dict[str, str]) -> str:
    key, path = halves(word)
    path = word if path is None else path
    if path is not word and not is_key(key):
        raise NotUnderstoodError(f"`{key}` can't be a key")
    base = posixpath.basename(files.name(resource, path))
    if files.folder(resource, path):
        raise NotUnderstoodError(f"`{path.shell()}` is a folder: name its files, each for its own")
    found[f"{name}/{base}"] = files.text(resource, path)
    return f"{base if path is word else key}=files/{name}/{base}"


def _env(word: Value, name: str, resource: Resource, files: Files, found: dict[str, str]) -> str:
    base = posixpath.basename(files.name(resource, word))
    found[f"{name}/{base}"] = files.text(resource, word)
    return f"files/{name}/{base}"
