"""The page in a real Chromium: what hover, click and keys highlight, and that it says nothing to anybody.

All of it is tried in one browser, one page a test; `browser` skips where there is no Chromium.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from report.chromium import Browser, Page
from report.pages import page_of, planned
from report.test_inert import HOSTILE

SCRIPT = """\
#!/bin/bash
HOST=deploy@shop.example.com
IMAGE=registry.example.com/shop
docker build -t $IMAGE .
docker push $IMAGE
ssh $HOST <<'EOF'
  sudo mkdir -p /srv/shop
  sudo chown www-data /srv/shop
  docker pull registry.example.com/shop
  docker stop shop || true
  docker rm shop || true
  docker run -d --name shop \\
    -p 80:8080 \\
    registry.example.com/shop
  frobctl sync --all
EOF
"""
LIT = "[...document.querySelectorAll('{0} .on')].map(e => e.id || e.dataset.title)"
Write = Callable[[str], str]


def opened(browser: Browser, address: str, width: int = 1280, height: int = 800, **media: str) -> Page:
    page = browser.page(width, height, **media)
    page.open(address)
    return page


def lit(page: Page) -> tuple[list[str], list[str]]:
    """The lines and the items that are highlighted."""
    return page.run(LIT.format("#script")), page.run(LIT.format("#manifests"))


def item(page: Page, title: str) -> str:
    """The id of the item with that title."""
    return str(page.run(f"[...document.querySelectorAll('.item')].find(e => e.dataset.title === {title!r}).id"))


@pytest.fixture
def shop(browser: Browser, written: Write) -> Page:
    return opened(browser, written(page_of(planned(SCRIPT))))


def test_nothing_is_asked_for_and_nothing_complains(shop: Page) -> None:
    shop.point("#s1-12", click=True)
    assert len(shop.requests()) == 1
    assert shop.requests()[0].startswith("file:")
    assert shop.complaints() == []
    assert shop.run("document.documentElement.className") == "live"


def test_the_policy_stops_what_would_leave_the_page(shop: Page) -> None:
    sent = "fetch('https://example.com/').then(() => 'sent', () => 'stopped')"
    assert shop.run(sent) == "stopped"
    assert [url for url in shop.requests() if url.startswith("http")] == []
    assert "Content Security Policy" in "".join(shop.complaints())


def test_hover_shows_the_items_of_a_line(shop: Page) -> None:
    shop.point("#s1-13")
    run, again = item(shop, "Run the container shop"), item(shop, "Recreate shop")
    assert lit(shop) == (["s1-13"], [run, again])
    assert "Run the container shop" in shop.run("document.getElementById('said').textContent")
    shop.point("#s1-7")
    assert run not in lit(shop)[1]
    shop.point("h2#h-lines")
    assert lit(shop) == ([], [])


def test_hover_shows_the_lines_of_an_item(shop: Page) -> None:
    run = item(shop, "Run the container shop")
    shop.point(f"#{run}")
    assert lit(shop) == (["s1-10", "s1-11", "s1-12", "s1-13", "s1-14"], [run])
    assert shop.run("document.querySelectorAll('#bridge path').length") >= 1


def test_a_click_keeps_it_until_escape(shop: Page) -> None:
    shop.point("#s1-4", click=True)
    kept = lit(shop)
    assert kept[0] == ["s1-4"]
    assert len(kept[1]) == 1
    shop.point("#s1-9")
    assert lit(shop) == kept
    shop.key("Escape")
    shop.point("#s1-9")
    assert lit(shop)[0] == ["s1-9"]


def test_a_click_brings_the_other_side_into_sight(shop: Page) -> None:
    shop.run("document.getElementById('manifests').scrollTop = 1e6")
    shop.point("#s1-4", click=True)
    shop.run("new Promise(done => setTimeout(done, 900))")
    seen = shop.run(
        "(() => { const pane = document.getElementById('manifests').getBoundingClientRect();"
        " const it = document.querySelector('#manifests .on').getBoundingClientRect();"
        " return it.top >= pane.top && it.top < pane.bottom; })()"
    )
    assert seen is True


def test_keys_alone(shop: Page) -> None:
    shop.run("document.querySelector('#script a.no').focus()")
    focused = "document.activeElement.closest('.line, .item').id"
    first = shop.run(focused)
    for _ in range(30):
        shop.key("ArrowDown")
    assert shop.run(focused) == shop.run("[...document.querySelectorAll('#script a.no')].pop().closest('.line').id")
    shop.key("Home")
    assert shop.run(focused) == first
    while shop.run(focused) != "s1-12":
        shop.key("ArrowDown")
    run = item(shop, "Run the container shop")
    assert lit(shop)[0] == ["s1-12"]
    assert run in lit(shop)[1]
    shop.key("ArrowRight")
    assert shop.run(focused) == run
    assert lit(shop)[0][0] == "s1-10"
    shop.key("Enter")
    assert shop.run(f"document.getElementById('{run}').classList.contains('fast')") is True
    shop.key("Escape")
    assert shop.run("document.querySelectorAll('.fast').length") == 0
    shop.key("ArrowLeft")
    assert shop.run(focused) == "s1-10"


def test_each_side_is_one_stop_of_the_tab_key(shop: Page) -> None:
    shop.run("document.querySelector('#script a.no').focus()")
    shop.key("Tab")
    at = "document.activeElement.closest('.pane, section').id"
    met = [shop.run(at)]
    for _ in range(6):
        shop.key("Tab")
        met.append(shop.run(at))
    assert met.count("script") == 0
    assert met[-1] not in ("script", "manifests")
    outline = shop.run("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_a_place_in_a_sentence_leads_to_the_line(shop: Page) -> None:
    asked = shop.run("document.querySelector('#waiting a.to').hash.slice(1)")
    shop.point("#waiting a.to", click=True)
    assert lit(shop)[0] == [asked]
    shop.point("#commands a.to[href='#s1-4']", click=True)
    assert lit(shop)[0] == ["s1-4"]


def test_an_address_with_a_line_opens_there(browser: Browser, written: Write) -> None:
    page = opened(browser, f"{written(page_of(planned(SCRIPT)))}#s1-9")
    assert lit(page)[0] == ["s1-9"]
    page.run("location.hash = '#s1-7'; new Promise(done => setTimeout(done, 50))")
    assert lit(page)[0] == ["s1-7"]
    page.run("location.hash = '#)('; new Promise(done => setTimeout(done, 50))")
    assert page.complaints() == []


@pytest.mark.parametrize("width", [1280, 900, 400, 320])
def test_no_width_needs_scrolling_sideways(browser: Browser, written: Write, width: int) -> None:
    page = opened(browser, written(page_of(planned(SCRIPT))), width)
    assert page.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_in_both_schemes(browser: Browser, written: Write, scheme: str) -> None:
    page = opened(browser, written(page_of(planned(SCRIPT))), prefers_color_scheme=scheme)
    page.point("#s1-12", click=True)
    weak = page.run(
        """(() => {
        const linear = x => x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4;
        const light = c => { const v = c.map(x => linear(x / 255));
          return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
        const parts = c => c.match(/[\\d.]+/g).map(Number);
        const below = e => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
          if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
        const weak = [];
        for (const e of document.querySelectorAll('body *:not(svg *)')) {
          if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
          const [a, b] = [light(parts(getComputedStyle(e).color)), light(below(e))];
          const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
          if (ratio < 4.5) weak.push(`${e.tagName}.${e.className} ${e.textContent.slice(0, 20)} ${ratio.toFixed(2)}`);
        }
        return [...new Set(weak)].slice(0, 10); })()"""
    )
    assert weak == []


def test_without_a_program_all_of_it_is_there(browser: Browser, written: Write) -> None:
    page = browser.page()
    page.send("Emulation.setScriptExecutionDisabled", value=True)
    page.open(f"{written(page_of(planned(SCRIPT)))}#m1", drawn=False)
    assert len(page.screenshot()) > 10_000
    page.send("Emulation.setScriptExecutionDisabled", value=False)
    assert page.run("document.documentElement.className") == ""
    assert page.run("document.querySelector('.line a.no').hash.length") > 1
    assert page.run("document.querySelector('#m1').matches(':target')") is True


def test_it_prints(shop: Page) -> None:
    shop.send("Emulation.setEmulatedMedia", media="print")
    assert shop.run("document.getElementById('script').scrollHeight <= document.getElementById('script').clientHeight")
    assert shop.run("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert shop.printed().startswith(b"%PDF")


def test_a_hostile_script_is_only_text(browser: Browser, written: Write) -> None:
    lines = [f"# {text}" for text in HOSTILE] + [f"frobctl '{text}'" for text in HOSTILE if "'" not in text]
    plan = planned("\n".join([*lines, "mkdir /srv"]), names=('x"><img src=x onerror=alert(1)>.sh',))
    page = opened(browser, written(page_of(plan)))
    page.point(f"#s1-{len(lines) + 1}", click=True)
    assert page.complaints() == []
    assert len(page.requests()) == 1
    shown = page.run("[...document.querySelectorAll('.line code')].map(e => e.textContent)")
    assert shown[0] == "# </script><img src=x onerror=alert(1)>"
    assert len(shown) == len(lines) + 1
    assert page.run("document.querySelectorAll('img, script:not([src])').length") == 1
