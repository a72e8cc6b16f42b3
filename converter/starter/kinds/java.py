"""A Java application: a jar that is built elsewhere and has its version in its address."""

from __future__ import annotations

from converter.model.starter import Starter
from converter.resources.download import Download
from converter.resources.link import Link
from converter.starter.parts import APPLICATION, DIRECTORY, V, account, packages, program, served
from converter.starter.recipe import Recipe
from converter.starter.steps import Steps


def _resources(wanted: Starter, steps: Steps) -> None:
    packages(steps, wanted, "ca-certificates", "default-jre-headless")
    account(steps, wanted)
    jar = V("${APP_DIR}/app-${APP_VERSION}.jar")
    steps.add(Download(url=V("${ARTIFACT}"), dest=jar, mode=V("644")), "Download the application")
    current = Link(path=DIRECTORY + "/app.jar", target=jar, force=True)
    steps.add(current, "Make this version the one that runs", tells=(APPLICATION,))
    command = program(wanted.start, inside="${APP_DIR}")
    # How the machine says that it was stopped from outside.
    served(steps, wanted, folder="${APP_DIR}", command=command, more=["SuccessExitStatus=143"])


JAVA = Recipe(
    about="Java, as a jar that is downloaded",
    source="artifact",
    asks=("start", "port", "nginx"),
    defaults={"start": "java -jar app.jar", "port": "8080", "nginx": "yes"},
    resources=_resources,
)
