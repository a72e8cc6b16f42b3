"""Neither the identity nor the settings of whoever runs the tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of somebody who has set nothing."""
    own = tmp_path / "home"
    own.mkdir()
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(own))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(own))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return own
