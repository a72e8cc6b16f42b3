"""When a job of GitLab's pipeline runs."""

from __future__ import annotations

from typing import Any

Rule = dict[str, Any]

ROLLBACK_TO = "ROLLBACK_TO"

# The variables with the key are those of this project; a fork has others, and its pipeline runs there.
TRUSTED: Rule = {
    "if": '$CI_PIPELINE_SOURCE == "merge_request_event"'
    " && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID"
}
PROPOSAL: Rule = {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}
SCHEDULE: Rule = {"if": '$CI_PIPELINE_SOURCE == "schedule"'}
ROLLBACK: Rule = {"if": f'$CI_PIPELINE_SOURCE == "web" && ${ROLLBACK_TO} != ""'}
DEPLOYMENT: Rule = {
    "if": f'$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule" && ${ROLLBACK_TO} == ""'
}
# Branches get no pipeline of their own beside that of their merge request.
WORKFLOW: Rule = {"rules": [PROPOSAL, {"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]}
