"""The sandbox in which starters are proven."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.verify.doctor import needs
from converter.verify.sandbox.rootfs import cache_directory


@pytest.fixture(scope="session")
def cache() -> Path:
    """The cache of this machine, if it can run hosts at all."""
    missing = [f"{need.name}: {need.about}" for need in needs() if need.level == "apply" and not need.found]
    if missing:
        pytest.skip(f"no sandbox here: {'; '.join(missing)}")
    return cache_directory()
