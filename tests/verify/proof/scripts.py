"""Scripts that run in a world as it is guessed, of all families, with what may be done to their manifests.

Each mutation is a pattern of the repository's files and what takes its place; the first that matches is changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A script, and by what is done to its manifests: the file, what is replaced there, and by what."""

    script: str
    sabotage: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


TASKS = "roles/*/tasks/main.yml"
HANDLERS = "roles/*/handlers/main.yml"


def task(name: str) -> str:
    """The task of that name, up to the next blank line, with the comments above it."""
    return rf"(?:# [^\n]*\n)*- name: \"?{name}(?:.|\n)*?(?=\n\n|\Z)"


CASES: Mapping[str, Case] = {
    "files": Case(
        script="""\
#!/bin/bash
set -e
# the usual mess of a hand-made server
mkdir -p /srv/notes/data/incoming
chown www-data:www-data /srv/notes/data/incoming
chmod 2770 /srv/notes/data/incoming
cat > /etc/notes.conf <<CONF
root = /srv/notes/data
owner = $(whoami)
CONF
chmod 640 /etc/notes.conf
chgrp adm /etc/notes.conf
ln -sfn /srv/notes/data /srv/notes/current
echo "0 4 * * * find /srv/notes/data/incoming -mtime +7 -delete" | crontab -
rm -f /etc/issue.net
touch /srv/notes/.installed
""",
        sabotage={
            "mode": (TASKS, 'mode: "02770"', 'mode: "0770"'),
            "owner": (TASKS, "owner: www-data", "owner: root"),
            "group": (TASKS, "group: adm", "group: root"),
            "state": (TASKS, "state: absent", "state: touch"),
            "path": (TASKS, "path: /srv/notes/.installed", "path: /srv/notes/installed"),
            "link": (TASKS, "src: /srv/notes/data", "src: /srv/notes"),
            "drop": (TASKS, task("Write /etc/notes.conf"), ""),
            "when": (TASKS, "- name: Remove /etc/issue.net\n", "- name: Remove /etc/issue.net\n  when: false\n"),
        },
    ),
    "accounts": Case(
        script="""\
#!/bin/sh
set -e
id -u poster >/dev/null 2>&1 || useradd -r -m -d /var/lib/poster -s /usr/sbin/nologin poster
groupadd -f readers
usermod -aG readers poster
mkdir -p /var/lib/poster/queue
chown poster:readers /var/lib/poster/queue
echo 'poster ALL=(root) NOPASSWD: /bin/systemctl restart cron' > /etc/sudoers.d/poster
chmod 0440 /etc/sudoers.d/poster
hostname=$(hostname)
LIMITS=/etc/security/limits.d/poster.conf
grep -q 'poster soft' $LIMITS 2>/dev/null || echo 'poster soft nofile 4096' >> $LIMITS
""",
        sabotage={
            "home": (TASKS, "home: /var/lib/poster", "home: /home/poster"),
            "shell": (TASKS, "shell: /usr/sbin/nologin", "shell: /bin/bash"),
            "group": (TASKS, "groups:\n *- readers", "groups:\n      - adm"),
            "owner": (TASKS, "owner: poster", "owner: root"),
            "mode": (TASKS, 'mode: "0440"', 'mode: "0644"'),
            "line": (TASKS, "nofile 4096", "nofile 1024"),
        },
    ),
    "services": Case(
        script="""\
#!/bin/bash
set -euo pipefail
cat > /usr/local/bin/heartbeat <<'BEAT'
#!/bin/sh
while true; do date > /run/heartbeat; sleep 30; done
BEAT
chmod 755 /usr/local/bin/heartbeat
cat > /etc/systemd/system/heartbeat.service <<'UNIT'
[Unit]
Description=Heartbeat
[Service]
User=nobody
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable heartbeat
systemctl restart heartbeat
systemctl disable --now cron
""",
        sabotage={
            "enabled": (TASKS, "enabled: true", "enabled: false"),
            "unit": ("roles/*/files/heartbeat.service", "User=nobody", "User=root"),
            "drop": (TASKS, task("Disable and stop cron"), ""),
            "state": (TASKS, "state: stopped", "state: started"),
            "path": (TASKS, "dest: /usr/local/bin/heartbeat", "dest: /usr/bin/heartbeat"),
        },
    ),
    "packages": Case(
        script="""\
#!/bin/bash
set -e
apt-get update
DEBIAN_FRONTEND=noninteractive apt-get install -y nginx-light tree
cat > /etc/nginx/sites-available/wiki <<'SITE'
server {
    listen 8080;
    root /var/www/wiki;
}
SITE
ln -sf /etc/nginx/sites-available/wiki /etc/nginx/sites-enabled/wiki
rm -f /etc/nginx/sites-enabled/default
mkdir -p /var/www/wiki
echo '<h1>wiki</h1>' > /var/www/wiki/index.html
nginx -t
systemctl restart nginx
""",
        sabotage={
            "port": ("roles/*/files/wiki", "listen 8080", "listen 8081"),
            "package": (TASKS, "\n *- tree", ""),
            "default": (TASKS, task("Remove /etc/nginx/sites-enabled/default"), ""),
            "restart": (HANDLERS, "state: restarted", "state: stopped"),
            "link": (TASKS, "dest: /etc/nginx/sites-enabled/wiki", "dest: /etc/nginx/sites-enabled/other"),
        },
    ),
    "checkout": Case(
        script="""\
#!/bin/bash
set -e
APP=/srv/blog
BRANCH=stable
if [ ! -d "$APP/.git" ]; then
  git clone -b $BRANCH https://git.example.com/acme/blog.git "$APP"
fi
cd "$APP"
git pull origin $BRANCH
mkdir -p /srv/blog/storage
chown www-data:www-data /srv/blog/storage
systemctl restart blog
""",
        sabotage={
            "branch": ("inventories/*/group_vars/all/*.yml", "branch: stable", "branch: main"),
            "path": ("inventories/*/group_vars/all/*.yml", "app: /srv/blog", "app: /srv/blog2"),
            "owner": (TASKS, "owner: www-data", "owner: games"),
            "drop": (HANDLERS, "state: restarted", "state: started"),
        },
    ),
    "container": Case(
        script="""\
#!/bin/bash
set -e
docker network create backend 2>/dev/null || true
docker pull registry.example.com/acme/shop:3
docker stop shop || true
docker rm shop || true
docker run -d --name shop --restart unless-stopped --network backend -p 127.0.0.1:8080:80 -v /srv/shop/data:/data:ro \\
  -e APP_ENV=production --memory 256m registry.example.com/acme/shop:3
""",
        sabotage={
            "port": (HANDLERS, "127.0.0.1:8080:80", "127.0.0.1:8081:80"),
            "volume": (HANDLERS, "/data:ro", "/data"),
            "restart": (HANDLERS, "restart_policy: unless-stopped", "restart_policy: always"),
            "environment": (HANDLERS, "APP_ENV: production", "APP_ENV: staging"),
            "memory": (HANDLERS, "memory: 256m", "memory: 512m"),
            "image": (HANDLERS, "image: (\\S+)shop:3", "image: registry.example.com/acme/shop:4"),
        },
    ),
}
