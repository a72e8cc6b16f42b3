"""Sets a world up before anything is run in it: users, keys, folders, services, remotes, and what answers outside."""

from __future__ import annotations

import base64
import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter.model.diagnostic import ConverterError
from converter.model.world import Database, Managed, Repository, Surroundings
from converter.verify.recorders import PREPARE, files_for, needs_docker
from converter.verify.recorders.calls import LOG
from converter.verify.sandbox.rootfs import BYTECODE
from converter.verify.sandbox.world import World
from converter.verify.world.answering import INDEX, PROGRAM, WHEELS
from converter.verify.world.answering import sample as packed
from converter.verify.world.paths import PACKED
from converter.verify.world.samples import sample
from converter.verify.world.shape import OUTSIDE, Machine

_KEYS = """\
install -d -m 700 /root/.ssh
ssh-keygen -q -t ed25519 -N '' -C world -f /root/.ssh/id_ed25519
cat /root/.ssh/id_ed25519
printf %s '|'
cat /root/.ssh/id_ed25519.pub
"""
# One certificate for every name outside, which all hosts trust.
_CERTIFICATE = """\
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=world \\
  -addext 'subjectAltName={names}' -keyout /tmp/key.pem -out /tmp/certificate.pem 2>/dev/null
cat /tmp/key.pem /tmp/certificate.pem
"""
# What update-ca-certificates(8) would do, in a hundredth of its time.
_TRUSTED = """\
cat /usr/local/share/ca-certificates/world.crt >> /etc/ssl/certs/ca-certificates.crt
ln -sf /usr/local/share/ca-certificates/world.crt /etc/ssl/certs/world.pem
ln -sf world.pem "/etc/ssl/certs/$(openssl x509 -hash -noout -in /etc/ssl/certs/world.pem).0"
"""
_UNIT = """\
[Unit]
Description={about}

[Service]
ExecStart={program}
ExecReload=/bin/true

[Install]
WantedBy=multi-user.target
"""
# What the pipeline checks out as the application, if there is anything to build.
APPLICATION = "https://ci.invalid/world/app.git"
# Tools that a job of the pipeline installs, and that are there already.
_THERE = {
    "apt-get": "exit 0",
    "pip": "exit 0",
    "ansible-galaxy": "exit 0",
    "ansible-playbook": "PYTHONPATH=/opt/ansible/lib ANSIBLE_COLLECTIONS_PATH=/opt/ansible/collections"
    f" PYTHONPYCACHEPREFIX={BYTECODE}"
    ' ANSIBLE_NOCOLOR=1 ANSIBLE_NOCOWS=1 exec python3 -m ansible playbook "$@"',
}
_TABLE = "CREATE TABLE IF NOT EXISTS sample (id integer); INSERT INTO sample VALUES (1);"
# Where the working tree of the repository is.
MANIFESTS = "/root/manifests"
ANSWERING = "/usr/local/lib/world/answering.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is set up; `at` is the machine that the script runs on, `root` where the folders of the user are."""

    machines: Sequence[Machine]
    around: Surroundings
    at: str
    root: Path

    def set_up(self, world: World, project: Mapping[str, str]) -> None:
        """Does all of it; `project` are files in the folder of the script."""
        private, _, public = _run(world, OUTSIDE, _KEYS).partition("|")
        certificate = _run(world, OUTSIDE, _CERTIFICATE.format(names=self._names()))
        for name in world.hosts:
            own = [machine for machine in self.machines if machine.name == name]
            users = ["root", *dict.fromkeys((*self.around.users, *(machine.user for machine in own)))]
            lines = ["set -e", *_trust(certificate)]
            lines += [line for user in dict.fromkeys(users) for line in _user(user, private, public)]
            lines += self._outside(project) if name == OUTSIDE else self._host(name, own, users, project)
            _run(world, name, "\n".join(lines))
        for name in world.hosts:
            if name != OUTSIDE:
                _run(world, name, "\n".join(["set -e", *_checkouts(self.around), *_virtualenvs(self.around)]))

    def _names(self) -> str:
        """For a certificate."""
        names = [
            *self.around.names,
            location(APPLICATION)[0],
            *(machine.address for machine in self.machines),
            "localhost",
        ]
        return ",".join(f"{'IP' if re.fullmatch(r'[0-9.]+', name) else 'DNS'}:{name}" for name in dict.fromkeys(names))

    def _outside(self, project: Mapping[str, str]) -> Iterator[str]:
        around = self.around
        yield from _recorders(around.recorded, ())
        for remote in around.repositories:
            yield from _remote(remote, self.root, {})
        application = Repository(url=APPLICATION, samples=around.samples)
        yield from _remote(application, self.root, {**_local(around), **project}, commits=1)
        for tool, line in _THERE.items():
            yield from _written(f"/usr/local/bin/{tool}", f"#!/bin/sh\n{line}\n", "755")
        yield from _places(around, local=True, outside=around.script.directory)
        yield from _written(WHEELS, "".join(f"{each}\n" for each in around.wheels))
        yield from _answering((80, 443))

    def _host(
        self, name: str, own: Sequence[Machine], users: Iterable[str], project: Mapping[str, str]
    ) -> Iterator[str]:
        around, here = self.around, name == self.at
        for port in (22, *sorted({machine.port for machine in own} - {22})):
            yield f"echo Port {port} >> /etc/ssh/sshd_config.d/world.conf"
        if INDEX in around.names:
            yield from _written("/etc/pip.conf", f"[global]\nindex-url = https://{INDEX}/simple\n")
        yield from _databases(around.databases, users)
        yield from _recorders(around.recorded, [user for user in users if user != "root"])
        yield from _answering(around.answers) if around.answers else ()
        yield from _project(around, project) if here else ()
        yield from _places(around, local=here)
        for service in around.services:
            yield from _service(service, "does nothing in this world")
        for each in around.managed:
            yield from _supervised(each) if each.by == "supervisor" else _of_pm2(each)


