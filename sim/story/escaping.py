r"""A user's text in Markdown: shown as it was written, never read as markup.

What Markdown (CommonMark, and the tables, strikethrough, links, emoji and formulas that common
readers add) would read as more than text gets a backslash; everything else stays as it is, so that
the source can be read too.
"""

from __future__ import annotations

import re

_INSIDE = re.compile(
    r"[\\`*\[\]<>|~$#]"  # emphasis, code, links, tags, cells, formulas, closing marks of headings
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore that is not inside a word
    r"|&(?=#?\w+;)"  # an entity
    r"|:(?=//|[\w+-]+:)"  # an address, an emoji
    r"|(?<=www)\.(?=\w)"
)
_BULLET = re.compile(r"^([-+=])(?=\s|[-+=]|$)", re.MULTILINE)
_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s|$)", re.MULTILINE)


def plain(text: str) -> str:
    """Return text such that Markdown shows it as it is; lines stay lines, without indentation."""
    flush = "\n".join(line.strip() for line in text.split("\n"))
    escaped = _INSIDE.sub(r"\\\g<0>", flush)
    return _NUMBER.sub(r"\1\\\2", _BULLET.sub(r"\\\1", escaped))


def code(text: str) -> str:
    """Return text as code: between more backticks than it holds in a row."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    if not longest:
        return f"`{text}`"
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}"
