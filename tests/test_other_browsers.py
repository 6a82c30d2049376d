"""The classroom page in Firefox and WebKit: the same bits, lessons' numbers and games as in Python.

Needs ``firefox-esr``, and ``webkit2gtk-driver`` with ``xvfb`` and ``dbus`` (Debian); what is not
installed is skipped with its reason. Firefox is driven by Marionette, its own protocol, WebKit by
WebDriver.
"""

# Long lines are scripts in another language.
# ruff: noqa: E501

from __future__ import annotations

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from sim.engine.native import PLAIN
from sim.model.vocabulary import Rung
from sim.seat import Game
from tests.scripts import script
from tests.test_classroom_page import build
from tests.test_faces_agree import SCENARIOS
from tests.test_page_module import ASKED, CHROME, in_python

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(PLAIN, reason="plays too many worlds for plain Python"),
]
Call = Callable[..., Any]
PATIENCE = 120.0
"""Seconds that a browser may take to start, and to play."""
FEW = 24
"""Worlds of each panel of a lesson."""
NUMBERS = f"""async () => {{
    await Spiral.ready;
    return LESSONS.map((lesson) => lesson.panels.map((panel) => {{
        const {{ scenario, pair, weeks }} = lesson, {{ changes, acts, parameters, seed = lesson.seed }} = panel;
        const many = new Worlds.Ensemble({{ scenario, pair, weeks, changes, acts, parameters, seed }});
        many.take(many.play(0, {FEW}));
        return [many.highest, many.causes];
    }}));
}}"""
"""How far each world of a lesson goes, and what its first clash began with, by panel."""


def telling(code: str, asked: Any = None) -> str:
    """Return what plays in the page itself: what a driver runs does not see its names."""
    return f"""
        delete document.documentElement.dataset.told;
        const script = document.createElement('script');
        script.textContent = {json.dumps(f"({code})({json.dumps(asked)})")} + `.then(
            (told) => {{ document.documentElement.dataset.told = JSON.stringify(told); }},
            (error) => {{ document.documentElement.dataset.told = JSON.stringify(String(error)); }});`;
        document.head.append(script);
    """


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("page") / "spiral.html")


