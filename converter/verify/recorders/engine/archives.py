"""Images in archives, as `docker save` writes them.

https://github.com/moby/moby/blob/master/image/spec/spec.md
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from typing import Any

from converter.verify.recorders.engine.messages import Thing


def packed(images: Sequence[tuple[Thing, str]]) -> bytes:
    """Images, each under a name."""
    whole = io.BytesIO()
    manifest: dict[str, Thing] = {}
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for image, name in images:
            file = f"{image['Id'].removeprefix('sha256:')}.json"
            if file not in manifest:
                manifest[file] = {"Config": file, "RepoTags": [], "Layers": []}
                _add(tar, file, {"config": image["Config"], "made": image["made"], "os": "linux"})
            if name in image["RepoTags"]:
                manifest[file]["RepoTags"].append(name)
        _add(tar, "manifest.json", list(manifest.values()))
    return whole.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: object) -> None:
    data = json.dumps(content).encode()
    about = tarfile.TarInfo(name)
    about.size = len(data)
    tar.addfile(about, io.BytesIO(data))


def unpacked(data: bytes) -> Iterator[tuple[str, Thing, list[str]]]:
    """The images of an archive, compressed or not: id, what is known of it, names."""
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for each in _read(tar, "manifest.json"):
            ident = each["Config"].rpartition("/")[2].removesuffix(".json")
            yield f"sha256:{ident}", _read(tar, each["Config"]), each.get("RepoTags") or []


def _read(tar: tarfile.TarFile, name: str) -> Any:
    file = tar.extractfile(name)
    return json.load(file) if file else {}
