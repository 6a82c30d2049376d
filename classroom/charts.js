// Charts in plain SVG. A chart is given numbers and words, draws them to the width it has, and
// puts a summary in words and a table beside the picture. It simulates nothing.
const Charts = (() => {
"use strict";

const SVG = "http://www.w3.org/2000/svg";
// Colours stand in style.css, for light and for dark: of each rung its ground, the ink of what is
// written on it, and the stripes of every other one.
const RUNGS = Array.from({ length: 8 }, (_, k) => ({ ground: `var(--rung-${k})`, ink: `var(--on-${k})`, stripes: k % 2 ? `var(--hatch-${k})` : null }));
const LINES = [
    { colour: "var(--blue)", dash: "" }, { colour: "var(--orange)", dash: "9 5" },
    { colour: "var(--green)", dash: "3 4" }, { colour: "var(--violet)", dash: "12 4 2 4" },
];
const shareTicks = () => [0, 0.25, 0.5, 0.75, 1].map((value) => [value, Page.percent(value)]);
const STEPS = [4, 13, 26, 52, 104, 208, 520];  // weeks between two labels

function el(tag, given = {}, ...inside) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
        if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
        else if (value === true) node.setAttribute(name, "");
        else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    const parts = inside.flat().filter((each) => each !== null && each !== undefined && each !== false);
    if (parts.some((each) => typeof each === "string" && Page.isBorrowed(each))) Object.assign(node, { lang: "en", dir: "ltr" });
    node.append(...parts);
    return node;
}

function draw(tag, given, ...inside) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(given)) node.setAttribute(name, value);
    node.append(...inside);
    return node;
}

function table(head, rows, caption) {
    return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
        el("table", {}, el("caption", {}, caption),
            el("thead", {}, el("tr", {}, head.map((each) => el("th", { scope: "col" }, String(each))))),
            el("tbody", {}, rows.map((row) => el("tr", {}, row.map(
                (each, k) => el(k ? "td" : "th", k ? {} : { scope: "row" }, String(each))))))));
}

const fixed = (x) => x.toFixed(1);

// What a picture is drawn on: its width and height, the size of its text, and how wide a text is.
const ruler = document.createElement("canvas").getContext("2d");
function sheet(svg, width, height) {
    const { fontSize, fontFamily } = getComputedStyle(svg);
    ruler.font = `${fontSize} ${fontFamily}`;
    return { width, height, size: parseFloat(fontSize), wide: (text) => ruler.measureText(text).width };
}

// Where the axes lie: the margins are what their text takes.
function box({ width, height, size, wide }, ticks, low, high) {
    const left = 0.8 * size + Math.max(...ticks.map(([, label]) => wide(label)));
    return { left, right: width - 0.95 * size, top: 0.8 * size, bottom: height - 3.1 * size, low, high, size, wide };
}

// The frame: axes with their ticks and labels, as many as there is room for; returns where a week and
// a value lie. Weeks have their usual marks, or `marks` of another scale, [place, label].
function frame(svg, { left, right, top, bottom, low, high, size, wide }, { weeks, ticks, xLabel, grid = true, marks = null }) {
    const x = (week) => left + (right - left) * week / Math.max(1, weeks);
    const y = (value) => bottom - (bottom - top) * (value - low) / (high - low);
    const part = draw("g", { class: "axes" });
    const every = Math.ceil(1.1 * size / Math.abs(y(ticks[0][0]) - y(ticks[1][0])));
    ticks.forEach(([value, label], k) => {
        if (grid) part.append(draw("line", { x1: left, x2: right, y1: y(value), y2: y(value) }));
        if (k % every === 0) part.append(draw("text", { x: left - 0.45 * size, y: y(value) + 0.33 * size, "text-anchor": "end" }, label));
    });
    const usual = weeks > 200 ? 52 : weeks > 60 ? 26 : weeks > 20 ? 13 : 4, least = wide(String(weeks)) + 0.7 * size;
    const step = STEPS.find((each) => each >= usual && x(each) - x(0) >= least) || weeks;
    for (let week = 0; weeks && !marks && week <= weeks; week += step) {
        part.append(draw("text", { x: x(week), y: bottom + 1.3 * size, "text-anchor": "middle" }, Page.number(week)));
    }
    for (const [place, label] of marks || []) part.append(draw("text", { x: x(place), y: bottom + 1.3 * size, "text-anchor": "middle" }, label));
    part.append(draw("text", { x: right, y: bottom + 2.5 * size, "text-anchor": "end" }, xLabel));
    svg.append(part);
    return { x, y };
}

