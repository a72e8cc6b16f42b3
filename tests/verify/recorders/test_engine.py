"""The engine answers as the real one does, and what it holds in the end is told in the same words."""

from __future__ import annotations

import http.client
import io
import json
import socket
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from converter.verify.recorders import buildx, state
from converter.verify.recorders.engine import containers, execs, images, networks, running, system, volumes
from converter.verify.recorders.engine.building import configured
from converter.verify.recorders.engine.defaults import HOST_CONFIG, filled
from converter.verify.recorders.engine.filters import image_named, labels_match, named, old_enough
from converter.verify.recorders.engine.serving import Server
from converter.verify.recorders.engine.store import Store, now, reference

# Each answers some of the requests.
_ANSWERING = (containers, execs, images, networks, running, system, volumes)
RUN = {"Image": "nginx", "HostConfig": {"NetworkMode": "default"}}


class Client:
    """Asks over the socket."""

    def __init__(self, socket_file: Path, state_file: Path) -> None:
        self._socket, self._state = socket_file, state_file

    def ask(self, method: str, path: str, body: object = None, code: int | None = None) -> Any:
        """The answer, its lines as a list; of the expected status."""
        connection = http.client.HTTPConnection("engine")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(self._socket))
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, f"/v1.45{path}", body=data)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status == code or (code is None and answer.status < 400), text
        lines = [json.loads(line) for line in text.splitlines()] if "chunked" in str(answer.headers) else None
        return lines if lines is not None else json.loads(text or "null")

    def run(self, name: str, **asked: Any) -> None:
        """As `docker run -d` does."""
        self.ask("POST", f"/images/create?fromImage={asked.get('Image', 'nginx')}")
        self.ask("POST", f"/containers/create?name={name}", {**RUN, **asked})
        self.ask("POST", f"/containers/{name}/start", code=204)

    def state(self) -> dict[str, Any]:
        """What is compared."""
        return state(self._state.read_text())


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    """A client of an engine that nothing was told yet."""
    store = Store(tmp_path / "state.json")
    with store.changed:
        networks.prepare(store)
    with Server(tmp_path / "socket", store) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Client(tmp_path / "socket", tmp_path / "state.json")
        server.shutdown()


def test_a_container(client: Client) -> None:
    client.ask("POST", "/containers/create?name=shop", RUN, code=404)
    client.run("shop", Env=["A=1"], Labels={"a": "b"})
    assert "already in use" in client.ask("POST", "/containers/create?name=shop", RUN, code=409)["message"]
    client.ask("DELETE", "/containers/shop", code=409)
    client.ask("POST", "/containers/shop/stop", code=204)
    client.ask("POST", "/containers/shop/stop", code=304)
    assert client.ask("GET", "/containers/json") == []
    assert client.ask("GET", "/containers/json?all=1")[0]["Names"] == ["/shop"]
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert client.state()["container"] == {
        "shop": {
            "image": "nginx",
            "Cmd": ["/run"],
            "Env": ["A=1", path],
            "Labels": {"a": "b"},
            "of": {"pulled": "nginx:latest"},
            "status": "stopped",
        }
    }
    client.ask("DELETE", "/containers/shop?force=1", code=204)
    assert client.state()["container"] == {}


def test_what_nobody_wished_for_is_not_told(client: Client) -> None:
    client.run("cli", HostConfig={"NetworkMode": "bridge", "RestartPolicy": {"Name": ""}, "MemorySwappiness": -1})
    client.run("module", HostConfig={"RestartPolicy": {"Name": "no", "MaximumRetryCount": 0}}, AttachStdout=True)
    found = client.state()["container"]
    assert found["cli"] == found["module"]
    client.run("other", HostConfig={"RestartPolicy": {"Name": "always"}})
    assert client.state()["container"]["other"] != found["cli"]


