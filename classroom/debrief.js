// What a class can learn from its own games: their codes, a line each, are played again, compared
// and asked about.
const Debrief = (() => {
"use strict";

const { el } = Charts;
const say = (...given) => Page.say(...given);
const { turnsOf } = Spiral, LUCKS = 200, APART = 20, MOST = 60, TYPES = ["fearful", "prober", "neighbour"];
const who = (seat) => say(`seat.who.${seat}`);
const mean = (found, of) => Worlds.mean(found.map(of));
let pasted = "";  // as long as the page is open

// The games of some lines, and what was wrong with the others.
function read(text) {
    const games = [], codes = new Set(), bad = [], unplayed = [];
    let again = 0;
    text.split("\n").forEach((each, k) => {
        if (!each.trim()) return;
        const game = Spiral.readGame(each.trim()), code = game && Spiral.writeGame(game);
        if (!game) bad.push(`${k + 1} (${each.trim().slice(0, 12)})`);
        else if (!turnsOf(game)) unplayed.push(k + 1);
        else if (codes.has(code)) again += 1;
        else { codes.add(code); games.push({ game, code }); }
    });
    return { games: games.slice(0, MOST), left: Math.max(0, games.length - MOST), bad, unplayed, again };
}

function told({ games, left, bad, unplayed, again }) {
    return [bad.length && say("debrief.bad", { list: bad.join(", ") }), unplayed.length && say("debrief.unplayed", { list: unplayed.join(", ") }),
        again && say("debrief.again", { n: again }), left && say("debrief.left", { n: left, most: MOST }), !games.length && say("debrief.none")].filter(Boolean).join(" ");
}

// A game played: how it ended, under how many other lucks it clashes, and its readings turn by turn.
function played({ game, code }, k) {
    const whole = Spiral.playGame(game), { weeks } = whole, turns = turnsOf(game);
    const readings = Array.from({ length: turns }, (_, turn) => [0, 1].map((seat) => ({ turn, seat, ...Seat.reading(game, weeks, turn, seat) }))).flat();
    const misread = readings.filter(({ wrong }) => wrong.length);
    return {
        number: k + 1, game, code, weeks, turns, ...whole, type: game.theirs ? "neighbour" : game.rival,
        risk: Spiral.gameElsewhere(game, LUCKS).filter(Boolean).length, first: misread[0],
        telling: most(misread.filter(({ seat }) => seat === 0)) || most(misread) || most(readings),
    };
}

// The reading after which fear had grown most.
const growth = ({ fears: [before, after] }) => after - before;
const most = (readings) => readings.reduce((best, each) => (!best || growth(each) > growth(best) ? each : best), undefined);

function tableOf(found) {
    const rows = found.map(({ number, code, type, first, stake, risk, turns, ...whole }) => [
        [`${number}. `, el("a", { href: Page.link({ page: "seat", game: code }) }, code)], say(`debrief.type.${type}`),
        `${Seat.outcome(whole)}${turns < Spiral.seat.turns ? ` ${say("debrief.turns", { turns })}` : ""}`, Page.percent(stake),
        first ? say("debrief.first", { turn: first.turn + 1, other: who(1 - first.seat), wrong: first.wrong.join(", ") }) : say("debrief.first.none"), String(risk)]);
    return grid(["code", "rival", "end", "held", "misread", "risk"], rows, say("debrief.table", { n: found.length, lucks: LUCKS }));
}

function grid(keys, rows, caption) {
    return Views.saving(el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, el("table", { class: "games" }, el("caption", {}, caption),
        el("thead", {}, el("tr", {}, keys.map((key) => el("th", { scope: "col" }, say(`debrief.column.${key}`))))),
        el("tbody", {}, rows.map((row) => el("tr", {}, row.map((each, k) => el(k ? "td" : "th", k ? { "data-label": say(`debrief.column.${keys[k]}`) } : { scope: "row" }, each))))))));
}

// The class counted by what Betania was, and a tile for each game.
function countsOf(found) {
    const types = TYPES.map((type) => ({ type, games: found.filter((each) => each.type === type) })).filter(({ games }) => games.length);
    const rows = types.map(({ type, games }) => [say(`debrief.type.${type}`), String(games.length), String(games.filter(({ peace }) => !peace).length),
        Page.percent(mean(games, ({ stake }) => stake)), String(Math.round(mean(games, ({ risk }) => risk)))]);
    return [
        grid(["rival", "games", "clashes", "held", "risk"], rows, say("debrief.counts", { lucks: LUCKS })),
        Views.tilesKey(false),
        el("div", { class: "board" }, types.map(({ type, games }) => el("section", {}, el("h4", {}, say(`debrief.type.${type}`)),
            el("div", { class: "tiles numbered", role: "img", "aria-label": say("debrief.tiles", { n: games.length, clashes: games.filter(({ peace }) => !peace).length }) },
                games.map(({ number, highest }) => el("i", { class: Views.kindName(highest) }, String(number))))))),
    ];
}

function tellingOf(found) {
    const rows = found.map(({ number, telling: { turn, seat, did, seen, wrong, fears } }) => [`${number}`, String(turn + 1), say("debrief.did", { who: who(seat), did: did.toLowerCase() }),
        `${say("seat.read", { other: who(1 - seat), hostile: seen })}${wrong.length ? ` ${say("seat.read.wrong", { wrong: wrong.join(", ") })}` : ""}`,
        say("debrief.fear", { other: who(1 - seat), before: Page.percent(fears[0]), after: Page.percent(fears[1]) })]);
    return grid(["game", "turn", "did", "taken", "fear"], rows, say("debrief.telling"));
}

// The most telling turn of all, as a picture.
function sceneOf(found) {
    const { number, weeks, telling } = found.reduce((best, each) => (growth(each.telling) > growth(best.telling) ? each : best));
    const last = Spiral.seat.weeks * (telling.turn + 1), { sides } = weeks[last], label = say("debrief.scene", { number, turn: telling.turn + 1 });
    const violence = Math.max(...weeks.slice(last + 1 - Spiral.seat.weeks, last + 1).map((week) => week.violence));
    return el("figure", { class: "small" }, el("figcaption", {}, label), Scene.scene({ names: [who(0), who(1)], fearWord: say("seat.fear"), violence, label,
        sides: sides.map((side) => ({ ...side, worry: Math.min(1, side.fear), anger: 0 })) }));
}

// Three questions made from what happened; those that fit least often come first.
function questionsOf(found) {
    const clashed = found.filter(({ peace }) => !peace), n = found.length, [afraid, probing] = TYPES.map((type) => found.filter((each) => each.type === type));
    const count = (games, cause) => games.filter((each) => each.cause === cause).length, clashes = (games) => games.filter(({ peace }) => !peace).length;
    const byRisk = [...found].sort((a, b) => a.risk - b.risk), unlucky = byRisk.find(({ peace }) => !peace), lucky = byRisk.findLast(({ peace }) => peace);
    const early = found.filter(({ first }) => first && first.turn < 5).length, low = byRisk[0], high = byRisk[n - 1];
    const below = found.filter(({ peace, stake }) => peace && stake < 0.5).length, kept = n - clashed.length;
    return [
        unlucky && lucky && unlucky.risk + APART < lucky.risk && ["luck", { unlucky: unlucky.number, u: unlucky.risk, lucky: lucky.number, l: lucky.risk, lucks: LUCKS }],
        afraid.length && probing.length && ["types", { a: clashes(afraid), of: afraid.length, p: clashes(probing), all: probing.length }],
        clashed.length > 1 && ["causes", { n: clashed.length, chosen: count(clashed, 1), met: count(clashed, 2), accident: count(clashed, 3) }],
        early && ["early", { early, n }],
        below && ["price", { kept, below }],
        low !== high && ["range", { low: low.number, l: low.risk, high: high.number, h: high.risk, lucks: LUCKS }],
        ["all", { n, peace: kept }], ["know", { n }], ["seat", { n }],
    ].filter(Boolean).slice(0, 3).map(([key, given]) => say(`debrief.ask.${key}`, given));
}

function report(found) {
    return [
        el("section", { class: "paper" }, el("h3", {}, say("debrief.class", { n: found.length })), ...countsOf(found), tableOf(found)),
        el("section", { class: "paper" }, el("h3", {}, say("debrief.turned")), sceneOf(found), tellingOf(found),
            el("section", { class: "exercise" }, el("h3", {}, say("debrief.questions")), el("ol", {}, questionsOf(found).map((text) => el("li", {}, text, Papers.lines(2)))))),
    ];
}

function show() {
    const place = el("div"), reply = el("p", { class: "reply", role: "status" });
    const codes = el("textarea", { rows: 6, spellcheck: "false", maxlength: 20000, oninput: () => { pasted = codes.value; } });
    codes.value = pasted;
    const play = () => {
        const given = read(codes.value), found = [];
        reply.textContent = told(given);
        place.replaceChildren();
        Worlds.run("kit", (function* () {
            for (const each of given.games) { found.push(played(each, found.length)); yield; }
            if (found.length) place.replaceChildren(...report(found));
            if (!reply.textContent) reply.textContent = say("debrief.done", { n: found.length });
        })());
    };
    return [
        el("p", { class: "screen" }, say("debrief.how")),
        el("div", { class: "screen" }, el("label", { class: "field" }, el("span", {}, say("debrief.codes")), codes),
            el("p", {}, Views.button(say("debrief.play"), play, { class: "main" })), reply),
        place,
    ];
}

return { show };
})();
