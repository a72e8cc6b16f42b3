"""The service and the timer of systemd that let a host pull, as templates of Ansible."""

from __future__ import annotations

from collections.abc import Mapping

_SERVICE = """\
# {{ ansible_managed }}
[Unit]
Description=Pull the deployment of SLUG and apply it to this host
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={{ pull_user }}
StateDirectory=SLUG-pull
Environment=LANG=C.UTF-8
Environment="PULL_REPOSITORY={{ pull_repository | replace('%', '%%') }}"
Environment="PULL_ENVIRONMENT={{ pull_environment }}"
Environment="PULL_HOST={{ inventory_hostname }}"
Environment="PULL_BRANCH={{ pull_branch }}"
Environment="PULL_APPLY={{ pull_apply }}"
Environment="PULL_VERIFY_COMMIT={{ pull_verify_commit | lower }}"
Environment="PULL_ANSIBLE={{ pull_ansible }}"
Environment=GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=gpg.ssh.allowedSignersFile
Environment=GIT_CONFIG_VALUE_0=/etc/SLUG-pull/allowed_signers
MORE# What this host alone is told, secrets too; it wins over the lines above.
EnvironmentFile=-/etc/SLUG-pull/environment
ExecStart=/usr/local/sbin/SLUG-pull
TimeoutStartSec=1h
# What a task has started goes on after the run, as it does after a login over ssh.
KillMode=process
"""
_TIMER = """\
# {{ ansible_managed }}
[Unit]
Description=Pull the deployment of SLUG now and then

[Timer]
OnActiveSec={{ pull_first }}
OnUnitInactiveSec={{ pull_every }}
RandomizedDelaySec={{ pull_jitter }}

[Install]
WantedBy=timers.target
"""


def units(slug: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Both by their kind; `environment` is what each run has besides what the role knows."""
    more = "".join(f"Environment={name}={value}\n" for name, value in environment.items())
    texts = {"service": _SERVICE.replace("MORE", more), "timer": _TIMER}
    return {kind: text.replace("SLUG", slug) for kind, text in texts.items()}
