// Worlds for the page: what a panel plays, what is kept of many worlds, and how sure that is.
// All of it rests on `Spiral`, the engine; this file knows nothing of the page. It stands in the
// engine's script, of which workers are made, too.
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
    return Object.freeze({ ...scenario, leadersPair, seen: pair.split("-") });
}

// What the engine plays for some settings: those of a page, or a game by its code.
function playable({ game, scenario, changes, acts, pair, parameters, seed, weeks }) {
    if (!game) return { scenario: scenarioOf(scenario, changes, acts, pair), parameters, seed, weeks };
    if (!compiled.has(game)) compiled.set(game, Spiral.settingsOfGame(Spiral.readGame(game)));
    return compiled.get(game);
}

const played = (settings, world) => Spiral.play({ ...playable(settings), world });

// Weeks in which a state misread another so, in one world.
function misread(settings, world, { field, sign }) {
    const playing = Spiral.world({ ...settings, world }), { weeks } = settings;
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

// What is counted of each world for an outcome, in whole numbers: a measure summed over some weeks, or
// misreadings. What a rung is reached by is counted anyway.
function talliesOf(of) {
    if (of.kind === "ratio") return [...talliesOf(of.top), ...talliesOf(of.bottom)];
    if (of.kind === "misread") return [{ key: `${of.field} ${of.sign}`, field: of.field, sign: of.sign }];
    if (of.kind !== "level") return [];
    const names = of.measure === "confrontations" ? ["stands", "yields"] : [of.measure];
    return names.map((measure) => ({ key: `${measure} ${of.from} ${of.to}`, measure, from: of.from, to: of.to }));
}

const CAUSES = { chosen: 1, met: 2, accident: 3 };  // of a clash, see Cause in sim/model/vocabulary.py

// Play `n` worlds from number `first` on; what is counted of them.
function piece({ settings, tallies, measure }, first, n) {
    const mine = playable(settings), rows = mine.weeks + 1;
    const keep = new Set([...tallies.map((of) => of.measure), measure].filter(Boolean));
    const { rungs, reached, peaks, causes, levels } = Spiral.fan({ ...mine, first, n, keep: [...keep] });
    const sum = ({ measure: name, from, to }, k) => {
        let found = 0;
        for (let week = from; week <= to; week += 1) found += levels[name][k * rows + week];
        return found;
    };
    const sums = tallies.map((of) => Uint32Array.from({ length: n }, (_, k) => (of.field ? misread(mine, first + k, of) : sum(of, k))));
    return { n, rungs, reached, peaks, causes, sums, series: measure && levels[measure] };
}

const SLICE = 4, AWAY = 30;  // milliseconds that some worlds may take: in the page, in a worker
const MOST = 6;  // blocks of worlds between two looks at the page

// Many worlds of one panel from number `first` on, some added at a time.
class Ensemble {
    constructor(settings, { outcomes = [], measure = null, first = 0 } = {}) {
        const tallies = new Map(outcomes.flatMap(talliesOf).map((of) => [of.key, of]));
        Object.assign(this, { settings, outcomes, measure, first, tallies: [...tallies.values()], n: 0, pace: null, series: [], bands: null });
        this.counts = new Uint32Array((settings.weeks + 1) * 8);
        this.sofar = new Uint32Array((settings.weeks + 1) * 8);
        this.peaks = new Uint32Array(8);
        this.highest = [];  // rung of each world
        this.causes = [];  // of the first clash of each world, 0 where none came
        this.sums = new Map(this.tallies.map(({ key }) => [key, []]));
    }

    // What a worker needs to know of it.
    get asked() { return { settings: this.settings, tallies: this.tallies, measure: this.measure }; }

    // Worlds, whole blocks of them, that take so many milliseconds or less, and at least a block.
    within(milliseconds) {
        const blocks = this.pace === null ? 1 : Math.floor(milliseconds / (this.pace * Spiral.width));
        return Spiral.width * Math.max(1, blocks);
    }

    // Play `n` worlds, `at` worlds from its first, here and now.
    play(at, n) {
        const begun = performance.now(), found = piece(this.asked, this.first + at, n);
        return { ...found, took: performance.now() - begun };
    }

    // Whether worlds played elsewhere hold all that is asked of these.
    canTake({ tallies, measure }) {
        return measure === this.measure && tallies.join() === this.tallies.map(({ key }) => key).join();
    }

    // Add the next worlds, as they were played here, in a worker, or when the page was built.
    take({ n, rungs, reached, peaks, causes, sums, series, bands = null, took }) {
        for (let k = 0; k < this.counts.length; k += 1) {
            this.counts[k] += rungs[k];
            this.sofar[k] += reached[k];
        }
        for (const peak of peaks) this.peaks[peak] += 1;
        this.highest.push(...peaks);
        this.causes.push(...causes);
        this.tallies.forEach(({ key }, k) => this.sums.get(key).push(...sums[k]));
        const rows = this.settings.weeks + 1;
        for (let k = 0; series && k < n; k += 1) this.series.push(series.subarray(k * rows, (k + 1) * rows));
        this.bands = bands;
        this.n += n;
        if (took) this.pace = took / n;
    }

    // What each outcome is in each world.
    get values() { return this.outcomes.map((of) => this.valuesOf(of)); }

    valuesOf(of) {
        if (of.kind === "reached") return this.highest.map((peak) => (peak >= of.rung ? 1 : 0));
        if (of.kind === "cause") return this.causes.map((cause) => (cause === CAUSES[of.cause] ? 1 : 0));
        if (of.kind === "misread") return this.sums.get(talliesOf(of)[0].key);
        if (of.kind === "ratio") {
            const [top, bottom] = [of.top, of.bottom].map((part) => this.valuesOf(part));
            return top.map((value, k) => [value, bottom[k]]);
        }
        const weeks = of.to - of.from + 1, tallies = talliesOf(of);
        return this.highest.map((_, k) => tallies.reduce((sum, { key, measure }) => sum + Spiral.inUnit(measure, this.sums.get(key)[k] / weeks), 0));
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
        const inUnit = (whole) => Spiral.inUnit(this.measure, whole);
        return (this.bands || this.bandsNow()).map((band) => Float64Array.from(band, inUnit));
    }

    bandsNow() {
        const weeks = this.settings.weeks + 1, found = [0.1, 0.5, 0.9].map(() => new Uint16Array(weeks));
        const column = new Uint16Array(this.n);
        for (let week = 0; week < weeks; week += 1) {
            for (let k = 0; k < this.n; k += 1) column[k] = this.series[k][week];
            column.sort();
            [0.1, 0.5, 0.9].forEach((q, k) => { found[k][week] = column[Math.floor(q * (this.n - 1) + 0.5)]; });
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
// replaces the old one. One that can wait begins `after` some milliseconds without another. A job may
// yield a promise, and goes on when that is kept.
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
        do {
            const { done, value } = generator.next();
            if (done && jobs.get(name) === mine) jobs.delete(name);
            if (done) return;
            if (value) { value.then(go); return; }
        } while (performance.now() < end);
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

// Workers that play beside the page. They are called when first needed, and stay. Those that cannot come,
// or fail, are not missed: what no worker has played, the page plays.
const workers = { called: false, ready: [], most: 4 };

function callWorkers() {
    if (workers.called) return;
    workers.called = true;
    try {
        const text = document.getElementById("engine").textContent;
        const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
        const n = Math.max(1, Math.min(workers.most, navigator.hardwareConcurrency || 1));
        for (let k = 0; k < n; k += 1) welcome(new Worker(address));
    } catch { /* not allowed here */ }
}

// A worker says that it is ready, and from then on what it has played.
function welcome(worker) {
    worker.onmessage = ({ data }) => {
        if (!worker.part) workers.ready.push(worker); else worker.part.work.take(worker.part, data);
        worker.part = null;
        tellNews();
    };
    worker.onerror = (event) => {
        event.preventDefault();
        worker.terminate();
        workers.ready = workers.ready.filter((each) => each !== worker);
        if (worker.part) worker.part.work.back.push(worker.part);
        tellNews();
    };
}

let listening = [];
function tellNews() { const now = listening; listening = []; now.forEach((each) => each()); }
const news = () => new Promise((resolve) => { listening.push(resolve); });

// Worlds that some ensembles still lack, handed out in parts and taken in their order.
class Work {
    constructor(ensembles, n) {
        Object.assign(this, { ensembles, n, back: [], given: ensembles.map((each) => each.n), came: ensembles.map(() => new Map()) });
    }

    get done() { return this.ensembles.every((each) => each.n >= this.n); }
    get left() { return this.back.length > 0 || this.given.some((given) => given < this.n); }

    // The next part, of the ensemble that is furthest behind, as large as `size` says.
    next(size) {
        if (this.back.length) return this.back.pop();
        const at = Math.min(...this.given), k = this.given.indexOf(at), ensemble = this.ensembles[k];
        const n = Math.min(size(ensemble), this.n - at);
        this.given[k] += n;
        return { work: this, k, ensemble, at, n };
    }

    take({ k, ensemble, at }, found) {
        this.came[k].set(at, found);
        for (let next = this.came[k].get(ensemble.n); next; next = this.came[k].get(ensemble.n)) ensemble.take(next);
    }

    playHere() {
        const part = this.next((ensemble) => Math.min(MOST * Spiral.width, ensemble.within(SLICE)));
        this.take(part, part.ensemble.play(part.at, part.n));
    }

    playThere(worker) {
        const fair = Spiral.width * Math.ceil(this.n / workers.ready.length / Spiral.width);
        worker.part = this.next((ensemble) => Math.min(fair, ensemble.within(AWAY)));
        const { ensemble, at, n } = worker.part;
        worker.postMessage({ asked: ensemble.asked, first: ensemble.first + at, n });
    }
}

// Play on until each ensemble has `n` worlds. `onprogress` is called now and then, and in the end, with
// the number of worlds that there are of all; `ondone` after that.
function many(name, ensembles, n, { after = 0, onprogress = () => {}, ondone = () => {} } = {}) {
    callWorkers();
    run(name, playing(new Work(ensembles, n), onprogress, ondone), { after });
}

const PROGRESS = 120;  // milliseconds between two tellings
function* playing(work, onprogress, ondone) {
    const tell = () => { onprogress(work.ensembles.reduce((sum, { n }) => sum + n, 0)); };
    let told = performance.now();
    while (!work.done) {
        const idle = workers.ready.find(({ part }) => !part);
        if (!workers.ready.length) work.playHere();
        else if (idle && work.left) work.playThere(idle);
        else yield news();
        if (performance.now() - told > PROGRESS && !work.done) { yield; tell(); told = performance.now(); }
        yield;
    }
    tell();
    yield;
    ondone();
}

// In a worker, play what the page asks for.
function serve() {
    self.onmessage = ({ data: { asked, first, n } }) => {
        const begun = performance.now(), found = piece(asked, first, n);
        self.postMessage({ ...found, took: performance.now() - begun });
    };
    self.postMessage("ready");
}
if (typeof WorkerGlobalScope !== "undefined") Spiral.ready.then(serve);

return { Ensemble, played, playable, scenarioOf, parts, paired, wilson, mean, run, many, stop, busy };
})();
