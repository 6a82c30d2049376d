"""Print how quickly the classroom page answers in Chromium: ``python -m bench.page``.

The processor is slowed fourfold, as a school's laptop or a phone is; a slider must show its chart
within 50 ms in 95 of 100 moves.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests import test_classroom_page as pages

SLOWED = 4
MOVES = 200


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
        browser.close()


if __name__ == "__main__":
    main()
