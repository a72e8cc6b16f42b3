"""Idioms of several steps, in the spellings that scripts use, each as what it means: through the whole pipeline."""

from __future__ import annotations

import pytest

from converter.model.plan import VariableKind
from converter.model.resource import Resource
from converter.model.trace import AnyOf, RunsOn, Test
from converter.model.value import Value
from converter.pipeline import scripts_to_plan


def check(script: str, *expected: str) -> None:
    """The resources of a script, one line each: kind, what it is called, fields that are not as by default."""
    plan = scripts_to_plan([("deploy.sh", script.encode())], name="shop")
    assert tuple(map(_line, plan.resources)) == expected


def on_server(script: str) -> tuple[Resource, ...]:
    """The resources of a script that runs on the host that it deploys."""
    return scripts_to_plan([("deploy.sh", script.encode())], name="shop", runs_on=RunsOn.SERVER).resources


def _line(resource: Resource) -> str:
    marks = ["handler"] if resource.handler else []
    if resource.retry is not None:
        marks.append(f"{resource.retry.attempts} tries {resource.retry.delay} s apart")
    marks += [f"if {_test(test)}" for test in resource.guard]
    told = [f"{name}={_shown(value)}" for name, value in _set(resource)]
    return "; ".join([" ".join([resource.kind, *told]), *marks])


def _set(resource: Resource) -> list[tuple[str, object]]:
    spec = resource.spec
    defaults = dict(zip(spec.__struct_fields__[::-1], spec.__struct_defaults__[::-1], strict=False))
    found = ((name, getattr(spec, name)) for name in spec.__struct_fields__)
    return [(name, value) for name, value in found if name not in defaults or value != defaults[name]]


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_shown, value)) + "]"
    if isinstance(value, Test):
        return _test(value)
    return value.shell() if isinstance(value, Value) else str(value)


def _test(test: Test) -> str:
    subject = test.subject
    if isinstance(subject, AnyOf):
        told = " or ".join(" and ".join(map(_test, guard)) for guard in subject.alternatives)
    else:
        fields = (getattr(subject, name) for name in subject.__struct_fields__ if name != "pipefail")
        told = " ".join(_shown(value) for value in fields if value != ())
    return f"not {told}" if test.negated else told


KEPT = "retention path=/srv/app/releases keep=5"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("ls -1dt /srv/app/releases/* | tail -n +6 | xargs rm -rf", KEPT),
        ("cd /srv/app/releases && ls -1t | tail -n +6 | xargs -r rm -rf --", KEPT),
        ("cd /srv/app/releases; ls -t | tail -n +6 | sudo xargs rm -Rf", KEPT),
        ("(cd /srv/app/releases && ls -t1 | tail -n +6 | xargs --no-run-if-empty rm -r -f)", KEPT),
        ("ls -t /srv/app/releases | tail -n +6 | xargs -I {} rm -rf /srv/app/releases/{}", KEPT),
        ("rm -rf $(ls -1dt /srv/app/releases/* | tail -n +6)", KEPT),
        ("ls -1dt /srv/app/releases/*/ | tail -n +6 | xargs rm -rf", f"{KEPT} what=directory"),
        ("cd /srv/app/releases && ls -1 | sort -r | tail -n +6 | xargs rm -rf", f"{KEPT} newest=name"),
        ("cd /srv/app/releases && ls | head -n -5 | xargs rm -rf", f"{KEPT} newest=name"),
        ("KEEP=5; cd /srv/app/releases; ls -t | tail -n +$((KEEP + 1)) | xargs rm -rf", KEPT),
        ("keep() { ls -t | tail -n +$(($1 + 1)) | xargs rm -rf; }; cd /srv/app/releases; keep 5", KEPT),
        ("prune() { ls -dt $1/* | tail -n +6 | xargs rm -rf; }; prune /srv/app/releases", KEPT),
    ],
)
def test_what_throws_old_releases_away_keeps_the_newest(script: str, expected: str) -> None:
    check(f"nginx -t\n{script}\n", "command argv=[nginx, -t] source=nginx -t effect=reads", expected)


@pytest.mark.parametrize(
    "script",
    [
        "ls -1t /srv/app/releases | tail -n +6 | xargs rm -rf",
        "ls -1d /srv/app/releases/* | tail -n +6 | xargs rm -rf",
        "ls -1dt /srv/app/releases/* | tail -n 6 | xargs rm -rf",
        "ls -1t /srv/app/releases/* | tail -n +6 | xargs rm -rf",
        "ls -1dtr /srv/app/releases/* | tail -n +6 | xargs rm -rf",
        "rm -rf $(ls -d /srv/app/releases/*)",
    ],
)
def test_what_removes_other_entries_stays_a_command(script: str) -> None:
    plan = scripts_to_plan([("deploy.sh", script.encode())], name="shop")
    assert [resource.kind for resource in plan.resources] == ["command"]


