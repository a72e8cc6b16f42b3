"""Selectors: which input says what environment a run is for, and which environments there are."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from converter.model.resource import Purpose
from converter.model.source import SourceFile
from converter.model.trace import Trace
from converter.parse import parse_text
from converter.trace import trace, traces


def runs(text: str, files: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environments of a script, each with what its selector is told."""
    return {each.selection.environment: each.selection.text for each in followed(text, files) if each.selection}


def followed(text: str, files: Mapping[str, str] | None = None) -> tuple[Trace, ...]:
    there = files or {}

    def load(path: str) -> SourceFile | None:
        return SourceFile(path=path, text=there[path], language="shell") if path in there else None

    return traces([parse_text(text, "deploy.sh", 1, 1)], parse_text=parse_text, load=load)[Purpose.DEPLOY]


BOTH = {"staging": "staging", "production": "production"}


@pytest.mark.parametrize(
    "text",
    [
        'case "$1" in staging) frob a;; production) frob b;; *) exit 1;; esac',
        'if [ "$1" = staging ]; then frob a; elif [[ $1 == production ]]; then frob b; else exit 1; fi',
        'ENV=$1\n[ "$ENV" != staging ] && [ "$ENV" != production ] && exit 1\nfrob $ENV',
        'if [[ ! "$ENV" =~ ^(staging|production)$ ]]; then echo bad; exit 1; fi\nfrob $ENV',
        "STAGE=${1:-staging}\nif [ $STAGE = production ]; then frob b; fi\nfrob a",
        "declare -A HOSTS=([staging]=s.test [production]=p.test)\nssh ${HOSTS[$ENV]} frob",
        (
            'while [ $# -gt 0 ]; do case "$1" in --env) ENV=$2; shift 2;; *) exit 1;; esac; done\n'
            "case $ENV in staging) frob a;; production) frob b;; esac"
        ),
        (
            'while getopts "e:" o; do case $o in e) ENV=$OPTARG;; esac; done\n'
            "case $ENV in staging) frob a;; production) frob b;; esac"
        ),
        (
            'usage() {\ncat <<END\nusage: $(basename "$0") ENV\nEND\nexit 1\n}\n[ -z "$ENV" ] && usage\n'
            "case $ENV in staging) frob a;; production) frob b;; *) usage;; esac"
        ),
        'read -p "Where to? " TARGET_ENV\ncase $TARGET_ENV in staging) frob a;; production) frob b;; esac',
        "APP=$1; shift\ncase $1 in staging) frob $APP a;; production) frob $APP b;; *) exit 2;; esac",
        'deploy() { case $1 in staging) frob a;; production) frob b;; esac; }\ndeploy "$1"',
    ],
)
def test_a_selector_makes_environments(text: str) -> None:
    assert runs(text) == BOTH


def test_spellings_of_one_environment_are_one() -> None:
    text = 'case "$1" in stage|staging) frob a;; prod|production|live) frob b;; *) exit 1;; esac'
    assert runs(text) == {"staging": "stage", "production": "prod"}


def test_the_spelling_that_does_most_stands_for_the_environment() -> None:
    text = 'case $1 in dev) frob a;; prod|production) frob b;; *) exit 1;; esac\n[ "$1" = production ] && frob c'
    assert runs(text) == {"development": "dev", "production": "production"}


def test_names_of_the_author_stay_where_the_variable_tells() -> None:
    text = 'case "$DEPLOY_ENV" in acme) frob a;; production) frob b;; *) exit 1;; esac'
    assert runs(text) == {"acme": "acme", "production": "production"}


def test_any_other_text_is_an_environment_where_it_does_what_no_other_does() -> None:
    assert runs('if [ "$1" = prod ]; then frob a; else frob b; fi') == {"other": "other", "production": "prod"}
    assert runs("case $1 in qa) frob a;; prod) frob b;; *) frob c;; esac") == {
        "qa": "qa",
        "other": "other",
        "production": "prod",
    }


def test_files_that_are_named_for_environments_say_what_there_is() -> None:
    files = {"config/dev.sh": "HOST=d.test", "config/prod.sh": "HOST=p.test"}
    text = '. "config/$ENV.sh"\nssh $HOST frob'
    assert runs(text, files) == {"development": "dev", "production": "prod"}
    hosts = [run.steps[0].context.host for run in followed(text, files)]
    assert [host.address.text for host in hosts if host is not None] == ["d.test", "p.test"]


@pytest.mark.parametrize(
    "text",
    [
        'case "$1" in start) frob a;; stop) frob b;; esac',
        'case "$1" in staging) frob a;; production) frob b;; rollback) frob c;; esac',
        'if [ "$FORCE" = true ]; then frob a; fi',
        'if [ "$1" != production ]; then exit 1; fi\nfrob a',
        'case "$TARGET" in web) frob a;; db) frob b;; esac',
        "frob $1",
    ],
)
def test_what_selects_no_environment_stays_an_input(text: str) -> None:
    assert runs(text) == {}


def test_an_argument_after_a_shift_is_the_next_one() -> None:
    found = trace(
        [parse_text('ENV=$1; shift\nfrob "$ENV" "$1"', "deploy.sh", 1, 1)],
        parse_text=parse_text,
        load=lambda path: None,
    )
    assert {item.name: item.position for item in found.inputs} == {"ENV": 1, "arg2": 2}
