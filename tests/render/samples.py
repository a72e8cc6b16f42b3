"""Specs of every kind, with most of their fields set at least once, and the plan that holds all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from converter.model.plan import Edge, EdgeKind, Environment, HostGroup, Plan, PlanVariable, VariableKind
from converter.model.resource import Origin, Phase, Resource, Spec
from converter.model.source import Span
from converter.model.trace import (
    AnyOf,
    Compare,
    Context,
    Guard,
    Host,
    NotEmpty,
    PathTest,
    Retry,
    RunsOn,
    StepSucceeded,
    Subject,
    Succeeds,
    Test,
)
from converter.model.value import CommandOutput, Glob, Literal, Value
from converter.render.ansible.kinds.container_flags import DOCKER, PODMAN
from converter.resources import KINDS


def v(text: str) -> Value:
    """A value as `plan.yaml` writes it: `${NAME}` is a variable."""
    return Value.parsed(text)


def made(kind: str, /, **fields: object) -> Spec:
    """A spec of the kind; strings become values where the field is one."""
    cls = KINDS[kind]
    types = {field.name: str(field.type) for field in msgspec.structs.fields(cls)}
    return cls(**{name: _field(types[name], given) for name, given in fields.items()})


def _field(declared: str, given: object) -> object:
    if isinstance(given, str):
        return v(given) if "Value" in declared else given
    if isinstance(given, dict):
        return tuple((name, v(value) if "Value" in declared else value) for name, value in given.items())
    if isinstance(given, list):
        return tuple(tuple(map(v, item)) if isinstance(item, list) else v(item) for item in given)
    return given


def span(line: int) -> Span:
    """Lines of the script."""
    return Span(path="deploy.sh", line=line, end_line=line)


CWD = v("/srv/shop")


def resource(spec: Spec, line: int = 1, **fields: object) -> Resource:
    """A resource of the host group `web`."""
    given: dict[str, Any] = {
        "address": f"{spec.kind}.{spec.label()}#{line}",
        "kind": spec.kind,
        "spec": spec,
        "name": spec.summary(),
        "origin": Origin(spans=(span(line),), rule="test"),
        "context": Context(cwd=CWD),
        "on": "web",
        "steps": (line,),
        **fields,
    }
    return Resource(**given)


def asked(subject: Subject, id: str = "t1", negated: bool = False, cwd: Value = CWD) -> Test:
    """A condition."""
    return Test(id=id, subject=subject, negated=negated, context=Context(cwd=cwd), span=span(1))


def kinds() -> Iterator[Spec]:
    """At least one spec of every kind."""
    for kind, several in SPECS.items():
        for fields in several:
            yield made(kind, **fields)


PATTERN = Value(Literal("/tmp/build-"), Glob("*"))
HOLDS: Guard = (asked(PathTest(path=v("/srv/shop/.env"), state="exists"), "demand"),)
# What an option of `docker run` may say, where the modules ask for more than text.
_FLAGS = {
    "health-cmd": "curl -f http://localhost/",
    **dict.fromkeys(("health-interval", "health-timeout", "health-start-period"), "10s"),
    **dict.fromkeys(("init", "read-only", "publish-all", "oom-kill-disable"), "true"),
    **dict.fromkeys(("sysctl", "storage-opt"), "net.core.somaxconn=1024"),
    **dict.fromkeys(
        """blkio-weight cpu-period cpu-quota cpu-shares memory-swappiness oom-score-adj pids-limit stop-timeout
        health-retries""".split(),
        "10",
    ),
    "mount": "type=bind,source=/srv/a,target=/a,readonly",
    "ulimit": "nofile=1024:2048",
    "gpus": "device=0,2",
    "cgroupns": "host",
    "tmpfs": "/run:size=64m",
}
NETWORK_FLAGS = {"ip": "10.0.0.5", "ip6": "2001:db8::5", "network-alias": "shop", "link": "db:database"}
DOCKER_FLAGS = {
    **{name: _FLAGS.get(name, "x") for name in DOCKER},
    **{n: t for n, t in _FLAGS.items() if "health" in n},
}
PODMAN_FLAGS = {name: _FLAGS.get(name, "x") for name in PODMAN if name != "no-healthcheck"}
SPECS: dict[str, tuple[dict[str, object], ...]] = {
    "absent": ({"path": "/tmp/x"}, {"path": "${APP_DIR}/old", "recursive": True}, {"path": PATTERN, "recursive": True}),
    "alternative": (
        {"name": "java", "path": "/usr/lib/jvm/bin/java"},
        {"name": "editor", "path": "/usr/bin/vim", "link": "/usr/bin/editor", "priority": "50", "state": "present"},
    ),
    "apache_module": ({"name": "rewrite"}, {"name": "status", "state": "absent", "force": True}),
    "apache_site": (
        {"name": "shop"},
        {"name": "000-default.conf", "state": "absent"},
        {"name": "charset", "what": "conf"},
    ),
    "archive": (
        {"src": "/tmp/app.tar.gz", "dest": "${APP_DIR}"},
        {"src": "app.zip", "dest": "/opt", "remote": False, "creates": "/opt/app"},
        {"src": "/tmp/n.tgz", "dest": "/opt", "strip_components": "1", "extra": ["--no-same-owner"]},
    ),
    "archive_create": (
        {"dest": "/srv/b.tar.gz", "sources": ["/srv/shop", "/etc/nginx"], "exclude": ["/srv/shop/tmp"]},
        {"dest": "/srv/b.zip", "sources": ["shop"], "format": "zip", "root": "/srv"},
        {"dest": "/srv/b.tar", "sources": ["shop"], "format": "tar", "root": "/srv", "exclude": ["*.log"]},
    ),
    "assertion": ({"condition": HOLDS, "message": ".env is missing"},),
    "authorized_key": (
        {"user": "deploy", "key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ x@y"},
        {"user": "root", "key": "ssh-rsa AAAA", "path": "/root/.ssh/authorized_keys", "exclusive": True},
    ),
    "capture": (
        {"variable": "CURRENT", "source": "readlink /srv/current | xargs basename"},
        {"variable": "CONTAINER_ID", "source": "docker run -d x", "changes": True},
        {"variable": "NEWEST", "source": "ls -1t | head -1", "strict": True, "pipefail": True},
    ),
    "command": (
        {
            "argv": ["php", "artisan", "migrate", "--force"],
            "source": "php artisan migrate --force",
            "effect": "changes",
        },
        {
            "source": "cat dump.sql | mysql shop",
            "stages": [["cat", "dump.sql"], ["mysql", "shop"]],
            "effect": "changes",
        },
        {"source": "zcat dump.sql.gz | mysql shop", "effect": "changes", "pipefail": True},
        {"source": "for f in *.sql; do mysql shop < $f; done", "effect": "changes", "errexit": True},
        {"argv": ["docker", "ps"], "source": "docker ps", "effect": "reads"},
        {"argv": ["./up"], "source": "./up", "effect": "changes", "unchanged": r"^\s*$|it's done"},
        {"argv": ["make"], "source": "make", "creates": "${APP_DIR}/build", "stdin": "yes\n"},
        {"argv": ["git", "rev-parse", "HEAD"], "source": "git rev-parse HEAD", "effect": "reads", "output": "SHA"},
        {"argv": ["./run.sh"], "source": "./run.sh", "log": "/var/log/run.log", "append_log": True},
        {"argv": ["mv", "a", "b"], "source": "mv a b", "removes": "a"},
        {
            "argv": ["psql", "-c", "alter user x password '${DB_PASSWORD}'"],
            "source": 'psql -c "..."',
            "effect": "changes",
        },
        {"argv": ["docker", "ps", "--format", "{{.Names}} {% x %}"], "source": "docker ps", "effect": "reads"},
    ),
    "compose_command": (
        {"project_src": "${APP_DIR}", "service": "web", "argv": ["npm", "run", "seed"], "tty": False, "user": "app"},
        {
            "project_src": "/srv/a",
            "service": "db",
            "argv": ["psql", "-U", "shop"],
            "files": ["a.yml"],
            "project_name": "a",
            "env_files": [".env"],
            "profiles": ["prod"],
            "workdir": "/w",
            "environment": {"LEVEL": "3", "PASSWORD": "${DB_PASSWORD}"},
            "index": "2",
            "stdin": "select 1;\n",
            "standalone": True,
        },
        {
            "project_src": "/srv/a",
            "service": "job",
            "fresh": True,
            "remove": True,
            "dependencies": False,
            "entrypoint": "sh",
            "volumes": ["./a:/a"],
            "detach": True,
        },
    ),
    "compose_project": (
        {"project_src": "${APP_DIR}", "remove_orphans": True},
        {
            "project_src": "/srv/a",
            "files": ["a.yml"],
            "build": "always",
            "pull": "always",
            "recreate": "always",
            "wait": True,
            "wait_timeout": "60",
        },
        {"project_src": "/srv/a", "state": "absent", "remove_volumes": True, "remove_images": "all", "timeout": "30"},
        {"project_src": "/srv/b", "state": "restarted", "services": ["web"], "dependencies": False},
        {"project_src": "/srv/b", "state": "stopped", "profiles": ["prod"], "env_files": [".env"], "project_name": "b"},
        {"project_src": "/srv/c", "state": "built"},
        {"project_src": "/srv/c", "state": "pulled"},
        {"project_src": "/srv/d", "standalone": True, "scale": {"worker": "3"}},
        {"project_src": "/srv/e", "standalone": True, "state": "built", "services": ["web"]},
        {"project_src": "/srv/e", "standalone": True, "state": "absent"},
    ),
    "composer_packages": (
        {"path": "${APP_DIR}", "dev": False, "optimize": True, "prefer_dist": True},
        {"path": "/srv/a", "command": "update", "scripts": False, "extra": ["--ignore-platform-reqs"]},
        {"path": "/srv/b", "command": "require", "names": ["acme/lib"], "executable": "/srv/b/composer.phar"},
    ),
    "container": (
        {
            "name": "web",
            "image": "nginx:1.27",
            "ports": ["80:80"],
            "volumes": ["/srv/www:/usr/share/nginx/html:ro"],
            "environment": {"TZ": "Europe/Berlin", "PASSWORD": "${DB_PASSWORD}"},
            "env_files": ["/srv/.env"],
            "restart": "unless-stopped",
            "networks": ["backend"],
            "labels": {"team": "shop"},
            "memory": "512m",
            "cpus": "1.5",
            "log_driver": "json-file",
            "log_options": {"max-size": "10m"},
        },
        {
            "name": "job",
            "image": "busybox",
            "command": ["sh", "-c", "echo hi"],
            "entrypoint": "/bin/sh",
            "user": "1000:1000",
            "workdir": "/w",
            "hostname": "job",
            "privileged": True,
            "capabilities": ["NET_ADMIN"],
            "interactive": True,
            "tty": True,
            "remove": True,
            "extra_hosts": ["db:10.0.0.2"],
            "pull": "always",
            "recreate": True,
        },
        {"name": "flags", "image": "x", "flags": DOCKER_FLAGS},
        {"name": "place", "image": "x", "networks": ["backend"], "flags": NETWORK_FLAGS},
        {"name": "shared", "image": "x", "flags": {"link": "db:database", "no-healthcheck": "true"}},
        {"name": "image-health", "image": "x", "flags": {"health-interval": "10s"}},
        {
            "name": "pod-fields",
            "image": "x",
            "runtime": "podman",
            "volumes": ["/srv/a:/a"],
            "environment": {"A": "1"},
            "env_files": ["/srv/.env"],
            "networks": ["backend"],
            "command": ["serve"],
            "entrypoint": "/bin/sh",
            "labels": {"team": "shop"},
            "memory": "512m",
            "cpus": "1.5",
            "user": "1000",
            "workdir": "/w",
            "hostname": "h",
            "privileged": True,
            "capabilities": ["NET_ADMIN"],
            "interactive": True,
            "tty": True,
            "remove": True,
            "extra_hosts": ["db:10.0.0.2"],
            "log_driver": "json-file",
            "log_options": {"max-size": "10m"},
            "pull": "always",
        },
        {"name": "pod-flags", "image": "x", "runtime": "podman", "flags": PODMAN_FLAGS},
        {"name": "old", "state": "absent"},
        {"name": "old2", "state": "stopped"},
        {"name": "old3", "state": "restarted"},
        {"name": "pod", "image": "quay.io/x/y", "runtime": "podman", "ports": ["8080:80"], "restart": "always"},
        {"name": "net", "image": "x", "networks": ["host"]},
        {"name": "retry", "image": "x", "restart": "on-failure:3"},
    ),
    "container_command": (
        {"container": "web", "argv": ["nginx", "-s", "reload"], "user": "root", "workdir": "/w", "tty": True},
        {"container": "db", "argv": ["psql"], "environment": {"A": "${GROUP}"}, "stdin": "select 1;"},
        {"container": "pod", "argv": ["ls"], "workdir": "/w", "detach": True, "runtime": "podman"},
    ),
    "container_network": (
        {"name": "backend"},
        {"name": "old", "driver": "bridge", "state": "absent"},
        {
            "name": "wide",
            "driver": "overlay",
            "subnet": "10.1.0.0/16",
            "gateway": "10.1.0.1",
            "ip_range": "10.1.2.0/24",
            "internal": True,
            "attachable": True,
            "ipv6": True,
            "labels": {"team": "shop"},
            "options": {"encrypted": "true"},
        },
    ),
    "container_prune": (
        {"what": "images"},
        {"what": "images", "all": True, "filters": {"until": "24h"}},
        {"what": "containers"},
        {"what": "volumes"},
        {"what": "networks"},
        {"what": "builder"},
        {"what": "system", "all": True, "volumes": True},
    ),
    "container_volume": (
        {"name": "data"},
        {"name": "old", "driver": "local", "state": "absent"},
        {"name": "fast", "options": {"type": "tmpfs", "device": "tmpfs"}, "labels": {"team": "shop"}},
    ),
    "cron_job": (
        {"job": "/srv/backup.sh > /dev/null", "minute": "0", "hour": "3", "user": "root"},
        {"job": "php artisan schedule:run", "special": "daily", "name": "schedule"},
        {
            "job": "/srv/a.sh",
            "file": "/etc/cron.d/a",
            "user": "www-data",
            "day": "1",
            "month": "*/2",
            "weekday": "1-5",
            "variables": {"MAILTO": "ops@example.com"},
        },
        {"job": "/srv/old.sh", "state": "absent"},
    ),
    "package_hold": ({"name": "docker-ce"}, {"name": "kubelet", "state": "free"}),
    "debconf_setting": (
        {"package": "postfix", "question": "postfix/mailname", "vtype": "string", "value": "example.com"},
    ),
    "directory": (
        {"path": "${APP_DIR}/logs"},
        {"path": "/srv/x", "mode": "700", "owner": "deploy", "group": "${GROUP}"},
    ),
    "django_command": (
        {"project": "${APP_DIR}", "arguments": ["migrate", "--noinput"], "virtualenv": "/srv/venv"},
        {"project": "/srv/a", "arguments": ["collectstatic", "-c"], "program": ["python", "manage.py"]},
        {"project": "/srv/a", "arguments": ["loadtenant", "it's {{ x }}", "${GROUP}"]},
        {"project": "/srv/a", "arguments": ["check", "--deploy"]},
        {"project": "/srv/a", "arguments": ["migrate", "shop", "0004"]},
    ),
    "download": (
        {"url": "https://e/x", "dest": "/x", "group": "www"},
        {"url": "https://e/x", "dest": "/x", "insecure": True},
        {"url": "https://example.com/a.tgz", "dest": "/tmp/a.tgz"},
        {
            "url": "https://example.com/${VERSION}/a",
            "dest": "/usr/local/bin/a",
            "mode": "+x",
            "owner": "root",
            "force": True,
            "checksum": "sha256:0123",
            "headers": {"Authorization": "Bearer ${API_TOKEN}"},
        },
    ),
    "file": (
        {"path": "/etc/g", "content": "x\n", "group": "www", "owner": "root"},
        {"path": "/etc/motd", "content": "Welcome\n"},
        {"path": "/etc/long.conf", "content": "a\nb\n{{ c }}\n# {% d %}\n"},
        {
            "path": "/etc/app.conf",
            "content": "#jinja2: trim_blocks: False\nroot ${APP_DIR};\n\n{{ x }} {${GROUP}}\n",
            "mode": "640",
        },
        {
            "path": "/srv/.env",
            "content": "DB_PASSWORD=${DB_PASSWORD}\n",
            "mode": "600",
            "owner": "www-data",
            "force": False,
        },
        {"path": "/etc/cron.d/empty", "content": ""},
        {"path": "/srv/no-end", "content": "no newline"},
    ),
    "file_attributes": (
        {"path": "${APP_DIR}/storage", "owner": "www-data", "group": "www-data", "recurse": True},
        {"path": PATTERN, "mode": "755"},
        {"path": "/srv/run.sh", "mode": "u+x,g-w"},
        {"path": "/srv/link", "owner": "root", "follow": False},
        {"path": "/srv/tree", "mode": "u=rwX,go=rX", "recurse": True},
    ),
    "file_copy": (
        {"src": "/a", "dest": "/b", "owner": "root", "group": "www"},
        {"src": "/srv/a.conf", "dest": "/etc/a.conf", "mode": "644"},
        {"src": "/srv/a/", "dest": "/srv/b", "recursive": True, "preserve": True},
        {"src": ".env.example", "dest": ".env", "force": False},
    ),
    "file_move": ({"src": "/tmp/a", "dest": "/srv/a"}, {"src": "/tmp/b", "dest": "/srv/b", "exact": True}),
    "firewall": (
        {"state": "enabled", "policy": {"incoming": "deny", "outgoing": "allow"}, "logging": "on"},
        {"state": "disabled"},
        {"state": "reset"},
    ),
    "firewall_rule": (
        {"rule": "allow", "source": "10.0.0.1", "source_port": "53", "route": True, "log": True},
        {"rule": "allow", "port": "22", "proto": "tcp"},
        {"rule": "allow", "app": "Nginx Full"},
        {"rule": "deny", "source": "203.0.113.0/24", "destination": "any", "direction": "in", "interface": "eth0"},
        {"rule": "limit", "port": "ssh", "delete": True, "comment": "x", "insert": "1"},
    ),
    "firewalld_rule": (
        {"source": "10.0.0.0/8"},
        {"rich_rule": "rule family=ipv4 accept"},
        {"interface": "eth0", "zone": "public"},
        {"masquerade": True, "immediate": False, "permanent": True},
        {"service": "http", "permanent": True},
        {"port": "8080/tcp", "zone": "public", "state": "disabled"},
    ),
    "git_checkout": (
        {
            "repo": "https://example.com/shop.git",
            "dest": "${APP_DIR}",
            "version": "${BRANCH}",
            "update": True,
            "force": True,
        },
        {"repo": "git@example.com:a/b.git", "dest": "/srv/b", "depth": "1", "submodules": True},
        {"dest": "/srv/c", "update": True, "own_modes": True},
        {"dest": "/srv/f", "fetch": True, "remote": "origin"},
        {"dest": "/srv/g", "fetch": True, "remote": "origin", "options": ["--prune", "main"]},
        {"dest": "/srv/d", "update": True, "version": "main", "remote": "origin", "force": True, "clean": True},
        {"dest": "/srv/e", "version": "v1.2"},
        {"dest": "/srv/g", "version": "v1.2", "force": True, "reset": True},
        {"dest": "/srv/h", "force": True},
        {"repo": "https://example.com/m.git", "dest": "/srv/m.git", "bare": True},
    ),
    "git_setting": (
        {"name": "user.name", "value": "Deploy", "scope": "global"},
        {"name": "core.filemode", "value": "false", "repo": "/srv/shop"},
        {"name": "safe.directory", "value": "/srv/shop", "scope": "system", "add": True},
    ),
    "group": ({"name": "deploy"}, {"name": "www", "gid": "1001", "system": True}, {"name": "old", "state": "absent"}),
    "hostname": ({"name": "web1"},),
    "http_request": (
        {"url": "https://example.com/hook"},
        {
            "url": "https://example.com/hook",
            "method": "PUT",
            "headers": {"Content-Type": "application/json", "X-Token": "${API_TOKEN}"},
            "body": '{"a": "{{b}}"}',
            "login": "ci",
            "password": "${API_TOKEN}",
            "timeout": "5",
            "insecure": True,
            "follow": True,
            "fails": True,
        },
    ),
    "http_check": (
        {"url": "http://localhost:8080/health"},
        {"url": "http://localhost:8080/ready", "retries": "10", "delay": "3"},
        {
            "url": "https://example.com/",
            "status": "200",
            "timeout": "5",
            "contains": "ok",
            "method": "POST",
            "insecure": True,
            "follow": True,
            "headers": {"X-Token": "${API_TOKEN}"},
            "body": '{"a": "{{b}}"}',
        },
    ),
    "image": (
        {"name": "nginx:1.27"},
        {
            "name": "shop:${VERSION}",
            "source": "build",
            "path": "${APP_DIR}",
            "dockerfile": "Dockerfile.prod",
            "arguments": {"NODE_ENV": "production"},
            "target": "run",
            "platform": "linux/amd64",
            "cache": False,
            "pull": True,
            "push": True,
            "force": True,
            "labels": {"team": "shop"},
            "network": "host",
            "cache_from": ["shop:latest"],
        },
        {"name": "old", "source": "absent"},
        {"name": "quay.io/a/b", "runtime": "podman"},
    ),
    "image_archive": (
        {"path": "/tmp/shop.tar.gz"},
        {"path": "/tmp/shop.tar", "names": ["shop:1.4"], "state": "saved"},
    ),
    "image_push": ({"name": "registry.example.com/shop:1"},),
    "image_tag": ({"name": "shop", "target": "registry.example.com/shop:1"},),
    "kernel_module": ({"name": "br_netfilter"}, {"name": "dummy", "state": "absent", "parameters": "numdummies=2"}),
    "line": (
        {"path": "/etc/environment", "line": "A=b: {{ c }}"},
        {"path": "/etc/ssh/sshd_config", "line": "PermitRootLogin no", "regexp": "^#?PermitRootLogin", "create": True},
        {"path": "/etc/x", "line": "gone", "state": "absent"},
        {"path": "/etc/y", "line": "", "regexp": "^x{2}", "state": "absent"},
    ),
    "link": (
        {"path": "/srv/current", "target": "/srv/r/1", "force": True},
        {"path": "/a", "target": "/b", "symbolic": False},
    ),
    "locale": (
        {"name": "de_DE", "state": "absent"},
        {"name": "en_US.UTF-8"},
    ),
    "make_target": (
        {"path": "${APP_DIR}"},
        {
            "path": "/srv/a",
            "targets": ["install"],
            "variables": {"PREFIX": "/usr"},
            "file": "Makefile.prod",
            "jobs": "4",
        },
        {"path": "/srv/a", "targets": ["assets", "styles"]},
    ),
    "mount": (
        {"path": "/data", "src": "/dev/sdb1", "fstype": "ext4", "options": ["noatime", "ro"], "persistent": True},
        {"path": "/mnt", "state": "unmounted"},
        {"path": "/mnt", "src": "/dev/sdc1", "fstype": "ext4"},
        {"path": "/data", "state": "remounted"},
    ),
    "node_packages": (
        {"path": "${APP_DIR}", "clean": True},
        {"path": "/srv/a", "production": True},
        {"names": ["pm2@latest", "yarn"], "global_": True},
        {"path": "/srv/b", "manager": "yarn", "frozen": True, "production": True},
        {"path": "/srv/b", "manager": "yarn"},
        {"path": "/srv/c", "manager": "pnpm", "extra": ["--prefer-offline"]},
        {"path": "/srv/c", "manager": "bun", "production": True},
        {"path": "/srv/f", "clean": True, "extra": ["--legacy-peer-deps"]},
        {"path": "/srv/d", "names": ["left-pad"], "extra": ["--legacy-peer-deps"]},
        {"path": "/srv/e", "state": "latest"},
        {"names": ["forever"], "global_": True, "state": "absent"},
    ),
    "package": (
        {"names": ["nginx", "git"], "update_cache": True, "recommends": False},
        {"names": ["curl"], "state": "latest"},
        {"names": ["apache2"], "state": "absent", "purge": True},
        {"names": ["epel-release"], "manager": "dnf"},
        {"names": ["httpd"], "manager": "yum", "update_cache": True},
        {"names": ["nginx"], "manager": "apk", "update_cache": True},
        {"names": ["code"], "manager": "snap", "classic": True},
        {"names": ["nginx"], "manager": "pacman", "state": "absent"},
        {"names": ["nginx"], "manager": "zypper"},
        {"names": ["jq"], "manager": "brew"},
        {"names": ["mysql-server=8.0"], "extra": ["--allow-downgrades"]},
    ),
    "package_cache": (
        {},
        {"manager": "dnf"},
        {"manager": "yum"},
        {"manager": "apk"},
        {"manager": "pacman"},
        {"manager": "zypper"},
        {"manager": "brew"},
    ),
    "package_cleanup": (
        {},
        {"what": "clean"},
        {"what": "autoclean"},
        {"purge": True},
        {"manager": "dnf"},
        {"manager": "yum", "what": "clean"},
    ),
    "package_diversion": (
        {"path": "/x", "holder": "pkg", "force": True},
        {"path": "/y", "state": "absent"},
        {"path": "/sbin/initctl", "divert": "/sbin/initctl.real", "rename": True},
    ),
    "package_key": (
        {"path": "/tmp/key.asc"},
        {"path": "/tmp/k.asc", "keyring": "/k.gpg", "dearmor": True},
        {"url": "https://example.com/key.asc", "keyring": "/etc/apt/keyrings/a.asc"},
        {"url": "https://example.com/key.gpg", "keyring": "/usr/share/keyrings/b.gpg", "dearmor": True},
        {"url": "https://example.com/old.asc"},
        {"keyserver": "keyserver.ubuntu.com", "id": "0xABCD"},
        {"url": "https://example.com/rpm.asc", "manager": "yum"},
    ),
    "package_repository": (
        {"repository": "ppa:old/x", "state": "absent"},
        {"repository": "ppa:ondrej/php"},
        {
            "repository": "deb https://example.com/apt stable main",
            "filename": "/etc/apt/sources.list.d/a.list",
            "update_cache": True,
        },
        {"repository": "https://example.com/a.repo", "manager": "yum"},
        {"repository": "https://example.com/b.repo", "manager": "dnf"},
        {"repository": "homebrew/cask", "manager": "brew"},
    ),
    "package_upgrade": (
        {"update_cache": True},
        {"mode": "dist"},
        {"mode": "full"},
        {"manager": "dnf"},
        {"manager": "apk"},
        {"manager": "yum"},
        {"manager": "pacman"},
    ),
    "pause": ({"seconds": "5"},),
    "pm2_process": (
        {
            "name": "shop",
            "script": "server.js",
            "cwd": "${APP_DIR}",
            "arguments": ["--port", "3000"],
            "options": ["-i", "max"],
        },
        {"name": "shop", "state": "restarted", "cwd": "/srv"},
        {"name": "shop", "state": "reloaded", "cwd": "/srv", "options": ["--update-env"]},
        {"name": "shop", "state": "stopped", "cwd": "/srv"},
        {"name": "shop", "state": "absent", "cwd": "/srv"},
        {"name": "eco", "state": "start_or_reload", "ecosystem": "ecosystem.config.js", "cwd": "/srv"},
        {"name": "eco", "ecosystem": "ecosystem.config.js", "cwd": "/srv", "options": ["--env", "production"]},
    ),
    "pm2_saved": ({}, {"startup": True}),
    "port_wait": ({"port": "5432"}, {"port": "80", "host": "db.example.com", "state": "closed", "timeout": "30"}),
    "process": (
        {
            "name": "w2",
            "command": "./w2 | tee x",
            "append_log": True,
            "log": "/var/log/w2",
            "error_log": "/var/log/w2.errors",
            "append_errors": True,
            "full": False,
            "stop_pattern": "w2",
        },
        {
            "name": "shop",
            "command": "java -jar app.jar --key='a b' %h ${DB_PASSWORD}",
            "cwd": "${APP_DIR}",
            "log": "app.log",
        },
        {"name": "worker", "command": "./worker", "stop": True, "stop_pattern": "worker", "signal": "TERM"},
        {"name": "gone", "command": "", "state": "stopped", "stop_pattern": "gone.*jar"},
        {"name": "pidded", "command": "", "state": "stopped", "pid_file": "/run/x.pid"},
        {"name": "noted", "command": "./noted", "pid_file": "/run/noted.pid"},
        {"name": "again", "command": "./again", "pid_file": "/run/again.pid", "stop": True, "replaces": True},
        {"name": "ended", "command": "", "state": "stopped", "stop_pattern": "e.jar", "unit": True, "settle": "5"},
    ),
    "python_packages": (
        {"requirements": "requirements.txt", "virtualenv": "${APP_DIR}/venv", "chdir": "${APP_DIR}"},
        {"names": ["gunicorn", "pip"], "virtualenv": "/srv/venv", "state": "latest"},
        {"names": ["flask"], "python": "/usr/bin/python3"},
        {"project": "/srv/shop", "editable": True, "virtualenv": "/srv/venv", "extra": ["--no-deps"]},
        {"names": ["old"], "state": "absent"},
    ),
    "reboot": ({}, {"delay": "5", "message": "x"}),
    "registry_login": ({"username": "ci", "password": "${DB_PASSWORD}", "registry": "registry.example.com"},),
    "replacement": (
        {"path": "/etc/a", "pattern": "foo{{1}}", "replacement": "\\\\1 bar"},
        {"path": "/b", "pattern": "x", "replacement": ""},
    ),
    "retention": (
        {"path": "/srv/shop/releases", "keep": "5"},
        {"path": "${APP_DIR}/old", "keep": "${COUNT}", "pattern": "v[0-9]*", "newest": "name", "what": "directory"},
        {"path": "/srv/backups", "keep": "7", "pattern": "*.gz", "recursive": False},
    ),
    "ruby_packages": (
        {"path": "/srv/a", "without": ["development", "test"], "deployment": True, "jobs": "4"},
        {"names": ["bundler"]},
        {
            "path": "/srv/b",
            "executable": "/usr/local/bin/bundle",
            "gemfile": "Gemfile.prod",
            "gem_path": "vendor",
            "binstubs": "bin",
            "local": True,
            "clean": True,
        },
    ),
    "service": (
        {"name": "nginx", "state": "started", "enabled": True, "daemon_reload": True},
        {"name": "nginx", "state": "reloaded"},
        {"name": "apache2", "state": "stopped", "enabled": False},
        {"name": "old", "masked": True},
        {"name": "shop", "state": "restarted", "user_scope": True},
    ),
    "supervised_program": (
        {"name": "worker:*", "state": "restarted"},
        {"name": "a", "state": "present", "config": "/etc/s.conf"},
        {"name": "b", "state": "stopped"},
    ),
    "supervisor_update": ({}, {"apply": False, "config": "/etc/s.conf"}),
    "swap_file": (
        {"path": "/swapfile", "size": "1G", "format": True, "enabled": True},
        {"path": "/swap", "size": "512M", "written": True},
        {"path": "/old", "enabled": False},
    ),
    "sync": (
        {
            "src": "${project_dir}/dist/",
            "dest": "/var/www/html",
            "delete": True,
            "compress": True,
            "excludes": [".git", "*.log"],
        },
        {
            "src": "/srv/a/",
            "dest": "/srv/b",
            "direction": "local",
            "archive": False,
            "includes": ["x"],
            "extra": ["--stats"],
        },
        {"src": "/srv/b", "dest": "backup", "direction": "pull", "checksum": True},
    ),
    "sysctl_setting": (
        {"name": "net.x", "value": "1 2", "ignore_errors": True},
        {"name": "vm.swappiness", "value": "10"},
        {"name": "a.b", "value": "1", "persistent": True, "file": "/etc/s"},
    ),
    "systemd_reload": ({}, {"user_scope": True}),
    "text_block": (
        {"path": "/etc/hosts", "block": "10.0.0.1 a\n10.0.0.2 b\n"},
        {"path": "/etc/new", "block": "x {{ y }}\n", "create": True},
    ),
    "timezone": ({"name": "Europe/Berlin"},),
    "touched_file": ({"path": "/var/log/a.log"}, {"path": "/b", "mode": "600", "owner": "a", "group": "b"}),
    "unresolved": ({"source": 'eval "$$X" {{ y }}', "reason": "eval of text known only at run time"},),
    "upload": (
        {"src": "dist/*.js", "dest": "/srv/js", "group": "www"},
        {"src": "app.jar", "dest": "${APP_DIR}/app.jar"},
        {"src": "dist", "dest": "/srv/dist", "recursive": True, "mode": "644", "owner": "www-data"},
        {"src": "/var/log/a.log", "dest": "logs/", "direction": "pull"},
    ),
    "user": (
        {
            "name": "m",
            "home": "/m",
            "move_home": True,
            "non_unique": True,
            "uid": "0",
            "hashed": True,
            "password": "$$6$$x",
            "expires": "0",
        },
        {"name": "deploy", "create_home": True, "shell": "/bin/bash", "groups": ["docker", "sudo"], "append": True},
        {"name": "app", "system": True, "home": "/srv/app", "create_home": False, "primary_group": "app", "uid": "900"},
        {"name": "pw", "password": "${DB_PASSWORD}", "comment": "A B", "password_lock": False},
        {"name": "old", "state": "absent", "remove": True, "force": True},
    ),
    "virtualenv": (
        {"path": "${APP_DIR}/venv"},
        {"path": "/v", "python": "python3.11", "site_packages": True, "tool": "virtualenv"},
    ),
}

# Conditions of every sort, each asked positively and negatively.
SUBJECTS: tuple[Subject, ...] = (
    *(PathTest(path=v("${APP_DIR}/.env"), state=state) for state in ("exists", "file", "directory", "link")),
    *(PathTest(path=v("/srv/x"), state=state) for state in ("executable", "readable", "writable", "nonempty")),
    Compare(left=v("${BRANCH}"), operator="==", right=v("main")),
    Compare(left=v("${COUNT}"), operator=">=", right=v("3"), numeric=True),
    Compare(left=v("${BRANCH}"), operator="matches", right=Value(Literal("release/"), Glob("*"))),
    Compare(left=v("${BRANCH}"), operator="=~", right=v("^v[0-9]+{2}")),
    Compare(left=v("it's {{ x }}"), operator="<", right=v("${BRANCH}")),
    NotEmpty(value=v("${BRANCH}")),
    Succeeds(argv=tuple(map(v, ("command", "-v", "docker"))), text=v("command -v docker")),
    Succeeds(argv=tuple(map(v, ("grep", "-q", "a b", "f"))), text=v("grep -q 'a b' f")),
    Succeeds(text=v("docker ps | grep -q ${APP_DIR}")),
)
HOST = Host(
    address=v("203.0.113.10"), user=v("deploy"), port=v("2222"), jump=v("jump@bastion"), identity_file=v("~/.ssh/id")
)
VARIABLES = (
    PlanVariable(name="APP_DIR", kind=VariableKind.FIXED, value=v("/srv/shop"), help="Where it is", span=span(1)),
    PlanVariable(name="CONFIG", kind=VariableKind.FIXED, value=v("${APP_DIR}/config {{ x }}")),
    PlanVariable(name="GROUP", kind=VariableKind.FIXED, value=v("www-data")),
    PlanVariable(name="environment", kind=VariableKind.FIXED, value=v("yes")),
    PlanVariable(name="COUNT", kind=VariableKind.FIXED, value=v("0755")),
    PlanVariable(name="BRANCH", kind=VariableKind.INPUT, value=v("main"), help="Branch to deploy"),
    PlanVariable(name="branch", kind=VariableKind.INPUT, required=True),
    PlanVariable(name="1", kind=VariableKind.INPUT, required=True, help="First argument"),
    PlanVariable(name="project_dir", kind=VariableKind.INPUT, value=v("/opt/shop")),
    PlanVariable(name="HOME", kind=VariableKind.INPUT),
    PlanVariable(
        name="VERSION", kind=VariableKind.COMPUTED, value=Value(CommandOutput("git describe | cut -c2-")), on="local"
    ),
    PlanVariable(name="NOW", kind=VariableKind.COMPUTED, value=Value(CommandOutput("date +%F")), on="web"),
    PlanVariable(
        name="TAG", kind=VariableKind.COMPUTED, value=Value(Literal("r-"), CommandOutput("date +%s")), on="web"
    ),
    PlanVariable(name="DB_PASSWORD", kind=VariableKind.SECRET, required=True, help="Of the database"),
    PlanVariable(name="API_TOKEN", kind=VariableKind.SECRET),
)


def plan_of(resources: tuple[Resource, ...], **fields: object) -> Plan:
    """A plan of the host group `web`."""
    given: dict[str, Any] = {
        "name": "shop",
        "runs_on": RunsOn.WORKSTATION,
        "environments": (Environment(name="production", groups=(HostGroup(name="web", hosts=(HOST,)),)),),
        "variables": VARIABLES,
        "resources": resources,
        **fields,
    }
    return Plan(**given)


def command(text: str = "make install", **fields: object) -> Spec:
    """A kept command."""
    return made("command", argv=text.split(), source=text, effect="changes", **fields)


def everything() -> Plan:
    """All kinds, under all sorts of contexts and conditions."""
    resources = [resource(spec, line) for line, spec in enumerate(kinds(), 100)]
    resources += _conditions(1000)
    resources += _contexts(2000)
    handler = resource(made("service", name="shop", state="restarted"), 3000, handler=True)
    last = resource(command("make last"), 3001)
    edge = Edge(kind=EdgeKind.NOTIFIES, first=resources[2].address, second=handler.address)
    return plan_of((*resources, handler, last), edges=(edge,))


def _conditions(line: int) -> list[Resource]:
    found = []
    for index, subject in enumerate(SUBJECTS):
        for negated in (False, True):
            guard = (asked(subject, f"t{index}", negated),)
            found.append(resource(command(f"make t{index} {negated}"), line + 2 * index + negated, guard=guard))
    either = AnyOf(
        alternatives=((asked(SUBJECTS[0], "t0"), asked(SUBJECTS[8], "t8", True)), (asked(SUBJECTS[14], "t14"),))
    )
    both = (asked(either, "any"), asked(SUBJECTS[13], "t13"))
    found.append(resource(command("make any"), line + 900, guard=both))
    found.append(resource(command("make maybe"), line + 901))
    failed = (asked(StepSucceeded(step=line + 901), "failed", True),)
    found.append(resource(command("make otherwise"), line + 902, guard=failed))
    worked = (asked(StepSucceeded(step=line + 902), "worked"),)
    found.append(resource(command("make then"), line + 903, guard=worked))
    return found


def _contexts(line: int) -> list[Resource]:
    env = (("NODE_ENV", v("production")), ("KEY", v("${API_TOKEN}")))
    contexts = (
        Context(cwd=CWD, user=v("root")),
        Context(cwd=v("${HOME}"), user=v("${GROUP}"), environment=env),
        Context(cwd=v("/"), host=HOST),
    )
    found = [
        resource(command(f"make c{index}"), line + index, context=context) for index, context in enumerate(contexts)
    ]
    found.append(resource(command("make tolerated"), line + 10, tolerated=True, reason="it may fail"))
    found.append(resource(command("make retried"), line + 11, retry=Retry(attempts=5, delay=3)))
    found.append(resource(command("make for ever"), line + 12, retry=Retry(attempts=None, delay=3)))
    found.append(resource(made("http_check", url="http://x/"), line + 13, retry=Retry(attempts=5, delay=0)))
    found.append(resource(command("make local"), line + 14, on="local", context=Context(cwd=v("${project_dir}"))))
    found.append(resource(command("make build"), line + 15, on="local", phase=Phase.BUILD))
    comment = "the author's words:\n  - not: yaml {{ at }} all\x07"
    origin = Origin(spans=(span(7), span(9)), comment=comment)
    found.append(
        resource(made("directory", path="/srv/{{ x }}/$HOME"), line + 16, origin=origin, name="create: {{ a }} # b")
    )
    return found
