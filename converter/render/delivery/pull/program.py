"""The program that a host runs at each pull, in bash."""

from __future__ import annotations

from converter.render.delivery import commands
from converter.render.delivery.given import handed_over
from converter.render.delivery.outline import Outline

# Unset variables are mistakes, but a failing command is not the end: what came of the run is always written down.
_HEAD = """\
#!/bin/bash
# Pulls the repository and applies it to this host. The service {unit} runs it; README.md says how to look at it.
set -uo pipefail

: "${{PULL_REPOSITORY:?}}" "${{PULL_ENVIRONMENT:?}}" "${{PULL_HOST:?}}" "${{STATE_DIRECTORY:?}}"
checkout="$STATE_DIRECTORY/repository"
log="$STATE_DIRECTORY/run.log"
revision="${{PULL_REVISION:-${{PULL_BRANCH:-main}}}}"
started="$(date +%s)"
result=failed
changed=0

report() {{
  local finished commit well=1
  finished="$(date +%s)"
  commit="$(git -C "$checkout" rev-parse HEAD 2> /dev/null || echo none)"
  case "$result" in failed | differs) well=0 ;; esac
  printf '{{"result": "%s", "changed": %s, "commit": "%s", "started": "%s", "finished": "%s"}}\\n' \\
    "$result" "$changed" "$commit" "$(date --utc --iso-8601=seconds --date "@$started")" \\
    "$(date --utc --iso-8601=seconds --date "@$finished")" > status.new && mv status.new status.json
  {{
    echo "# HELP host_pull_success Whether the last run ended well and the host is as the repository says."
    echo "# TYPE host_pull_success gauge"
    echo "host_pull_success{{project=\\"{slug}\\"}} $well"
    echo "# HELP host_pull_changed Tasks that the last run changed, or would change."
    echo "# TYPE host_pull_changed gauge"
    echo "host_pull_changed{{project=\\"{slug}\\"}} $changed"
    echo "# HELP host_pull_finished_timestamp_seconds When the last run ended."
    echo "# TYPE host_pull_finished_timestamp_seconds gauge"
    echo "host_pull_finished_timestamp_seconds{{project=\\"{slug}\\"}} $finished"
  }} > metrics.new && mv metrics.new metrics.prom
  echo "$result at $commit, changed: $changed"
}}

cd "$STATE_DIRECTORY" || exit 1
exec 9> lock
if ! flock --nonblock 9; then
  echo "Another run is at work" >&2
  exit 75
fi
trap report EXIT
install -m 600 /dev/null "$log"
"""

_BODY = """\
options=(--url "$PULL_REPOSITORY" --checkout "$revision" --directory "$checkout" --full --clean)
options+=(--limit "$PULL_HOST" --diff{extra})
if [ "${PULL_VERIFY_COMMIT:-false}" = true ]; then options+=(--verify-commit); fi

# What was applied well is only looked at again where a second time would not be the same as once.
if [ "${PULL_APPLY:-always}" = commit ]; then
  refs=("refs/heads/$revision" "refs/tags/$revision" "refs/tags/$revision^{}")
  there="$(git ls-remote "$PULL_REPOSITORY" "${refs[@]}" | tail -n 1 | cut -f 1)"
  if [ "${there:-$revision}" = "$(cat applied 2> /dev/null)" ]; then options+=(--check); fi
fi

# The lock is for this program alone: what a task leaves running would else hold it.
export ANSIBLE_INVENTORY="$checkout/inventories/$PULL_ENVIRONMENT" ANSIBLE_NOCOLOR=1
"$PULL_ANSIBLE/ansible-pull" "${options[@]}" pull.yml 9>&- 2>&1 | tee "$log"
code="${PIPESTATUS[0]}"
changed="$(awk '/^PLAY RECAP/ { recap = 1 }
  recap && match($0, /changed=[0-9]+/) { sum += substr($0, RSTART + 8, RLENGTH - 8) }
  END { print sum + 0 }' "$log")"
if [ "$code" != 0 ]; then exit "$code"; fi

if [ "${options[-1]}" != --check ]; then
  git -C "$checkout" rev-parse HEAD > applied
  if [ "$changed" = 0 ]; then result=unchanged; else result=applied; fi
elif [ "$changed" = 0 ]; then
  result=unchanged
else
  result=differs
  echo "This host differs from the repository: see the diff above" >&2
  exit 1
fi
"""


def program(outline: Outline, slug: str) -> str:
    """The whole of it; what the store of secrets and the inputs of the script need is done first."""
    parts = [_HEAD.format(unit=f"{slug}-pull", slug=slug)]
    outlines = outline.each or (outline,)
    if outline.store is not None and outline.store.script:
        parts.append(f'(\nPATH="$PULL_ANSIBLE:$PATH"\n{outline.store.script}) || exit 1\n')
    told = {name: setting for one in outlines for name, setting in handed_over(one.told).items()}
    if told:
        required = dict.fromkeys(each.setting for one in outlines for each in one.told if each.required)
        parts.append(f"umask 077\n{commands.inputs(told, required)}\numask 022\n")
    extra = f' --extra-vars "@$STATE_DIRECTORY/{commands.INPUTS_FILE}"' if told else ""
    parts.append(_BODY.replace("{extra}", extra))
    return "\n".join(parts)
