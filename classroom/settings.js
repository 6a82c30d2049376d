// Settings: a scenario with changed starts and traits, and experiment files that the command line
// runs. What may be changed, and within what bounds, is what sim/config allows.

class SettingsError extends Error {}

function refuse(told) { throw new SettingsError(told); }

const BLOCS = { west: 1, east: 2 };
const VIOLENCE = { none: 0, clash: 1, war: 2 };
const MISCALCULATION = model.fields.RelationTraits.filter((n) => /_(odds|share)$/.test(n));
const share = (v) => v >= 0 && v <= 1;
const level = (v) => [0, 0.25, 0.5, 0.75, 1].includes(v);
const factor = (v) => v >= 0 && v <= 100;
const miscalculating = Object.fromEntries(
    MISCALCULATION.map((name) => [name, name.endsWith("_odds") ? factor : share]),
);
const CHANGES = {
    traits: {
        ...miscalculating, capability: (v) => v >= 1e-6 && v <= 1, firmness: share, greed: share,
        democracy: share, nuclear: share, spending: (v) => v >= -0.5 && v <= 2, challenger: share,
    },
    relations: {
        ...miscalculating, ...Object.fromEntries(Object.keys(model.instruments).map((name) => [name, level])),
        grievance: share, fear: share,
    },
    pairs: { channel: share, violence: (v) => Object.hasOwn(VIOLENCE, v) },
    invented: { name: (v) => isText(v, 60), proximity: null },
};
const EVENT = {
    id: (v) => typeof v === "string" && /^[a-z][a-z0-9_]{0,39}$/.test(v),
    date: (v) => isDay(v), kind: (v) => model.happenings.includes(v), actor: (v) => isText(v, 10),
    target: (v) => isText(v, 10), size: share, weeks: (v) => Number.isInteger(v) && v >= 1 && v <= 52, what: (v) => isText(v, 500),
    source: (v) => isText(v, 500),
};
const SIZELESS = ["accession", "war", "ceasefire"];
const EXERCISES = ["exercise", "snap_exercise"];
const STEPPED = [
    ...Object.values(model.instruments).map(({ event }) => event).filter((event) => event !== null), "forward", "briefing", ...EXERCISES,
];

// Printable text; what could open a door in a config file is refused there as here.
function isText(value, limit) {
    return typeof value === "string" && value.length > 0 && value.length <= limit
        && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value) && !/\$\{|_target_/.test(value);
}

