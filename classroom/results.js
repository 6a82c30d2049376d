// The board of a class: a tile a student, filled by the codes that the students' pages give. What a
// code says is held against that very world, played here.
const Results = (() => {
"use strict";

const { el } = Charts;
const say = (...given) => Page.say(...given);
const { turns: TURNS } = Spiral.seat, CLASH = Spiral.rungs.indexOf("clash");
const MANY = 40;  // students, from which on tiles are small
const TOKENS = 1000;  // codes that are read at once

// Boards are kept over a reload where the browser lets a page keep anything.
const place = (settings) => `class ${Codes.keyOf(settings)}`;
const keep = (settings, board) => Kept.set(place(settings), board);
const kept = (settings) => sound(Kept.get(place(settings), null, (value) => typeof value === "object"));
function sound(given) {
    const { results, games } = given && !Array.isArray(given) ? given : {}, [low, high] = Page.BOUNDS.me;
    const fits = ([me, rung]) => Number.isInteger(Number(me)) && me >= low && me <= high && Number.isInteger(rung) && rung >= 0 && rung < Spiral.rungs.length;
    return { results: Object.fromEntries(Object.entries(results || {}).filter(fits)), games: Array.from(games || []).filter((code) => Spiral.readGame(code)) };
}

const worldOf = (settings, me) => Page.link({ ...settings, page: "sandbox", world: me });

// What is wrong with a code, in words; null if it is now on the board.
function take(board, { students, ...settings }, code) {
    const found = Codes.readResult(settings, code);
    if (found && found.other) return say("results.other", { code });
    if (!found) return takeGame(board, code);
    const { me, rung } = found;
    if (me > students) return say("results.beyond", { code, me, students });
    const came = Math.max(...Worlds.played(Page.settings(settings), me).rungsOf());
    if (came !== rung) {
        return [say("results.false", { code, me, told: say(`rung.${rung}`), came: say(`rung.${came}`) }), " ", el("a", { href: worldOf(settings, me) }, say("world.sandbox"))];
    }
    board.results[me] = rung;
    return null;
}

function takeGame(board, code) {
    const game = Spiral.readGame(code);
    if (!game || !Spiral.turnsOf(game)) return say("results.wrong", { code });
    const written = Spiral.writeGame(game);
    if (!board.games.includes(written)) board.games.push(written);
    return null;
}

const openTile = (number) => el("li", {}, el("b", {}, String(number)), el("span", {}, say("results.open")));
const tile = (number, rung, told, href) => el("li", { class: Views.kindName(rung) },
    el("a", { href }, el("b", {}, String(number)), el("span", {}, told)));

const counted = (rungs) => {
    const found = { calm: 0, tense: 0, bad: 0 };
    for (const rung of rungs) found[Views.kindName(rung)] += 1;
    return found;
};

function gameTiles(games) {
    const played = games.map((code) => { const game = Spiral.readGame(code); return { code, turns: Spiral.turnsOf(game), rung: Spiral.playGame(game).highest }; });
    const clashes = played.filter(({ rung }) => rung >= CLASH).length;
    return [el("h3", {}, say("results.games")),
        el("p", { class: "count-line" }, say("results.games.count", { n: played.length, peace: played.length - clashes, clashes })),
        el("ol", { class: "students" }, played.map(({ code, rung, turns }, k) => tile(k + 1, rung, [say(rung >= CLASH ? "results.game.clash" : "results.game.peace"),
            turns < TURNS && ` (${say("results.game.turns", { turns })})`], Page.link({ page: "seat", game: code }))))];
}

// `current` gives the settings with the number of students.
function show(current) {
    let board = kept(current());
    const tiles = el("ol", { class: "students" }), count = el("p", { class: "count-line", role: "status" }), missing = el("p", { class: "hint" });
    const games = el("div"), refused = el("ul", { class: "refused" });
    const typed = el("textarea", { rows: 2, spellcheck: "false", autocapitalize: "characters",
        onkeydown: (event) => { if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); read(); } } });

    function draw() {
        const { students } = current(), numbers = Array.from({ length: students }, (_, k) => k + 1), there = numbers.filter((me) => me in board.results);
        const lacking = numbers.filter((me) => !(me in board.results));
        tiles.classList.toggle("many", students > MANY);
        tiles.replaceChildren(...numbers.map((me) => (me in board.results ? tile(me, board.results[me], say(`rung.${board.results[me]}`), worldOf(current(), me)) : openTile(me))));
        count.textContent = say("results.count", { n: there.length, students, ...counted(there.map((me) => board.results[me])) });
        missing.textContent = !there.length ? "" : lacking.length ? say("results.missing", { n: lacking.length, list: lacking.join(", ") }) : say("results.complete");
        games.replaceChildren(...(board.games.length ? gameTiles(board.games) : []));
    }

    function read() {
        const codes = typed.value.split(/[\s,;]+/).filter(Boolean).slice(0, TOKENS), wrong = [], why = [];
        Worlds.run("results", (function* () {
            for (const code of codes) {
                const fault = take(board, current(), code.slice(0, 60));
                if (fault) { wrong.push(code); why.push(fault); }
                yield;
            }
            keep(current(), board);
            typed.value = wrong.join("\n");
            refused.replaceChildren(...why.map((told) => el("li", {}, told)));
            draw();
        })());
    }
    function empty() {
        board = sound(null);
        keep(current(), board);
        refused.replaceChildren();
        draw();
    }
    const refresh = () => { board = kept(current()); refused.replaceChildren(); draw(); };

    draw();
    return { refresh, node: el("div", {}, el("label", { class: "field" }, el("span", {}, say("results.type")), typed),
        el("div", { class: "controls" }, Views.button(say("results.take"), read, { class: "main" }), Views.button(say("results.empty"), empty)),
        el("div", { role: "status" }, refused), count, tiles, Views.tilesKey(), missing, games) };
}

return { show };
})();
