"""An image that is built elsewhere, run as a container by Docker."""

from __future__ import annotations

from converter.model.starter import Starter
from converter.model.value import Value
from converter.resources.container import Container
from converter.resources.file import File
from converter.resources.http_check import HttpCheck
from converter.resources.registry_login import RegistryLogin
from converter.resources.service import Service
from converter.starter.parts import V, check, literal, packages, site
from converter.starter.recipe import Recipe
from converter.starter.steps import Steps

PASSWORD = "REGISTRY_PASSWORD"
_SITE = (
    "server {{\n    listen 80;\n    server_name ${{APP_DOMAIN}};\n"
    "    location / {{\n        proxy_pass http://127.0.0.1:{port};\n    }}\n}}\n"
)


def _resources(wanted: Starter, steps: Steps) -> None:
    (_in_cluster if wanted.in_cluster else _on_hosts)(wanted, steps)


def _in_cluster(wanted: Starter, steps: Steps) -> None:
    """What a cluster does not bring along by itself; the site of a web server is what an Ingress is made of."""
    _login(wanted, steps)
    _run(wanted, steps, port=f"127.0.0.1:{wanted.inside}:{wanted.inside}")
    if _has_domain(wanted):
        path = Value.of(f"/etc/nginx/sites-enabled/{wanted.name}")
        text = V(_SITE.format(port=wanted.inside))
        steps.add(File(path=path, content=text, mode=Value.of("644")), "Lead visitors to the application")
    answers = HttpCheck(url=V(f"http://127.0.0.1:{wanted.inside}{literal(wanted.health)}"))
    steps.add(answers, "Ask whether the application answers")


def _has_domain(wanted: Starter) -> bool:
    return any(each.domain not in ("", "_") for each in wanted.environments)


def _on_hosts(wanted: Starter, steps: Steps) -> None:
    # The second is what Ansible's modules for Docker need of the host.
    packages(steps, wanted, "docker.io", "python3-requests")
    docker = Service(name=Value.of("docker"), state="started", enabled=True)
    steps.add(docker, "Start Docker, also at boot")
    _login(wanted, steps)
    _run(wanted, steps, port=f"{'127.0.0.1:' if wanted.nginx else ''}${{APP_PORT}}:{wanted.inside}")
    if wanted.nginx:
        site(steps, wanted)
    check(steps, wanted)


def _login(wanted: Starter, steps: Steps) -> None:
    if wanted.login:
        registry = _registry(wanted.image)
        spec = RegistryLogin(
            username=Value.of(wanted.login),
            password=V(f"${{{PASSWORD}}}"),
            registry=Value.of(registry) if registry else None,
        )
        steps.add(spec, "Log in at the registry of images")


def _run(wanted: Starter, steps: Steps, *, port: str) -> None:
    running = Container(
        name=Value.of(wanted.name),
        image=Value.of(f"{wanted.image}:") + V("${APP_VERSION}"),
        ports=(V(port),),
        environment=tuple((name, V(f"${{{name}}}")) for name in wanted.secrets),
        restart=Value.of("unless-stopped"),
    )
    steps.add(running, "Run the application")


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
    clusters=("inside", "login"),
)
