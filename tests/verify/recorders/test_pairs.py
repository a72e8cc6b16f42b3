"""A line of a script and the tasks that are made of it leave the same behind, and the tasks nothing more to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

NODE = {
    "package.json": '{"name": "shop", "version": "1.0.0", "dependencies": {"express": "^4.19.2"}}\n',
    "package-lock.json": '{"name": "shop", "lockfileVersion": 3}\n',
    "yarn.lock": "# yarn lockfile v1\n",
    "app.js": "",
}
PHP = {
    "composer.json": '{"require": {"php": ">=8", "monolog/monolog": "^3.0"}, "require-dev": {"a/b": "1"}}\n',
    "composer.lock": "{}\n",
}
IMAGE = {"Dockerfile": 'FROM node:20\nENV A=b\nEXPOSE 3000\nCMD ["node", "app.js"]\n', "app.js": ""}
COMPOSE = {
    "docker-compose.yml": """\
services:
  web:
    build: .
    image: shop/web:1
    ports: ["18080:3000"]
    depends_on: {db: {condition: service_healthy}}
    restart: unless-stopped
    volumes: ["./data:/data"]
  db:
    image: postgres:16
    volumes: ["db:/var/lib/postgresql/data"]
    healthcheck: {test: [CMD, pg_isready]}
volumes: {db: }
""",
    **IMAGE,
}
RUN = """\
docker run -d --name shop --restart unless-stopped -v /srv/shop/data:/data -v cache:/cache:ro -e A=1 -e "B=two words" \\
  --label team=web --memory 256m --cpus 1.5 --user 1000:1000 --workdir /app --hostname shop --cap-add NET_ADMIN \\
  --cap-drop MKNOD --add-host db:10.0.0.9 --log-driver json-file --log-opt max-size=10m --init --shm-size 128m \\
  --ulimit nofile=1024:2048 --dns 10.0.0.1 --tmpfs /scratch --security-opt no-new-privileges --read-only \\
  --health-cmd 'curl -f localhost' --health-interval 5s --stop-timeout 30 --entrypoint /bin/serve shop/web:1 --port 3000"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A line, the files around it, what has been run before; `bug` says what the tasks do otherwise, if they do."""

    line: str
    given: Mapping[str, str] = field(default_factory=dict)
    before: str = ""
    bug: str = ""


PAIRS = {
    "run with many options": Pair(line=RUN),
    "run with a port": Pair(line="docker run -d --name shop -p 18080:80 nginx"),
    "run in a network": Pair(line="docker network create web\ndocker run -d --name shop --network web nginx:1.25"),
    "stop, rm, run": Pair(
        line="docker stop shop || true\ndocker rm shop || true\ndocker run -d --name shop -e A=2 nginx:1.25",
        before="docker run -d --name shop -e A=1 nginx:1.24 >/dev/null",
    ),
    "pull": Pair(line="docker pull ghcr.io/shop/web:1.2"),
    "network": Pair(line="docker network create --driver bridge --subnet 10.9.0.0/24 --label a=b --internal web"),
    "volume": Pair(line="docker volume create --label a=b data"),
    "remove": Pair(
        line="docker rm -f shop\ndocker network rm web\ndocker volume rm data\ndocker rmi nginx",
        before="docker run -d --name shop nginx >/dev/null; docker network create web; docker volume create data",
    ),
    "compose": Pair(line="docker compose up -d --build", given=COMPOSE),
    "compose, standalone": Pair(line="docker-compose pull db\ndocker-compose up -d", given=COMPOSE),
    "compose down, only": Pair(
        line="docker compose down", given=COMPOSE, before="docker compose up -d >/dev/null 2>&1"
    ),
    "compose down": Pair(line="docker compose down -v", given=COMPOSE, before="docker compose up -d >/dev/null 2>&1"),
    "build": Pair(line="docker build -t shop:1 --build-arg V=1 .", given=IMAGE),
    "build, tag, push": Pair(
        line="docker build -t shop:1 .\ndocker tag shop:1 ghcr.io/me/shop:1\ndocker push ghcr.io/me/shop:1", given=IMAGE
    ),
    "login": Pair(line="docker login -u deploy -p hunter2 ghcr.io"),
    "exec": Pair(
        line="docker exec shop php artisan migrate --force", before="docker run -d --name shop nginx >/dev/null"
    ),
    "prune": Pair(
        line="docker container prune -f\ndocker image prune -af", before="docker pull -q nginx; docker create nginx:1"
    ),
    "npm ci": Pair(line="npm ci", given=NODE),
    "npm install": Pair(line="npm install --production", given=NODE),
    "npm install and build": Pair(line="npm i\nnpm run build", given=NODE),
    "npm install, for all": Pair(line="npm install -g pm2@5.4.2"),
    "yarn": Pair(line="yarn install", given=NODE),
    "yarn, frozen": Pair(line="yarn install --frozen-lockfile --production", given=NODE),
    "composer": Pair(line="composer install --no-dev --optimize-autoloader --no-interaction", given=PHP),
    "bundle": Pair(
        line="bundle install --deployment --without development test", given={"Gemfile": "", "Gemfile.lock": ""}
    ),
    "pm2 start": Pair(line="pm2 start app.js --name shop\npm2 save", given=NODE),
    "pm2 reload": Pair(line="pm2 reload shop", given=NODE, before="pm2 start app.js --name shop"),
    "aws": Pair(line="aws s3 sync dist s3://shop --delete"),
    "kubectl": Pair(line="kubectl apply -f k8s.yaml", given={"k8s.yaml": ""}),
}
# Whoever writes these wants them done each time.
ALWAYS = {"build", "build, tag, push", "exec", "npm install and build", "pm2 reload", "aws", "kubectl", "compose"}


@pytest.mark.parametrize("name", PAIRS)
def test_pair(hosts: Any, name: str, request: pytest.FixtureRequest) -> None:
    pair = PAIRS[name]
    if pair.bug:
        request.applymarker(pytest.mark.xfail(reason=pair.bug, strict=True))
    ends = hosts.compared(pair.line, pair.given, pair.before)
    assert told(ends.manifests) == told(ends.script), ends.output
    assert ends.again == () or name in ALWAYS, ends.output


def told(end: Mapping[str, Any]) -> str:
    """A line for each thing, so that what differs is seen."""
    return json.dumps(end, indent=1, sort_keys=True)
