// The model in the page. The rules, the stages and the turn are the Python ones, compiled to the
// WebAssembly module that plays them here (sim/translate/page.py); written by hand is what lays out a
// block of worlds in the module's memory, and what is made of the worlds.
// tests/test_classroom_engine.py holds all of it to the Python, to the last bit.
//
// `model` is what scripts/classroom.py packs: the module, where its structs have their fields, fields
// of rows, parameters, presets, scenarios, words.
const Spiral = ((model) => {
"use strict";

// The compiled rules

let rules = null;  // what the module exports; nothing can be played before it is there

function inflated(text) {
    const packed = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(plain).arrayBuffer();
}

let packedScenarios = null;  // by name, as they are packed; nor before these

async function unpack() {
    const [code, text] = await Promise.all([inflated(model.rules), inflated(model.scenarios.packed)]);
    packedScenarios = JSON.parse(new TextDecoder().decode(text));
    rules = (await WebAssembly.instantiate(code)).instance.exports;
}
const ready = unpack();
ready.catch(() => {});  // the page, which asks later, is told

// Scenarios

const WHOLE = ["owner", "rival", "reverse", "pair", "first", "left", "right", "toward", "leaders",
    "state_number", "relation_number", "pair_number"];
const TRAITS = ["relation_traits", "pair_traits", "state_traits"];
const CALENDAR = ["event_first", "event_kind", "event_row", "event_actor", "event_target", "change_first", "change_row"];
const VALUES = ["event_size", "change_value"];

function atlasOf(packed) {
    const atlas = { leaders_pair: packed.leaders_pair, subject_pair: packed.subject_pair };
    for (const name of [...WHOLE, ...CALENDAR]) atlas[name] = Int32Array.from(packed[name]);
    for (const name of [...TRAITS, ...VALUES]) atlas[name] = Float32Array.from(packed[name]);
    return atlas;
}

function unpacked(packed) {
    const atlas = atlasOf(packed.atlas), { codes } = packed;
    const relations = Array.from(atlas.owner, (i, r) => [codes[i], codes[atlas.rival[r]]]);
    const place = new Map(relations.map((ends, r) => [ends.join(">"), r]));
    const pairs = Array.from(atlas.left, (r) => relations[r]);
    return Object.freeze({
        ...packed, atlas, relations, pairs, place, changes: {},
        leaders: Array.from(atlas.leaders, (i) => codes[i]), leadersPair: atlas.leaders_pair,
        subjectPair: atlas.subject_pair,
        nRelations: relations.length, nPairs: pairs.length, nStates: codes.length,
    });
}

const scenarios = {};
for (const name of model.scenarios.names) {
    let ready = null;
    Object.defineProperty(scenarios, name, {
        enumerable: true, get: () => ready || (ready = unpacked(packedScenarios[name])),
    });
}

function scenarioOf(given) {
    if (typeof given !== "string") return given;
    if (!Object.hasOwn(scenarios, given)) throw new Error(`no scenario ${given}`);
    return scenarios[given];
}

const at = {};
for (const [kind, names] of Object.entries(model.fields)) {
    at[kind] = Object.fromEntries(names.map((name, k) => [name, k]));
}
const size = Object.fromEntries(Object.entries(model.fields).map(([k, names]) => [k, names.length]));

function parametersOf(given) {
    if (given instanceof Float64Array) return given;
    const values = Float64Array.from(model.parameters, (each) => each.value);
    for (const [name, value] of Object.entries(given || {})) {
        const k = Object.hasOwn(at.Parameters, name) ? at.Parameters[name] : -1;
        if (k < 0) throw new Error(`no parameter ${name}`);
        const { low, high } = model.parameters[k];
        if (!(typeof value === "number" && value >= low && value <= high)) {
            throw new Error(`${name} must be a number from ${low} to ${high}`);
        }
        values[k] = value;
    }
    return values;
}

// Blocks

const CELLS = { BigInt64Array, Float64Array, Float32Array, Uint32Array, Uint16Array, Uint8Array };
const STATE = ["relations", "pairs", "states", "system"];
const STRIDES = { toward: 2, relation_traits: size.RelationTraits, pair_traits: size.PairTraits, state_traits: size.StateTraits };

// An array in the module's memory, as it is until the next block is placed.
const cellsOf = ({ Cells, address, length }) => new Cells(rules.memory.buffer, address, length);

function lane(array, k) {
    const cells = cellsOf(array), n = rules.spiral_width(), found = new array.Cells(cells.length / n);
    for (let i = 0; i < found.length; i += 1) found[i] = cells[i * n + k];
    return found;
}

// Worlds of a scenario side by side, one a lane, in the module's memory. Its tracks hold all weeks;
// with `weeks` null only the last: every week is noted over the one before.
class Block {
    constructor(scenario, weeks) {
        Object.assign(this, { scenario, weeks, end: rules.__heap_base.value, later: laterIn(scenario) });
        const { atlas, nRelations, nPairs, nStates } = scenario, n = rules.spiral_width();
        const table = ([name, values]) => {
            const columns = STRIDES[name] || 1;
            return [name, columns === 1 ? [values.length] : [values.length / columns, columns, 1]];
        };
        const { leaders_pair, subject_pair, ...tables } = atlas;
        this.atlas = this.struct("Atlas", { leaders_pair, subject_pair, ...Object.fromEntries(Object.entries(tables).map(table)) });
        for (const [name, values] of Object.entries(tables)) {
            const { Cells } = this.atlas[name];
            cellsOf(this.atlas[name]).set(Cells === BigInt64Array ? Array.from(values, BigInt) : values);
        }
        this.world = this.struct("World", {
            relations: [nRelations, size.Relation, n], pairs: [nPairs, size.Pair, n],
            states: [nStates, size.State, n], system: [1, size.System, n],
            parameters: [1, size.Parameters, 1],
            key: { seed_low: 0, seed_high: 0, worlds: [n], points: [n], lucks: [n] },
        });
        const kept = (weeks || 0) + 1;
        this.tracks = this.struct("Tracks", {
            rungs: [kept, nPairs, n], acts: [kept, nRelations, n], traces: [kept, nRelations, n],
            causes: [kept, nPairs, n], levels: [kept, model.measures.length, n],
            totals: [nRelations, size.Total, n],
        });
        if (weeks === null) {
            // Rows of a week are found by the number of rows: of none, each week's are the first's.
            for (const name of ["rungs", "acts", "traces", "causes", "levels"]) this.whole(this.tracks[name].at + model.layout.Array.shape + 8, 0);
        }
        const n_instruments = Object.keys(model.instruments).length;
        this.weights = this.array(this.take(model.layout.Array.size), Float64Array, [n_instruments, 2]);
    }

    take(bytes) {
        const address = this.end;
        this.end = Math.ceil((address + bytes) / 16) * 16;
        const lacking = this.end - rules.memory.buffer.byteLength;
        if (lacking > 0) rules.memory.grow(Math.ceil(lacking / 65536));
        return address;
    }

    whole(at, value) {
        new DataView(rules.memory.buffer).setBigInt64(at, BigInt(value), true);
        return at;
    }

    // Place a struct and its arrays, of which the shapes are given.
    struct(kind, given, at = this.take(model.layout[kind].size)) {
        const placed = { at };
        for (const { name, at: offset, of } of model.layout[kind].fields) {
            const here = at + offset;
            if (of === "whole") placed[name] = this.whole(here, given[name]);
            else if (of in CELLS) placed[name] = this.array(here, CELLS[of], given[name]);
            else placed[name] = this.struct(of, given[name], here);
        }
        return placed;
    }

    array(at, Cells, shape) {
        const { shape: offset, lengths } = model.layout.Array;
        const length = shape.reduce((a, b) => a * b), address = this.take(length * Cells.BYTES_PER_ELEMENT);
        new DataView(rules.memory.buffer).setUint32(at, address, true);
        for (let k = 0; k < lengths; k += 1) this.whole(at + offset + 8 * k, shape[k] || 0);
        return { at, Cells, address, length };
    }

    // Begin worlds, `first` and those after it, in as many lanes; lanes beyond repeat the last.
    begin(parameters, seed, first, n = 1) {
        this.settle(parameters, seed, first, n);
        for (const name of STATE) cellsOf(this.world[name]).fill(0);
        cellsOf(this.tracks.totals).fill(0);
        this.play(0, 1);
    }

    settle(parameters, seed, first, n) {
        const { key } = this.world, worlds = cellsOf(key.worlds);
        this.held = null;
        cellsOf(this.world.parameters).set(parameters);
        this.whole(key.seed_low, seed % 4294967296);
        this.whole(key.seed_high, Math.floor(seed / 4294967296));
        for (let k = 0; k < worlds.length; k += 1) worlds[k] = first + Math.min(k, n - 1);
        cellsOf(key.points).fill(0);
        cellsOf(key.lucks).fill(0);
    }

    // Take steps from `first` to before `stop`: step 0 begins, step w plays week w.
    play(first, stop) {
        for (const [week, given] of this.later) {
            if (first <= week + 1 && week + 1 < stop) {
                this.steps(first, week + 1);
                first = week + 1;
                for (const [row, value] of given) cellsOf(this.world.parameters)[row] = value;
            }
        }
        this.steps(first, stop);
    }

    steps(first, stop) {
        rules.spiral_play_weeks(this.world.at, this.atlas.at, BigInt(first), BigInt(stop), this.tracks.at);
    }

    // What the world's state lies in, by name.
    parts() { return [...STATE.map((name) => [name, this.world[name]]), ["totals", this.tracks.totals]]; }

    // Put a world of the page into every lane, so that none has more to do than another. One that is
    // there since its last step has nothing to bring.
    load(world) {
        if (this.held === world) return;
        this.settle(world.parameters, world.seed, world.number, 1);
        for (const [name, array] of this.parts()) {
            const cells = cellsOf(array), mine = world[name], n = cells.length / mine.length;
            for (let i = 0, at = 0; i < mine.length; i += 1) for (let k = 0; k < n; k += 1, at += 1) cells[at] = mine[i];
        }
    }

    // Take the world in the first lane out.
    store(world) {
        for (const [name, array] of this.parts()) {
            const cells = cellsOf(array), mine = world[name], n = cells.length / mine.length;
            for (let i = 0; i < mine.length; i += 1) mine[i] = cells[i * n];
        }
        this.held = world;
    }
}

// The one block that has its place in the memory.
let placed = null;
function blockOf(scenario, weeks) {
    if (placed && placed.scenario === scenario && placed.weeks === weeks) return placed;
    placed = null;  // should the memory not suffice, what was there is gone all the same
    placed = new Block(scenario, weeks);
    return placed;
}

// The score and the impulse to reply as a choice found them. What the week's own acts settled of them
// is no longer in the state; the heat is.
function unansweredOf({ atlas }, parameters, relations, r) {
    const me = new views.Relation(relations, r), trait = new views.StateTraits(atlas.state_traits, atlas.owner[r]);
    const p = (name) => parameters[at.Parameters[name]];
    const greed = Math.min(1, trait.greed + p("challenger_greed") * trait.challenger);
    const part = 1 - greed * (me.heat > 0 ? me.retaliation : 1);
    const kept = me.fresh >= 1 || me.force > 0 ? 1 - p("reply_settle") : 1;
    return { score: part > 0 ? me.heat / part : 0, reply: kept > 0 ? me.reply / kept : me.reply };
}

// What one side weighed in a week: of each instrument the weights of raising and of lowering it.
// Without a coefficient, if one is named, and with the issue of its pair so many times as hot.
function weightsOf({ scenario, weeks }, parameters, { r }, week, without, salience) {
    const block = blockOf(scenario, null), { atlas, world, weights } = block, pair = scenario.atlas.pair[r];
    const put = (array, row, columns, values) => {
        const cells = cellsOf(array), n = rules.spiral_width();
        for (let k = 0; k < columns; k += 1) cells[(row * columns + k) * n] = values[row * columns + k];
    };
    block.held = null;
    const given = cellsOf(world.parameters);
    given.set(parameters);
    if (without) given[at.Parameters[without]] = 0;
    const before = weeks[week - 1], now = weeks[week], i = scenario.atlas.owner[r];
    const relations = before.relations.slice(), pairs = before.pairs.slice();
    for (const field of model.story.weeks_own) {
        const cell = r * size.Relation + at.Relation[field];
        relations[cell] = now.relations[cell];
    }
    const unanswered = unansweredOf(scenario, parameters, now.relations, r);
    for (const [field, value] of Object.entries(unanswered)) relations[r * size.Relation + at.Relation[field]] = value;
    const hot = pair * size.Pair + at.Pair.salience;
    pairs[hot] = salience * now.pairs[hot];
    put(world.relations, r, size.Relation, relations);
    put(world.pairs, pair, size.Pair, pairs);
    put(world.states, i, size.State, before.states);
    rules.spiral_note_weights(world.at, atlas.at, BigInt(r), weights.at, 0n);
    return Array.from(cellsOf(weights));
}

// Worlds

// A class whose objects read one row of an array by the names of its fields, for the page.
function viewOf(names) {
    class View {
        constructor(cells, row) { this.cells = cells; this.offset = row * names.length; }
    }
    names.forEach((name, k) => Object.defineProperty(View.prototype, name, {
        enumerable: true, get() { return this.cells[this.offset + k]; },
    }));
    return View;
}
const views = Object.fromEntries(
    ["Relation", "Pair", "State", "System", "StateTraits"].map((kind) => [kind, viewOf(model.fields[kind])]),
);

function checkNumbers(seed, world) {
    const sound = (value, most) => Number.isSafeInteger(value) && value >= 0 && value <= most;
    if (!sound(seed, Number.MAX_SAFE_INTEGER)) throw new Error("seed must be a whole number");
    if (!sound(world, 0xFFFFFFFF)) throw new Error("world must be a whole number");
}

class World {
    constructor({ scenario, parameters, seed = 1, world = 0, story = false }) {
        this.scenario = scenarioOf(scenario);
        const { nRelations, nPairs, nStates } = this.scenario;
        this.parameters = parametersOf(parameters);
        this.relations = new Float32Array(nRelations * size.Relation);
        this.pairs = new Float32Array(nPairs * size.Pair);
        this.states = new Float32Array(nStates * size.State);
        this.system = new Float32Array(size.System);
        this.totals = new Float32Array(nRelations * size.Total);
        this.telling = story;
        this.begin(seed, world);
    }

    // Begin the same scenario and parameters anew, as another world.
    begin(seed, world) {
        checkNumbers(seed, world);
        this.seed = seed;
        this.number = world;
        this.week = 0;
        const block = blockOf(this.scenario, null);
        block.begin(this.parameters, seed, world);
        block.store(this);
        this.story = this.telling ? new Story(this) : null;
        return this;
    }

    // Play the next week.
    step() {
        const block = blockOf(this.scenario, null);
        this.week += 1;
        block.load(this);
        for (const [row, value] of block.later.get(this.week - 1) || []) {
            this.parameters = Float64Array.from(this.parameters, (own, k) => (k === row ? value : own));
        }
        block.play(this.week, this.week + 1);
        block.store(this);
        if (this.story) this.story.record(this);
        return this;
    }

    rung(pair) { return this.pairs[pair * size.Pair + at.Pair.rung]; }
    relation(r) { return new views.Relation(this.relations, r); }
    pair(k) { return new views.Pair(this.pairs, k); }
    state(i) { return new views.State(this.states, i); }
    // The scenes of the week just played (with `story: true`), the weightiest first.
    get happened() { return this.story ? this.story.happened() : []; }
    get whole() { return new views.System(this.system, 0); }
    relationOf(owner, rival) { return this.relation(this.scenario.place.get(`${owner}>${rival}`)); }
    stateOf(code) { return this.state(this.scenario.codes.indexOf(code)); }
}

function measureOf(name) {
    const k = model.measures.findIndex((m) => m.name === name);
    if (k < 0) throw new Error(`no measure ${name}`);
    return k;
}

// What is noted of a measure, or a mean of it, in its own unit.
function inUnit(name, noted) {
    const { scale, offset } = model.measures[measureOf(name)];
    return noted / scale - offset;
}

// Play a world and keep what is noted each week; week 0 is the start.
function play({ scenario, parameters, seed = 1, world = 0, weeks }) {
    const mine = new World({ scenario, parameters, seed, world }), block = blockOf(mine.scenario, weeks);
    block.begin(mine.parameters, seed, world);
    block.play(1, weeks + 1);
    block.store(mine);
    mine.week = weeks;
    return new Played(mine, block.tracks, weeks);
}

class Played {
    constructor(world, tracks, weeks) {
        Object.assign(this, { world, weeks, scenario: world.scenario });
        this.rungs = lane(tracks.rungs, 0);  // [week, pair]
        this.acts = lane(tracks.acts, 0);  // [week, relation]
        this.traces = lane(tracks.traces, 0);  // [week, relation]
        this.causes = lane(tracks.causes, 0);  // [week, pair]
        this.levels = lane(tracks.levels, 0);  // [week, measure]
    }

    // A measure by week, in its own unit (see Spiral.measures).
    measure(name) {
        const k = measureOf(name), n = model.measures.length;
        return Float64Array.from({ length: this.weeks + 1 }, (_, w) => inUnit(name, this.levels[w * n + k]));
    }

    // The clashes that begin between a pair, the leaders' if none is given: week, and proximate cause.
    clashesOf(pair = this.scenario.leadersPair) {
        const n = this.scenario.nPairs, cause = (week) => this.causes[week * n + pair] % 8, found = [];
        for (let week = 1; week <= this.weeks; week += 1) if (cause(week) && !cause(week - 1)) found.push({ week, cause: cause(week) });
        return found;
    }

    // The rungs of a pair by week; the leaders' if none is given.
    rungsOf(pair = this.scenario.leadersPair) {
        const n = this.scenario.nPairs;
        return Uint8Array.from({ length: this.weeks + 1 }, (_, w) => this.rungs[w * n + pair]);
    }
}

// Play worlds `first` to `first + n - 1`; count where the leaders' pair stands, week by week.
function fan({ scenario, parameters, seed = 1, first = 0, n = 200, weeks = 104, keep = [] }) {
    const mine = scenarioOf(scenario), values = parametersOf(parameters), width = rules.spiral_width();
    for (const world of [first, first + Math.max(0, n - 1)]) checkNumbers(seed, world);
    const counts = { rungs: new Uint32Array((weeks + 1) * 8), reached: new Uint32Array((weeks + 1) * 8), peaks: new Uint8Array(n), causes: new Uint8Array(n) };
    const kept = keep.map(measureOf);
    const levels = keep.map(() => new Uint16Array(n * (weeks + 1))), block = blockOf(mine, weeks);
    for (let k = 0; k < n; k += width) {
        const some = Math.min(width, n - k);
        block.begin(values, seed, first + k, some);
        block.play(1, weeks + 1);
        for (let at = 0; at < some; at += 1) {
            counts.peaks[k + at] = count(block, at, counts);
            counts.causes[k + at] = causeIn(block, at);
            kept.forEach((measure, j) => levels[j].set(measured(block, at, measure), (k + at) * (weeks + 1)));
        }
    }
    for (let week = 1; week <= weeks; week += 1) {
        for (let rung = 0; rung < 8; rung += 1) counts.reached[week * 8 + rung] += counts.reached[week * 8 - 8 + rung];
    }
    return { n, weeks, ...counts, levels: Object.fromEntries(keep.map((m, j) => [m, levels[j]])) };
}

// Count where the leaders of one world stand; return the highest rung that they reach.
function count({ scenario, weeks, tracks }, at, { rungs, reached }) {
    const cells = cellsOf(tracks.rungs), width = rules.spiral_width(), { nPairs, leadersPair } = scenario;
    let peak = -1;
    for (let week = 0; week <= weeks; week += 1) {
        const now = cells[(week * nPairs + leadersPair) * width + at];
        rungs[week * 8 + now] += 1;
        for (; peak < now; peak += 1) reached[week * 8 + peak + 1] += 1;
    }
    return peak;
}

// What the first clash of the leaders in one world began with (see Cause in sim/model/vocabulary.py), 0
// where none came.
function causeIn({ scenario, weeks, tracks }, at) {
    const cells = cellsOf(tracks.causes), width = rules.spiral_width(), { nPairs, leadersPair } = scenario;
    for (let week = 0; week <= weeks; week += 1) {
        const cause = cells[(week * nPairs + leadersPair) * width + at];
        if (cause) return cause & 7;
    }
    return 0;
}

function measured({ weeks, tracks }, at, measure) {
    const cells = cellsOf(tracks.levels), width = rules.spiral_width(), n = model.measures.length;
    return Uint16Array.from({ length: weeks + 1 }, (_, week) => cells[(week * n + measure) * width + at]);
}

/*@@MORE@@*/

return {
    ready, get width() { return rules.spiral_width(); }, version: model.version, fields: model.fields, parameters: model.parameters,
    presets: model.presets, measures: model.measures, rungs: model.rungs, steps: model.steps,
    scenarios, compile, world: (settings) => new World(settings), play, fan, fork, playFork, changedIn, seat: model.seat, turnsOf, codeOf, valuesOf, readGame, writeGame, playGame, settingsOfGame, gameElsewhere, watchWorld, actAsChanges, inUnit, inflated, toYaml, fromYaml, speak, words: model.story.words,
    parameterArray: parametersOf, SettingsError,
};
})(/*@@MODEL@@*/);
if (typeof module !== "undefined") module.exports = Spiral;
