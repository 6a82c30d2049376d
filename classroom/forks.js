// Forks: futures of a world, with the same luck or another, with something changed. Changes are data,
// as in a config (sim/plan/changes.py says what each kind takes); the rules hold them.

// The scenario in which changes hold, in place of any it had.
function changedIn(given, changes) {
    const scenario = scenarioOf(given), holds = changes.flatMap((change) => holdsOf(scenario, change));
    holds.sort((a, b) => a.week - b.week || a.what - b.what);
    const { n } = model.changes, places = holds.map(({ week, what }) => week * n + what);
    const n_places = holds.length ? (holds[holds.length - 1].week + 1) * n : 0;
    const change_first = new Int32Array(n_places + 1);
    for (let place = 0, k = 0; place <= n_places; place += 1) {
        while (k < places.length && places[k] < place) k += 1;
        change_first[place] = k;
    }
    return Object.freeze({
        ...scenario, held: changes,
        atlas: {
            ...scenario.atlas, change_first,
            change_row: Int32Array.from(holds, ({ row }) => row),
            change_value: Float32Array.from(holds, ({ value }) => value),
        },
    });
}

function holdsOf(scenario, change) {
    const kind = Object.hasOwn(model.changes.kinds, change.kind) ? model.changes.kinds[change.kind] : null;
    const refuse = (told) => { throw new Error(`${change.kind}: ${told}`); };
    if (!kind) throw new Error(`no change ${change.kind}`);
    const name = change.name || "", { who, toward, week, weeks = 1 } = change;
    if (!Object.hasOwn(kind.what, name)) refuse(`no ${name || "name"}`);
    if (!Number.isSafeInteger(week) || week < 1 || !(weeks >= 1)) refuse("weeks begin with 1");
    const { what, words } = kind.what[name];
    const value = kind.fixed !== null ? kind.fixed : typeof change.value === "string" ? words[change.value] : change.value;
    if (typeof value !== "number" || !Number.isFinite(value)) refuse(`no value ${change.value}`);
    const row = rowOf(scenario, kind, name, who, toward);
    if (row === undefined || row < 0) refuse(`${who} and ${toward} have no relation`);
    return Array.from({ length: weeks }, (_, k) => ({ week: week - 1 + k, what, row, value }));
}

function rowOf({ place, atlas, codes }, { ends }, name, who, toward) {
    if (ends === "none") return at.Parameters[name];
    if (ends === "state") return codes.indexOf(who);
    const r = place.get(`${who}>${toward}`);
    return ends === "pair" && r !== undefined ? atlas.pair[r] : r;
}

// The parameters that changes set, by the week after which they count: pairs of place and value.
function laterIn({ atlas }) {
    const { n, parameter } = model.changes, { change_first: first } = atlas, found = new Map();
    for (let week = 0; week * n < first.length - 1; week += 1) {
        for (let k = first[week * n + parameter]; k < first[week * n + parameter + 1]; k += 1) {
            found.set(week, [...(found.get(week) || []), [atlas.change_row[k], atlas.change_value[k]]]);
        }
    }
    return found;
}

// Futures of a world after a week: luck 0 is its own, any other another future. `seen` is called with
// each block of futures, the lane and the luck.
function futures({ scenario, parameters, seed = 1, world = 0, week, weeks = 104, lucks = [0], changes = [] }, seen) {
    checkNumbers(seed, world);
    const mine = changedIn(scenario, changes), values = parametersOf(parameters), width = rules.spiral_width();
    const block = blockOf(mine, weeks);
    for (let k = 0; k < lucks.length; k += width) {
        const some = lucks.slice(k, k + width), cells = () => cellsOf(block.world.key.lucks);
        block.begin(values, seed, world);
        block.play(1, week + 1);
        cells().forEach((_, lane) => { cells()[lane] = some[Math.min(lane, some.length - 1)]; });
        block.play(week + 1, weeks + 1);
        some.forEach((luck, lane) => seen(block, lane, luck));
    }
}

// How far the leaders of each future come: its highest rung after the week.
function fork(settings) {
    const { week, weeks = 104, lucks = [0] } = settings, peaks = new Uint8Array(lucks.length);
    let k = 0;
    futures(settings, ({ scenario, tracks }, lane) => {
        const cells = cellsOf(tracks.rungs), width = rules.spiral_width(), { nPairs, leadersPair } = scenario;
        for (let w = week + 1; w <= weeks; w += 1) {
            peaks[k] = Math.max(peaks[k], cells[(w * nPairs + leadersPair) * width + lane]);
        }
        k += 1;
    });
    return { n: lucks.length, week, weeks, peaks };
}

// One future in full, as `play` gives a world.
function playFork(settings) {
    const { scenario, parameters, seed = 1, world = 0, weeks = 104, luck = 0, changes = [] } = settings;
    const mine = new World({ scenario: changedIn(scenario, changes), parameters, seed, world });
    let played = null;
    futures({ ...settings, lucks: [luck] }, (block) => {
        block.store(mine);
        mine.week = weeks;
        played = new Played(mine, block.tracks, weeks);
    });
    return played;
}
