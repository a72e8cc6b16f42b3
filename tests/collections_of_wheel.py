"""Takes the collections that generated playbooks use out of Ansible's wheel: `collections_of_wheel.py WHEEL FOLDER`."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

# Those of the generated requirements.yml and what they need themselves.
COLLECTIONS = (
    "ansible/posix",
    "ansible/utils",
    "community/crypto",
    "community/docker",
    "community/general",
    "community/hashi_vault",
    "community/library_inventory_filtering_v1",
    "community/mysql",
    "community/postgresql",
    "community/sops",
    "containers/podman",
)


def extract(wheel: Path, directory: Path) -> None:
    """Unpacks the collections without their tests, which are most of the files."""
    wanted = tuple(f"ansible_collections/{name}/" for name in COLLECTIONS)
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith(wanted) and "/tests/" not in name:
                archive.extract(name, directory)


if __name__ == "__main__":
    extract(Path(sys.argv[1]), Path(sys.argv[2]))
