"""`gitopsify verify`: what the validators say, and whether the manifests end where the script ends."""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from converter.cli.exits import Exit
from converter.cli.proof import lines
from converter.cli.request import Asked, understand
from converter.cli.terminal import Screen, visible
from converter.model.diagnostic import ConverterError
from converter.model.report import CheckResult, Outcome, Proof, Report, Verification
from converter.pipeline import STARTER, plan_to_tree, repository_to_proof
from converter.repo.verification import record, revision
from converter.verify import lint

_LOOKS = {
    Outcome.PASSED: ("✓", "+", "green"),
    Outcome.FAILED: ("✗", "!", "red"),
    Outcome.SKIPPED: ("·", "-", "yellow"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How thorough, and in which world."""

    level: str
    environment: str = ""
    world: str = ""
    suite: str = ""
    rootfs: str = ""
    backend: str = ""
    keep: bool = False
    script: str = ""
    report: str = ""
    record: bool = True


def verify(target: Sequence[str], wanted: Wanted, *, as_json: bool, quiet: bool) -> int:
    """Checks the repository; 1 if a validator objects or something differs, 2 if nothing was there to ask."""
    with _repository(target) as (directory, lasting):
        _refuse(directory, wanted)
        wanted = _possible(directory, wanted, quiet=quiet or as_json)
        found = lint(directory)
        if not found.results:
            raise ConverterError(
                f"{directory} holds nothing that {wanted.level} reads", "name a folder that gitopsify convert wrote"
            )
        proof = _proof(directory, wanted)
        if proof and proof.compared and lasting and wanted.record and not wanted.script:
            record(directory, _verification(proof, revision(directory)))
    result = {"level": wanted.level, "passed": _passed(found, proof), **msgspec.to_builtins(found)}
    if proof:
        result["proof"] = msgspec.to_builtins(proof)
    if wanted.report:
        _write(Path(wanted.report), f"{json.dumps(result, indent=2)}\n")
    if as_json:
        print(json.dumps(result, indent=2))
    elif not (quiet and result["passed"]):
        _print(found, Screen())
        for line in lines(proof, Screen()) if proof else ():
            Screen().print(line)
    if proof is None and all(result.outcome == Outcome.SKIPPED for result in found.results):
        raise ConverterError("no validator is installed, so nothing was checked", found.results[0].install)
    return Exit.DONE if result["passed"] else Exit.LEFT


def _possible(directory: Path, wanted: Wanted, *, quiet: bool) -> Wanted:
    """Without a script there is none to compare with, and where a part of it is in a cluster its hosts end otherwise:
    such a repository is applied, twice."""
    if wanted.level != "compare" or wanted.script:
        return wanted
    started = (directory / STARTER).is_file()
    if not started and not _in_cluster(directory):
        return wanted
    said = "No script was converted to this repository" if started else "A part of what the script did is in a cluster"
    if not quiet:
        print(f"{said}, so the manifests alone are tried.", file=sys.stderr)
    return replace(wanted, level="apply")


@contextmanager
def _repository(target: Sequence[str]) -> Iterator[tuple[Path, bool]]:
    """The folder that is named, which is there to last, or one that the scripts are converted to for the time being."""
    first = Path(target[0])
    if len(target) == 1 and first.is_dir():
        yield first, True
        return
    if not first.exists():
        raise ConverterError(
            f"there is no folder {target[0]}", "write a repository with: gitopsify convert deploy.sh -o DIR"
        )
    with tempfile.TemporaryDirectory(prefix="gitopsify-verify-") as scratch:
        tree = plan_to_tree(understand(Asked(scripts=list(target))), target="ansible", deliveries=("gitlab-ci",))
        for file in tree.files:
            path = Path(scratch) / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text, encoding="utf-8")
        yield Path(scratch), False


def _verification(proof: Proof, of: str) -> Verification:
    return Verification(
        date=dt.datetime.now(tz=dt.UTC).date().isoformat(),
        revision=of,
        environment=proof.environment,
        equal=proof.equal,
        different=len(proof.differences),
        uncompared=len(proof.uncompared),
        changing=len(proof.changing),
        unclean=len(proof.unclean),
        failures=tuple(each.run for each in proof.failures),
        system=proof.system,
        tools={**proof.tools, "backend": proof.backend},
        unseen=tuple(each.thing for each in proof.unseen),
    )


def _refuse(directory: Path, wanted: Wanted) -> None:
    """What can't be run is not said to be verified."""
    if _in_cluster(directory) and not (directory / "site.yml").is_file() and wanted.level != "lint":
        raise ConverterError("the manifests of a cluster are built and read, not run", "gitopsify verify --level lint")


def _in_cluster(directory: Path) -> bool:
    return (directory / "environments").is_dir()


def _proof(directory: Path, wanted: Wanted) -> Proof | None:
    if wanted.level == "lint":
        return None
    for file in (wanted.world, wanted.rootfs, wanted.script):
        if file and not Path(file).is_file():
            raise ConverterError(f"there is no file {file}")
    return repository_to_proof(
        directory.resolve(),
        environment=wanted.environment,
        world=Path(wanted.world) if wanted.world else None,
        script=Path(wanted.script) if wanted.script else None,
        compare=wanted.level == "compare",
        suite=wanted.suite,
        backend=wanted.backend,
        tarball=Path(wanted.rootfs) if wanted.rootfs else None,
        keep=wanted.keep,
    )


def _passed(found: Report, proof: Proof | None) -> bool:
    return found.passed and (proof is None or proof.passed)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise ConverterError(f"{path} can't be written: {problem.strerror}") from None


def _print(found: Report, screen: Screen) -> None:
    for result in found.results:
        sign, ascii_, colour = _LOOKS[result.outcome]
        mark = screen.paint(screen.sign(sign, ascii_), "bold", colour)
        screen.print(f"{mark} {result.tool} {screen.paint(result.version, 'dim')}".rstrip() + _note(result))
        for line in result.details.splitlines() if result.outcome == Outcome.FAILED else ():
            screen.print(f"    {visible(line)}")
        if result.install:
            screen.print(screen.paint(f"    hint: {result.install}", "dim"))


def _note(result: CheckResult) -> str:
    return ": not installed, skipped" if result.outcome == Outcome.SKIPPED else ""
