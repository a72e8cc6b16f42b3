"""Every kind of resource is emitted or declared as unsupported, and the samples set every field."""

from __future__ import annotations

import pytest

from converter.render.ansible.kinds import UNSUPPORTED, emitter
from converter.resources import KINDS
from render import samples
from render.playbooks import rendered


def test_every_kind_has_a_sample() -> None:
    assert sorted(samples.SPECS) == sorted(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_answered(kind: str) -> None:
    assert (emitter(kind) is not None) != (kind in UNSUPPORTED)


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
