// The teacher's kit: sheets that print on A4, and a test scored on the spot.
const Kit = (() => {
"use strict";

const { el } = Charts;
const say = (...given) => Page.say(...given);
const SHEETS = ["plan20", "plan50", "seat", "worksheet", "key", "misconceptions", "test", "debrief"];
const ROWS = 2000;  // of a decision log
const RIGHT = [2, 1, 3, 2, 3, 1, 2, 1];  // right answers of the test, in order

function lines(n) { return Array.from({ length: n }, () => el("div", { class: "line" })); }

const MAKE = {
    plan20: () => plan("plan20", 5),
    plan50: () => plan("plan50", 7),
    worksheet: () => [
        el("p", { class: "blank" }, say("worksheet.name")),
        ...LESSONS.map((lesson, k) => el("section", { class: "exercise" },
            el("h3", {}, `${k + 1}. ${say(`lesson.${lesson.name}.title`)}`),
            el("p", {}, say("worksheet.bet"), " ", el("b", {}, say(`lesson.${lesson.name}.question`))),
            el("ol", { class: "boxes" }, Views.order(3, k % 6).map((bet) => el("li", {}, say(`lesson.${lesson.name}.bet.${bet + 1}`)))),
            el("p", {}, say("worksheet.one")), ...lines(1), el("p", {}, say("worksheet.many")), ...lines(1),
            el("p", {}, say("worksheet.why")), ...lines(2))),
    ],
    key: () => LESSONS.map((lesson, k) => el("section", { class: "exercise" },
        el("h3", {}, `${k + 1}. ${say(`lesson.${lesson.name}.title`)}`),
        el("p", {}, el("b", {}, say("key.bet")), " ", say(`lesson.${lesson.name}.bet.${lesson.bet}`)),
        el("p", {}, say(`lesson.${lesson.name}.explain`)),
        el("p", {}, el("b", {}, say("key.check")), " ", say(`lesson.${lesson.name}.check`), " ", el("b", {}, say(`lesson.${lesson.name}.answer.${lesson.answer}`)),
            " ", say(`lesson.${lesson.name}.reason.${lesson.answer}`)),
        el("p", { class: "source" }, say(`lesson.${lesson.name}.source`)))),
    seat: () => seat(),
    misconceptions: () => [el("dl", {}, [1, 2, 3, 4, 5, 6, 7, 8].flatMap((k) =>
        [el("dt", {}, say(`misconception.${k}`)), el("dd", {}, say(`misconception.${k}.answer`))]))],
    test: () => test(),
    debrief: (state) => debrief(state),
};

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
        el("ol", {}, [1, 2, 3, 4].map((k) => el("li", {}, say(`players.ask.${k}`), ...lines(2))))];
}

function plan(name, n) {
    return [el("p", {}, say(`${name}.aim`)), Views.table([say("plan.minutes"), say("plan.what"), say("plan.how")],
        Array.from({ length: n }, (_, k) => [say(`${name}.${k + 1}.minutes`), say(`${name}.${k + 1}.what`), say(`${name}.${k + 1}.how`)]), say(`sheet.${name}`))];
}

function test() {
    const chosen = new Array(RIGHT.length).fill(0), scores = {};
    const reply = el("p", { class: "reply", role: "status" });
    const questions = RIGHT.map((_, q) => el("fieldset", {}, el("legend", {}, `${q + 1}. ${say(`test.${q + 1}`)}`),
        [1, 2, 3].map((k) => el("label", { class: "choice" },
            el("input", { type: "radio", name: `test-${q}`, value: k, onchange: () => { chosen[q] = k; } }), el("span", {}, say(`test.${q + 1}.${k}`)))),
        el("p", { class: "mark" })));
    function score(when) {
        const right = RIGHT.filter((k, q) => chosen[q] === k).length;
        scores[when] = right;
        questions.forEach((node, q) => {
            const mark = node.querySelector(".mark");
            mark.textContent = when === "after" && chosen[q] ? (chosen[q] === RIGHT[q] ? say("test.right") : say("test.wrong", { right: say(`test.${q + 1}.${RIGHT[q]}`) })) : "";
        });
        reply.textContent = [say(`test.score.${when}`, { right, n: RIGHT.length }),
            scores.before !== undefined && scores.after !== undefined ? say("test.gain", { gain: scores.after - scores.before }) : ""].join(" ");
    }
    function clear() {
        chosen.fill(0);
        questions.forEach((node) => node.querySelectorAll("input").forEach((input) => { input.checked = false; }));
        questions.forEach((node) => { node.querySelector(".mark").textContent = ""; });
    }
    return [el("p", {}, say("test.how")), ...questions,
        el("div", { class: "controls" }, Views.button(say("test.before"), () => { score("before"); clear(); }),
            Views.button(say("test.after"), () => score("after")), Views.button(say("test.clear"), clear)), reply];
}

// The full decision log of the world that the address names, and questions to talk it over.
function debrief(state) {
    const place = el("div");
    const { scenario } = state;
    const questions = el("ol", {}, [1, 2, 3, 4, 5].map((k) => el("li", {}, say(`debrief.${k}`), ...lines(2))));
    Worlds.run("log", (function* () {
        const world = Spiral.world({ ...Page.settings(state), scenario: Worlds.scenarioOf(scenario, state.changes), world: state.world, story: true });
        const rows = [], pair = world.scenario.leadersPair;
        for (let week = 1; week <= state.weeks; week += 1) {
            world.step();
            const rung = world.rung(pair);
            for (const text of Story.week(world, Infinity)) rows.push([week, `${rung} ${say(`rung.${rung}`)}`, text]);
            yield;
        }
        place.replaceChildren(Views.table([say("table.week"), say("debrief.leaders"), say("debrief.deed")], rows.slice(0, ROWS),
            say(rows.length > ROWS ? "debrief.log.cut" : "debrief.log", { n: rows.length, rows: ROWS })));
    })());
    const world = Views.number({ label: say("world.number"), value: state.world, low: 0, high: 4294967295,
        onchange: (now) => App.go({ ...state, world: now }) });
    return [el("p", {}, say("debrief.which", { title: Page.title(scenario), seed: state.seed, world: state.world, weeks: state.weeks })),
        el("div", { class: "controls" }, world.node), questions, place];
}

function show(state, change, { sheet = state.world || Object.keys(state.parameters).length ? "debrief" : "plan20" } = {}) {
    const place = el("div");
    const open = (name, focus) => {
        sheet = name;
        const heading = el("h2", { tabindex: "-1" }, say(`sheet.${name}`));
        place.replaceChildren(el("article", { class: "sheet" }, heading, MAKE[name](state)));
        buttons.forEach((button, k) => button.setAttribute("aria-pressed", String(SHEETS[k] === name)));
        if (focus) heading.focus();
    };
    const buttons = SHEETS.map((name) => Views.button(say(`sheet.${name}`), () => open(name, true), { "aria-pressed": "false" }));
    open(sheet, false);
    const page = [
        el("h1", { tabindex: "-1" }, say("kit.title")),
        el("p", { class: "lead" }, say("kit.lead")),
        el("div", { class: "controls tabs" }, buttons, Views.button(say("kit.print"), () => print(), { class: "main" })),
        place,
    ];
    page.kept = () => ({ sheet });
    return page;
}

return { show };
})();
