// Class mode without a server: settings travel as a code, a student's number is a number of a world,
// and what it came to travels back as a code. The class may count by hand too; the teacher's page shows
// the computed ensemble beside it.
const ClassMode = (() => {
"use strict";

const { el, LINES } = Charts;
const say = (...given) => Page.say(...given);
const POINTS = 6;  // turning points of a student's world that are told
const board = [...Kept.get("board", new Array(8).fill(0), Kept.list(8, Kept.whole(0, 200)))];

const step = (number, name, ...inside) => el("section", { class: "step" },
    el("h2", {}, el("span", { class: "count", "aria-hidden": "true" }, String(number)), say(`class.${name}`)), ...inside);

// A student's own world: what it came to, as a code for the board, and how that came about.
function ownWorld(current, put) {
    const chart = Views.chart("rung", say("chart.own"), 250);
    const came = el("p", { class: "big", role: "status" }), code = el("p", { class: "result", hidden: true }), story = el("div");
    const me = Views.number({ label: say("class.me"), value: current().me, low: 1, high: 200, onchange: (now) => put({ me: now }) });

    function play() {
        const state = current(), played = Worlds.played(Page.settings(state), state.me), peak = Math.max(...played.rungsOf());
        Views.drawRungs(chart, played, LINES[0]);
        came.textContent = say("class.highest", { me: state.me, peak, name: say(`rung.${peak}`) });
        code.replaceChildren(say("class.result"), " ", el("b", {}, Codes.writeResult(state, { me: state.me, rung: peak })));
        code.hidden = chart.node.hidden = false;
        tell(state);
    }

    function tell(state) {
        const told = Spiral.world({ ...Page.settings(state), scenario: Worlds.scenarioOf(state.scenario, state.changes), world: state.me, story: true });
        Worlds.run("told", (function* () {
            while (told.week < state.weeks) { told.step(); yield; }
            const points = told.story.turningPoints(POINTS).filter(({ text }) => text);
            story.replaceChildren(el("h3", {}, say("class.story")),
                points.length ? el("ol", { class: "points" }, points.map(({ week, text }) => el("li", {}, el("span", { class: "when" }, say("story.week", { week })), " ", text)))
                    : el("p", {}, say("class.story.none")),
                el("p", {}, el("a", { href: Page.link({ ...state, page: "sandbox", world: state.me }) }, say("world.sandbox"))));
        })());
    }

    // What was played no longer fits the number, or the settings.
    function refresh() {
        Worlds.stop("told");
        came.textContent = "";
        story.replaceChildren();
        code.hidden = chart.node.hidden = true;
    }
    refresh();
    return { refresh, node: el("div", { class: "own" },
        el("div", { class: "controls" }, me.node, Views.button(say("class.play.mine"), play, { class: "main" })), came, code, chart.node, story) };
}

function show(state, change) {
    let mine = state;
    const bars = Views.chart("bars", say("class.chart"), 260);
    const verdict = el("p", { class: "reply", role: "status" });
    let computed = null;
    function put(part) {
        mine = Page.sound({ ...mine, ...part });
        change(mine, true);
        [poster, sharing, results, world].forEach((each) => each.refresh());
        computed = null;
        drawBars();
    }

    const counters = Page.rungNames().map((name, k) => {
        return Views.counter(`${k} ${name}`, board[k], (now) => { board[k] = now; Kept.set("board", board); drawBars(); });
    });
    function clear() { board.fill(0); Kept.set("board", board); counters.forEach(({ set }) => { set(0); }); drawBars(); }

    function compute() {
        const [students, large] = [0, 1].map(() => new Worlds.Ensemble(Page.settings(mine), { first: 1 }));
        Worlds.many("class", [students], mine.students, { ondone: () => {
            Worlds.many("class", [large], 200, { ondone: () => { computed = { students, large }; drawBars(); } });
        } });
    }

    function drawBars() {
        const n = board.reduce((sum, each) => sum + each, 0), share = (counts, total) => Array.from(counts, (each) => total ? each / total : 0);
        const series = [{ label: say("class.by_hand", { n }), shares: share(board, n), style: LINES[0], hatch: true }];
        if (computed) {
            series.push({ label: say("class.computed", { n: computed.students.n }), shares: share(computed.students.peaks, computed.students.n), style: LINES[0] });
            series.push({ label: say("class.large"), shares: share(computed.large.peaks, 200), style: LINES[1] });
        }
        const names = Page.rungNames();
        bars.draw({ series, names, summary: series.map(({ label, shares }) =>
            say("class.series", { label, list: shares.map((each, k) => each ? `${names[k]} ${Page.percent(each)}` : "").filter(Boolean).join(", ") || say("class.nothing") })).join(" "),
        table: () => [[say("table.rung"), ...series.map(({ label }) => label)], names.map((name, k) => [`${k} ${name}`, ...series.map(({ shares }) => Page.percent(shares[k]))])] });
        verdict.textContent = "";
        if (computed && n) {
            const same = board.every((each, k) => each === computed.students.peaks[k]);
            verdict.className = `reply ${same ? "right" : "wrong"}`;
            verdict.textContent = same ? say("class.same") : say("class.differ", { list: names.map((name, k) => [name, board[k] - computed.students.peaks[k]])
                .filter(([, gap]) => gap).map(([name, gap]) => `${name} ${gap > 0 ? "+" : "−"}${Math.abs(gap)}`).join(", ") });
        }
    }

    const sharing = Share.underPoster(() => mine), results = Results.show(() => mine), world = ownWorld(() => mine, put);
    const taken = (settings) => {
        change({ ...mine, ...settings }, false);
        Page.tell(say("share.code.read"));
        document.querySelector(".own input").focus();
    };
    const poster = Share.poster(() => mine, el("p", {}, say("class.agree.how")), Share.entry(taken));
    const picked = el("select", { onchange: () => put({ scenario: picked.value, changes: {} }) },
        Object.keys(Spiral.scenarios).map((name) => el("option", { value: name, selected: name === mine.scenario }, Page.title(name))));
    const presets = Sandbox.presetChoices(() => mine, (parameters) => { put({ parameters }); presets.refresh(); });
    const students = Views.number({ label: say("class.students"), value: mine.students, low: 2, high: 200, onchange: (now) => put({ students: now }) });
    const seed = Views.number({ label: say("class.seed"), value: mine.seed, low: 0, high: Number.MAX_SAFE_INTEGER, onchange: (now) => put({ seed: now }) });
    drawBars();
    return [
        el("h1", { tabindex: "-1" }, say("class.title")),
        el("p", { class: "lead" }, say("class.lead")),
        Page.isReal(mine.scenario) && Views.notForecast(),
        step(1, "agree", poster.node,
            el("details", {}, el("summary", {}, say("class.settings")),
                el("div", { class: "row" }, el("label", { class: "field" }, el("span", {}, say("scenario.label")), picked), seed.node, students.node), presets.node),
            sharing.node, el("p", { class: "hint" }, say("share.iphone"))),
        step(2, "play", el("p", {}, say("class.play.how")), world.node),
        step(3, "results", el("p", {}, say("results.how")), results.node),
        step(4, "board", el("p", {}, say("class.board.how")),
            el("ul", { class: "counters" }, counters.map(({ node }) => node)),
            el("div", { class: "controls" }, Views.button(say("class.compute"), compute, { class: "main" }), Views.button(say("class.clear"), clear)),
            bars.node,
            el("p", { class: "hint" }, say("class.legend")), verdict),
        step(5, "talk", el("ul", {}, [1, 2, 3, 4].map((k) => el("li", {}, say(`class.talk.${k}`))))),
    ].filter(Boolean);
}

return { show };
})();
