"""What the run itself tells: the commit, the branch, the number of the run, in the words of each pipeline."""

from __future__ import annotations

from converter.model.runner import TOLD, Told

# https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#github-context
GITHUB = {
    Told.COMMIT: "github.sha",
    Told.BRANCH: "github.ref_name",
    Told.TAG: "github.ref_type == 'tag' && github.ref_name || ''",
    Told.NUMBER: "github.run_number",
    Told.REPOSITORY: "github.repository",
    Told.ACTOR: "github.actor",
}
# https://docs.gitlab.com/ci/variables/predefined_variables/
GITLAB = {
    Told.COMMIT: "CI_COMMIT_SHA",
    Told.BRANCH: "CI_COMMIT_REF_NAME",
    Told.TAG: "CI_COMMIT_TAG",
    Told.NUMBER: "CI_PIPELINE_IID",
    Told.REPOSITORY: "CI_PROJECT_PATH",
    Told.ACTOR: "GITLAB_USER_LOGIN",
}
GITHUB_OWN, GITLAB_OWN = ("GITHUB_", "RUNNER_"), ("CI_", "GITLAB_")


def told(name: str) -> Told | None:
    """What a variable of that name holds in a run of a build service; None where that is for a person to say."""
    return TOLD.get(name)
