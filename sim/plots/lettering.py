"""Text in figures: fonts, widths, folded lines.

Text of a user is drawn letter by letter (:data:`~sim.plots.style.STYLE` has no formulas), in fonts
that this machine has. What no font has is drawn as :data:`MISSING`; who draws a name gives
something better beforehand (:func:`has_letters`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Bbox

OWN = "DejaVu Sans"
"""The font of all figures; it comes with matplotlib."""
OTHERS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Noto Sans SC", "Noto Sans JP",
    "Noto Sans KR", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Droid Sans Fallback", "PingFang SC", "Hiragino Sans GB", "Apple SD Gothic Neo",
    "Microsoft YaHei", "SimHei", "Yu Gothic", "MS Gothic", "Malgun Gothic", "Noto Sans Devanagari",
    "Noto Sans Thai", "Nirmala UI", "Arial Unicode MS", "Unifont",
)  # fmt: skip
"""Fonts that have letters which :data:`OWN` lacks, used where they are installed."""
MISSING = "\N{WHITE VERTICAL RECTANGLE}"
MOST_OF_NAME = 32
"""Letters of a state's name in a figure."""
MARGIN = 0.97
"""Part of its room that text may take: widths differ a little between a file and a screen."""
GRAIN = 6
"""Decimals to which places of axes are rounded: a layout's last bits are not the same each time."""


# Letters


@lru_cache
def families() -> tuple[str, ...]:
    """Return the fonts of figures on this machine, in the order in which they are asked."""
    installed = set(font_manager.get_font_names())
    return (OWN, *(name for name in OTHERS if name in installed))


@lru_cache
def _letters() -> frozenset[int]:
    """Return the code points that can be drawn, plain and bold."""
    plain, bold = (_points(weight) for weight in ("normal", "bold"))
    return frozenset(plain & bold)


def _points(weight: str) -> set[int]:
    fonts = (FontProperties(family=name, weight=weight) for name in families())
    files = [font_manager.findfont(font) for font in fonts]
    return {point for file in files for point in font_manager.get_font(file).get_charmap()}


def has_letters(text: str) -> bool:
    """Say whether the fonts of this machine have all letters of a text."""
    return all(ord(letter) in _letters() for letter in text if letter != "\n")


def legible(text: str) -> str:
    """Return text with :data:`MISSING` for what no font has."""
    letters = _letters()
    return "".join(c if c == "\n" or ord(c) in letters else MISSING for c in text)


def short_names(names: Mapping[str, str]) -> dict[str, str]:
    """Return states' names as figures have room and letters for, by code.

    A name that no font has the letters of, or that could not be told from another when cut, is
    replaced by the code.

    Args:
        names: by code, no two alike.
    """
    cut = {code: _cut(shown(name)) if has_letters(name) else code for code, name in names.items()}
    found = list(cut.values())
    return {code: name if found.count(name) == 1 else code for code, name in cut.items()}


def _cut(name: str) -> str:
    """Return a name without its middle where it is too long: its end tells as much as its head."""
    if len(name) <= MOST_OF_NAME:
        return name
    return f"{name[: MOST_OF_NAME // 2].rstrip()}…{name[1 - MOST_OF_NAME // 2 :].lstrip()}"


def shown(name: str) -> str:
    """Return a name that no legend leaves out: matplotlib skips those with a leading underscore."""
    return f" {name}" if name.startswith("_") else name


# Widths


def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Return how wide the widest line of a text is, in points.

    Args:
        text: in lines.
        size: of its letters, in points.
        weight: of its letters, ``normal`` or ``bold``.
    """
    letters = FontProperties(family=list(families()), size=size, weight=weight)
    lines = [line for line in legible(text).split("\n") if line.strip()]
    return max(
        (text_to_path.get_text_width_height_descent(line, letters, False)[0] for line in lines),
        default=0.0,
    )


def folded(text: str, room: float, size: float, *, weight: str = "normal", most: int = 3) -> str:
    """Return text in lines that are not too wide, broken between words where that is possible.

    Args:
        text: its own line breaks are kept.
        room: width of a line, in points.
        size, weight: of its letters, see :func:`width_of`.
        most: lines; what does not fit into these is cut, and ends with an ellipsis.
    """

    def fits(line: str) -> bool:
        return width_of(line, size, weight) <= MARGIN * room

    lines = [line for part in legible(text).split("\n") for line in _lines(part, fits)]
    if len(lines) <= most:
        return "\n".join(lines)
    last = lines[most - 1]
    while last and not fits(f"{last}…"):
        last = last[:-1]
    return "\n".join([*lines[: most - 1], f"{last.rstrip(' ,;')}…"])


def _lines(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Yield a text in lines that fit; a word that is too wide is broken."""
    line = ""
    for word in text.split(" "):
        if fits(f"{line} {word}" if line else word):
            line = f"{line} {word}" if line else word
            continue
        if line:
            yield line
        while word and not fits(word):
            n = next((k for k in range(len(word) - 1, 1, -1) if fits(word[:k])), 1)
            yield word[:n]
            word = word[n:]
        line = word
    yield line


# Whole figures


def settle(figure: Figure) -> None:
    """Lay a figure out for good, with titles of panels folded so that none runs into the next."""
    if figure.get_layout_engine() is None:
        return
    FigureCanvasAgg(figure)
    _lay_out(figure)
    if sum(_fold_title(ax, room) for ax, room in list(_rooms(figure))):
        _lay_out(figure)
    figure.set_layout_engine("none")
    for ax in figure.axes:
        x, y, width, height = (round(side, GRAIN) for side in ax.get_position(True).bounds)
        ax.set_position((x, y, width, height))


def _lay_out(figure: Figure) -> None:
    """Place everything, as drawing it would, without drawing it."""
    engine = figure.get_layout_engine()
    if engine is not None:
        for ax in figure.axes:
            ax.apply_aspect()
        engine.execute(figure)


def _rooms(figure: Figure) -> Iterator[tuple[Axes, float]]:
    """Yield each panel with the width that its title may take, in points."""
    boxes = {ax: ax.get_window_extent() for ax in figure.axes}
    for ax, box in boxes.items():
        ends = [
            other.x0 for other in boxes.values() if other.x0 > box.x0 + 1.0 and _beside(box, other)
        ]
        end = min([*ends, figure.bbox.x1])
        yield ax, (end - box.x0) * 72.0 / figure.dpi - 6.0


def _beside(one: Bbox, other: Bbox) -> bool:
    return bool(one.y0 < other.y1 and other.y0 < one.y1)


def _fold_title(ax: Axes, room: float) -> bool:
    """Fold the title of a panel to its room; say whether it had to be."""
    title = ax.get_title(loc="left")
    texts = [text for text in ax.get_children() if isinstance(text, Text)]
    for text in texts if title else ():
        size, weight = float(text.get_fontsize()), str(text.get_fontweight())
        if text.get_text() == title and width_of(title, size, weight) > MARGIN * room:
            text.set_text(folded(title, room, size, weight=weight, most=4))
            return True
    return False
