"""Print how quickly the classroom page answers in Chromium: ``python -m bench.page``.

The processor is slowed fourfold, as a school's laptop or a phone is; a slider must show its chart
within 50 ms in 95 of 100 moves. Two hundred worlds of 57 states over 104 weeks are to take half a
second, and four seconds slowed sixfold; workers are not slowed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import test_classroom_page as pages

SLOWED = 4
MOVES = 200
TRIES = 5


def many_worlds(new: Callable[[], pages.Visit], where: str, script: str) -> None:
    """Measure 200 worlds of most states, in the page or in workers."""
    tab = new()
    tab.page.add_init_script(script)
    tab.open("page=home").page.evaluate(pages.TIMED, [pages.FULL, 200])
    session = tab.context.new_cdp_session(tab.page)
    for slowed in (1, 6):
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        took = sorted(tab.page.evaluate(pages.TIMED, [pages.FULL, 200]) for _ in range(TRIES))
        told = f"200 worlds of 57 states {where}, {slowed} times slowed"
        print(f"{told:<57} {took[0]:5.0f} ms (median {took[TRIES // 2]:.0f})")


def main() -> None:
    """Build the page, open it and measure."""
    if pages.CHROMIUM is None:
        raise SystemExit(pages.REASON)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        built = pages.build(Path(folder) / "spiral.html")
        browser = running.chromium.launch(executable_path=pages.CHROMIUM, args=["--no-sandbox"])
        tab = pages.Visit(browser, built)
        for hash_ in ("page=home", "page=lesson&lesson=2", "page=sandbox"):
            ready = [tab.open(hash_).page.evaluate(pages.READY) for _ in range(5)]
            print(f"{hash_:<44} ready after {min(ready):5.0f} ms (median {sorted(ready)[2]:.0f})")
        took = pages.slider_redraws(tab.open("page=sandbox"), slowed=SLOWED, times=MOVES)
        shares = ((0.5, "median"), (0.95, "95th percentile"))
        for share, name in shares:
            ms = took[int(share * MOVES)]
            print(f"slider to chart, {SLOWED} times slowed, {name:<15} {ms:5.1f} ms")
        for where, script in (("in the page", pages.NO_WORKERS["none"]), ("in workers", "")):
            many_worlds(lambda: pages.Visit(browser, built), where, script)
        browser.close()


if __name__ == "__main__":
    main()
