"""Where the script itself runs: read from what it does."""

from __future__ import annotations

from collections.abc import Sequence

from converter.model.trace import RunsOn, Step
from converter.model.value import Literal, Value, Variable

SERVER_TOOLS = frozenset(
    """
    systemctl service pm2 supervisorctl apt apt-get yum dnf apk ufw nginx crontab useradd usermod adduser
    docker-compose certbot a2ensite a2enmod forever php artisan chown chpasswd firewall-cmd journalctl
    """.split()
)
WORKSTATION_TOOLS = frozenset(
    """
    aws gcloud gsutil az doctl heroku firebase netlify vercel surge serverless sls kubectl helm terraform cf
    flyctl fly wrangler scp rsync sftp ansible-playbook gh twine cdk sam eb now s3cmd gh-pages lftp ncftp
    """.split()
)


def infer(steps: Sequence[Step]) -> tuple[RunsOn, str]:
    """The place, and the sentence that says why."""
    if any(step.context.host is not None for step in steps):
        return RunsOn.WORKSTATION, "the script reaches its hosts over ssh, so it runs on a workstation or in a pipeline"
    names = [word for step in steps for word in _tools(step)]
    server = next((name for name in names if name in SERVER_TOOLS), None)
    outward = next((name for name in names if name in WORKSTATION_TOOLS), None)
    if outward is not None and (server is None or outward in ("scp", "rsync", "heroku", "gh-pages")):
        return RunsOn.WORKSTATION, f"the script uses {outward} and no ssh, so it runs on a workstation or in a pipeline"
    if any(step.context.user is not None for step in steps):
        return RunsOn.SERVER, "the script uses sudo and no ssh, so it runs on the server that it deploys"
    if server is not None:
        return RunsOn.SERVER, f"the script uses {server} and no ssh, so it runs on the server that it deploys"
    if "git push" in names or "docker push" in names or "npm publish" in names:
        return RunsOn.WORKSTATION, "the script publishes what it builds, so it runs on a workstation or in a pipeline"
    if (
        "git pull" in names
        or "compose" in names
        or "docker run" in names
        or "git fetch" in names
        or "git reset" in names
    ):
        return (
            RunsOn.SERVER,
            "the script updates its own working copy or containers, so it runs on the server that it deploys",
        )
    if names and all(
        name in ("npm", "yarn", "make", "mvn", "gradle", "npx", "hugo", "jekyll", "cd", "rm", "cp", "mkdir")
        for name in names
        if " " not in name
    ):
        return RunsOn.WORKSTATION, "the script only builds, so it runs on a workstation or in a pipeline"
    return RunsOn.SERVER, "the script has no ssh, so it is taken to run on the server that it deploys"


def _start(word: Value) -> str:
    """The known text at the beginning, through variables."""
    first = word.parts[0] if word.parts else None
    if isinstance(first, Variable):
        return _start(first.value) if first.value is not None else ""
    return first.text if isinstance(first, Literal) else ""


def _known(word: Value) -> bool:
    """Whether it is clear that no host hides in it."""
    first = word.parts[0] if word.parts else None
    if _start(word).startswith("/"):
        return True
    return word.text is not None or not isinstance(first, Variable) or first.name in ("project_dir", "HOME")


def _tools(step: Step) -> list[str]:
    found: list[str] = []
    for argv in (step.argv, *step.stages):
        words = [word.text or "" for word in argv[:4]]
        if not words:
            continue
        name = words[0].rpartition("/")[2]
        if name == "rsync" and not any(":" in word.shell() for word in argv[1:]) and all(map(_known, argv)):
            name = "cp"
        found.append(name)
        verb = next((word for word in words[1:] if word and not word.startswith("-")), "")
        found.append(f"{name} {verb}")
        if name == "docker" and verb == "compose":
            found.append("compose")
        if name in ("npx", "python", "python3", "sudo"):
            found.append(verb)
    return found
