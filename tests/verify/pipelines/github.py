"""The generated workflows, run by act on the runner itself; small actions of our own stand for those of GitHub."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from typing import Any, ClassVar

from runner import PROJECT, TOOLS, Runner

from converter.verify.sandbox.running import Finished
from converter.verify.world.ground import MANIFESTS

_ARTIFACTS = "/root/artifacts"
_RUN = (
    "act --platform ubuntu-24.04=-self-hosted --no-skip-checkout --no-cache-server"
    f" --env ARTIFACTS={_ARTIFACTS} --secret SSH_PRIVATE_KEY --var KNOWN_HOSTS --eventpath ~/event.json"
)
_EVENT = {"repository": {"default_branch": "main", "full_name": PROJECT}}


@dataclass(frozen=True, slots=True)
class GitHub:
    """A repository of a server."""

    runner: Runner
    SERVER: ClassVar = "github.example.com"
    PROGRAM: ClassVar = "act"

    def plan(self, branch: str) -> Finished:
        """The workflow of a pull request."""
        head = {"ref": branch, "repo": {"full_name": PROJECT}}
        request = {"pull_request": {"number": 1, "head": head, "base": {"ref": "main"}}}
        return self._workflow("check", "pull_request", branch, request)

    def deploy(self) -> Finished:
        """The workflow of a push to the default branch."""
        return self._workflow("deploy", "push", "main", {"ref": "refs/heads/main"})

    def again(self) -> Finished:
        """The last deployment, run again."""
        return self.deploy()

    def drift(self) -> Finished:
        """The workflow of a schedule."""
        return self._workflow("drift", "schedule", "main", {})

    def roll_back(self, revision: str) -> Finished:
        """The workflow that a person runs by hand."""
        return self._workflow("rollback", "workflow_dispatch", "main", {"inputs": {"revision": revision}})

    def _workflow(self, name: str, event: str, branch: str, about: dict[str, Any]) -> Finished:
        lines = [
            f"rm -rf ~/builds {_ARTIFACTS} && git clone --quiet --branch {branch} {self.runner.remote} ~/builds",
            f"cd ~/builds && printf %s {shlex.quote(json.dumps({**_EVENT, **about}))} > ~/event.json",
            f"{_RUN} --github-instance {self.SERVER} {self._actions()} -W .github/workflows/{name}.yml {event}",
        ]
        settings = {"SSH_PRIVATE_KEY": self.runner.key, "KNOWN_HOSTS": self.runner.known}
        return self.runner.sh("\n".join(["set -e", *lines]), settings)

    def _actions(self) -> str:
        """Where each action is to be found that a workflow uses at its revision."""
        text = self.runner.well(f"cat {MANIFESTS}/.github/workflows/*.yml")
        used = dict.fromkeys(re.findall(r"uses: actions/([\w-]+)@(\w+)", text))
        return " ".join(
            f"--local-repository actions/{name}@{revision}={TOOLS}/actions/{name}" for name, revision in used
        )
