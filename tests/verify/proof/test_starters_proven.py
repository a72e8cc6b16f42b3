"""Every kind of application, deployed in a sandbox with a sample in its place: it answers, and a second run changes
nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.model.report import Proof
from converter.model.starter import Starter
from converter.pipeline import repository_to_proof, starter_to_plan, starter_to_tree
from wishes import SOURCES, starter


def proven(wanted: Starter, folder: Path) -> Proof:
    for file in starter_to_tree(wanted, starter_to_plan(wanted)).files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text)
    return repository_to_proof(folder, compare=False, suite="bookworm")


@pytest.mark.parametrize("application", SOURCES)
def test_a_sample_answers(application: str, cache: Path, tmp_path: Path) -> None:
    proof = proven(starter(application, secrets="TOKEN" if application != "static" else ""), tmp_path)
    assert proof.failures == ()
    assert proof.changing == ()
    assert proof.unclean == ()
    assert cache.is_dir()


def test_an_application_that_does_not_answer_fails(cache: Path, tmp_path: Path) -> None:
    proof = proven(starter("static", health="/not-there"), tmp_path)
    assert [each.run for each in proof.failures] == ["the manifests"]
    assert "404" in proof.failures[0].output
    assert cache.is_dir()
