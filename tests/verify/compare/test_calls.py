"""Two spellings of one call are one call, and looks are none."""

from __future__ import annotations

import json
import shlex

import pytest

from converter.verify.compare.calls import calls, spelled

SAME = [
    ("npm i --production", "npm install --production --no-audit"),
    (
        "bundle install --deployment --without development test",
        "bundle install --without development:test --deployment",
    ),
    ("composer install --no-dev -n", "php /usr/local/bin/composer install --no-ansi --no-interaction --no-dev"),
    ("php8.1 artisan migrate --force", "php8.1 artisan migrate --force"),
]
OTHER = [
    ("npm ci", "npm install"),
    ("npm run build", "npm run test"),
    ("php artisan up", "php artisan down"),
    ("composer install", "composer install --no-dev"),
]
LOOKS = ["npm list --json", "pm2 jlist", "composer show", "bundle check", "docker ps -a", "kubectl get pods"]


def told(line: str) -> str:
    program, *arguments = shlex.split(line)
    return spelled(program, arguments)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_call(one: str, other: str) -> None:
    assert told(one) == told(other) != ""


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_calls(one: str, other: str) -> None:
    assert told(one) != told(other)


@pytest.mark.parametrize("line", LOOKS)
def test_looks_are_no_calls(line: str) -> None:
    assert told(line) == ""


def test_calls_are_counted_in_their_order() -> None:
    made = [("npm", ["ci"]), ("npm", ["ls"]), ("npm", ["test"]), ("npm", ["ci"])]
    lines = [json.dumps({"program": p, "arguments": a, "directory": "/srv", "user": "deploy"}) for p, a in made]
    assert calls(lines) == {
        "npm ci in /srv as deploy": {"times": 2, "after": "npm test in /srv as deploy"},
        "npm test in /srv as deploy": {"times": 1, "after": "npm ci in /srv as deploy"},
    }
