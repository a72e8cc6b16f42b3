"""The role that keeps a host pulling: it installs the program and its units, and is applied again at each pull."""

from __future__ import annotations

from typing import Any

from converter.model.tree import TreeFile
from converter.render.delivery.outline import Outline
from converter.render.delivery.pull.program import program
from converter.render.delivery.pull.units import units
from converter.render.yaml import Item, document, listing, mapping

ROLE = "pull"
_OWNED = {"owner": "root", "group": "root"}
# Where Debian's node_exporter looks for metrics of others.
_TEXTFILES = "/var/lib/prometheus/node-exporter"

_SIGNERS = """\
# Whose commits are applied where pull_verify_commit is true: a line each, as ssh-keygen(1) reads them.
# ada@example.com namespaces="git" ssh-ed25519 AAAA...
"""


def role(outline: Outline, slug: str, apply: str, environment: dict[str, str]) -> list[TreeFile]:
    """All of its files; `apply` is what is done where no commit is new, `environment` what each run has besides."""
    root = f"roles/{ROLE}"
    return [
        TreeFile(path=f"{root}/defaults/main.yml", text=_defaults(slug, apply)),
        TreeFile(path=f"{root}/tasks/main.yml", text=listing([*_installed(slug), *_started(slug)])),
        TreeFile(path=f"{root}/handlers/main.yml", text=listing(_handlers(slug))),
        TreeFile(path=f"{root}/meta/main.yml", text=_meta(slug)),
        TreeFile(path=f"{root}/files/pull.sh", text=program(outline, slug), executable=True),
        TreeFile(path=f"{root}/files/allowed_signers", text=_SIGNERS),
        *(
            TreeFile(path=f"{root}/templates/pull.{kind}.j2", text=text)
            for kind, text in units(slug, environment).items()
        ),
    ]


def _defaults(slug: str, apply: str) -> str:
    mode = (
        "`always` corrects what was changed by hand at each run; `commit` only applies what is new, and else reports"
        " what differs."
    )
    entries: list[tuple[str, Any, list[str]]] = [
        ("pull_every", "30min", ["How long a host waits after a run (systemd.time)."]),
        ("pull_jitter", "5min", ["How much longer at most, so that not all hosts ask at once."]),
        ("pull_first", "1min", ["How long after the start of the host, or a change of these."]),
        ("pull_apply", apply, [mode]),
        (
            "pull_verify_commit",
            False,
            ["Whether a commit has to be signed, by one of files/allowed_signers or a key of gpg that the user has."],
        ),
        ("pull_ansible", f"/opt/{slug}-pull/bin", ["Where Ansible is."]),
        (
            "pull_application",
            "",
            ["The repository of the application, as git clone takes it; none is this repository itself."],
        ),
        ("pull_application_version", "main", ["Which branch, tag or commit of it."]),
        ("pull_repository", "{{ lookup('ansible.builtin.env', 'PULL_REPOSITORY') }}", ["Told once, at the start."]),
        ("pull_environment", "{{ inventory_dir | basename }}", ["Which machine this is, by the way it was started."]),
        ("pull_user", "{{ lookup('ansible.builtin.pipe', 'id -un') }}", []),
    ]
    return mapping(entries, ["How a host pulls. A change here reaches the hosts with the next pull."])


def _installed(slug: str) -> list[Item]:
    asserted = [
        "ansible_play_hosts_all | length == 1",
        "ansible_user | default(pull_user) == pull_user",
        "pull_repository | length > 0",
    ]
    said = "Start this on the host itself, with --limit, as the user of the inventory, and name the repository"
    return [
        _task("Make sure that this is the host that it is meant for", "assert", {"that": asserted, "fail_msg": said}),
        _task(
            "Create the directory of its settings",
            "file",
            {"path": f"/etc/{slug}-pull", "state": "directory", **_OWNED, "mode": "0755"},
            become=True,
        ),
        _task(
            "Install the program",
            "copy",
            {"src": "pull.sh", "dest": f"/usr/local/sbin/{slug}-pull", **_OWNED, "mode": "0755"},
            become=True,
        ),
        _task(
            "Say whose signatures count",
            "copy",
            {"src": "allowed_signers", "dest": f"/etc/{slug}-pull/allowed_signers", **_OWNED, "mode": "0644"},
            become=True,
        ),
    ]


def _started(slug: str) -> list[Item]:
    names = [f"{slug}-pull.service", f"{slug}-pull.timer"]
    return [
        _task(
            "Write its service and its timer",
            "template",
            {
                "src": "pull{{ item | splitext | last }}.j2",
                "dest": "/etc/systemd/system/{{ item }}",
                **_OWNED,
                "mode": "0644",
            },
            become=True,
            loop=names,
            notify=["Start the timer anew"],
        ),
        _task(
            "Enable and start the timer",
            "systemd_service",
            {"name": names[1], "state": "started", "enabled": True, "daemon_reload": True},
            become=True,
        ),
        _task("Ask whether node_exporter reads files", "stat", {"path": _TEXTFILES}, register="pull_textfiles"),
        _task(
            "Show it how the last run ended",
            "file",
            {
                "src": f"/var/lib/{slug}-pull/metrics.prom",
                "dest": f"{_TEXTFILES}/{slug}-pull.prom",
                "state": "link",
                "force": True,
            },
            become=True,
            when=["pull_textfiles.stat.exists"],
        ),
    ]


def _handlers(slug: str) -> list[Item]:
    options = {"name": f"{slug}-pull.timer", "state": "restarted", "daemon_reload": True}
    return [_task("Start the timer anew", "systemd_service", options, become=True)]


def _task(name: str, module: str, options: dict[str, Any], **more: Any) -> Item:
    become = {"become": True} if more.pop("become", False) else {}
    return Item({"name": name, **become, f"ansible.builtin.{module}": options, **more})


def _meta(slug: str) -> str:
    about = {
        "author": "the maintainers of this repository",
        "description": f"Lets a host pull the deployment of {slug}",
        "license": "proprietary",
        "min_ansible_version": "2.16",
    }
    return document({"galaxy_info": about, "dependencies": []})
