"""The files of the generated repository, before they are written."""

from __future__ import annotations

import msgspec

from converter.model.release import Release


class TreeFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file: path relative to the repository with `/`, its text, and whether it can be executed."""

    path: str
    text: str
    executable: bool = False


class Unsupported(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that a target can't express, with the reason; shown and counted, never dropped. `part`: only that of
    it is missing, the rest is in the manifests."""

    address: str
    target: str
    reason: str
    part: bool = False


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sets before the first run: a secret or a variable of the pipeline. `where` names the page to set
    it on; `default` is what
    holds where it is not set."""

    name: str
    purpose: str
    where: str
    secret: bool = False
    required: bool = True
    default: str = ""


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """Where the secrets of the manifests are kept, and what a run needs to read them there.

    `places` say of each secret, by the script's name, where a person sets it; `guide` and `commands` how the store is
    made ready. A pipeline runs `script` with the settings `prepared` in its environment, and the manifests with those
    `handed` to them and the constants of `environment`. `packages` are those of Python that the manifests need,
    `encrypted` the files that no linter can read."""

    name: str
    where: str
    places: tuple[tuple[str, str], ...]
    guide: str
    commands: tuple[str, ...] = ()
    title: str = ""
    script: str = ""
    prepared: tuple[Setting, ...] = ()
    handed: tuple[Setting, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    packages: tuple[str, ...] = ()
    encrypted: str = ""


class Follows(msgspec.Struct, frozen=True, kw_only=True):
    """An application of an environment that starts only when those of `after` are ready; what must not be waited for
    is in none of them."""

    environment: str
    name: str
    after: tuple[str, ...] = ()


class Manifests(msgspec.Struct, frozen=True, kw_only=True):
    """An application whose manifests are the author's own, as one environment has it: the namespaces that it is in, and
    group and kind of what is in none."""

    environment: str
    name: str
    namespaces: tuple[str, ...] = ()
    cluster_wide: tuple[tuple[str, str], ...] = ()


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that a target leaves to another one, with the reason. `also`: it has it itself too; `refused`: no
    other target can have it either, for that reason."""

    address: str
    reason: str
    also: bool = False
    refused: bool = False


class FileTree(msgspec.Struct, frozen=True, kw_only=True):
    """All files by path, what could not be expressed, what needs no manifest because the platform itself sees to it,
    what the manifests had to assume, who waits for whom, what is to be set outside of the repository, where the secrets
    of the manifests are, if they have any, which applications have manifests of their author, the addresses of what
    stands in the manifests although a pipeline once did it, and the releases of charts. `rest` is what another target
    may have, `shares` what each has of several targets."""

    files: tuple[TreeFile, ...] = ()
    unsupported: tuple[Unsupported, ...] = ()
    covered: tuple[Unsupported, ...] = ()
    assumptions: tuple[str, ...] = ()
    order: tuple[Follows, ...] = ()
    settings: tuple[Setting, ...] = ()
    store: Store | None = None
    manifests: tuple[Manifests, ...] = ()
    made: tuple[str, ...] = ()
    releases: tuple[Release, ...] = ()
    rest: tuple[Rest, ...] = ()
    shares: tuple[Share, ...] = ()

    def plus(self, other: FileTree) -> FileTree:
        """Both trees; a path may be in one of them only."""
        mine = {file.path for file in self.files}
        clash = [file.path for file in other.files if file.path in mine]
        if clash:
            raise ValueError(f"two parts of the repository write {clash[0]}")
        return FileTree(
            files=self.files + other.files,
            unsupported=self.unsupported + other.unsupported,
            covered=self.covered + other.covered,
            assumptions=self.assumptions + other.assumptions,
            order=self.order + other.order,
            settings=self.settings + other.settings,
            store=self.store or other.store,
            manifests=self.manifests + other.manifests,
            made=self.made + other.made,
            releases=self.releases + other.releases,
            rest=self.rest + other.rest,
            shares=self.shares + other.shares,
        )


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """What one of several targets has of a plan: the resources, each with the reason where it is not the first target
    that has it, what delivers them, and the files that are its own."""

    target: str
    resources: tuple[tuple[str, str], ...]
    deliveries: tuple[str, ...] = ()
    tree: FileTree

    @property
    def addresses(self) -> frozenset[str]:
        """Its resources."""
        return frozenset(address for address, _ in self.resources)
