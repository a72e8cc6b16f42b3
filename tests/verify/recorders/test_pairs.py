"""Lines of a script and the tasks that are made of them leave the same behind, and the tasks nothing more to do."""

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
  --health-cmd 'curl -f localhost' --health-interval 5s --stop-timeout 30 --entrypoint /bin/serve shop/web:1 --port 3000
docker network create --driver bridge --subnet 10.9.0.0/24 --label a=b --internal inner
docker volume create --label a=b data
docker pull ghcr.io/shop/web:1.2
docker network create web
docker run -d --name proxy --network web nginx:1.25
"""
RUNNING = "docker run -d --name shop -e A=1 nginx:1.24 >/dev/null"
UP = "docker compose up -d >/dev/null 2>&1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Lines, the files around them, what has been run before; `always`: whoever writes these lines wants them done each
    time."""

    line: str
    given: Mapping[str, str] = field(default_factory=dict)
    before: str = ""
    always: bool = False


def within(*folders: str) -> dict[str, str]:
    """An application of Node in each of these folders."""
    return {f"{folder}/{path}": text for folder in folders for path, text in NODE.items()}


PAIRS = {
    "containers, networks, volumes, images": Pair(line=RUN),
    "stop, rm, run": Pair(
        line="docker stop shop || true\ndocker rm shop || true\ndocker run -d --name shop -e A=2 nginx:1.25",
        before=RUNNING,
        always=True,
    ),
    "remove": Pair(
        line="docker rm -f shop\ndocker network rm web\ndocker volume rm data\ndocker rmi nginx:1.24\n"
        "docker container prune -f\ndocker image prune -af",
        before=f"{RUNNING}; docker network create web; docker volume create data; docker create nginx:1",
    ),
    "build, tag, push, exec": Pair(
        line="docker login -u deploy -p hunter2 ghcr.io\ndocker build -t shop:1 --build-arg V=1 .\n"
        "docker tag shop:1 ghcr.io/me/shop:1\ndocker push ghcr.io/me/shop:1\n"
        "docker exec shop php artisan migrate --force",
        given=IMAGE,
        before=RUNNING,
        always=True,
    ),
    "compose": Pair(line="docker compose up -d --build", given=COMPOSE, always=True),
    "compose, standalone": Pair(line="docker-compose pull db\ndocker-compose up -d", given=COMPOSE),
    "compose down": Pair(line="docker compose down", given=COMPOSE, before=UP),
    "npm, yarn": Pair(
        line="(cd a && npm ci)\n(cd b && npm install --production)\n(cd c && npm i)\n(cd d && yarn install)\n"
        "(cd e && yarn install --frozen-lockfile --production)\nnpm install -g pm2@5.4.2",
        given=within("a", "b", "c", "d", "e"),
    ),
    "composer, bundle": Pair(
        line="composer install --no-dev --optimize-autoloader --no-interaction\n"
        "bundle install --deployment --without development test",
        given={**PHP, "Gemfile": ""},
    ),
    "pm2": Pair(line="pm2 start app.js --name shop\npm2 save", given=NODE),
    "commands": Pair(
        line="npm run build\npm2 reload shop\naws s3 sync dist s3://shop --delete\nkubectl apply -f k8s.yaml",
        given={**NODE, "k8s.yaml": ""},
        before="pm2 start app.js --name shop",
        always=True,
    ),
    "a port": Pair(line="docker run -d --name shop -p 18080:80 -p 127.0.0.1:18081:81 nginx"),
    "compose, pulled and built": Pair(
        line="docker compose pull\ndocker compose build --no-cache\ndocker compose up -d",
        given=COMPOSE,
        before="docker pull postgres:16 >/dev/null; docker compose build >/dev/null 2>&1",
        always=True,
    ),
    "compose down with volumes": Pair(line="docker compose down -v", given=COMPOSE, before=UP, always=True),
    "development left out": Pair(
        line="npm install --production",
        given={"package.json": '{"dependencies": {"a": "1.0.0"}, "devDependencies": {"b": "1.0.0"}}\n'},
    ),
    "no packages": Pair(line="npm install", given={"package.json": '{"name": "shop"}\n'}),
}


@pytest.mark.parametrize("name", PAIRS)
def test_pair(hosts: Any, name: str) -> None:
    pair = PAIRS[name]
    ends = hosts.compared(pair.line, pair.given, pair.before)
    assert told(ends.manifests) == told(ends.script), ends.output
    assert pair.always or not ends.again, ends.output


def told(end: Mapping[str, Any]) -> str:
    """A line for each thing, so that what differs is seen."""
    return json.dumps(end, indent=1, sort_keys=True)
