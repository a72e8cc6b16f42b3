"""What several kinds of application are made of: an account, a checkout, settings, a unit, a site of nginx, a check."""

from __future__ import annotations

import re
from collections.abc import Iterable

from converter.model.starter import Starter
from converter.model.value import Value
from converter.resources.absent import Absent
from converter.resources.directory import Directory
from converter.resources.file import File
from converter.resources.git_checkout import GitCheckout
from converter.resources.http_check import HttpCheck
from converter.resources.link import Link
from converter.resources.package import Package
from converter.resources.service import Service
from converter.resources.user import User
from converter.starter.steps import ROOT, Steps

# As in a saved plan: `${NAME}` is a variable, `$$` a dollar sign.
V = Value.parsed
USER, DIRECTORY = V("${APP_USER}"), V("${APP_DIR}")
KEY = "DEPLOY_KEY"
APPLICATION, NGINX = "application", "nginx"
_PATH = "/usr/bin"
_SHELL = "/usr/sbin/nologin"
_UNIT = """\
[Unit]
Description={name}
After=network-online.target
Wants=network-online.target

[Service]
{service}
Restart=always
RestartSec=2
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=full

[Install]
WantedBy=multi-user.target
"""
_SITE = """\
server {{
    listen 80;
    server_name ${{APP_DOMAIN}};
{body}
}}
"""
_PROXY = """
    location / {
        proxy_pass http://127.0.0.1:${APP_PORT};
        proxy_set_header Host $$host;
        proxy_set_header X-Real-IP $$remote_addr;
        proxy_set_header X-Forwarded-For $$proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $$scheme;
    }"""


def packages(steps: Steps, wanted: Starter, *names: str) -> None:
    """What has to be installed: what fetches the application, then these, then what stands before it."""
    fetching = ["git", *(["openssh-client"] if by_ssh(wanted) else [])] if wanted.repository else []
    all_names = (*fetching, *names, *(["nginx"] if wanted.nginx else []))
    steps.add(Package(names=tuple(map(Value.of, all_names)), update_cache=True, recommends=False))


def account(steps: Steps, wanted: Starter, *, told: bool = False) -> None:
    """A user that nobody logs in as, and its folder, which others may read; what it is `told` lies apart from that."""
    spec = User(name=USER, home=DIRECTORY, create_home=False, shell=Value.of(_SHELL), system=True)
    steps.add(spec, "Create the account that the application runs as")
    spec_of_home = Directory(path=DIRECTORY, owner=USER, group=USER, mode=Value.of("755"))
    steps.add(spec_of_home, "Create the folder of the application")
    if told or wanted.secrets or by_ssh(wanted):
        settings = Directory(path=Value.of(f"/etc/{wanted.name}"), mode=Value.of("755"))
        steps.add(settings, "Create the folder of the settings")


def by_ssh(wanted: Starter) -> bool:
    """Whether the repository of the application is reached over ssh, which takes a key (git-fetch(1), "Git URLs")."""
    return re.match(r"ssh://|[^/:]+:(?!//)", wanted.repository) is not None


def checkout(steps: Steps, wanted: Starter) -> None:
    """The application at its version, as a working copy that only its own account writes to."""
    environment = _key(steps, wanted) if by_ssh(wanted) else ()
    spec = GitCheckout(repo=V("${REPOSITORY}"), dest=V("${APP_DIR}/app"), version=V("${APP_VERSION}"), update=True)
    steps.add(spec, "Check out the application", user=USER, tells=(APPLICATION,), environment=environment)


def _key(steps: Steps, wanted: Starter) -> tuple[tuple[str, str], ...]:
    """The key that may read the repository, and the variable with which git uses it."""
    path = f"/etc/{wanted.name}/deploy_key"
    spec = File(path=V(path), content=V(f"${{{KEY}}}\n"), owner=USER, group=USER, mode=V("600"))
    steps.add(spec, "Write the deploy key")
    # Which key the server has is believed the first time, and never again.
    return (("GIT_SSH_COMMAND", f"ssh -i {path} -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new"),)


