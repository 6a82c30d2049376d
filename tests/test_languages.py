"""Languages: the page in German, and in made-up ones that are long, or run from right to left."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.scripts import ROOT, script
from tests.test_classroom_page import CURTAIN, GAME, Visit, browser, built, pytestmark, visit

__all__ = ["browser", "built", "pytestmark", "visit"]
words = script("scripts", "words")
LANGUAGES = sorted(path.stem for path in words.WORDS.glob("*.json"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_no_key_and_no_mark_that_english_lacks(language: str) -> None:
    assert words.faults(words.of(language)) == []
    assert words.of(language)["language"] == language


def test_what_a_language_lacks_is_listed_and_a_template_has_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert words.main(["de"]) == 0
    listed = capsys.readouterr().out
    assert "missing: parameter.notice.meaning" in listed
    assert "missing: seat.title" not in listed
    assert words.main(["xx", "--template"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == set(words.english())
    assert words.main(["xx"]) == 2
    assert "LANG of: de, en" in capsys.readouterr().out


def test_a_wrong_key_and_a_wrong_mark_are_named() -> None:
    assert words.faults({"seat.titel": "x", "foot.version": "{version} {what}"}) == [
        "seat.titel: no such key", "foot.version: no what in English",
    ]  # fmt: skip


def test_the_page_speaks_the_language_of_its_address_its_reader_and_else_english(
    visit: Callable[..., Visit],
) -> None:
    for locale, hash_, told in (
        ("en-GB", "page=seat", ("en", "You are Alphia")),
        ("de-AT", "page=seat", ("de", "Du bist Alphia")),
        ("fr", "page=seat", ("en", "You are Alphia")),
        ("fr", "page=seat&lang=de", ("de", "Du bist Alphia")),
        ("de", "page=seat&lang=en", ("en", "You are Alphia")),
        ("fr", "page=seat&lang=constructor", ("en", "You are Alphia")),
    ):
        tab = visit(locale=locale).open(hash_)
        heading = tab.page.locator("h1").inner_text()
        assert (tab.page.evaluate("document.documentElement.lang"), heading) == told


def test_a_change_of_language_keeps_what_the_page_holds_and_is_remembered(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open(f"page=seat&game={GAME.code}")
    tab.page.get_by_role("button", name="End here: open the curtain").click()
    tab.page.get_by_label("Language").select_option(label="Deutsch")
    assert tab.page.locator("h2").last.inner_text() == "Dieses Spiel"  # the curtain is still open
    assert tab.page.locator(".diaries tbody tr").count() == GAME.n_turns
    assert tab.page.evaluate("document.activeElement.id") == "language"
    assert f"game={GAME.code}&lang=de" in tab.page.evaluate("location.hash")
    assert "Was noch nicht übersetzt ist" in tab.page.locator("#foot").inner_text()
    tab.page.get_by_role("link", name="Werkstatt").click()
    tab.until("document.querySelector('.ladder')")
    assert "lang=de" in tab.page.evaluate("location.hash")
    tab.open("page=seat")  # no language in the address
    assert tab.page.locator("h1").inner_text() == "Du bist Alphia"
    tab.page.get_by_label("Sprache").select_option(label="English")
    assert "Was noch" not in tab.page.locator("#foot").inner_text()


def test_german_has_its_numbers_and_what_is_not_german_says_so(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=sandbox&lang=de")
    tab.until("document.querySelectorAll('figure svg text').length > 0")
    assert tab.page.locator(".slider output").first.inner_text() == "1"
    tab.open("page=sandbox&lang=de&p.rhetoric_strength=0.25")
    assert tab.page.locator("[for=slider-rhetoric_strength]").last.inner_text() == "0,25"
    foreign = tab.page.locator("h1[lang=en]").all_inner_texts()
    assert foreign == [json.loads((ROOT / "sim/words/en.json").read_text("utf-8"))["sandbox.title"]]
    tab.open(f"page=seat&game={CURTAIN.code}&lang=de")
    assert tab.page.locator("[lang=en]:not(option)").count() == 0
