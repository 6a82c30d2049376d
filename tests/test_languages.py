"""Languages: the page in German, and in made-up ones that are long, or run from right to left."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.config.job import load_scenario
from sim.engine.history import replay
from sim.errors import InputError
from sim.lanes import Real
from sim.model.parameters import COEFFICIENTS
from sim.story import wording
from sim.story.chronicle import read, turning_points
from sim.story.telling import _Teller
from sim.story.wording import Words
from tests.scripts import ROOT, script
from tests.test_classroom_page import (
    CURTAIN,
    GAME,
    PAGES,
    Visit,
    bet,
    browser,
    built,
    pytestmark,
    visit,
)

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
    to_do = {key for key in words.english() if not words.is_form(key)}
    assert set(json.loads(capsys.readouterr().out)) == to_do
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


# Made-up languages: every text is changed, so that what is not translated shows

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
ACCENTED = "áƀçđéƒĝĥíĵķļɱñöþɋŕšţûṽŵẋýžÁƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞɊŔŠŢÛṼŴẊÝŽ"
HEBREW = "אבגדהוזחטיכלמנסעפצקרשתךםןףאבגדהוזחטיכלמנסעפצקרשתךםןף"
MARK = re.compile(r"(\{\w+(?::\w+)?\})")


def made_up(text: str, letters: str, longer: float) -> str:
    """Return a text in other letters and longer, with its names in braces as they were."""
    table = str.maketrans(PLAIN, letters)
    parts = [p if MARK.fullmatch(p) else p.translate(table) for p in MARK.split(text)]
    n = math.ceil(longer * len(text))
    filler = (" " + "éĥöûñáŕ" * n)[: n + 1] if n and any(c in PLAIN for c in text) else ""
    filler = " ".join(re.findall(".{1,7}", filler.strip()))
    end = re.search(r"[\s.:?!]*$", text)
    at = end.start() if end else len(text)
    whole = "".join(parts)
    return (
        f"{whole[: len(whole) - (len(text) - at)]} {filler}".rstrip() + text[at:]
        if filler
        else whole
    )


KEPT = ("language", "direction")
QUICKEST = ("page=home", f"page=seat&game={GAME.code}", "page=class")
SOME = [p if p in QUICKEST else pytest.param(p, marks=pytest.mark.long) for p in PAGES]


def words_of(tag: str, direction: str, letters: str, longer: float) -> dict[str, Any]:
    """Return the words of a made-up language that has everything English has."""
    found = {
        key: text if key in KEPT else changed(text, letters, longer)
        for key, text in words.english().items()
    }
    return {**found, "language": tag, "direction": direction}


def changed(text: Any, letters: str, longer: float) -> Any:
    """Return the texts of a key, however they are nested, in a made-up language."""
    if isinstance(text, str):
        return made_up(text, letters, longer)
    if isinstance(text, dict):
        return {key: changed(part, letters, longer) for key, part in text.items()}
    return [changed(part, letters, longer) for part in text]


MADE_UP = {
    "xa": words_of("en-XA", "ltr", ACCENTED, 0.4),
    "xb": words_of("ar-EG", "rtl", HEBREW, 0.0),
}


@pytest.fixture(scope="module")
def spoken(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page with the made-up languages beside its own."""
    text = built.read_text(encoding="utf-8")
    start = "const WORDS = {"
    assert text.count(start) == 1
    more = json.dumps(MADE_UP, ensure_ascii=False)[1:-1].replace("<", "\\u003c")
    path = tmp_path_factory.mktemp("spoken") / "spiral.html"
    path.write_text(text.replace(start, f"{start}{more},"), encoding="utf-8")
    return path


def opened(
    visit: Callable[..., Visit], spoken: Path, hash_: str, language: str, width: int
) -> Visit:
    """Open a page in a made-up language, with what it hides until it is asked for."""
    tab = visit(viewport={"width": width, "height": 800})
    tab.url = spoken.as_uri()
    tab.open(f"{hash_}&lang={language}")
    if "lesson=" in hash_:
        bet(tab)
        tab.page.locator(".observe button.main").click()
        tab.until("document.querySelector('.results').childElementCount > 0")
    for details in tab.page.locator("details:visible").all():
        details.evaluate("(node) => { node.open = true; }")
    return tab


WIDER = """() => [...document.querySelectorAll('body *')].filter((e) => {
    const { left, right, width } = e.getBoundingClientRect();
    const out = width && (right > innerWidth + 1 || left < -1);
    return out && !e.closest('.skip, .hidden, .scroll, svg');
}).map((e) => e.outerHTML.slice(0, 120)).slice(0, 5)"""


