"""What the page says, and what it never holds."""

from __future__ import annotations

import base64
import hashlib
import html
import re

import msgspec

from converter.model.plan import SourceCopy
from converter.model.trace import Disposition
from converter.model.tree import FileTree, TreeFile
from converter.repo.page import MARK
from converter.repo.page.course import course
from converter.repo.page.coverage import coverage, letter
from converter.repo.page.manifests import manifests
from converter.repo.page.matters import secrets, waiting, ways_back
from converter.repo.page.origins import Lines, Origins
from report.pages import BOTH, page_of, planned, tree_of

SCRIPT = """\
#!/bin/bash
HOST=deploy@shop.example.com
API_TOKEN=xoxb-1234567890-abcdefghij
npm ci
npm run build
ssh $HOST <<'EOF'
  sudo mkdir -p /srv/shop
  frobctl sync --all
  sudo systemctl restart nginx
EOF
curl -H "Authorization: Bearer $API_TOKEN" -X POST https://chat.example.com/notify
"""
TASKS = """\
---
# deploy.sh:7
- name: Ask first - Create it
  ansible.builtin.command:
    cmd: |
      true
      # deploy.sh:9
      true

- name: Create it
  ansible.builtin.file:
    path: /srv/shop

# See deploy.sh:9
- name: Another
  ansible.builtin.meta: noop
"""
STEPS = """\
jobs:
  build:
    steps:
      - name: Build
        run: |-
          # deploy.sh:4
          npm ci
          # deploy.sh:5
      - name: Build
        run: |-
          # deploy.sh:4
          npm ci
          # deploy.sh:5
      - name: Other
        run: |-
          echo
          # deploy.sh:5
"""


def test_every_disposition_has_a_letter_of_its_own() -> None:
    assert len({letter(kind) for kind in Disposition}) == len(Disposition)


def test_the_parts_of_the_bar_fill_it() -> None:
    parts = coverage(planned(SCRIPT).ledger, FileTree())
    assert sum(part.count for part in parts) == len(planned(SCRIPT).ledger)
    assert abs(sum(part.width for part in parts) - 100) < 0.1
    assert [part.width for part in coverage((), FileTree())] == [0.0] * len(Disposition)


def test_items_and_their_lines() -> None:
    plan = planned(SCRIPT)
    tree = FileTree(files=(TreeFile(path="roles/x/tasks/main.yml", text=TASKS),))
    (file,) = manifests(tree, Origins(plan, {"deploy.sh": 1}))
    told = [(item.number, item.title, item.origins) for item in file.items]
    here = (Lines(1, 7, 7),)
    # What stands in a task's text, or in a comment of the author, is no origin; the second task is the first one's.
    assert told == [(1, "Ask first - Create it", here), (2, "Create it", here), (0, "Another", ())]
    assert not file.items[0].text.startswith("---")


def test_steps_of_the_pipeline_each_once() -> None:
    tree = FileTree(files=(TreeFile(path=".github/workflows/deploy.yml", text=STEPS),))
    (file,) = manifests(tree, Origins(planned(SCRIPT), {"deploy.sh": 1}))
    assert [(item.title, item.origins) for item in file.items] == [("Build", (Lines(1, 4, 4),))]
    assert file.items[0].text.startswith("- name: Build\n  run: |-")
    assert not file.whole


def test_one_pipeline_is_shown() -> None:
    plan = planned(SCRIPT)
    found = manifests(tree_of(plan), Origins(plan, {"deploy.sh": 1}))
    assert [file.path for file in found if file.path.startswith(".")] == [".github/workflows/deploy.yml"]
    found = manifests(tree_of(plan, ("gitlab-ci",)), Origins(plan, {"deploy.sh": 1}))
    assert [file.path for file in found if file.path.startswith(".")] == [".gitlab-ci.yml"]


def test_each_converted_line_leads_to_an_item() -> None:
    lines = re.findall(r'<div class="line converted" id="s1-(\d+)".*?</div>', page_of(planned(SCRIPT)))
    assert {"4", "7", "9"} <= set(lines)
    assert re.search(r'id="s1-7"[^>]*><a class="no" href="#m\d+"', page_of(planned(SCRIPT)))


def test_what_waits_for_a_person() -> None:
    plan = planned(SCRIPT)
    asked = [each.where for each in waiting(plan, tree_of(plan))]
    assert "deploy.sh:8" in asked
    assert "frobctl" in page_of(plan).partition('id="waiting"')[2].partition("</section>")[0]


