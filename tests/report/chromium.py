"""Chromium without a window, driven by the DevTools protocol through two pipes: no driver and no port is needed.

https://chromedevtools.github.io/devtools-protocol/; messages end with a zero byte.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--no-first-run",
    "--force-color-profile=srgb",
)
_KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36}
_KEYS |= {"ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}
_PATIENCE = 60.0


class Browser:
    """One Chromium; `page` opens a page in it."""

    def __init__(self, profile: Path) -> None:
        ours, theirs = os.pipe(), os.pipe()
        ends = [os.dup(ours[0]), os.dup(theirs[1])]
        high = [os.dup2(end, 200 + number, inheritable=True) for number, end in enumerate(ends)]
        place = (f"--user-data-dir={profile}", "about:blank")
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", 'exec 3<&200 4>&201 && exec "$@"', "bash", str(PROGRAM), *_FLAGS, *place],
            pass_fds=high,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (*ends, *high, ours[0], theirs[1]):
            os.close(end)
        self._writes, self._reads = ours[1], theirs[0]
        self._buffer, self._number = b"", 0
        self.events: list[dict[str, Any]] = []

    def close(self) -> None:
        """Ends it."""
        try:
            self.send("Browser.close")
            self._process.wait(20)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._writes)
            os.close(self._reads)

    def page(self, width: int = 1280, height: int = 800, **media: str) -> Page:
        """A page of that size; `media` are features such as prefers_color_scheme."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.send(f"{domain}.enable")
        page.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        page.send("Emulation.setEmulatedMedia", features=features)
        return page

    def send(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """What a command gives back; events that come before it are kept."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._writes, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read(_PATIENCE)
            if answer is None:
                raise TimeoutError(method)
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return cast(dict[str, Any], answer["result"])

    def read(self, patience: float) -> dict[str, Any] | None:
        """The next message, or None if there is none for so long."""
        end = time.monotonic() + patience
        while b"\0" not in self._buffer:
            if not select.select([self._reads], [], [], max(0.0, end - time.monotonic()))[0]:
                return None
            received = os.read(self._reads, 1 << 20)
            if not received:
                raise ConnectionError("Chromium has ended")
            self._buffer += received
        text, _, self._buffer = self._buffer.partition(b"\0")
        message = cast(dict[str, Any], json.loads(text))
        if "method" in message:
            self.events.append(message)
        return message


class Page:
    """One page of a browser."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command of the protocol."""
        return self._browser.send(method, self._session, **parameters)

    def open(self, address: str, *, drawn: bool = True) -> None:
        """Goes there, and waits until all is loaded, and drawn, which takes programs."""
        self.send("Page.navigate", url=address)
        end = time.monotonic() + _PATIENCE
        while self.events("Page.loadEventFired") == [] and time.monotonic() < end:
            self._browser.read(0.2)
        if drawn:
            self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def events(self, *methods: str) -> list[Mapping[str, Any]]:
        """What the events of these names held so far."""
        own = [each for each in self._browser.events if each.get("sessionId") == self._session]
        return [each["params"] for each in own if each["method"] in methods]

    def requests(self) -> list[str]:
        """Every address that the page has asked for."""
        return [event["request"]["url"] for event in self.events("Network.requestWillBeSent")]

    def complaints(self) -> list[str]:
        """All that is in the console, and every violation of the page's policy."""
        logged = [str(event["entry"]["text"]) for event in self.events("Log.entryAdded")]
        thrown = self.events("Runtime.consoleAPICalled", "Runtime.exceptionThrown")
        return [*logged, *(json.dumps(event) for event in thrown)]

    def run(self, program: str) -> Any:
        """The value of a piece of JavaScript."""
        given = self.send("Runtime.evaluate", expression=program, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in given, given["exceptionDetails"]
        return given["result"].get("value")

    def key(self, name: str) -> None:
        """Presses a key and lets it go."""
        code = _KEYS[name]
        known = {"key": name, "code": name, "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code}
        text = {"text": "\r"} if name == "Enter" else {}
        self.send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **known, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", **known)

    def point(self, selector: str, *, click: bool = False) -> None:
        """Moves the mouse to the middle of an element, after it is scrolled into sight."""
        where = self.run(
            f"(e => {{ e.scrollIntoView({{block: 'center', behavior: 'instant'}}); const r = e.getBoundingClientRect();"
            f" return [r.x + r.width / 2, r.y + Math.min(r.height / 2, 12)]; }})"
            f"(document.querySelector({json.dumps(selector)}))"
        )
        at = {"x": where[0], "y": where[1]}
        self.send("Input.dispatchMouseEvent", type="mouseMoved", **at)
        for kind in ("mousePressed", "mouseReleased") if click else ():
            self.send("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **at)

    def screenshot(self, *, whole: bool = False) -> bytes:
        """A picture of what is seen, or of the whole page."""
        given = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(given["data"])

    def printed(self) -> bytes:
        """The page as a PDF."""
        return base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True)["data"])
