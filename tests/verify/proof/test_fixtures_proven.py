"""Fixtures whose manifests end where their script ends, from a fresh and from a deployed host, and are quiet then; and
whatever is done to these manifests is caught."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from bench import Bench, damage
from scripts import HANDLERS, TASKS, task

from converter.pipeline import PLAN
from converter.plan.document import load
from converter.verify.proof.repository import WORLD, repository
from converter.verify.sandbox.world import room
from converter.verify.world import document

FIXTURES = Path(__file__).parents[3] / "fixtures"
Mutations = Mapping[str, tuple[str, str, str]]

# By fixture, what is done to its manifests: the file, what is replaced there, and by what. A container is made anew by
# its handler where the image is new, as it is on a fresh host, so that only what is done to the handler lasts.
PROVEN: Mapping[str, Mutations] = {
    "ci-variables": {
        "path": (TASKS, "dest: /srv/acorn/RELEASE", "dest: /srv/acorn/VERSION"),
    },
    "compose-legacy-crlf": {
        "drop": (TASKS, task("Run the compose project of \\$APP \\(2\\)"), ""),
    },
    "compose-on-host": {
        "branch": (TASKS, "version: main", "version: HEAD~1"),
        "drop": (TASKS, task("Run the compose project[^\\n]*"), ""),
    },
    "compose-with-health": {
        "drop": (TASKS, task("Copy [^\\n]*env"), ""),
    },
    "confirmed-release": {
        "version": (TASKS, "version: v.*", "version: main"),
    },
    "copy-and-restart": {
        "drop": (TASKS, task("Run scp [^\\n]*"), ""),
    },
    "django-on-host": {
        "version": (TASKS, "name: gunicorn==20.1.0", "name: gunicorn==1.0"),
    },
    "docker-ssh-heredoc": {
        "port": (HANDLERS, "80:8080", "81:8080"),
        "policy": (HANDLERS, "restart_policy: unless-stopped", "restart_policy: always"),
        "memory": (HANDLERS, "memory: 512m", "memory: 256m"),
    },
    "dump-and-return": {
        "database": (TASKS, "cmd: (.*) pg_dump ledger", r"cmd: \1 pg_dump postgres"),
    },
    "env-by-argument": {
        "name": (HANDLERS, "name: issue", "name: other"),
        "environment": (HANDLERS, "WEB_CONCURRENCY", "CONCURRENCY"),
    },
    "env-by-files": {
        "path": (TASKS, "dest: /srv/ledger/app.ini", "dest: /srv/ledger/app.conf"),
        "branch": (TASKS, 'version: "{{ branch }}"', "version: main"),
    },
    "env-by-option": {
        "drop": (TASKS, task("Unpack [^\\n]*"), ""),
    },
    "env-by-table": {
        "path": (TASKS, "dest: /opt/crane/web/", "dest: /opt/crane/"),
        "drop": (TASKS, task("Synchronise [^\\n]*"), ""),
    },
    "env-file-getopts": {
        "path": (TASKS, "src: (.*)reports-", r"src: \1report-"),
        "restart": (HANDLERS, "state: restarted", "state: started"),
    },
    "env-else": {
        "drop": (TASKS, task("Copy [^\\n]*"), ""),
    },
    "flags-dry-run": {
        "path": (TASKS, "dest: /etc/billing.env", "dest: /etc/billing.conf"),
    },
    "go-binary-systemd": {
        "mode": (TASKS, "mode: [+]x", 'mode: "0644"'),
    },
    "helper-functions": {
        "mode": (TASKS, 'mode: "0755"', 'mode: "0644"'),
        "drop": (TASKS, task("Start metricsd"), ""),
    },
    "inert-text": {
        "drop": (TASKS, task("Write /srv/site/banner.txt"), ""),
        "mode": (TASKS, "mode: u[+]r\n", 'mode: "0600"\n'),
    },
    "laravel-maintenance": {
        "mode": (TASKS, 'mode: "?0?775"?', 'mode: "0755"'),
    },
    "literal-pair": {
        "restart": (HANDLERS, "pm2, restart", "pm2, stop"),
    },
    "node-pm2-on-host": {
        "drop": (TASKS, task("Create directory [^\\n]*tmp"), ""),
    },
    "node-pm2-ssh": {
        "drop": (TASKS, task("Run npm run build"), ""),
        "restart": (TASKS, "argv: \\[pm2, start, npm", "argv: [pm2, start, yarn"),
    },
    "options-with-usage": {
        "memory": (HANDLERS, "memory: .*", "memory: 1g"),
    },
    "readme-sample": {
        "owner": (TASKS, "owner: www-data", "owner: root"),
        "state": (TASKS, "enabled: true", "enabled: false"),
        "volume": (HANDLERS, "/srv/shop/uploads:/uploads", "/srv/shop/uploads:/upload"),
    },
    "rsync-build-ship": {
        "path": (TASKS, 'dest: "{{ remote_path }}"', 'dest: "{{ remote_path }}/site"'),
    },
    "ssh-host-loop": {
        "drop": (TASKS, task("Run bundle exec rake db:migrate"), ""),
        "branch": (TASKS, 'version: "{{ rama }}"', "version: v1.0.0"),
    },
    "staging-and-production": {
        "when": (TASKS, "== 'production'", "== 'staging'"),
        "build": (TASKS, task("Run the compose project[^\\n]*"), ""),
    },
    "two-restarts": {
        "owner": (TASKS, "owner: deploy", "owner: root"),
        "mode": (TASKS, 'mode: "0600"', 'mode: "0644"'),
        "unit": ("roles/web/templates/ledgerd.service.j2", "Restart=always", "Restart=no"),
        "drop": (TASKS, task("Create user [^\\n]*"), ""),
    },
    "releases-current": {
        "link": (TASKS, '"{{ base }}/current"', '"{{ base }}/newest"'),
        "drop": (TASKS, task("Install the PHP packages[^\\n]*"), ""),
    },
}
# Why the others are not: most of them need more than a guess of what stands around them.
UNPROVEN: Mapping[str, str] = {
    **dict.fromkeys(("gh-pages", "paas-push", "s3-static"), "there is no host: it only publishes"),
    **dict.fromkeys(("starter-container", "starter-node"), "there is no script; test_starters_proven.py applies them"),
    "placeholders-and-errors": "it can't be read to its end, and its manifests stop there",
    "java-nohup": "a unit takes the place of nohup, as MIGRATION.md says",
    "old-straight-line": "it is for a system with yum",
    "backup-and-rollback": "each run unpacks files as root and gives them away again, as the script does",
    "provision-ubuntu": "it is proven, but it installs for three minutes",
    "releases-ssh-rollback": "its manifests make a release only for a new commit, as MIGRATION.md says",
    "pulled-status-page": "its hosts pull, which tests/verify/pipelines/test_pull.py tries",
    "related-containers": "it reads values from a file of its host, whose lines a person has to write down",
    "either-way": "nothing that it does is seen on a host; its branches are held by bash and Ansible in test_ends.py",
    "tabs-heredoc-cron": "its own subshell ends under `set -e` where grep finds nothing, as MIGRATION.md says",
    **dict.fromkeys(
        "purposes secrets-everywhere sourced-library".split(),
        "what stands around it has to be written down by a person",
    ),
}


def test_every_fixture_is_proven_or_has_a_reason() -> None:
    assert sorted([*PROVEN, *UNPROVEN]) == sorted(
        path.name for path in FIXTURES.iterdir() if (path / "expected" / "ansible").is_dir()
    )


@pytest.mark.parametrize("name", PROVEN)
def test_manifests_end_where_the_script_ends(name: str, cache: Path, tmp_path: Path) -> None:
    root = FIXTURES / name / "expected" / "ansible"
    around = document.load((root / WORLD).read_text(encoding="utf-8"), WORLD)
    plan = load((root / PLAN).read_text(encoding="utf-8"), PLAN)
    found = repository(root, plan, "", login=around.script.user)
    missed = []
    with room(cache) as place:
        worlds = Bench(cache, found, around, place)
        assert worlds.against() == []
        for kind, (pattern, old, new) in PROVEN[name].items():
            broken = tmp_path / kind
            shutil.copytree(root, broken)
            damage(broken, pattern, old, new)
            if not worlds.differences(repository(broken, plan, "", login=around.script.user)):
                missed.append(kind)
    print(f"sabotage of {name}: {len(PROVEN[name]) - len(missed)} of {len(PROVEN[name])} caught")
    assert missed == []
