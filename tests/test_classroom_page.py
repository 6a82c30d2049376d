"""The classroom page in a real browser: quick, quiet, for everyone, and safe.

Needs Chromium (Debian: ``apt-get install chromium``) and playwright; without them these tests say
that they were not run. A short form of the random inputs runs by default;
``SPIRAL_INPUTS=10000 pytest tests/test_classroom_page.py`` runs the long one.
"""

# Long lines are scripts in another language.
# ruff: noqa: E501

from __future__ import annotations

import csv
import importlib.util
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image

import sim
from sim.analysis.intervals import wilson
from sim.seat import Game, Move
from sim.seat.moves import ACTS, TURNS

ROOT = Path(__file__).parent.parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
REASON = "the classroom page was not tested: " + (
    "Chromium is not installed" if CHROMIUM is None else "playwright is not installed"
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or importlib.util.find_spec("playwright") is None, reason=REASON
)

INPUTS = int(os.environ.get("SPIRAL_INPUTS", "400"))
"""Random inputs a page."""
LESSONS = [f"page=lesson&lesson={k}" for k in range(1, 15)]
LARGE = [f"page=lesson&lesson={k}" for k in (10, 11, 13)]
"""Lessons of the real roster, which takes longer."""
GAME = Game(31, "prober", (Move("deploy", True), Move("talk", False), Move("hold", True)))
CURTAIN = Game(8, "fearful", (*GAME.moves, *GAME.moves[1:] * 11, Move("lift", False)))
SEAT = ("page=seat", f"page=seat&game={GAME.code}", f"page=seat&game={CURTAIN.code}")
PAGES = ["page=home", *SEAT, *LESSONS, "page=sandbox", "page=class", "page=kit"]
QUICK = ("page=home", *SEAT, "page=lesson&lesson=2", "page=sandbox", "page=class", "page=kit")
EACH = [p if p in QUICK else pytest.param(p, marks=pytest.mark.long) for p in PAGES]
"""All pages; the other lessons, which are built alike, only in `make long`."""
OFTEN = ("page=home", SEAT[1], "page=lesson&lesson=2", "page=class")
SOME = [p if p in OFTEN else pytest.param(p, marks=pytest.mark.long) for p in PAGES]
"""All pages, of which fewer in the quick tier."""
SHEETS = (
    "Plan, 20 minutes", "Plan, 50 minutes", "The seat", "Worksheets", "Key", "Misconceptions", "Test",
    "Debrief of games", "Log of a world", "What this model is and is not",
)  # fmt: skip


READY = "Number(document.documentElement.dataset.ready)"


def build(path: Path) -> Path:
    """Build the page at a path, and return it."""
    script = ROOT / "scripts/classroom.py"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(script), str(path)], check=True, env=env)
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("page") / "spiral.html")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        found = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


class Visit:
    """One tab, with everything it complained about and asked for."""

    def __init__(self, browser: Any, built: Path, **options: Any) -> None:
        self.context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, **options}
        )
        self.page = self.context.new_page()
        self.url = built.as_uri()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: (self.errors.append("a dialog"), dialog.dismiss()))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def open(self, hash_: str) -> Visit:
        # Once in some hundred visits the page before this one was asked whether it is ready.
        self.page.evaluate("document.documentElement.dataset.ready = ''")
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}#{hash_}")
        self.until(READY)
        return self

    def until(self, expression: str, seconds: float = 60.0) -> None:
        """Wait until an expression holds; the page's policy forbids the usual way."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, expression
            time.sleep(0.02)


@pytest.fixture
def visit(browser: Any, built: Path) -> Iterator[Callable[..., Visit]]:
    made: list[Visit] = []

    def new(**options: Any) -> Visit:
        made.append(Visit(browser, built, **options))
        return made[-1]

    yield new
    for each in made:
        each.context.close()
        assert each.errors == []
        asked = [
            url
            for url in each.requests
            if not url.startswith(("file:", "data:", "blob:", "about:"))
        ]
        assert asked == []


def bet(visit: Visit) -> None:
    visit.page.locator(".predict input").first.check()


def test_the_page_is_one_small_file_that_may_ask_for_nothing(built: Path) -> None:
    text = built.read_text(encoding="utf-8")
    assert len(text.encode()) <= 1_000_000
    assert "default-src 'none'" in text
    assert text.count("<script src") == text.count("<link") == text.count("@import") == 0


@pytest.mark.parametrize("hash_", ["page=home", "page=lesson&lesson=2", "page=sandbox"])
def test_the_page_is_ready_within_half_a_second(visit: Callable[..., Visit], hash_: str) -> None:
    tab = visit()
    assert min(tab.open(hash_).page.evaluate(READY) for _ in range(3)) <= 500


def test_a_browser_without_webassembly_is_told_so(browser: Any, built: Path) -> None:
    tab = Visit(browser, built)
    tab.page.add_init_script("delete globalThis.WebAssembly;")
    tab.page.goto(f"{tab.url}#page=sandbox")
    assert tab.page.locator("h1").inner_text() == "This page could not start"
    assert "too old" in tab.page.locator("main").inner_text()
    assert len(tab.errors) == 1
    assert "WebAssembly is not defined" in tab.errors[0]
    tab.context.close()


@pytest.mark.parametrize("hash_", EACH)
def test_a_page_draws_says_nothing_to_the_console_and_misses_no_word(
    visit: Callable[..., Visit], hash_: str
) -> None:
    tab = visit().open(hash_)
    if "lesson=" in hash_:
        bet(tab)
        tab.until("document.querySelectorAll('.panel path').length > 0")
    text = tab.page.evaluate("document.body.innerText")
    missing = tab.page.evaluate(
        r"""[...document.querySelectorAll('body *')].filter((e) => !e.closest('script'))
        .flatMap((e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()))
        .filter((t) => /^[a-z_]+(\.[a-z0-9_]+)+$/.test(t))"""
    )
    assert missing == []
    assert tab.page.locator("h1").count() == 1
    assert "undefined" not in text
    assert "NaN" not in text


@pytest.mark.parametrize("hash_", SOME)
def test_no_page_scrolls_sideways_on_a_phone(visit: Callable[..., Visit], hash_: str) -> None:
    tab = visit(viewport={"width": 320, "height": 640}).open(hash_)
    if "lesson=" in hash_:
        bet(tab)
        tab.until("document.querySelectorAll('.panel path').length > 0")
    for details in tab.page.locator("details:visible").all():
        details.evaluate("(node) => { node.open = true; }")
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    "hash_",
    SOME,
)
def test_axe_finds_nothing_serious(visit: Callable[..., Visit], hash_: str) -> None:
    check_by_axe(visit(bypass_csp=True), hash_)


@pytest.mark.parametrize("hash_", [
    "page=home", f"page=seat&game={GAME.code}",
    *(pytest.param(each, marks=pytest.mark.long) for each in (
        f"page=seat&game={CURTAIN.code}", "page=lesson&lesson=2", "page=sandbox", "page=class", "page=kit")),
])  # fmt: skip
def test_axe_finds_nothing_serious_by_night(visit: Callable[..., Visit], hash_: str) -> None:
    check_by_axe(visit(bypass_csp=True, color_scheme="dark"), hash_)


@pytest.mark.parametrize("hash_", ["page=lesson&lesson=2", f"page=seat&game={GAME.code}"])
def test_axe_finds_nothing_serious_in_a_presentation(
    visit: Callable[..., Visit], hash_: str
) -> None:
    tab = visit(bypass_csp=True)
    tab.open(hash_).page.get_by_role("button", name="Present", exact=True).click()
    check_by_axe(tab, None)


def check_by_axe(tab: Visit, hash_: str | None) -> None:
    """Open a page, or take what is open, and assert that axe finds nothing serious."""
    axe = importlib.util.find_spec("axe_playwright_python")
    if axe is None or axe.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    source = (Path(axe.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    if hash_:
        tab.open(hash_)
    hash_ = hash_ or ""
    if "lesson=" in hash_:
        bet(tab)
        if hash_ not in LARGE:
            tab.page.locator(".observe button.main").click()
            tab.until("document.querySelector('.results').childElementCount > 0")
    for sheet in SHEETS if "kit" in hash_ else (None,):
        if sheet:
            tab.page.get_by_role("button", name=sheet, exact=True).click()
        tab.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        tab.page.wait_for_timeout(300)
        tab.page.add_script_tag(content=source)
        found = tab.page.evaluate("axe.run()")
        grave = [
            (each["id"], each["nodes"][0]["html"][:200])
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]
        assert grave == [], sheet


STOPS = """() => {
    const seen = new Set();
    const marked = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
        .filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }))
        .filter((e) => {
            if (e.type !== 'radio') return true;
            const group = [...document.getElementsByName(e.name)];
            return e === (group.find((r) => r.checked) || group[0]);
        });
    marked.forEach((e, k) => { e.dataset.stop = k; });
    return marked.length;
}"""


@pytest.mark.parametrize("hash_", SOME)
def test_the_keyboard_reaches_everything(visit: Callable[..., Visit], hash_: str) -> None:
    tab = visit().open(hash_)
    if "lesson=" in hash_:
        bet(tab)
        tab.until("document.querySelectorAll('.panel path').length > 0")
    if "sandbox" in hash_:
        tab.until("document.querySelector('progress').value >= 200")
    tab.page.evaluate("document.activeElement.blur()")
    n_stops = tab.page.evaluate(STOPS)
    reached = set()
    for _ in range(3 * n_stops + 10):
        tab.page.keyboard.press("Tab")
        stop = tab.page.evaluate("document.activeElement.dataset.stop ?? null")
        reached.add(stop)
        if len(reached - {None}) == n_stops:
            break
    lost = tab.page.evaluate(
        "(found) => [...document.querySelectorAll('[data-stop]')]"
        ".filter((e) => !found.includes(e.dataset.stop)).map((e) => e.outerHTML.slice(0, 120))",
        list(reached),
    )
    assert lost == []


def focus(tab: Visit, selector: str) -> None:
    """Press Tab until an element that fits has the focus."""
    for _ in range(400):
        if tab.page.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
            return
        tab.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {selector}")


ALL = json.loads((ROOT / "classroom/lessons.json").read_text(encoding="utf-8"))
LESSON = ALL[1]


def of_lesson(
    panel: dict[str, Any], lesson: dict[str, Any] = LESSON, **parameters: float
) -> sim.Study:  # fmt: skip
    """Play the worlds of a lesson's panel, with other parameters if they are given."""
    acts = panel.get("acts", [])
    scenario = sim.scenario(base=lesson["scenario"], changes=acts, **panel["changes"])
    return sim.run(
        scenario=scenario, parameters={**panel["parameters"], **parameters}, worlds=200,
        weeks=lesson["weeks"], seed=lesson["seed"], progress=False, figures="none",
    )  # fmt: skip


HIGHEST = """({ scenario, pair, seed, weeks, panel }) => {
    const mine = new Worlds.Ensemble({ scenario, pair, seed, weeks, changes: panel.changes, acts: panel.acts, parameters: panel.parameters });
    mine.take(mine.play(0, 200));
    return mine.highest;
}"""


