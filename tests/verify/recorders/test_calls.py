"""What a call is compared as: spellings of one call, looks, and what has changed nothing."""

from __future__ import annotations

import json
import shlex

import pytest

from converter.verify.recorders import calls
from converter.verify.recorders.calls import spelled, tools

SAME = (
    (
        "npm i",
        "npm install",
        "npm install --no-audit --silent",
        "npm install --loglevel error",
        "npm --prefix . install",
    ),
    ("npm install --production", "npm i --omit=dev", "npm install --omit dev --no-fund", "npm i --only=prod"),
    ("npm install -g pm2@5", "npm i pm2@5 --global"),
    ("yarn", "yarn install", "yarn install --non-interactive", "yarn --silent"),
    ("yarn install --production --frozen-lockfile", "yarn --frozen-lockfile --prod"),
    ("pnpm i -P", "pnpm install --prod --silent"),
    (
        "composer install --no-dev -o -n",
        "composer install --no-ansi --no-interaction --no-dev --optimize-autoloader --working-dir /srv/shop",
        "composer i --optimize-autoloader --no-dev -d .",
    ),
    (
        "bundle install --deployment --without development test",
        "bundle install --without development:test --deployment",
        "bundle --without test:development --deployment --jobs 4 -j4",
    ),
    (
        "kubectl apply -f a.yaml -n shop",
        "kubectl -n shop apply --filename=a.yaml",
        "kubectl apply -f a.yaml --namespace shop",
    ),
    ("mvn clean package -DskipTests", "mvn -B -q clean package -DskipTests -ntp"),
    ("aws s3 sync a b --delete", "aws s3 sync a b --delete --only-show-errors --no-progress"),
    ("php artisan migrate --force", "php artisan migrate --force -n", "php artisan --no-ansi migrate --force"),
    ("heroku restart -a shop", "heroku restart --app shop"),
)
DIFFERENT = (
    ("npm install", "npm ci"),
    ("npm install", "npm install --production"),
    ("npm install i", "npm install install"),
    ("npm run build", "npm run build --if-present"),
    ("npm run build -- --quiet", "npm run build"),
    ("composer install", "composer install --no-scripts"),
    ("kubectl apply -f a.yaml", "kubectl apply -f b.yaml"),
    ("aws s3 cp a b", "aws s3 cp b a"),
    ("mvn clean package", "mvn package clean"),
    ("bundle install --path a", "bundle install --path b"),
)
LOOKS = """\
npm list --json --long|npm ls -g --depth=0|npm outdated|npm config get registry|yarn list --json|yarn global dir
composer help install --no-interaction --format=json|composer show|pm2 jlist|pm2 describe shop|pm2 ls|pm2 start app.js
pm2 save|bundle check|aws sts get-caller-identity|aws s3 ls s3://shop|kubectl get pods -n shop|kubectl rollout status x
helm list|gcloud config get-value project|az account show|php -m|heroku config -a shop|terraform plan -no-color"""


def compared(line: str) -> tuple[str, tuple[str, ...], str] | None:
    program, *arguments = shlex.split(line)
    found = spelled(program, arguments, "/srv/shop")
    return (program, *found) if found else None


@pytest.mark.parametrize("lines", SAME, ids=lambda lines: lines[0])
def test_spellings_of_one_call(lines: tuple[str, ...]) -> None:
    assert {line: compared(line) for line in lines} == dict.fromkeys(lines, compared(lines[0]))


@pytest.mark.parametrize("lines", DIFFERENT, ids=lambda lines: lines[1])
def test_calls_that_differ(lines: tuple[str, str]) -> None:
    assert None is not compared(lines[0]) != compared(lines[1]) is not None


@pytest.mark.parametrize("line", LOOKS.replace("\n", "|").split("|"))
def test_looks_are_no_calls(line: str) -> None:
    assert compared(line) is None


def test_a_folder_that_an_option_names() -> None:
    assert compared("npm --prefix web ci") == ("npm", ("ci",), "/srv/shop/web")
    assert compared("pnpm -C /srv/other install") == ("pnpm", ("install",), "/srv/other")
    assert compared("npm install -g pm2") == ("npm", ("install", "pm2", "--global"), "")


def test_a_log() -> None:
    usual = {"directory": "/srv", "user": "deploy", "environment": {"NODE_ENV": "production"}, "stdin": "", "code": 0}
    lines = (("npm ci", True), ("npm i", False), ("npm ls", None), ("frob --sync a", None))
    made = [
        {**usual, "program": words[0], "arguments": words[1:], "changed": changed}
        for line, changed in lines
        for words in [line.split()]
    ]
    found = calls("\n".join(map(json.dumps, made)))
    assert [str(each) for each in found] == ["npm ci in /srv as deploy", "frob a --sync in /srv as deploy"]
    assert found[0].environment == {"NODE_ENV": "production"}


def test_every_tool_says_why() -> None:
    known = set("why looks kept commands same quiet values directory lists keeps version prints".split())
    assert [name for name, tool in tools().items() if not tool.get("why") or set(tool) - known] == []
