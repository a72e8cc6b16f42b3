"""`exit`, `return`, `break` and `continue`: what they end, and what a failing exit demands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from converter.model.trace import (
    CONFIRMED,
    Compare,
    Guard,
    NotEmpty,
    ParameterKind,
    ScriptInput,
    StepSucceeded,
    Test,
    ends_asked,
)
from converter.model.value import Value, Variable
from converter.trace.commands import Call, emit
from converter.trace.conditions import FAILURE, SUCCESS, Condition, failed_steps
from converter.trace.state import End, State
from converter.trace.statuses import remembered

if TYPE_CHECKING:
    from converter.trace.interpreter import Interpreter


def leave(run: Interpreter, state: State, call: Call) -> Condition:
    """Ends the script, function or loop at this place."""
    name = call.name or "exit"
    code = call.argv[1].text if len(call.argv) > 1 else None
    fails = _fails(state, call, code) and name not in ("break", "continue")
    if not fails:
        # The run goes on, or ends well, although these have failed.
        run.account.accepted.update(failed_steps(state.guard))
    if name == "return" and run.calls:
        status = _status(run, state, call, code)
        run.returns[-1].append((state.guard, status)) if run.returns else None
        state.end = End.RETURN
        run.account.absorb(call.node, "the function ends here", state.context())
        return status
    if name in ("break", "continue"):
        if name == "break" and run.breaks:
            run.breaks[-1].append(state.copy())
        state.end = End.BREAK if name == "break" else End.CONTINUE
        run.account.absorb(call.node, "it steers the loop", state.context())
        return SUCCESS
    state.end = End.FAIL if fails else End.EXIT
    if fails:
        return _demand(run, state, call)
    tests = [inner for test in state.guard for inner in _leaves(test)]
    if tests and _variables(tests[-1]) & run.prompts:
        # As after a failure, what follows runs only if the answer was another one: whoever approves the run gives it.
        state.end = End.FAIL
        run.account.absorb(call.node, CONFIRMED, state.context())
        return SUCCESS
    run.account.absorb(call.node, "the script ends here", state.context())
    return SUCCESS


def _status(run: Interpreter, state: State, call: Call, code: str | None) -> Condition:
    if len(call.argv) == 1:
        return state.status
    status = remembered(run, call.argv[1])
    if status is not None:
        return status
    return SUCCESS if code == "0" else FAILURE


def _fails(state: State, call: Call, code: str | None) -> bool:
    if code is not None and code.lstrip("-").isdigit():
        return int(code) != 0
    return bool(failed_steps(state.path)) or state.status.yes is None


def _demand(run: Interpreter, state: State, call: Call) -> Condition:
    """A failing exit under a condition demands the opposite of the condition."""
    guard = state.guard
    if not guard:
        run.account.absorb(call.node, "the script ends here as failed", state.context())
        return SUCCESS
    reason = _met_elsewhere(run, state, guard)
    if reason is not None:
        run.account.absorb(call.node, reason, state.context())
        run.title = ""
        return SUCCESS
    run.account.accepted.update(step for step, _ in ends_asked(guard[-1:]))
    state_end, state.end = state.end, None
    failing = Call(call.node, (Value.of("exit"), Value.of("1")))
    emit(run, state, failing)
    state.end = state_end
    return SUCCESS


def _met_elsewhere(run: Interpreter, state: State, guard: Guard) -> str | None:
    """Why nothing needs to be said about this demand, None if it has to be asserted."""
    tests = [inner for test in guard for inner in _leaves(test)]
    failed = tests[-1].subject
    if (
        isinstance(failed, StepSucceeded)
        and failed_steps(guard[-1:])
        and _ends_there(run, state, tests[-1], failed.step)
    ):
        run.account.waits.pop(failed.step, None)
        return "what fails ends the deployment"
    names = {name for test in tests for name in _variables(test)}
    if names & run.prompts:
        return CONFIRMED
    asked = next((test for test in tests if _asks_for_root(test)), None)
    if asked is not None:
        if not _wants_root(asked):
            run.account.assume(f"{asked.span.lines()}: whoever logs in is not root")
            return "the login is a user of its own, and root is asked for where it is needed"
        if state.host is None:
            run.root = True
        return "root is asked for where it is needed"
    if any(_usage_of(run, test) for test in guard[:-1]):
        return None
    own = [_usage(run, test, alone=len(guard) == 1) for test in _leaves(guard[-1])]
    if own and all(own):
        return "the inputs are required"
    return None


def _asks_for_root(test: Test) -> bool:
    return bool(_variables(test) & {"EUID", "UID"}) or "id -u" in _text(test) or "whoami" in _text(test)


def _wants_root(test: Test) -> bool:
    """Whether the script ends for whoever is not root, or else for root."""
    subject = test.subject
    differs = "!=" in _text(test) or "-ne" in _text(test) or "-gt" in _text(test)
    if isinstance(subject, Compare):
        differs = subject.operator in (">", "!=")
    return differs != test.negated


def _text(test: Test) -> str:
    text = getattr(test.subject, "text", None)
    return text.shell() if isinstance(text, Value) else ""


def _leaves(test: Test) -> list[Test]:
    alternatives = getattr(test.subject, "alternatives", None)
    if alternatives is None:
        return [test]
    return [leaf for guard in alternatives for inner in guard for leaf in _leaves(inner)]


def _variables(test: Test) -> set[str]:
    values = [getattr(test.subject, name, None) for name in ("left", "right", "value")]
    return {found.name for value in values if isinstance(value, Value) for found in value.variables}


def _ends_there(run: Interpreter, state: State, test: Test, step: int) -> bool:
    """Whether the script would end where the step fails, with nothing that still runs before."""
    after = run.account.steps[step + 1 :] if "errexit" not in state.options else []
    later = [one for one in after if (step, True) not in ends_asked(one.guard)]
    return not later and not any(test in step.guard for step in run.account.steps)


def _usage_of(run: Interpreter, test: Test) -> ScriptInput | None:
    """The input that `[ -z "$X" ]` asks for."""
    subject = test.subject
    if isinstance(subject, NotEmpty) and test.negated and len(subject.value.parts) == 1:
        part = subject.value.parts[0]
        return run.account.inputs.get(part.name) if isinstance(part, Variable) else None
    return None


def _usage(run: Interpreter, test: Test, *, alone: bool) -> bool:
    """`[ $# -lt 2 ]` and `[ -z "$X" ]` make inputs required."""
    subject = test.subject
    found = _usage_of(run, test)
    if found is not None:
        _require(run, found, alone=alone)
        return True
    if isinstance(subject, Compare) and subject.left == Value(Variable("#")):
        wanted = _wanted(subject, test.negated)
        for position in range(1, wanted + 1):
            known = next((i for i in run.account.inputs.values() if i.position == position), None)
            new = ScriptInput(name=f"arg{position}", kind=ParameterKind.POSITIONAL, position=position)
            _require(run, known or new, alone=False)
        return True
    return False


def _require(run: Interpreter, found: ScriptInput, *, alone: bool) -> None:
    """An empty default is none, unless an option switches it or the demand is made under a condition."""
    empty = found.default is not None and found.default.text == "" and alone and not found.choices
    if found.default is None or empty:
        run.account.inputs[found.name] = msgspec.structs.replace(found, required=True, default=None)


def _wanted(subject: Compare, negated: bool) -> int:
    """How many arguments the script insists on."""
    number = int(subject.right.text or "0") if (subject.right.text or "").isdigit() else 0
    match subject.operator, negated:
        case ("<", False) | ("==", True) | (">=", True):
            return number
        case ("<=", False) | (">", True) | ("==", False):
            return number + 1
        case _:
            return 0
