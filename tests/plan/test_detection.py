"""How much is found of secrets of all kinds, and how often something else is taken for one: measured and held."""

from __future__ import annotations

import time

import pytest

from converter.parse import parse, parse_text, read_source
from converter.plan import Secrets, find_secrets
from converter.plan.detection import scan, second_net
from converter.trace import trace
from plan.corpora import ORDINARY, SECRET, planted

SEEDS = range(3)
# Of the ordinary samples, those that may be taken for secrets. It may only become less.
FALSE_ALARMS = 0


def secrets_of(text: str) -> Secrets:
    source = read_source("deploy.sh", text.encode())
    return Secrets(find_secrets(trace([parse(source)], parse_text=parse_text, load=lambda _: None)))


def test_every_secret_of_the_corpus_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    missed, total = [], 0
    for sample in SECRET:
        for seed in SEEDS:
            text, secrets = planted(sample, seed)
            masked = secrets_of(text).mask(text)
            total += len(secrets)
            missed += [f"{secret} is left in {masked}" for secret in secrets if secret in masked]
    with capsys.disabled():
        print(f"\nsecrets found: {total - len(missed)} of {total}, in {len(SECRET)} samples")
    assert len(SECRET) >= 300
    assert missed == []


def test_what_is_no_secret_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    alarms = [f"{sample}: {found}" for sample in ORDINARY if (found := secrets_of(sample).names)]
    with capsys.disabled():
        print(f"\nfalse alarms: {len(alarms)} of {len(ORDINARY)} samples ({len(alarms) / len(ORDINARY):.1%})")
    assert len(ORDINARY) >= 220
    assert len(alarms) <= FALSE_ALARMS, alarms


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("rabbitmqctl add_user guest guest\nid guest", "rabbitmqctl add_user guest ${queue_password}\nid guest"),
        ("PGPASSWORD=postgres psql -U postgres postgres", "PGPASSWORD=${PGPASSWORD} psql -U postgres postgres"),
        (
            "htpasswd -bc /etc/admin admin admin\nchown admin /admin",
            "htpasswd -bc /etc/admin admin ${htpasswd_password}\nchown admin /admin",
        ),
        (
            "chpasswd <<EOF\nroot:root\nEOF\nchown root:root /x",
            "chpasswd <<EOF\nroot:${user_password}\nEOF\nchown root:root /x",
        ),
        (
            "docker run -e MYSQL_ROOT_PASSWORD=root -v /root:/root mysql",
            "docker run -e MYSQL_ROOT_PASSWORD=${MYSQL_ROOT_PASSWORD} -v /root:/root mysql",
        ),
    ],
)
def test_a_common_word_is_hidden_only_where_it_is_the_secret(text: str, masked: str) -> None:
    assert secrets_of(text).mask(text) == masked


@pytest.mark.parametrize(
    "word", ["mysql ", "docker login ", "curl -u ", "PASSWORDS=(", "kind: Secret\n", "--password "]
)
def test_the_time_grows_with_the_text_alone(word: str) -> None:
    started = time.process_time()
    for text in (word * 3000, word * 6000):
        list(scan(text))
        list(second_net(text))
    assert time.process_time() - started < 8
