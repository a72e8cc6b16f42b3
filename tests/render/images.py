"""Dockerfiles that are really built: base images are made of a few programs of this machine, and what compiles or
installs only says how it was called and leaves the files that it would."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

_PROGRAMS = ("sh", "mkdir", "chown", "ln", "cat", "touch", "rm", "cp", "env", "chmod")
_CALLED = "called:"
_STUB = f"""\
#!/bin/sh
name=${{0##*/}}
echo "{_CALLED} $name $*"
case "$name $*" in
  "npm ci"*) mkdir -p node_modules ;;
  "npm run build"*) mkdir -p dist public && touch dist/index.html dist/server.js public/built.js ;;
  "mvn "*) mkdir -p target && touch target/orders-2.4.1.jar ;;
  "python3 -m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/pip" && cp "$0" "$3/bin/python" ;;
  "composer install"*) mkdir -p vendor ;;
esac
"""
_STUBS = """apt-get npm npx node mvn python3 composer php groupadd useradd docker-php-ext-install
    docker-php-ext-configure pecl pip corepack""".split()


@dataclass(frozen=True)
class Built:
    """An image: how its build has called programs, its settings, and its files with their owner."""

    called: list[str]
    config: dict[str, object]
    owners: dict[str, int]


def podman(storage: Path, *words: str) -> str:
    """What it prints; it keeps its images in a folder of the test, since theirs have the names of real ones."""
    own = ["--root", str(storage / "images"), "--runroot", str(storage / "run")]
    done = subprocess.run(["podman", *own, *words], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def base(folder: Path) -> Path:
    """A root with a shell and what stands in for everything else."""
    root = folder / "root"
    for name in _PROGRAMS:
        program = Path(shutil.which(name) or f"/bin/{name}")
        libraries = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout
        for library in re.findall(r"(/\S+)", libraries):
            place = root / library.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, place)
        (root / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(program.resolve(), root / "bin" / name)
    for place in ("tmp", "var/lib/apt/lists", "usr/bin", "etc"):
        (root / place).mkdir(parents=True, exist_ok=True)
    (root / "usr/local/bin").mkdir(parents=True)
    for name in _STUBS:
        (root / "usr/bin" / name).write_text(_STUB)
        (root / "usr/bin" / name).chmod(0o755)
    modules = "usr/local/lib/node_modules/npm/bin"
    (root / modules).mkdir(parents=True)
    for place in ("usr/local/bin/node", f"{modules}/npm-cli.js", f"{modules}/npx-cli.js"):
        shutil.copy(root / "usr/bin/npm", root / place)
    return root


def build(dockerfile: str, context: Path, root: Path, target: str = "") -> Built:
    """Builds it with that root in place of each base image."""
    storage = root.parent / "storage"
    (context / "Dockerfile").write_text(dockerfile)
    for name in _images(dockerfile):
        (root.parent / "Base").write_text("FROM scratch\nCOPY root /\n")
        where = name if name.partition("/")[0].count(".") else f"docker.io/{name if '/' in name else f'library/{name}'}"
        podman(storage, "build", "--quiet", "--tag", where, "--file", str(root.parent / "Base"), str(root.parent))
    tag = "localhost/gitopsify-test:built"
    stage = ["--target", target] if target else []
    how = ["--layers=false", "--pull=never", "--isolation=chroot", "--tag", tag, *stage]
    printed = podman(storage, "build", *how, str(context))
    (inspected,) = json.loads(podman(storage, "image", "inspect", tag))
    made = podman(storage, "create", tag, "true").strip()
    archive = root.parent / "built.tar"
    podman(storage, "export", "--output", str(archive), made)
    podman(storage, "rm", made)
    with tarfile.open(archive) as files:
        owners = {f"/{each.name.rstrip('/')}": each.uid for each in files.getmembers()}
    called = [line.removeprefix(_CALLED).strip() for line in printed.splitlines() if line.startswith(_CALLED)]
    return Built(called, inspected["Config"], owners)


def _images(dockerfile: str) -> list[str]:
    """The base images at the versions of the arguments."""
    given = dict(re.findall(r"^ARG (\w+)=(\S+)$", dockerfile, re.MULTILINE))
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", dockerfile, re.MULTILINE))
    named = [*re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE), *re.findall(r"--from=(\S+)", dockerfile)]
    filled = [re.sub(r"\$\{(\w+)\}", lambda found: given[found[1]], name) for name in named if name not in stages]
    return list(dict.fromkeys(filled))
