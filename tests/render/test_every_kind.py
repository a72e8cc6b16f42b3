"""Every kind of resource is emitted or declared as unsupported, and the samples set every field."""

from __future__ import annotations

import pytest

from converter.render import render
from converter.render.ansible.kinds import UNSUPPORTED, emitter
from converter.render.kubernetes.building import Building
from converter.render.kubernetes.kinds import BUILT, COVERED
from converter.render.kubernetes.kinds import UNSUPPORTED as NOT_IN_A_CLUSTER
from converter.resources import KINDS
from render import samples
from render.playbooks import rendered


def test_every_kind_has_a_sample() -> None:
    assert sorted(samples.SPECS) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_answered(kind: str) -> None:
    assert (emitter(kind) is not None) != (kind in UNSUPPORTED)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_answered_for_a_cluster(kind: str) -> None:
    assert [kind in BUILT, kind in COVERED, kind in NOT_IN_A_CLUSTER].count(True) == 1
    assert hasattr(Building, f"_{kind}") == (kind in BUILT - {"file"}) or kind == "file"


def test_every_sample_becomes_something_in_a_cluster() -> None:
    plan = samples.everything()
    tree = render(plan, target="kubernetes", deliveries=("flux",))
    told = {each.address for each in (*tree.unsupported, *tree.covered)}
    made = "\n".join(file.text for file in tree.files)
    lost = [
        each.address
        for each in plan.resources
        if each.address not in told and not each.handler and not all(span.lines() in made for span in each.origin.spans)
    ]
    assert lost == []
    assert any(file.path.endswith("/base/deployment.yaml") for file in tree.files)


def test_nothing_of_the_samples_is_refused() -> None:
    refused = [f"{each.address}: {each.reason}" for each in rendered(samples.everything()).unsupported]
    assert refused == []


def test_every_field_of_a_kind_has_a_sample() -> None:
    unsaid = [
        f"{kind}.{field}"
        for kind, several in samples.SPECS.items()
        for field in KINDS[kind].__struct_fields__
        if not any(field in fields for fields in several)
    ]
    assert unsaid == []
