"""A sandbox to try things in: the system is built once, and what this machine can't do is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.model.diagnostic import ConverterError
from converter.verify.doctor import needs
from converter.verify.sandbox.backends import BACKENDS, Backend
from converter.verify.sandbox.rootfs import Layer, Systems, cache_directory


@pytest.fixture(scope="session")
def cache() -> Path:
    """The cache of this machine, if it can run hosts at all."""
    missing = [f"{need.name}: {need.about}" for need in needs() if need.level == "apply" and not need.found]
    if missing:
        pytest.skip(f"no sandbox here: {'; '.join(missing)}")
    return cache_directory()


@pytest.fixture(scope="session", params=BACKENDS)
def backend(request: pytest.FixtureRequest, cache: Path) -> Backend:
    """Each way to have hosts that works here."""
    found: Backend = BACKENDS[request.param]
    try:
        found.tried()
    except ConverterError as problem:
        pytest.skip(f"no hosts by {found.name} here: {problem.message}")
    return found


@pytest.fixture(scope="session")
def base(cache: Path) -> Layer:
    """The system of the hosts."""
    return Systems(cache).base()
