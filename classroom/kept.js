// What a reload must not lose, under one key of the tab's own storage. What comes out of it is
// foreign: each reader says what fits, and the rest is left out. Where storage is denied or full,
// the page remembers for as long as it is open, and says nothing.
const Kept = (() => {
"use strict";

const KEY = "spiral", MOST = 100000;  // characters
const held = read();

function read() {
    try {
        const text = sessionStorage.getItem(KEY) || "{}", found = text.length > MOST ? null : JSON.parse(text);
        return new Map(found && typeof found === "object" ? Object.entries(found) : []);
    } catch { return new Map(); }
}

// What was kept under a name, where it fits.
function get(name, fallback, fits = (value) => typeof value === typeof fallback) {
    return held.has(name) && fits(held.get(name)) ? held.get(name) : fallback;
}

function set(name, value) {
    held.set(name, value);
    try { sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries(held))); } catch { /* kept by this page alone */ }
}

// Values by key: those of `keys` that fit, one by one.
function entries(name, keys, fits) {
    const found = get(name, {}, (value) => value !== null && typeof value === "object");
    return Object.fromEntries(keys.filter((key) => Object.hasOwn(found, key) && fits(found[key])).map((key) => [key, found[key]]));
}

function forget() {
    held.clear();
    try { sessionStorage.removeItem(KEY); } catch { /* there is none */ }
}

const whole = (low, high) => (value) => Number.isSafeInteger(value) && value >= low && value <= high;
const list = (n, fits) => (value) => Array.isArray(value) && value.length === n && value.every(fits);

return { get, set, entries, forget, whole, list };
})();
