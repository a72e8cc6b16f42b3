"""The workflow that promotes: a pull request with the versions of one environment for the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from converter.render.delivery import commands
from converter.render.delivery.github import jobs, steps
from converter.render.delivery.github.expressions import expression
from converter.render.delivery.github.flow import workflow

Data = dict[str, Any]

# GitHub starts no workflow for what this token pushes, so the checks are started by name.
_PROPOSE = (
    commands.git_login("x-access-token", "$GH_TOKEN", "$GITHUB_SERVER_URL")
    + """\
git push --quiet origin "$branch"
echo "Versions of $FROM for $to. Merging this deploys them to $to." > body.md
{ echo; git show --format= HEAD | sed 's/^/    /'; } >> body.md
gh pr create --base "$BASE" --head "$branch" --title "Promote $FROM to $to" --body-file body.md
gh workflow run check.yml --ref "$branch"
"""
)
_AUTHOR = """\
git config --global user.name "$GITHUB_ACTOR"
git config --global user.email "$GITHUB_ACTOR@users.noreply.github.com"
"""


def promote(places: Sequence[str], versions: str) -> Data:
    """One job, started by hand; `versions` is the file of an environment that is promoted."""
    asked = {
        "description": "Environment whose versions the next one gets",
        "type": "choice",
        "options": list(places[:-1]),
        "required": True,
    }
    env = {
        "BASE": expression("github.event.repository.default_branch"),
        "FROM": expression("inputs.from"),
        "GH_TOKEN": expression("github.token"),
        "RUN": expression("github.run_number"),
    }
    script = _AUTHOR + commands.promotion(places, versions) + _PROPOSE
    checkout = steps.manifests(expression("github.event.repository.default_branch"))
    permissions = {"actions": "write", "contents": "write", "pull-requests": "write"}
    job = jobs.job("Promote", 10, [checkout, steps.run("Propose the versions", script, env)], permissions=permissions)
    return workflow("Promote", {"workflow_dispatch": {"inputs": {"from": asked}}}, "promote", False, {"promote": job})
