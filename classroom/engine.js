// The model in the page. The rules, the stages and the turn are the Python ones, translated when
// the page is built (sim/transpile.py) and put in at the mark below; written by hand is what they
// stand on: lanes, random numbers, the arrays of a world, and the loops over weeks and worlds.
// tests/test_classroom_engine.py holds all of it to the Python, to the last bit.
//
// `model` is what scripts/classroom.py packs: fields, parameters, presets, scenarios, words.
const Spiral = ((model) => {
"use strict";

const lanes = {
    least: (a, b) => a < b ? a : b,
    most: (a, b) => a > b ? a : b,
    note: (out, week, row, lane, value) => { out.cells[week * out.width + row] = value; },
};

// Threefry4x32-13 as sim/randomness.py has it, on 32-bit integers. The key is that of the world
// being played; a call leaves its four uniforms in `drawn`.
const randomness = (() => {
    const drawn = new Float64Array(4), words = new Int32Array(4);
    let k0 = 0, k1 = 0, k2 = 0, k3 = 0, k4 = 0;

    function key(a, b, c, d) {
        k0 = a | 0; k1 = b | 0; k2 = c | 0; k3 = d | 0;
        k4 = k0 ^ k1 ^ k2 ^ k3 ^ 0x1BD11BDA;
    }

    function threefry(c0, c1, c2, c3) {
        let x0 = (k0 + c0) | 0, x1 = (k1 + c1) | 0, x2 = (k2 + c2) | 0, x3 = (k3 + c3) | 0;
        x0 = (x0 + x1) | 0; x1 = ((x1 << 10) | (x1 >>> 22)) ^ x0;
        x2 = (x2 + x3) | 0; x3 = ((x3 << 26) | (x3 >>> 6)) ^ x2;
        x0 = (x0 + x3) | 0; x3 = ((x3 << 11) | (x3 >>> 21)) ^ x0;
        x2 = (x2 + x1) | 0; x1 = ((x1 << 21) | (x1 >>> 11)) ^ x2;
        x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
        x2 = (x2 + x3) | 0; x3 = ((x3 << 27) | (x3 >>> 5)) ^ x2;
        x0 = (x0 + x3) | 0; x3 = ((x3 << 23) | (x3 >>> 9)) ^ x0;
        x2 = (x2 + x1) | 0; x1 = ((x1 << 5) | (x1 >>> 27)) ^ x2;
        x0 = (x0 + k1) | 0; x1 = (x1 + k2) | 0; x2 = (x2 + k3) | 0; x3 = (x3 + k4 + 1) | 0;
        x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0;
        x2 = (x2 + x3) | 0; x3 = ((x3 << 20) | (x3 >>> 12)) ^ x2;
        x0 = (x0 + x3) | 0; x3 = ((x3 << 17) | (x3 >>> 15)) ^ x0;
        x2 = (x2 + x1) | 0; x1 = ((x1 << 11) | (x1 >>> 21)) ^ x2;
        x0 = (x0 + x1) | 0; x1 = ((x1 << 25) | (x1 >>> 7)) ^ x0;
        x2 = (x2 + x3) | 0; x3 = ((x3 << 10) | (x3 >>> 22)) ^ x2;
        x0 = (x0 + x3) | 0; x3 = ((x3 << 18) | (x3 >>> 14)) ^ x0;
        x2 = (x2 + x1) | 0; x1 = ((x1 << 20) | (x1 >>> 12)) ^ x2;
        x0 = (x0 + k2) | 0; x1 = (x1 + k3) | 0; x2 = (x2 + k4) | 0; x3 = (x3 + k0 + 2) | 0;
        x0 = (x0 + x1) | 0; x1 = ((x1 << 10) | (x1 >>> 22)) ^ x0;
        x2 = (x2 + x3) | 0; x3 = ((x3 << 26) | (x3 >>> 6)) ^ x2;
        x0 = (x0 + x3) | 0; x3 = ((x3 << 11) | (x3 >>> 21)) ^ x0;
        x2 = (x2 + x1) | 0; x1 = ((x1 << 21) | (x1 >>> 11)) ^ x2;
        x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0;
        x2 = (x2 + x3) | 0; x3 = ((x3 << 27) | (x3 >>> 5)) ^ x2;
        x0 = (x0 + x3) | 0; x3 = ((x3 << 23) | (x3 >>> 9)) ^ x0;
        x2 = (x2 + x1) | 0; x1 = ((x1 << 5) | (x1 >>> 27)) ^ x2;
        x0 = (x0 + k3) | 0; x1 = (x1 + k4) | 0; x2 = (x2 + k0) | 0; x3 = (x3 + k1 + 3) | 0;
        x0 = (x0 + x1) | 0; x2 = (x2 + x3) | 0;
        words[0] = x0; words[1] = ((x1 << 6) | (x1 >>> 26)) ^ x0;
        words[2] = x2; words[3] = ((x3 << 20) | (x3 >>> 12)) ^ x2;
        return words;
    }

    function uniforms(ofWorld, week, who, purpose) {
        threefry(week, who, purpose, 0);
        drawn[0] = (words[0] >>> 8) * 5.9604644775390625e-8;
        drawn[1] = (words[1] >>> 8) * 5.9604644775390625e-8;
        drawn[2] = (words[2] >>> 8) * 5.9604644775390625e-8;
        drawn[3] = (words[3] >>> 8) * 5.9604644775390625e-8;
    }

    return { key, threefry, uniforms, drawn };
})();

// The flat arrays of the world being played, by kind of row; `enter` sets them.
const here = {
    Parameters: new Float64Array(1), Relation: new Float64Array(1), Pair: new Float64Array(1),
    State: new Float64Array(1), System: new Float64Array(1), RelationTraits: new Float64Array(1),
    PairTraits: new Float64Array(1), StateTraits: new Float64Array(1), Total: new Float64Array(1),
};

/*@@TURN@@*/

// Scenarios

const WHOLE = ["owner", "rival", "reverse", "pair", "first", "left", "right", "toward", "leaders",
    "state_number", "relation_number", "pair_number"];
const TRAITS = ["relation_traits", "pair_traits", "state_traits"];
const CALENDAR = ["event_first", "event_kind", "event_row", "event_actor", "event_target"];

function atlasOf(packed) {
    const atlas = { leaders_pair: packed.leaders_pair };
    for (const name of [...WHOLE, ...CALENDAR]) atlas[name] = Int32Array.from(packed[name]);
    for (const name of TRAITS) atlas[name] = Float64Array.from(packed[name]);
    atlas.event_size = Float64Array.from(packed.event_size);
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
        nRelations: relations.length, nPairs: pairs.length, nStates: codes.length,
    });
}

