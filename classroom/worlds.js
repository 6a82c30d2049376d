// Worlds for the page: what a panel plays, what is kept of many worlds, and how sure that is.
// All of it rests on `Spiral`, the engine; this file knows nothing of the page.
const Worlds = (() => {
"use strict";

const compiled = new Map();

// The scenario with its changed starts and traits, with what is done in it from outside, and as one
// looks at it: at a pair, where it is not the leaders'.
function scenarioOf(name, changes, acts = [], pair = null) {
    const plain = !changes || Object.keys(changes).length === 0;
    if (plain && !acts.length && !pair) return Spiral.scenarios[name];
    const key = `${name} ${JSON.stringify([changes, acts, pair])}`;
    if (!compiled.has(key)) {
        const made = plain ? Spiral.scenarios[name] : Spiral.compile(name, changes);
        const found = acts.length ? Spiral.changedIn(made, acts) : made;
        compiled.set(key, pair ? seenFrom(found, pair) : found);
    }
    return compiled.get(key);
}

// A scenario of which rungs and clashes are told of another pair than the leaders'.
function seenFrom(scenario, pair) {
    const leadersPair = scenario.atlas.pair[scenario.place.get(pair.replace("-", ">"))];
    return Object.freeze({ ...scenario, leadersPair });
}

function played(settings, world) {
    const { scenario, changes, acts, pair, parameters, seed, weeks } = settings;
    return Spiral.play({ scenario: scenarioOf(scenario, changes, acts, pair), parameters, seed, world, weeks });
}

// Weeks in which a state misread another so, in one world.
function misread({ scenario, changes, acts, parameters, seed, weeks }, world, { field, sign }) {
    const playing = Spiral.world({ scenario: scenarioOf(scenario, changes, acts), parameters, seed, world });
    const relations = playing.scenario.nRelations;
    let count = 0;
    for (let week = 1; week <= weeks; week += 1) {
        playing.step();
        for (let r = 0; r < relations; r += 1) if (playing.relation(r)[field] * sign > 0) count += 1;
    }
    return count;
}

function mean(values, from = 0, to = values.length - 1) {
    let sum = 0;
    for (let k = from; k <= to; k += 1) sum += values[k];
    return sum / (to - from + 1);
}

// Names of the measures that an outcome needs.
function needs(of) {
    if (of.kind === "ratio") return [...needs(of.top), ...needs(of.bottom)];
    if (of.kind !== "level") return [];
    return of.measure === "confrontations" ? ["stands", "yields"] : [of.measure];
}

const CAUSES = { chosen: 1, met: 2, accident: 3 };  // of a clash, see Cause in sim/model/vocabulary.py

const SLICE = 4;  // milliseconds that some worlds may take
const MOST = 6;  // blocks of worlds between two looks at the page

// Many worlds of one panel, some added at a time.
class Ensemble {
    constructor(settings, { outcomes = [], measure = null } = {}) {
        Object.assign(this, { settings, outcomes, measure, n: 0, some: Spiral.width, series: [] });
        this.keep = [...new Set([...outcomes.flatMap(needs), ...(measure ? [measure] : [])])];
        this.counts = new Uint32Array((settings.weeks + 1) * 8);
        this.sofar = new Uint32Array((settings.weeks + 1) * 8);
        this.peaks = new Uint32Array(8);
        this.highest = [];  // rung of each world
        this.causes = [];  // of the first clash of each world, 0 where none came
        this.values = outcomes.map(() => []);
    }

    // Play `n` more worlds, from number `first` on.
    add(first, n = 1) {
        const { scenario, changes, acts, pair, parameters, seed, weeks } = this.settings, begun = performance.now();
        const found = Spiral.fan({ scenario: scenarioOf(scenario, changes, acts, pair), parameters, seed, weeks, first, n, keep: this.keep });
        for (let k = 0; k < this.counts.length; k += 1) {
            this.counts[k] += found.rungs[k];
            this.sofar[k] += found.reached[k];
        }
        for (let k = 0; k < n; k += 1) {
            this.peaks[found.peaks[k]] += 1;
            this.highest.push(found.peaks[k]);
            this.causes.push(found.causes[k]);
            const level = (name) => found.levels[name].subarray(k * (weeks + 1), (k + 1) * (weeks + 1));
            if (this.measure) this.series.push(level(this.measure));
            this.outcomes.forEach((of, j) => this.values[j].push(this.outcome(of, level, k, first + k)));
        }
        this.n += n;
        const took = performance.now() - begun, blocks = n / Spiral.width * Math.min(3, SLICE / Math.max(0.1, took));
        this.some = Spiral.width * Math.max(1, Math.min(MOST, Math.round(blocks)));
        return this;
    }

    outcome(of, level, k, world) {
        if (of.kind === "reached") return this.highest[this.n + k] >= of.rung ? 1 : 0;
        if (of.kind === "cause") return this.causes[this.n + k] === CAUSES[of.cause] ? 1 : 0;
        if (of.kind === "misread") return misread(this.settings, world, of);
        if (of.kind === "ratio") return [of.top, of.bottom].map((part) => this.outcome(part, level, k, world));
        return needs(of).reduce((sum, name) => sum + mean(level(name), of.from, of.to), 0);
    }

    // Share of worlds whose leaders have reached a rung by each week.
    reached(rung) {
        return Float64Array.from({ length: this.settings.weeks + 1 }, (_, week) => this.n ? this.sofar[week * 8 + rung] / this.n : 0);
    }

    // Share of worlds whose leaders stand on a rung or above, by week.
    standing(rung) {
        return Float64Array.from({ length: this.settings.weeks + 1 }, (_, week) => {
            let sum = 0;
            for (let k = rung; k < 8; k += 1) sum += this.counts[week * 8 + k];
            return this.n ? sum / this.n : 0;
        });
    }

    // The tenth, half and nine tenths of the measure, week by week.
    quantiles() {
        const weeks = this.settings.weeks + 1, found = [new Float64Array(weeks), new Float64Array(weeks), new Float64Array(weeks)];
        const column = new Float64Array(this.n);
        for (let week = 0; week < weeks; week += 1) {
            for (let k = 0; k < this.n; k += 1) column[k] = this.series[k][week];
            const sorted = column.slice().sort();
            [0.1, 0.5, 0.9].forEach((q, k) => { found[k][week] = sorted[Math.floor(q * (this.n - 1) + 0.5)]; });
        }
        return found;
    }
}

// What each world adds to an outcome's mean; of a ratio, to the ratio (linearised).
function parts(values) {
    if (!Array.isArray(values[0])) return values;
    const top = mean(values.map(([a]) => a)), bottom = mean(values.map(([, b]) => b));
    if (bottom === 0) return values.map(() => 0);
    return values.map(([a, b]) => top / bottom + (a - top / bottom * b) / bottom);
}

// The paired difference of two outcomes over the same worlds, with its 95 % interval; for shares
// that of Agresti & Min (2005), as sim/analysis/intervals.py has it.
function paired(before, after) {
    const a = parts(before), b = parts(after), n = a.length, change = mean(b) - mean(a);
    if ([...a, ...b].every((value) => value === 0 || value === 1)) {
        let up = 0.5, down = 0.5;
        for (let k = 0; k < n; k += 1) { if (b[k] > a[k]) up += 1; if (b[k] < a[k]) down += 1; }
        const m = n + 2, centre = (up - down) / m, half = 1.959964 * Math.sqrt(up + down - (up - down) ** 2 / m) / m;
        return { change, low: centre - half, high: centre + half };
    }
    const spread = b.reduce((sum, value, k) => sum + (value - a[k] - change) ** 2, 0) / Math.max(1, n - 1);
    const half = 1.972 * Math.sqrt(spread / n);
    return { change, low: change - half, high: change + half };
}

// The 95 % interval of a share (Wilson 1927), as sim/analysis/intervals.py has it.
function wilson(successes, n) {
    const z = 1.959964, share = successes / n, centre = (share + z * z / (2 * n)) / (1 + z * z / n);
    const half = z * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

// Work in slices of some milliseconds, so that the page stays live. A new job with the same name
// replaces the old one. One that can wait begins `after` some milliseconds without another.
const jobs = new Map(), channel = new MessageChannel();
let waiting = [];
channel.port1.onmessage = () => { const now = waiting; waiting = []; now.forEach((each) => each()); };

function run(name, generator, { slice = 8, after = 0 } = {}) {
    const mine = { stopped: false };
    stop(name);
    jobs.set(name, mine);
    const go = () => {
        if (mine.stopped) return;
        const end = performance.now() + slice;
        do { if (generator.next().done) { jobs.delete(name); return; } } while (performance.now() < end);
        later(go);
    };
    if (after) setTimeout(go, after); else later(go);
}
function later(each) {
    waiting.push(each);
    if (waiting.length === 1) channel.port2.postMessage(0);
}
function stop(name) {
    for (const [key, job] of [...jobs]) {
        if (name === undefined || key === name) { job.stopped = true; jobs.delete(key); }
    }
}
const busy = () => jobs.size > 0;

return { Ensemble, played, scenarioOf, parts, paired, wilson, mean, run, stop, busy };
})();
