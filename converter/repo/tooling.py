"""Settings of the tools that look after the generated repository, each tool at a version."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from converter.model.tree import Store, TreeFile

# The newest that were tried together; the update bot of the generated repository moves them on.
_ANSIBLE = ("ansible-core==2.19.14", "ansible-lint==26.10.1", "yamllint==1.38.0")

_GITIGNORE = """\
# Local environments and what runs leave behind
.venv/
*.retry
*.log
/app/
/app.tar.gz
/inputs.json
.ansible/

# Keys and passwords never belong here
*.pem
*.key
.vault_password
.env
"""

_GITIGNORE_CLUSTER = """\
# Local environments
.venv/

# Keys and passwords never belong here
*.agekey
*.kubeconfig
*.pem
*.key
.env
"""

_CODEOWNERS = """\
# Who must agree to a change. Put the names of people or teams here and remove the `#`:
# * @your-team
"""

_YAMLLINT = """\
---
extends: default
ignore:{ignored}
rules:{braces}
  comments:
    min-spaces-from-content: 1
  comments-indentation: false
  # {what} keep their length.
  line-length: disable
  octal-values:
    forbid-implicit-octal: true
    forbid-explicit-octal: true
  truthy:
    check-keys: false
"""
_BRACES = "\n  braces:\n    max-spaces-inside: 1"
_OF_PLAYS = (".ansible/", ".gitopsify/", ".venv/", "roles/*/files/", "roles/*/templates/")
_OF_CLUSTERS = (
    ".gitopsify/",
    ".venv/",
    '"*.sops.yaml"',
    '"*.sealed.yaml"',
    "apps/*/base/files/",
    "apps/*/overlays/*/files/",
    "apps/*/base/manifests/",
    "apps/*/overlays/*/manifests/",
    "apps/*/base/values/",
    "apps/*/overlays/*/values/",
    "charts/",
)

_ANSIBLE_LINT = """\
---
profile: production
exclude_paths:{encrypted}
  - .ansible/
  - .github/
  - .gitlab-ci.yml
  - .gitopsify/
  - .venv/
"""

_PRE_COMMIT = """\
---
repos:
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: 3e8a8703264a2f4a69428a0aa4dcb512790b2c8c # frozen: v6.0.0
    hooks:
      - id: check-merge-conflict
      - id: detect-private-key
      - id: end-of-file-fixer
        exclude: ^\\.gitopsify/
      - id: trailing-whitespace
        exclude: ^\\.gitopsify/
  - repo: https://github.com/adrienverge/yamllint
    rev: cba56bcde1fdd01c1deb3f945e69764c291a6530 # frozen: v1.38.0
    hooks:
      - id: yamllint
        args: [--strict]
  - repo: https://github.com/gitleaks/gitleaks
    rev: 83d9cd684c87d95d656c1458ef04895a7f1cbd8e # frozen: v8.30.1
    hooks:
      - id: gitleaks
"""

# The same version as in the pipeline: the one that requirements.txt names.
_PRE_COMMIT_ANSIBLE = """\
  - repo: local
    hooks:
      - id: ansible-lint
        name: ansible-lint
        entry: ansible-lint
        language: system
        pass_filenames: false
"""

_RENOVATE = """\
{
  "$schema": "https://docs.renovatebot.com/renovate-schema.json",
  "extends": ["config:recommended", "helpers:pinGitHubActionDigests"],
  "minimumReleaseAge": "7 days",
  "pre-commit": { "enabled": true },
  "schedule": ["before 6am on monday"]
}
"""


def files(
    written: Collection[str], deliveries: Sequence[str], store: Store | None = None, *, scripted: bool = True
) -> list[TreeFile]:
    """The settings for a repository of these files and deliveries, and for the store of its secrets; `scripted`: it was
    made from scripts."""
    playbook = "site.yml" in written
    encrypted = f"\n  - {store.encrypted}" if store and store.encrypted else ""
    requirements = (*(_ANSIBLE if playbook else _ANSIBLE[-1:]), *(store.packages if store else ()))
    cluster = any(path.startswith("apps/") for path in written)
    makes = {
        ".gitignore": _gitignore(playbook=playbook, cluster=cluster),
        ".pre-commit-config.yaml": _PRE_COMMIT + (_PRE_COMMIT_ANSIBLE if playbook else ""),
        ".yamllint": _yamllint(encrypted, playbook=playbook, cluster=cluster, scripted=scripted),
        "CODEOWNERS": _CODEOWNERS,
        "requirements.txt": "\n".join(requirements) + "\n",
    }
    if playbook:
        makes[".ansible-lint"] = _ANSIBLE_LINT.format(encrypted=encrypted)
    if "github-actions" in deliveries:
        makes[".github/dependabot.yml"] = _dependabot()
    if "gitlab-ci" in deliveries or not deliveries or cluster:
        makes["renovate.json"] = _RENOVATE
    return [TreeFile(path=path, text=text) for path, text in makes.items()]


def _gitignore(*, playbook: bool, cluster: bool) -> str:
    """With both, what only one of them leaves behind is not missed."""
    if not cluster:
        return _GITIGNORE
    return _GITIGNORE.replace("*.pem\n", "*.agekey\n*.pem\n") if playbook else _GITIGNORE_CLUSTER


def _yamllint(encrypted: str, *, playbook: bool, cluster: bool, scripted: bool) -> str:
    """Its rules for both kinds of repository, also where one is both."""
    plays = playbook or not cluster
    paths = dict.fromkeys((*(_OF_CLUSTERS if cluster else ()), *(_OF_PLAYS if plays else ())))
    listed = "".join(f"\n  - {path}" for path in paths)
    what = "Texts of the script" if cluster else "Commands of the script" if scripted else "Commands"
    ignored = f"{encrypted}{listed}" if plays else listed
    return _YAMLLINT.format(ignored=ignored, braces=_BRACES if plays else "", what=what)


def _dependabot() -> str:
    """Weekly, and nothing younger than a week: a bad release is often found by then."""
    update = """\
  - package-ecosystem: {name}
    directory: /
    schedule:
      interval: weekly
    cooldown:
      default-days: 7
"""
    return "---\nversion: 2\nupdates:\n" + "".join(update.format(name=name) for name in ("github-actions", "pip"))
