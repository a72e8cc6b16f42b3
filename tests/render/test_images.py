"""Images that are proposed for programs of hosts: a linter has nothing to say, and their stages really build."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import FIXTURES
from render import images

IMAGES = sorted(FIXTURES.glob("*/expected/kubernetes/images/*/Dockerfile"))
HADOLINT = Path(sys.executable).parent / "hadolint"
# What the script itself says: it pins no package of the system, and wants what its packages recommend.
OF_THE_SCRIPT = ("DL3008", "DL3015", "DL3059")
# What the steps of each script are, as the build has to call them, in the stage that builds and in the script's order.
STEPS = {
    "chat": ["npm ci", "npx prisma generate", "npm run build", "npm prune --production"],
    "docs": ["npm ci", "npm run build"],
    "invoices": [
        "python3 -m venv /opt/invoices/venv",
        "pip install --upgrade pip wheel",
        "pip install -r requirements.txt",
        "pip install gunicorn==21.2.0",
        "python manage.py collectstatic --noinput",
    ],
    "orders": ["mvn -B -q clean package -DskipTests"],
    "scraper": ["python3 -m venv /home/data/scraper/venv", "pip install -r requirements.txt"],
    "shop": ["composer install --no-interaction --no-dev --optimize-autoloader", "npm ci", "npm run build"],
}
# Files that have to be in the image, with the owner of each.
FILES = {
    "chat": {"/home/deploy/chat/dist/server.js": 10001, "/home/deploy/chat/uploads": 10001},
    "docs": {"/var/www/docs/index.html": 0},
    "invoices": {
        "/opt/invoices/src/manage.py": 0,
        "/opt/invoices/venv/bin/python": 0,
        "/var/lib/invoices/exports": 10001,
    },
    "orders": {"/opt/orders/orders.jar": 0, "/var/log/orders": 10001},
    "scraper": {
        "/home/data/scraper/scraper.py": 10001,
        "/home/data/scraper/venv/bin/pip": 10001,
        "/home/data/out": 10001,
    },
    "shop": {
        "/var/www/shop/vendor": 0,
        "/var/www/shop/storage/log": 10001,
        "/var/www/shop/bootstrap/cache/kept": 10001,
    },
}
SOURCES = (
    "manage.py",
    "scraper.py",
    "requirements.txt",
    "package.json",
    "pom.xml",
    "uploads/kept",
    ".env",
    "storage/log",
    "bootstrap/cache/kept",
)
_SETUP = ("apt-get", "groupadd", "useradd", "docker-php-ext", "pecl")


def test_there_are_images() -> None:
    assert {each.parent.name for each in IMAGES} == STEPS.keys()


@pytest.mark.skipif(not HADOLINT.exists(), reason="hadolint is not installed")
@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.parent.name)
def test_hadolint_has_nothing_to_say(path: Path) -> None:
    ignored = [word for name in OF_THE_SCRIPT for word in ("--ignore", name)]
    done = subprocess.run([HADOLINT, "--no-color", *ignored, path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """The base of every image; podman takes no long path for what it keeps of a run."""
    with tempfile.TemporaryDirectory(prefix="images-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        yield images.base(Path(folder))


@pytest.mark.skipif(shutil.which("podman") is None, reason="podman is not installed")
@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.parent.name)
def test_it_builds_what_the_script_does_in_its_order(path: Path, root: Path, tmp_path: Path) -> None:
    name, text = path.parent.name, path.read_text(encoding="utf-8")
    for source in SOURCES:
        (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / source).write_text("")
    (tmp_path / ".dockerignore").write_text(path.with_name(".dockerignore").read_text(encoding="utf-8"))
    built = images.build(text, tmp_path, root)
    assert [each for each in built.called if not each.startswith(_SETUP)] == STEPS[name]
    assert {file: built.owners.get(file) for file in FILES[name]} == FILES[name]
    assert not [file for file in built.owners if file.endswith("/.env") or file == "/home/deploy/chat/uploads/kept"]
    workdir = str(built.config.get("WorkingDir", "")).rstrip("/")
    assert workdir in (built.owners.keys() | {""})
    assert built.config.get("User", "") == ("10001:10001" if "USER 10001" in text else "")


@pytest.mark.skipif(shutil.which("podman") is None, reason="podman is not installed")
def test_the_web_server_has_the_folder_that_it_serves(root: Path, tmp_path: Path) -> None:
    (path,) = (each for each in IMAGES if each.parent.name == "shop")
    built = images.build(path.read_text(encoding="utf-8"), tmp_path, root, target="web")
    assert "/var/www/shop/public/built.js" in built.owners
    assert "/var/www/shop/vendor" not in built.owners
