"""The manifests of all cluster fixtures, judged by checkov: nothing fails but what the script itself asks for, and what
nobody can know from a script, each with its reason."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from cases import CASES, ROOT
from render.clusters import KUBECTL

CHECKOV = ROOT / "build" / "checkov-venv" / "bin" / "checkov"
Finding = tuple[str, str, str]
# What a script that runs containers says nothing about. To guess it would stop images that ran until now.
NOT_SAID = {
    "CKV_K8S_8": "a liveness probe, where the script asks for no health",
    "CKV_K8S_9": "a readiness probe, where no port and no health is known",
    "CKV_K8S_11": "a limit of processor time, where there is no --cpus",
    "CKV_K8S_13": "a limit of memory, where there is no --memory",
    "CKV_K8S_22": "whether an image writes to its own files, where there is no --read-only",
    "CKV_K8S_23": "whether an image runs as root, where there is no --user",
    "CKV_K8S_28": "whether it needs raw sockets, which docker gives every container",
    "CKV_K8S_37": "which of docker's capabilities it needs, where there is no --cap-drop",
    "CKV_K8S_40": "the number of a user above those of hosts, where there is no --user",
}
# What is so by intent.
INTENDED = {
    "CKV_K8S_15": "a tag that does not move need not be pulled each time, nor while the registry is away",
    "CKV_K8S_35": "programs find their secrets where docker gave them: in the environment",
    "CKV_K8S_43": "the script names tags; README.md says that a digest is better",
}
# What a script asks for with an option of docker or a key of compose; nothing less would run the same.
ASKED = {
    ("cluster-compose-two", "mail"): {"CKV_K8S_19": "network_mode: host"},
    ("cluster-stack", "mq"): {"CKV_K8S_25": "cap_add"},
    ("cluster-every-flag", "api"): {"CKV_K8S_25": "--cap-add"},
    ("cluster-every-flag", "gpu"): {
        "CKV_K8S_16": "--privileged",
        "CKV_K8S_18": "--ipc host",
        "CKV_K8S_20": "--privileged",
        "CKV_K8S_29": "--privileged",
        "CKV_K8S_31": "--privileged",
    },
    ("cluster-every-flag", "node-exporter"): {"CKV_K8S_17": "--pid host", "CKV_K8S_19": "--network host"},
}


def test_nothing_fails_but_what_is_asked_for(tmp_path: Path) -> None:
    found = set(failed(tmp_path, [case.folder for case in CASES if "kubernetes" in case.targets]))
    known = {*NOT_SAID, *INTENDED}
    assert {finding for finding in found if finding[2] not in known} == {
        (case, app, check) for (case, app), checks in ASKED.items() for check in checks
    }
    assert {check for _, _, check in found} >= known, "what fails nowhere any more needs no reason"


def failed(scratch: Path, fixtures: Iterable[Path]) -> Iterator[Finding]:
    """The fixture, the application and the name of each check that fails, in any environment."""
    if not CHECKOV.is_file():
        pytest.skip("checkov could not be installed: see make test")
    for fixture in fixtures:
        for overlay in sorted((fixture / "expected" / "kubernetes").glob("apps/*/overlays/*")):
            # What the script itself applies is its author's; a chart is somebody else's.
            if any((overlay / "../.." / own).exists() for own in ("base/manifests", "base/values")):
                continue
            if not (overlay / "kustomization.yaml").is_file() or (overlay / "values.yaml").is_file():
                continue
            name = f"{fixture.name}~{overlay.parts[-3]}~{overlay.name}.yaml"
            done = subprocess.run([KUBECTL, "kustomize", str(overlay)], capture_output=True, check=True)
            (scratch / name).write_bytes(done.stdout)
    argv = [str(CHECKOV), "-d", str(scratch), "--framework", "kubernetes", "--skip-download", "--output", "json"]
    told = json.loads(subprocess.run(argv, capture_output=True, check=False, cwd=scratch).stdout)
    assert told["summary"]["parsing_errors"] == 0
    assert told["summary"]["resource_count"] > len(list(scratch.iterdir()))
    for each in told["results"]["failed_checks"]:
        case, app, _ = Path(each["file_path"]).name.split("~")
        yield case, app, each["check_id"]
