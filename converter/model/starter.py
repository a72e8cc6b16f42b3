"""What a person wants to deploy, where there is no script that does it yet."""

from __future__ import annotations

import msgspec


class StarterEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """A place that is deployed to. Hosts are written as `user@address:port`; `domain` is the name that visitors know,
    `version` what runs there where that differs from the others."""

    name: str
    hosts: tuple[str, ...]
    domain: str = ""
    version: str = ""


class Starter(msgspec.Struct, frozen=True, kw_only=True):
    """The answers that a repository is started with, each of them settled. What an application does not have is empty:
    one of `repository`, `artifact` and `image` says where it comes from; `start` runs it; `public` is the folder that
    the web server shows; `inside` is the port in a container; `login` is the account at the registry of images."""

    name: str
    application: str
    environments: tuple[StarterEnvironment, ...]
    repository: str = ""
    artifact: str = ""
    image: str = ""
    login: str = ""
    version: str = ""
    start: str = ""
    public: str = ""
    php: str = ""
    port: int = 0
    inside: int = 0
    nginx: bool = False
    health: str = "/"
    secrets: tuple[str, ...] = ()
    user: str = ""
    directory: str = ""
    target: str = "ansible"
    deliveries: tuple[str, ...] = ()
    store: str = "vault"

    @property
    def in_cluster(self) -> bool:
        """Whether there are no hosts of its own."""
        return self.target == "kubernetes"
