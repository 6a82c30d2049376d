// Pieces that several pages show: charts of one world and of many, with their words.
const Views = (() => {
"use strict";

const { Chart, el, swatch, LINES } = Charts;
const say = (...given) => Page.say(...given);

function button(text, onclick, given = {}) {
    return el("button", { type: "button", onclick, ...given }, text);
}

// One of the orders in which n things can stand, by its number.
function order(n, number) {
    const left = Array.from({ length: n }, (_, k) => k), found = [];
    for (let k = n; k > 0; k -= 1) { found.push(...left.splice(number % k, 1)); number = Math.floor(number / k); }
    return found;
}

// A row of a list that counts by hand, from 0 to 200.
function counter(label, value, onchange) {
    const shown = el("output", {}, Page.number(value));
    const set = (now) => { value = now; shown.textContent = Page.number(now); };
    const add = (by) => () => { set(Math.max(0, Math.min(200, value + by))); onchange(value); };
    return { set, node: el("li", {}, el("span", {}, label), button("−", add(-1), { "aria-label": say("class.less", { label }) }), shown,
        button("+", add(1), { "aria-label": say("class.more", { label }) })) };
}

function notForecast() {
    return el("p", { class: "warning" }, el("strong", {}, say("forecast.not")), " ", say("forecast.why"));
}

function number({ label, value, low, high, onchange, hint }) {
    const input = el("input", {
        type: "number", min: low, max: high, step: 1, value, inputmode: "numeric",
        onchange: () => {
            const now = Number(input.value);
            if (input.value !== "" && Number.isSafeInteger(now) && now >= low && now <= high) onchange(now);
            else { input.value = value; Page.tell(say("number.bounds", { label, low, high })); }
        },
    });
    const whole = el("label", { class: "field" }, el("span", {}, label), input, hint && el("small", {}, hint));
    return { node: whole, input, set(now) { value = now; input.value = now; } };
}

// A slider of one parameter, with its value, unit, meaning and a way back.
function slider(name, value, { oninput, usual, label }) {
    const c = Page.declared[name], id = `slider-${name}`, home = usual === undefined ? c.value : usual;
    const steps = 200, span = c.high - c.low;
    const shown = el("output", { for: id, "aria-live": "off" });
    const input = el("input", {
        type: "range", id, min: c.low, max: c.high, step: "any", value,
        "aria-describedby": `${id}-about`,
        oninput: () => { take(Number(input.value)); },
        onkeydown: (event) => {
            const right = document.documentElement.dir === "rtl" ? -1 : 1;
            const way = { ArrowRight: right, ArrowUp: 1, ArrowLeft: -right, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
            if (way === undefined) return;
            event.preventDefault();
            const next = c.low + Math.round((Number(input.value) - c.low) / span * steps + way * 2) / steps * span;
            input.value = Math.min(c.high, Math.max(c.low, next));
            take(Number(input.value));
        },
    });
    const back = button(say("slider.reset"), () => { set(home); oninput(home); input.focus(); },
        { class: "quiet", "aria-label": say("slider.reset.of", { name: label || pretty(name) }) });
    function unit() { return c.unit === "1" ? "" : ` ${say(`unit.${c.unit}`, {}, c.unit)}`; }
    function write(now) {
        shown.textContent = `${Page.short(now)}${unit()}`;
        input.setAttribute("aria-valuetext", shown.textContent);
        // Hidden by visibility, so that nothing moves and a focused button is not lost.
        back.disabled = now === home;
    }
    function take(raw) {
        const now = Math.min(c.high, Math.max(c.low, Number(raw.toPrecision(6))));
        write(now);
        oninput(now);
    }
    function set(now) { input.value = now; write(now); }
    set(value);
    const node = el("div", { class: "slider" },
        el("label", { for: id }, label || pretty(name)), shown, input, back,
        el("small", { id: `${id}-about` }, `${meaning(c)} ${say("slider.range", { low: Page.short(c.low), high: Page.short(c.high), source: c.source })}`));
    return { node, set, input };
}

const pretty = (name) => say(`parameter.${name}`, {}, name.replaceAll("_", " "));
function meaning(c) {
    const plain = say(`parameter.${c.name}.meaning`, {}, c.meaning).replace(/^S\d+: /, "").replace(/^\.\.\. /, "");
    return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}

// Words for one world's rungs: how high, when, and where it ends.
function rungSummary(rungs) {
    const names = Page.rungNames(), peak = Math.max(...rungs), weeks = rungs.length - 1;
    const first = rungs.indexOf(peak), last = rungs[weeks];
    return say("summary.rung", { peak, name: names[peak], week: first, weeks, last, lastName: names[last] });
}

function rungTable(rungs) {
    const names = Page.rungNames(), rows = [];
    rungs.forEach((rung, week) => { if (week === 0 || rung !== rungs[week - 1]) rows.push([week, rung, names[rung]]); });
    return [[say("table.from_week"), say("table.rung"), say("table.name")], rows];
}

// The axis goes as far as `top`: rungs that never come are left out.
// Clashes stand where they begin, by their proximate cause.
function drawRungs(chart, played, style, { now, top = 7 } = {}) {
    const rungs = played.rungsOf(), clashes = played.clashesOf();
    const told = clashes.map(({ week, cause }) => say("summary.clash", { week, cause: say(`seat.cause.${cause}`) }));
    chart.draw({ rungs, clashes, names: Page.rungNames().slice(0, top + 1), style, xLabel: say("axis.week"), now,
        summary: [rungSummary(rungs), ...told.slice(0, 3)].join(" "), table: () => rungTable(rungs) });
}

function causeKey() {
    return el("ul", { class: "key", "aria-label": say("key.causes") }, [1, 2, 3].map((cause) => el("li", {}, Charts.causeMark(cause), say(`seat.cause.${cause}`))));
}

const KINDS = ["calm", "tense", "bad"], FROM = [0, 3, 5];
const kindOf = (rung) => (rung >= FROM[2] ? 2 : rung >= FROM[1] ? 1 : 0);
const kindName = (rung) => KINDS[kindOf(rung)];
// Worlds as tiles, one a world, coloured by how far it went: the same place is the same luck in every
// panel. An arrow stands where a world went further, or less far, than in the panel it is held against.
// Clashes are counted by what they began with.
class Tiles {
    constructor(n, rung) {
        this.rung = rung;
        this.tiles = Array.from({ length: n }, () => el("i"));
        this.number = el("b");
        this.grid = el("div", { class: "tiles", role: "img" }, this.tiles);
        this.causes = el("p", { class: "hint begun" });
        this.node = el("div", { class: "worlds" },
            el("p", {}, this.number, " ", el("span", {}, say("tiles.come", { n, rung: say(`rung.${rung}`) }))), this.grid, this.causes);
        this.node.hidden = true;
    }

    draw({ highest, causes }, first) {
        const counts = [0, 0, 0], moved = [0, 0];
        this.node.hidden = false;
        this.tiles.forEach((tile, k) => {
            const kind = k < highest.length ? kindOf(highest[k]) : -1, before = first && k < first.length ? kindOf(first[k]) : kind;
            const arrow = kind < 0 || kind === before ? "" : kind > before ? "▲" : "▼";
            if (kind >= 0) counts[kind] += 1;
            if (arrow) moved[kind > before ? 0 : 1] += 1;
            const name = kind < 0 ? "" : KINDS[kind];
            if (tile.className !== name) tile.className = name;
            if (tile.textContent !== arrow) tile.textContent = arrow;
        });
        this.number.textContent = Page.number(highest.filter((rung) => rung >= this.rung).length);
        const begun = [1, 2, 3].map((cause) => causes.filter((each) => each === cause).length);
        this.causes.replaceChildren(...(counts[2] ? [1, 2, 3].map((cause, k) => el("span", {}, Charts.causeMark(cause), say(`tiles.cause.${cause}`, { n: Page.number(begun[k]) }))) : []));
        const [calm, tense, bad] = counts, [more, less] = moved;
        this.grid.setAttribute("aria-label", say("tiles.told", { calm, tense, bad }) + (first ? ` ${say("tiles.moved", { more, less })}` : ""));
    }
}

function tilesKey(arrows) {
    return el("ul", { class: "key of-tiles" }, KINDS.map((kind) => el("li", {}, el("span", { class: "tiles one", "aria-hidden": "true" }, el("i", { class: kind })), say(`tiles.${kind}`))),
        arrows && el("li", {}, say("tiles.arrows")));
}

function drawLevel(chart, values, { low, high }, style, label) {
    const last = values.length - 1;
    chart.draw({ values, low, high, style, xLabel: say("axis.week"),
        summary: say("summary.level", { label, start: Page.short(values[0]), end: Page.short(values[last]), weeks: last, most: Page.short(Math.max(...values)) }),
        table: () => [[say("table.week"), label], every(last).map((week) => [week, Page.short(values[week])])] });
}

const every = (weeks) => { const found = []; for (let w = 0; w <= weeks; w += 13) found.push(w); return found; };

function drawFan(chart, many, standing) {
    const { n, settings: { weeks } } = many, names = Page.rungNames();
    const above = names.map((_, rung) => standing ? many.standing(rung) : many.reached(rung));
    const share = (from) => { let sum = 0; for (let k = from; k < 8; k += 1) sum += many.peaks[k]; return n ? sum / n : 0; };
    chart.draw({ above, weeks, xLabel: say("axis.week"),
        summary: say("summary.fan", { n, display: Page.percent(share(3)), clash: Page.percent(share(5)), weeks }),
        table: () => [[say("table.week"), ...names.map((name, k) => `${k} ${name}`)],
            every(weeks).map((week) => [week, ...names.map((_, k) => Page.percent(above[k][week] - (k < 7 ? above[k + 1][week] : 0)))])] });
}

function drawBand(chart, many, { low, high }, style, label) {
    const { n, settings: { weeks } } = many, [low10, median, high90] = many.quantiles();
    chart.draw({ low10, median, high90, low, high, style, xLabel: say("axis.week"),
        summary: say("summary.band", { n, label, weeks, median: Page.short(median[weeks]), low: Page.short(low10[weeks]), high: Page.short(high90[weeks]) }),
        table: () => [[say("table.week"), say("table.tenth"), say("table.median"), say("table.nine_tenths")],
            every(weeks).map((week) => [week, Page.short(low10[week]), Page.short(median[week]), Page.short(high90[week])])] });
}

// Lines of the share that has reached rungs 3 to 6 by each week.
function drawReached(chart, many) {
    const { n, settings: { weeks } } = many, names = Page.rungNames();
    const lines = [3, 4, 5, 6].map((rung, k) => ({ label: String(rung), values: many.reached(rung), style: LINES[k] }));
    chart.draw({ lines, weeks, xLabel: say("axis.week"),
        summary: say("summary.reached", { n, list: [3, 4, 5, 6].map((rung, k) => `${names[rung]} ${Page.percent(lines[k].values[weeks])}`).join(", ") }),
        table: () => [[say("table.week"), ...[3, 4, 5, 6].map((rung) => `${rung} ${names[rung]}`)],
            every(weeks).map((week) => [week, ...lines.map((line) => Page.percent(line.values[week]))])] });
}

function rungKey() {
    return el("ul", { class: "key of-rungs", "aria-label": say("key.rungs") }, Page.rungNames().map((name, k) =>
        el("li", {}, Charts.chip(k), name)));
}

function progress(label) {
    const bar = el("progress", { max: 200, value: 0, "aria-label": label });
    return bar;
}

// A table, and what saves it.
function saving(node) {
    const found = node.matches("table") ? node : node.querySelector("table");
    return el("div", {}, node, el("p", { class: "controls" }, button(say("save.csv"), () => Charts.saveTable(found), { class: "quiet" })));
}
const table = (...given) => saving(Charts.table(...given));
const chart = (kind, title, height) => new Chart(kind, { title, tableWord: say("table.open"), saving: { png: say("save.png"), csv: say("save.csv") }, height });

return { Tiles, kindName, causeKey, counter, tilesKey, order, button, number, slider, pretty, meaning, notForecast, drawRungs, drawLevel, drawFan, drawBand, drawReached, rungSummary, rungKey, progress, table, saving, chart, swatch };
})();
