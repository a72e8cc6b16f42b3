"""Where the secrets of a cluster are kept: encrypted files for sops or Sealed Secrets, or a store elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Protocol

from converter.model.diagnostic import ConverterError
from converter.model.tree import Store as Told
from converter.model.tree import TreeFile
from converter.render.kubernetes.app import Data, Surroundings
from converter.render.kubernetes.driven.needed import DOCKER, Needed
from converter.render.kubernetes.names import label
from converter.render.yaml import document, mapping

_PRINTED = "--dry-run=client --output yaml"


class Store(Protocol):
    """Keeps the secrets of all environments."""

    def files(self, around: Surroundings, root: str) -> tuple[list[TreeFile], list[str], list[str]]:
        """The files of one environment, those that its kustomization lists, and those that it lists once they are
        there."""

    def shared(self) -> list[TreeFile]:
        """What all of them need."""

    def told(self) -> Told | None:
        """What documents have to know, None where there is no secret."""


class Encrypted(ABC):
    """A file for each object that a person fills in and encrypts; until it is there, no pod that needs it starts."""

    name: ClassVar[str]
    suffix: ClassVar[str]
    guide: ClassVar[str]

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}
        self._commands: list[str] = []

    def files(self, around: Surroundings, root: str) -> tuple[list[TreeFile], list[str], list[str]]:
        """A template for the variables; what the other objects hold is in a file already."""
        kept, found, waiting = around.kept, [], []
        if kept.keys:
            example = f"{root}/{kept.name}.yaml.example"
            found.append(TreeFile(path=example, text=_template(around)))
            waiting.append(self._made(f"{root}/{kept.name}", f"cp {example}"))
            for name in kept.keys:
                self._places.setdefault(name, []).append(f"`{root}/{kept.name}.{self.suffix}`")
        own: list[str] = []
        for each, stem in _stems(around):
            own.append(f"{stem}.{self.suffix} # {_lines(each)}")
            if each.made:
                command = f"kubectl create secret {_making(each)} --namespace {each.namespace} {_PRINTED}"
                self._made(f"{root}/{stem}", command)
                continue
            example = f"{root}/{stem}.yaml.example"
            found.append(TreeFile(path=example, text=_object(each)))
            self._made(f"{root}/{stem}", f"cp {example}")
            for variable in each.variables.values():
                self._places.setdefault(variable, []).append(f"`{root}/{stem}.{self.suffix}`")
        for name, command in _commands(around):
            waiting.append(self._made(f"{root}/{name}", command))
        return found, [], [*(path.rpartition("/")[2] for path in waiting), *own]

    @abstractmethod
    def _made(self, path: str, command: str) -> str:
        """Adds the commands that make the encrypted file; returns its path."""

    def shared(self) -> list[TreeFile]:
        """Nothing."""
        return []

    def told(self) -> Told | None:
        """Files beside the namespaces."""
        if not self._commands:
            return None
        places = tuple((name, f"in {' and '.join(paths)}") for name, paths in self._places.items())
        return Told(name=self.name, where="", places=places, guide=self.guide, commands=tuple(self._commands))


def _template(around: Surroundings) -> str:
    return _filled_in(around.kept.name, around.namespace, "Opaque", around.kept.keys)


def _object(each: Needed) -> str:
    """One that the script makes, by the names that it has there."""
    return _filled_in(each.name, each.namespace, each.type, each.keys, [_lines(each)])


def _lines(each: Needed) -> str:
    return ", ".join(dict.fromkeys(span.lines() for one in each.resources for span in one.origin.spans))


def _filled_in(name: str, namespace: str, kind: str, keys: Mapping[str, str], lines: Sequence[str] = ()) -> str:
    metadata = {"name": name, "namespace": namespace}
    data = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind}
    about = [f"{key}: {said}" for key, said in keys.items() if said]
    entries = [*((key, value, ()) for key, value in data.items()), ("stringData", dict.fromkeys(keys, ""), about)]
    said = "Copy it, fill it in and encrypt it, as README.md says: in plain it does not belong into Git."
    return mapping(entries, [*lines, said])


def _commands(around: Surroundings) -> Iterator[tuple[str, str]]:
    """The objects that kubectl makes of a file or of a login, without asking a cluster."""
    end = f"--namespace {around.namespace} {_PRINTED}"
    for path, name in around.kept.files.items():
        file = path.rpartition("/")[2] or ".env"
        yield name, f"kubectl create secret generic {name} --from-env-file {shown(file)} {end}"
    for host, name in around.kept.registries.items():
        server = "https://index.docker.io/v1/" if host == "docker.io" else host
        yield name, f"kubectl create secret docker-registry {name} {_login(server)} {end}"


def _login(server: str) -> str:
    return f'--docker-server {shown(server)} --docker-username NAME --docker-password "$REGISTRY_PASSWORD"'


def _making(each: Needed) -> str:
    """The words that make an object of a file or of a login."""
    if each.type == DOCKER:
        return f"docker-registry {shown(each.name)} {_login(each.made)}"
    return f"generic {shown(each.name)} --from-env-file {shown(each.made)}"


def _stems(around: Surroundings) -> Iterator[tuple[Needed, str]]:
    """Each object with what its file is called: two namespaces may have one of the same name."""
    kept = around.kept
    taken = {*([kept.name] if kept.keys else ()), *kept.files.values(), *kept.registries.values()}
    for each in kept.objects:
        stem = label(each.name)
        stem = stem if stem not in taken else label(f"{each.namespace}-{each.name}")
        taken.add(stem)
        yield each, stem


def shown(text: str) -> str:
    """A word of a command that is shown; what a script calls its files may be anything."""
    import shlex

    return shlex.quote("".join(letter for letter in text if letter.isprintable()))


class Sops(Encrypted):
    """SOPS with age, which Flux decrypts by itself and a pipeline by its key."""

    name, suffix = "sops", "sops.yaml"
    guide = (
        "Each is an object that sops encrypts value by value. Make an age key, put its public part into `.sops.yaml`,"
        " fill the objects in, encrypt them, and name them in the `kustomization.yaml` beside them, which has them as"
        " comments. Until then no pod that needs them starts:"
    )

    def _made(self, path: str, command: str) -> str:
        own = f"{path}.{self.suffix}"
        self._commands += [] if self._commands else ["age-keygen --output age.agekey"]
        self._commands += [f"{command} {own}" if command.startswith("cp ") else f"{command} > {own}"]
        self._commands += [f"sops encrypt --in-place {own}"]
        return own

    def shared(self) -> list[TreeFile]:
        """Who may read them."""
        if not self._commands:
            return []
        rule: Data = {"path_regex": r"\.sops\.yaml$", "encrypted_regex": "^(data|stringData)$", "age": "PUBLIC_AGE_KEY"}
        said = ["Who may read the secrets: put the public key that age-keygen prints in place of PUBLIC_AGE_KEY."]
        return [TreeFile(path=".sops.yaml", text=document({"creation_rules": [rule]}, said))]


class Sealed(Encrypted):
    """Sealed Secrets: only the controller of one cluster can read them."""

    name, suffix = "sealed", "sealed.yaml"
    guide = (
        "Each is an object that kubeseal encrypts for one cluster, whose controller alone reads it (Sealed Secrets has"
        " to be there). Fill the objects in where nothing is kept, seal them, and name them in the `kustomization.yaml`"
        " beside them, which has them as comments. Until then no pod that needs them starts:"
    )

    def _made(self, path: str, command: str) -> str:
        own = f"{path}.{self.suffix}"
        if command.startswith("cp "):
            plain = f"/dev/shm/{path.rpartition('/')[2]}.yaml"
            self._commands += [f"{command} {plain}", f"kubeseal --format yaml < {plain} > {own}", f"rm {plain}"]
        else:
            self._commands.append(f"{command} | kubeseal --format yaml > {own}")
        return own


class External:
    """External Secrets: an object names a path in a store elsewhere, and the operator fetches what is there."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {}
        self._commands: list[str] = []

    def files(self, around: Surroundings, root: str) -> tuple[list[TreeFile], list[str], list[str]]:
        """The objects, which hold no secret."""
        kept, place = around.kept, f"{around.project}/{around.environment}"
        objects: dict[str, Data] = {}
        if kept.keys:
            objects[kept.name] = {"data": [_field(name, f"{place}/{kept.name}", name) for name in kept.keys]}
            self._commands.append(
                f"vault kv put secret/{place}/{kept.name} {' '.join(f'{name}=-' for name in list(kept.keys)[:1])}"
            )
            self._commands += [f"vault kv patch secret/{place}/{kept.name} {name}=-" for name in list(kept.keys)[1:]]
            for name in kept.keys:
                self._places.setdefault(name, []).append(f"`{place}/{kept.name}`")
        for path, name in kept.files.items():
            objects[name] = {"dataFrom": [{"extract": {"key": f"{place}/{name}"}}]}
            self._commands.append(f"vault kv put secret/{place}/{name} @{shown(path.rpartition('/')[2])}.json")
        for name in kept.registries.values():
            objects[name] = {
                "data": [_field(".dockerconfigjson", f"{place}/{name}", "dockerconfigjson")],
                "type": DOCKER,
            }
            self._commands.append(f"vault kv put secret/{place}/{name} dockerconfigjson=@config.json")
        made = {name: _external(name, around.namespace, data) for name, data in objects.items()}
        for each, stem in _stems(around):
            made[stem] = _external(each.name, each.namespace, self._of_script(each, f"{place}/{stem}"))
        lines = {stem: [_lines(each)] for each, stem in _stems(around)}
        said = "Fetched from the store; no secret is here."
        found = [
            TreeFile(path=f"{root}/{stem}.yaml", text=document(data, [*lines.get(stem, ()), said]))
            for stem, data in made.items()
        ]
        return found, [f"{stem}.yaml" for stem in made], []

    def _of_script(self, each: Needed, place: str) -> Data:
        """An object that the script makes, from one path of the store."""
        for variable in each.variables.values():
            self._places.setdefault(variable, []).append(f"`{place}`")
        if each.type == DOCKER:
            self._commands.append(f"vault kv put secret/{place} dockerconfigjson=@config.json")
            return {"data": [_field(".dockerconfigjson", place, "dockerconfigjson")], "type": DOCKER}
        kind = {"type": each.type} if each.type != "Opaque" else {}
        if each.made:
            self._commands.append(f"vault kv put secret/{place} @{shown(each.made)}.json")
            return {"dataFrom": [{"extract": {"key": place}}], **kind}
        for number, key in enumerate(each.keys):
            verb = "patch" if number else "put"
            self._commands.append(f"vault kv {verb} secret/{place} {shown(key)}=-")
        return {"data": [_field(key, place, key) for key in each.keys], **kind}

    def shared(self) -> list[TreeFile]:
        """Nothing."""
        return []

    def told(self) -> Told | None:
        """Paths of the store."""
        if not self._commands:
            return None
        return Told(
            name="external",
            where="",
            places=tuple((name, f"in {' and '.join(paths)} of the store") for name, paths in self._places.items()),
            guide="External Secrets fetches them: its operator and a ClusterSecretStore named `secrets` have to be"
            " there. What it fetches is written as follows where the store is HashiCorp Vault (`-` reads the value from"
            " standard input):",
            commands=tuple(self._commands),
        )


def _field(name: str, path: str, of: str) -> Data:
    return {"secretKey": name, "remoteRef": {"key": path, "property": of}}


def _external(name: str, namespace: str, data: Data) -> Data:
    """https://external-secrets.io/latest/api/externalsecret/"""
    given = dict(data)
    kind = given.pop("type", "")
    target: Data = {"name": name, **({"template": {"type": kind}} if kind else {})}
    store_ = {"kind": "ClusterSecretStore", "name": "secrets"}
    spec: Data = {"refreshInterval": "1h0m0s", "secretStoreRef": store_, "target": target, **given}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": metadata, "spec": spec}


STORES: dict[str, type[Store]] = {"sops": Sops, "sealed": Sealed, "external": External}


def store(name: str) -> Store:
    """The store of that name."""
    if name not in STORES:
        raise ConverterError(f"--secrets {name} is not for a cluster", f"one of {', '.join(STORES)}")
    return STORES[name]()
