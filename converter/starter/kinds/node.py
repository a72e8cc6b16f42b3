"""An application of Node.js: its locked dependencies, and a unit that runs it."""

from __future__ import annotations

from converter.model.starter import Starter
from converter.resources.node_packages import NodePackages
from converter.starter.parts import APPLICATION, USER, V, account, checkout, packages, program, served
from converter.starter.recipe import Recipe
from converter.starter.steps import Steps

_FOLDER = "${APP_DIR}/app"


def _resources(wanted: Starter, steps: Steps) -> None:
    packages(steps, wanted, "nodejs", "npm")
    account(steps, wanted)
    checkout(steps, wanted)
    locked = NodePackages(path=V(_FOLDER), clean=True, production=True)
    steps.add(locked, "Install the packages that package-lock.json names", user=USER, tells=(APPLICATION,))
    command = program(wanted.start, inside=_FOLDER)
    served(steps, wanted, folder=_FOLDER, command=command, more=["Environment=NODE_ENV=production"])


NODE = Recipe(
    about="Node.js, with a package-lock.json",
    source="repository",
    asks=("start", "port", "nginx"),
    defaults={"version": "main", "start": "node server.js", "port": "3000", "nginx": "yes"},
    resources=_resources,
)