def test_kept_text_gets_the_arguments_that_it_reads() -> None:
    text = 'set -- "$argument_1" "$argument_2"\ncat "$1" | frob $(($2 + 1))'
    check(
        'f() { cat "$1" | frob $(($2 + 1)); }\nf /etc/a 3',
        f"command source={text} stages=[[cat, /etc/a], [frob, 4]] effect=changes",
    )
    check("f() { frob $(($1 + 1)); }\nf 3", "command argv=[frob, 4] source=frob 4")


def test_a_link_made_beside_another_replaces_it() -> None:
    check(
        "ln -s /srv/app/r1 /srv/app/current.new && mv -fT /srv/app/current.new /srv/app/current",
        "link path=/srv/app/current target=/srv/app/r1 force=True",
    )
    check(
        "ln -s r1 /srv/app/current.new && mv -T /srv/app/current.new /srv/current",
        "link path=/srv/app/current.new target=r1",
        "file_move src=/srv/app/current.new dest=/srv/current exact=True",
    )


NEW = (
    'git ls-remote https://example.com/shop.git {} | grep -q "^$(git --git-dir=/srv/app/current/.git rev-parse '
    '--verify HEAD || echo none)"'
)
HEAD = f"if not {NEW.format('HEAD')}"


@pytest.mark.parametrize(
    "named",
    [
        "REL=/srv/app/releases/$(date +%Y%m%d%H%M%S)",
        "REL=/srv/app/releases/`date +%s`",
        "STAMP=$(date +%F-%H%M); REL=/srv/app/releases/$STAMP",
        "BASE=/srv/app; REL=$BASE/releases/$(date -u +%Y%m%dT%H%M%SZ)",
    ],
)
@pytest.mark.parametrize(
    "linked",
    [
        "ln -sfn $REL /srv/app/current",
        "ln -nfs $REL /srv/app/current",
        "ln -s $REL /srv/app/tmp && mv -Tf /srv/app/tmp /srv/app/current",
    ],
)
def test_a_release_is_made_only_for_another_commit(named: str, linked: str) -> None:
    check(
        f"{named}\ngit clone https://example.com/shop.git $REL\n{linked}",
        f"git_checkout dest=${{REL}} repo=https://example.com/shop.git; {HEAD}",
        f"link path=/srv/app/current target=${{REL}} force=True; {HEAD}",
    )


def test_what_was_asked_of_the_release_before_waits_for_another_commit_too() -> None:
    check(
        """OLD=$(readlink -f /srv/app/current)
REL=/srv/app/releases/$(date +%s)
git clone https://example.com/shop.git $REL
ln -sfn $REL /srv/app/current
rm -rf "$OLD"
""",
        f"git_checkout dest=${{REL}} repo=https://example.com/shop.git; {HEAD}",
        f"link path=/srv/app/current target=${{REL}} force=True; {HEAD}",
        f"absent path=${{OLD}} recursive=True; {HEAD}",
    )


@pytest.mark.parametrize(
    "making",
    [
        "rsync -a /srv/build/ $REL/",
        "tar -xzf /tmp/app.tgz -C $REL",
        "git clone https://example.com/a $REL; rm -rf $REL/.git",
    ],
)
def test_a_release_of_what_has_no_version_is_made_by_each_run_and_left_out_of_a_check(making: str) -> None:
    made = on_server(f"REL=/srv/app/releases/$(date +%s)\nmkdir -p $REL\n{making}\nln -sfn $REL /srv/app/current\n")
    assert all(resource.dated and not resource.guard for resource in made)
    assert made[-1].kind == "link"


@pytest.mark.parametrize(
    "script",
    [
        "cp /etc/shop.conf /srv/backup/shop.conf.$(date +%F)",
        "STAMP=$(date +%s); tar -czf /srv/backup/app-$STAMP.tgz -C /srv app",
        'echo "deployed $(date)" > /srv/app/deployed',
    ],
)
def test_a_backup_with_the_time_in_its_name_is_left_out_of_a_check(script: str) -> None:
    (resource,) = on_server(script)
    assert resource.dated


@pytest.mark.parametrize(
    "script", ["mkdir -p /srv/app", "NAME=$(hostname); touch /srv/$NAME", "touch -d 2024-01-02 /srv/a"]
)
def test_what_is_the_same_each_time_is_checked(script: str) -> None:
    (resource,) = on_server(script)
    assert not resource.dated


RESTART = "service name=app state=restarted"