def _run(world: World, host: str, script: str) -> str:
    done = world.run(host, ["bash", "-s"], given=script.encode(), limit=120)
    if done.code or done.stopped:
        raise ConverterError(f"the world can't be set up on {host}: {done.stopped or done.output.strip()[-500:]}")
    return done.output


def _written(path: str, content: str, mode: str = "644", owner: str = "root") -> Iterator[str]:
    """Lines that write a file whatever is in it."""
    coded = base64.b64encode(packed(path) if content == PACKED else content.encode()).decode()
    yield f"mkdir -p {shlex.quote(path.rpartition('/')[0] or '/')}"
    yield f"base64 -d > {shlex.quote(path)} <<< {shlex.quote(coded)}"
    yield f"chmod {mode} {shlex.quote(path)}; chown {owner}: {shlex.quote(path)}"


def _trust(certificate: str) -> Iterator[str]:
    yield from _written("/etc/ssl/world.pem", certificate, "600")
    begin = certificate.index("-----BEGIN CERTIFICATE")
    yield from _written("/usr/local/share/ca-certificates/world.crt", certificate[begin:])
    yield _TRUSTED
    yield "for key in /etc/ssh/ssh_host_*_key.pub; do printf '* '; cat $key; done > /etc/ssh/ssh_known_hosts"


def _user(name: str, private: str, public: str) -> Iterator[str]:
    user = shlex.quote(name)
    yield f"id -u {user} >/dev/null 2>&1 || useradd --create-home --shell /bin/bash {user}"
    if name != "root":
        yield f"echo {user} 'ALL=(ALL) NOPASSWD:ALL' > /etc/sudoers.d/world-{user}"
    yield f"home=$(getent passwd {user} | cut -d: -f6); mkdir -p $home; chown {user}: $home"
    yield f"install -d -m 700 -o {user} $home/.ssh"
    for path, content, mode in (
        ("id_ed25519", private, "600"),
        ("id_ed25519.pub", public, "644"),
        ("authorized_keys", public, "600"),
    ):
        coded = base64.b64encode(content.encode()).decode()
        yield f"base64 -d > $home/.ssh/{path} <<< {coded}"
        yield f"chmod {mode} $home/.ssh/{path}; chown {user} $home/.ssh/{path}"


def _local(around: Surroundings) -> dict[str, str]:
    """The files that are in the script's folder, by their paths in it."""
    folder = f"{around.script.directory}/"
    places = [place for place in around.places if place.path.startswith(folder)]
    found = {place.path.removeprefix(folder): place.text for place in places}
    # Git keeps no folder without a file.
    return {path if text is not None else f"{path}/.gitkeep": text or "" for path, text in found.items()}


def _project(around: Surroundings, project: Mapping[str, str]) -> Iterator[str]:
    """The application around the script, as a working copy of what the pipeline checks out."""
    folder, user = shlex.quote(around.script.directory), shlex.quote(around.script.user)
    for path, text in {**sample(around.samples), **project}.items():
        place = posixpath.normpath(f"{around.script.directory}/{path}")
        yield from _written(place, text, "755" if text.startswith("#!") or path in project else "644")
    commit = "git -c user.name=world -c user.email=world@example.invalid commit -q"
    yield f"cd {folder} && {{ [ -d .git ] || git init -q -b main; }} && git add -A && {commit} -m First --allow-empty"
    yield f"git remote add origin {APPLICATION} 2>/dev/null || true; chown -R {user}: {folder}"


