// The teacher's kit: sheets that print on A4, a test scored on the spot, and what is for the teacher alone.
const Kit = (() => {
"use strict";

const { el } = Charts;
const say = (...given) => Page.say(...given);
const SHEETS = ["plan20", "plan50", "seat", "worksheet", "key", "misconceptions", "test", "debrief", "log", "model"];
const ROWS = 2000;  // of a decision log
const RIGHT = [2, 1, 3, 2, 3, 1, 2, 1];  // right answers of the test, in order
const TAUGHT = ["security_dilemma", "four_worlds", "spiral_or_deterrence", "reassurance", "false_alarms", "chance", "channels", "one_run"];
const MISTAKEN = ["arms_race", "security_dilemma", "spiral_or_deterrence", "reassurance", "false_alarms", "chance", "sanctions", "last_week", "one_run", "seat"];
const LETTERS = "abc";
// What each row of a plan has on the projector: a page, a lesson, a sheet of the kit, or nothing.
const SHOWN = {
    plan20: ["seat", "worksheet", null, "seat", "debrief", "spiral_or_deterrence"],
    plan50: ["test", "seat", "seat", "seat", "debrief", "four_worlds", "spiral_or_deterrence", "class", "test"],
};
const WORD = "stag";  // opens the curtain; the teacher finds it in docs/classroom.md
let teacher = false;  // as long as the page is open

const MAKE = {
    plan20: (state, open) => plan("plan20", open),
    plan50: (state, open) => plan("plan50", open),
    worksheet: () => Papers.show(),
    key: () => (teacher ? key() : [closed()]),
    seat: () => seat(),
    misconceptions: () => misconceptions(),
    test: () => test(),
    debrief: () => Debrief.show(),
    log: (state) => log(state),
    model: () => model(),
};

const closed = () => el("p", { class: "warning" }, say("kit.closed"));

// A link to a lesson by its name; a lesson that is not there has none.
function lessonLink(name) {
    const k = LESSONS.findIndex((lesson) => lesson.name === name);
    return k < 0 ? null : el("a", { href: Page.link({ page: "lesson", lesson: k + 1 }) }, say("kit.lesson", { title: Papers.title(LESSONS[k], k) }));
}

function shown(name, open) {
    if (!name) return say("plan.nothing");
    if (SHEETS.includes(name) && name !== "seat") return Views.button(say(`sheet.${name}`), () => open(name, true), { class: "link" });
    return Page.PAGES.includes(name) ? el("a", { href: Page.link({ page: name }) }, say(`nav.${name}`)) : lessonLink(name) || "";
}

function plan(name, open) {
    const columns = ["minutes", "shown", "do", "class", "ask"];
    const rows = SHOWN[name].map((place, k) => el("tr", {}, columns.map((column, c) => el(c ? "td" : "th", c ? { "data-label": say(`plan.${column}`) } : { scope: "row" },
        column === "shown" ? shown(place, open) : say(`${name}.${k + 1}.${column}`)))));
    return [el("p", {}, say(`${name}.aim`)), Seat.picture(),
        el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say(`sheet.${name}`) }, el("table", { class: "plan" },
            el("thead", {}, el("tr", {}, columns.map((column) => el("th", { scope: "col" }, say(`plan.${column}`))))), el("tbody", {}, rows))),
        el("h3", {}, say("plan.devices")), el("dl", {}, ["none", "pair", "each"].flatMap((each) => [el("dt", {}, say(`plan.${each}`)), el("dd", {}, say(`plan.${each}.how`))]))];
}

function key() {
    return LESSONS.map((lesson, k) => el("section", { class: "exercise" },
        el("h3", {}, Papers.title(lesson, k)),
        el("p", {}, el("b", {}, say("key.bet")), " ", say(`lesson.${lesson.name}.bet.${lesson.bet}`)),
        el("p", {}, say(`lesson.${lesson.name}.explain`)),
        el("p", {}, el("b", {}, say("key.check")), " ", say(`lesson.${lesson.name}.check`), " ", el("b", {}, say(`lesson.${lesson.name}.answer.${lesson.answer}`)),
            " ", say(`lesson.${lesson.name}.reason.${lesson.answer}`)),
        el("p", { class: "source" }, say(`lesson.${lesson.name}.source`))));
}

// What many believe, with room to argue; the answers are the teacher's.
function misconceptions() {
    const answer = (k, lesson) => (teacher ? [say(`misconception.${k}.answer`), " ", lesson === "seat" ? "" : lessonLink(lesson) || ""] : Papers.lines(2));
    return [teacher ? null : closed(), el("p", {}, say("misconception.lead")),
        el("dl", {}, MISTAKEN.flatMap((lesson, k) => [el("dt", {}, say(`misconception.${k + 1}`)), el("dd", {}, answer(k + 1, lesson))]))];
}

