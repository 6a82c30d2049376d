// The worlds of lessons as they are declared, which are played when the page is built
// (scripts/classroom.py): of each panel what is counted of them, week by week and world by world.
const Built = (() => {
"use strict";

const N = BUILT.worlds, RUNGS = 8;
let bytes = null;
Spiral.inflated(BUILT.packed).then((found) => { bytes = new Uint8Array(found); }, () => {});  // then they are played

// Reads whole numbers, each of some bytes, of which all lowest stand first.
class Reader {
    constructor(at) { this.at = at; }

    numbers(n, size) {
        const found = new Uint32Array(n);
        for (let byte = 0; byte < size; byte += 1) {
            for (let k = 0; k < n; k += 1) found[k] += bytes[this.at + byte * n + k] * 256 ** byte;
        }
        this.at += n * size;
        return found;
    }

    // Rows of numbers that are given as steps from column to column.
    rows(n, columns, size) {
        const found = this.numbers(n * columns, size), over = 256 ** size;
        for (let k = 0; k < found.length; k += 1) if (k % columns) found[k] = (found[k] + found[k - 1]) % over;
        return Array.from({ length: n }, (_, row) => found.subarray(row * columns, (row + 1) * columns));
    }

    // Where the leaders stand, [week, rung].
    rungs(weeks) {
        const rows = this.rows(RUNGS, weeks, 1);
        return Uint32Array.from({ length: weeks * RUNGS }, (_, k) => rows[k % RUNGS][Math.floor(k / RUNGS)]);
    }

    panel({ tallies, measure }, weeks) {
        const [rungs, reached] = [this.rungs(weeks), this.rungs(weeks)], peaks = this.numbers(N, 1), causes = this.numbers(N, 1);
        const sums = tallies.map(() => this.numbers(N, 4));
        return { n: N, rungs, reached, peaks, causes, sums, tallies, measure, bands: measure && this.rows(3, weeks, 2) };
    }
}

// What one panel takes.
const sizeOf = ({ tallies, measure }, weeks) => 2 * RUNGS * weeks + 2 * N + 4 * N * tallies.length + (measure ? 6 * weeks : 0);

function panelsOf(name) {
    let at = 0;
    for (const told of BUILT.lessons) {
        const { weeks, panels } = LESSONS.find((each) => each.name === told.name), reader = new Reader(at);
        if (told.name === name) return panels.map(() => reader.panel(told, weeks + 1));
        at += panels.length * sizeOf(told, weeks + 1);
    }
    return null;
}

// Give the ensembles of a lesson, one a panel, its worlds, if they are here with all that is asked of them.
function give(name, ensembles) {
    const panels = bytes && panelsOf(name);
    if (panels && ensembles.every((each, k) => each.canTake(panels[k]))) ensembles.forEach((each, k) => each.take(panels[k]));
}

return { give };
})();