// Heights for labels side by side: one that would lie on another moves up.
function apart(place, taken, size) {
    while (taken.some((other) => Math.abs(other - place) < 1.1 * size)) place -= 0.3 * size;
    taken.push(place);
    return place;
}

function path(xs, ys, joined = () => true) {
    let d = "";
    for (let k = 0; k < xs.length; k += 1) d += `${k && joined(k) ? "L" : "M"}${fixed(xs[k])} ${fixed(ys[k])}`;
    return d;
}

function stroke(style, size = 13) {
    const given = { fill: "none", stroke: style.colour, "stroke-width": Math.max(2.5, size / 5.2), "stroke-linejoin": "round" };
    if (style.dash) given["stroke-dasharray"] = style.dash;
    return given;
}

// What began a clash: a diamond where force was chosen, two triangles where forces met, a ring for an
// accident; a dot for whatever else.
const CAUSES = { 1: "M0 -8L8 0L0 8L-8 0Z", 2: "M-9 -6L-1 0L-9 6ZM9 -6L1 0L9 6Z", 3: "M0 -7A7 7 0 1 1 0 7A7 7 0 1 1 0 -7ZM0 -3A3 3 0 1 0 0 3A3 3 0 1 0 0 -3Z" };
const OTHER = "M0 -4A4 4 0 1 1 0 4A4 4 0 1 1 0 -4Z";
function markOf(cause, x, y, scale = 1) {
    return draw("path", { class: "cause", d: CAUSES[cause] || OTHER, transform: `translate(${fixed(x)} ${fixed(y)}) scale(${fixed(scale)})`, "fill-rule": "evenodd" });
}
function causeMark(cause) {
    return draw("svg", { class: "mark", viewBox: "-10 -10 20 20", "aria-hidden": "true" }, markOf(cause, 0, 0));
}

