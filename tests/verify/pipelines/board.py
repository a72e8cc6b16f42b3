"""A script that puts a notice board on its server, what it sends there, and the repository that it is converted to."""

from __future__ import annotations

from pathlib import Path

from converter.model.plan import Plan
from converter.pipeline import plan_to_tree, scripts_to_plan
from converter.render.registry import FITS
from converter.verify.proof.repository import Repository, repository

HOST = "board.example.com"
UNIT = "board.service"
CONFIGURATION = "/etc/board.conf"
MESSAGES = "/srv/board/messages"
SCRIPT = """\
#!/bin/bash
# Puts the notice board on its server.
set -euo pipefail
SERVER=deploy@board.example.com
cd "$(dirname "$0")"

scp board.conf $SERVER:/tmp/board.conf
ssh $SERVER 'bash -s' <<'REMOTE'
set -e
sudo install -o root -g root -m 644 /tmp/board.conf /etc/board.conf
sudo mkdir -p /srv/board/messages
sudo chown www-data:www-data /srv/board/messages
sudo chmod 755 /srv/board/messages
sudo tee /etc/systemd/system/board.service >/dev/null <<'UNIT'
[Unit]
Description=Notice board

[Service]
User=www-data
ExecStart=/bin/sleep infinity

[Install]
WantedBy=multi-user.target
UNIT
sudo systemctl daemon-reload
sudo systemctl enable board
sudo systemctl restart board
REMOTE

echo "Checking that it answers"
curl -fsS https://board.example.com/
"""
_PROJECT = {"deploy.sh": SCRIPT, "board.conf": "greeting = good morning\n"}
# The second commit: what the application sends, and what the manifests say.
CHANGE = """\
sed -i 's/good morning/good evening/' board.conf
sed -i 's/mode: "0755"/mode: "0750"/' roles/board/tasks/main.yml
"""


def converted(folder: Path, *deliveries: str, script: str = SCRIPT) -> Repository:
    """The manifests with both pipelines, or what else is to deliver them, beside the script in the application's own
    repository."""
    plan: Plan = scripts_to_plan([("deploy.sh", script.encode())], name="board")
    made = plan_to_tree(plan, target="ansible", deliveries=deliveries or FITS["ansible"].usual)
    files = {file.path: file.text for file in made.files}
    for path, text in {**files, **_PROJECT}.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return repository(folder, plan, "", login="deploy")
