"""The commands of an Ansible repository's pipeline, in bash; every pipeline runs the same ones.

They read what they need from the environment: `ENVIRONMENT`, the inputs by name, `SSH_PRIVATE_KEY`, `KNOWN_HOSTS`.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from converter import __version__
from converter.render.ansible.group_vars import VERSIONS
from converter.render.delivery.pins import NPM

KEY_FILE = "~/.ssh/deploy_key"
ARTIFACT = "app.tar.gz"
OUTSIDE = "outside.tar.gz"
INPUTS_FILE = "inputs.json"
RESULTS_FILE = "results.json"

# A person puts another level there, when the manifests are the truth and the script is history.
LEVEL = ".gitopsify/verify-level"
_VERIFY = f"""\
level="$(cat {LEVEL} 2>/dev/null || echo compare)"
for inventory in inventories/*/; do
  verify . --no-record --level "$level" --env "$(basename "$inventory")"
done
"""

# The versions of an environment of hosts.
PROMOTED = f"inventories/{{}}/{VERSIONS}"

LINT = "yamllint --strict .\nansible-lint"

SSH_KEY = f"""\
: "${{SSH_PRIVATE_KEY:?is not set: the private key that may log in to the hosts}}"
: "${{KNOWN_HOSTS:?is not set: the public keys of the hosts, as ssh-keyscan prints them}}"
install -d -m 700 ~/.ssh
install -m 600 /dev/null {KEY_FILE}
if [ -f "$SSH_PRIVATE_KEY" ]; then SSH_PRIVATE_KEY="$(cat "$SSH_PRIVATE_KEY")"; fi
printf '%s\\n' "$SSH_PRIVATE_KEY" | tr -d '\\r' > {KEY_FILE}
printf '%s\\n' "$KNOWN_HOSTS" >> ~/.ssh/known_hosts
printf 'IdentityFile {KEY_FILE}\\n' >> ~/.ssh/config
"""


def verify(called: str, otherwise: str) -> str:
    """Compares the manifests with the script in sandboxes, where the runner can hold them; `called` is how gitopsify is
    run there, `otherwise` what is done where it can't."""
    return f"""\
pip install --quiet 'gitopsify[verify]=={__version__}'
run_gitopsify() {{ {called} "$@"; }}
if ! run_gitopsify doctor; then
  {otherwise}
fi
""" + _VERIFY.replace("  verify .", "  run_gitopsify verify .")


# What was merged has been reviewed; git itself says nothing where a commit is not part of a branch.
_REVIEWED = """\
if ! git merge-base --is-ancestor "{revision}" "origin/{branch}"
then
  echo "This revision is not part of {branch}: only what was merged can be gone back to" >&2
  exit 1
fi"""

HEALTH = """\
if [ -z "$HEALTH_URLS" ]; then
  echo "HEALTH_URLS is not set: there is no address to ask"
fi
for url in $HEALTH_URLS; do
  curl --fail --silent --show-error --location --retry 10 --retry-delay 6 --retry-all-errors --output /dev/null "$url"
  echo "$url answers"
done
"""


def reviewed(revision: str, branch: str) -> str:
    """Ends the job unless the revision is part of the branch, and says so."""
    return _REVIEWED.format(revision=revision, branch=branch)


def install(collections: bool) -> str:
    """The tools at the versions that the repository names."""
    tools = "pip install --quiet --requirement requirements.txt"
    return f"{tools}\nansible-galaxy collection install --requirements-file requirements.yml" if collections else tools


def inputs(names: Mapping[str, str], required: Iterable[str]) -> str:
    """A file for `--extra-vars` of what was told: variables of the manifests, each with the setting that holds it.

    On a command line of `key=value`, blanks and quotes in what was told would make other variables of it.
    """
    return "\n".join((*needed(required), _as_json(names, INPUTS_FILE)))


def results(names: Mapping[str, str]) -> str:
    """A file for `--extra-vars` of what the build has computed: variables of the manifests, each with the script's."""
    return _as_json(names, f"../{RESULTS_FILE}")


def _as_json(names: Mapping[str, str], file: str) -> str:
    listed = ",\n".join(f"    {json.dumps(name)}: {json.dumps(setting)}" for name, setting in names.items())
    return "\n".join(
        (
            f"python3 - > {file} <<'END'",
            "import json, os",
            f"told = {{\n{listed},\n}}",
            "print(json.dumps({name: os.environ[given] for name, given in told.items() if os.environ.get(given)}))",
            "END",
        )
    )


def needed(settings: Iterable[str]) -> list[str]:
    """Stops where a setting is missing, before anything is done with an empty one."""
    return [f': "${{{name}:?is not set: README.md says what it is for}}"' for name in settings]


def playbook(*options: str, told: bool, built: bool) -> str:
    """`ansible-playbook` for the environment of the job, with the inputs that were told and what the build computed."""
    files = ([INPUTS_FILE] if told else []) + ([RESULTS_FILE] if built else [])
    more = (f"--extra-vars @{file}" for file in files)
    return " ".join(('ansible-playbook --inventory "inventories/$ENVIRONMENT"', *more, *options, "site.yml"))


def drifted(log: str) -> str:
    """Fails where the recap in the log tells of a change of a host; the diffs above it could say the same words, and
    the machine of the pipeline is new each time."""
    changed = "recap && !/^localhost / && /changed=[1-9]/"
    return (
        f"if awk '/^PLAY RECAP/ {{ recap = 1 }} {changed} {{ found = 1 }} END {{ exit !found }}' {log}\n"
        "then\n"
        f'  echo "The hosts differ from this repository: see the diff above" >&2\n  exit 1\nfi\n'
    )


def word(text: str) -> str:
    """The text as one word of a shell."""
    return shlex.quote(text)


def quoted(text: str) -> str:
    """The text in quotes, also where it needs none: a bare word may look like a command that was meant to run."""
    return "'" + text.replace("'", "'\\''") + "'"


def promotion(environments: Sequence[str], versions: str) -> str:
    """Takes the versions of the environment `FROM` over to the next one, as a commit on a branch of its own;
    `versions` is their file, with `{}` for the environment."""
    arms = "".join(f"  {word(one)}) to={quoted(other)} ;;\n" for one, other in pairwise(environments))
    return f"""\
case "$FROM" in
{arms}  *) echo "no environment comes after $FROM" >&2; exit 1 ;;
esac
cp "{versions.format("$FROM")}" "{versions.format("$to")}"
if git diff --quiet; then
  echo "$to has the versions of $FROM already"
  exit 0
fi
branch="promote-$FROM-to-$to-$RUN"
git checkout --quiet -b "$branch"
git commit --quiet --all --message "Promote $FROM to $to"
git show --stat --patch HEAD
"""


def git_login(user: str, password: str, server: str) -> str:
    """Lets git log in to the server of the pipeline alone; the token stays in the environment, and in no file."""
    return (
        f"cat > ~/.git-login <<'END'\n#!/bin/sh\necho username={user}\necho \"password={password}\"\nEND\n"
        f'chmod 700 ~/.git-login\ngit config --global "credential.{server}.helper" "$HOME/.git-login"\n'
    )


def tools(wanted: Iterable[tuple[str, str]], directory: str) -> str:
    """Commands that npm fetches when they are first called, each at its version."""
    lines = [f"mkdir -p {directory}"]
    for name, package in wanted:
        call = f'exec npx --yes --package={package}@{NPM[package]} {name} "$@"'
        lines.append(f"cat > {directory}/{name} <<'END'\n#!/bin/sh\n{call}\nEND")
        lines.append(f"chmod +x {directory}/{name}")
    return "\n".join(lines) + "\n"


def pack(paths: Sequence[str], outside: Sequence[str], names: Mapping[str, str]) -> str:
    """The archives of what later jobs need, which keep modes as they are, and the file of what was computed."""
    lines = [f"tar --exclude=./.git -czf ../{ARTIFACT} {' '.join(paths)}"] if paths else []
    lines += [f"tar -czPf ../{OUTSIDE} {' '.join(outside)}"] if outside else []
    return "\n".join([*lines, *([results(names)] if names else [])])


def unpack(directory: str, paths: Sequence[str], outside: Sequence[str]) -> str:
    """The archives in their places."""
    lines = [f"mkdir -p {directory}\ntar -xzf {ARTIFACT} -C {directory}"] if paths else []
    return "\n".join([*lines, *([f"tar -xzPf {OUTSIDE}"] if outside else [])])
