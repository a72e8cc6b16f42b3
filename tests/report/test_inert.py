"""Text of a script is text on the page, whatever it says: read back with a parser, and by a browser in
`test_browser.py`."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.model.plan import Plan, SourceCopy
from converter.repo.page.prose import Prose, plain
from report.pages import page_of, planned

HOSTILE = (
    "</script><img src=x onerror=alert(1)>",
    "</style><script>alert(1)</script>",
    "--><svg onload=alert(1)>",
    "]]><!--",
    '" onmouseover="alert(1)" x=\'',
    "{{ 7 * 7 }}{% raw %}${{ secrets.X }}",
    "<title></textarea></code></div></section></main></body></html>",
    "javascript:alert(1)",
    "&lt;b&gt; &amp; &#60;",
    "`</code><b>`",
    "\u202e\u2066reversed\u200b",
)
_TAGS = """html head meta link title style body a header p h1 h2 h3 nav b main section strong svg rect text table
caption thead tr th tbody td tfoot ol ul li span code div defs marker path desc g pre small kbd footer script""".split()


class Reader(HTMLParser):
    """The tags, the names of attributes, and the text of each line."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.lines: list[str] = []
        self._inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        self.attributes |= set(given)
        self.addresses |= {given["href"]} if "href" in given else set()
        if tag == "div":
            self._inside = str(given.get("class", "")).startswith("line")
        if tag == "code" and self._inside:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "code":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside and self.lines and self.get_starttag_text() == "<code>":
            self.lines[-1] += data


def check(plan: Plan) -> Reader:
    """The page holds nothing but what the template has, and each line of the sources."""
    read = Reader(page_of(plan))
    assert read.tags <= set(_TAGS)
    assert [name for name in read.attributes if name.startswith("on")] == []
    assert [link for link in read.addresses if re.match(r"\s*\w+:", link)] == ["data:,"]
    told = [line for source in plan.sources for line in source.text.removesuffix("\n").split("\n")]
    assert read.lines == [plain(line) for line in told]
    return read


@pytest.mark.parametrize("text", HOSTILE)
def test_in_the_script(text: str) -> None:
    quoted = text.replace("'", "'\\''")
    check(planned(f"# {text}\necho '{quoted}'\nfrobctl '{quoted}'\nmkdir '/srv/{quoted}'\n"))


@pytest.mark.parametrize("text", HOSTILE)
def test_in_names_and_sentences(text: str) -> None:
    plan = planned("mkdir /srv\nfrobctl x\n", names=(f"{text.replace('/', '')}.sh",))
    plan = msgspec.structs.replace(
        plan,
        name=text,
        changes=(text, f"x ({plan.sources[0].path}:1)"),
        assumptions=(text,),
        ledger=tuple(msgspec.structs.replace(each, reason=text, host=text) for each in plan.ledger),
        questions=tuple(
            msgspec.structs.replace(each, prompt=text, choices=(text,), default=text) for each in plan.questions
        ),
        resources=tuple(msgspec.structs.replace(each, name=text) for each in plan.resources),
    )
    check(plan)


@settings(max_examples=40)
@given(st.text(st.characters(exclude_characters="\n", exclude_categories=()), max_size=60), st.text(max_size=20))
def test_any_text_is_read_back(line: str, name: str) -> None:
    plan = planned("mkdir /srv\n")
    plan = msgspec.structs.replace(
        plan, name=name, changes=(line,), sources=(SourceCopy(path="deploy.sh", text=f"{line}\nmkdir /srv\n"),)
    )
    check(plan)


def test_signs_that_deceive_the_eye_are_seen() -> None:
    assert plain("a\u202eb\u200bc\x00d\te\r\udcff") == "a\\u202eb\\u200bc\\u0000d\te\\u000d\\udcff"


def test_places_become_links_where_the_page_has_them() -> None:
    say = Prose({"deploy.sh": 1, "a.b/deploy.sh": 2})
    assert say("see a.b/deploy.sh:3-4 and `x` (deploy.sh:7:2), other.sh:1") == (
        'see <a class="to" href="#s2-3">a.b/deploy.sh:3-4</a> and <code>x</code>'
        ' (<a class="to" href="#s1-7">deploy.sh:7:2</a>), other.sh:1'
    )
    assert say("of xdeploy.sh:1 <b>") == "of xdeploy.sh:1 &lt;b&gt;"
