"""Drives the review as a person does: keys and the mouse go in, what is on the screen and on disk is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from textual.css.query import NoMatches
from textual.pilot import Pilot
from textual.widgets import Input

from converter.cli.answers import Answers
from converter.cli.review.app import Review
from converter.cli.review.session import Session
from converter.model.decision import Said
from converter.pipeline import Saved, Scripts, Understood
from converter.review import load

SCRIPT = """\
#!/bin/bash
set -e
APP_DIR=/srv/app
MODE=fast
REGISTRY_URL=registry.example.com/team
ssh deploy@app.example.com <<EOF
mkdir -p $APP_DIR/uploads
chown www-data $APP_DIR/uploads
frobctl sync --mode $MODE
docker pull $REGISTRY_URL/app:1
cp app.conf /etc/nginx/conf.d/app.conf
systemctl restart nginx
EOF
"""


def scripts(text: str = SCRIPT) -> Scripts:
    """One script of that text."""
    return Scripts([("deploy.sh", text.encode())], name="shop")


class Driven:
    """The application with a person at it."""

    def __init__(self, app: Review, pilot: Pilot[str | None]) -> None:
        self.app, self.pilot = app, pilot

    async def keys(self, *names: str) -> None:
        """Presses keys one after the other."""
        for name in names:
            await self.pilot.press(name)
            await self.pilot.pause()

    async def types(self, text: str) -> None:
        """Writes into the line that is asked for, in place of what stands there."""
        await self.sees("text")
        self.app.screen.query_one(Input).value = text
        await self.keys("enter")

    async def sees(self, name: str) -> None:
        """Waits until a widget of that name is there."""

        def there() -> bool:
            with suppress(NoMatches):
                return bool(self.app.screen.query_one(f"#{name}"))
            return False

        await self.until(there)

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits until something is so."""
        for _ in range(500):
            if true():
                return
            await self.pilot.pause(0.01)
        raise AssertionError(self.text)

    async def on(self, text: str) -> None:
        """Moves to the line with that text."""
        await self.keys("slash")
        await self.types(text)
        await self.until(lambda: self.app.script.line is not None and text in self.app.script.line.text)

    async def take(self, number: int) -> None:
        """Takes an offer by its number."""
        await self.sees("offers")
        await self.keys(str(number))

    @property
    def text(self) -> str:
        """All that is on the screen."""
        size = self.app.size
        return "\n".join(
            "".join(part.text for part in line) for line in self.app.screen._compositor.render_strips(size)
        )

    @property
    def said(self) -> tuple[Said, ...]:
        """What is on disk."""
        file = self.app.session.answers.place
        return load(file.read_text(encoding="utf-8")) if file.is_file() else ()

    @property
    def kept(self) -> str:
        """The file of answers, without its head."""
        file = self.app.session.answers.place
        return file.read_text(encoding="utf-8").partition("\n")[2] if file.is_file() else ""


def drive(
    folder: Path,
    person: Callable[[Driven], Awaitable[None]],
    *,
    understood: Understood | Saved | None = None,
    size: tuple[int, int] = (80, 24),
) -> str | None:
    """Runs the application in that folder until the person has done everything; what it ends with."""

    async def run() -> str | None:
        answers = Answers(folder / "made", str(folder / "answers.yaml"))
        app = Review(Session(understood or scripts(), answers, "ansible", ["github-actions"]))
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            await person(Driven(app, pilot))
        return app.return_value

    return asyncio.run(run())
