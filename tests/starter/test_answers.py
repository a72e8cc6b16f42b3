"""Answers: which are usual, which have to be given, what is wrong with some, and that they replay."""

from __future__ import annotations

import pytest

from converter.model.diagnostic import ConverterError
from converter.pipeline import offers
from converter.starter.answers import dump, load, settle
from converter.starter.fields import Field
from wishes import SOURCES, given, starter


@pytest.mark.parametrize("application", SOURCES)
def test_what_was_answered_replays(application: str) -> None:
    more = {"environments": "staging production", "hosts.staging": "a@b.example.com:22", "secrets": "A B"}
    for answers in (
        given(application),
        given(application, **more),
        given(application, **more, **{"domain.staging": "_"}),
    ):
        wanted = settle(answers, offers()).starter
        again = settle(load(dump(wanted), "starter.yaml"), offers(), _nobody)
        assert again.starter == wanted


def _nobody(field: Field) -> str:
    """What is asked although it was answered, but for what is empty."""
    assert field.optional, field.name
    return ""


def test_usual_answers_are_told() -> None:
    settled = settle(given("node"), offers())
    told = {field.name: answer for field, answer in settled.taken}
    assert told["name"] == "shop"
    assert told["start"] == "node server.js"
    assert told["domain.production"] == "app1.example.com"
    assert settled.starter.directory == "/srv/shop"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("git@git.example.com:acme/Web_Shop.git", "web-shop"),
        ("https://git.example.com/acme/shop/", "shop"),
        ("https://git.example.com/1234", ""),
    ],
)
def test_the_name_is_that_of_the_repository(source: str, name: str) -> None:
    if name:
        assert starter("node", repository=source).name == name
        return
    with pytest.raises(ConverterError, match="Name of the application"):
        starter("node", repository=source)


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ConverterError) as raised:
        settle({"application": "node"}, offers())
    assert "--repository" in raised.value.message
    assert "--host" in raised.value.message
    with pytest.raises(ConverterError, match="--application"):
        settle({}, offers())


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("application", "rails", "none of node, python"),
        ("name", "Shop!", "small letters"),
        ("repository", "shop", "an address such as"),
        ("repository", "https://user:hunter2@git.example.com/shop.git", "password or a token"),
        ("repository", "https://ghp_abc@git.example.com/shop.git", "password or a token"),
        ("environments", "Production", "small letters"),
        ("hosts.production", "app1;rm", "is no host"),
        ("hosts.production", "app1.example.com:99999", "no such port"),
        ("hosts.production", "", "empty"),
        ("version", "-x", "letters, digits"),
        ("start", "npm start && true", "no shell runs it"),
        ("port", "http", "no port"),
        ("port", "70000", "no port"),
        ("health", "healthz", "a path such as"),
        ("secrets", "MY-SECRET", "the name alone"),
        ("secrets", "TOKEN=abc", "the name alone"),
        ("domain.production", "shop example", "a name such as"),
        ("user", "root", "account of the system"),
        ("directory", "/srv", "no folder below"),
        ("directory", "/srv/../etc", "no folder below"),
        ("nginx", "maybe", "none of yes, no"),
        ("target", "puppet", "none of ansible"),
        ("deliveries", "jenkins", "none of github-actions"),
        ("store", "keepass", "none of vault"),
    ],
)
def test_what_can_not_be_meant_is_refused(name: str, answer: str, said: str) -> None:
    with pytest.raises(ConverterError) as raised:
        settle({**given("node"), name: answer}, offers())
    assert said in raised.value.message


@pytest.mark.parametrize(
    ("application", "more", "said"),
    [
        ("java", {"artifact": "https://repo.example.com/shop.jar"}, "with {version} in it"),
        ("container", {"image": "ghcr.io/acme/shop:1.2"}, "leave it out"),
        ("static", {"public": "../etc"}, "no folder in the repository"),
        ("static", {"port": "80"}, "does not ask for it"),
        ("node", {"hosts.staging": "a.example.com", "environments": "production"}, "not among the environments"),
    ],
)
def test_answers_of_one_kind_alone(application: str, more: dict[str, str], said: str) -> None:
    with pytest.raises(ConverterError) as raised:
        starter(application, **more)
    assert said in raised.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [}", "f.yaml:1: not YAML"),
        ("- a\n", "expected answers by name"),
        ("colour: blue\n", "no answer is called colour"),
        ("environments: [{name: production, colour: blue}]\n", "an environment has no colour"),
        ("port: {a: b}\n", "port has to be text"),
    ],
)
def test_files_that_are_none(text: str, said: str) -> None:
    with pytest.raises(ConverterError) as raised:
        load(text, "f.yaml")
    assert said in raised.value.message
