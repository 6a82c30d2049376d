// Worksheets for a pen: a lesson's question, empty axes, squares to shade, and what each side thought.
const Papers = (() => {
"use strict";

const { el, draw, frame, box, levels } = Charts;
const say = (...given) => Page.say(...given);
const WORLDS = 200, TOP = 6;
const PAPER = { width: 400, height: 262, size: 13, wide: (text) => 7.4 * text.length };  // as .blank-axes is written

const lines = (n) => Array.from({ length: n }, () => el("div", { class: "line" }));
const title = (lesson, k) => `${k + 1}. ${say(`lesson.${lesson.name}.title`)}`;

// Axes to draw into. The label of the upright one stands above it.
function blank(label, { low, high, ...axes }) {
    const svg = draw("svg", { class: "blank-axes", viewBox: `0 0 ${PAPER.width} ${PAPER.height}`, role: "img", "aria-label": `${label} ${axes.xLabel}` });
    const inner = box(PAPER, axes.ticks, low, high);
    frame(svg, inner, axes);
    for (const given of [{ x1: inner.left, x2: inner.left, y1: inner.top, y2: inner.bottom }, { x1: inner.left, x2: inner.right, y1: inner.bottom, y2: inner.bottom }]) {
        svg.append(draw("line", { ...given, class: "axis" }));
    }
    return el("figure", {}, el("figcaption", {}, label), svg);
}

// One world: its rung, or what else the lesson measures, over the weeks.
function ofOne({ show = {}, weeks = 52 }) {
    const xLabel = say("axis.week");
    if (show.kind === "level") {
        const { measure, low, high } = show;
        return blank(say("worksheet.axes.level", { label: say(`measure.${measure}`) }), { low, high, weeks, xLabel, ticks: levels(low, high) });
    }
    return blank(say("worksheet.axes.rung"), { low: 0, high: TOP, weeks, xLabel,
        ticks: Page.rungNames().slice(0, TOP + 1).map((name, k) => [k, `${k} ${name}`]) });
}

// Many worlds: a share against the lesson's dial, or against the weeks where it has none.
function ofMany({ lever, weeks = 52, claims = [] }) {
    const shares = { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => [share, Page.percent(share)]) };
    const claim = claims.find(({ outcome }) => outcome && outcome.kind === "reached"), rung = say(`rung.${claim ? claim.outcome.rung : 3}`);
    const label = say("worksheet.axes.share", { n: WORLDS, rung });
    if (!Object.hasOwn(Page.declared, lever || "")) return blank(label, { ...shares, weeks, xLabel: say("axis.week") });
    const { low, high, unit } = Page.declared[lever], marks = [0, 5, 10].map((place) => [place, Page.short(low + (high - low) * place / 10)]);
    return blank(label, { ...shares, weeks: 10, marks, xLabel: `${Views.pretty(lever)}${unit === "1" ? "" : ` (${unit})`}` });
}

function squares() {
    return el("div", { class: "tiles", role: "img", "aria-label": say("worksheet.squares.empty", { n: WORLDS }) }, Array.from({ length: WORLDS }, () => el("i")));
}

function columns(keys, rows) {
    return el("table", { class: "columns" }, el("thead", {}, el("tr", {}, keys.map((key) => el("th", { scope: "col" }, say(`worksheet.${key}`))))),
        el("tbody", {}, Array.from({ length: rows }, () => el("tr", {}, keys.map(() => el("td", {}, "\u00a0"))))));
}

function ofLesson(lesson, k) {
    return el("section", { class: "paper" },
        el("h3", {}, title(lesson, k)), el("p", { class: "blank" }, say("worksheet.name")),
        el("p", {}, say("worksheet.bet"), " ", el("b", {}, say(`lesson.${lesson.name}.question`))),
        el("ol", { class: "boxes" }, Views.order(3, k % 6).map((bet) => el("li", {}, say(`lesson.${lesson.name}.bet.${bet + 1}`)))),
        el("p", {}, say("worksheet.draw")),
        el("div", { class: "halves" }, ofOne(lesson), ofMany(lesson)),
        el("div", { class: "halves" },
            el("div", {}, el("p", {}, say("worksheet.squares")), squares(), el("p", {}, say("worksheet.counts", { n: WORLDS }))),
            el("div", {}, el("p", {}, say("worksheet.thought")), columns(["turn", "did", "meant", "taken"], 5))),
        el("p", {}, say("worksheet.why")), lines(3));
}

function ofSeat() {
    return el("section", { class: "paper" },
        el("h3", {}, say("worksheet.seat.title")), el("p", { class: "blank" }, say("worksheet.name")), Seat.picture(),
        el("p", {}, say("worksheet.seat.how")), columns(["turn", "i.did", "i.meant", "i.saw", "taken"], 10),
        el("div", { class: "halves" },
            el("div", {}, [1, 2, 3].flatMap((k) => [el("p", {}, say(`worksheet.seat.${k}`)), ...lines(2)])),
            el("div", {}, el("p", {}, say("worksheet.seat.lucks", { n: WORLDS })), squares())));
}

// The papers of a choice: "seat", a lesson's name, or "all".
function papers(choice) {
    const all = choice === "all";
    return [all || choice === "seat" ? ofSeat() : null, ...LESSONS.map((lesson, k) => (all || choice === lesson.name ? ofLesson(lesson, k) : null))];
}

function show() {
    const place = el("div");
    const open = () => { place.replaceChildren(...papers(choice.value).filter(Boolean)); };
    const option = (value, text) => el("option", { value }, text);
    const choice = el("select", { onchange: open }, option("seat", say("worksheet.seat.title")),
        LESSONS.map((lesson, k) => option(lesson.name, title(lesson, k))), option("all", say("worksheet.all", { n: LESSONS.length + 1 })));
    open();
    return [el("div", { class: "controls" }, el("label", { class: "field wide" }, el("span", {}, say("worksheet.which")), choice)), place];
}

return { show, lines, title };
})();
