"""Titles of the script as task names."""

from __future__ import annotations

import pytest

from converter.plan.naming import action, name
from plan.making import spec


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Installing dependencies...", "Installing dependencies"),
        ("🚀 Step 3/7: pulling images…", "Pulling images"),
        ("==> [2/5] Build the frontend", "Build the frontend"),
        ("\x1b[32mRestart nginx\x1b[0m", "Restart nginx"),
        ("\\033[1;33mRestarting nginx!\\033[0m", "Restarting nginx"),
        ("### Create users ###", "Create users"),
        ("3. Run migrations", "Run migrations"),
        ("[INFO] Copying files", "Copying files"),
        ("---- deploy the app ----", "Deploy the app"),
        ("Deployment complete", ""),
        ("Installing $PACKAGE", ""),
        ("Error: installing failed", ""),
        ("Is it running?", ""),
        ("{{ lookup('env') }} copy", ""),
        ("nginx", ""),
        ("", ""),
        ("Starting " + "x" * 90, ""),
    ],
)
def test_action(title: str, expected: str) -> None:
    assert action(title) == expected


def test_the_spec_names_what_the_script_does_not() -> None:
    assert name("done", spec("directory", path="/srv/app")) == "Create directory /srv/app"
