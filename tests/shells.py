"""Shell scripts as hypothesis makes them: deployment commands in all sorts of structures, and text that wants out."""

from __future__ import annotations

from hypothesis import strategies as st

# What targets would take for code of theirs, if it ever reached them bare.
HOSTILE = (
    "{{ 6 * 7001 }}",
    "{% set x = 1 %}",
    "{# gone #}",
    "${{ github.sneaky }}",
    "!!python/name:os.system x",
    "!unsafe x",
    "a: b # c",
    "- name: injected",
    "'single' \"double\"",
    "%(percent)s %d",
    "@file *anchor &x",
    "|pipe >fold",
    "é ü 漢 🚀",
    "tab\there",
    "\u2028line \u0085end",
    "yes",
    "0o17",
    "~",
    "=",
    "<<",
)
NAMES = st.sampled_from(["APP_DIR", "BRANCH", "HOST", "VERSION", "TARGET", "image", "i"])
PATHS = st.sampled_from(
    ["/srv/app", "/etc/app.conf", "./dist", "/var/log/app", "~/bin", "$APP_DIR/logs", "${HOST%%.*}/x", "/tmp/*.log"]
)


def quoted(text: str) -> str:
    """The text as one shell word that means itself."""
    return "'" + text.replace("'", "'\\''") + "'"


WORDS = st.one_of(
    PATHS,
    NAMES.map(lambda name: f'"${name}"'),
    NAMES.map(lambda name: f"${{{name}:-x}}"),
    st.sampled_from(HOSTILE).map(quoted),
    st.sampled_from(
        ["$(date +%F)", "$(git rev-parse HEAD)", "`hostname`", "$1", '"$@"', "$?", "$((1 + 2))", "{a,b}", "-v"]
    ),
    st.text(min_size=1, max_size=12).map(lambda text: quoted(text.replace("\x00", ""))),
)
COMMANDS = st.one_of(
    st.sampled_from(
        [
            "git pull origin main",
            "git clone https://git.example.com/a.git /srv/a",
            "npm ci",
            "docker compose up -d",
            "docker run -d --name web -p 80:80 nginx:1.27",
            "systemctl restart nginx",
            "sudo systemctl enable --now app",
            "apt-get install -y nginx curl",
            "echo done",
            "set -e",
            "cd /srv/app",
            "cd ..",
            "true",
            "exit 1",
            "sleep 2",
            "curl -fsS http://localhost/health",
            "rsync -az --delete dist/ deploy@web.example.com:/srv/app/",
            'scp -q "$APP_DIR/app.tgz" deploy@web.example.com:/tmp/',
            "pm2 restart web || pm2 start app.js --name web",
            "pm2 restart api",
            "frobctl sync --now",
        ]
    ),
    st.builds("mkdir -p {}".format, WORDS),
    st.builds("cp -r {} {}".format, WORDS, WORDS),
    st.builds("chmod 755 {}".format, WORDS),
    st.builds("touch {}".format, WORDS),
    st.builds("echo {} >> /etc/app.conf".format, WORDS),
    st.builds("{}={}".format, NAMES, WORDS),
    st.builds("export {}={}".format, NAMES, WORDS),
    st.builds("rm -rf {} || true".format, WORDS),
    st.builds("{} {}".format, st.sampled_from(["ls", "frobctl", "tar xzf", "ln -sfn /a", "sed -i s/a/b/"]), WORDS),
    st.builds("cat > /etc/app.conf <<'EOF'\n{}\nEOF".format, st.sampled_from(HOSTILE)),
    st.builds("cat > /etc/app.conf <<EOF\n$HOST {}\nEOF".format, st.sampled_from(HOSTILE)),
)
CONDITIONS = st.one_of(
    st.builds("[ -f {} ]".format, PATHS),
    st.builds("[ ! -d {} ]".format, PATHS),
    st.builds('[ "${}" = prod ]'.format, NAMES),
    st.builds('[[ -n "${}" && -z "$1" ]]'.format, NAMES),
    st.sampled_from(
        ["command -v docker", "! id -u app", "grep -q x /etc/app.conf", "(( $# > 1 ))", "systemctl is-active app"]
    ),
)


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map("\n".join)
    ended = inner.filter(lambda text: not text.endswith(("&", "EOF", "REMOTE")))
    return st.one_of(
        st.builds("if {}; then\n{}\nfi".format, CONDITIONS, body),
        st.builds("if {}; then\n{}\nelse\n{}\nfi".format, CONDITIONS, body, body),
        st.builds("for {} in a b; do\n{}\ndone".format, NAMES, body),
        st.builds("while {}; do\n{}\ndone".format, CONDITIONS, body),
        st.builds('case "$1" in\n prod) {}\n ;;\n *)\n{}\n ;;\nesac'.format, inner, body),
        st.builds("{} && {}".format, CONDITIONS, inner),
        st.builds("(\n{}\n)".format, body),
        st.builds("f() {{\n{}\n}}\nf x".format, body),
        st.builds("ssh deploy@web.example.com <<'REMOTE'\n{}\nREMOTE".format, body),
        st.builds("ssh web.example.com {}".format, body.map(quoted)),
        st.builds("{} | tee -a /tmp/log".format, ended),
        st.builds("{} &".format, ended),
    )


SCRIPTS = st.lists(st.recursive(COMMANDS, _blocks, max_leaves=6), min_size=1, max_size=6).map(
    lambda parts: "#!/bin/bash\n" + "\n".join(parts) + "\n"
)
LINES = st.lists(COMMANDS.filter(lambda text: "\n" not in text and not text.startswith("exit")), min_size=1, max_size=8)
