"""Text of the script in Markdown: a real parser sees text, never structure."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from converter.repo.markdown import code, link, table, text

HOSTILE = [
    "| a | b |",
    "a\\|b | c\\",
    "`` ` ``",
    "<script>alert(1)</script>",
    "[click](https://example.com)",
    "![x](y)",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "***bold*** __x__ ~~y~~",
    "line\nbreak\r\n\r\nparagraph",
    "---",
    "&lt;b&gt; &#60;",
    "a\u202eb\x00c",
    "grep -q 'x|y' <<< \"$a\" | tee `b`",
    "$HOME and $PATH",
    "=====",
    "echo `date` `",
    "",
]
INLINE = {"text", "code_inline", "html_inline", "text_special"}


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("write", [text, code])
def test_is_one_paragraph_of_text(hostile: str, write: object) -> None:
    assert callable(write)
    ready = write(hostile)
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(f"- {ready}\n") if ready else []
    kinds = [token.type for token in tokens]
    assert "\n" not in ready
    if tokens:
        assert kinds == [
            "bullet_list_open",
            "list_item_open",
            "paragraph_open",
            "inline",
            "paragraph_close",
            "list_item_close",
            "bullet_list_close",
        ]
        children = tokens[3].children or []
        assert {child.type for child in children} <= INLINE
        html = [child.content for child in children if child.type == "html_inline"]
        assert html in ([], ["<code>", "</code>"])


@pytest.mark.parametrize("hostile", HOSTILE)
def test_stays_in_its_cell(hostile: str) -> None:
    said = table(("one", "two", "three"), [(code(hostile), text(hostile), "end")])
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(said)
    rows = [token.type for token in tokens].count("tr_open")
    cells = [token.type for token in tokens].count("td_open")
    assert (rows, cells) == (2, 3)
    inline = [token.content for token in tokens if token.type == "inline"]
    assert inline[-1] == "end"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("npm ci", "`npm ci`"),
        ("a|b", "<code>a&#124;b</code>"),
        ("x" * 200, f"`{'x' * 159}…`"),
        ("a\n  b", "`a b`"),
        ("sed 's/\\./-/'", "`sed 's/\\./-/'`"),
        ("echo `date`", "`` echo `date` ``"),
        ("cat $X | tee -a 'b c'", "<code>cat &#36;X &#124; tee -a 'b c'</code>"),
    ],
)
def test_code(said: str, expected: str) -> None:
    assert code(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Restart app_server on https://example.com", "Restart app_server on https://example.com"),
        ("runs `|| true` alone", "runs <code>&#124;&#124; true</code> alone"),
        ("ask @team about #12", "ask &#64;team about &#35;12"),
        ("Unpack a.tgz into ${DIR}/x.", "Unpack a.tgz into `${DIR}/x`."),
        ("$A and ($B)", "`$A` and (`$B`)"),
        ("3) later", "3&#41; later"),
    ],
)
def test_text(said: str, expected: str) -> None:
    assert text(said) == expected


def test_link_quotes_the_path() -> None:
    assert link("`a b`", "a b)/c.sh", "L1") == "[`a b`](a%20b%29/c.sh#L1)"
