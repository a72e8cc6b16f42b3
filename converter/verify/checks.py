"""The validators: which files each reads, how it is called, and how it is installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_OURS = "pip install 'gitopsify[verify]'"
Commands = Callable[[Path], list[list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One validator; `commands` gives the arguments of each call, none where there is nothing for it to read, and
    `asked` is how it tells its version."""

    tool: str
    program: str
    commands: Commands
    install: str = _OURS
    asked: tuple[str, ...] = ("--version",)

    def reads(self, directory: Path) -> bool:
        """Whether the repository has something for it."""
        return bool(self.commands(directory))


def _files(directory: Path, *patterns: str) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for pattern in patterns for path in directory.glob(pattern))


def _playbooks(directory: Path) -> list[list[str]]:
    inventories = _files(directory, "inventories/*/hosts.yml")
    playbooks = _files(directory, "site.yml", "playbooks/*.yml")
    return [["--syntax-check", "-i", inventory, playbook] for inventory in inventories for playbook in playbooks]


def _ansible_lint(directory: Path) -> list[list[str]]:
    return [["--offline", "--profile", "production", "--nocolor"]] if _playbooks(directory) else []


def _yaml(directory: Path) -> list[list[str]]:
    return [["--strict", "."]] if _files(directory, "*.yml", "*.yaml", ".github/**/*.yml", ".gitlab-ci.yml") else []


def _workflows(directory: Path) -> list[list[str]]:
    found = _files(directory, ".github/workflows/*.yml")
    return [["-no-color", *found]] if found else []


def _schema(name: str, *patterns: str) -> Commands:
    def commands(directory: Path) -> list[list[str]]:
        found = _files(directory, *patterns)
        return [["--builtin-schema", name, *found]] if found else []

    return commands


def _builds(directory: Path) -> dict[str, str]:
    """What Kustomize builds, each with the file that it is written to; nothing reads a folder that others only add."""
    roots = ("apps/*/overlays/*", "environments/*", "clusters/*", "argocd")
    paths = [path.rpartition("/")[0] for root in roots for path in _files(directory, f"{root}/kustomization.yaml")]
    return {path: f"built-{number}.yaml" for number, path in enumerate(paths, 1)}


def _kustomize(directory: Path) -> list[list[str]]:
    return [["kustomize", path, "--output", file] for path, file in _builds(directory).items()]


def _kubernetes(directory: Path) -> list[list[str]]:
    """What was built before: it is none of the repository's own files."""
    built = [file for file in _builds(directory).values() if (directory / file).is_file()]
    return [["--strict", "--quiet", "--no-warn", *built]] if built else []


CHECKS = (
    Check(tool="ansible-playbook --syntax-check", program="ansible-playbook", commands=_playbooks),
    Check(tool="ansible-lint", program="ansible-lint", commands=_ansible_lint),
    Check(tool="yamllint", program="yamllint", commands=_yaml),
    Check(tool="actionlint", program="actionlint", commands=_workflows),
    Check(
        tool="schema of GitHub Actions",
        program="check-jsonschema",
        commands=_schema("vendor.github-workflows", ".github/workflows/*.yml"),
    ),
    Check(
        tool="schema of GitLab CI", program="check-jsonschema", commands=_schema("vendor.gitlab-ci", ".gitlab-ci.yml")
    ),
    Check(
        tool="schema of Dependabot",
        program="check-jsonschema",
        commands=_schema("vendor.dependabot", ".github/dependabot.yml"),
    ),
    Check(
        tool="schema of Renovate",
        program="check-jsonschema",
        commands=_schema("vendor.renovate", "renovate.json", ".github/renovate.json"),
    ),
    Check(
        tool="schema of Compose", program="check-jsonschema", commands=_schema("vendor.compose-spec", "compose/*.yaml")
    ),
    Check(tool="kubectl kustomize", program="kubectl", commands=_kustomize, asked=("version", "--client")),
    Check(tool="schemas of Kubernetes", program="kubernetes-validate", commands=_kubernetes),
)
