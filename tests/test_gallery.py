"""What is drawn replaces what was drawn before; files of others outlive it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from sim.report.gallery import DRAWN, renewed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "study" / "figures"
    place.parent.mkdir()
    return place


def draw(folder: Path, **content: str) -> None:
    """Draw files of this content."""
    with renewed(folder) as place:
        for name, text in content.items():
            (place / f"{name}.png").write_text(text)


def held(folder: Path) -> dict[str, str]:
    """Return what there is, by name."""
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_files_of_others_are_left_alone(folder: Path) -> None:
    draw(folder, fan="1")
    (folder / "thesis.png").write_text("mine")
    (folder / "drafts").mkdir()
    (folder / "drafts" / "fan.png").write_text("mine too")
    draw(folder, fan="2")
    assert (folder / "drafts" / "fan.png").read_text() == "mine too"
    assert (folder / "thesis.png").read_text() == "mine"
    assert (folder / "fan.png").read_text() == "2"


def test_a_figure_that_is_drawn_no_more_goes_away(folder: Path) -> None:
    draw(folder, fan="1", gap="1")
    draw(folder, fan="1")
    assert held(folder) == {"fan.png": "1"}


@pytest.mark.parametrize("drawn_before", [True, False])
def test_a_file_of_others_with_the_name_of_a_figure_is_kept_beside_it(
    folder: Path, drawn_before: bool
) -> None:
    if drawn_before:
        draw(folder, fan="1")
    folder.mkdir(exist_ok=True)
    for words in ("notes on it", "more notes"):
        (folder / "fan.png").write_text(words)
        draw(folder, fan="1")
    assert held(folder) == {"fan.png": "1", "fan-2.png": "notes on it", "fan-3.png": "more notes"}


def test_what_others_made_of_a_figure_that_is_drawn_no_more_stays(folder: Path) -> None:
    draw(folder, fan="1", gap="1")
    (folder / "gap.png").write_text("with notes")
    draw(folder, fan="1")
    assert held(folder) == {"fan.png": "1", "gap.png": "with notes"}


@pytest.mark.parametrize("cut", ["", "a fig"])
@pytest.mark.parametrize("known", [True, False])
def test_a_figure_that_was_cut_is_drawn_anew(folder: Path, cut: str, known: bool) -> None:
    draw(folder, fan="a figure")
    (folder / "fan.png").write_text(cut)
    if not known:
        (folder.parent / DRAWN).unlink()
    draw(folder, fan="a figure")
    assert held(folder) == {"fan.png": "a figure"}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"fan.png\n" * 3])
def test_without_its_list_it_knows_what_it_would_draw_again(folder: Path, content: bytes) -> None:
    draw(folder, fan="1", gap="1")
    (folder.parent / DRAWN).write_bytes(content)
    draw(folder, fan="1", gap="2")
    assert held(folder) == {"fan.png": "1", "gap.png": "2", "gap-2.png": "1"}


def test_a_list_that_names_files_elsewhere_removes_none(folder: Path) -> None:
    import hashlib

    own = folder.parent / "own.txt"
    own.write_text("mine")
    digest = hashlib.sha256(b"mine").hexdigest()
    (folder.parent / DRAWN).write_text(f"{digest}  ../own.txt\n{digest}  ..\n{digest}  {own}\n")
    draw(folder, fan="1")
    assert own.read_text() == "mine"


def test_a_drawing_that_breaks_off_leaves_what_was_drawn_before(folder: Path) -> None:
    draw(folder, fan="1")
    with contextlib.suppress(KeyboardInterrupt), renewed(folder) as place:
        (place / "fan.png").write_text("half")
        raise KeyboardInterrupt
    assert held(folder) == {"fan.png": "1"}


def test_a_drawing_that_is_killed_while_it_moves_files_knows_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    draw(folder, fan="1", gap="1", map="1")
    swap = os.replace

    def replace(one: Path, other: Path) -> None:
        if Path(other).name == "gap.png":
            raise KeyboardInterrupt
        swap(one, other)

    with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr(os, "replace", replace)
        draw(folder, fan="2", gap="2")
    draw(folder, fan="3", gap="3")
    assert held(folder) == {"fan.png": "3", "gap.png": "3"}


def test_the_folder_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    draw(folder, fan="1")
    draw(folder, fan="2")
    assert held(tmp_path / "elsewhere") == {"fan.png": "2"}