def test_two_ways_to_wish_for_the_same(client: Client) -> None:
    client.run("db")
    mac = {"MacAddress": "02:42:ac:11:00:02"}
    client.run("first", HostConfig={"Links": ["db:db"]}, NetworkingConfig={"EndpointsConfig": {"default": mac}})
    client.run("second", HostConfig={"Links": ["/db:/second/db"]}, **mac)
    one, two = (json.dumps(client.state()["container"][name]).replace(name, "x") for name in ("first", "second"))
    assert one == two
    assert mac["MacAddress"] in one


def test_images(client: Client) -> None:
    first = client.ask("POST", "/images/create?fromImage=docker.io/library/nginx&tag=1")
    assert any(line.get("status") == "Pull complete" for line in first)
    again = client.ask("POST", "/images/create?fromImage=nginx:1")
    assert "up to date" in again[-1]["status"]
    client.ask("POST", "/images/nginx:1/tag?repo=ghcr.io/me/web&tag=2", code=201)
    statuses = [[line["status"] for line in client.ask("POST", "/images/ghcr.io/me/web/push?tag=2")] for _ in range(2)]
    assert "Pushed" in statuses[0]
    assert "Layer already exists" in statuses[1]
    filters = quote('{"reference": ["ghcr.io/me/web"]}')
    assert len(client.ask("GET", f"/images/json?filters={filters}")) == 1
    assert set(client.state()["image"]) == {"nginx:1", "ghcr.io/me/web:2"}
    client.ask("DELETE", "/images/nginx:1")
    client.ask("POST", f"/images/prune?filters={quote(json.dumps({'dangling': ['false']}))}")
    assert client.state()["image"] == {}
    assert set(client.state()["registry"]) == set(), "the image is gone here, so nobody knows what it was"


