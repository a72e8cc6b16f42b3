"""Programs of hosts as applications of a cluster: how each way to start one is read, and what is never dropped."""

from __future__ import annotations

import re

import pytest

from converter.model.tree import FileTree
from converter.pipeline import scripts_to_plan
from converter.render import render

UNIT = """cat > /etc/systemd/system/api.service <<'EOF'
[Service]
WorkingDirectory=/srv/api
{}
EOF
systemctl enable --now api"""


def tree_of(*lines: str) -> FileTree:
    """The manifests of a script on one host."""
    script = "\n".join(["ssh root@web1 <<'REMOTE'", *lines, "REMOTE", ""])
    return render(
        scripts_to_plan([("run.sh", script.encode())], name="shop"), target="kubernetes", deliveries=("flux",)
    )


def text_of(tree: FileTree, path: str) -> str:
    """The text of the file that ends like that."""
    return next((file.text for file in tree.files if file.path.endswith(path)), "")


def command_of(tree: FileTree) -> list[str]:
    """The words of the first image's command."""
    return re.findall(r'"((?:[^"\\]|\\.)*)"', text_of(tree, "/Dockerfile").rpartition("CMD ")[2])


@pytest.mark.parametrize(
    ("lines", "command"),
    [
        (["cd /srv/api && nohup node server.js > log 2>&1 &"], ["node", "server.js"]),
        (["cd /srv/api", "pm2 start server.js --name api -i 3 -- --quiet"], ["node", "server.js", "--quiet"]),
        (["cd /srv/api", "pm2 start app.py --name api --interpreter python3"], ["python3", "app.py"]),
        (["cd /srv/api", "pm2 start npm --name api -- run start:prod"], ["npm", "run", "start:prod"]),
        (["cd /srv/api", "pm2 start ecosystem.config.js"], ["pm2-runtime", "start", "ecosystem.config.js"]),
        ([UNIT.format("ExecStart=/usr/bin/java -Xmx1g -jar api.jar")], ["java", "-Xmx1g", "-jar", "api.jar"]),
        ([UNIT.format("ExecStart=/usr/bin/env node server.js")], ["node", "server.js"]),
        ([UNIT.format("Environment=O=-Xmx1g\nExecStart=java $O -jar api.jar")], ["java", "-Xmx1g", "-jar", "api.jar"]),
        (
            [UNIT.format("EnvironmentFile=/etc/api\nExecStart=java $OPTS -jar api.jar")],
            ["/bin/sh", "-c", "exec java $OPTS -jar api.jar"],
        ),
        (
            [UNIT.format("ExecStart=gunicorn -b unix:/run/a.sock api:app")],
            ["gunicorn", "-b", "0.0.0.0:8000", "api:app"],
        ),
        ([UNIT.format("ExecStart=uvicorn api:app")], ["uvicorn", "api:app", "--host", "0.0.0.0"]),
        ([UNIT.format("ExecStart=php8.2 -S localhost:8080 index.php")], ["php", "-S", "0.0.0.0:8080", "index.php"]),
    ],
)
def test_each_way_to_start_a_program(lines: list[str], command: list[str]) -> None:
    assert command_of(tree_of(*lines)) == command


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([UNIT.format("Type=forking\nExecStart=/srv/api/run")], "of type forking"),
        ([UNIT.format("ExecStart=/srv/api/run %i")], "`%` names"),
        (["systemctl restart api"], "machines are not set up from here"),
        (["pm2 restart api"], "pm2 restarts what it knows as `api`"),
        (["cp deploy/api.service /etc/systemd/system/", "systemctl restart api"], "which the script does not write"),
        (["cd $WHERE/api", "git pull", "pm2 start s.js --name api"], "only known when the script runs"),
        (["systemctl restart php8.2-fpm"], "the configuration of a web server"),
        ([UNIT.format("ExecStart=/opt/vendor/agentd")], "what this program is made of is not in the script"),
        (["cd /srv/api", "node tools/warm.js", "nohup node server.js &"], "whether it makes files or acts elsewhere"),
        (["cd /srv/api", "git pull", "php artisan config:cache", "nohup php artisan serve &"], "holds the environment"),
    ],
)
def test_what_no_image_can_be_made_of_waits_for_a_person(lines: list[str], reason: str) -> None:
    assert any(reason in each.reason for each in tree_of(*lines).unsupported)


def test_steps_keep_their_order_and_migrations_are_no_part_of_the_build() -> None:
    tree = tree_of(
        "cd /srv/api", "git pull", "npm ci", "npx prisma migrate deploy", "npm run build", "nohup npm start > log &"
    )
    assert re.findall(r"^RUN (np\w .*)$", text_of(tree, "/Dockerfile"), re.MULTILINE) == ["npm ci", "npm run build"]
    assert "- migrate" in text_of(tree, "-prisma-migrate/base/job.yaml")


def test_a_secret_is_no_part_of_an_image() -> None:
    tree = tree_of(
        "export API_TOKEN=ghp_" + "a1B2c3D4e5" * 4,
        "cd /srv/api",
        "git pull",
        "npm ci",
        "nohup node s.js --k $API_TOKEN &",
    )
    images = "\n".join(file.text for file in tree.files if file.path.startswith("images/"))
    assert "RUN npm ci" in images
    assert "ghp_" not in images
    assert "API_TOKEN" not in images
    assert "secretKeyRef" in text_of(tree, "base/deployment.yaml")


def test_text_of_the_script_is_no_instruction() -> None:
    tree = tree_of(
        "export MOTD=$'a\\nUSER root'",
        "cd '/srv/a b'",
        "git pull",
        "apt-get install -y 'x;reboot'",
        "npm ci",
        "nohup node $'s.js\\nUSER root' '$HOME' > log &",
    )
    lines = text_of(tree, "/Dockerfile").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert not any("reboot" in line and "'x;reboot'" not in line for line in lines)


def test_a_version_of_the_script_is_that_of_the_image() -> None:
    told = tree_of("curl -fsSL https://deb.nodesource.com/setup_20.x | bash -", "cd /srv/api", "nohup node s.js > l &")
    assert "ARG NODE_VERSION=20" in text_of(told, "/Dockerfile")
    assert not any("version of node" in said for said in told.assumptions)
    untold = tree_of("cd /srv/api", "nohup node s.js > l &")
    assert any("version of node" in said for said in untold.assumptions)


def test_one_image_is_for_all_environments_and_says_where_they_part() -> None:
    script = (
        'case "$1" in\n  staging) H=s1; M=dev ;;\n  production) H=p1; M=prod ;;\nesac\n'
        "ssh root@$H <<EOF\ncd /srv/api\ngit pull\nnpm run build -- --mode $M\nnohup node s.js > log &\nEOF\n"
    )
    plan = scripts_to_plan([("run.sh", script.encode())], name="shop")
    tree = render(plan, target="kubernetes", deliveries=("flux",))
    assert text_of(tree, "/Dockerfile").count("RUN npm run build -- --mode dev") == 1
    assert any("builds it in another way for production" in said for said in tree.assumptions)
