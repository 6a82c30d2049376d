// Class mode without a server: a student's number is a number of a world. The class builds the
// ensemble by hand; the teacher's page shows the computed one beside it.
const ClassMode = (() => {
"use strict";

const { el, LINES } = Charts;
const say = (...given) => Page.say(...given);
const board = new Array(8).fill(0);  // as long as the page is open

function show(state, change) {
    let mine = state;
    const own = Views.chart("rung", say("chart.own"), 250);
    const own2 = el("p", { class: "big", role: "status" });
    const bars = Views.chart("bars", say("class.chart"), 260);
    const verdict = el("p", { class: "reply", role: "status" });
    let computed = null;
    const put = (part) => { mine = Page.sound({ ...mine, ...part }); change(mine, true); sharing.refresh(); computed = null; drawBars(); };

    const me = Views.number({ label: say("class.me"), value: mine.me, low: 1, high: 200, onchange: (now) => { put({ me: now }); } });
    function playMine() {
        const rungs = Worlds.played(Page.settings(mine), mine.me).rungsOf(), peak = Math.max(...rungs);
        Views.drawRungs(own, rungs, LINES[0]);
        own.node.hidden = false;
        own2.textContent = say("class.highest", { me: mine.me, peak, name: say(`rung.${peak}`) });
    }
    own.node.hidden = true;

    const counters = Page.rungNames().map((name, k) => {
        return Views.counter(`${k} ${name}`, board[k], (now) => { board[k] = now; drawBars(); });
    });
    function clear() { board.fill(0); counters.forEach(({ set }) => { set(0); }); drawBars(); }

    function compute() {
        const found = { students: new Worlds.Ensemble(Page.settings(mine)), large: new Worlds.Ensemble(Page.settings(mine)) };
        Worlds.run("class", (function* () {
            for (let k = 1; k <= mine.students; k += 1) { found.students.add(k); yield; }
            for (let k = 1; k <= 200; k += 1) { found.large.add(k); yield; }
            computed = found;
            drawBars();
        })());
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

    const sharing = Sandbox.share(() => mine);
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
        el("section", { class: "step" }, el("h2", {}, el("span", { class: "count", "aria-hidden": "true" }, "1"), say("class.agree")),
            el("p", {}, say("class.agree.how")),
            el("div", { class: "row" }, el("label", { class: "field" }, el("span", {}, say("scenario.label")), picked), seed.node, students.node),
            presets.node, sharing.node),
        el("section", { class: "step" }, el("h2", {}, el("span", { class: "count", "aria-hidden": "true" }, "2"), say("class.play")),
            el("p", {}, say("class.play.how")),
            el("div", { class: "controls" }, me.node, Views.button(say("class.play.mine"), playMine, { class: "main" })), own2, own.node),
        el("section", { class: "step" }, el("h2", {}, el("span", { class: "count", "aria-hidden": "true" }, "3"), say("class.board")),
            el("p", {}, say("class.board.how")),
            el("ul", { class: "counters" }, counters.map(({ node }) => node)),
            el("div", { class: "controls" }, Views.button(say("class.compute"), compute, { class: "main" }), Views.button(say("class.clear"), clear)),
            bars.node,
            el("p", { class: "hint" }, say("class.legend")), verdict),
        el("section", { class: "step" }, el("h2", {}, el("span", { class: "count", "aria-hidden": "true" }, "4"), say("class.talk")),
            el("ul", {}, [1, 2, 3, 4].map((k) => el("li", {}, say(`class.talk.${k}`))))),
    ].filter(Boolean);
}

return { show };
})();