// Stripes for every other rung, so that two neighbours differ by more than a shade.
function hatch(id, { ground, stripes }, turned, size) {
    const step = 0.7 * size;
    return draw("pattern", { id, width: step, height: step, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${turned})` },
        draw("rect", { width: step, height: step, fill: ground }), draw("line", { x1: 0, x2: 0, y1: 0, y2: step, stroke: stripes, "stroke-width": 0.2 * size }));
}

const KINDS = {
    // One world's rung, week by week.
    rung(svg, on, { rungs, clashes, names, style, xLabel, now }) {
        const { size, width } = on, named = names.map((name, k) => [k, `${k} ${name}`]), weeks = rungs.length - 1;
        const full = box(on, named, 0, 1).left <= 0.4 * width, ticks = full ? named : names.map((_, k) => [k, String(k)]);
        const at = box(on, ticks, -0.3, names.length - 0.7), { x, y } = frame(svg, at, { weeks, ticks, xLabel });
        let d = `M${fixed(x(0))} ${fixed(y(rungs[0]))}`;
        for (let week = 1; week <= weeks; week += 1) {
            if (rungs[week] !== rungs[week - 1]) d += `H${fixed(x(week))}V${fixed(y(rungs[week]))}`;
        }
        svg.append(draw("path", { d: `${d}H${fixed(x(weeks))}`, ...stroke(style, size) }));
        for (const { week, cause } of clashes) svg.append(markOf(cause, x(week), y(rungs[week]), size / 13));
        if (now !== undefined) {
            svg.append(draw("line", { class: "now", x1: x(now), x2: x(now), y1: at.top, y2: at.bottom }));
            svg.append(draw("circle", { cx: x(now), cy: y(rungs[now]), r: 0.46 * size, fill: style.colour }));
        }
    },
    // One world's measure, week by week.
    level(svg, on, { values, low, high, style, xLabel }) {
        const ticks = levels(low, high), weeks = values.length - 1;
        const { x, y } = frame(svg, box(on, ticks, low, high), { weeks, ticks, xLabel });
        const clipped = Array.from(values, (value) => y(Math.max(low, Math.min(high, value))));
        svg.append(draw("path", { d: path(clipped.map((_, w) => x(w)), clipped), ...stroke(style, on.size) }));
    },
    // Shares of many worlds at or above each rung, the higher in front: a line between two, every other
    // one hatched, and its number in it, or beside it where it is thin.
    fan(svg, on, { above: shares, weeks, xLabel }) {
        const { size, wide } = on, at = box(on, shareTicks(), 0, 1), taken = [], grounds = [], labels = [], beside = [];
        at.right -= wide("0");
        const { x, y } = frame(svg, at, { weeks, ticks: shareTicks(), xLabel, grid: false });
        const xs = Array.from(shares[0], (_, week) => x(week)), tall = (share) => y(0) - y(share);
        RUNGS.forEach((of, rung) => {
            const above = shares[rung], upper = Array.from(above, y), id = `${svg.id}-${rung}`;
            if (!(Math.max(...above) > 0)) return;
            if (of.stripes) grounds.push(hatch(id, of, rung % 4 === 1 ? 45 : -45, size));
            grounds.push(draw("path", { d: `${path(xs, upper)}V${fixed(y(0))}H${fixed(x(0))}Z`, fill: of.stripes ? `url(#${id})` : of.ground }));
            if (rung) grounds.push(draw("path", { class: "edge", d: path(xs, upper, (week) => above[week] || above[week - 1]), fill: "none", stroke: RUNGS[rung - 1].ink, "stroke-width": 0.13 * size, "stroke-linejoin": "round" }));
            const share = Array.from(above, (value, week) => value - (rung < 7 ? shares[rung + 1][week] : 0)), end = share[weeks];
            const thick = share.indexOf(Math.max(...share.slice(3, -3)), 3);
            if (thick >= 0 && tall(share[thick]) > 1.35 * size) {
                labels.push(draw("text", { class: "band", x: x(thick), y: y(above[thick] - share[thick] / 2) + 0.38 * size,
                    "text-anchor": thick < 8 ? "start" : thick > weeks - 8 ? "end" : "middle", style: `fill:${of.ink};stroke:${of.ground}` }, String(rung)));
            } else if (end > 0.004) {
                beside.unshift([rung, y(above[weeks] - end / 2) + 0.35 * size]);
            }
        });
        for (const [rung, place] of beside) labels.push(draw("text", { class: "beside", x: at.right + 0.3 * size, y: apart(place, taken, size) }, String(rung)));
        svg.append(...grounds, ...labels);
    },
    // The middle four fifths of many worlds' measure, and their median.
    band(svg, on, { low10, median, high90, low, high, style, xLabel }) {
        const ticks = levels(low, high), weeks = median.length - 1;
        const { x, y } = frame(svg, box(on, ticks, low, high), { weeks, ticks, xLabel });
        const inside = (value) => y(Math.max(low, Math.min(high, value)));
        const weeksOf = Array.from(median, (_, week) => x(week));
        const lower = Array.from(low10, inside), upper = Array.from(high90, inside);
        svg.append(draw("path", {
            d: `${path([...weeksOf, ...weeksOf.slice().reverse()], [...upper, ...lower.reverse()])}Z`,
            fill: style.colour, "fill-opacity": 0.22,
        }));
        svg.append(draw("path", { d: path(weeksOf, Array.from(median, inside)), ...stroke(style, on.size) }));
    },
    // A share at each of some levels of a dial, with its interval; `now` marks where the dial stands.
    curve(svg, on, { levels: at, shares, lows, highs, style, xLabel, now }) {
        const { size } = on, low = at[0], high = at[at.length - 1], inner = box(on, shareTicks(), 0, 1);
        const { y } = frame(svg, inner, { weeks: 0, ticks: shareTicks(), xLabel });
        const x = (level) => inner.left + 8 + (inner.right - inner.left - 16) * (level - low) / (high - low);
        for (const k of [0, (at.length - 1) / 2, at.length - 1]) {
            svg.append(draw("text", { x: x(at[k]), y: inner.bottom + 1.3 * size, "text-anchor": "middle", style: "fill:var(--soft)" }, Page.number(Number(at[k].toPrecision(3)))));
        }
        if (now !== undefined) svg.append(draw("line", { class: "now", x1: x(now), x2: x(now), y1: inner.top, y2: inner.bottom }));
        at.forEach((level, k) => svg.append(draw("line", { x1: x(level), x2: x(level), y1: y(lows[k]), y2: y(highs[k]), stroke: style.colour, "stroke-width": 0.15 * size, "stroke-opacity": 0.6 })));
        svg.append(draw("path", { d: path(at.map(x), shares.map(y)), ...stroke(style, size) }));
        at.forEach((level, k) => svg.append(draw("circle", { cx: x(level), cy: y(shares[k]), r: 0.3 * size, fill: style.colour })));
    },
    // Shares reached by week: a line for each rung, each with its own dashes.
    reached(svg, on, { lines, weeks, xLabel }) {
        const { size, wide } = on, at = box(on, shareTicks(), 0, 1), taken = [];
        at.right -= Math.max(...lines.map(({ label }) => wide(label)));
        const { x, y } = frame(svg, at, { weeks, ticks: shareTicks(), xLabel });
        for (const { label, values, style } of [...lines].reverse()) {
            const ys = Array.from(values, y);
            svg.append(draw("path", { d: path(ys.map((_, w) => x(w)), ys), ...stroke(style, size) }));
            svg.append(draw("text", { class: "end", x: x(weeks) + 0.4 * size, y: apart(ys[weeks] + 0.38 * size, taken, size), style: `fill:${style.colour}` }, label));
        }
    },
    // Shares by rung, two or more series side by side.
    bars(svg, on, { series, names }) {
        const { size, wide } = on, at = box(on, shareTicks(), 0, 1), slot = (at.right - at.left) / names.length, each = slot * 0.8 / series.length;
        const full = names.every((name, rung) => wide(`${rung} ${name}`) + 0.6 * size < slot), { y } = frame(svg, at, { weeks: 0, xLabel: "", ticks: shareTicks() });
        names.forEach((name, rung) => {
            const start = at.left + slot * (rung + 0.1);
            series.forEach(({ shares, style, hatch: open }, k) => {
                const top = y(shares[rung]);
                svg.append(draw("rect", {
                    x: start + k * each + 1, width: Math.max(1, each - 2), y: top, height: Math.max(0, at.bottom - top),
                    fill: open ? "var(--card)" : style.colour, stroke: style.colour, "stroke-width": 2,
                    "stroke-dasharray": style.dash,
                }));
            });
            svg.append(draw("text", { x: start + slot * 0.4, y: at.bottom + 1.3 * size, "text-anchor": "middle" },
                full ? `${rung} ${name}` : String(rung)));
        });
    },
};

