"""What stands around a script is guessed from its plan, written down, and read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import ROOT
from converter.model.diagnostic import ConverterError
from converter.model.trace import RunsOn
from converter.model.world import Surroundings
from converter.pipeline import scripts_to_plan
from converter.plan.document import load as load_plan
from converter.verify.world.document import dump, load
from converter.verify.world.ground import location
from converter.verify.world.guess import surroundings

FIXTURES = sorted((ROOT / "fixtures").glob("*/expected/ansible/.gitopsify/plan.yaml"))


def guessed(script: str, runs_on: RunsOn = RunsOn.SERVER) -> Surroundings:
    return surroundings(scripts_to_plan([("deploy.sh", script.encode())], name="shop", runs_on=runs_on))


def test_who_is_there() -> None:
    assert guessed("cd /srv/x\nsudo -u web ./run\n").users == ("deploy", "web")
    assert guessed("useradd app\nchown app /srv\n").users == ("root",)
    assert guessed("apt-get update\n").script.user == "root"


def test_what_is_installed_and_what_can_be() -> None:
    found = guessed("apt-get install -y redis-server\nnginx -t\nsystemctl restart nginx redis-server myapp\n")
    assert found.installable == ("redis-server",)
    assert found.packages == ("nginx",)
    assert found.services == ("myapp",)


def test_what_is_recorded_and_what_an_engine_does() -> None:
    found = guessed("cd /srv/app && npm ci && pm2 restart app\ndocker run -d --name x img:1\n")
    assert {"npm", "pm2", "node"} <= set(found.recorded)
    assert "docker" in found.recorded
    assert "node" in found.samples


def test_working_copies_and_their_remotes() -> None:
    found = guessed("cd /srv/blog && git pull origin stable\ngit clone git@git.example.com:acme/lib.git /srv/lib\n")
    by_url = {each.url: each for each in found.repositories}
    assert by_url["https://git.example.invalid/blog.git"].checkouts[0].path == "/srv/blog"
    assert "git@git.example.com:acme/lib.git" in by_url
    assert set(found.names) == {"git.example.com", "git.example.invalid"}


def test_what_is_asked_of_others_and_of_the_host_itself() -> None:
    found = guessed("curl -fsS http://localhost:3000/health\ncurl -fsS https://hooks.example.com/x -d y\n")
    assert found.answers == (3000,)
    assert found.names == ("hooks.example.com",)


def test_addresses_in_kept_text_and_in_variables() -> None:
    found = guessed(
        "PORT=8080\nURL=http://localhost:$PORT/health\n# see https://docs.example.com\n"
        "until curl -sf $URL; do sleep 1; done\ncurl -X POST https://chat.example.com/hook | tee -a /var/log/told\n"
    )
    assert found.answers == (8080,)
    assert found.names == ("chat.example.com",)


def test_what_is_no_name_of_a_machine_is_asked_nowhere() -> None:
    found = guessed('HOSTS="a.example.com b.example.com"\ncurl -f https://$HOSTS/up\n')
    assert "a.example.com b.example.com" not in found.names


def test_versions_are_tags_and_processes_of_pm2_are_there() -> None:
    found = guessed("cd /srv/shop\ngit fetch --tags\ngit checkout v2.1.0\npm2 restart shop\n")
    assert found.repositories[0].tags == ("v2.1.0",)
    assert found.repositories[0].branches == ("main",)
    assert [(each.name, each.owner) for each in found.managed] == [("shop", "root")]


def test_folders_that_are_filled_belong_to_who_logs_in() -> None:
    script = "npm run build\nrsync -az dist/ web@shop.example.com:/var/www/shop/\n"
    places = {place.path: place.owner for place in guessed(script, RunsOn.WORKSTATION).places}
    assert places["/var/www/shop"] == "web"


def test_how_it_is_started() -> None:
    script = 'W="$1"\ncase "$W" in\nprod) H=a.test;;\nstaging) H=b.test;;\n*) exit 1;;\nesac\nssh root@$H reboot\n'
    plan = scripts_to_plan([("deploy.sh", script.encode())], name="shop")
    assert surroundings(plan).script.arguments == {"production": ("prod",), "staging": ("staging",)}


LOCATIONS = [
    ("https://git.example.com/acme/shop.git", ("git.example.com", "acme/shop.git")),
    ("https://user:word@git.example.com:8443/shop", ("git.example.com", "shop")),
    ("git@github.com:acme/shop.git", ("github.com", "acme/shop.git")),
    ("ssh://git@host:2222/srv/shop.git", ("host", "srv/shop.git")),
    ("/srv/git/shop.git", ("", "/srv/git/shop.git")),
]


@pytest.mark.parametrize(("url", "place"), LOCATIONS)
def test_places_of_remotes(url: str, place: tuple[str, str]) -> None:
    assert location(url) == place


@pytest.mark.parametrize("plan", FIXTURES, ids=lambda path: path.parts[-5])
def test_what_is_written_reads_back(plan: Path) -> None:
    around = surroundings(load_plan(plan.read_text(encoding="utf-8")))
    assert load(dump(around)) == around


WRONG = [
    ("script: [\n", "not YAML"),
    ("script: {seconds: soon}", "Expected `int`"),
    ("packages: nginx", "array"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_wrong_with_it(text: str, said: str) -> None:
    with pytest.raises(ConverterError, match=said):
        load(text)


def test_a_folder_that_is_filled_before_it_is_made_is_there() -> None:
    filled = "rsync -a dist/ deploy@web1:/srv/shop/public/\n"
    found = guessed(filled + "ssh deploy@web1 'mkdir -p /srv/shop/logs; chown -R a /srv/shop'\n")
    assert "/srv/shop/public" in {each.path for each in found.places}
    found = guessed("ssh deploy@web1 'mkdir -p /srv/shop; chown a /srv/shop'\n" + filled)
    assert "/srv/shop/public" not in {each.path for each in found.places}


def test_a_site_that_is_sent_answers() -> None:
    found = guessed(
        "scp conf/shop.conf deploy@web1:/tmp/new\n"
        "ssh deploy@web1 'cp /tmp/new /etc/nginx/sites-available/shop'\n"
        "scp conf/nginx.conf deploy@web1:/etc/nginx/nginx.conf\n"
    )
    texts = {each.path.rpartition("/")[2]: each.text or "" for each in found.places}
    assert "return 200" in texts["shop.conf"]
    assert "server" not in texts["nginx.conf"]


def test_virtual_environments_and_what_an_index_has() -> None:
    used = "source venv/bin/activate\npip install 'gunicorn[gevent]==20.1.0' 'celery>=5.2' x\n"
    used += "venv/bin/alembic upgrade head\n"
    found = guessed(f"cd /srv/club\ngit pull\n{used}")
    assert found.wheels == ("gunicorn==20.1.0", "celery==5.2")
    assert "python.invalid" in found.names
    assert [(each.path, each.programs) for each in found.virtualenvs] == [("/srv/club/venv", ("alembic",))]
    assert "python3-venv" in found.packages
    made = guessed(
        f"cd /srv/club\ngit pull\n[ -d venv ] || python3 -m venv venv\n{used}pip install -r requirements.txt\n"
    )
    assert made.virtualenvs == ()
    assert made.repositories[0].files == {"requirements.txt": "alembic\n"}


def test_programs_of_supervisor_that_nothing_configures() -> None:
    known = "printf '[program:worker]\\ncommand=/bin/x\\n' > /etc/supervisor/conf.d/worker.conf\n"
    text = "supervisorctl restart club\nsupervisorctl restart worker\n"
    assert [(each.name, each.by) for each in guessed(known + text).managed] == [("club", "supervisor")]


def test_what_a_script_insists_on_is_there() -> None:
    found = guessed(
        "[ -f go.mod ] || { echo no; exit 1; }\n[ -d conf ] || exit 1\n[ ! -f LOCK ] || exit 1\n"
        "ssh root@a.example.com systemctl restart shop\n",
        RunsOn.WORKSTATION,
    )
    there = {each.path.rpartition("/")[2]: (each.text is None, each.local) for each in found.places}
    assert there["go.mod"] == (False, True)
    assert there["conf"] == (True, True)
    assert "LOCK" not in there


def test_a_login_in_the_text_of_an_address() -> None:
    text = "HOST=${1:-deploy@app.example.com}\nssh $HOST 'cp /srv/shop/a /srv/shop/b'\n"
    found = guessed(text, RunsOn.WORKSTATION)
    assert "deploy" in found.users
    assert {each.owner for each in found.places if each.path.startswith("/srv")} == {"deploy"}


def test_databases_that_clients_ask_for() -> None:
    found = guessed(
        "DB=shop\nmysqldump --single-transaction -u shopper -p'Quartz-Lamp-19' $DB > /root/a.sql\n"
        "sudo -u postgres pg_dump -Fc stats > /root/b\n"
        "psql postgresql://tickets:x-9-Zebra@localhost/desk -c 'SELECT 1'\n"
        "createdb fresh\npsql fresh -f a.sql\npsql -h db.example.com other -c 'SELECT 1'\n"
    )
    told = [(each.engine, each.name, each.user) for each in found.databases]
    assert told == [("mariadb", "shop", "shopper"), ("postgresql", "stats", ""), ("postgresql", "desk", "tickets")]
    assert found.databases[0].password.startswith("dummy-")
    assert {"mariadb-server", "postgresql"} <= set(found.packages)


def test_a_sourced_file_that_a_script_insists_on_stays_what_it_is() -> None:
    text = b"[ -f prod.env ] || exit 1\n. ./prod.env\nssh root@a.example.com systemctl restart $APP\n"
    sourced = {"prod.env": ("prod.env", b"APP=shop\n"), "./prod.env": ("prod.env", b"APP=shop\n")}
    plan = scripts_to_plan([("deploy.sh", text)], name="shop", load=sourced.get)
    assert "prod.env" in {each.path for each in plan.sources}
    assert not [each for each in surroundings(plan).places if each.path.endswith("prod.env")]
