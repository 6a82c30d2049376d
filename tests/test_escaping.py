"""What a user wrote is shown by Markdown as it was written."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from sim.story.escaping import code, plain

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = (
    "*emphasis* and **more**", "_one_ __two__ snake_case_name", "`code` ``more``", "a | b || c",
    "[link](http://x.y)", "![image](x.png)", "<b>bold</b> <!-- gone -->", "<http://x.y>",
    "&amp; &#35;",
    "~~struck~~", "- a list", "+ a list", "1. a list", "12) a list", "# heading", "closed #",
    "> quoted", "---", "===", "\\* \\", "$x$ and $1bn or $2bn", "[note]: x", "a\\", "***", "=",
)  # fmt: skip


def _shown(tokens: list[Token]) -> str:
    """Return the text a reader sees, and mark whatever is more than text."""
    parts = []
    for token in tokens:
        if token.type == "inline":
            parts.append(_shown(token.children or []))
        elif token.type in ("text", "text_special"):
            parts.append(token.content)
        elif token.type == "softbreak":
            parts.append(" ")
        elif token.type not in ("paragraph_open", "paragraph_close"):
            parts.append(f"<<{token.type}>>")
    return "".join(parts)


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_a_text_is_shown_and_not_read(text: str) -> None:
    assert _shown(READER.parse(plain(text))) == text
    table = READER.parse(f"| a |\n| --- |\n| {plain(text)} |")
    cells = [token for token in table if token.type == "inline"]
    assert [_shown([cell]) for cell in cells] == ["a", text]
    (heading,) = READER.parse(f"# {plain(text)}")[1:2]
    assert _shown([heading]) == text


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_no_text_is_read_as_markup_wherever_a_line_breaks(text: str) -> None:
    folded = " ".join(text.split())
    filled = textwrap.fill(folded, 8)
    assert _shown(READER.parse(plain(filled))).replace(" ", "") == folded.replace(" ", "")


@pytest.mark.parametrize("text", ["https://x.y", "www.x.y", ":smile:", "$a$"])
def test_what_only_some_readers_make_more_of_is_written_out(text: str) -> None:
    assert "\\" in plain(text)


@pytest.mark.parametrize("text", ["a.csv", "a`b.csv", "``", "my `` file `"])
def test_code_is_shown_whole(text: str) -> None:
    (inline,) = READER.parse(code(text))[1:2]
    assert [(token.type, token.content) for token in inline.children or []] == [
        ("code_inline", text)
    ]


def test_ordinary_text_stays_readable_in_the_source() -> None:
    text = "doubly stable, fear_gain = 1.5 (the last, 12.5 %): Alphia's -0.5 - or so."
    assert plain(text) == text