def _places(around: Surroundings, *, local: bool, outside: str | None = None) -> Iterator[str]:
    """Those of this machine; outside only those that are elsewhere than in the folder of the script."""
    for place in around.places:
        if (place.local and not local) or (outside is not None and (not place.local or place.path.startswith(outside))):
            continue
        path, owner = shlex.quote(place.path), shlex.quote(place.owner)
        if place.text is not None:
            folder = shlex.quote(posixpath.dirname(place.path))
            yield f"[ -d {folder} ] || install -d -o {owner} {folder}"
            yield from _written(place.path, place.text, place.mode or "644", place.owner)
        else:
            mode = f"-m {place.mode} " if place.mode else ""
            yield f"install -d {mode}-o {owner} {path}"
        if re.match(r"/(tmp|run)/", place.path):
            yield from _after_boot(place.path)


def _after_boot(path: str) -> Iterator[str]:
    """What lies in memory is put there again when the host is started (tmpfiles.d(5))."""
    kept, quoted = shlex.quote(f"/var/lib/world/boot{path}"), shlex.quote(path)
    yield f"mkdir -p $(dirname {kept}) && cp -a {quoted} {kept}"
    yield f"echo \"C {path} $(stat -c '%a %u %g' {quoted}) - /var/lib/world/boot{path}\" >> /etc/tmpfiles.d/world.conf"


def _service(name: str, about: str, program: str = "/bin/sleep infinity") -> Iterator[str]:
    unit = name if re.search(r"\.(service|timer|socket|target)$", name) else f"{name}.service"
    yield from _written(f"/etc/systemd/system/{unit}", _UNIT.format(about=f"{name} {about}", program=program))
    yield f"systemctl daemon-reload && systemctl enable --now --quiet {shlex.quote(unit)}"


def _databases(databases: Sequence[Database], users: Iterable[str]) -> Iterator[str]:
    """Each with a table; PostgreSQL believes whoever asks, and knows everybody on its host."""
    for each in (each for each in databases if each.engine == "mariadb"):
        whose = f"'{each.user or 'root'}'@localhost"
        secret = f"USING PASSWORD('{each.password}')"
        yield from _said("mariadb", f"CREATE DATABASE IF NOT EXISTS \\`{each.name}\\`;")
        yield from _said("mariadb", f"CREATE USER IF NOT EXISTS {whose};")
        yield from _said("mariadb", f"ALTER USER {whose} IDENTIFIED VIA unix_socket OR mysql_native_password {secret};")
        yield from _said("mariadb", f"GRANT ALL ON *.* TO {whose};")
        yield from _said(f"mariadb {each.name}", _TABLE)
    own = [each for each in databases if each.engine == "postgresql"]
    if own:
        yield "sed -i '1i local all all trust\\nhost all all localhost trust' /etc/postgresql/*/main/pg_hba.conf"
        yield "systemctl reload postgresql"
        for user in dict.fromkeys((*users, *(each.user for each in own if each.user))):
            yield f"createuser --superuser -U postgres {shlex.quote(user)} 2>/dev/null || true"
    for each in own:
        yield f"createdb -U {each.user or 'postgres'} {each.name} 2>/dev/null || true"
        yield from _said(f"psql -q -U {each.user or 'postgres'} {each.name}", _TABLE)


def _said(client: str, statement: str) -> Iterator[str]:
    yield f'{client} <<< "{statement}"'


def _of_pm2(process: Managed) -> Iterator[str]:
    owner, called = shlex.quote(process.owner), shlex.quote(process.name)
    yield f"runuser -u {owner} -- pm2 start /bin/true --name {called} && : > {LOG}"


def _supervised(process: Managed) -> Iterator[str]:
    section = f"[program:{process.name}]\ncommand=/bin/sleep infinity\nuser={process.owner}\n"
    section += "stdout_logfile=NONE\nstderr_logfile=NONE\n"
    yield from _written(f"/etc/supervisor/conf.d/world-{process.name}.conf", section)
    yield "supervisorctl update"


def _answering(ports: Sequence[int]) -> Iterator[str]:
    program = (Path(__file__).parent / "answering.py").read_text(encoding="utf-8")
    yield from _written(ANSWERING, program)
    argv = f"/usr/bin/python3 {ANSWERING} {' '.join(map(str, ports))}"
    yield from _service("world-answers", "at the ports that the script asks", argv)
    for port in ports:
        yield f"for try in $(seq 100); do ss -Hltn sport = :{port} | grep -q . && break; sleep 0.1; done"


