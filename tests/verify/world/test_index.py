"""Packages of Python that a world makes up are such that pip installs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from converter.verify.world.answering import normal, wheel, wheels


def test_pip_installs_what_the_index_has(tmp_path: Path) -> None:
    for name in ("Flask_Login", "psycopg2-binary"):
        for file in wheels(normal(name), "flask-login==0.6.2\nother==2\n"):
            (tmp_path / file).write_bytes(wheel(file))
    target = tmp_path / "target"
    argv = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-index",
        "--find-links",
        str(tmp_path),
        "--target",
        str(target),
    ]
    subprocess.run([*argv, "flask-login==0.6.2", "psycopg2-binary"], check=True, capture_output=True)
    assert (target / "flask_login" / "__init__.py").is_file()
    assert (target / "flask_login-0.6.2.dist-info").is_dir()
    assert (target / "psycopg2_binary-1.0.dist-info").is_dir()
    subprocess.run([target / "bin" / "flask-login"], check=True)