@pytest.mark.parametrize(
    "script",
    [
        "exec 9>/var/lock/deploy\nflock -n 9 || { echo running; exit 1; }\nsystemctl restart app",
        "exec 200>>/tmp/lock\nif ! flock -n 200; then exit 1; fi\nsystemctl restart app",
        "(\nflock -x -w 10 9 || exit 1\nsystemctl restart app\n) 9>/var/lock/deploy",
        "{ flock 3; systemctl restart app; } 3>/tmp/lock",
        "flock -n /tmp/lock systemctl restart app",
        "flock -w 5 /tmp/lock -c 'systemctl restart app'",
        '[ "$LOCKED" != "$0" ] && exec env LOCKED="$0" flock -en "$0" "$0" "$@" || :\nsystemctl restart app',
    ],
)
def test_a_lock_is_what_the_pipeline_sees_to(script: str) -> None:
    check(script, RESTART)


URL = "http://localhost:3000/health"
ANSWERS = f"http_check url={URL} status=200"
CURL = f"curl -s -o /dev/null -w '%{{http_code}}' {URL}"

NINE_TIMES = f"""for i in $(seq 9); do
S=$({CURL} || echo 000)
if [ "$S" = 200 ]; then echo up; exit 0; fi
echo "$i: $S"
sleep 3
done
echo down
exit 1
"""


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (f'until [ "$({CURL})" = "200" ]; do sleep 2; done', f"{ANSWERS}; 60 tries 2 s apart"),
        (f'while [[ "$({CURL})" != "200" ]]; do sleep 5; done', f"{ANSWERS}; 60 tries 5 s apart"),
        (f"for i in 1 2 3; do\nS=$({CURL})\n[ $S -eq 200 ] && break\nsleep 1\ndone", f"{ANSWERS}; 3 tries 1 s apart"),
        (f"for i in 1 2 3; do\n{CURL} | grep -q 200 && break\nsleep 1\ndone", f"{ANSWERS}; 3 tries 1 s apart"),
        (NINE_TIMES, f"{ANSWERS}; 9 tries 3 s apart"),
    ],
)
def test_waiting_for_a_status_is_one_request_with_retries(script: str, expected: str) -> None:
    check(script, expected)


@pytest.mark.parametrize(
    ("script", "directory"),
    [
        ("cd /srv/app\nV=$(cat VERSION)\nsudo touch /srv/$V", "/srv/app"),
        (
            "cd /srv/app/releases && sudo ln -sfn /srv/app/releases/$(ls -t | sed -n 2p) /srv/app/current",
            "/srv/app/releases",
        ),
        ("V=$(git rev-parse HEAD)\nsudo touch /srv/$V", "${project_dir}"),
        ("cd /srv/app; V=$(date +%F)\nsudo touch /srv/$V", ""),
        ("cd /srv/app; V=$(ls -t /srv/releases | sed -n 2p)\nsudo touch /srv/$V", ""),
    ],
)
def test_what_a_command_prints_is_asked_for_in_the_directory_of_the_script(script: str, directory: str) -> None:
    plan = scripts_to_plan([("deploy.sh", script.encode())], name="shop")
    (asked,) = [variable for variable in plan.variables if variable.kind == VariableKind.COMPUTED]
    assert (asked.cwd.shell() if asked.cwd is not None else "") == directory


def test_what_follows_a_function_that_waits_runs_where_it_has_succeeded() -> None:
    waits = f"up() {{\nfor i in 1 2; do\ncurl -sf {URL} && return 0\nsleep 1\ndone\nreturn 1\n}}\n"
    tries = f"http_check url={URL}; 2 tries 1 s apart"
    check(f"{waits}up || exit 1\nsystemctl restart app", tries, RESTART)
    check(
        f"{waits}if ! up; then ln -sfn /srv/old /srv/current; exit 1; fi",
        tries,
        "link path=/srv/current target=/srv/old force=True; if not 0",
        "assertion condition=[0] message=deploy.sh:8: the script stops here",
    )


PROCESS = "process name=app command=java -jar app.jar cwd=/srv/app"