// How players by rule fared from the seat, and questions for the talk after the curtain.
function seat() {
    const rows = PLAYERS.rows.map(({ rival, player, clashes, clash, stake, stakes }) => [
        say(`players.${rival}`), say(`players.${player}`), say("players.clashes", { clashes, n: PLAYERS.games, low: Page.percent(clash[0]), high: Page.percent(clash[1]) }),
        say("players.stake", { stake: Page.percent(stake), low: Page.percent(stakes[0]), high: Page.percent(stakes[1]) })]);
    const best = PLAYERS.best.map(({ price, fearful, prober }) => [Page.percent(price), say(`players.${fearful}`), say(`players.${prober}`)]);
    return [el("p", {}, say("players.lead")), el("ol", {}, [1, 2, 3, 4, 5].map((k) => el("li", {}, say(`players.how.${k}`)))),
        Views.table([say("players.rival"), say("players.player"), say("players.fought"), say("players.held")], rows, say("players.table", { n: PLAYERS.games })),
        el("p", {}, say("players.jervis", { low: Page.percent(PLAYERS.apart[0]) })),
        Views.table([say("players.price"), say("players.best", { rival: say("players.fearful") }), say("players.best", { rival: say("players.prober") })], best, say("players.prices")),
        el("ol", {}, [1, 2, 3, 4].map((k) => el("li", {}, say(`players.ask.${k}`), Papers.lines(2))))];
}

function test() {
    const n = RIGHT.length, chosen = [...Kept.get("test", new Array(n).fill(0), Kept.list(n, Kept.whole(0, 3)))];
    const scores = Kept.entries("scores", ["before", "after"], Kept.whole(0, n)), reply = el("p", { class: "reply", role: "status" });
    const questions = RIGHT.map((_, q) => el("fieldset", {}, el("legend", {}, `${q + 1}. ${say(`test.${q + 1}`)}`),
        [1, 2, 3].map((k) => el("label", { class: "choice" },
            el("input", { type: "radio", name: `test-${q}`, value: k, checked: chosen[q] === k, onchange: () => { chosen[q] = k; Kept.set("test", chosen); } }), el("span", {}, `${LETTERS[k - 1]}) ${say(`test.${q + 1}.${k}`)}`))),
        el("p", { class: "verdict" })));
    function tell() {
        const { before, after } = scores, missed = n - before;
        reply.textContent = [before !== undefined && say("test.score.before", { right: before, n }), after !== undefined && say("test.score.after", { right: after, n }),
            before !== undefined && after !== undefined && (after > before ? say("test.gain", { gain: after - before, missed }) : say("test.gain.none", { change: after - before }))].filter(Boolean).join(" ");
    }
    function score(when) {
        const left = chosen.filter((k) => !k).length;
        if (left) { reply.textContent = say("test.left", { left }); return; }
        scores[when] = RIGHT.filter((k, q) => chosen[q] === k).length;
        if (when === "after") mark(); else { delete scores.after; clear(); }
        Kept.set("scores", scores);
        tell();
    }
    // Only a teacher sees which answer is right: a test that names it cannot be taken twice.
    function mark() {
        questions.forEach((node, q) => {
            node.querySelector(".verdict").textContent = !teacher || !chosen[q] ? "" : chosen[q] === RIGHT[q] ? say("test.right") : say("test.wrong", { right: say(`test.${q + 1}.${RIGHT[q]}`) });
        });
    }
    function clear() {
        chosen.fill(0);
        Kept.set("test", chosen);
        questions.forEach((node) => node.querySelectorAll("input").forEach((input) => { input.checked = false; }));
        questions.forEach((node) => { node.querySelector(".verdict").textContent = ""; });
    }
    tell();
    return [el("p", { class: "blank" }, say("worksheet.name")), el("p", { class: "screen" }, say("test.how")), ...questions,
        el("div", { class: "controls" }, Views.button(say("test.before"), () => score("before")),
            Views.button(say("test.after"), () => score("after")), Views.button(say("test.clear"), clear)), reply, teacher ? solution() : null];
}

function solution() {
    return el("section", { class: "paper" }, el("h3", {}, say("test.solution")), el("ol", {}, RIGHT.map((k, q) => el("li", {},
        el("b", {}, `${LETTERS[k - 1]}) ${say(`test.${q + 1}.${k}`)}`), " ", lessonLink(TAUGHT[q]) || ""))), el("p", {}, say("test.solution.how")));
}