function levels(low, high) {
    const raw = (high - low) / 4, grain = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].map((k) => k * grain).find((each) => each >= raw - 1e-12);
    const found = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9; k += 1) {
        found.push([k * step, Page.number(k * step, 6)]);
    }
    return found;
}

// A table as R and spreadsheets read it: a line a row, text in quotes where it needs them.
function csv([head, rows]) {
    const cell = (value) => { const text = String(value); return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text; };
    return `${[head, ...rows].map((row) => Array.from(row, cell).join(",")).join("\n")}\n`;
}

const fileName = (title) => title.slice(0, 60).replace(/[^\p{L}\p{N}]+/gu, "_");

// A table that is there, as a file: what its cells say.
function saveTable(node) {
    const [head, ...rows] = Array.from(node.rows, (row) => Array.from(row.cells, (cell) => cell.textContent));
    App.download(`${fileName(node.caption ? node.caption.textContent : document.title)}.csv`, csv([head, rows]), "text/csv");
}

const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "font-size", "font-family", "font-weight", "paint-order"];

// A picture as PNG, at twice its size, on white: what the page's light styles give it goes with it.
function picture(svg, width, height, taken) {
    const copy = svg.cloneNode(true), twins = [copy, ...copy.querySelectorAll("*")], canvas = document.createElement("canvas"), image = new Image();
    Theme.inLight(() => [svg, ...svg.querySelectorAll("*")].forEach((node, k) => {
        const given = getComputedStyle(node);
        for (const name of DRAWN) twins[k].style.setProperty(name, given.getPropertyValue(name));
    }));
    copy.setAttribute("xmlns", SVG);
    copy.setAttribute("width", width);
    Object.assign(canvas, { width: 2 * width, height: 2 * height });
    image.onload = () => {
        const ink = canvas.getContext("2d");
        ink.fillStyle = "#ffffff";
        ink.fillRect(0, 0, canvas.width, canvas.height);
        ink.drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob(taken);
    };
    image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
}