def test_secrets_by_name_only() -> None:
    plan = planned(SCRIPT)
    found = {each.name: each for each in secrets(plan, tree_of(plan))}
    assert found["API_TOKEN"].places == ("deploy.sh:3",)
    assert "SSH_PRIVATE_KEY" in found
    assert "xoxb" not in page_of(plan)


def test_the_course_goes_from_the_person_to_the_hosts() -> None:
    plan = planned(SCRIPT)
    way = course(plan, tree_of(plan))
    places = [way.places[stop.place].name for stop in way.stops]
    assert places[:2] == ["Your machine", "Pipeline (CI)"]
    assert places[-1] == "Pipeline (CI)" or places[-1].startswith("shop")
    assert [stop.title for stop in way.stops][:3] == ["Merge a change", "Build", "Apply the manifests"]
    alone = course(plan, tree_of(plan, ()))
    names = [place.name for place in alone.places]
    assert names[0] == "Your machine"
    assert "Pipeline (CI)" not in names


def test_commands_on_each_host_of_a_loop_are_counted_there() -> None:
    plan = planned(
        'if [ "$1" = production ]; then HOSTS="web1.example.com web2.example.com"; else HOSTS=stage.example.com; fi\n'
        'for h in $HOSTS; do\n  ssh deploy@$h "cd /srv; mkdir -p a"\ndone\n'
    )
    # The session that they are in is one of them.
    assert course(plan, tree_of(plan)).places[-1].notes[-1] == "the script ran 3 commands here"


def test_going_back_is_on_request() -> None:
    plan = planned(
        "ssh root@a.example.com systemctl restart shop\n",
        "ssh root@a.example.com systemctl stop shop\n",
        names=("deploy.sh", "rollback.sh"),
    )
    way = course(plan, tree_of(plan))
    assert way.stops[-1].on_request
    said = [command for each in ways_back(plan, tree_of(plan), BOTH) for command in each.commands]
    assert any(command.endswith("--tags rollback") for command in said)
    assert "git revert COMMIT" in said


def test_links_to_files_only_where_they_lie_beside() -> None:
    assert '<a href="roles/shop/tasks/main.yml">' in page_of(planned(SCRIPT))
    assert "main.yml" in page_of(planned(SCRIPT), beside=False)
    assert re.findall(r'href="(?!#|data:,)([^"]*)"', page_of(planned(SCRIPT), beside=False)) == []


def test_nothing_is_loaded() -> None:
    text = page_of(planned(SCRIPT))
    assert re.findall(r"<(?:img|iframe|object|embed|audio|video|source|base|form)\b", text) == []
    assert re.findall(r"\bsrc=|@import|url\((?!#tip\))", text) == []
    assert [link for link in re.findall(r'href="([^"]*)"', text) if re.match(r"\w+:|//", link)] == ["data:,"]


def test_the_policy_names_the_style_and_the_program() -> None:
    text = page_of(planned(SCRIPT))
    policy = html.unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[0])
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(inside) == 1
        told = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{told}'" in policy


def test_the_mark_is_at_its_head() -> None:
    assert MARK in page_of(planned(SCRIPT))[:2000]


def test_no_line_ends_with_a_blank_and_none_is_empty() -> None:
    plan = planned("echo a   \n\n\ncat > /etc/x <<'E'\n\n  b  \t\nE\n")
    lines = page_of(plan).removesuffix("\n").split("\n")
    assert [line for line in lines if line != line.rstrip() or not line] == []


def test_size() -> None:
    """Of a script that has 300 commands in its 150 lines."""
    long = "\n".join(
        f"sudo mkdir -p /srv/shop/{number} && sudo chown www-data /srv/shop/{number}" for number in range(150)
    )
    assert len(page_of(planned(long)).encode()) < 450_000


def test_a_script_without_a_command() -> None:
    text = page_of(planned("# nothing\n"))
    assert "The script has no command." in text
    assert "No line of the script stands behind a manifest." in text


def test_sources_of_one_name_in_two_folders() -> None:
    plan = planned("mkdir /a\n", "mkdir /b\n", names=("a/deploy.sh", "b/deploy.sh"))
    text = page_of(msgspec.structs.replace(plan, sources=(*plan.sources, SourceCopy(path="lib/x.sh", text=""))))
    ids = re.findall(r'\bid="([^"]*)"', text)
    assert len(ids) == len(set(ids))
    assert 'id="s3-1"' in text
