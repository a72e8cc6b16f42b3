"""An image that is built elsewhere, run as a container by Docker."""

from __future__ import annotations

from converter.model.starter import Starter
from converter.model.value import Value
from converter.resources.container import Container
from converter.resources.registry_login import RegistryLogin
from converter.resources.service import Service
from converter.starter.parts import V, check, packages, site
from converter.starter.recipe import Recipe
from converter.starter.steps import Steps

PASSWORD = "REGISTRY_PASSWORD"


def _resources(wanted: Starter, steps: Steps) -> None:
    # The second is what Ansible's modules for Docker need of the host.
    packages(steps, wanted, "docker.io", "python3-requests")
    docker = Service(name=Value.of("docker"), state="started", enabled=True)
    steps.add(docker, "Start Docker, also at boot")
    if wanted.login:
        registry = _registry(wanted.image)
        spec = RegistryLogin(
            username=Value.of(wanted.login),
            password=V(f"${{{PASSWORD}}}"),
            registry=Value.of(registry) if registry else None,
        )
        steps.add(spec, "Log in at the registry of images")
    here = "127.0.0.1:" if wanted.nginx else ""
    running = Container(
        name=Value.of(wanted.name),
        image=Value.of(f"{wanted.image}:") + V("${APP_VERSION}"),
        ports=(V(f"{here}${{APP_PORT}}:{wanted.inside}"),),
        environment=tuple((name, V(f"${{{name}}}")) for name in wanted.secrets),
        restart=Value.of("unless-stopped"),
    )
    steps.add(running, "Run the application")
    if wanted.nginx:
        site(steps, wanted)
    check(steps, wanted)


def _registry(image: str) -> str:
    """The machine that an image is on; "" is Docker Hub (github.com/distribution/reference, "Grammar")."""
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else ""


CONTAINER = Recipe(
    about="an image of a registry, run by Docker",
    source="image",
    asks=("inside", "port", "nginx", "login"),
    defaults={"inside": "80", "port": "8080", "nginx": "yes", "login": ""},
    resources=_resources,
)