def _recorders(names: Sequence[str], users: Iterable[str]) -> Iterator[str]:
    """Programs that write down how they are called, and an engine for containers that runs nothing."""
    for path, (text, mode) in files_for(names).items():
        yield from _written(path, text, f"{mode:o}")
    yield PREPARE
    if needs_docker(names):
        yield "groupadd --force docker"
        yield from (f"usermod --append --groups docker {shlex.quote(user)}" for user in users)


def location(url: str) -> tuple[str, str]:
    """The machine and the path of a git remote; no machine for one on the disk (git-fetch(1), "git URLs")."""
    if found := re.match(r"(?:\w+://)(?:[^@/]*@)?([^:/]+)(?::\d+)?/(.*)", url):
        return found[1], found[2]
    if found := re.match(r"(?:[^@/:]*@)?([^/:]+):(.*)", url):
        return found[1], found[2].lstrip("/")
    return "", url


def _remote(remote: Repository, root: Path, more: Mapping[str, str], *, commits: int = 2) -> Iterator[str]:
    """A bare repository with so many commits on each branch, where all ways to ask for it lead."""
    machine, path = location(remote.url)
    bare = f"/srv/git/{machine}/{path.removesuffix('/').removesuffix('.git')}.git"
    content = {**(_folder(root / remote.folder) if remote.folder else sample(remote.samples)), **remote.files, **more}
    yield "rm -rf /tmp/app && mkdir -p /tmp/app && cd /tmp/app && git init -q -b main"
    for file, text in content.items():
        yield from _written(f"/tmp/app/{file}", text, "755" if text.startswith("#!") else "644")
    commit = "git -c user.name=world -c user.email=world@example.invalid commit -q"
    dated = "GIT_AUTHOR_DATE=2024-01-0{day}T00:00:00Z GIT_COMMITTER_DATE=2024-01-0{day}T00:00:00Z"
    yield f"git add -A && {dated.format(day=1)} {commit} -m First --allow-empty && git tag v1.0.0"
    for tag in remote.tags:
        yield f"git tag -f {shlex.quote(tag)}"
    if commits > 1:
        yield f"echo second >> CHANGES && git add -A && {dated.format(day=2)} {commit} -m Second"
    for branch in remote.branches:
        yield f"git branch -f {shlex.quote(branch)} main 2>/dev/null || true"
    yield f"mkdir -p {shlex.quote(bare.rpartition('/')[0])} && rm -rf {shlex.quote(bare)}"
    yield f"git clone -q --bare /tmp/app {shlex.quote(bare)} && git -C {shlex.quote(bare)} config http.receivepack true"
    yield f"git -C {shlex.quote(bare)} symbolic-ref HEAD refs/heads/{shlex.quote(remote.branches[0])}"
    yield f"chown -R root: {shlex.quote(bare)} && git config --system --replace-all safe.directory '*'"
    yield "id -u git >/dev/null 2>&1 || useradd --create-home --shell /usr/bin/git-shell git"
    yield "install -d -m 700 -o git /home/git/.ssh "
    yield "install -m 600 -o git -t /home/git/.ssh /root/.ssh/authorized_keys"
    for start in ("/home/git", ""):
        link = shlex.quote(f"{start}/{path}")
        yield f"mkdir -p $(dirname {link}) && {{ [ -e {link} ] || ln -s {shlex.quote(bare)} {link}; }}"


def _folder(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise ConverterError(f"world.yaml names the folder {folder}, which is not there", "give a folder, or samples")
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace") for path in paths}


def _checkouts(around: Surroundings) -> Iterator[str]:
    """Working copies that are a commit behind."""
    for remote in around.repositories:
        for checkout in remote.checkouts:
            path, owner = shlex.quote(checkout.path), shlex.quote(checkout.owner)
            yield f"mkdir -p {path} && chown {owner}: {path}"
            branch = f"-b {shlex.quote(checkout.branch)} " if checkout.branch else ""
            yield f"runuser -u {owner} -- git clone -q {branch}{shlex.quote(remote.url)} {path}"
            yield f"runuser -u {owner} -- git -C {path} reset -q --hard HEAD~1"


def _virtualenvs(around: Surroundings) -> Iterator[str]:
    """Virtual environments with their programs."""
    for each in around.virtualenvs:
        path, owner = shlex.quote(each.path), shlex.quote(each.owner)
        yield f"[ -d {path} ] || install -d -o {owner} {path}"
        yield f"runuser -u {owner} -- python3 -m venv {path}"
        for name in each.programs:
            yield from _written(
                f"{each.path}/bin/{name}", PROGRAM.replace("#!python", f"#!{path}/bin/python"), "755", each.owner
            )
