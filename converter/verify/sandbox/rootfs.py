"""The systems that hosts are made of: built once or taken from a tarball, and kept in the user's cache."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from converter.model.diagnostic import ConverterError
from converter.verify.sandbox.namespaces import Keeper

# What a server has that people deploy to by hand, and what Ansible needs of it.
PACKAGES = (
    "acl bzip2 ca-certificates cron curl dbus file git gnupg iproute2 jq kmod less libpam-systemd openssh-server patch"
    " procps python3 python3-apt rsync sudo systemd systemd-sysv unzip wget xz-utils zip"
).split()
SUITE = "bookworm"
INSTALL = "apt-get install mmdebstrap (or give the root of a Debian as --rootfs TARBALL)"
_LAYERS = "layers"
_PROXIES = ("http_proxy", "https_proxy", "no_proxy")
_INSTALL = """\
set -e
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$@"
apt-get clean
rm -f /usr/sbin/policy-rc.d
rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log
"""
# The packages with all that they need, as a repository on the host itself (sources.list(5), deb-src-control(5)).
_REPOSITORY = """\
set -e
apt-get update -qq
mkdir -p /var/cache/world
apt-get install -y -qq --download-only -o Dir::Cache::archives=/var/cache/world "$@"
rm -rf /var/cache/world/lock /var/cache/world/partial /var/lib/apt/lists/*
cd /var/cache/world
for deb in *.deb; do
  dpkg-deb -f "$deb"
  sum=$(sha256sum < "$deb")
  printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$deb" "$(stat -c %s "$deb")" "${sum%% *}"
done > Packages
echo 'deb [trusted=yes] file:/var/cache/world ./' > /etc/apt/sources.list
rm -f /etc/apt/sources.list.d/*
apt-get update -qq
"""
# Where the hosts' own Python keeps what it has made of modules that it may not write beside (PYTHONPYCACHEPREFIX).
BYTECODE = "/var/cache/python"
_COMPILE = f"""\
export PYTHONPYCACHEPREFIX={BYTECODE}
python3 -m compileall -qq -x '/modules/|/module_utils/|/tests?/' "$@" || true
"""


@dataclass(frozen=True, slots=True)
class Layer:
    """A folder of the cache, relative to it, and what it is, for the report."""

    path: str
    about: str


def cache_directory() -> Path:
    """Where systems are kept (XDG Base Directory Specification). Nobody but the caller comes to the folder from
    outside; the users of a sandbox, who are nobody here, start in it."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = home / "gitopsify" / "sandbox"
    (cache / _LAYERS).mkdir(parents=True, exist_ok=True)
    cache.parent.chmod(0o700)
    cache.chmod(0o711)
    (cache / _LAYERS).chmod(0o777)
    return cache


class Systems:
    """The layers of a cache; each is made when it is first asked for."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def base(self, *, suite: str = SUITE, tarball: Path | None = None) -> Layer:
        """The system itself: of a Debian suite, or out of a tarball (plain or compressed, of a root directory)."""
        if tarball:
            name = f"given-{_digest(tarball)[:12]}"
            return self._once(name, lambda partial: self._unpack(tarball, partial, tarball.name))
        return self._once(f"debian-{suite}-{_key(PACKAGES)}", lambda partial: self._build(suite, partial))

    def with_packages(self, below: Sequence[Layer], packages: Iterable[str]) -> Layer:
        """Debian packages installed on top of other layers."""
        wanted = sorted(set(packages))
        return self._on_top(below, _INSTALL, wanted, "packages", f"with {', '.join(wanted)}")

    def with_repository(self, below: Sequence[Layer], packages: Iterable[str], stand_ins: Iterable[str] = ()) -> Layer:
        """A repository on the host from which apt can install these packages, and none else; in those of `stand_ins`
        there is nothing."""
        wanted, hollow = sorted(set(packages)), sorted(set(stand_ins))
        about = f"apt can install {', '.join([*wanted, *(f'{name} (a stand-in)' for name in hollow)])}"
        return self._on_top(below, _stand_ins(hollow) + _REPOSITORY, wanted, "repository", about)

    def compiled(self, below: Sequence[Layer], folder: str) -> Layer:
        """The bytecode of Python modules of other layers, which would else be made anew each time."""
        return self._on_top(below, _COMPILE, [folder], "bytecode", f"bytecode of {folder}")

    def copied(self, name: str, files: Mapping[str, Path], about: str) -> Layer:
        """Files and folders of this machine by their paths in the layer, readable to all there."""

        def copy(partial: Path) -> str:
            unneeded = shutil.ignore_patterns("__pycache__", "tests")
            for path, source in files.items():
                place = partial / path.lstrip("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                if source.is_dir():
                    shutil.copytree(source, place, ignore=unneeded, dirs_exist_ok=True)
                else:
                    shutil.copyfile(source, place)
            for each in (partial, *partial.rglob("*")):
                each.chmod(0o755 if each.is_dir() else 0o644)
            return about

        return self._once(name, copy)

    def clean(self) -> None:
        """Takes all layers away: to others than the users of a sandbox they can't be removed."""
        for path in (self._cache / _LAYERS).iterdir():
            if path.is_dir():
                self._forget(path)
            else:
                path.unlink()

    def _once(self, name: str, make: Callable[[Path], str]) -> Layer:
        """The layer, made if it is not there yet, by one run at a time; `make` writes it and says what it is."""
        place, note = self._path(name), self._path(f"{name}.json")
        with self._path(f"{name}.lock").open("w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not place.is_dir():
                partial = self._path(f"{name}.partial")
                self._forget(partial)
                try:
                    about = make(partial)
                except BaseException:
                    self._forget(partial)
                    raise
                note.write_text(json.dumps({"about": about}), encoding="utf-8")
                partial.rename(place)
        return Layer(f"{_LAYERS}/{name}", json.loads(note.read_text(encoding="utf-8"))["about"])

    def _build(self, suite: str, partial: Path) -> str:
        if shutil.which("mmdebstrap") is None:
            raise ConverterError("there is no system to make hosts of, and mmdebstrap is not installed", INSTALL)
        with tempfile.TemporaryDirectory(prefix="gitopsify-rootfs-") as scratch:
            built = Path(scratch) / "root.tar"
            argv = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(PACKAGES)}", suite, str(built)]
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False)
            if done.returncode:
                raise ConverterError(f"mmdebstrap can't build Debian {suite}: {_last(done.stderr)}", INSTALL)
            return self._unpack(built, partial, f"Debian {suite}")

    def _unpack(self, tarball: Path, partial: Path, about: str) -> str:
        with closing(Keeper.start(self._cache, isolated=True)) as keeper, tarball.open("rb") as content:
            keeper.tell("extract", content.fileno(), folder=str(partial.relative_to(self._cache)))
        return f"{about}, sha256 {_digest(tarball)[:16]}"

    def _on_top(self, below: Sequence[Layer], script: str, words: list[str], kind: str, about: str) -> Layer:
        def install(partial: Path) -> str:
            partial.mkdir()
            partial.chmod(0o777)
            folder = str(partial.relative_to(self._cache))
            with closing(Keeper.start(self._cache, isolated=False)) as keeper, tempfile.TemporaryFile() as output:
                ended = keeper.tell(
                    "install",
                    output.fileno(),
                    folder=folder,
                    lower=[layer.path for layer in below],
                    argv=["sh", "-c", script, "sh", *words],
                    files={"/etc/resolv.conf": Path("/etc/resolv.conf").read_text(encoding="utf-8")},
                    environment={name: os.environ[name] for name in _PROXIES if name in os.environ},
                )
                output.seek(0)
                if ended:
                    raise ConverterError(f"{kind} can't be had ({', '.join(words)}): {_last(output.read())}")
                keeper.tell("keep_upper", folder=folder)
            return about

        return self._once(f"{kind}-{_key([script, *words, *(layer.path for layer in below)])}", install)

    def _forget(self, folder: Path) -> None:
        with suppress(OSError):
            shutil.rmtree(folder)
        if folder.is_dir():
            # The users of a sandbox have written it, and only they may remove it.
            with closing(Keeper.start(self._cache, isolated=True)) as keeper:
                keeper.tell("empty", folder=str(folder.relative_to(self._cache)))
            shutil.rmtree(folder)

    def _path(self, name: str) -> Path:
        return self._cache / _LAYERS / name


def _stand_ins(names: Sequence[str]) -> str:
    """Lines that make a package of each name with nothing in it (deb-control(5))."""
    lines = []
    for name in names:
        control = f"Package: {name}\\nVersion: 1:0\\nArchitecture: all\\nMaintainer: world <world@example.invalid>\\n"
        folder = f"/tmp/{name}"
        lines.append(f"mkdir -p {folder}/DEBIAN /var/cache/world")
        lines.append(f"printf '{control}Description: a stand-in\\n' > {folder}/DEBIAN/control")
        lines.append(f"dpkg-deb --build {folder} /var/cache/world/{name}_0_all.deb >/dev/null && rm -r {folder}")
    return "".join(f"{line} || exit 1\n" for line in lines)


def _key(words: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _last(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it says nothing"