const scenarios = {};
for (const [name, packed] of Object.entries(model.scenarios)) {
    let ready = null;
    Object.defineProperty(scenarios, name, {
        enumerable: true, get: () => ready || (ready = unpacked(packed)),
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
    ["Relation", "Pair", "State", "System"].map((kind) => [kind, viewOf(model.fields[kind])]),
);

class World {
    constructor({ scenario, parameters, seed = 1, world = 0, story = false }) {
        this.scenario = scenarioOf(scenario);
        const { nRelations, nPairs, nStates } = this.scenario;
        this.parameters = parametersOf(parameters);
        this.relations = new Float64Array(nRelations * size.Relation);
        this.pairs = new Float64Array(nPairs * size.Pair);
        this.states = new Float64Array(nStates * size.State);
        this.system = new Float64Array(size.System);
        this.totals = new Float64Array(nRelations);
        this.telling = story;
        this.begin(seed, world);
    }

    // Begin the same scenario and parameters anew, as another world.
    begin(seed, world) {
        const sound = (value, most) => Number.isSafeInteger(value) && value >= 0 && value <= most;
        if (!sound(seed, Number.MAX_SAFE_INTEGER)) throw new Error("seed must be a whole number");
        if (!sound(world, 0xFFFFFFFF)) throw new Error("world must be a whole number");
        this.seed = seed;
        this.number = world;
        this.week = 0;
        for (const part of [this.relations, this.pairs, this.states, this.system, this.totals]) {
            part.fill(0);
        }
        this.enter();
        beginning_stage.begin(this, this.scenario.atlas, 0);
        this.story = this.telling ? new Story(this) : null;
        return this;
    }

    enter() {
        const { atlas } = this.scenario;
        here.Parameters = this.parameters; here.Relation = this.relations; here.Pair = this.pairs;
        here.State = this.states; here.System = this.system; here.Total = this.totals;
        here.RelationTraits = atlas.relation_traits; here.PairTraits = atlas.pair_traits;
        here.StateTraits = atlas.state_traits;
        randomness.key(this.seed % 4294967296, Math.floor(this.seed / 4294967296), this.number, 0);
    }

    step() {
        this.enter();
        turn.play_turn(this, this.scenario.atlas, this.week, 0);
        this.week += 1;
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

function tracksOf(scenario, weeks) {
    const track = (Kind, width) => ({ cells: new Kind((weeks + 1) * width), width });
    return {
        rungs: track(Uint8Array, scenario.nPairs),
        acts: track(Uint16Array, scenario.nRelations),
        levels: track(Uint16Array, model.measures.length),
    };
}

// Play a world and keep what is noted each week; week 0 is the start.
function play({ scenario, parameters, seed = 1, world = 0, weeks }) {
    const mine = new World({ scenario, parameters, seed, world });
    const tracks = tracksOf(mine.scenario, weeks);
    for (let week = 0; week <= weeks; week += 1) {
        if (week > 0) mine.step();
        else mine.enter();
        tracksModule.observe(mine, mine.scenario.atlas, week, tracks, 0);
    }
    return new Played(mine, tracks, weeks);
}
const tracksModule = tracks;

class Played {
    constructor(world, tracks, weeks) {
        Object.assign(this, { world, weeks, scenario: world.scenario });
        this.rungs = tracks.rungs.cells;  // [week, pair]
        this.acts = tracks.acts.cells;  // [week, relation]
        this.levels = tracks.levels.cells;  // [week, measure]
    }

    // A measure by week, in its own unit (see Spiral.measures).
    measure(name) {
        const k = model.measures.findIndex((m) => m.name === name), n = model.measures.length;
        if (k < 0) throw new Error(`no measure ${name}`);
        const { scale, offset } = model.measures[k];
        return Float64Array.from({ length: this.weeks + 1 }, (_, w) => this.levels[w * n + k] / scale - offset);
    }

    // The rungs of a pair by week; the leaders' if none is given.
    rungsOf(pair = this.scenario.leadersPair) {
        const n = this.scenario.nPairs;
        return Uint8Array.from({ length: this.weeks + 1 }, (_, w) => this.rungs[w * n + pair]);
    }
}

// Play worlds `first` to `first + n - 1`; count where the leaders' pair stands, week by week.
function fan({ scenario, parameters, seed = 1, first = 0, n = 200, weeks = 104, keep = [] }) {
    const mine = new World({ scenario, parameters, seed, world: first });
    const { leadersPair, atlas } = mine.scenario, rungs = new Uint32Array((weeks + 1) * 8);
    const reached = new Uint32Array((weeks + 1) * 8), peaks = new Uint8Array(n);
    const kept = keep.map((name) => model.measures.findIndex((m) => m.name === name));
    const levels = keep.map(() => new Float64Array(n * (weeks + 1)));
    const tracks = keep.length ? tracksOf(mine.scenario, weeks) : null;
    for (let k = 0; k < n; k += 1) {
        if (k > 0) mine.begin(seed, first + k);
        let peak = -1;
        for (let week = 0; week <= weeks; week += 1) {
            if (week > 0) mine.step();
            const now = mine.rung(leadersPair);
            rungs[week * 8 + now] += 1;
            for (; peak < now; peak += 1) reached[week * 8 + peak + 1] += 1;
            if (tracks) tracksModule.observe(mine, atlas, week, tracks, 0);
        }
        peaks[k] = peak;
        kept.forEach((measure, j) => {
            const { scale, offset } = model.measures[measure];
            for (let week = 0; week <= weeks; week += 1) {
                const cell = tracks.levels.cells[week * model.measures.length + measure];
                levels[j][k * (weeks + 1) + week] = cell / scale - offset;
            }
        });
    }
    for (let week = 1; week <= weeks; week += 1) {
        for (let rung = 0; rung < 8; rung += 1) reached[week * 8 + rung] += reached[week * 8 - 8 + rung];
    }
    return { n, weeks, rungs, reached, peaks, levels: Object.fromEntries(keep.map((m, j) => [m, levels[j]])) };
}

/*@@MORE@@*/

return {
    version: model.version, fields: model.fields, parameters: model.parameters,
    presets: model.presets, measures: model.measures, rungs: model.rungs, steps: model.steps,
    scenarios, compile, world: (settings) => new World(settings), play, fan, toYaml, fromYaml,
    parameterArray: parametersOf, randomness, SettingsError,
};
})(/*@@MODEL@@*/);
if (typeof module !== "undefined") module.exports = Spiral;