let nextId = 0;

// A figure: the picture, a summary in words, and a table that is made when it is opened.
class Chart {
    constructor(kind, { title, tableWord, saving, height = 230 }) {
        const id = `chart-${nextId += 1}`;
        this.kind = kind;
        Object.assign(this, { saving, data: null, width: 0, height: 0 });
        this.svg = draw("svg", { id, class: "chart", style: `--own:${height}px`, role: "img", "aria-labelledby": `${id}-title ${id}-summary` });
        this.summary = el("p", { class: "summary", id: `${id}-summary` });
        this.title = title;
        this.place = el("div");
        this.details = el("details", { ontoggle: () => this.fill() }, el("summary", {}, tableWord), this.place);
        this.node = el("figure", {},
            el("figcaption", { id: `${id}-title` }, title), this.svg, this.summary, this.details);
        new ResizeObserver(([{ contentRect }]) => {
            const [width, height] = [contentRect.width, contentRect.height].map(Math.floor);
            if (width && (width !== this.width || height !== this.height)) { Object.assign(this, { width, height }); this.paint(); }
        }).observe(this.svg);
    }

    // Draw numbers; `data.summary` is the picture in words, `data.table` makes [head, rows].
    draw(data) {
        this.data = data;
        if (this.summary.textContent !== data.summary) this.summary.textContent = data.summary;
        this.paint();
        this.fill();
    }

    paint() {
        if (!this.data || !this.width) return;
        const { svg, width, height } = this;
        svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
        svg.replaceChildren();
        KINDS[this.kind](svg, sheet(svg, width, height), this.data);
    }

    fill() {
        if (!this.details.open || !this.data) return;
        const found = this.data.table(), name = fileName(this.title);
        this.place.replaceChildren(table(...found, this.title), el("p", { class: "controls" },
            el("button", { type: "button", onclick: () => picture(this.svg, this.width, this.height, (blob) => App.download(`${name}.png`, blob, "image/png")) }, this.saving.png),
            el("button", { type: "button", onclick: () => App.download(`${name}.csv`, csv(found), "text/csv") }, this.saving.csv)));
    }
}

// Text of a picture that is drawn to its own measure stays as large as the page's: --unit is what a
// pixel of the screen is in it.
function steady(svg, width) {
    new ResizeObserver(([{ contentRect }]) => { if (contentRect.width) svg.style.setProperty("--unit", String(width / contentRect.width)); }).observe(svg);
    return svg;
}

// A rung's number on its colours, as in the fan.
function chip(rung) {
    const { ground, ink, stripes } = RUNGS[rung];
    return el("b", { class: stripes ? `chip hatched turn-${rung % 4}` : "chip", style: `--ground:${ground};--mark:${ink};--hatch:${stripes}` }, el("span", {}, String(rung)));
}

function swatch(style) {
    return draw("svg", { class: "swatch", viewBox: "0 0 40 10", "aria-hidden": "true" },
        draw("line", { x1: 0, x2: 40, y1: 5, y2: 5, ...stroke(style) }));
}

return { Chart, el, draw, table, saveTable, swatch, steady, chip, causeMark, frame, box, levels, LINES, RUNGS };
})();