@pytest.mark.parametrize("width", [320, pytest.param(1280, marks=pytest.mark.long)])
@pytest.mark.parametrize("language", MADE_UP)
@pytest.mark.parametrize("hash_", SOME)
def test_no_page_is_wider_than_the_screen_in_long_words_or_from_right_to_left(
    visit: Callable[..., Visit], spoken: Path, hash_: str, language: str, width: int
) -> None:
    tab = opened(visit, spoken, hash_, language, width)
    assert tab.page.evaluate("document.documentElement.dir") == MADE_UP[language]["direction"]
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.page.evaluate(WIDER) == []


TEXTS = """() => {
    const found = [document.title];
    for (const e of document.querySelectorAll("html, body *")) {
        if (e.closest("script, style")) continue;
        const told = ["aria-label", "aria-valuetext", "title", "alt", "placeholder"];
        found.push(...told.map((name) => e.getAttribute(name) || ""));
        for (const n of e.childNodes) if (n.nodeType === 3) found.push(n.data);
    }
    return [...new Set(found.map((t) => t.trim()).filter((t) => /[a-z]/i.test(t)))];
}"""
SOURCES = {c.source for c in COEFFICIENTS.values()}


def plain_words(texts: Sequence[str]) -> list[str]:
    """Return the texts that hold words in plain letters which are no name, code or source."""
    allowed = [*SOURCES, "Spiral", "English", "Deutsch"]
    found = []
    for text in texts:
        left = text
        for each in sorted(allowed, key=len, reverse=True):
            left = left.replace(each, "")
        left = re.sub(r"^[abc]\) |\b[0-9A-Z]{5,6}(-[0-9A-Z]{1,5})+|\b[0-9a-f]{16}\b", "", left)
        if re.search("[A-Za-z]", left):
            found.append(text)
    return found


@pytest.mark.parametrize("hash_", SOME)
def test_every_word_of_a_page_comes_from_the_file_of_the_language(
    visit: Callable[..., Visit], spoken: Path, hash_: str
) -> None:
    tab = opened(visit, spoken, hash_, "xa", 1280)
    for _ in range(30 if "sandbox" in hash_ else 0):
        tab.page.locator(".stage .controls button").nth(1).click()
    for sheet in tab.page.locator(".tabs button").all()[:-1]:  # the last prints
        sheet.click()
        assert plain_words(tab.page.evaluate(TEXTS)) == []
    tab.until("!Worlds.busy()")
    assert plain_words(tab.page.evaluate(TEXTS)) == []
    assert tab.page.locator("[lang=en]:not(option)").count() == 0


TOLD = """({ scenario, weeks }) => {
    const world = Spiral.world({ scenario, seed: 9, world: 0, story: true });
    for (let week = 0; week < weeks; week += 1) world.step();
    return world.story.turningPoints(40).map(({ text }) => text);
}"""


@pytest.mark.parametrize(
    ("scenario", "language"), [("cuba_1962", "xb"), ("nordic_accession", "xb"), ("cuba_1962", "de")]
)
def test_the_page_and_python_tell_a_world_alike_in_any_language(
    visit: Callable[..., Visit], spoken: Path, scenario: str, language: str
) -> None:
    tab = opened(visit, spoken, "page=home", language, 1280)
    told = tab.page.evaluate(TOLD, {"scenario": scenario, "weeks": 60})
    made_up = language in MADE_UP
    told_in = Words(language, MADE_UP[language]) if made_up else wording.of(language)
    made, values = load_scenario(scenario), {n: c.value for n, c in COEFFICIENTS.items()}
    point = np.array(list(values.values()), Real)
    history = replay(made.roster, point, world=0, n_weeks=60, seed=9)
    chronicle = read(history, values, made.events)
    teller = _Teller(chronicle, made.start, told_in)
    scenes = [teller.scene(scene) for scene in turning_points(chronicle, at_most=40)]
    assert len(scenes) > 5
    assert told == scenes
    assert not made_up or plain_words(scenes) == []


def test_a_story_in_a_language_that_has_none_or_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(InputError, match="must be one of de, en"):
        wording.of("dee")
    monkeypatch.setattr(wording, "languages", lambda: ["de", "en", "xx"])
    monkeypatch.setattr(wording, "_file", {"xx": {}, "en": words.of("en")}.__getitem__)
    with pytest.raises(InputError, match=r"has no stories yet: .* first story\.title"):
        wording.of("xx")