def folder(**files: str) -> bytes:
    """A folder as the client sends it."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for name, text in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(text)
            tar.addfile(about, io.BytesIO(text.encode()))
    return whole.getvalue()


def test_a_build(client: Client) -> None:
    one = folder(Dockerfile="FROM a\nENV A=b\n", file="1")
    for name, data in (("a", one), ("b", one), ("c", folder(Dockerfile="FROM a\nENV A=b\n", file="2"))):
        client.ask("POST", f"/build?t={name}", data)
    found = client.state()["image"]
    assert found["a:latest"] == found["b:latest"] != found["c:latest"]
    assert "Cannot locate" in client.ask("POST", "/build", folder(file="1"), code=500)["message"]


def test_ports_answer_and_are_not_shared(client: Client) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    host = {"PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]}}
    client.run("one", HostConfig=host)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/health")
    assert connection.getresponse().status == 200
    connection.close()
    client.ask("POST", "/containers/create?name=two", {**RUN, "HostConfig": host})
    assert "port is already allocated" in client.ask("POST", "/containers/two/start", code=500)["message"]
    client.ask("DELETE", "/containers/one?force=1", code=204)
    client.ask("POST", "/containers/two/start", code=204)
    client.ask("DELETE", "/containers/two?force=1", code=204)


def test_networks_and_volumes(client: Client) -> None:
    client.ask("POST", "/networks/create", {"Name": "web", "Driver": "bridge"}, code=201)
    client.ask("POST", "/networks/create", {"Name": "web"}, code=409)
    client.run("shop", HostConfig={"NetworkMode": "web", "Binds": ["data:/data"]})
    assert client.state()["container"]["shop"]["networks"] == ["web"]
    client.ask("DELETE", "/networks/web", code=403)
    client.ask("DELETE", "/volumes/data", code=409)
    client.ask("DELETE", "/containers/shop?force=1", code=204)
    assert client.ask("POST", "/networks/prune")["NetworksDeleted"] == ["web"]
    client.ask("DELETE", "/volumes/data", code=204)
    assert (client.state()["network"], client.state()["volume"]) == ({}, {})


def test_a_login_and_what_is_not_known(client: Client) -> None:
    client.ask("POST", "/auth", {"username": "me", "password": "secret", "serveraddress": "ghcr.io"})
    login = client.state()["login"]["ghcr.io"]
    assert login["username"] == "me"
    assert "secret" not in str(login)
    unknown = '{"x": ["y"]}'
    assert "does not know" in client.ask("POST", "/swarm/init", {}, code=501)["message"]
    assert "does not know the filter" in client.ask("GET", f"/networks?filters={quote(unknown)}", code=400)["message"]


def test_an_exec_and_a_container_that_is_waited_for(client: Client) -> None:
    client.run("shop")
    ident = client.ask("POST", "/containers/shop/exec", {"Cmd": ["ls"]})["Id"]
    client.ask("POST", f"/exec/{ident}/start", {"Detach": True})
    assert client.ask("GET", f"/exec/{ident}/json")["ExitCode"] == 0
    assert client.state()["container"]["shop"]["done"] == [{"cmd": ["ls"]}]
    client.run("once", HostConfig={"AutoRemove": True}, Cmd=["migrate"])
    assert client.ask("POST", "/containers/once/wait") == [{"StatusCode": 0, "Error": None}]
    assert list(client.state()["run"]) == ["1 once"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nginx", "nginx:latest"),
        ("docker.io/library/nginx:1", "nginx:1"),
        ("docker.io/me/web", "me/web:latest"),
        ("registry:5000/web", "registry:5000/web:latest"),
        ("web@sha256:ab", "web@sha256:ab"),
    ],
)
def test_names_of_images(name: str, expected: str) -> None:
    assert reference(name) == expected


def test_filters() -> None:
    assert labels_match({"a": "b"}, ["a", "a=b"])
    assert not labels_match({"a": "b"}, ["a=c"])
    assert named("/shop-web", ["web"])
    assert named("/web", ["^/web$"])
    assert not named("/web2", ["^/?web$"])
    assert image_named(["shop:1"], ["shop"])
    assert image_named(["shop:1"], ["shop:*"])
    assert not image_named(["shop/web:1"], ["shop"])
    assert not old_enough(now(), {"until": ["24h"]})
    assert old_enough("2020-01-01T00:00:00Z", {"until": ["1h30m"]})


def test_a_dockerfile() -> None:
    text = 'FROM a AS b\nCMD x\nFROM c\nARG V=1\nENV A=$V \\\n  B="two words"\nEXPOSE 80\nCMD ["run", "it"]\nUSER me\n'
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert configured(text, {"V": "2"}) == {
        "Env": [path, "A=2", "B=two words"],
        "ExposedPorts": {"80/tcp": {}},
        "Cmd": ["run", "it"],
        "User": "me",
    }


def test_defaults_of_a_host() -> None:
    assert filled({"Memory": 5}, HOST_CONFIG)["MemorySwap"] == 10
    assert filled({"LogConfig": {"Type": ""}}, HOST_CONFIG)["LogConfig"] == {"Type": "json-file", "Config": {}}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--progress plain --tag a:1 -- /srv", "--tag a:1 /srv"),
        ("-ta:1 --load --provenance=false .", "-t a:1 ."),
        ("--platform linux/amd64,linux/arm64 -t a --push .", "-t a ."),
        ("--platform=linux/arm64 --secret id=a,src=b --cache-from type=gha .", "--platform linux/arm64 ."),
        ("--no-cache --unknown .", "--no-cache --unknown ."),
    ],
)
def test_words_of_buildx(words: str, expected: str) -> None:
    assert " ".join(buildx.classic(words.split())) == expected


def test_a_run_of_compose_has_no_name_of_its_own(client: Client) -> None:
    """Compose calls it after a number that is random."""
    endpoints = {"EndpointsConfig": {"web": {"Aliases": ["web", "shop-web-run-0123456789ab"]}}}
    client.ask("POST", "/networks/create", {"Name": "web"}, code=201)
    host = {"AutoRemove": True, "NetworkMode": "web"}
    client.run("shop-web-run-0123456789ab", HostConfig=host, NetworkingConfig=endpoints)
    client.ask("POST", "/containers/shop-web-run-0123456789ab/wait")
    assert {name: each["places"] for name, each in client.state()["run"].items()} == {
        "1 shop-web-run": {"web": {"aliases": ["web"]}}
    }
