"""Working copies in which the script itself changes modes, and what is said where its own set -e ends a crontab."""

from __future__ import annotations

import pytest

from converter.model.plan import Plan
from converter.model.trace import Disposition
from converter.pipeline import scripts_to_plan
from converter.resources.git_checkout import GitCheckout


def made(text: str) -> Plan:
    return scripts_to_plan([("deploy.sh", text.encode())], name="app")


def marked(text: str) -> list[bool]:
    return [each.spec.own_modes for each in made(text).resources if isinstance(each.spec, GitCheckout)]


@pytest.mark.parametrize(
    "text",
    [
        "cd /srv/shop\ngit pull\nchmod -R 775 storage\n",
        "chmod +x /srv/shop/bin/run\ncd /srv/shop && git pull origin main\n",
        "cd /srv/shop\ngit checkout v2\nsudo chmod 600 config/keys\n",
    ],
)
def test_modes_of_its_own_are_no_edits(text: str) -> None:
    assert marked(text) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "cd /srv/shop\ngit pull\nchown -R www-data storage\n",
        "cd /srv/shop\ngit pull\nchmod 755 /srv/shopping\n",
        "cd /srv/shop\ngit reset --hard origin/main\nchmod -R 775 storage\n",
    ],
)
def test_what_changes_no_mode_in_it_is_left_as_it_is(text: str) -> None:
    assert marked(text) == [False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('set -e\n(crontab -l 2>/dev/null; echo "@daily /srv/a.sh") | crontab -\n', True),
        ('set -e\n(crontab -l | grep -v a.sh; echo "@daily /srv/a.sh") | crontab -\n', True),
        ('set -e\n(crontab -l | grep -v a.sh || true; echo "@daily /srv/a.sh") | crontab -\n', False),
        ('(crontab -l | grep -v a.sh; echo "@daily /srv/a.sh") | crontab -\n', False),
    ],
)
def test_a_list_that_ends_early_is_said(text: str, said: bool) -> None:
    assert any("is scheduled in any case" in change for change in made(text).changes) is said


def test_another_mask_than_the_usual_one_is_asked_about() -> None:
    text = "umask 022\nmkdir /srv/a\nssh root@a.example.com 'umask 077; echo x > /srv/b'\n"
    plan = scripts_to_plan([("deploy.sh", text.encode())], name="shop")
    ends = {entry.text: entry.disposition for entry in plan.ledger}
    assert (ends["umask 022"], ends["umask 077"]) == (Disposition.ABSORBED, Disposition.UNRESOLVED)
    kinds = [each.kind for each in plan.resources]
    assert kinds.index("unresolved") < kinds.index("file")
    assert [each.default for each in plan.questions if "umask" in each.prompt] == [""]