def settings_file(steps: Steps, wanted: Starter) -> str:
    """The secrets as a file that systemd alone reads, and its path; "" where there are none.

    In single quotes every sign means itself (systemd.exec(5), EnvironmentFile=)."""
    if not wanted.secrets:
        return ""
    path = f"/etc/{wanted.name}/secrets.env"
    lines = "".join(f"{name}='${{{name}}}'\n" for name in wanted.secrets)
    spec = File(path=Value.of(path), content=V(lines), owner=ROOT, group=ROOT, mode=Value.of("600"))
    steps.add(spec, "Write the secrets for the application", tells=(APPLICATION,))
    return path


def unit(steps: Steps, wanted: Starter, *, lines: Iterable[str]) -> None:
    """A unit of systemd that keeps the application running; `lines` are those of its service, as a plan writes them."""
    path = settings_file(steps, wanted)
    service = "\n".join((*lines, *([f"EnvironmentFile={path}"] if path else [])))
    text = _UNIT.format(name=wanted.name, service=service)
    spec = File(path=Value.of(f"/etc/systemd/system/{wanted.name}.service"), content=V(text), mode=Value.of("644"))
    steps.add(spec, "Write the unit of the application", tells=(APPLICATION,))
    name = Value.of(wanted.name)
    steps.add(
        Service(name=name, state="started", enabled=True, daemon_reload=True), "Start the application, also at boot"
    )
    steps.restart(APPLICATION, Service(name=name, state="restarted"), "Restart the application")


def served(steps: Steps, wanted: Starter, *, folder: str, command: str, more: Iterable[str] = ()) -> None:
    """The application at its port, with nginx before it where that is wanted, until it answers."""
    around = ["User=${APP_USER}", f"WorkingDirectory={folder}"]
    unit(steps, wanted, lines=[*around, *more, "Environment=PORT=${APP_PORT}", f"ExecStart={command}"])
    if wanted.nginx:
        site(steps, wanted)
    check(steps, wanted)


def program(command: str, folder: str = _PATH, inside: str = "") -> str:
    """A command line for a unit, which seeks no program by itself: those without a path are in `folder`, those that
    begin with `./` in `inside`. Only systemd's own `%` is escaped: `${PORT}` is for systemd to fill in."""
    first, blank, rest = command.strip().partition(" ")
    if "/" not in first:
        first = f"{folder}/{first}"
    elif first.startswith("./"):
        first = f"{inside}{first[1:]}"
    return first + literal(f"{blank}{rest}".replace("%", "%%"))


def literal(text: str) -> str:
    """A text in which nothing is a variable of the plan."""
    return Value.of(text).stored()


def site(steps: Steps, wanted: Starter, body: str = _PROXY) -> None:
    """A site of nginx, in the place of the one that comes with it."""
    available, enabled = (Value.of(f"/etc/nginx/sites-{state}/{wanted.name}") for state in ("available", "enabled"))
    text = V(_SITE.format(body=body))
    steps.add(File(path=available, content=text, mode=Value.of("644")), "Write the site of nginx", tells=(NGINX,))
    steps.add(Link(path=enabled, target=available, force=True), "Turn the site on", tells=(NGINX,))
    default = Absent(path=Value.of("/etc/nginx/sites-enabled/default"))
    steps.add(default, "Turn off the site that comes with nginx", tells=(NGINX,))
    steps.add(Service(name=Value.of("nginx"), state="started", enabled=True), "Start nginx, also at boot")
    steps.restart(NGINX, Service(name=Value.of("nginx"), state="reloaded"), "Reload nginx")


def check(steps: Steps, wanted: Starter) -> None:
    """The application answers: through nginx where that stands before it, else at its own port."""
    path = literal(wanted.health)
    url = V(f"http://127.0.0.1{path}" if wanted.nginx else f"http://127.0.0.1:${{APP_PORT}}{path}")
    headers = (("Host", V("${APP_DOMAIN}")),) if wanted.nginx else ()
    spec = HttpCheck(url=url, headers=headers, retries=Value.of("10"), delay=Value.of("3"))
    steps.add(spec, "Ask whether the application answers")
