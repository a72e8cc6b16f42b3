"""`docker run` as composerize reads it and as our task does: the same container, option by option."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
import yaml

from cases import Compared
from converter.match import load_rules
from converter.pipeline import scripts_to_plan
from oracle import node
from oracle.compose import Meaning, of_service, of_task
from render.playbooks import module_of, rendered, tasks

LINES = """\
docker run -d --name c nginx
docker run --detach --name=c nginx:1.27
docker container run -d --name c nginx
docker run -d --name c ghcr.io/acme/shop/web@sha256:0123456789abcdef
docker run -dit --name c busybox
docker run -d -i -t --name c busybox sh
docker run -d --interactive --tty --name c busybox sh -c "echo hi; sleep 5"
docker run -d --name c busybox echo --name other -p 1:1
docker run -d --name c -p 80:80 -p 127.0.0.1:8080:8080/udp -p 9000-9002:9000-9002 nginx
docker run -d --name c --publish=443:443 --publish 53:53/udp -p8443:443 nginx
docker run -d --name c -P --expose 80 --expose=9000/udp nginx
docker run -d --name c --publish-all nginx
docker run -d --name c -v /srv/www:/usr/share/nginx/html:ro -v data:/data --volume=/run/app.sock:/run/app.sock nginx
docker run -d --name c --volume /srv/a:/a:rw,z --volume-driver local --volumes-from other --volumes-from=db:ro nginx
docker run -d --name c --mount type=bind,source=/srv/a,target=/a nginx
docker run -d --name c --mount type=bind,src=/srv/a,dst=/a,readonly nginx
docker run -d --name c --mount source=data,destination=/data --mount=type=tmpfs,target=/run nginx
docker run -d --name c --tmpfs /run --tmpfs=/tmp:size=64m,mode=1777 nginx
docker run -d --name c -e A=1 -e B="two words" --env C=3 --env=D=a=b -eE=5 nginx
docker run -d --name c --env-file /srv/shop/.env nginx
docker run -d --name c --restart always nginx
docker run -d --name c --restart=unless-stopped nginx
docker run -d --name c --restart on-failure:5 nginx
docker run -d --name c -m 512m --cpus 1.5 nginx
docker run -d --name c --memory=1g --cpus=2 --memory-reservation 256m --memory-swap 2g --memory-swappiness 10 nginx
docker run -d --name c -c 512 --cpuset-cpus 0,1 nginx
docker run -d --name c --cpu-shares=512 --cpu-period 100000 --cpu-quota 50000 --cpuset-mems 0 nginx
docker run -d --name c --blkio-weight 300 --pids-limit 100 --oom-kill-disable --oom-score-adj 500 nginx
docker run -d --name c --network host nginx
docker run -d --name c --net=none nginx
docker run -d --name c --network container:other nginx
docker run -d --name c --network backend --network-alias shop --net-alias web --ip 10.0.0.5 nginx
docker run -d --name c --net backend --ip6 2001:db8::5 nginx
docker run -d --name c --network backend --link db:database nginx
docker run -d --name c --link db --link=cache:redis nginx
docker run -d --name c --entrypoint /bin/sh busybox -c "echo hi"
docker run -d --name c --entrypoint=/docker-entrypoint.sh nginx nginx -g "daemon off;"
docker run -d --name c -u 1000:1000 -w /app nginx
docker run -d --name c --user=www-data --workdir=/app --group-add video --userns host nginx
docker run -d --name c -l team=shop --label com.example.tier=web --label=empty= nginx
docker run -d --name c --add-host db:10.0.0.2 --add-host=host.docker.internal:host-gateway nginx
docker run -d --name c -h web1 --domainname example.com --mac-address 02:42:ac:11:00:02 nginx
docker run -d --name c --hostname=web1 --dns 1.1.1.1 --dns=8.8.8.8 --dns-search example.com --dns-opt ndots:2 nginx
docker run -d --name c --dns-option rotate nginx
docker run -d --name c --health-cmd "curl -f http://localhost/" --health-interval 30s --health-timeout=5s nginx
docker run -d --name c --health-cmd true --health-retries 3 --health-start-period 10s --health-start-interval 2s nginx
docker run -d --name c --no-healthcheck nginx
docker run -d --name c --log-driver json-file --log-opt max-size=10m --log-opt max-file=3 nginx
docker run -d --name c --log-driver=syslog --log-opt syslog-address=udp://10.0.0.9:514 nginx
docker run -d --name c --ulimit nofile=1024:2048 --ulimit=nproc=512 nginx
docker run -d --name c --cap-add NET_ADMIN --cap-add=SYS_TIME --cap-drop ALL nginx
docker run -d --name c --privileged --security-opt no-new-privileges --security-opt=seccomp=unconfined nginx
docker run -d --name c --device /dev/ttyUSB0 --device=/dev/snd:/dev/snd:rw --device-cgroup-rule "c 188:* rmw" nginx
docker run -d --name c --gpus all nginx
docker run -d --name c --gpus 2 nginx
docker run -d --name c --gpus '"device=0,2"' nginx
docker run -d --name c --shm-size 1g --ipc host --pid=host --uts host nginx
docker run -d --name c --sysctl net.core.somaxconn=1024 --sysctl=net.ipv4.ip_forward=1 nginx
docker run -d --name c --stop-signal SIGQUIT --stop-timeout 30 --init --read-only nginx
docker run -d --name c --runtime nvidia --platform linux/arm64 --pull always -q nginx
docker run -d --name c --pull=never --quiet --rm nginx
docker run -d --name c --cgroup-parent /shop --cgroupns host --storage-opt size=10G --kernel-memory 64m nginx
""".splitlines()

# Where composerize says something else than `docker run --help`, by what stands in the line: the parameter, and why.
EXCEPTIONS = {
    "--rm": ("auto_remove", "a compose file can't say it"),
    "--cpuset-cpus": ("cpuset_cpus", "it is left out"),
    "--cpuset-mems": ("cpuset_mems", "it is left out"),
    "device=0,2": ("device_requests", "it makes no number of it"),
    "--dns-option": ("dns_opts", "the longer spelling of --dns-opt is left out"),
    "-eE=5": ("env", "in one word, it is read as -e true"),
    "--health-start-interval": ("healthcheck", "it is left out"),
    "-q nginx": ("image", "the image is taken for the argument of -q"),
    "--kernel-memory": ("kernel_memory", "it is left out"),
    "readonly": ("mounts", "it is left out"),
    "--net-alias": ("networks", "of --network-alias and --net-alias only one is kept"),
    "-P": ("publish_all_ports", "it is left out"),
    "--publish-all": ("publish_all_ports", "it is left out"),
    "--tmpfs=/tmp": ("tmpfs", "two --tmpfs become one path with a comma"),
    "--volume-driver": ("volume_driver", "it is left out"),
}


@cache
def composed() -> dict[str, Meaning]:
    """What composerize makes of each line; one program for all of them."""
    # `docker container run` is a command that it does not know.
    lines = [line.replace("docker container run", "docker run") for line in LINES]
    texts: list[str] = json.loads(node.run("composerize.cjs", str(node.PACKAGES), stdin=json.dumps(lines)))
    services = [yaml.safe_load(text)["services"] for text in texts]
    return {line: of_service(next(iter(each.values()))) for line, each in zip(LINES, services, strict=True)}


@cache
def converted() -> dict[str, Meaning]:
    """What the tasks say that the lines become, in a script that runs them all."""
    lines = [line.replace("--name c ", f"--name c{number} ") for number, line in enumerate(LINES)]
    lines = [line.replace("--name=c ", f"--name=c{number} ") for number, line in enumerate(lines)]
    script = "\n".join(["ssh root@web1 <<'EOF'", *lines, "EOF", ""])
    made = tasks(rendered(scripts_to_plan([("run.sh", script.encode())], name="shop")))
    found = {}
    for line, task in zip(LINES, made, strict=True):
        module, args = module_of(task)
        assert module == "community.docker.docker_container", line
        found[line] = of_task({**args, "name": "c"})
    return found


def differences(line: str) -> dict[str, tuple[Any, Any]]:
    """The parameters in which the two part, with what each says."""
    ours, theirs = converted()[line], composed()[line]
    return {name: (ours.get(name), theirs.get(name)) for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)}


def excepted(line: str) -> set[str]:
    """The parameters of the line in which composerize is wrong."""
    return {parameter for words, (parameter, _) in EXCEPTIONS.items() if words in line}


@node.needs("composerize")
@pytest.mark.parametrize("line", LINES)
def test_both_read_the_same_container(line: str) -> None:
    found = differences(line)
    assert {name: both for name, both in found.items() if name not in excepted(line)} == {}
    assert excepted(line) <= found.keys(), "an exception is not needed"


@node.needs("composerize")
def test_every_exception_stands_in_a_line(compared: Compared) -> None:
    assert [words for words in EXCEPTIONS if not any(words in line for line in LINES)] == []
    parameters = sum(map(len, converted().values()))
    compared(f"docker run and composerize: {len(LINES)} commands, {parameters} parameters")


def test_every_option_of_the_rule_is_compared() -> None:
    (rule,) = (rule for rule in load_rules().all() if rule.id == "docker-run")
    spelled = {name for option in rule.grammars[0].options for name in option.aliases}
    unsaid = {name for name in spelled if not any(re.search(rf" {name}[ =]", line) for line in LINES)}
    assert sorted(unsaid) == []
