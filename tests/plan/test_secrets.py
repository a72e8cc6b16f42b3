"""Secrets: found wherever they stand, and in nothing that the plan says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.model.match import Matches
from converter.model.source import SourceFile
from converter.model.trace import Trace
from converter.plan import Secrets, find_secrets, mask, plan
from converter.plan.detection import scan, telling
from converter.plan.document import dump
from plan.making import Script, resource, said, spec, v

FOUND = [
    ("DB_PASSWORD='Zx9!kk2p'", "DB_PASSWORD", "Zx9!kk2p"),
    ('export API_TOKEN="Zx9kk2pQ"', "API_TOKEN", "Zx9kk2pQ"),
    ("export dbPassword=Zx9kk2pQ", "dbPassword", "Zx9kk2pQ"),
    ("mysql -u root -pZx9kk2pQ shop < dump.sql", "mysql_password", "Zx9kk2pQ"),
    ("mysqldump -uroot --password='Zx9 kk2pQ' shop", "password", "Zx9 kk2pQ"),
    ("sshpass -p 'Zx9$kk2pQ' ssh deploy@web ls", "ssh_password", "Zx9$kk2pQ"),
    ("docker login -u me -p Zx9kk2pQ registry.io", "registry_password", "Zx9kk2pQ"),
    ("curl -fsS -u admin:Zx9kk2pQ https://api", "http_password", "Zx9kk2pQ"),
    ("git clone https://bob:Zx9kk2pQ@github.com/a/b.git", "bob_password", "Zx9kk2pQ"),
    ('curl -H "Authorization: Bearer Zx9kk2pQ" https://api', "authorization", "Zx9kk2pQ"),
    ("curl -H 'PRIVATE-TOKEN: Zx9kk2pQ' https://api", "api_token", "Zx9kk2pQ"),
    ("PGPASSWORD=Zx9kk2pQ psql -h db", "PGPASSWORD", "Zx9kk2pQ"),
    ("echo 'deploy:Zx9kk2pQ' | sudo chpasswd", "user_password", "Zx9kk2pQ"),
    ("chpasswd <<EOF\ndeploy:Zx9kk2pQ\nEOF", "user_password", "Zx9kk2pQ"),
    ("redis-cli -a Zx9kk2pQ ping", "redis_password", "Zx9kk2pQ"),
    ("psql -c \"CREATE USER a WITH PASSWORD 'Zx9kk2pQ'\"", "database_password", "Zx9kk2pQ"),
    ("openssl enc -pass pass:Zx9kk2pQ", "key_password", "Zx9kk2pQ"),
    ("helm upgrade x --set auth.password=Zx9kk2pQ", "password", "Zx9kk2pQ"),
    ('  "password": "Zx9kk2pQ",', "password", "Zx9kk2pQ"),
    ("subprocess.run(['mysql', '-pZx9kk2pQ'])", "mysql_password", "Zx9kk2pQ"),
    ("# the old key was AKIAQWERTYUIOPASDFGH", "aws_access_key_id", "AKIAQWERTYUIOPASDFGH"),
    ("x ghp_0123456789abcdefghijABCDEFGHIJ012345", "github_token", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
    (
        "curl https://hooks.slack.com/services/T01/B02/Zx9kk2pQwe",
        "slack_webhook",
        "https://hooks.slack.com/services/T01/B02/Zx9kk2pQwe",
    ),
]


@pytest.mark.parametrize(("text", "name", "value"), FOUND)
def test_found(text: str, name: str, value: str) -> None:
    assert (name, value) in [(found.name, found.value) for found in scan(text)]


@pytest.mark.parametrize(
    "text",
    [
        "PASSWORD_FILE=/run/secrets/db",
        "SSH_KEY=~/.ssh/id_ed25519",
        "TOKEN=$1",
        'SECRET="${SECRET:-}"',
        "API_KEY=$(vault read key)",
        "PASSWORD=<your-password>",
        "PASSWORD=your-password-here",
        "PASS=0",
        "PASSWORD=",
        "API_KEY=\nNEXT_KEY=",
        'echo "Password: required"',
        "# set $AWS_SECRET_ACCESS_KEY = The secret key",
        "docker compose -p shop up -d",
        "mkdir -p a/b",
        "unzip -p file.zip",
        "PWD=/srv",
        "COMMIT=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
        "ID=123e4567-e89b-12d3-a456-426614174000",
        "password = getpass.getpass()",
        "token = os.environ['TOKEN']",
        "git clone https://github.com/a/b.git",
        "curl -u $USER:$PASS https://api",
        "secret_token=config/secret_token.rb",
    ],
)
def test_not_found(text: str) -> None:
    language = "python" if "get" in text or "os." in text else "shell"
    assert [(found.name, found.value) for found in scan(text, language)] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DB_PASS", True),
        ("PGPASSWORD", True),
        ("SLACK_WEBHOOK_URL", True),
        ("KEY", False),
        ("COMPASS", False),
        ("PASSED", False),
    ],
)
def test_telling(name: str, expected: bool) -> None:
    assert telling(name) is expected


def secrets_of(text: str) -> Secrets:
    return Secrets(find_secrets(Trace(files=(SourceFile(path="deploy.sh", text=text),))))


def test_a_secret_has_its_places_and_the_author_s_name() -> None:
    found = find_secrets(Trace(files=(SourceFile(path="deploy.sh", text="a\nmysql -pZx9kk2pQ\nDB_PASS=Zx9kk2pQ\n"),)))
    assert [(item.name, [span.lines() for span in item.spans]) for item in found] == [
        ("DB_PASS", ["deploy.sh:2", "deploy.sh:3"])
    ]


def test_two_values_of_one_name_are_two_secrets() -> None:
    secrets = secrets_of("DB_PASS=Zx9kk2pQ\nDB_PASS=Yy8jj3oW\n")
    assert secrets.names == ("DB_PASS", "DB_PASS_2")


def test_an_ordinary_word_is_masked_only_where_it_is_the_secret() -> None:
    secrets = secrets_of("MYSQL_ROOT_PASSWORD=root\nchown root:root /root\nmysql -proot\n")
    masked = mask("MYSQL_ROOT_PASSWORD=root; chown root:root /root; mysql -proot", secrets)
    name = "${MYSQL_ROOT_PASSWORD}"
    assert masked == f"MYSQL_ROOT_PASSWORD={name}; chown root:root /root; mysql -p{name}"


def test_escaped_and_multiline_forms_are_masked() -> None:
    key = (
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\nEFAASCBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----"
    )
    secrets = secrets_of(f'cat > key <<EOF\n{key}\nEOF\nP="x"\nDB_PASS=\'a$b"c9Z\'\n')
    assert "MIIEvQ" not in secrets.mask("    MIIEvQIBADANBgkqhkiG9w0BAQ")
    assert 'a\\$b\\"c9Z' not in secrets.mask('echo "a\\$b\\"c9Z"')


def test_no_secret_is_in_a_plan() -> None:
    script = Script()
    password = script.let("DB_PASS", v("Zx9kk2pQ"), "DB_PASS=Zx9kk2pQ")
    script.step(
        "write", spec("file", path="/srv/.env", content="/").__class__(path=v("/srv/.env"), content=v("P=") + password)
    )
    script.step("mysql -pZx9kk2pQ", title="Using Zx9kk2pQ", comment="it is Zx9kk2pQ")
    made = script.plan()
    assert "Zx9kk2pQ" not in dump(made)
    assert [(found.name, found.kind.value, found.value) for found in made.variables if found.name == "DB_PASS"] == [
        ("DB_PASS", "secret", None)
    ]
    assert resource(made, "file./srv/.env").spec == spec("file", path="/srv/.env", content="P=${DB_PASS}")
    assert said(made, "DB_PASS=${DB_PASS}")[0] == "absorbed"
    assert made.sources[0].text.splitlines()[0] == "DB_PASS=${DB_PASS}"
    assert "secret-in-script" in {found.name for found in made.diagnostics}


SHAPES = (
    "DB_PASSWORD='{}'",
    'export API_TOKEN="{}"',
    "mysql -u root -p'{}' shop",
    "# DB_PASSWORD='{}'",
    "sshpass -p '{}' ssh web",
    "cat > .env <<EOF\nSECRET_KEY='{}'\nEOF",
)


@given(
    secret=st.text("abcdefXYZ0123456789!#%+@$", min_size=6, max_size=20),
    shapes=st.lists(st.sampled_from(SHAPES), min_size=1, max_size=4),
    noise=st.lists(st.sampled_from(("echo hello", "cd /srv", "frob --all")), max_size=3),
)
def test_planted_secrets_are_in_no_output(secret: str, shapes: list[str], noise: list[str]) -> None:
    if not list(scan(f"DB_PASSWORD='{secret}'")):
        return
    script = Script()
    for shape in shapes:
        text = shape.replace("{}", secret if "'" in shape else secret.replace("$", "\\$"))
        script.step(text, title=text, comment=text, argv=(v("frob"), v("x") + secret))
    for text in noise:
        script.step(text)
    made = plan(script.trace, Matches(matches=tuple(script.matches)), name="shop")
    assert secret not in dump(made)


def test_a_secret_does_not_print_its_value() -> None:
    found = find_secrets(Trace(files=(SourceFile(path="deploy.sh", text="DB_PASS='Zx9!kk2pQ'\n"),)))
    assert found[0].value == "Zx9!kk2pQ"
    assert "Zx9" not in f"{found} {found[0]!s}"


def test_a_repeated_secret_is_one_with_every_place() -> None:
    text = "# it was Zx9kk2pQ once\nDB_PASS=Zx9kk2pQ\nfrob Zx9kk2pQ\n"
    found = find_secrets(Trace(files=(SourceFile(path="deploy.sh", text=text),)))
    assert [[str(span) for span in item.spans] for item in found] == [
        ["deploy.sh:1:10", "deploy.sh:2:9", "deploy.sh:3:6"]
    ]
