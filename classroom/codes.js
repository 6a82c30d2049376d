// Codes of a class: its settings as some characters to type, and what a student's world came to as
// five. They are written in the letters of games' codes. Both are bound to this edition of the model:
// another would play other worlds.
const Codes = (() => {
"use strict";

const MOST = 40;  // characters that anybody types
const STEPS = 200;  // where a slider's keys stop
const DIGITS = 1e6, POINTS = 16;  // any other number: digits, and how many of them follow the point
const KEPT = 4;  // characters of a result before its check
const [FIRST, LAST] = Page.BOUNDS.me, [WEEKS, MOST_WEEKS] = Page.BOUNDS.weeks;
const STUDENTS = LAST - FIRST + 1, RUNGS = Spiral.rungs.length, TAGS = Math.floor(32 ** KEPT / STUDENTS / RUNGS);
const scenarios = Object.keys(Spiral.scenarios), groups = Object.keys(Spiral.presets);
const optionsOf = (group) => Object.keys(Spiral.presets[group]);

function hash(text) {
    let found = 2166136261;
    for (const letter of text) found = Math.imul(found ^ letter.codePointAt(0), 16777619) >>> 0;
    return found;
}
const edition = hash(JSON.stringify([Spiral.version, scenarios, Spiral.presets,
    Spiral.parameters.map(({ name, value, low, high }) => [name, value, low, high])]));

// Numbers below their bases as one number, and back.
const folded = (items) => items.reduceRight((sum, [value, base]) => sum * BigInt(base) + BigInt(value), 0n);
function unfolding(number) {
    const take = (base) => { const found = Number(number % BigInt(base)); number /= BigInt(base); return found; };
    take.rest = () => Number(number);
    return take;
}

const onStep = ({ low, high }, k) => Math.min(high, Math.max(low, Number((low + k / STEPS * (high - low)).toPrecision(6))));
const decimal = (sign, digits, points) => Number(`${sign ? "-" : ""}${digits}e-${points}`);

// A value of a parameter; null if it has too many digits.
function valueAsItems(c, value) {
    const k = Math.round((value - c.low) / (c.high - c.low) * STEPS);
    if (onStep(c, k) === value) return [[0, 2], [k, STEPS + 1]];
    for (let points = 0; points < POINTS; points += 1) {
        const digits = Math.round(Math.abs(value) * 10 ** points), sign = value < 0 ? 1 : 0;
        if (digits < DIGITS && decimal(sign, digits, points) === value) return [[1, 2], [sign, 2], [points, POINTS], [digits, DIGITS]];
    }
    return null;
}
function takeValue(c, take) {
    if (take(2) === 0) return onStep(c, take(STEPS + 1));
    const sign = take(2), points = take(POINTS);
    return decimal(sign, take(DIGITS), points);
}

// The options that the parameters are, and the parameters that are of none.
function parted(parameters) {
    const chosen = groups.map((group) => [group, Page.presetOf(group, parameters)]);
    const covered = new Set(chosen.flatMap(([group, option]) => (option ? Object.values(Spiral.presets[group]).flatMap(Object.keys) : [])));
    return { chosen, own: Spiral.parameters.map(({ name }) => name).filter((name) => Object.hasOwn(parameters, name) && !covered.has(name)) };
}

// The code of a class's settings, or null if they cannot be written in one.
function writeClass({ scenario, parameters, changes, seed, weeks }) {
    if (Object.keys(changes).length) return null;
    const { chosen, own } = parted(parameters), usual = weeks === Page.DEFAULTS.weeks;
    const items = [[scenarios.indexOf(scenario), scenarios.length],
        ...chosen.map(([group, option]) => [optionsOf(group).indexOf(option) + 1, optionsOf(group).length + 1]),
        ...(usual ? [[0, 2]] : [[1, 2], [weeks - WEEKS, MOST_WEEKS - WEEKS + 1]])];
    for (const name of own) {
        const row = Spiral.parameters.findIndex((c) => c.name === name), value = valueAsItems(Spiral.parameters[row], parameters[name]);
        if (!value) return null;
        items.push([1, 2], [row, Spiral.parameters.length], ...value);
    }
    const digits = Array.from(folded([...items, [0, 2], [seed, 1]]).toString(32), (digit) => parseInt(digit, 32));
    const code = Spiral.codeOf([sealOf(digits), ...digits]);
    return code.replaceAll("-", "").length <= MOST ? code : null;
}

// With the check of every code this finds any one wrong letter, and codes of another edition.
const sealOf = (digits) => digits.reduce((sum, digit) => sum + digit, edition) % 32;

// The settings of a code, or null if it is none.
function readClass(code) {
    const [seal, ...digits] = Spiral.valuesOf(code) || [];
    if (!digits.length || digits.length > MOST || seal !== sealOf(digits)) return null;
    const take = unfolding(digits.reduce((sum, digit) => 32n * sum + BigInt(digit), 0n));
    const given = { scenario: scenarios[take(scenarios.length)], parameters: {}, changes: {}, weeks: Page.DEFAULTS.weeks };
    for (const group of groups) {
        const option = optionsOf(group)[take(optionsOf(group).length + 1) - 1];
        Object.assign(given.parameters, option ? Spiral.presets[group][option] : {});
    }
    if (take(2)) given.weeks = WEEKS + take(MOST_WEEKS - WEEKS + 1);
    while (take(2)) {
        const c = Spiral.parameters[take(Spiral.parameters.length)];
        given.parameters[c.name] = takeValue(c, take);
    }
    given.seed = take.rest();
    const found = Page.settings(Page.sound(given)), written = writeClass(found);
    return written && String(Spiral.valuesOf(written)) === String([seal, ...digits]) ? found : null;
}

// What tells a class's settings from another's.
const keyOf = (settings) => Page.encode(Page.sound(Page.settings(settings)));
const tagOf = (settings) => hash(`${edition} ${keyOf(settings)}`) % TAGS;

// The result of a student: number, and the highest rung of that world.
function writeResult(settings, { me, rung }) {
    const number = ((me - FIRST) * RUNGS + rung) * TAGS + tagOf(settings);
    return Spiral.codeOf(Array.from({ length: KEPT }, (_, k) => Math.floor(number / 32 ** (KEPT - 1 - k)) % 32));
}

// The result of a code, `{ other: true }` if it is of another class, or null if it is none.
function readResult(settings, code) {
    const values = Spiral.valuesOf(code);
    if (!values || values.length !== KEPT) return null;
    const number = values.reduce((sum, value) => 32 * sum + value, 0), rest = Math.floor(number / TAGS);
    if (rest >= STUDENTS * RUNGS) return null;
    return number % TAGS === tagOf(settings) ? { me: FIRST + Math.floor(rest / RUNGS), rung: rest % RUNGS } : { other: true };
}

return { writeClass, readClass, writeResult, readResult, keyOf, parted };
})();