def test_what_is_done_in_a_panel_week_by_week_is_done_in_the_page_too(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=home")
    lesson = ALL[13]
    found = [tab.page.evaluate(HIGHEST, {**lesson, "panel": each}) for each in lesson["panels"]]
    assert len({tuple(each) for each in found}) == 4
    study = of_lesson(lesson["panels"][3], lesson)
    assert found[3] == list(study.outcomes["peak_rung_leaders"])


@pytest.mark.long
def test_a_lesson_may_look_at_another_pair_than_the_leaders(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=home")
    lesson = ALL[10]
    highest = tab.page.evaluate(HIGHEST, {**lesson, "panel": lesson["panels"][2]})
    rows = of_lesson(lesson["panels"][2], lesson).table("pairs").to_dict("records")
    ends = set(lesson["pair"].split("-"))
    (row,) = (each for each in rows if {each["first"], each["second"]} == ends)
    assert sum(rung >= 5 for rung in highest) / 200 == pytest.approx(row["peak_5"], abs=1e-9)


def choose(tab: Visit, step: str, number: int) -> None:
    """Press the arrow until an option is chosen; they stand in any order."""
    for _ in range(3):
        tab.page.keyboard.press("ArrowDown")
        if tab.page.locator(f"{step} input:checked").get_attribute("value") == str(number):
            return
    raise AssertionError(f"option {number} was never chosen")


@pytest.mark.parametrize("language", ["en", "de"])
def test_options_are_of_equal_length_and_the_longest_is_no_hint(language: str) -> None:
    folder = ROOT / "classroom"
    words = json.loads((ROOT / f"sim/words/{language}.json").read_text(encoding="utf-8"))
    lessons = json.loads((folder / "lessons.json").read_text(encoding="utf-8"))
    right = [2, 1, 3, 2, 3, 1, 2, 1]  # of the test in the kit, see kit.js
    assert f"RIGHT = {right};" in (folder / "kit.js").read_text(encoding="utf-8")
    asked = [(f"lesson.{each['name']}.{kind}", each[kind])
             for each in lessons for kind in ("bet", "answer")]  # fmt: skip
    asked += [(f"test.{number}", k) for number, k in enumerate(right, 1)]
    asked = [(name, k) for name, k in asked if f"{name}.1" in words]  # what is translated
    assert len(asked) >= 6
    longest = 0
    for name, k in asked:
        sizes = [len(words[f"{name}.{option}"]) for option in (1, 2, 3)]
        assert max(sizes) <= 1.25 * min(sizes), name
        longest += sizes[k - 1] == max(sizes) and sizes.count(max(sizes)) == 1
    assert longest <= len(asked) / 2


def test_each_term_of_the_glossary_has_a_short_meaning_and_no_form_stands_for_two() -> None:
    words = json.loads((ROOT / "sim/words/en.json").read_text(encoding="utf-8"))
    terms = [key.split(".")[1] for key in words if key.startswith("term.") and key.count(".") == 1]
    source = (ROOT / "classroom/glossary.js").read_text(encoding="utf-8")
    assert json.loads(re.search(r"TERMS = (\[.*?\]);", source, re.DOTALL)[1]) == terms
    forms = [words[f"term.{name}"] for name in terms]
    forms += [form for name in terms for form in words[f"term.{name}.forms"].split("|")]
    assert len({form.lower() for form in forms}) == len(forms)
    for name in terms:
        assert len(words[f"term.{name}.means"].split()) <= 25, name


def test_a_term_opens_its_meaning_beside_it_by_keyboard_and_closes_again(
    visit: Callable[..., Visit],
) -> None:
    tab = visit(viewport={"width": 320, "height": 640}).open("page=lesson&lesson=11")
    written = tab.page.locator(".lead button.term").all_inner_texts()
    assert written == ["buffer", "probes", "rungs"]
    text = tab.page.locator(".lead").inner_text()
    focus(tab, ".lead .gloss:nth-of-type(3) button")
    button = tab.page.locator(".lead button.term").nth(2)
    meaning = tab.page.locator(".lead .meaning").nth(2)
    assert not meaning.is_visible()
    tab.page.keyboard.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    assert meaning.is_visible()
    box = meaning.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 320
    tab.page.keyboard.press("Escape")
    assert not meaning.is_visible()
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Tab")
    assert not meaning.is_visible()
    assert tab.page.locator(".lead").inner_text() == text


def test_options_stand_in_an_order_of_luck(visit: Callable[..., Visit]) -> None:
    tab = visit()
    shown = set()
    for _ in range(12):
        tab.open("page=lesson&lesson=2")
        tab.until("document.querySelectorAll('.predict input[type=radio]').length === 3")
        tab.page.evaluate("Kept.forget()")
        shown.add(tuple(tab.page.evaluate(
            "[...document.querySelectorAll('.predict input[type=radio]')].map((e) => e.value)")))  # fmt: skip
    assert len(shown) >= 3
    assert all(sorted(each) == ["1", "2", "3"] for each in shown)


def test_a_lesson_is_done_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=home")
    focus(tab, ".cards li:nth-child(2) a")
    tab.page.keyboard.press("Enter")
    tab.until("document.querySelector('.predict')")
    focus(tab, ".predict input")
    choose(tab, ".predict", LESSON["bet"])
    assert not tab.page.locator(".explain").is_visible()  # nor what would give it away
    focus(tab, ".guess input")
    tab.page.keyboard.press("ArrowRight")
    focus(tab, ".observe button.main")
    tab.page.keyboard.press("Enter")
    tab.until("document.querySelector('.results').childElementCount > 0")
    told = tab.page.locator(".results").inner_text()
    assert "Your bet held" in told
    assert "You guessed 102 of 200" in told
    assert "Your bets so far: 1 of 1 held." in told
    assert tab.page.locator(".predict input:enabled").count() == 0  # bets are closed
    before = tab.page.locator(".lever output").inner_text()
    focus(tab, ".lever input")
    tab.page.keyboard.press("ArrowLeft")
    assert tab.page.locator(".lever output").inner_text() != before
    focus(tab, ".check input")
    choose(tab, ".check", LESSON["answer"])
    assert tab.page.locator(".check .reply.right").count() == 1
    focus(tab, ".turn a:last-child")
    tab.page.keyboard.press("Enter")
    tab.until("document.activeElement.tagName === 'H1'")
    assert tab.page.evaluate("location.hash") == "#page=lesson&lesson=3"


def test_a_game_is_played_by_keyboard_alone_and_kept_in_the_address(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=seat")
    focus(tab, "#main button.main")
    tab.page.keyboard.press("Enter")
    tab.until("document.querySelector('[data-act=deploy]')")
    focus(tab, "[data-act=deploy]")
    tab.page.keyboard.press("Enter")
    tab.until("document.querySelector('h2').textContent.includes('turn 2')")
    focus(tab, "[data-act=hold]")
    for turn in range(2, TURNS + 1):
        heading = tab.page.locator("h2").first.inner_text()
        assert heading == f"Alphia: turn {turn} of {TURNS}"
        assert "fearful" not in tab.page.locator("main").inner_text()
        tab.page.keyboard.press("Enter")
    tab.until("document.querySelector('.diaries')")
    tab.until("location.hash.length > 50")
    game = Game.of(tab.page.evaluate("location.hash").split("game=")[1])
    assert [move.act for move in game.moves] == ["deploy", *["hold"] * (TURNS - 1)]
    tab.until("document.querySelectorAll('.outcomes .tiles i').length === 200")
    told = tab.page.locator("main").inner_text()
    assert f"A clash in {game.under_other_luck()} of 200" in told
    assert ("Peace held" in told.split("Your moves")[0]) == (
        game.outcome.peace or game.of_rules().peace
    )


def test_tiles_show_each_world_and_four_worlds_fit_one_screen_of_a_phone(
    visit: Callable[..., Visit],
) -> None:
    tab = visit(viewport={"width": 360, "height": 740}).open("page=lesson&lesson=2")
    bet(tab)
    tab.page.locator(".observe button.main").click()
    tab.until("document.querySelector('.results').childElementCount > 0")
    board = tab.page.locator(".board").bounding_box()
    assert board["width"] <= 360
    assert board["height"] <= 740
    tiles = ".board section:nth-child({}) .tiles i"
    classes = tab.page.evaluate(
        "(of) => of.map((each) => [...document.querySelectorAll(each)].map((e) => e.className))",
        [tiles.format(k) for k in range(1, 5)],
    )
    kinds = ("calm", "calm", "calm", "tense", "tense", "bad", "bad", "bad")
    for panel, shown in zip(LESSON["panels"], classes, strict=True):
        study = of_lesson(panel)
        assert shown == [kinds[rung] for rung in study.outcomes["peak_rung_leaders"]]
    told = tab.page.locator(".board section:nth-child(4) b").inner_text()
    assert int(told) == sum(kind != "calm" for kind in classes[3])
    arrows = tab.page.locator(tiles.format(1)).all_inner_texts()
    assert set(arrows) == {""}  # the first panel is what the others are held against


def test_a_dials_curve_is_the_share_at_each_level_with_its_interval(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=lesson&lesson=2")
    bet(tab)
    tab.page.get_by_role("button", name="Play eleven levels of this dial").click()
    tab.until("document.querySelectorAll('.lever figure svg circle').length === 11")
    tab.page.locator(".lever details summary").click()
    rows = tab.page.locator(".lever tbody tr").all_inner_texts()
    for row, level in zip((rows[0], rows[-1]), (0.0, 1.0), strict=True):
        study = of_lesson(LESSON["panels"][-1], **{LESSON["lever"]: level})
        came = int((study.outcomes["peak_rung_leaders"] >= 3).sum())
        ends = [float(end) for end in wilson(came, 200)]
        shown = [came / 200, *ends]
        assert row.split("\t")[1:] == [f"{int(100 * share + 0.5)} %" for share in shown]


def test_a_picture_is_saved_as_png_and_its_table_as_csv(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    tab = visit(accept_downloads=True).open(f"page=seat&game={CURTAIN.code}")
    tab.page.locator("figure details summary").first.click()
    found = []
    for name in ("Save the picture (PNG)", "Save the table (CSV)"):
        with tab.page.expect_download() as download:
            tab.page.get_by_role("button", name=name).first.click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        found.append(path)
    image, table = found
    with Image.open(image) as picture:
        assert picture.size[0] > 1000
        colours = picture.convert("RGB").getcolors(2**20) or []
    assert {colour for n, colour in colours if n > 50} > {(255, 255, 255), (0, 90, 156)}
    lines = table.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "Week,Alphia,Betania"
    fear = CURTAIN.history.relation("AAA", "BBB", "fear")
    assert [line.split(",")[1] for line in lines[1:]] == [f"{int(100 * f + 0.5)} %" for f in fear]


def test_two_at_one_device_hand_it_over_and_see_only_their_own_side(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=seat")
    tab.page.get_by_role("button", name="Begin with a neighbour as Betania").click()
    tab.page.locator("[data-act=withdraw]").click()
    assert tab.page.locator("[data-act]").count() == 0  # nothing is shown between two
    assert tab.page.locator(".scene").count() == 0
    tab.page.get_by_role("button", name="I am Betania").click()
    assert "Alphia seems" in tab.page.locator(".news").inner_text()
    tab.page.locator("[data-act=threaten]").click()
    tab.page.get_by_role("button", name="I am Alphia").click()
    assert "turn 2" in tab.page.locator("h2").inner_text()
    tab.until("location.hash.length > 20")
    game = Game.of(tab.page.evaluate("location.hash").split("game=")[1])
    assert game.theirs == (Move("threaten", True),)


def test_a_code_opens_its_game_and_another_text_does_not(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=seat")
    tab.page.fill("#seat-code", CURTAIN.code[:-1] + "0")
    tab.page.get_by_role("button", name="Open it").click()
    assert "not the code of a game" in tab.page.locator(".reply").inner_text()
    tab.page.fill("#seat-code", CURTAIN.code.lower())
    tab.page.get_by_role("button", name="Open it").click()
    tab.until("document.querySelector('.diaries')")
    assert tab.page.locator(".diaries tbody tr").count() == TURNS
    tab.page.get_by_role("button", name="Try every other act in every turn").click()
    tab.until("document.querySelector('.reply p')")
    told = tab.page.locator(".reply").inner_text()
    turned = any(
        Game(CURTAIN.seed, CURTAIN.rival, (*CURTAIN.moves[:at], move._replace(act=act.name),
                                           *CURTAIN.moves[at + 1 :])).outcome.peace
        != CURTAIN.outcome.peace
        for at, move in enumerate(CURTAIN.moves) for act in ACTS
    )  # fmt: skip
    assert told.startswith("Of " if turned else "No single other act")


def test_the_sandbox_is_played_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=sandbox")
    focus(tab, ".stage .controls button.main")
    tab.page.keyboard.press("Enter")
    tab.until("document.querySelector('.week').textContent.includes('Week 2 ')")
    tab.page.keyboard.press("Enter")
    focus(tab, ".stage .controls button:nth-child(2)")
    was = tab.page.locator(".week").inner_text()
    tab.page.keyboard.press("Space")
    assert tab.page.locator(".week").inner_text() != was
    focus(tab, "#preset-world")
    tab.page.keyboard.press("End")
    tab.until("location.hash.includes('p.offence')")
    focus(tab, "#slider-rhetoric_strength")
    tab.page.keyboard.press("End")
    tab.page.keyboard.press("ArrowRight")
    tab.until("location.hash.includes('p.rhetoric_strength=3')")


def test_lessons_are_gated_by_a_bet_and_show_twin_panels_of_the_same_worlds(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=lesson&lesson=5")
    assert tab.page.locator(".panel").count() == 0
    bet(tab)
    assert tab.page.locator(".panel").count() == 2
    tab.page.get_by_role("button", name="Next world").click()
    tab.until("location.hash.includes('world=1')")


def test_a_students_worlds_are_the_computed_ones(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=class&students=6&seed=9&p.miscalculation_strength=5")
    for me in range(1, 7):
        tab.page.get_by_label("My number").fill(str(me))
        tab.page.get_by_label("My number").blur()
        tab.page.get_by_role("button", name="Play my world").click()
        told = tab.page.locator(".big").inner_text()
        assert told.startswith(f"World {me}:")
        rung = told.split("highest rung ")[1][0]
        tab.page.locator(".counters li").nth(int(rung)).get_by_role("button").last.click()
    tab.page.get_by_role("button", name="Show the computed one").click()
    tab.until("document.querySelector('.reply.right')")
    assert "To the last world" in tab.page.locator(".reply.right").inner_text()


SPY = """
window.asked = [];
window.answers = [];
window.Worker = class extends Worker {
    constructor(address) {
        super(address);
        this.addEventListener('message', ({ data }) => { answers.push(data.n || 0); });
    }
    postMessage(data) { asked.push(data); super.postMessage(data); }
};
"""
"""Tells what workers were asked, and how many worlds each answer had; 0 for being ready."""
HERE = """
const fan = Spiral.fan;
window.here = 0;
Spiral.fan = (given) => { window.here += given.n; return fan(given); };
"""
"""Counts the worlds that the page itself plays."""
MANY = """([given, n]) => new Promise((resolve) => {
    const many = given.map(({ settings, ...more }) => new Worlds.Ensemble({ changes: {}, parameters: {}, ...settings }, more));
    Worlds.many('test', many, n, { ondone: () => { resolve(JSON.stringify(many.map((each) => (
        [each.highest, [...each.counts], [...each.sofar], [...each.peaks], each.values, each.measure && each.quantiles().map((of) => [...of])])))); } });
})"""
FEAR = {"kind": "level", "measure": "fear_leaders", "from": 1, "to": 40}
FIRM = {
    "kind": "ratio",
    "top": {**FEAR, "measure": "yields"},
    "bottom": {**FEAR, "measure": "confrontations"},
}
DIFFERENT = [
    {"settings": {"scenario": "crimea_2014", "seed": 4, "weeks": 40, "parameters": {"miscalculation_strength": 5}},
     "outcomes": [{"kind": "reached", "rung": 3}, FEAR], "measure": "stress_east"},
    {"settings": {"scenario": "two_rivals", "seed": 2**40, "weeks": 60, "changes": {"traits": {"AAA": {"firmness": 0.1}}}},
     "outcomes": [FIRM, {"kind": "misread", "field": "misread_intent", "sign": -1}], "first": 7},
    {"settings": {"game": CURTAIN.code, "weeks": CURTAIN.n_weeks}, "first": 1},
]  # fmt: skip
READY_TO_WORK = "answers.includes(0)"


def with_workers(visit: Callable[..., Visit], script: str, hash_: str = "page=home") -> Visit:
    """Open a page in which a script changes what a worker is."""
    tab = visit()
    tab.page.add_init_script(script)
    return tab.open(hash_)


def test_workers_play_the_same_worlds_as_the_page(visit: Callable[..., Visit]) -> None:
    tab = with_workers(visit, "window.Worker = class { constructor() { throw new Error('no'); } };")
    in_page = tab.page.evaluate(MANY, [DIFFERENT, 50])
    tab = with_workers(visit, SPY)
    assert tab.page.evaluate(MANY, [DIFFERENT, 50]) == in_page  # begun before any is ready
    tab.until(READY_TO_WORK)
    tab.page.evaluate(f"() => {{ {HERE} answers.length = 0; }}")
    assert tab.page.evaluate(MANY, [DIFFERENT, 50]) == in_page
    assert tab.page.evaluate("[here, answers.reduce((a, b) => a + b)]") == [0, 150]
    for (highest, *_), of in zip(json.loads(in_page), DIFFERENT[:2], strict=False):
        assert len(highest) == 50
        assert len(set(highest)) > 1, of


NO_WORKERS = {
    "none": "delete window.Worker;",
    "silent": "window.Worker = class { postMessage() {} };",
    "failing": """window.Worker = class extends Worker {
        postMessage() { setTimeout(() => { this.dispatchEvent(new ErrorEvent('error', { cancelable: true })); }, 5); }
    };""",
}


@pytest.mark.parametrize("kind", NO_WORKERS)
def test_without_workers_the_page_plays(visit: Callable[..., Visit], kind: str) -> None:
    tab = with_workers(visit, NO_WORKERS[kind])
    tab.page.evaluate(f"() => {{ {HERE} }}")
    for _ in range(5 if kind == "failing" else 1):
        one, *_ = json.loads(tab.page.evaluate(MANY, [DIFFERENT[:1], 24]))
        tab.page.wait_for_timeout(100)  # workers may come to be ready
        assert len(one[0]) == 24
    assert tab.page.evaluate("here") >= 24


def test_a_newer_job_of_the_same_name_is_the_one_that_counts(visit: Callable[..., Visit]) -> None:
    tab = with_workers(visit, SPY)
    alone = tab.page.evaluate(MANY, [DIFFERENT[:1], 40])
    tab.until(READY_TO_WORK)
    told = tab.page.evaluate(
        """async ([many, older, newer]) => {
            let stale = 0;
            const old = new Worlds.Ensemble(older);
            Worlds.many('test', [old], 400, { onprogress: () => { stale += 1; }, ondone: () => { stale += 1; } });
            await new Promise((resolve) => { setTimeout(resolve, 60); });
            const found = await eval(many)([newer, 40]);
            while (Worlds.busy()) await new Promise((resolve) => { setTimeout(resolve, 10); });
            const told = stale, before = old.n;
            await new Promise((resolve) => { setTimeout(resolve, 300); });
            return [found, stale - told, before < 400, asked.length];
        }""".replace("eval(many)", f"({MANY})"),
        [
            None,
            {
                "scenario": "attache_briefing",
                "changes": {},
                "parameters": {},
                "seed": 1,
                "weeks": 104,
            },
            DIFFERENT[:1],
        ],
    )
    assert told[:3] == [alone, 0, True]
    assert told[3] > 1


FULL = [{"settings": {"scenario": "attache_briefing", "seed": 1, "weeks": 104}}]
"""The worlds of most states."""
TIMED = f"""async (asked) => {{
    const begun = performance.now();
    await ({MANY})(asked);
    return performance.now() - begun;
}}"""


def seconds_of_thread(tab: Visit) -> Callable[[], float]:
    """Return what tells the processor time of a page's own thread, which other load hardly moves."""
    session = tab.context.new_cdp_session(tab.page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def now() -> float:
        told = session.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in told if each["name"] == "ThreadTime")

    return now


@pytest.mark.long
def test_two_hundred_worlds_of_most_states_take_a_second_at_most(
    visit: Callable[..., Visit],
) -> None:
    # The aim, half a second of one processor, is for this year's (see the benchmark).
    tab = with_workers(visit, NO_WORKERS["none"])
    now, took = seconds_of_thread(tab), []
    for _ in range(3):
        before = now()
        tab.page.evaluate(TIMED, [FULL, 200])
        took.append(now() - before)
    assert 0.05 < min(took) <= 1.0


BANDS = 1 + [each["show"]["kind"] for each in ALL].index("level")
"""A lesson that shows a measure, not rungs."""
SHOWN = """() => [
    document.querySelector('.results').innerText, document.querySelector('.fan-count').innerText,
    [...document.querySelectorAll('.board .tiles i')].map((e) => e.className + e.textContent),
    [...document.querySelectorAll('.panel path')].map((e) => e.getAttribute('d')),
]"""


@pytest.mark.parametrize(
    "number",
    [
        k if k == BANDS else pytest.param(k, marks=pytest.mark.long)
        for k in range(1, len(LESSONS) + 1)
    ],
)
def test_worlds_built_into_a_lesson_are_those_that_it_plays(
    visit: Callable[..., Visit], number: int
) -> None:
    shown, played = [], []
    for change in ("", "Built.give = () => {};"):
        tab = with_workers(visit, NO_WORKERS["none"], f"page=lesson&lesson={number}")
        tab.page.evaluate(f"() => {{ {HERE} {change} }}")
        tab.page.locator(".predict input[value='1']").check()
        tab.page.locator(".observe button.main").click()
        tab.until("document.querySelector('.results').childElementCount > 0 && !Worlds.busy()")
        shown.append(tab.page.evaluate(SHOWN))
        played.append(tab.page.evaluate("here"))
    assert shown[0] == shown[1]
    assert played == [0, 200 * tab.page.locator("section.panel").count()]


CLASS_CODES = """(n) => {
    let x = 4711;
    const rnd = () => { x = (Math.imul(x, 1664525) + 1013904223) >>> 0; return x / 4294967296; };
    const below = (most) => Math.floor(rnd() * most), pick = (list) => list[below(list.length)];
    return Array.from({ length: n }, (_, k) => {
        const parameters = {}, common = k % 2 === 0;
        for (const options of Object.values(Spiral.presets)) Object.assign(parameters, pick(Object.values(options)));
        for (let more = common ? 0 : below(4); more > 0; more -= 1) {
            const c = pick(Spiral.parameters), at = rnd() < 0.5 ? rnd() : below(201) / 200;
            parameters[c.name] = Math.min(c.high, Math.max(c.low, Number((c.low + at * (c.high - c.low)).toPrecision(6))));
        }
        const given = Page.settings(Page.sound({ parameters, scenario: pick(Object.keys(Spiral.scenarios)),
            seed: common ? below(3e7) : below(Number.MAX_SAFE_INTEGER), weeks: common ? 104 : 4 + below(517) }));
        const code = Codes.writeClass(given), back = code && Codes.readClass(code.toLowerCase().replaceAll("-", " "));
        return { common, code, same: back !== null && Page.encode(Page.sound(back)) === Page.encode(Page.sound(given)) };
    });
}"""


def test_class_codes_come_back_from_300_random_settings_and_common_ones_are_short(
    visit: Callable[..., Visit],
) -> None:
    made = visit().open("page=home").page.evaluate(CLASS_CODES, 300)
    assert all(each["same"] for each in made)
    assert max(len(each["code"].replace("-", "")) for each in made if each["common"]) <= 10


SLIPS = """() => {
    const { alphabet } = Spiral.seat, state = Page.sound({ page: "class", seed: 9 }), missed = [];
    const slips = (code) => Array.from(code).flatMap((letter, k) => [
        ...Array.from(alphabet).filter((other) => other !== letter).map((other) => code.slice(0, k) + other + code.slice(k + 1)),
        ...(k && code[k - 1] !== letter ? [code.slice(0, k - 1) + letter + code[k - 1] + code.slice(k + 1)] : [])]);
    for (let seed = 0; seed < 40; seed += 1) {
        const code = Codes.writeClass({ ...state, seed: seed * 9973 }).replace("-", "");
        missed.push(...slips(code).filter((slip) => Codes.readClass(slip)));
        const result = Codes.writeResult(state, { me: 1 + seed * 5, rung: seed % 8 });
        missed.push(...slips(result).filter((slip) => { const found = Codes.readResult(state, slip); return found && !found.other; }));
    }
    return missed;
}"""


def test_one_wrong_letter_or_two_in_the_wrong_order_make_a_code_none(
    visit: Callable[..., Visit],
) -> None:
    assert visit().open("page=home").page.evaluate(SLIPS) == []


def test_a_student_types_the_code_of_the_class(visit: Callable[..., Visit]) -> None:
    teacher = visit().open("page=class&seed=9&scenario=cuba_1962&p.miscalculation_strength=2")
    code = teacher.page.locator(".poster .code").inner_text()
    student = visit().open("page=class")
    field = student.page.get_by_label("Code from the board")
    field.fill(code[:-1] + ("0" if code[-1] != "0" else "1"))
    field.press("Enter")
    assert "is no class code" in student.page.locator(".reply.wrong").first.inner_text()
    assert student.page.evaluate("App.state.seed") == 1
    field.fill(code.lower())
    field.press("Enter")
    words = student.page.locator(".poster .words").inner_text()
    assert words.startswith("Cuba 1962, 104 weeks, seed 9. Miscalculation: high")
    assert student.page.locator(".poster .code").inner_text() == code
    assert student.page.evaluate("document.activeElement.closest('label').textContent") == (
        "My number"
    )


def test_settings_that_no_code_can_hold_are_passed_on_otherwise(
    visit: Callable[..., Visit],
) -> None:
    changes = quote('{"relations":{"AAA>BBB":{"fear":0.5}}}')
    tab = visit().open(f"page=class&changes={changes}")
    told = tab.page.locator(".poster").inner_text()
    assert "do not fit into a code" in told
    assert tab.page.locator(".poster .code, .poster svg").count() == 0
    assert tab.page.get_by_role("button", name="Save this page with my settings").count() == 1


RESULTS = """({ from, to }) => Array.from({ length: to - from }, (_, k) => {
    const me = from + k, rung = Math.max(...Worlds.played(Page.settings(App.state), me).rungsOf());
    return { rung, code: Codes.writeResult(App.state, { me, rung }) };
})"""


def put_on_the_board(tab: Visit, codes: str) -> list[str]:
    """Put codes on the board; return the tiles' classes."""
    tab.page.get_by_label("Result codes").fill(codes)
    tab.page.get_by_label("Result codes").press("Enter")
    tab.until("!Worlds.busy()")
    found: list[str] = tab.page.locator(".students").first.locator("li").evaluate_all(
        "(tiles) => tiles.map((e) => e.className)"
    )  # fmt: skip
    return found


def test_tiles_fill_as_result_codes_come_in_and_stay_over_a_reload(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=class&seed=9&students=12&p.miscalculation_strength=5")
    results = tab.page.evaluate(RESULTS, {"from": 1, "to": 13})
    kinds = ("calm", "calm", "calm", "tense", "tense", "bad", "bad", "bad")
    shown = [kinds[each["rung"]] for each in results]
    study = sim.run(
        scenario="two_rivals", parameters={"miscalculation_strength": 5.0}, worlds=13, weeks=104,
        seed=9, progress=False, figures="none",
    )  # fmt: skip
    assert shown == [kinds[rung] for rung in study.outcomes["peak_rung_leaders"][1:]]
    assert len(set(shown)) > 1
    first, rest = results[0]["code"], "\n".join(each["code"] for each in results[3:])
    assert put_on_the_board(tab, first) == [shown[0], *[""] * 11]
    assert put_on_the_board(tab, rest) == [shown[0], "", "", *shown[3:]]
    assert tab.page.locator(".count-line").inner_text().startswith("10 of 12 are in")
    assert "2 missing: 2, 3" in tab.page.locator("main").inner_text()
    tab.page.reload()
    tab.until(READY)
    assert tab.page.locator(".count-line").inner_text().startswith("10 of 12 are in")


def test_a_wrong_a_strange_and_a_forged_result_are_named_and_left_out(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=class&seed=9&students=5")
    true = tab.page.evaluate(RESULTS, {"from": 1, "to": 2})[0]["code"]
    forged, strange, beyond = tab.page.evaluate(
        """[Codes.writeResult(App.state, { me: 2, rung: 7 }),
        Codes.writeResult({ ...App.state, seed: 10 }, { me: 3, rung: 1 }),
        Codes.writeResult(App.state, { me: 6, rung: 1 })]"""
    )
    tiles = put_on_the_board(tab, f"{true} {forged}\n{strange}, ABCDE {beyond}")
    assert [bool(tile) for tile in tiles] == [True, *[False] * 4]
    told = tab.page.locator(".refused li").all_inner_texts()
    for code, line, why in zip(
        (forged, strange, "ABCDE", beyond), told,
        ("came to “nuclear use”; played here it comes to", "not of this class",
         "is no result code", "of number 6; the class has 5"), strict=True,
    ):  # fmt: skip
        assert line.startswith(f"“{code}”")
        assert why in line
    assert tab.page.get_by_label("Result codes").input_value().split() == [
        forged, strange, "ABCDE", beyond,
    ]  # fmt: skip


def test_codes_of_games_have_their_own_row_of_tiles(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=class")
    put_on_the_board(tab, f"{CURTAIN.code} {GAME.code} {CURTAIN.code.lower()}")
    told = tab.page.locator(".students").nth(1).locator("li").all_inner_texts()
    assert len(told) == 2
    for text, game in zip(told, (CURTAIN, GAME), strict=True):
        assert ("peace" in text) == game.outcome.peace
        assert ("3 turns" in text) == (game is GAME)


def test_the_board_fills_where_the_browser_keeps_nothing(visit: Callable[..., Visit]) -> None:
    tab = visit()
    tab.page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('denied'); } });"
    )
    tab.open("page=class&seed=9")
    code = tab.page.evaluate(RESULTS, {"from": 1, "to": 2})[0]["code"]
    assert put_on_the_board(tab, code)[0] != ""


def test_a_students_page_tells_how_the_world_came_about(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=class&seed=9&p.miscalculation_strength=5&me=12")
    tab.page.get_by_role("button", name="Play my world").click()
    tab.until("document.querySelectorAll('.points li').length > 0")
    code = tab.page.locator(".result b").inner_text()
    assert tab.page.evaluate("(code) => Codes.readResult(App.state, code)", code) == {
        "me": 12,
        "rung": int(tab.page.locator(".big").inner_text().split("rung ")[1][0]),
    }
    assert "Alphia" in tab.page.locator(".points").inner_text()
    tab.page.locator(".own").get_by_role("link").click()
    tab.until("App.state.page === 'sandbox'")
    state = tab.page.evaluate("[App.state.seed, App.state.world, App.state.parameters]")
    assert state == [9, 12, {"miscalculation_strength": 5}]


needs_qr = pytest.mark.skipif(
    not (ROOT / "node_modules/lean-qr").is_dir(),
    reason="the page has no QR codes: npm ci brings what draws them",
)


def modules(tab: Visit) -> list[list[bool]]:
    """Return the QR code on the page, row by row, without its margin of four white modules."""
    box, path = tab.page.locator("svg.qr").evaluate(
        "(svg) => [svg.getAttribute('viewBox'), svg.querySelector('path').getAttribute('d')]"
    )
    size = int(box.split()[2]) - 8
    dark = {tuple(map(int, part.split("h")[0].split())) for part in path.split("M")[1:]}
    found = [[(x + 4, y + 4) in dark for x in range(size)] for y in range(size)]
    assert sum(map(sum, found)) == len(dark)  # nothing dark in the margin
    return found


MASKS: tuple[Callable[[int, int], int], ...] = (
    lambda y, x: (y + x) % 2, lambda y, x: y % 2, lambda y, x: x % 3, lambda y, x: (y + x) % 3,
    lambda y, x: (y // 2 + x // 3) % 2, lambda y, x: y * x % 2 + y * x % 3,
    lambda y, x: (y * x % 2 + y * x % 3) % 2, lambda y, x: ((y + x) % 2 + y * x % 3) % 2,
)  # fmt: skip
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def bits_of(code: list[list[bool]]) -> str:
    """Return the data bits of a QR code of version 1, as ISO/IEC 18004 lays them out."""
    size = len(code)
    assert size == 21
    told = [code[8][x] for x in (0, 1, 2, 3, 4, 5, 7)]
    mask = MASKS[int("".join(str(int(bit)) for bit in told[2:5]), 2) ^ 0b101]
    found = []
    for turn, right in enumerate((20, 18, 16, 14, 12, 10, 8, 5, 3, 1)):
        rows = range(size) if turn % 2 else reversed(range(size))
        for y in rows:
            for x in (right, right - 1):
                corner = (y < 9 and (x < 9 or x > 12)) or (y > 12 and x < 9)
                if not corner and y != 6:
                    found.append(str(int(code[y][x] ^ (mask(y, x) == 0))))
    return "".join(found)


def text_of(bits: str) -> str:
    """Return the text of a QR code's data, in its alphanumeric mode."""
    assert bits[:4] == "0010"
    length, at, text = int(bits[4:13], 2), 13, ""
    while len(text) < length - 1:
        value = int(bits[at : at + 11], 2)
        text, at = text + LETTERS[value // 45] + LETTERS[value % 45], at + 11
    return text + LETTERS[int(bits[at : at + 6], 2)] if len(text) < length else text


@needs_qr
def test_the_qr_code_of_a_file_reads_as_the_class_code(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=class&seed=9&p.miscalculation_strength=5")
    assert text_of(bits_of(modules(tab))) == tab.page.locator(".poster .code").inner_text()
    assert "holds the code" in tab.page.locator(".poster figcaption").inner_text()


ADDRESS = "http://class.example/spiral.html"
OFFERED = """[...document.querySelectorAll('main input, main textarea, main a')]
    .map((e) => `${e.value || ""} ${e.getAttribute('href') || ""}`).join(" ") + document.body.innerText"""


@pytest.mark.parametrize("hash_", ["page=class&seed=9", "page=sandbox&seed=9"])
def test_the_address_of_a_file_is_never_offered(visit: Callable[..., Visit], hash_: str) -> None:
    tab = visit().open(hash_)
    offered = tab.page.evaluate(OFFERED)
    assert "file:" not in offered
    assert tab.page.evaluate("Codes.writeClass(App.state)") in offered
    assert tab.page.get_by_role("button", name="Save this page with my settings").count() == 1


def test_a_page_on_a_server_offers_its_address_and_draws_it(browser: Any, built: Path) -> None:
    tab = Visit(browser, built)
    text = built.read_text(encoding="utf-8")
    tab.page.route(
        "http://class.example/**", lambda route: route.fulfill(body=text, content_type="text/html")
    )
    tab.page.goto(f"{ADDRESS}#page=class&seed=9&me=7")
    tab.until(READY)
    address = tab.page.get_by_role("textbox", name="Address").input_value()
    assert address == f"{ADDRESS}#page=class&seed=9"  # each has a number of their own
    if (ROOT / "node_modules/lean-qr").is_dir():
        drawn = modules(tab)
        assert drawn == tab.page.evaluate(
            """(text) => { const code = LeanQR.generate(text), all = Array.from({ length: code.size }, (_, k) => k);
            return all.map((y) => all.map((x) => code.get(x, y))); }""",
            address,
        )
    assert tab.errors == []
    tab.context.close()


@needs_qr
def test_a_page_built_without_the_library_has_no_qr_code_and_all_the_rest(
    browser: Any, built: Path, tmp_path: Path
) -> None:
    text = built.read_text(encoding="utf-8")
    begin, end = text.index("/* lean-qr"), text.index("return exports;\n})({});\n")
    bare = tmp_path / "bare.html"
    bare.write_text(text[:begin] + "const LeanQR = null;\n" + text[end + 24 :], encoding="utf-8")
    tab = Visit(browser, bare).open("page=class")
    assert len(tab.page.locator(".poster .code").inner_text()) >= 5
    assert tab.page.locator("svg.qr").count() == 0
    assert tab.errors == []
    tab.context.close()


def test_what_is_written_for_the_command_line_is_read_back(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=sandbox&seed=77&weeks=60&p.offence=0.9&scenario=two_alliances")
    tab.page.get_by_role("button", name="Write").click()
    text = tab.page.get_by_label("Experiment file").input_value()
    assert "offence: 0.9" in text
    tab.open("page=sandbox")
    tab.page.get_by_label("Experiment file").fill(text)
    tab.page.get_by_role("button", name="Read", exact=True).click()
    tab.until("location.hash.includes('seed=77')")
    state = tab.page.evaluate("App.state")
    assert (state["scenario"], state["weeks"]) == ("two_alliances", 60)
    assert state["parameters"] == {"offence": 0.9}


def done(tab: Visit) -> dict[str, Any]:
    """Return what a class has done so far, as the page shows it."""
    shown: dict[str, Any] = {}
    tab.open("page=lesson&lesson=2")
    shown["options"] = tab.page.evaluate(
        "[...document.querySelectorAll('.predict input[type=radio]')].map((e) => [e.value, e.checked])"
    )
    shown["guess"] = tab.page.locator(".guess output").inner_text()
    shown["hands"] = tab.page.locator(".predict .counters output").all_text_contents()
    shown["open"] = tab.page.locator(".predict input:enabled").count()
    tab.page.evaluate("App.go({ page: 'class' })")
    shown["board"] = tab.page.locator(".counters output").all_text_contents()
    tab.page.evaluate("App.go({ page: 'kit' })")
    tab.page.get_by_role("button", name="Test", exact=True).click()
    shown["test"] = tab.page.locator(".sheet input:checked").evaluate_all(
        "(all) => all.map((e) => [e.name, e.value])"
    )
    return shown


def test_what_a_class_has_done_is_there_after_a_reload(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=lesson&lesson=2")
    bet(tab)
    tab.page.locator(".guess input").fill("33")
    tab.page.locator(".predict details summary").click()
    tab.page.locator(".predict .counters button").last.click()
    tab.page.locator(".observe button.main").click()
    tab.open("page=class").page.locator(".counters button").last.click()
    tab.open("page=kit").page.get_by_role("button", name="Test", exact=True).click()
    tab.page.locator("input[name=test-3][value='2']").check()
    shown = done(tab)
    assert [checked for _, checked in shown["options"]] == [True, False, False]
    assert shown["guess"] == "66"
    assert shown["hands"] == ["0", "0", "1"]
    assert shown["open"] == 0
    assert shown["board"] == ["0"] * 7 + ["1"]
    assert shown["test"] == [["test-3", "2"]]
    tab.page.reload()
    assert done(tab) == shown
    with tab.page.expect_navigation():
        tab.page.get_by_role("button", name="Forget the bets").click()
    forgotten = done(tab)
    assert forgotten["open"] == 4
    assert forgotten["board"] == ["0"] * 8
    assert forgotten["test"] == []


UNFIT = [
    "[",
    '"bets"',
    '{"bets": 7, "orders": [], "board": {}, "test": "no"}',
    '{"bets": {"four_worlds": "<img src=x>", "__proto__": 1}, "board": [1, 2, 3], "theme": "<b>"}',
    '{"closed": {"four_worlds": 4}, "guesses": {"four_worlds": 1e99}, "hands": {"four_worlds": [1, 2, -3]}}',
    '{"orders": {"bet-four_worlds": [0, 0, 0]}, "board": [1, 2, 3, 4, 5, 6, 7, 0.5]}',
    '{"bets": {"four_worlds": 1}, "x": "' + "y" * 200_000 + '"}',
]


def test_what_is_kept_is_taken_only_where_it_fits(visit: Callable[..., Visit]) -> None:
    tab = visit()
    fresh = done(tab)
    fresh["options"].sort()  # they stand in an order of luck
    for text in UNFIT:
        tab.page.evaluate("(text) => sessionStorage.setItem('spiral', text)", text)
        found = done(tab)
        found["options"].sort()
        assert found == fresh, text[:200]


def test_a_browser_that_keeps_nothing_still_plays(browser: Any, built: Path) -> None:
    tab = Visit(browser, built)
    tab.page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('denied'); } });"
    )
    tab.open("page=lesson&lesson=2")
    bet(tab)
    tab.page.evaluate("App.go({ page: 'home' }); App.go({ page: 'lesson', lesson: 2 })")
    assert tab.page.locator(".predict input:checked").count() == 1
    assert tab.errors == []
    tab.context.close()


# Projector, phone, night

SMALLEST = """() => {
    const clipped = (e) => e && (getComputedStyle(e).clipPath.startsWith("inset(50%") || clipped(e.parentElement));
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { currentNode: node } = walker, of = node.parentElement, svg = of.closest("svg");
        if (!node.data.trim() || !of.checkVisibility() || of.closest("script, style, .skip") || clipped(of)) continue;
        let size = parseFloat(getComputedStyle(of).fontSize);
        if (svg && svg.viewBox.baseVal.width) size *= svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        found.push([size, node.data.trim()]);
    }
    return found.reduce((a, b) => (a[0] < b[0] ? a : b));
}"""
DARK = {"color_scheme": "dark"}


def present(tab: Visit) -> None:
    tab.page.get_by_role("button", name="Present", exact=True).click()
    tab.until("document.querySelector('#screens').checkVisibility()")


def screen(tab: Visit) -> tuple[int, int]:
    """Return which screen is shown, and of how many."""
    _, k, _, n = tab.page.locator("#screens output").inner_text().split()
    return int(k), int(n)


def legible(tab: Visit, least: float) -> None:
    """Assert that no text is smaller than so many pixels of the screen, when pictures are drawn."""
    tab.until(f"({SMALLEST})()[0] >= {least}", seconds=3)


@pytest.mark.parametrize("lesson", [3, pytest.param(2, marks=pytest.mark.long)])
def test_each_screen_of_a_presented_lesson_has_letters_of_22_pixels_at_720_lines(
    visit: Callable[..., Visit], lesson: int
) -> None:
    tab = visit(viewport={"width": 1280, "height": 720}).open(f"page=lesson&lesson={lesson}")
    present(tab)
    assert screen(tab) == (1, 3)
    tab.page.keyboard.press("ArrowRight")
    bet(tab)
    tab.page.keyboard.press("PageDown")
    tab.until("document.querySelectorAll('.panel path').length > 1")
    legible(tab, 22)
    tab.page.locator(".observe button.main").click()
    tab.until("document.querySelector('.results').childElementCount > 0")
    assert tab.page.locator(".board").is_visible()  # what was asked for is shown
    assert tab.page.evaluate(
        "(({ scrollHeight: all, clientHeight: seen }) => all <= seen)(document.getElementById('main'))"
    )
    at, n = screen(tab)
    assert n == 10
    for k in range(at, n):
        legible(tab, 22)
        assert screen(tab) == (k, n)
        tab.page.keyboard.press("ArrowRight")
    legible(tab, 22)


def test_the_presented_seat_has_letters_of_22_pixels_at_720_lines(
    visit: Callable[..., Visit],
) -> None:
    tab = visit(viewport={"width": 1280, "height": 720}).open("page=seat")
    present(tab)
    legible(tab, 22)
    tab.page.locator("#main button.main").click()
    tab.page.locator("[data-act=deploy]").click()
    tab.until("document.querySelector('h2').textContent.includes('turn 2')")
    legible(tab, 22)
    for act in ("deploy", "hold"):
        box = tab.page.locator(f"[data-act={act}]").bounding_box()
        assert box["y"] + box["height"] < 668  # above the bar
    tab.open(f"page=seat&game={CURTAIN.code}")
    present(tab)
    for _ in range(screen(tab)[1]):
        legible(tab, 22)
        tab.page.keyboard.press("PageDown")


@pytest.mark.parametrize(
    "hash_", [f"page=seat&game={GAME.code}", "page=lesson&lesson=2", "page=sandbox"]
)
def test_no_text_is_smaller_than_13_pixels_on_a_phone(
    visit: Callable[..., Visit], hash_: str
) -> None:
    tab = visit(viewport={"width": 360, "height": 740}).open(hash_)
    if "lesson=" in hash_:
        bet(tab)
        tab.until("document.querySelectorAll('.panel path').length > 1")
    legible(tab, 12.99)


def test_a_presentation_leaves_keys_to_what_has_the_focus(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=lesson&lesson=2")
    present(tab)
    assert tab.page.evaluate("document.activeElement.tagName") == "H1"
    for key, at in (
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("PageDown", 2),
        ("PageUp", 1),
        ("Space", 2),
    ):
        tab.page.keyboard.press(key)
        assert screen(tab)[0] == at, key
    assert tab.page.evaluate("document.activeElement.id") == "step-predict"
    focus(tab, ".guess input")
    tab.page.keyboard.press("ArrowRight")
    assert screen(tab)[0] == 2
    assert tab.page.locator(".guess output").inner_text() == "102"
    tab.page.locator(".predict input[type=radio]").first.check()
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("ArrowRight")
    assert screen(tab)[0] == 2
    assert tab.page.locator(".predict input[type=radio]").nth(2).is_checked()
    tab.page.keyboard.press("Escape")
    tab.until("!('present' in document.documentElement.dataset)")
    assert tab.page.locator("#top").is_visible()
    assert tab.page.locator(".away").count() == 0
    assert tab.page.evaluate("document.activeElement.textContent") == "Present"


def test_a_presentation_goes_on_in_the_next_lesson_and_needs_no_full_screen(
    visit: Callable[..., Visit],
) -> None:
    tab = visit()
    tab.page.add_init_script(
        "Element.prototype.requestFullscreen = () => Promise.reject(new Error('no'));"
    )
    tab.open("page=lesson&lesson=1")
    present(tab)
    tab.page.keyboard.press("End")
    tab.page.evaluate("App.go({ lesson: 2 })")
    tab.until("document.querySelector('#screens output').textContent === 'Screen 1 of 3'")
    assert tab.page.locator("h1").inner_text() == "Four worlds"
    assert tab.page.locator(".predict").is_hidden()
    tab.page.evaluate("App.go({ page: 'seat' })")
    tab.until("document.querySelector('#screens output').textContent === 'Screen 1 of 2'")
    tab.page.keyboard.press("PageDown")
    tab.page.fill("#seat-code", CURTAIN.code)
    tab.page.get_by_role("button", name="Open it").click()
    tab.until("document.querySelector('#screens output').textContent === 'Screen 1 of 5'")
    tab.page.get_by_role("button", name="Next screen").click()
    assert tab.page.locator(".outcomes").is_visible()


def luminance(colour: str) -> float:
    """Return the relative luminance of a computed colour, by WCAG 2."""
    parts = [int(part) / 255 for part in colour.strip("rgb()").split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


EIGHT = """() => {
    const weeks = 20, above = Array.from({ length: 8 }, (_, k) => new Float64Array(weeks + 1).fill(1 - k / 8));
    const chart = Views.chart("fan", "Eight rungs");
    chart.draw({ above, weeks, xLabel: "week", summary: "", table: () => [[], []] });
    document.getElementById("main").replaceChildren(chart.node);
}"""
DRAWN = """() => {
    const style = (node, name) => getComputedStyle(node)[name], svg = document.querySelector("svg.chart");
    const stripes = [...svg.querySelectorAll("pattern")].map((each) => [style(each.firstChild, "fill"), style(each.lastChild, "stroke")]);
    const fills = [...svg.querySelectorAll("path:not(.edge)")].map((each) => style(each, "fill"));
    const hatched = fills.map((fill) => fill.includes("url"));
    let k = 0;
    return { stripes, hatched, grounds: fills.map((fill) => (fill.includes("url") ? stripes[k++][0] : fill)),
        edges: [...svg.querySelectorAll(".edge")].map((each) => style(each, "stroke")), width: parseFloat(style(svg.querySelector(".edge"), "strokeWidth")),
        inks: [...svg.querySelectorAll("text.band")].map((each) => style(each, "fill")) };
}"""


@pytest.mark.parametrize("options", [{}, DARK], ids=["light", "dark"])
def test_any_two_rungs_that_meet_are_parted_by_a_contrast_of_3(
    visit: Callable[..., Visit], options: dict[str, Any]
) -> None:
    # The line between two has it to both, or the two have it themselves; of two neighbours one is
    # hatched, with stripes that have it to their ground. A number in a rung has 4.5.
    tab = visit(viewport={"width": 1280, "height": 1600}, **options).open("page=home")
    tab.page.evaluate(EIGHT)
    tab.page.add_style_tag(content="svg.chart { height: 700px !important; }")
    tab.until("document.querySelectorAll('svg.chart text.band').length === 8")
    drawn = tab.page.evaluate(DRAWN)
    grounds = drawn["grounds"]
    assert drawn["width"] >= 1.5
    for high in range(1, 8):
        edge = drawn["edges"][high - 1]
        for low in range(high):
            line = min(contrast(edge, grounds[low]), contrast(edge, grounds[high]))
            assert max(line, contrast(grounds[low], grounds[high])) >= 3, (low, high)
        line = min(contrast(edge, grounds[high - 1]), contrast(edge, grounds[high]))
        assert line >= 3, high  # of neighbours, always the line
    assert drawn["hatched"] == [False, True] * 4
    assert all(contrast(*pair) >= 3 for pair in drawn["stripes"])
    assert all(contrast(*pair) >= 4.5 for pair in zip(drawn["inks"], grounds, strict=True))


@pytest.mark.parametrize("options", [{}, DARK], ids=["light", "dark"])
def test_the_three_kinds_of_tiles_have_a_contrast_of_3(
    visit: Callable[..., Visit], options: dict[str, Any]
) -> None:
    tab = visit(**options).open("page=home")
    names = ("calm", "tense", "worst", "tense-edge")
    calm, tense, worst, stripe = tab.page.evaluate(
        """(names) => names.map((name) => {
            const node = document.createElement("i");
            node.style.color = `var(--${name})`;
            document.body.append(node);
            return getComputedStyle(node).color;
        })""",
        names,
    )
    assert min(contrast(calm, worst), contrast(tense, worst)) >= 3
    assert max(contrast(calm, tense), min(contrast(stripe, calm), contrast(stripe, tense))) >= 3


TOUCHED = """() => {
    const small = [];
    for (const each of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
        if (!each.checkVisibility()) continue;
        const place = ["radio", "checkbox"].includes(each.type) ? each.closest("label") : each;
        if (each.matches("p a, .term")) continue;  // a link or a term in a sentence may be as small as its words
        const { width, height } = place.getBoundingClientRect();
        if (Math.min(width, height) < 43.9) small.push([each.outerHTML.slice(0, 120), width, height]);
    }
    return small;
}"""


@pytest.mark.parametrize("hash_", SOME)
def test_what_can_be_touched_is_44_pixels_wide_and_high(
    visit: Callable[..., Visit], hash_: str
) -> None:
    tab = visit(viewport={"width": 360, "height": 740}).open(hash_)
    if "lesson=" in hash_:
        bet(tab)
        tab.page.locator(".observe button.main").click()
        tab.until("document.querySelector('.explain').checkVisibility()")
    if "kit" in hash_:
        tab.page.get_by_role("button", name="Test", exact=True).click()
    tab.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    tab.page.wait_for_timeout(50)  # what is opened is filled
    assert tab.page.evaluate(TOUCHED) == []


def test_colours_follow_the_device_until_a_button_says_otherwise_and_are_kept(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=home")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = tab.page.evaluate(ground)
    tab.page.emulate_media(color_scheme="dark")
    tab.until(f"{ground} !== {json.dumps(light)}")
    dark = tab.page.evaluate(ground)
    assert luminance(dark) < 0.02 < 0.9 < luminance(light)
    tab.page.get_by_role("button", name="Colours: as the device").click()
    assert tab.page.evaluate(ground) == light
    tab.page.get_by_role("button", name="Colours: light").click()
    tab.page.emulate_media(color_scheme="light")
    assert tab.page.evaluate(ground) == dark
    tab.page.reload()
    tab.until(READY)
    assert tab.page.evaluate(ground) == dark
    assert tab.page.get_by_role("button", name="Colours: dark").count() == 1
    tab.page.emulate_media(media="print")
    assert tab.page.evaluate(ground) == "rgb(255, 255, 255)"
    assert (
        tab.page.evaluate("getComputedStyle(document.querySelector('h1')).color")
        == "rgb(29, 36, 51)"
    )


def test_a_saved_picture_is_the_same_by_night(visit: Callable[..., Visit], tmp_path: Path) -> None:
    found = []
    for options in ({}, DARK):
        tab = visit(accept_downloads=True, **options).open("page=home")
        tab.page.evaluate(EIGHT)
        tab.until("document.querySelectorAll('svg.chart path').length === 15")
        tab.page.locator("figure details summary").click()
        with tab.page.expect_download() as download:
            tab.page.get_by_role("button", name="Save the picture (PNG)").click()
        path = tmp_path / f"{len(found)}.png"
        download.value.save_as(path)
        found.append(path.read_bytes())
    assert found[0] == found[1]
    with Image.open(tmp_path / "0.png") as picture:
        colours = {colour for n, colour in picture.convert("RGB").getcolors(2**20) or [] if n > 500}
    assert {
        (255, 255, 255),
        (186, 208, 230),
        (107, 45, 132),
        (108, 128, 160),
    } <= colours  # with stripes


HEARD = """() => {
    window.heard = [];
    const regions = "[role=status], [role=log], [role=alert], [aria-live], output", last = new Map();
    new MutationObserver((records) => {
        const touched = new Set(records.map(({ target }) => (target.nodeType === 1 ? target : target.parentElement)?.closest(regions)));
        for (const each of touched) {
            if (!each || !each.isConnected || each.getAttribute("aria-live") === "off" || !each.checkVisibility()) continue;
            const text = each.textContent.trim();
            if (text && last.get(each) !== text) window.heard.push(text);
            last.set(each, text);
        }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


def heard(tab: Visit, act: Callable[[], object], until: str = "true") -> list[str]:
    """Return what a screen reader is told while something is done."""
    tab.page.evaluate("heard.length = 0")
    act()
    tab.until(until)
    tab.page.wait_for_timeout(60)
    return list(tab.page.evaluate("heard"))


def test_what_a_press_of_a_button_came_to_is_told_once(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=lesson&lesson=2")
    tab.page.evaluate(HEARD)
    assert len(heard(tab, lambda: bet(tab))) == 1
    told = heard(tab, tab.page.get_by_role("button", name="Next world").click, "heard.length")
    assert [text.split(".")[0] for text in told] == [f"World {LESSON['telling']['world'] + 1}"]
    told = heard(tab, tab.page.locator(".observe button.main").click,
                 "document.querySelector('.results').childElementCount > 0")  # fmt: skip
    assert len(told) == 1
    assert told[0].startswith("200 worlds played")
    assert "You bet" in told[0] or "Your bet held" in told[0]
    told = heard(tab, tab.page.locator(".check input").first.check)
    assert len(told) == 1
    told = heard(
        tab, tab.page.get_by_role("button", name="Play eleven levels").click, "heard.length"
    )
    assert len(told) == 1
    tab.page.evaluate("App.go({ page: 'seat' })")
    tab.page.locator("#main button.main").click()
    for turn in (2, 3):
        told = heard(tab, tab.page.locator("[data-act=hold]").click)
        assert len(told) == 1
        assert told[0].startswith(f"Alphia: turn {turn} of {TURNS}.")
        assert "Betania seems" in told[0]


def test_a_world_that_plays_by_itself_is_not_told_week_by_week(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=sandbox")
    tab.page.evaluate(HEARD)
    play = tab.page.locator(".stage .controls button.main")
    assert (
        heard(tab, play.click, "document.querySelector('.week').textContent.includes('Week 4 ')")
        == []
    )
    play.click()


def test_a_saved_page_opens_with_its_settings(visit: Callable[..., Visit], tmp_path: Path) -> None:
    tab = with_workers(visit, SPY, "page=sandbox&seed=5&p.hotline=1")
    saved = tmp_path / "saved.html"
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Save this page with my settings").click()
    download.value.save_as(saved)
    tab.page.goto(saved.as_uri())
    assert tab.page.locator("h1").inner_text() == "Sandbox"
    assert tab.page.evaluate("[App.state.seed, App.state.parameters.hotline]") == [5, 1]
    again = tab.page.evaluate("App.saved(App.state)")
    assert abs(len(again) - len(saved.read_text(encoding="utf-8"))) < 100
    tab.until(READY_TO_WORK)  # made of the engine as it was saved
    tab.page.evaluate(f"() => {{ {HERE} }}")
    assert tab.page.evaluate(MANY, [DIFFERENT, 20]) == visit().open("page=home").page.evaluate(
        MANY, [DIFFERENT, 20]
    )
    assert tab.page.evaluate("here") == 0


def test_a_page_saved_while_presented_by_night_opens_like_any_other(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    tab = visit(color_scheme="dark").open("page=home")
    present(tab)
    saved = tmp_path / "saved.html"
    saved.write_text(tab.page.evaluate("App.saved(App.state)"), encoding="utf-8")
    other = visit()
    other.page.goto(saved.as_uri())
    other.until(READY)
    assert other.page.locator("#top").is_visible()
    assert other.page.locator("#screens").count() == 1
    assert other.page.evaluate("document.documentElement.dataset.theme") == "light"


ROUND_TRIP = """(n) => {
    let x = 12345;
    const rnd = () => { x = (Math.imul(x, 1664525) + 1013904223) >>> 0; return x / 4294967296; };
    const pick = (list) => list[Math.floor(rnd() * list.length)];
    const wrong = [];
    for (let k = 0; k < n; k += 1) {
        const parameters = {};
        for (let m = Math.floor(rnd() * 12); m > 0; m -= 1) {
            const c = pick(Spiral.parameters);
            parameters[c.name] = Math.min(c.high, c.low + rnd() * (c.high - c.low));
        }
        const whole = ([low, high]) => Math.floor(low + rnd() * (high - low));
        const changes = rnd() < 0.3 ? { relations: { "AAA>BBB": { fear: rnd() } }, traits: { BBB: { greed: rnd() } } } : {};
        const given = { page: pick(["home", "seat", "lesson", "sandbox", "class", "kit"]), parameters, changes,
            scenario: Object.keys(changes).length ? "two_rivals" : pick(Object.keys(Spiral.scenarios)),
            ...Object.fromEntries(Object.entries(Page.BOUNDS).map(([name, at]) => [name, whole(at)])) };
        const state = Page.sound(given), back = Page.decode("#" + Page.encode(state));
        const flat = (s) => JSON.stringify(Object.entries(s).map(([k, v]) =>
            [k, v && typeof v === "object" && k === "parameters" ? Object.entries(v).sort() : v]).sort());
        if (flat(state) !== flat(back) || state.seed !== given.seed) wrong.push([state, back]);
    }
    return wrong;
}"""


def test_a_thousand_states_come_back_from_their_addresses(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=home")
    assert tab.page.evaluate(ROUND_TRIP, 1000) == []


HOSTILE = [
    "page=<img src=x onerror=hacked=1>",
    "page=__proto__",
    "page=constructor&scenario=constructor",
    "scenario=__proto__&page=sandbox",
    "p.__proto__=1&p.constructor=2&page=sandbox",
    "page=sandbox&seed=1e400&weeks=-5&world=9999999999999999999",
    "page=sandbox&seed=javascript:hacked=1",
    "page=sandbox&p.offence=Infinity&p.hotline=NaN",
    "page=lesson&lesson=99999",
    "page=lesson&lesson=__proto__",
    'page=sandbox&changes={"__proto__":{"hacked":1}}',
    'page=sandbox&changes={"traits":{"AAA":{"__proto__":{"hacked":1}}}}',
    'page=sandbox&changes={"invented":{"AAA":{"name":"<img src=x onerror=hacked=1>"}}}',
    'page=sandbox&changes={"invented":{"AAA":{"name":"</script><script>hacked=1</script>"}}}',
    "page=seat&game=<img src=x onerror=hacked=1>",
    "page=seat&game=__proto__",
    "page=seat&game=" + "0" * 5000,
    "page=sandbox&changes=[[[[[[",
    "page=sandbox&changes=" + "[" * 15000,
    "%",
    "%00%ff%fe",
    "page=sandbox&" + "p.offence=0.3&" * 5000,
    "page=home#page=sandbox&<script>hacked=1</script>",
]


@pytest.mark.parametrize("hash_", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_address_runs_nothing(visit: Callable[..., Visit], hash_: str) -> None:
    tab = visit()
    for given in (hash_, quote(hash_, safe="=&")):
        tab.open(given)
        tab.until("document.querySelector('h1')")
        assert tab.page.evaluate("[typeof hacked, ({}).hacked === undefined]") == [
            "undefined",
            True,
        ]
        assert tab.page.locator("main img, main script, main iframe").count() == 0
        text = tab.page.evaluate("App.saved(App.state)")
        assert text.count("</script>") == text.count("<script")


@pytest.mark.parametrize(
    "text",
    [
        "!!js/function 'hacked=1'",
        "# @package _global_\ndefaults:\n  - override /scenario: __proto__\n",
        "# @package _global_\ndefaults:\n  - override /scenario: two_rivals\n__proto__:\n  hacked: 1\n",
        "# @package _global_\ndefaults:\n  - override /scenario: two_rivals\nseed: ${oc.env:HOME}\n",
        "&a [*a, *a]",
        "<script>hacked=1</script>",
        "{" * 10000,
    ],
)
def test_a_hostile_file_runs_nothing(visit: Callable[..., Visit], text: str) -> None:
    tab = visit().open("page=sandbox")
    tab.page.get_by_label("Experiment file").fill(text)
    tab.page.get_by_role("button", name="Read", exact=True).click()
    assert tab.page.locator(".dials .reply.wrong").count() == 1
    assert tab.page.evaluate("[typeof hacked, ({}).hacked === undefined]") == ["undefined", True]


MONKEY = """async ({ n, seed }) => {
    let x = seed >>> 0;
    const rnd = () => { x = (Math.imul(x, 1664525) + 1013904223) >>> 0; return x / 4294967296; };
    const pick = (list) => list[Math.floor(rnd() * list.length)];
    const junk = ["", "-1", "0", "1", "7", "1e9", "1.5", "99999999999999999999", "200"];
    for (let k = 0; k < n; k += 1) {
        const all = [...document.querySelectorAll("main button, main input, main select, main textarea, main summary")]
            .filter((e) => !e.disabled && e.type !== "file" && e.checkVisibility());
        if (!all.length) throw new Error(`nothing to press: ${location.hash} ${document.body.innerText.slice(0, 300)}`);
        const e = pick(all);
        if (e.tagName === "BUTTON" || e.tagName === "SUMMARY" || e.type === "radio") e.click();
        else if (e.tagName === "SELECT") { e.selectedIndex = Math.floor(rnd() * e.options.length); e.dispatchEvent(new Event("change")); }
        else if (e.type === "range") {
            const [low, high] = [Number(e.min), Number(e.max)];
            e.value = low + rnd() * (high - low);
            e.dispatchEvent(new Event("input"));
        } else { e.value = pick(e.type === "number" ? junk : [...junk, "abc", "<b>", "{"]); e.dispatchEvent(new Event("input")); e.dispatchEvent(new Event("change")); }
        if (rnd() < 0.1) e.dispatchEvent(new KeyboardEvent("keydown", { key: pick(["ArrowUp", "PageDown", "Enter", "Escape", "Home"]), bubbles: true }));
        if (k % 5 === 0) await new Promise((done) => setTimeout(done, 0));
    }
}"""


@pytest.mark.parametrize("hash_", [
    each if each in ("page=sandbox", SEAT[1]) else pytest.param(each, marks=pytest.mark.long) for each in PAGES[1:]
])  # fmt: skip
def test_random_inputs_leave_no_error(visit: Callable[..., Visit], hash_: str) -> None:
    tab = visit().open(hash_)
    tab.page.evaluate("HTMLAnchorElement.prototype.click = () => {}; window.print = () => {};")
    if "lesson=" in hash_:
        bet(tab)
    rng = random.Random(hash_)
    for start in range(0, INPUTS, 200):
        n = min(200, INPUTS - start)
        tab.page.evaluate(MONKEY, {"n": n, "seed": rng.randrange(2**32)})
    assert tab.page.locator("h1").count() == 1
    assert "could not be drawn" not in tab.page.locator("h1").inner_text()


REDRAW = """async (n) => {
    const input = document.querySelector("#slider-rhetoric_strength");
    const chart = [...document.querySelectorAll("figure svg")][0];
    const took = [];
    for (let k = 0; k < n; k += 1) {
        const drawn = new Promise((done) => {
            const seen = new MutationObserver(() => { seen.disconnect(); done(); });
            seen.observe(chart, { childList: true });
        });
        const begun = performance.now();
        input.value = 3 * ((k * 37) % 100) / 100;
        input.dispatchEvent(new Event("input"));
        await drawn;
        took.push(performance.now() - begun);
        await new Promise((done) => setTimeout(done, 30));
    }
    return took;
}"""


def slider_redraws(tab: Visit, *, slowed: int, times: int) -> list[float]:
    """Return the milliseconds from a slider's move to the new chart, in order of size."""
    tab.context.new_cdp_session(tab.page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    return sorted(tab.page.evaluate(REDRAW, times))


@pytest.mark.slow
def test_a_slider_redraws_while_the_fan_fills(visit: Callable[..., Visit]) -> None:
    # The aim, 50 ms, is for a machine with nothing else to do (see the benchmark); here twice, and
    # the least disturbed of three tries.
    tab = visit().open("page=sandbox")
    tries = [slider_redraws(tab, slowed=4, times=60) for _ in range(3)]
    assert min(took[int(0.95 * len(took))] for took in tries) <= 100.0


WORDS = json.loads((ROOT / "sim/words/en.json").read_text(encoding="utf-8"))
RIGHT = [2, 1, 3, 2, 3, 1, 2, 1]
"""Right answers of the kit's test; another test holds that kit.js has the same."""
A4 = {"width": 673, "height": 1001}  # what margins of 16 mm leave of it, at 96 dots an inch


def sheet(tab: Visit, name: str) -> Any:
    """Open a sheet of the kit, and return it."""
    tab.page.locator(".tabs").get_by_role("button", name=name, exact=True).click()
    return tab.page.locator(".sheet")


def open_curtain(tab: Visit, word: str) -> None:
    if not tab.page.locator("details.curtain[open]").count():
        tab.page.locator(".curtain summary").click()
    tab.page.locator(".curtain input").fill(word)
    tab.page.locator(".curtain input").press("Enter")


def n_pages(tab: Visit) -> int:
    """Return how many pages of A4 the open sheet fills."""
    return len(re.findall(rb"/Type\s*/Page\b", tab.page.pdf(prefer_css_page_size=True)))


def take(tab: Visit, answers: list[int], score: str) -> str:
    """Take the kit's test and return what it says of it."""
    tab.page.evaluate(
        "(answers) => answers.forEach((k, q) => document.querySelector(`input[name=test-${q}][value='${k}']`).click())",
        answers,
    )
    tab.page.get_by_role("button", name=score).click()
    return str(tab.page.locator(".sheet > .reply").inner_text())


def test_what_is_for_the_teacher_is_behind_a_curtain(visit: Callable[..., Visit]) -> None:
    lessons = json.loads((ROOT / "classroom/lessons.json").read_text(encoding="utf-8"))
    secret = {"Key": [WORDS[f"lesson.{lesson['name']}.explain"] for lesson in lessons],
              "Misconceptions": [WORDS[f"misconception.{k}.answer"] for k in range(1, 11)]}  # fmt: skip

    def shown(tab: Visit) -> list[bool]:
        texts = {name: sheet(tab, name).inner_text() for name in secret}
        sheet(tab, "Test")
        take(tab, [k % 3 + 1 for k in RIGHT], "Score after")
        test = tab.page.locator(".sheet").inner_text()
        found = [text in texts[name] for name in secret for text in secret[name]]
        return [*found, "✗" in test, WORDS["test.solution"] in test]

    tab = visit().open("page=kit")
    assert not any(shown(tab))
    open_curtain(tab, "open sesame")
    assert "docs/classroom.md" in tab.page.locator(".curtain .reply").inner_text()
    assert WORDS["kit.closed"] in sheet(tab, "Key").inner_text()
    word = re.search(r"The word is \*\*(\w+)\*\*", (ROOT / "docs/classroom.md").read_text())
    assert word
    open_curtain(tab, f" {word[1].upper()} ")
    assert all(shown(tab))
    tab.page.get_by_role("button", name=WORDS["kit.teacher.close"]).click()
    assert not any(shown(tab))


def test_the_test_has_no_pattern_and_tells_the_gain(visit: Callable[..., Visit]) -> None:
    n = len(RIGHT)
    sizes = [[len(WORDS[f"test.{q}.{k}"]) for k in (1, 2, 3)] for q in range(1, n + 1)]
    for extreme in (min, max):  # of equal options none is a hint
        only = [own.index(extreme(own)) + 1 if own.count(extreme(own)) == 1 else 0 for own in sizes]
        assert sum(a == b for a, b in zip(only, RIGHT, strict=True)) <= n / 2
    assert {RIGHT.count(k) for k in (1, 2, 3)} == {2, 3}
    tab = visit().open("page=kit")
    sheet(tab, "Test")
    tab.page.get_by_role("button", name="Score before").click()
    assert tab.page.locator(".sheet > .reply").inner_text() == "Questions without an answer: 8."
    wrong = [k % 3 + 1 for k in RIGHT]
    assert take(tab, RIGHT[:3] + wrong[3:], "Score before") == "Before: 3 of 8."
    tab.page.evaluate("App.go({ page: 'home' }); App.go({ page: 'kit' })")
    sheet(tab, "Test")
    told = take(tab, RIGHT[:6] + wrong[6:], "Score after")
    assert told == "Before: 3 of 8. After: 6 of 8. Gain: 3 of the 5 that were missing."
    assert take(tab, wrong, "Score after").endswith("Change: −3.")


PAPER = """(name) => {
    const choice = document.querySelector('.sheet select');
    choice.value = name;
    choice.dispatchEvent(new Event('change'));
    const paper = document.querySelector('.paper'), all = (of) => [...paper.querySelectorAll(of)];
    return { title: all('h3')[0].textContent, text: paper.innerText, boxes: all('.boxes li').map((e) => e.textContent).sort(),
        axes: all('.blank-axes').map((e) => [...e.querySelectorAll('text')].map((t) => t.textContent)),
        drawn: all('.blank-axes path, .blank-axes circle, .tiles i[class]').length, squares: all('.tiles i').length };
}"""


def test_a_worksheet_has_the_question_its_options_and_empty_axes(
    visit: Callable[..., Visit],
) -> None:
    tab = visit(viewport=A4).open("page=kit")
    sheet(tab, "Worksheets")
    lessons = json.loads((ROOT / "classroom/lessons.json").read_text(encoding="utf-8"))
    for number, lesson in enumerate(lessons, start=1):
        paper, of = tab.page.evaluate(PAPER, lesson["name"]), f"lesson.{lesson['name']}"
        assert paper["title"] == f"{number}. {WORDS[f'{of}.title']}"
        assert WORDS[f"{of}.question"] in paper["text"]
        assert paper["boxes"] == sorted(WORDS[f"{of}.bet.{k}"] for k in (1, 2, 3))
        one, many = paper["axes"]
        assert {"0", str(lesson["weeks"]), "week"} <= set(one)
        assert {"0 %", "50 %", "100 %"} <= set(many)
        assert (paper["drawn"], paper["squares"]) == (0, 200)
    tab.page.locator(".sheet select").select_option("all")
    tab.page.emulate_media(media="print")
    breaks = tab.page.evaluate(
        "[...document.querySelectorAll('.paper')].map((e) => getComputedStyle(e).breakBefore)"
    )
    assert breaks == ["auto", *["page"] * len(lessons)]


@pytest.mark.long
def test_all_worksheets_print_on_a_page_each(visit: Callable[..., Visit]) -> None:
    tab = visit(viewport=A4).open("page=kit")
    sheet(tab, "Worksheets")
    tab.page.locator(".sheet select").select_option("all")
    assert n_pages(tab) == len(LESSONS) + 1


PRINTED = {
    "Plan, 20 minutes": 1, "Plan, 50 minutes": 2, "The seat": 2, "Misconceptions": 1, "Test": 1,
    "What this model is and is not": 1,
}  # fmt: skip


def test_sheets_print_on_the_pages_they_need_and_nothing_is_clipped(
    visit: Callable[..., Visit],
) -> None:
    tab = visit(viewport=A4).open("page=kit")
    tab.page.emulate_media(media="print")
    for name, pages in PRINTED.items():
        tab.page.emulate_media(media="screen")
        sheet(tab, name)
        tab.until("!Worlds.busy()")
        tab.page.emulate_media(media="print")
        wide = tab.page.evaluate(
            "[...document.querySelectorAll('.sheet, .sheet *:not(svg *)')].filter((e) => e.checkVisibility() && "
            "e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 90))"
        )
        assert wide == [], name
        assert n_pages(tab) == pages, name


def test_a_debrief_counts_what_the_games_of_a_class_came_to(visit: Callable[..., Visit]) -> None:
    hawk = tuple(Move(act, True) for act in ("deploy", "threaten", "sanction") * 8)
    games = [CURTAIN, GAME, Game(3, "fearful", hawk), Game(4, "prober", hawk),
             Game(5, "fearful", hawk[:9], tuple(Move("talk", False) for _ in hawk[:9]))]  # fmt: skip
    lines = [
        *(game.code for game in games),
        "",
        GAME.code.lower(),
        "not a code",
        Game(9, "prober").code,
    ]
    tab = visit().open("page=kit")
    sheet(tab, "Debrief of games")
    tab.page.locator(".sheet textarea").fill("\n".join(lines))
    tab.page.get_by_role("button", name="Play these games").click()
    tab.until("document.querySelectorAll('.paper').length === 2")
    told = tab.page.locator(".sheet .reply").inner_text()
    assert "on line: 8 (not a code)." in told
    assert "without a move, on line: 9." in told
    assert "counted once: 1." in told
    rows = tab.page.locator("table.games").nth(1).locator("tbody tr")
    assert rows.count() == len(games)
    for number, game in enumerate(games):
        code, rival, end, held, _, risk = rows.nth(number).locator("th, td").all_inner_texts()
        outcome = game.outcome
        assert code == f"{number + 1}. {game.code}"
        kind = "neighbour" if game.theirs is not None else game.rival
        assert rival == WORDS[f"debrief.type.{kind}"]
        assert end.startswith("Peace held") == outcome.peace
        assert held == f"{int(100 * outcome.stake + 0.5)} %"
        assert risk == str(game.under_other_luck())
    counts = [row.split("\t")[:3] for row in tab.page.locator("table.games").first.inner_text().split("\n")[1:]]  # fmt: skip
    for kind, n, clashes in counts[-3:]:
        own = [game for game in games if kind == WORDS[
            f"debrief.type.{'neighbour' if game.theirs is not None else game.rival}"]]  # fmt: skip
        assert (int(n), int(clashes)) == (len(own), sum(not game.outcome.peace for game in own))
    assert tab.page.locator(".numbered i").count() == len(games)
    assert tab.page.locator(".exercise li").count() == 3


def test_what_the_kit_says_of_the_evidence_is_what_was_found() -> None:
    evidence, findings = (
        (ROOT / f"docs/{name}.md").read_text() for name in ("evidence", "findings")
    )
    trust = (ROOT / "docs/trust.md").read_text()
    said = {
        "model.evidence.1": ("Of 23 ", "meets 21", "of 20 checks", "fitted, 12", "15 of the 23"),
        "model.evidence.3": ("Of 52 ", " 35 hold", "24 plausible"),
        "misconception.1.answer": ("98 in a hundred",),
        "misconception.4.answer": ("4.7 and 5.4 of a hundred",),
        "misconception.8.answer": ("63 %", "34 % too", "late as a week before"),
    }
    for key, parts in said.items():
        for part in parts:
            assert part in WORDS[key], key
    for part in ("**21 of 23**", "Of the 20 checks, which were not fitted, **12**", "with other parameters set anew for that 15",
                 "Of 52 properties 35 hold at each of 24 draws"):  # fmt: skip
        assert part in evidence
    for part in ("save 5.4 of a hundred", "by both 4.7 [", "one side alone 63 %", "as late as one week before",
                 "the show of force spares 34 % too"):  # fmt: skip
        assert part in findings
    assert "| no spending | 0.99 | | 0.98 | |" in trust
    assert "scores worse" in trust


def test_the_page_prints_without_its_controls(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=kit")
    tab.page.emulate_media(media="print")
    for selector in ("#top", "#foot", ".controls"):
        assert not tab.page.locator(selector).first.is_visible()
    assert tab.page.locator(".sheet h2").is_visible()
    assert tab.page.pdf(format="A4").startswith(b"%PDF")


# Worlds that are told

OPENING = ALL[0]
TOLD = """() => {
    const { telling, panels, scenario, seed, weeks } = LESSONS[0], panel = panels[telling.panel];
    const given = { ...Worlds.playable({ scenario, changes: panel.changes, parameters: panel.parameters, seed, weeks }), world: telling.world };
    const told = Spiral.watchWorld(given), { beats, end } = Told.beatsOf(told);
    return { beats, end, pauses: [...Told.pausesOf(told, beats, end)], rungs: told.map(({ rung }) => rung), misread: told.map(({ sides }) => sides.map((side) => side.misread_intent)) };
}"""


def test_a_told_world_hides_its_future_and_stops_where_one_side_is_misread(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=lesson&lesson=1")
    told = tab.page.evaluate(TOLD)
    assert told["pauses"]
    week, asked = 0, []
    while week < told["end"]:
        stage = tab.page.locator(".rungs .here, .rungs .been").all_inner_texts()
        assert len(stage) == max(told["rungs"][: week + 1]) + 1  # no rung that is still to come
        tab.page.locator(".told .main").click()
        if tab.page.locator(".pause").count():
            asked.append(next(each for each in told["beats"] if each > week))
            tab.page.locator(".pause button", has_text="Hold").click()
        week = next(each for each in told["beats"] if each > week)
        assert tab.page.locator(".told .when").inner_text().startswith(f"Week {week}.")
    assert asked == [each for each, _ in told["pauses"]]
    for each, reader in told["pauses"]:
        assert told["misread"][each][reader] > 0


@pytest.mark.long
def test_what_advice_was_worth_is_what_forks_with_other_luck_come_to(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=lesson&lesson=1")
    told = tab.page.evaluate(TOLD)
    for _ in range(40):
        if tab.page.locator(".pause").count():
            tab.page.locator(".pause button", has_text="Reassure").click()
        elif tab.page.locator(".told .main").is_disabled():
            break
        else:
            tab.page.locator(".told .main").click()
    lines = tab.page.locator(".ending li").all_inner_texts()
    panel = OPENING["panels"][OPENING["telling"]["panel"]]
    world = sim.world(
        OPENING["telling"]["world"], scenario=OPENING["scenario"], seed=OPENING["seed"],
        weeks=OPENING["weeks"], parameters=panel["parameters"],
    )  # fmt: skip
    codes, made = ("AAA", "BBB"), []

    def clashes(week: int, changes: Sequence[dict[str, Any]]) -> int:
        mine = world.fork(week - 1, changes=changes) if changes else world
        futures = mine.futures(week, 101, progress=False, figures="none")
        return int((futures.outcomes["peak_rung_leaders"].iloc[1:] >= 5).sum())

    for (week, reader), line in zip(told["pauses"], lines, strict=False):
        who, toward = codes[reader], codes[1 - reader]
        steps = [{"kind": "step", "week": week, "who": who, "toward": toward, "name": name,
                  "value": "lower" if name == "rhetoric" else "keep"}
                 for name in ("rhetoric", "deployment", "sanctions", "diplomacy")]  # fmt: skip
        made.append((clashes(week, steps), clashes(week, [])))
        assert f"from then on, {made[-1][0]} come to a clash" in line
        assert line.endswith(f"acted: {made[-1][1]}.")
    assert len(made) == len(told["pauses"])


def test_a_cause_that_is_taken_away_is_played_without_it(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=lesson&lesson=1")
    bet(tab)
    tab.page.locator(".observe button.main").click()
    tab.until("document.querySelector('.causes')?.checkVisibility()")
    tab.page.locator(".causes button").first.click()
    tab.until("document.querySelector('.causes table') !== null")
    shown = [int(text.split()[0]) for text in tab.page.locator(".causes td").all_inner_texts()]
    cause = OPENING["causes"][0]
    claim = next(each for each in OPENING["claims"] if each["name"] == cause["claim"])
    rung, expected = claim["outcome"]["rung"], []
    for k in (claim["below"], claim["above"]):
        for without in ({}, cause["without"]):
            study = of_lesson(OPENING["panels"][k], OPENING, **without)
            come = int((study.outcomes["peak_rung_leaders"] >= rung).sum())
            expected.append((come + 1) // 2)  # of 200, in per cent
    assert shown == expected


def test_the_diaries_are_saved_as_a_table_that_says_what_they_say(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    tab = visit().open(f"page=seat&game={CURTAIN.code}")
    shown = tab.page.locator(".diaries tbody tr").count()
    with tab.page.expect_download() as download:
        tab.page.locator("section:has(.diaries) button", has_text="CSV").last.click()
    download.value.save_as(tmp_path / "diaries.csv")
    with (tmp_path / "diaries.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert (len(rows), len(head)) == (shown, 3)
    first = tab.page.locator(".diaries tbody tr").first.locator("td").first.inner_text()
    assert re.sub(r"\s", "", rows[0][1]) == re.sub(r"\s", "", first)


def test_the_sandbox_bends_the_curve_of_any_dial(visit: Callable[..., Visit]) -> None:
    tab = visit().open("page=sandbox")
    tab.page.locator(".stage select").first.select_option("fog")
    tab.page.get_by_role("button", name="Play eleven levels").click()
    tab.until("document.querySelectorAll('.stage figure circle').length >= 11")
    tab.page.locator(".stage figure:has(circle) details").last.evaluate("(e) => { e.open = true; }")
    assert tab.page.locator(".stage figure:has(circle)").last.locator("tbody tr").count() == 11


def test_a_link_is_followed_though_a_setting_was_about_to_be_written(
    visit: Callable[..., Visit],
) -> None:
    tab = visit().open("page=lesson&lesson=2")
    bet(tab)
    tab.page.evaluate(
        """() => {
            const dial = document.querySelector(".lever input"), waiting = [];
            const usual = window.setTimeout;
            window.setTimeout = (act, wait) => (wait === 400 ? waiting.push(act) : usual(act, wait));
            dial.value = dial.max;
            dial.dispatchEvent(new Event("input"));
            window.setTimeout = usual;
            location.hash = "#page=lesson&lesson=3";
            if (!waiting.length) throw new Error("nothing was about to be written");
            for (const act of waiting) act();
        }"""
    )
    tab.until("document.activeElement.tagName === 'H1'", 5)
    assert tab.page.locator(".crumb").inner_text().startswith("Lesson 3 ")