@contextmanager
def program(*command: str) -> Iterator[None]:
    """Run a program, and end it and what it has started."""
    running = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"},  # in a container
    )  # fmt: skip
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(running.pid, 15)
        running.wait(20)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def connected(port: int) -> socket.socket:
    """Return a connection to a program that is about to listen."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        except OSError:
            assert time.monotonic() < end, "the browser does not answer"
            time.sleep(0.2)


@contextmanager
def firefox(profile: Path) -> Iterator[Call]:
    """Yield what runs a script in Firefox, and opens an address where it is given one."""
    port = free_port()
    profile.mkdir()
    (profile / "user.js").write_text(f'user_pref("marionette.port", {port});\n', "utf-8")
    asked = ("--headless", "--no-remote", "--marionette", "--profile", str(profile))
    with program("firefox-esr", *asked), connected(port) as line, line.makefile("rb") as answers:

        def heard() -> Any:
            size = b""
            while (letter := answers.read(1)) != b":":
                size += letter
            return json.loads(answers.read(int(size)))

        def call(name: str, **given: Any) -> Any:
            words = json.dumps([0, 1, f"WebDriver:{name}", given]).encode()
            line.sendall(str(len(words)).encode() + b":" + words)
            _, _, error, value = heard()
            assert error is None, error
            return value

        heard()  # its greeting
        call("NewSession", capabilities={})

        def run(script: str = "", url: str = "") -> Any:
            if url:
                return call("Navigate", url=url)
            return call("ExecuteScript", script=script, args=[])["value"]

        yield run


@contextmanager
def webkit(_: Path) -> Iterator[Call]:
    """Yield the same of WebKit."""
    port = free_port()
    with program("xvfb-run", "-a", "dbus-run-session", "--", "WebKitWebDriver", f"--port={port}"):
        connected(port).close()

        def call(method: str, path: str, **given: Any) -> Any:
            content = json.dumps(given).encode() if method == "POST" else None
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/session{path}", content, method=method,
                headers={"Content-Type": "application/json"},
            )  # fmt: skip
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]

        at = "/" + call("POST", "", capabilities={})["sessionId"]

        def run(script: str = "", url: str = "") -> Any:
            if url:
                return call("POST", f"{at}/url", url=url)
            return call("POST", f"{at}/execute/sync", script=script, args=[])

        yield run
        call("DELETE", at)


BROWSERS = {
    "firefox": (firefox, ("firefox-esr",)),
    "webkit": (webkit, ("WebKitWebDriver", "xvfb-run", "dbus-run-session")),
}


@contextmanager
def visiting(name: str, tmp_path: Path) -> Iterator[Call]:
    """Yield what runs a script in a browser, or skip where it is not installed."""
    started, needed = BROWSERS[name]
    if missing := [one for one in needed if shutil.which(one) is None]:
        pytest.skip(f"the page was not tested in {name}: {missing[0]} is not installed")
    with started(tmp_path / "profile") as run:
        yield run


def until(run: Call, expression: str) -> Any:
    """Return what an expression comes to in the page, once it comes to anything."""
    end = time.monotonic() + PATIENCE
    while not (found := run(f"return {expression}")):
        assert time.monotonic() < end, expression
        time.sleep(0.2)
    return found


READY = "document.documentElement.dataset.ready || ''"
TOLD = "document.documentElement.dataset.told || ''"


@pytest.mark.parametrize("name", BROWSERS)
def test_browser_plays_every_scenario_to_the_same_bits(
    name: str, page: Path, tmp_path: Path
) -> None:
    with visiting(name, tmp_path) as run:
        run(url=f"{page.as_uri()}#page=home")
        run(telling(CHROME, ASKED))
        played = json.loads(until(run, TOLD))
    assert isinstance(played, dict), played
    same = {k: base64.b64decode(v) == in_python(k) for k, v in played.items()}
    assert same == dict.fromkeys(SCENARIOS, True)


@pytest.mark.parametrize("name", BROWSERS)
def test_browser_gives_the_numbers_of_all_lessons(name: str, page: Path, tmp_path: Path) -> None:
    build = script("scripts", "classroom")
    lessons = json.loads((build.SOURCES / "lessons.json").read_text("utf-8"))
    with visiting(name, tmp_path) as run:
        run(url=f"{page.as_uri()}#page=home")
        run(telling(NUMBERS))
        found = json.loads(until(run, TOLD))
    for lesson, panels in zip(lessons, found, strict=True):
        for panel, (highest, causes) in zip(lesson["panels"], panels, strict=True):
            worlds = build.worlds_of(lesson, panel)
            assert highest == worlds.rungs.max(axis=0)[:FEW].tolist(), lesson["name"]
            assert causes == worlds.causes[:FEW].tolist(), lesson["name"]


@pytest.mark.parametrize("name", BROWSERS)
def test_a_game_is_played_from_the_seat_and_told_at_the_curtain(
    name: str, page: Path, tmp_path: Path
) -> None:
    acts = ["deploy", "withdraw", "threaten", "reassure"] * 6 + ["hold", "hold"]
    with visiting(name, tmp_path) as run:
        run(url=f"{page.as_uri()}#page=seat")
        until(run, READY)
        run("document.querySelector('#main button.main').click()")
        for act in acts:
            run(f"document.querySelector('[data-act={act}]').click()")
        until(run, "document.querySelectorAll('.diaries tbody tr').length")
        risk = until(
            run,
            "[...document.querySelectorAll('.card .big')].map((e) => e.textContent).find((text) => text.includes('200')) || ''",
        )
        told = run("return document.querySelector('#main h2').textContent")
        code = run("return document.querySelector('input[readonly]').value")
        rows = run("return document.querySelectorAll('.diaries tbody tr').length")
        address = until(run, "decodeURIComponent(location.hash).split('game=')[1] || ''")
    game = Game.of(code)
    assert [move.act for move in game.moves] == acts
    assert address == code
    assert rows == len(acts)
    clash = game.outcome.rung >= Rung.CLASH
    assert ("Peace held" in told) == (not clash)
    assert str(game.under_other_luck(200)) in risk.split()
