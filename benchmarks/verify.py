"""Times the parts of a whole comparison, for one host and for three, beside the start of a host: `verify.py BIN`.

BIN is the folder of the environment in which the wheel is installed. A comparison that had to build its systems first
is run again. Prints the table of `docs/performance.md`, and with `--write` puts it there.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from converter.verify.sandbox.rootfs import Systems, cache_directory
from converter.verify.sandbox.world import HostSpec, room
from page import tell
from speed import best

# What people put on a server by hand: a package, a file or two, a service, an application out of git.
ON_HOST = """\
apt-get install -y nginx-light
id -u shop >/dev/null 2>&1 || useradd -r -m -d /var/lib/shop shop
mkdir -p /srv/shop/uploads && chown -R shop:shop /srv/shop/uploads
cat > /etc/systemd/system/shop.service <<'UNIT'
[Service]
User=shop
ExecStart=/bin/sleep infinity
[Install]
WantedBy=multi-user.target
UNIT
[ -d /opt/shop ] || git clone -b main https://git.example.com/acme/shop.git /opt/shop
cd /opt/shop && git pull origin main
cp -f VERSION /srv/shop/VERSION
systemctl daemon-reload
systemctl enable shop
systemctl restart shop
"""
HOSTS = ("web1.example.com", "web2.example.com", "web3.example.com")
THREE = f"""\
#!/bin/bash
set -e
for host in {" ".join(HOSTS)}; do
ssh root@$host bash -se <<'REMOTE'
{ON_HOST}REMOTE
done
"""
SCRIPTS = {"one host": (f"#!/bin/bash\nset -e\n{ON_HOST}", "server"), "three hosts": (THREE, "workstation")}
ALL = "all"


def seconds(binaries: Path, script: str, runs_on: str) -> Mapping[str, float]:
    """How long each part of its comparison takes; the runs go on side by side."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "deploy.sh", Path(folder) / "made"
        source.write_text(script, encoding="utf-8")
        program = str(binaries / "gitopsify")
        convert = [program, "convert", str(source), "-o", str(made), "--yes", "--runs-on", runs_on]
        done = subprocess.run(convert, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            sys.exit(f"it can't be converted: {done.stderr[-2000:]}")
        found: Mapping[str, float] = {}
        while found.get("making systems", 2.0) > 1:
            argv = [program, "verify", str(made), "--no-record", "--format", "json"]
            done = subprocess.run(argv, capture_output=True, text=True, check=False)
            proof = json.loads(done.stdout or "{}").get("proof") or sys.exit(done.stderr[-2000:])
            if proof["failures"] or proof["differences"]:
                sys.exit(f"the manifests do not end where the script ends: {done.stdout[-2000:]}")
            found = proof["seconds"]
    return found


def starting() -> float:
    """How long it takes until one host is up, and gone again."""
    cache = cache_directory()
    spec = HostSpec(name="app", addresses=("10.0.0.2",), lower=(Systems(cache).base().path,))

    def work() -> None:
        with room(cache) as place, place.world([spec]):
            pass

    return best(work)


def lines(binaries: Path) -> Iterator[str]:
    """The table."""
    host = starting()
    found = [seconds(binaries, *each) for each in SCRIPTS.values()]
    yield "| part | " + " | ".join(f"{name} | / start of a host" for name in SCRIPTS) + " |"
    yield "| --- |" + " --: | --: |" * len(SCRIPTS)
    for part in found[0]:
        cells = [f"{each[part]:.1f} s | {each[part] / host:.0f}" for each in found]
        name = f"**{part}**" if part == ALL else part
        yield f"| {name} | {' | '.join(cells)} |"
    yield f"\nA host starts, and is gone again, in {host:.1f} s."


def main() -> None:
    """Measures and prints, and keeps the table where asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("binaries", type=Path)
    arguments.add_argument("--write", action="store_true")
    given = arguments.parse_args()
    tell("\n".join(lines(given.binaries)), "verify", write=given.write)


if __name__ == "__main__":
    main()
