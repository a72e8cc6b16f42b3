"""What rules are told about crontab lines, rules of ufw, background programs and pieces of values."""

from __future__ import annotations

import pytest

from converter.match.crontab import cron_additions, cron_lines
from converter.match.pieces import far, split
from converter.match.processes import killed, process_name
from converter.match.ufw import ufw_rule
from converter.match.unsuited import UnsuitedError
from converter.model.value import CommandOutput, Literal, Value, Variable

HOST, DIR = Variable("HOST"), Variable("DIR", Value.of("/srv/app"))


def words(text: str) -> list[Value]:
    """Plain words."""
    return [Value.of(word) for word in text.split()]


@pytest.mark.parametrize(
    ("line", "times", "job"),
    [
        ("0 3 * * * /srv/b.sh", "0 3 * * *", "/srv/b.sh"),
        ("*/5 8-18 1,15 jan mon-fri a b", "*/5 8-18 1,15 jan mon-fri", "a b"),
    ],
)
def test_cron_lines(line: str, times: str, job: str) -> None:
    (found,) = cron_lines(Value.of(f"# comment\n\n{line}\n"))
    given = (found.minute, found.hour, found.day, found.month, found.weekday)
    assert [value.text if value else "" for value in given] == times.split()
    assert found.job == job


@pytest.mark.parametrize("text", ["", "PATH=/bin\n0 3 * * * x", "0 3 * * x", "@often x"])
def test_what_is_no_plain_crontab(text: str) -> None:
    with pytest.raises(UnsuitedError):
        cron_lines(Value.of(text))


@pytest.mark.parametrize(
    "source",
    [
        '(crontab -l; echo "@daily x") | crontab -',
        '(crontab -l 2>/dev/null || true; echo "@daily x") | crontab -',
        "{ crontab -l | grep -v 'x'; echo '@daily x'; } | crontab -",
        'crontab -l 2>/dev/null | { cat; echo "@daily x"; } | crontab -',
    ],
)
def test_cron_additions(source: str) -> None:
    assert [line.job.text for line in cron_additions(Value.of(source))] == ["x"]


@pytest.mark.parametrize(
    "source",
    [
        "(crontab -l; cat f) | crontab -",
        '(echo "@daily x") | crontab -',
        '(crontab -l; echo "@daily $(x)") | crontab -',
    ],
)
def test_what_adds_no_known_job(source: str) -> None:
    with pytest.raises(UnsuitedError):
        cron_additions(Value.of(source))


def test_variables_of_the_shell_stay_in_jobs() -> None:
    (found,) = cron_additions(Value.of('(crontab -l; echo "@daily $HOME/x \\$(date)") | crontab -'))
    assert found.job == Value(Variable("HOME"), Literal("/x $(date)"))


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ("allow 22", {"rule": "allow", "port": "22"}),
        ("allow https", {"port": "443", "proto": "tcp"}),
        ("allow 6000:6007/udp", {"port": "6000:6007", "proto": "udp"}),
        ("allow OpenSSH", {"app": "OpenSSH"}),
        ("deny out 25", {"rule": "deny", "direction": "out"}),
        ("allow proto tcp from 10.0.0.1 port 1000 to 10.0.0.2 port 80", {"source_port": "1000", "port": "80"}),
        ("insert 1 deny from 1.2.3.4", {"insert": "1", "source": "1.2.3.4"}),
        ("route allow in on eth0 to any port 80", {"route": True, "interface": "eth0"}),
    ],
)
def test_ufw_rules(said: str, fields: dict[str, object]) -> None:
    found = ufw_rule(words(said))
    assert {name: getattr(found, name) for name in fields} == fields


@pytest.mark.parametrize(
    "said", ["delete 3", "allow", "allow 22 80", "allow nosuch", "status", "allow from any", "allow 22 in"]
)
def test_what_is_no_rule_of_ufw(said: str) -> None:
    with pytest.raises(UnsuitedError):
        ufw_rule(words(said))


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("java -Xmx1g -jar target/app-1.2.3.jar --port 80", "app"),
        ("python3 manage.py runserver", "manage"),
        ("gunicorn shop.wsgi:application", "gunicorn"),
        ("./server --port 80", "server"),
        ("npm start", "start"),
        ("/run/app.pid", "app"),
        ("app.*.jar", "app"),
    ],
)
def test_process_names(command: str, name: str) -> None:
    assert process_name(words(command)) == name


@pytest.mark.parametrize(
    ("command", "pattern", "pid_file"),
    [
        ("cat /run/app.pid", None, "/run/app.pid"),
        ("pgrep -f 'app.jar'", "app.jar", None),
        ("ps aux | grep app.jar | grep -v grep | awk '{print $2}'", "app.jar", None),
    ],
)
def test_killed(command: str, pattern: str | None, pid_file: str | None) -> None:
    found = killed(Value(Variable("PID", Value(CommandOutput(command)))))
    assert (found.pattern, found.pid_file) == (pattern, pid_file)


@pytest.mark.parametrize("command", ["lsof -t -i:80", "pgrep -f $X", "cat $F"])
def test_what_kill_can_not_be_told_before(command: str) -> None:
    with pytest.raises(UnsuitedError):
        killed(Value(CommandOutput(command)))


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (Value.of("me@web1:/srv/a"), "/srv/a"),
        (Value.of("web1:"), "~/"),
        (Value.of("web1:a"), "~/a"),
        (Value.of("/srv/a:b"), None),
        (Value.of("a"), None),
        (Value(HOST, Literal(":"), DIR, Literal("/x")), "/srv/app/x"),
    ],
)
def test_far(value: Value, path: str | None) -> None:
    found = far(value)
    assert (found.text if found else None) == path


def test_split_leaves_variables_alone() -> None:
    assert split(Value(HOST, Literal(":a:"), DIR), ":") == [Value(HOST), Value.of("a"), Value(DIR)]
    assert split(Value(Variable("BOTH", Value.of("a:b"))), ":") == [Value.of("a"), Value.of("b")]
    assert split(Value.of("a b c"), " ", 1) == [Value.of("a"), Value.of("b c")]
