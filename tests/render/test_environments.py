"""Several environments: what they share stands once, what differs in their inventories, versions in files of their
own."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import yaml

from converter.model.plan import Plan, PlanVariable, VariableKind
from converter.model.resource import Phase
from converter.model.value import Value
from converter.render.ansible import ansible
from converter.render.ansible.versions import joined, versions
from delivery import plans

NAMES = ("dev", "staging", "production")


def pages(plan: Plan) -> dict[str, str]:
    """The files by path."""
    return {file.path: file.text for file in ansible(plan).files}


def page(plan: Plan, path: str) -> dict[str, Any]:
    """The variables of a file."""
    found: dict[str, Any] = yaml.safe_load(pages(plan)[path])
    return found


def changed(**variables: tuple[str, ...]) -> Plan:
    """The plan with more variables that differ, each with its value in every environment."""
    plan = plans.three_environments()
    environments = [
        msgspec.structs.replace(
            each,
            variables=(
                *each.variables,
                *(
                    PlanVariable(name=name, kind=VariableKind.FIXED, value=Value.of(values[index]))
                    for name, values in variables.items()
                ),
            ),
        )
        for index, each in enumerate(plan.environments)
    ]
    return msgspec.structs.replace(plan, environments=tuple(environments))


def test_what_is_shared_stands_once() -> None:
    plan = plans.three_environments()
    assert page(plan, "group_vars/all/main.yml") == {"log_level": "info"}
    assert page(plan, "inventories/staging/group_vars/all/main.yml") == {
        "stage": "staging",
        "api_url": "https://api.test.example.com",
        "api_token": "{{ vault_api_token }}",
    }
    for name in NAMES:
        assert f"inventories/{name}/group_vars/all/vault.yml.example" in pages(plan)


def test_versions_have_the_same_names_everywhere() -> None:
    plan = plans.three_environments()
    found = [page(plan, f"inventories/{name}/group_vars/all/versions.yml") for name in NAMES]
    assert [each["image_tag"] for each in found] == ["1.6.0-rc.2", "1.6.0", "1.5.2"]
    assert all(each == {"branch": "main", "image_tag": each["image_tag"], "redis_tag": "7.2"} for each in found)
    heads = {pages(plan)[f"inventories/{name}/group_vars/all/versions.yml"].split("\nbranch")[0] for name in NAMES}
    assert len(heads) == 1


def test_no_environment_is_meant_without_being_named() -> None:
    assert "\ninventory =" not in pages(plans.three_environments())["ansible.cfg"]
    assert "\ninventory = inventories/production\n" in pages(plans.on_the_server())["ansible.cfg"]


def test_one_environment_has_all_in_its_inventory() -> None:
    plan = plans.three_environments()
    alone = msgspec.structs.replace(plan, environments=plan.environments[-1:])
    names = {path for path in pages(alone) if "group_vars" in path}
    root = "inventories/production/group_vars/all"
    assert names == {f"{root}/main.yml", f"{root}/vault.yml.example"}


@pytest.mark.parametrize(
    ("values", "promoted"),
    [
        (("develop", "test", "main"), False),
        (("latest", "latest", "latest"), True),
        (("2.1", "2.0", "1.9"), True),
        (("2.1", "latest", "1.9"), False),
    ],
)
def test_names_that_differ_are_not_promoted(values: tuple[str, ...], promoted: bool) -> None:
    assert ("GIT_REF" in versions(joined(changed(GIT_REF=values)))) == promoted


def test_what_the_pipeline_itself_uses_is_told_to_a_run() -> None:
    plan = plans.three_environments()
    build = plans.command("docker build -t shop:${IMAGE_TAG} .", phase=Phase.BUILD)
    plan = msgspec.structs.replace(plan, resources=(build, *plan.resources))
    assert "IMAGE_TAG" not in versions(joined(plan))


def test_an_image_that_something_else_names_keeps_its_tag() -> None:
    plan = plans.three_environments()
    looks = plans.resource(plans.command("docker inspect redis:7.2").spec, line=20)
    text = pages(msgspec.structs.replace(plan, resources=(*plan.resources, looks)))["roles/shop/tasks/main.yml"]
    assert "image: redis:7.2" in text


def test_a_version_that_was_told_is_empty_until_it_is_set() -> None:
    plan = plans.three_environments()
    told = PlanVariable(name="CACHE_VERSION", kind=VariableKind.INPUT, required=True, help="which cache")
    use = plans.resource(plans.command("cache ${CACHE_VERSION}").spec, line=20)
    plan = msgspec.structs.replace(plan, variables=(*plan.variables, told), resources=(*plan.resources, use))
    text = pages(plan)["inventories/dev/group_vars/all/versions.yml"]
    assert '# which cache\n# to be set before the first deployment\ncache_version: ""' in text
