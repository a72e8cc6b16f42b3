"""The generated GitLab pipeline, run by gitlab-ci-local with the shell executor."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from runner import PROJECT, TOOLS, Runner

from converter.verify.sandbox.running import Finished

# A shell executor has no images; where gitlab-ci-local reads of one, it takes the project to be in a container.
_FILE = ".gitlab-ci-local/pipeline.yml"
_PREPARE = f"mkdir .gitlab-ci-local && sed '/^  image: /d' .gitlab-ci.yml > {_FILE}"
_RUN = (
    f"node {TOOLS}/node_modules/gitlab-ci-local/src/index.js --file {_FILE} --force-shell-executor --shell-isolation"
    " --no-color --no-json-schema-validation --ignore-predefined-vars CI_PIPELINE_SOURCE,GITLAB_CI"
)
# What a person sets for the project: Settings > CI/CD > Variables, the key as a file.
_SETTINGS = """\
mkdir -p ~/.gitlab-ci-local
cat > ~/.gitlab-ci-local/variables.yml <<'END'
project:
  {server}/{project}.git:
    SSH_PRIVATE_KEY:
      type: file
      values:
        '*': |
          {key}
    KNOWN_HOSTS: |
      {known}
END
"""
_SAME = {"CI_MERGE_REQUEST_PROJECT_ID": "1217", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "1217"}


@dataclass(frozen=True, slots=True)
class GitLab:
    """A project of a server."""

    runner: Runner
    SERVER: ClassVar = "gitlab.example.com"
    PROGRAM: ClassVar = "gitlab-ci-local"

    def __post_init__(self) -> None:
        key, known = self.runner.key.replace("\n", "\n          "), self.runner.known.replace("\n", "\n      ")
        self.runner.well(_SETTINGS.format(server=self.SERVER, project=PROJECT, key=key, known=known))

    def plan(self, branch: str) -> Finished:
        """The pipeline of a merge request."""
        return self._pipeline(branch, "merge_request_event", _SAME, "--unset-variable CI_COMMIT_BRANCH")

    def deploy(self) -> Finished:
        """The pipeline of a push to the default branch."""
        return self._pipeline("main", "push", {})

    def again(self) -> Finished:
        """The job of the last deployment that applies, once more."""
        return self.runner.sh(f"cd ~/builds && {_RUN} apply:production")

    def drift(self) -> Finished:
        """The pipeline of a schedule."""
        return self._pipeline("main", "schedule", {})

    def roll_back(self, revision: str) -> Finished:
        """The pipeline that a person runs by hand."""
        return self._pipeline("main", "web", {"ROLLBACK_TO": revision})

    def _pipeline(self, branch: str, source: str, told: Mapping[str, str], more: str = "") -> Finished:
        variables = {"CI_PIPELINE_SOURCE": source, "GITLAB_CI": "true", "CI_JOB_TOKEN": "token", **told}
        given = " ".join(f"--variable {shlex.quote(f'{name}={value}')}" for name, value in variables.items())
        clone = f"rm -rf ~/builds && git clone --quiet --branch {branch} {self.runner.remote} ~/builds && cd ~/builds"
        return self.runner.sh(f"set -e\n{clone}\n{_PREPARE}\n{_RUN} {given} {more}")
