// The page's state, its words and its address. A state is plain: which page, which lesson, and the
// settings of a world. Whatever comes from an address is checked here, value by value.
const Page = (() => {
"use strict";

const KEPT = "spiral.language";
Object.assign(WORDS.en, Spiral.words);  // those of stories come with the engine
let words = WORDS.en, chosen = "", formats = {};
const borrowed = new Set();  // texts that were said in English for want of a translation

// Speak the language that is asked for, or else the one chosen before, the browser's, English.
function speak(asked) {
    const wanted = [asked, remembered(), ...navigator.languages.map((each) => each.split("-")[0].toLowerCase())];
    chosen = Object.hasOwn(WORDS, asked) ? asked : "";
    words = WORDS[wanted.find((each) => Object.hasOwn(WORDS, each)) || "en"];
    formats = {};
    borrowed.clear();
    Spiral.speak(words);
}
function remembered() { try { return localStorage.getItem(KEPT) || ""; } catch { return ""; } }
function remember(code) { try { localStorage.setItem(KEPT, code); } catch { /* the address has it */ } }
const languages = () => Object.entries(WORDS).map(([code, told]) => (
    { code, name: told["language.name"], current: told === words, whole: Object.keys(WORDS.en).every((key) => Object.hasOwn(told, key)) }));

// The text of a key, with {name}s filled in; without one, what is declared in English.
function say(key, given = {}, declared = undefined) {
    const known = Object.hasOwn(words, key), text = known ? words[key] : WORDS.en[key] || declared || key;
    const told = text.replace(/\{(\w+)\}/g, (whole, name) => Object.hasOwn(given, name) ? plain(given[name]) : whole);
    if (!known && words !== WORDS.en) borrowed.add(told);
    return told;
}
const plain = (value) => (typeof value === "number" ? number(value) : String(value));

const has = (key) => Object.hasOwn(words, key);

const PAGES = ["home", "seat", "lesson", "sandbox", "class", "kit"];
const BOUNDS = {
    lesson: [1, LESSONS.length], seed: [0, Number.MAX_SAFE_INTEGER], world: [0, 4294967295],
    weeks: [4, 520], students: [2, 200], me: [1, 200],
};
const DEFAULTS = {
    page: "home", lesson: 1, scenario: "two_rivals", seed: 1, world: 0, weeks: 104, students: 25, me: 1, game: "", lang: "",
};
const declared = Object.fromEntries(Spiral.parameters.map((each) => [each.name, each]));
const CHANGED = 20000;  // most characters of an address that are looked at

// The world that a lesson begins with: one that tells.
const firstWorld = (lesson) => { const { telling } = LESSONS[lesson - 1]; return telling ? telling.world : 0; };

// A sound state from anything; what is wrong in it is left out.
function sound(given) {
    const state = { ...DEFAULTS, lang: chosen, parameters: {}, changes: {} };
    if (typeof given !== "object" || given === null) return state;
    if (PAGES.includes(given.page)) state.page = given.page;
    if (Object.hasOwn(WORDS, given.lang)) state.lang = given.lang;
    if (typeof given.scenario === "string" && Object.hasOwn(Spiral.scenarios, given.scenario)) state.scenario = given.scenario;
    if (Spiral.readGame(given.game)) state.game = Spiral.writeGame(Spiral.readGame(given.game));
    for (const [name, [low, high]] of Object.entries(BOUNDS)) {
        const value = given[name];
        if (Number.isSafeInteger(value) && value >= low && value <= high) state[name] = value;
    }
    if (given.world === undefined && state.page === "lesson") state.world = firstWorld(state.lesson);
    for (const [name, value] of Object.entries(given.parameters || {})) {
        if (!Object.hasOwn(declared, name) || typeof value !== "number") continue;
        const { low, high, value: usual } = declared[name];
        if (value >= low && value <= high && value !== usual) state.parameters[name] = value;
    }
    try {
        if (given.changes && Object.keys(given.changes).length) {
            Spiral.compile(state.scenario, given.changes);
            state.changes = JSON.parse(JSON.stringify(given.changes));
        }
    } catch { state.changes = {}; }
    return state;
}

// The address of a state: what differs from the default, readable.
function encode(state) {
    const found = new URLSearchParams();
    for (const name of Object.keys(DEFAULTS)) {
        const usual = name === "world" && state.page === "lesson" ? firstWorld(state.lesson) : DEFAULTS[name];
        if (state[name] !== usual) found.set(name, String(state[name]));
    }
    for (const { name } of Spiral.parameters) {
        if (Object.hasOwn(state.parameters, name)) found.set(`p.${name}`, String(state.parameters[name]));
    }
    if (Object.keys(state.changes).length) found.set("changes", JSON.stringify(state.changes));
    return found.toString();
}

function decode(text) {
    const given = { parameters: {} };
    if (text.length > CHANGED) return sound(given);
    for (const [name, value] of new URLSearchParams(text.replace(/^#/, ""))) {
        if (name.startsWith("p.")) {
            if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(value)) given.parameters[name.slice(2)] = Number(value);
        } else if (Object.hasOwn(BOUNDS, name)) {
            if (/^\d{1,16}$/.test(value)) given[name] = Number(value);
        } else if (name === "changes") {
            try { given.changes = JSON.parse(value); } catch { /* left out */ }
        } else if (["page", "scenario", "game", "lang"].includes(name)) given[name] = value;
    }
    return sound(given);
}

const link = (given) => `#${encode(sound(given)) || "page=home"}`;

// What a world is played from.
function settings(state) {
    const { scenario, changes, parameters, seed, weeks } = state;
    return { scenario, changes, parameters, seed, weeks };
}

// The option of a group of presets that the parameters are, if they are one.
function presetOf(group, parameters) {
    const options = Spiral.presets[group], own = Object.values(options).flatMap((values) => Object.keys(values));
    const now = (name) => parameters[name] ?? declared[name].value;
    return Object.keys(options).find((each) => own.every((name) => now(name) === (options[each][name] ?? declared[name].value)));
}

// Long words broken into the same few shapes everywhere.
function number(value, digits = 20) {
    formats[digits] = formats[digits] || new Intl.NumberFormat(words.language, { maximumFractionDigits: digits, useGrouping: false });
    return formats[digits].format(value + 0).replace("-", "−");  // + 0: without the sign of -0
}
const percent = (share) => say("number.percent", { n: Math.round(share * 100) });
function short(value) {
    const size = Math.abs(value), digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return number(Number(value.toFixed(digits)), digits);
}

// Said to a screen reader, also when the same was said before.
function tell(text) {
    const place = document.getElementById("status");
    place.textContent = place.textContent === text ? `${text}\u00a0` : text;
}

const rungNames = () => Spiral.rungs.map((_, k) => say(`rung.${k}`));
// Words that are declared in English, with the model or a scenario.
const title = (scenario) => say(`scenario.${scenario}.title`, {}, Spiral.scenarios[scenario].title);
const account = (scenario) => say(`scenario.${scenario}.account`, {}, Spiral.scenarios[scenario].account);
const stateName = (name) => (Object.hasOwn(words, `state.${name}`) ? words[`state.${name}`] : name);
const isReal = (scenario) => !Spiral.scenarios[scenario].invented.length;

return { say, speak, remember, languages, number, language: () => words.language, isBorrowed: (text) => borrowed.has(text), has, sound, encode, decode, link, settings, presetOf, percent, short, tell, title, account, stateName, rungNames, isReal, declared, PAGES, DEFAULTS, BOUNDS };
})();
