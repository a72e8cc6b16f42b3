"""What is never compared, each with its reason: it is the same thing told twice, or the system's own business."""

from __future__ import annotations

from collections.abc import Mapping

PATHS: Mapping[str, str] = {
    "/etc/passwd": "users are compared by meaning",
    "/etc/passwd-": "the copy before the last change",
    "/etc/shadow": "users are compared by meaning; salts are random",
    "/etc/shadow-": "the copy before the last change",
    "/etc/group": "groups are compared by meaning",
    "/etc/group-": "the copy before the last change",
    "/etc/gshadow": "groups are compared by meaning",
    "/etc/gshadow-": "the copy before the last change",
    "/etc/subuid": "numbers are given out by useradd",
    "/etc/subuid-": "the copy before the last change",
    "/etc/subgid": "numbers are given out by useradd",
    "/etc/subgid-": "the copy before the last change",
    "/etc/.pwd.lock": "held while users are changed",
    "/etc/ld.so.cache": "made from the libraries, which are compared",
    "/root/.ansible": "where Ansible works",
    "/var/cache": "what can be made again",
    "/var/lib/apt": "apt's own notes; packages are compared by meaning",
    "/var/lib/docker-engine": "containers are compared by meaning",
    "/var/lib/mysql": "databases are compared by meaning",
    "/var/lib/postgresql": "databases are compared by meaning",
    "/var/lib/dpkg": "dpkg's own notes; packages are compared by meaning",
    "/var/lib/systemd": "systemd's own notes; units are compared by meaning",
    "/var/lib/logrotate": "when logs were rotated",
    "/var/lib/private": "folders of services that run",
    "/var/lib/world": "notes of the recorders, which are compared by meaning",
    "/var/log/world": "notes of the recorders, which are compared by meaning",
    "/var/log/apt": "times of installations",
    "/var/log/dpkg.log": "times of installations",
    "/var/log/alternatives.log": "times of installations",
    "/var/log/journal": "what services print",
    "/var/log/lastlog": "times of logins",
    "/var/log/wtmp": "times of logins",
    "/var/log/btmp": "times of logins",
    "/var/log/faillog": "times of logins",
    "/var/log/auth.log": "what services print",
    "/var/log/syslog": "what services print",
    "/var/log/nginx": "what services print",
    "/var/log/postgresql": "what services print",
    "/var/log/mysql": "what services print",
    "/var/spool/cron": "crontabs are compared by meaning",
}
# Anywhere in a path.
NAMES: Mapping[str, str] = {
    ".ansible": "where Ansible works",
    "__pycache__": "made by Python as it runs",
    "_logs": "what npm prints",
    ".git": "working copies are compared by meaning",
    ".bash_history": "what was typed",
    ".sudo_as_admin_successful": "that sudo was used",
    ".docker": "logins are compared by meaning",
    ".ssh": "keys that the world itself has put there",
}
# Things whose names are random, as patterns of the whole name.
RANDOM: Mapping[str, str] = {
    r"/var/tmp/systemd-private-": "private folders of services that run",
    r"^ansible-tmp-": "where Ansible works",
}
