"""What a script is told: options, arguments, variables and questions, with the script's own words and limits."""

from __future__ import annotations

import pytest

from converter.model.trace import Disposition, ScriptInput, Trace
from converter.model.value import Value
from converter.parse import parse_text
from converter.trace import trace

LOOP = 'while [ $# -gt 0 ]; do case "$1" in {} esac; done\n'


def traced(text: str) -> Trace:
    return trace([parse_text(text, "deploy.sh", 1, 1)], parse_text=parse_text, load=lambda path: None)


def asked(text: str, name: str) -> ScriptInput | None:
    return next((each for each in traced(text).inputs if each.name == name), None)


def ran(text: str) -> list[str]:
    """The commands that are steps, with their guards counted."""
    return [f"{Value.join(step.argv, ' ').shell()} {len(step.guard)}" for step in traced(text).steps]


@pytest.mark.parametrize(
    "text",
    [
        LOOP.format("--dry-run) DRY_RUN=true; shift ;;") + 'if [ "$DRY_RUN" = true ]; then echo no; else frob; fi',
        LOOP.format("--dry-run) NOTHING=1; shift ;;") + '[ -n "$NOTHING" ] || frob',
        "DRY_RUN=false\n" + LOOP.format("--dry-run) DRY_RUN=true; shift ;;") + "$DRY_RUN || frob",
        'DRY_RUN=0\nwhile getopts "n" o; do case $o in n) DRY_RUN=1 ;; esac; done\n[ $DRY_RUN -eq 1 ] && exit 0\nfrob',
        'DRY_RUN=${DRY_RUN:-false}\nif [ "$DRY_RUN" != false ]; then echo no; exit 0; fi\nfrob',
        'DRY_RUN=${2:-false}\nif [ "$DRY_RUN" = true ]; then echo no; else frob; fi',
        'if [ "$DRY_RUN" ]; then echo no; else frob; fi',
        "${DRY_RUN:+echo} frob",
        'if [ "${1:-}" = "--dry-run" ]; then echo no; exit 0; fi\nfrob',
        'case "$1" in --dry-run) echo no; exit 0 ;; esac\nfrob',
        'run() { if [ -n "$DRY_RUN" ]; then echo "$@"; else "$@"; fi; }\nrun frob',
        "DRY_RUN=true\n" + LOOP.format("--apply) DRY_RUN=false; shift ;;") + '[ "$DRY_RUN" = true ] && exit 0\nfrob',
    ],
)
def test_a_dry_run_is_no_condition(text: str) -> None:
    assert ran(text) == ["frob 0"]
    assert not any(each.name in ("DRY_RUN", "NOTHING") for each in traced(text).inputs)
    assert any("`--check` does this" in each for each in traced(text).assumptions)


def test_what_only_a_dry_run_does_is_dropped_for_that_reason() -> None:
    text = LOOP.format("--dry-run) DRY_RUN=true; shift ;;") + 'if [ "$DRY_RUN" = true ]; then rsync -n a b; fi\nfrob'
    (found,) = [each for each in traced(text).commands if each.text.startswith("rsync")]
    assert (found.disposition, found.reason) == (Disposition.DROPPED, "`--check` does this")


@pytest.mark.parametrize(
    "text",
    [
        "DRY_RUN=true\n[ $DRY_RUN = true ] || frob",
        'DRY_RUN=${DRY_RUN:-true}\nif [ "$DRY_RUN" = true ]; then echo no; else frob; fi',
        "if rsync --dry-run a b; then frob; fi",
    ],
)
def test_what_is_no_such_mode_stays(text: str) -> None:
    assert not any("`--check`" in each for each in traced(text).assumptions)
    assert "frob 0" not in ran(text)


def test_more_words_are_no_condition() -> None:
    text = LOOP.format("--verbose) LOUD=1; shift ;;") + 'if [ "$LOUD" = 1 ]; then set -x; fi\nfrob'
    assert ran(text) == ["frob 0"]
    assert asked(text, "LOUD") is None


