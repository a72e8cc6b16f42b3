"""An application of Python: a virtual environment with its requirements, and a unit that runs it."""

from __future__ import annotations

from converter.model.starter import Starter
from converter.resources.python_packages import PythonPackages
from converter.resources.virtualenv import Virtualenv
from converter.starter.parts import APPLICATION, USER, V, account, checkout, packages, program, served
from converter.starter.recipe import Recipe
from converter.starter.steps import Steps

_FOLDER, _ENVIRONMENT = "${APP_DIR}/app", "${APP_DIR}/venv"


def _resources(wanted: Starter, steps: Steps) -> None:
    packages(steps, wanted, "python3-venv")
    account(steps, wanted)
    checkout(steps, wanted)
    made = Virtualenv(path=V(_ENVIRONMENT))
    steps.add(made, "Make the virtual environment", user=USER, tells=(APPLICATION,))
    spec = PythonPackages(requirements=V(f"{_FOLDER}/requirements.txt"), virtualenv=V(_ENVIRONMENT), chdir=V(_FOLDER))
    steps.add(spec, "Install the packages that requirements.txt names", user=USER, tells=(APPLICATION,))
    command = program(wanted.start, f"{_ENVIRONMENT}/bin", _FOLDER)
    served(steps, wanted, folder=_FOLDER, command=command, more=["Environment=PYTHONUNBUFFERED=1"])


PYTHON = Recipe(
    about="Python, with a requirements.txt",
    source="repository",
    asks=("start", "port", "nginx"),
    defaults={"version": "main", "start": "python app.py", "port": "8000", "nginx": "yes"},
    resources=_resources,
)
