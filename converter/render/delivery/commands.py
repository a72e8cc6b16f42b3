"""The commands of an Ansible repository's pipeline, in bash; every pipeline runs the same ones.

They read what they need from the environment: `ENVIRONMENT`, the inputs by name, `SSH_PRIVATE_KEY`, `KNOWN_HOSTS`.
"""

from __future__ import annotations

from collections.abc import Iterable

from converter.render.delivery.pins import NPM

KEY_FILE = "~/.ssh/deploy_key"
PASSWORD_FILE = "~/.ssh/vault_password"
ARTIFACT = "app.tar.gz"

LINT = "yamllint --strict .\nansible-lint"

SSH_KEY = f"""\
: "${{SSH_PRIVATE_KEY:?is not set: the private key that may log in to the hosts}}"
: "${{KNOWN_HOSTS:?is not set: the public keys of the hosts, as ssh-keyscan prints them}}"
umask 077
mkdir -p ~/.ssh
printf '%s\\n' "$SSH_PRIVATE_KEY" | tr -d '\\r' > {KEY_FILE}
printf '%s\\n' "$KNOWN_HOSTS" >> ~/.ssh/known_hosts
printf 'IdentityFile {KEY_FILE}\\n' >> ~/.ssh/config
"""

VAULT_PASSWORD = f"""\
: "${{ANSIBLE_VAULT_PASSWORD:?is not set: the password of the vault}}"
umask 077
mkdir -p ~/.ssh
printf '%s\\n' "$ANSIBLE_VAULT_PASSWORD" > {PASSWORD_FILE}
"""

HEALTH = """\
if [ -z "$HEALTH_URLS" ]; then
  echo "HEALTH_URLS is not set: there is no address to ask"
fi
for url in $HEALTH_URLS; do
  curl --fail --silent --show-error --location --retry 10 --retry-delay 6 --retry-all-errors --output /dev/null "$url"
  echo "$url answers"
done
"""


def install(collections: bool) -> str:
    """The tools at the versions that the repository names."""
    tools = "pip install --quiet --requirement requirements.txt"
    return f"{tools}\nansible-galaxy collection install --requirements-file requirements.yml" if collections else tools


def playbook(*options: str) -> str:
    """`ansible-playbook` for the environment of the job; the manifests look the inputs up in the environment."""
    return " ".join(('ansible-playbook --inventory "inventories/$ENVIRONMENT"', *options, "site.yml"))


def drifted(log: str) -> str:
    """Fails where the recap in the log tells of a change; the diffs above it could say the same words."""
    return (
        f"if sed -n '/^PLAY RECAP/,$p' {log} | grep -Eq 'changed=[1-9]'; then\n"
        f'  echo "The hosts differ from this repository: see the diff above" >&2\n  exit 1\nfi\n'
    )


def tools(wanted: Iterable[tuple[str, str]], directory: str) -> str:
    """Commands that npm fetches when they are first called, each at its version."""
    lines = [f"mkdir -p {directory}"]
    for name, package in wanted:
        call = f'exec npx --yes --package={package}@{NPM[package]} {name} "$@"'
        lines.append(f"printf '%s\\n' '#!/bin/sh' '{call}' > {directory}/{name}")
        lines.append(f"chmod +x {directory}/{name}")
    return "\n".join(lines) + "\n"


def pack(paths: Iterable[str]) -> str:
    """The archive of what later jobs need, which keeps modes as they are."""
    return f"tar --exclude=./.git -czf ../{ARTIFACT} {' '.join(paths)}"


def unpack(directory: str) -> str:
    """The archive in its place."""
    return f"mkdir -p {directory}\ntar -xzf {ARTIFACT} -C {directory}"
