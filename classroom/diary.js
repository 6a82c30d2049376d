// What a side did over some weeks and what the other took it for, in words: of the weeks that
// `Spiral.playGame` and `Spiral.watchWorld` give.
const Diary = (() => {
"use strict";

const say = (...given) => Page.say(...given);
const INSTRUMENTS = ["rhetoric", "deployment", "sanctions", "diplomacy"];
const MISTAKES = ["misread_intent", "misread_signal", "misread_capability", "misread_resolve"];
const MOVED = 0.005;  // of fear, from which on it is told
const { hostility: thresholds } = Spiral.seat;
const quarter = (value) => Math.round(4 * Math.max(0, Math.min(1, value)));

const hostile = (value) => thresholds.filter((least) => value >= least).length;
const hostility = (value) => say(`seat.hostile.${hostile(value)}`);
const level = (instrument, value) => say(`seat.level.${instrument}.${quarter(value)}`);

// Steps that a side took, how hostile each (`push` above 0), from the week `first` to the week `last`.
function steps(weeks, first, last, seat) {
    const before = weeks[first].sides[seat], after = weeks[last].sides[seat];
    return INSTRUMENTS.filter((name) => after[name] !== before[name])
        .map((name) => ({ name, push: (after[name] - before[name]) * (name === "diplomacy" ? -1 : 1), way: after[name] > before[name] ? "up" : "down", before: before[name], level: after[name] }));
}

const during = (weeks, first, last) => weeks.slice(first + 1, last + 1);

// What else happened to its forces.
function happened(weeks, first, last, seat) {
    const some = during(weeks, first, last), any = (holds) => some.some(({ sides }) => holds(sides[seat]));
    return [any(({ accident }) => accident) && "accident", any(({ stance }) => stance < 0) && "yielded", any(({ stance }) => stance > 0) && "stood"].filter(Boolean);
}

// How the reader misread the other; a signal can be lost only where one was given.
function mistakes(weeks, first, last, reader) {
    const some = during(weeks, first, last);
    const way = steps(weeks, first, last, 1 - reader).reduce((sum, { push }) => sum + push, 0);
    return MISTAKES.map((name) => {
        const found = some.map(({ sides }) => sides[reader][name]).filter((sign) => sign && (name !== "misread_signal" || sign * way > 0));
        return found.length ? `${name}.${found[0] > 0 ? "up" : "down"}` : null;
    }).filter(Boolean);
}

// Whether the reader's fear grew or fell.
function felt(weeks, first, last, reader) {
    const change = weeks[last].sides[reader].fear - weeks[first].sides[reader].fear;
    return change > MOVED ? "more" : change < -MOVED ? "less" : "";
}

return { steps, happened, mistakes, felt, hostile, hostility, level };
})();