@pytest.mark.parametrize(
    ("stop", "start"),
    [
        ("", "cd /srv/app && nohup java -jar app.jar &"),
        ("", "(cd /srv/app && java -jar app.jar &)"),
        ("", "{ cd /srv/app; java -jar app.jar; } &"),
        ("pkill -f app.jar", "cd /srv/app\nnohup java -jar app.jar &"),
        ("pkill -f app.jar || true\nsleep 2", "cd /srv/app && nohup java -jar app.jar &"),
        ("kill -9 $(ps aux | grep '[a]pp.jar' | awk '{print $2}')", "cd /srv/app && java -jar app.jar &"),
        ("ps -ef | grep app.jar | grep -v grep | awk '{print $2}' | xargs kill -9", "cd /srv/app; java -jar app.jar &"),
        ("ps aux | grep [a]pp.jar | awk '{print $2}' | xargs -r kill", "cd /srv/app; java -jar app.jar &"),
        ("pgrep -f app.jar | xargs kill", "cd /srv/app; java -jar app.jar &"),
        ('PID=$(pgrep -f app.jar)\nif [ -n "$PID" ]; then kill $PID; fi', "cd /srv/app; java -jar app.jar &"),
    ],
)
def test_a_program_that_is_killed_and_left_running_is_one_service(stop: str, start: str) -> None:
    check(f"{stop}\n{start}", f"{PROCESS} stop_pattern=app.jar stop=True" if stop else PROCESS)


CONTAINER = "container name=web image=nginx"


@pytest.mark.parametrize(
    "script",
    [
        "docker stop web\ndocker rm web",
        "docker rm -f web || true",
        "docker stop web || true && docker rm web || true",
        'if [ "$(docker ps -aq -f name=web)" ]; then docker stop web; docker rm web; fi',
        "docker ps -q --filter name=web | xargs -r docker stop\ndocker ps -aq --filter name=web | xargs -r docker rm",
        'ID=$(docker ps -q --filter "name=web")\nif [ -n "$ID" ]; then docker stop $ID && docker rm $ID; fi',
        "docker rm -f $(docker ps -aq -f name=^web$) 2>/dev/null || true",
        "docker container inspect web >/dev/null 2>&1 && docker rm -f web",
    ],
)
def test_a_container_is_taken_away_and_made_anew(script: str) -> None:
    check(f"{script}\ndocker run -d --name web nginx", f"{CONTAINER} recreate=True")


@pytest.mark.parametrize(
    "stop",
    [
        "if [ -f app.pid ]; then kill $(cat app.pid); fi",
        'if [ -f app.pid ]; then\n  kill "$(cat app.pid)" || true\n  sleep 2\n  rm -f app.pid\nfi',
    ],
)
def test_a_program_with_its_number_in_a_file_is_one_service(stop: str) -> None:
    start = "nohup java -jar app.jar > app.log 2>&1 &\necho $! > app.pid"
    check(
        f"cd /srv/app\n{stop}\n{start}",
        "process name=app command=java -jar app.jar cwd=/srv/app log=/srv/app/app.log pid_file=/srv/app/app.pid "
        "stop=True replaces=True",
    )


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("command -v nginx >/dev/null || apt-get install -y nginx", "package names=[nginx]"),
        ("if ! command -v nginx &> /dev/null; then apt-get install -y nginx; fi", "package names=[nginx]"),
        ("dpkg -s nginx >/dev/null 2>&1 || apt-get install -y nginx", "package names=[nginx]"),
        ('if [ -z "$(which nginx)" ]; then apt-get install -y nginx; fi', "package names=[nginx]"),
        ("apt-get update\napt-get install -y nginx", "package names=[nginx] update_cache=True"),
        ("id -u app >/dev/null 2>&1 || useradd -m app", "user name=app create_home=True"),
        ("getent passwd app || useradd -r app", "user name=app create_home=False system=True"),
        ("[ -d /srv/app ] || sudo mkdir -p /srv/app", "directory path=/srv/app"),
        ("grep -qxF 'a=1' /etc/a || echo 'a=1' >> /etc/a", "line path=/etc/a line=a=1 create=True"),
        ("cd /srv/app && tar xzf /tmp/app.tgz", "archive src=/tmp/app.tgz dest=/srv/app"),
        ("sudo cp a /etc/a\nsudo chmod 600 /etc/a", "file_copy src=${project_dir}/a dest=/etc/a mode=600"),
        (
            "git clone https://example.com/a /srv/a || (cd /srv/a && git pull)",
            "git_checkout dest=/srv/a repo=https://example.com/a update=True",
        ),
        (
            "cd /srv/a\ngit fetch\ngit reset --hard v2",
            "git_checkout dest=/srv/a version=v2 update=True force=True reset=True",
        ),
        ("cd /srv/a\ngit checkout v2\ngit reset --hard", "git_checkout dest=/srv/a version=v2 force=True"),
        (
            "[ -d /srv/a ] && cd /srv/a && git pull || git clone https://example.com/a /srv/a",
            "git_checkout dest=/srv/a repo=https://example.com/a update=True",
        ),
        (
            "systemctl daemon-reload\nsystemctl enable --now app",
            "service name=app state=started enabled=True daemon_reload=True",
        ),
    ],
)
def test_a_guard_and_what_it_guards_are_one_state(script: str, expected: str) -> None:
    check(script, expected)