@pytest.mark.parametrize(
    "line",
    [
        "echo '  -t, --tag TAG     tag of the image'",
        'printf "  -t TAG\\ttag of the image"',
        "cat <<EOF\n  --tag=TAG   tag of the image\nEOF",
        "#   -t TAG     tag of the image",
        "cat <<EOF\nTAG    tag of the image\nEOF",
    ],
)
def test_help_is_the_usage_text(line: str) -> None:
    text = line + "\n" + LOOP.format('-t|--tag) TAG="$2"; shift 2 ;;') + 'frob "$TAG"'
    found = asked(text, "TAG")
    assert found is not None
    assert found.help == "tag of the image"


@pytest.mark.parametrize(
    ("check", "choices"),
    [
        ('case "$STAGE" in dev|live) ;; *) usage ;; esac', ("dev", "live")),
        ("case $STAGE in dev) a=1 ;; live) a=2 ;; *) echo no; exit 1 ;; esac", ("dev", "live")),
        ('[[ "$STAGE" =~ ^(dev|live)$ ]] || exit 1', ("dev", "live")),
        ('if [[ ! "$STAGE" =~ ^(dev|live)$ ]]; then die no; fi', ("dev", "live")),
        ('check() { case "$STAGE" in dev|live) ;; *) exit 1 ;; esac; }\ncheck', ("dev", "live")),
        ('case "$STAGE" in dev|live) ;; *) echo other ;; esac', ()),
        ('case "$STAGE" in dev*) ;; *) exit 1 ;; esac', ()),
        ('if [ -n "$X" ]; then case "$STAGE" in dev|live) ;; *) exit 1 ;; esac; fi', ()),
        ('check() { case "$STAGE" in dev|live) ;; *) exit 1 ;; esac; }', ()),
    ],
)
def test_choices_are_what_the_script_lets_pass(check: str, choices: tuple[str, ...]) -> None:
    found = asked(f'STAGE=$1\n{check}\nfrob "$STAGE"', "STAGE")
    assert found is not None
    assert found.choices == choices


def test_switches_have_two_values() -> None:
    text = "CLEAN=no\n" + LOOP.format("--clean) CLEAN=yes; shift ;; --env) E=$2; shift 2 ;;") + 'frob "$CLEAN" "$E"'
    clean, environment = asked(text, "CLEAN"), asked(text, "E")
    assert clean is not None
    assert environment is not None
    assert (clean.choices, environment.choices) == (("no", "yes"), ())


def test_an_option_with_a_value_is_no_switch() -> None:
    text = "E=dev\n" + LOOP.format("--prod) E=prod; shift ;; --env) E=$2; shift 2 ;;") + 'frob "$E"'
    found = asked(text, "E")
    assert found is not None
    assert found.choices == ()


@pytest.mark.parametrize(
    ("check", "number"),
    [
        ('[[ "$N" =~ ^[0-9]+$ ]] || exit 1', True),
        ('if [ "$N" -lt 1 ]; then exit 1; fi', True),
        ('if [ "$N" = 1 ]; then exit 1; fi', False),
        ('[ "$N" -gt 3 ] && echo many', False),
    ],
)
def test_numbers_are_what_is_compared_as_one(check: str, number: bool) -> None:
    found = asked(f'N=${{N:-2}}\n{check}\nfrob "$N"', "N")
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize(
    ("check", "required"),
    [
        ('E=""\n[ -z "$E" ] && exit 1', False),
        ('[ -z "$E" ] && exit 1', True),
        ('if [ -z "$E" ] || [ -z "$F" ]; then exit 1; fi', True),
        ('if [ -z "$E" ] && [ -z "$F" ]; then exit 1; fi', False),
    ],
)
def test_what_is_required(check: str, required: bool) -> None:
    found = asked(f'{check}\nfrob "$E" "$F"', "E")
    assert (found is not None and found.required) == required


def test_an_option_without_a_value_that_is_demanded_is_required() -> None:
    text = 'E=""\n' + LOOP.format('--env) E="$2"; shift 2 ;;') + '[ -z "$E" ] && exit 1\nfrob "$E"'
    found = asked(text, "E")
    assert found is not None
    assert (found.required, found.default) == (True, None)


@pytest.mark.parametrize(("prompt", "default"), [("Sure? [y/N] ", True), ("Sure? (Y/n)", True), ("Which tag?", False)])
def test_an_answer_that_may_be_left_out(prompt: str, default: bool) -> None:
    found = asked(f'read -p "{prompt}" x\nif [ "$x" = y ]; then frob; fi', "x")
    assert found is not None
    assert (found.default is not None) == default