function isDay(value) {
    if (typeof value !== "string" || !/^(19|20)\d\d-\d\d-\d\d$/.test(value)) return false;
    const day = new Date(`${value}T00:00:00Z`);
    return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

function isPlain(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

const weekOf = (start, day) =>
    Math.floor((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${start}T00:00:00Z`)) / 604800000);

// Return a scenario with changed starts and traits, by the keys of a scenario's file.
function compile(name, changes = {}) {
    const base = scenarioOf(name), made = checkedChanges(base, changes);
    const atlas = { ...base.atlas };
    for (const part of TRAITS) atlas[part] = atlas[part].slice();
    const scenario = { ...base, atlas, changes: made, names: [...base.names] };
    for (const [code, given] of Object.entries(made.invented || {})) setInvented(scenario, code, given);
    setTraits(scenario, made.traits || {});
    for (const [key, given] of Object.entries(made.relations || {})) {
        const r = base.place.get(key);
        for (const [field, value] of Object.entries(given)) {
            const column = MISCALCULATION.includes(field) ? field : `start_${field}`;
            atlas.relation_traits[r * size.RelationTraits + at.RelationTraits[column]] = value;
        }
    }
    for (const [key, given] of Object.entries(made.pairs || {})) {
        const row = atlas.pair[base.place.get(key.replace("-", ">"))] * size.PairTraits;
        if ("channel" in given) atlas.pair_traits[row + at.PairTraits.start_channel] = given.channel;
        if ("violence" in given) {
            atlas.pair_traits[row + at.PairTraits.start_violence] = VIOLENCE[given.violence];
        }
    }
    if (made.events) setEvents(scenario, made.events);
    return Object.freeze(scenario);
}

function setTraits(scenario, traits) {
    const { atlas, codes, place } = scenario, table = atlas.state_traits;
    const cell = (i, field) => i * size.StateTraits + at.StateTraits[field];
    const named = Object.values(traits).some((given) => "challenger" in given);
    if (named && scenario.challenger_by_rule) table[cell(atlas.leaders[1], "challenger")] = 0;
    for (const [code, given] of Object.entries(traits)) {
        for (const [field, value] of Object.entries(given)) {
            if (!MISCALCULATION.includes(field)) {
                const column = field === "spending" ? "start_spending" : field;
                table[cell(codes.indexOf(code), column)] = value;
                continue;
            }
            for (const [key, r] of place) {
                if (key.startsWith(code)) {
                    atlas.relation_traits[r * size.RelationTraits + at.RelationTraits[field]] = value;
                }
            }
        }
    }
}

function setInvented(scenario, code, given) {
    const { atlas, place } = scenario;
    if ("name" in given) scenario.names[scenario.codes.indexOf(code)] = given.name;
    for (const [other, near] of Object.entries(given.proximity || {})) {
        const r = place.get(`${code}>${other}`);
        atlas.relation_traits[r * size.RelationTraits + at.RelationTraits.proximity] = near;
        atlas.relation_traits[atlas.reverse[r] * size.RelationTraits + at.RelationTraits.proximity] = near;
        atlas.pair_traits[atlas.pair[r] * size.PairTraits + at.PairTraits.proximity] = near;
    }
}

function membersOf(scenario, name) {
    if (!Object.hasOwn(BLOCS, name)) return [name];
    return scenario.codes.filter((_, i) => scenario.blocs[i] === BLOCS[name]);
}

// The states a name may come to stand for: also neutrals and those that accede.
function mayCount(scenario, name, events) {
    if (!Object.hasOwn(BLOCS, name)) return [name];
    const moving = new Set(events.filter((e) => e.kind === "accession").map((e) => e.actor));
    return scenario.codes.filter((code, i) => moving.has(code) || [0, BLOCS[name]].includes(scenario.blocs[i]));
}

function rowsOf({ place }, actors, targets) {
    const found = actors.flatMap((a) => targets.map((b) => place.get(`${a}>${b}`)));
    return found.filter((r) => r !== undefined).sort((a, b) => a - b);
}

// The rows of an event in the calendar; a bloc means its members on the day, known when it is played.
function entriesOf(scenario, events, event) {
    const line = [event.week, model.happenings.indexOf(event.kind)];
    if (event.kind === "accession") {
        return [[...line, scenario.codes.indexOf(event.actor), sizeOf(scenario, events, event), 0, 0]];
    }
    if (event.kind === "forward") return [[...line, scenario.codes.indexOf(event.target), event.size, 0, 0]];
    if (event.kind === "briefing") {
        const speech = entriesOf(scenario, events, { ...event, kind: "speech" });
        return [...speech, [...line, scenario.codes.indexOf(event.actor), event.size, 0, 0]];
    }
    const ends = [event.actor, event.target], blocs = ends.map((end) => BLOCS[end] || 0);
    const rows = rowsOf(scenario, ...ends.map((end) => mayCount(scenario, end, events)));
    if (EXERCISES.includes(event.kind)) {
        return [  // it ends whatever bloc a state is in by then
            ...rows.map((row) => [...line, row, event.size, ...blocs]),
            ...rows.map((row) => [event.week + event.weeks, line[1], row, 0, 0, 0]),
        ];
    }
    return rows.map((row) => [...line, row, sizeOf(scenario, events, event), ...blocs]);
}

function setEvents(scenario, events) {
    const dated = inOrder(events.map((e) => ({ ...e, week: weekOf(scenario.start, e.date) })));
    scenario.events = dated;
    const calendar = dated.flatMap((e) => entriesOf(scenario, dated, e)).sort((a, b) => a[0] - b[0]);
    const weeks = calendar.length ? calendar[calendar.length - 1][0] + 1 : 0, { atlas } = scenario;
    atlas.event_first = Int32Array.from({ length: weeks + 1 }, (_, week) => {
        const first = calendar.findIndex((line) => line[0] >= week);
        return first < 0 ? calendar.length : first;
    });
    atlas.event_kind = Int32Array.from(calendar, (line) => line[1]);
    atlas.event_row = Int32Array.from(calendar, (line) => line[2]);
    atlas.event_size = Float32Array.from(calendar, (line) => line[3]);
    atlas.event_actor = Int32Array.from(calendar, (line) => line[4]);
    atlas.event_target = Int32Array.from(calendar, (line) => line[5]);
}

// The bloc that a state has joined by the dated accessions before an event.
function sideAt({ blocs, codes }, events, event, code) {
    let side = blocs[codes.indexOf(code)];
    for (const earlier of events.slice(0, events.indexOf(event))) {
        if (earlier.kind !== "accession" || earlier.actor !== code) continue;
        side = BLOCS[earlier.target] || sideAt({ blocs, codes }, events, earlier, earlier.target);
    }
    return side;
}

function sizeOf(scenario, events, event) {
    if (event.kind === "accession") return BLOCS[event.target] || sideAt(scenario, events, event, event.target);
    if (SIZELESS.includes(event.kind)) return event.kind === "war" ? VIOLENCE.war : VIOLENCE.none;
    return event.size;
}

// Return changes that are sound, as plain objects of their own; refuse anything else.
function checkedChanges(scenario, changes) {
    if (!isPlain(changes)) refuse("changes must be an object");
    const made = {};
    for (const [part, entries] of Object.entries(changes)) {
        if (part === "events") made.events = checkedEvents(scenario, entries);
        else if (!Object.hasOwn(CHANGES, part)) refuse(`scenario.${part} cannot be changed here`);
        else if (!isPlain(entries)) refuse(`scenario.${part} must be a mapping`);
        else made[part] = checkedPart(scenario, part, entries);
    }
    return made;
}

function checkedPart(scenario, part, entries) {
    const made = Object.entries(entries).map(
        ([key, given]) => [keyOf(scenario, part, key), checkedEntry(scenario, part, key, given)],
    );
    if (new Set(made.map(([key]) => key)).size < made.length) refuse(`scenario.${part}: given twice`);
    return Object.fromEntries(made);
}

// A pair has two names; the one of the scenario's file counts.
function keyOf(scenario, part, key) {
    const back = part === "pairs" ? `${key.slice(4)}-${key.slice(0, 3)}` : key;
    return scenario.pair_keys.includes(back) ? back : key;
}

function checkedEntry(scenario, part, key, given) {
    const known = {
        traits: () => scenario.codes.includes(key),
        relations: () => scenario.place.has(key),
        pairs: () => /^...-...$/.test(key) && scenario.place.has(key.replace("-", ">")),
        invented: () => scenario.invented.includes(key),
    };
    if (!known[part]()) refuse(`scenario.${part}: no ${JSON.stringify(key).slice(0, 40)} here`);
    if (!isPlain(given)) refuse(`scenario.${part}.${key} must be a mapping`);
    return Object.fromEntries(Object.entries(given).map(([field, value]) => {
        const path = `scenario.${part}.${key}`;
        if (!Object.hasOwn(CHANGES[part], field)) refuse(`${path}: no such key`);
        if (field === "proximity") return [field, checkedProximity(scenario, path, key, value)];
        const words = ["name", "violence"].includes(field);
        if (typeof value !== (words ? "string" : "number") || !CHANGES[part][field](value)) {
            refuse(`${path}.${field} is out of bounds`);
        }
        return [field, value];
    }));
}

// Leaders that lie further apart than this have no relation (sim/model/roster.py).
const NEAREST = 0.5;

function checkedProximity(scenario, path, code, given) {
    if (!isPlain(given)) refuse(`${path}.proximity must be a mapping`);
    return Object.fromEntries(Object.entries(given).map(([other, near]) => {
        const known = scenario.movable.includes(`${code}>${other}`);
        if (!known || typeof near !== "number" || !(near >= NEAREST && near <= 1)) refuse(`${path}.proximity is wrong`);
        return [other, near];
    }));
}

function checkedEvents(scenario, given) {
    if (!Array.isArray(given) || given.length > 1000) refuse("scenario.events must be a list");
    const made = given.map((event) => {
        if (!isPlain(event)) refuse("an event must be a mapping");
        const made = {};
        for (const [field, known] of Object.entries(EVENT)) {
            if (field === "id" && !Object.hasOwn(event, "id")) continue;
            if (field === "size" && SIZELESS.includes(event.kind)) continue;
            if (field === "weeks" && !EXERCISES.includes(event.kind)) continue;
            if (!Object.hasOwn(event, field) || !known(event[field])) refuse(`event: ${field} is wrong`);
            made[field] = event[field];
        }
        if (STEPPED.includes(made.kind) && !level(made.size)) refuse("event: size must be in quarters");
        if (made.kind === "force" && made.size !== 1) refuse("event: size of force must be 1");
        if (weekOf(scenario.start, made.date) < 0) refuse("event: date is before the start");
        return made;
    });
    const ids = made.flatMap(({ id }) => id === undefined ? [] : [id]);
    if (new Set(ids).size < ids.length) refuse("event: two have the same id");
    for (const event of made) checkEnds(scenario, inOrder(made), event);
    return made;
}

// By date; on one day accessions come first, since they decide who is meant.
const inOrder = (events) => [...events].sort((a, b) => (
    a.date < b.date ? -1 : a.date > b.date ? 1 : (b.kind === "accession") - (a.kind === "accession")));

function checkEnds(scenario, events, event) {
    const known = (name) => Object.hasOwn(BLOCS, name) || scenario.codes.includes(name);
    if (!known(event.actor) || !known(event.target)) refuse("event: no such state or bloc");
    if (event.kind === "forward") {
        const at = events.indexOf(event), there = scenario.codes.indexOf(event.target);
        const sideOf = (end) => BLOCS[end] || sideAt(scenario, events, event, end);
        if (at < 0 || there < 0 || scenario.leaders.includes(event.target)) refuse("event: forces go forward to a member");
        if (!sideOf(event.target) || sideOf(event.actor) !== sideOf(event.target) || event.actor === event.target) refuse("event: forces go forward to an ally");
        return;
    }
    if (event.kind === "briefing" && Object.hasOwn(BLOCS, event.actor)) refuse("event: one state briefs");
    if (event.kind !== "accession") {
        const acceding = events.filter((e) => e.kind === "accession").map((e) => e.actor);
        const ends = [event.actor, event.target].map((end) => [
            ...membersOf(scenario, end), ...(Object.hasOwn(BLOCS, end) ? acceding : []),
        ]);
        if (rowsOf(scenario, ...ends).length === 0) refuse("event: the two have no relation");
        return;
    }
    const i = scenario.codes.indexOf(event.actor), joined = sizeOf(scenario, events, event);
    if (i < 0 || scenario.leaders.includes(event.actor)) refuse("event: a state must accede");
    if (!joined || sideAt(scenario, events, event, event.actor) === joined) refuse("event: nothing to accede to");
}

// Experiment files

const LIMITS = { seed: [0, Number.MAX_SAFE_INTEGER], worlds: [1, 10_000_000], weeks: [1, 5200] };

// Return settings that are sound, complete and plain: {scenario, changes, parameters, seed, ...}.
function checkedSettings(given) {
    const { scenario, changes = {}, parameters = {}, seed = 1, worlds = 200, weeks = 104 } = given;
    if (typeof scenario !== "string" || !Object.hasOwn(scenarios, scenario)) refuse("no such scenario");
    if (!isPlain(parameters)) refuse("parameters must be a mapping");
    const made = {
        scenario, changes: checkedChanges(scenarios[scenario], changes), parameters: {},
        seed, worlds, weeks,
    };
    for (const [name, [low, high]] of Object.entries(LIMITS)) {
        const v = made[name];
        if (!Number.isSafeInteger(v) || v < low || v > high) {
            refuse(`${name} must be a whole number from ${low} to ${high}`);
        }
    }
    try { parametersOf(parameters); } catch (error) { refuse(error.message); }
    Object.assign(made.parameters, parameters);
    checkProximities(made.changes.invented || {});
    return made;
}

function checkProximities(invented) {
    for (const [code, given] of Object.entries(invented)) {
        for (const [other, near] of Object.entries(given.proximity || {})) {
            const back = invented[other] && invented[other].proximity;
            if (back && code in back && back[code] !== near) refuse("proximity must be mutual");
        }
    }
}

// A number as YAML reads it back, the same double: 1e-7 would be text.
function numeral(value) {
    const text = String(value);
    return /e/.test(text) && !/\./.test(text) ? text.replace("e", ".0e") : text;
}

function scalar(value) { return typeof value === "number" ? numeral(value) : JSON.stringify(value); }

function lines(value, indent) {
    const pad = " ".repeat(indent);
    return Object.entries(value).flatMap(([key, part]) => {
        const name = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? key : JSON.stringify(key);
        if (Array.isArray(part)) {
            if (part.length === 0) return [`${pad}${name}: []`];
            return [`${pad}${name}:`, ...part.flatMap((item) => {
                const [first, ...rest] = lines(item, indent + 4);
                return [`${pad}  - ${first.trimStart()}`, ...rest];
            })];
        }
        if (!isPlain(part)) return [`${pad}${name}: ${scalar(part)}`];
        if (Object.keys(part).length === 0) return [`${pad}${name}: {}`];
        return [`${pad}${name}:`, ...lines(part, indent + 2)];
    });
}

// Return an experiment file that `python -m sim --config-dir=DIR experiment=NAME` plays to the same
// numbers, once it lies at DIR/experiment/NAME.yaml.
function toYaml(settings) {
    const { scenario, changes, parameters, seed, worlds, weeks } = checkedSettings(settings);
    const kept = { ...changes }, base = scenarios[scenario];
    const invented = Object.entries(changes.invented || {});
    if (invented.length) kept.invented = mutual(invented);
    const late = (e) => weekOf(base.start, e.date) >= weeks;
    const events = changes.events || base.events;
    if (events.some(late)) {  // the command line refuses what would never happen
        kept.events = checkedEvents(base, events.filter((e) => !late(e)));
    }
    const every = { ...model.defaults };  // what the options of the groups would set otherwise
    for (const [name, value] of Object.entries(parameters)) every[name] = value;
    const body = { seed, worlds, weeks, parameters: every };
    if (Object.keys(kept).length) body.scenario = kept;
    return [
        "# @package _global_", "# Made by Spiral's classroom page. Save it as mine/experiment/own.yaml; then",
        "# python -m sim --config-dir=mine experiment=own", "defaults:",
        `  - override /scenario: ${scenario}`, ...lines(body, 0), "",
    ].join("\n");
}

function mutual(invented) {
    const made = Object.fromEntries(invented.map(([code, given]) => [code, { ...given }]));
    for (const [code, given] of invented) {
        for (const [other, near] of Object.entries(given.proximity || {})) {
            made[other] = { ...made[other], proximity: { ...(made[other] || {}).proximity, [code]: near } };
        }
    }
    return made;
}

const KEY = /^( *)(- )?(?:([A-Za-z_][A-Za-z0-9_]*)|("(?:[^"\\\x00-\x1f]|\\["\\/])*")):(?: (.*))?$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/;
const CHOICE = /^ {2}- override \/(scenario|miscalculation|world|doctrine|diplomacy): ([a-z0-9_]+)$/;

// Return the settings of an experiment file that has the form `toYaml` gives it; refuse any other
// text. Nothing is evaluated, and no key is taken that is not known.
function fromYaml(text) {
    if (typeof text !== "string" || text.length > 200_000) refuse("not a file of this page");
    if (/[^\n\P{C}]|[\p{Zl}\p{Zp}]/u.test(text.replace(/\r\n/g, "\n"))) refuse("unprintable characters");
    const rows = text.replace(/\r\n/g, "\n").split("\n").map((line, k) => ({ line, k: k + 1 }))
        .filter(({ line, k }) => k === 1 || (line.trim() !== "" && !/^ *#/.test(line)));
    if (!rows.length || rows[0].line.trimEnd() !== "# @package _global_") refuse("line 1: not an experiment file");
    if (rows.length < 3 || rows[1].line !== "defaults:") refuse("line 2: the choices are missing");
    const chosen = new Map();
    let next = 2;
    for (; next < rows.length && CHOICE.test(rows[next].line); next += 1) {
        const [, group, option] = CHOICE.exec(rows[next].line);
        if (chosen.has(group)) refuse(`line ${rows[next].k}: ${group} is chosen twice`);
        chosen.set(group, option);
    }
    if (!chosen.has("scenario")) refuse("no scenario is chosen");
    const [tree, end] = mapping(rows, next, 0, 0);
    if (end !== rows.length) refuse(`line ${rows[end].k}: not understood`);
    return fromTree(chosen, tree);
}

function fromTree(chosen, tree) {
    const known = ["seed", "worlds", "weeks", "parameters", "scenario"];
    for (const key of Object.keys(tree)) if (!known.includes(key)) refuse(`${key.slice(0, 40)}: no such key`);
    let parameters = {};
    for (const [group, option] of chosen) {
        if (group === "scenario") continue;
        const options = model.presets[group];
        if (!Object.hasOwn(options, option)) refuse(`${group}: no such option`);
        parameters = { ...parameters, ...options[option] };
    }
    if (tree.parameters !== undefined && !isPlain(tree.parameters)) refuse("parameters must be a mapping");
    parameters = { ...parameters, ...tree.parameters };
    for (const [name, value] of Object.entries(model.defaults)) {
        if (parameters[name] === value) delete parameters[name];
    }
    const { seed, worlds, weeks } = tree;
    return checkedSettings({
        scenario: chosen.get("scenario"), changes: tree.scenario, parameters, seed, worlds, weeks,
    });
}

function mapping(rows, first, indent, depth) {
    if (depth > 6) refuse(`line ${rows[first].k}: nested too deep`);
    const made = Object.create(null);
    let next = first;
    while (next < rows.length) {
        const { line, k } = rows[next], found = KEY.exec(line);
        if (!found) refuse(`line ${k}: not understood`);
        const [, pad, dash, bare, quoted, rest] = found;
        if (pad.length < indent || dash) break;
        const key = bare || JSON.parse(quoted);
        if (pad.length > indent || key in made || key === "__proto__") refuse(`line ${k}: not understood`);
        next += 1;
        if (rest !== undefined && rest !== "") made[key] = scalarOf(rest, k);
        else if (next < rows.length && /^ *- /.test(rows[next].line)) {
            [made[key], next] = listing(rows, next, indent + 2, depth);
        } else [made[key], next] = mapping(rows, next, indent + 2, depth + 1);
        if (isPlain(made[key]) && rest === undefined && Object.keys(made[key]).length === 0) {
            refuse(`line ${k}: nothing below`);
        }
    }
    return [{ ...made }, next];
}

function listing(rows, first, indent, depth) {
    const made = [];
    let next = first;
    while (next < rows.length && rows[next].line.startsWith(`${" ".repeat(indent)}- `)) {
        const { line, k } = rows[next];
        const opened = [{ line: " ".repeat(indent + 2) + line.slice(indent + 2), k }];
        let last = next + 1;
        while (last < rows.length && /^ */.exec(rows[last].line)[0].length >= indent + 2) last += 1;
        const [item, end] = mapping([...opened, ...rows.slice(next + 1, last)], 0, indent + 2, depth + 1);
        if (end !== last - next) refuse(`line ${k}: not understood`);
        made.push(item);
        next = last;
    }
    return [made, next];
}

function scalarOf(text, k) {
    if (text === "[]") return [];
    if (text === "{}") return {};
    if (NUMBER.test(text) && Number.isFinite(Number(text))) return Number(text);
    if (/^"(?:[^"\\]|\\["\\/])*"$/.test(text)) return JSON.parse(text);
    if (/^[a-z_]{1,20}$/.test(text) && !["null", "true", "false", "yes", "no", "on", "off"].includes(text)) return text;
    return refuse(`line ${k}: not understood`);
}