// The full decision log of the world that the address names, and questions to talk it over.
function log(state) {
    const place = el("div");
    const { scenario } = state;
    const questions = el("ol", {}, [1, 2, 3, 4, 5].map((k) => el("li", {}, say(`log.${k}`), Papers.lines(2))));
    Worlds.run("kit", (function* () {
        const world = Spiral.world({ ...Page.settings(state), scenario: Worlds.scenarioOf(scenario, state.changes), world: state.world, story: true });
        const rows = [], pair = world.scenario.leadersPair;
        for (let week = 1; week <= state.weeks; week += 1) {
            world.step();
            const rung = world.rung(pair);
            for (const text of Story.week(world, Infinity)) rows.push([week, `${rung} ${say(`rung.${rung}`)}`, text]);
            yield;
        }
        place.replaceChildren(Views.table([say("table.week"), say("log.leaders"), say("log.deed")], rows.slice(0, ROWS),
            say(rows.length > ROWS ? "log.cut" : "log.all", { n: rows.length, rows: ROWS })));
    })());
    const world = Views.number({ label: say("world.number"), value: state.world, low: 0, high: 4294967295,
        onchange: (now) => App.go({ ...state, world: now }) });
    return [el("p", {}, say("log.which", { title: Page.title(scenario), seed: state.seed, world: state.world, weeks: state.weeks })),
        el("div", { class: "controls" }, world.node), questions, place];
}

// What this model is and is not, on one page, with a picture of what it gives: worlds, not an answer.
function model() {
    const list = (part, n) => el("section", {}, el("h3", {}, say(`model.${part}`)), el("ul", {}, Array.from({ length: n }, (_, k) => el("li", {}, say(`model.${part}.${k + 1}`)))));
    const many = new Worlds.Ensemble({ scenario: "two_rivals", changes: {}, parameters: { offence: 0.9, distinguishability: 0.1 }, seed: 1, weeks: 104 });
    const tiles = new Views.Tiles(200, 5), fan = Views.chart("fan", say("chart.fan"), 200);
    Worlds.many("kit", [many], 200, { ondone: () => { tiles.draw(many); Views.drawFan(fan, many); } });
    return [el("p", { class: "lead" }, say("model.lead")), el("p", {}, say("model.picture")),
        el("div", { class: "halves" }, el("div", {}, tiles.node, Views.tilesKey(false)), fan.node), Views.rungKey(),
        el("div", { class: "halves" }, list("in", 5), list("out", 5)), el("div", { class: "halves" }, list("for", 4), list("never", 3)),
        list("evidence", 4), list("tested", 3)];
}

// The teacher's switch: a curtain, no lock, and it says so.
function curtain(redraw) {
    const reply = el("p", { class: "reply wrong", role: "status" });
    if (teacher) return el("div", { class: "curtain" }, el("p", {}, say("kit.teacher.on")), Views.button(say("kit.teacher.close"), () => { teacher = false; redraw(); }));
    const word = el("input", { type: "text", autocomplete: "off", spellcheck: "false", maxlength: 20 });
    const ask = () => { teacher = word.value.trim().toLowerCase() === WORD; if (teacher) redraw(); else reply.textContent = say("kit.teacher.wrong"); };
    word.addEventListener("keydown", (event) => { if (event.key === "Enter") ask(); });
    return el("details", { class: "curtain" }, el("summary", {}, say("kit.teacher")), el("p", {}, say("kit.teacher.how")),
        el("div", { class: "controls" }, el("label", { class: "field" }, el("span", {}, say("kit.teacher.word")), word), Views.button(say("kit.teacher.open"), ask)), reply);
}

function show(state, change, { sheet = state.world || Object.keys(state.parameters).length ? "log" : "plan20" } = {}) {
    const place = el("div"), side = el("div", { class: "screen" });
    const open = (name, focus) => {
        sheet = name;
        const heading = el("h2", { tabindex: "-1" }, say(`sheet.${name}`));
        Worlds.stop("kit");
        place.replaceChildren(el("article", { class: `sheet sheet-${name}` }, heading, ...MAKE[name](state, open).filter(Boolean)));
        buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(SHEETS[k] === name)));
        if (focus) heading.focus();
    };
    const redraw = (focus) => { side.replaceChildren(curtain(() => redraw(true))); open(sheet, focus); };
    const buttons = SHEETS.map((name) => Views.button(say(`sheet.${name}`), () => open(name, true), { "aria-pressed": "false" }));
    redraw(false);
    const page = [
        el("h1", { tabindex: "-1" }, say("kit.title")),
        el("p", { class: "lead" }, say("kit.lead")),
        side,
        el("div", { class: "controls tabs" }, buttons, Views.button(say("kit.print"), () => print(), { class: "main" })),
        place,
    ];
    page.kept = () => ({ sheet });
    return page;
}

return { show };
})();
