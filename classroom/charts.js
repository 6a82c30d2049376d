// Charts in plain SVG. A chart is given numbers and words, draws them to the width it has, and
// puts a summary in words and a table beside the picture. It simulates nothing.
const Charts = (() => {
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const RUNG_COLOURS = ["#f3f6fa", "#dfe8f2", "#bfd3e6", "#9ebcda", "#8c96c6", "#8c6bb1", "#88419d", "#4d004b"];
const LINES = [
    { colour: "#005a9c", dash: "" }, { colour: "#b34700", dash: "9 5" },
    { colour: "#00694e", dash: "2 4" }, { colour: "#7b2d8b", dash: "12 4 2 4" },
];

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

// The frame: axes with their ticks and labels; returns where a week and a value lie.
function frame(svg, box, { weeks, ticks, xLabel, grid = true }) {
    const { left, right, top, bottom, low, high } = box;
    const x = (week) => left + (right - left) * week / Math.max(1, weeks);
    const y = (value) => bottom - (bottom - top) * (value - low) / (high - low);
    const part = draw("g", { class: "axes" });
    for (const [value, label] of ticks) {
        if (grid) part.append(draw("line", { x1: left, x2: right, y1: y(value), y2: y(value) }));
        part.append(draw("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, label));
    }
    const step = weeks > 200 ? 52 : weeks > 60 ? 26 : weeks > 20 ? 13 : 4;
    for (let week = 0; weeks && week <= weeks; week += step) {
        part.append(draw("text", { x: x(week), y: bottom + 17, "text-anchor": "middle" }, Page.number(week)));
    }
    part.append(draw("text", { x: right, y: bottom + 33, "text-anchor": "end" }, xLabel));
    svg.append(part);
    return { x, y };
}

function box(width, height, left, low, high) {
    return { left, right: width - 12, top: 10, bottom: height - 40, low, high };
}

function path(xs, ys) {
    let d = "";
    for (let k = 0; k < xs.length; k += 1) d += `${k ? "L" : "M"}${fixed(xs[k])} ${fixed(ys[k])}`;
    return d;
}

function stroke(style) {
    const given = { fill: "none", stroke: style.colour, "stroke-width": 2.5, "stroke-linejoin": "round" };
    if (style.dash) given["stroke-dasharray"] = style.dash;
    return given;
}

const KINDS = {
    // One world's rung, week by week.
    rung(svg, width, height, { rungs, names, style, xLabel, now }) {
        const wide = width >= 400, ticks = names.map((name, k) => [k, wide ? `${k} ${name}` : String(k)]);
        const at = box(width, height, wide ? 130 : 26, -0.3, names.length - 0.7), weeks = rungs.length - 1;
        const { x, y } = frame(svg, at, { weeks, ticks, xLabel });
        let d = `M${fixed(x(0))} ${fixed(y(rungs[0]))}`;
        for (let week = 1; week <= weeks; week += 1) {
            if (rungs[week] !== rungs[week - 1]) d += `H${fixed(x(week))}V${fixed(y(rungs[week]))}`;
        }
        svg.append(draw("path", { d: `${d}H${fixed(x(weeks))}`, ...stroke(style) }));
        if (now !== undefined) {
            svg.append(draw("line", { class: "now", x1: x(now), x2: x(now), y1: at.top, y2: at.bottom }));
            svg.append(draw("circle", { cx: x(now), cy: y(rungs[now]), r: 6, fill: style.colour }));
        }
    },
    // One world's measure, week by week.
    level(svg, width, height, { values, low, high, style, xLabel }) {
        const at = box(width, height, 50, low, high), weeks = values.length - 1;
        const { x, y } = frame(svg, at, { weeks, ticks: levels(low, high), xLabel });
        const clipped = Array.from(values, (value) => y(Math.max(low, Math.min(high, value))));
        svg.append(draw("path", { d: path(clipped.map((_, w) => x(w)), clipped), ...stroke(style) }));
    },
    // Shares of many worlds at or above each rung, the higher in front, with numbers in them.
    fan(svg, width, height, { above: shares, weeks, xLabel }) {
        const at = box(width, height, 50, 0, 1);
        const ticks = [0, 0.25, 0.5, 0.75, 1].map((value) => [value, Page.percent(value)]);
        const { x, y } = frame(svg, at, { weeks, ticks, xLabel, grid: false });
        const labels = [], xs = Array.from(shares[0], (_, week) => x(week));
        for (let rung = 0; rung < 8; rung += 1) {
            const above = shares[rung], upper = Array.from(above, y);
            if (Math.max(...above) > 0) {
                svg.append(draw("path", {
                    d: `${path(xs, upper)}V${fixed(y(0))}H${fixed(x(0))}Z`, fill: RUNG_COLOURS[rung],
                    stroke: "#1d2433", "stroke-width": 0.6,
                }));
            }
            const share = Array.from(above, (value, week) => value - (rung < 7 ? shares[rung + 1][week] : 0));
            const thick = share.indexOf(Math.max(...share.slice(3, -3)), 3);
            const middle = above[thick] - share[thick] / 2;
            if (thick >= 0 && share[thick] > 0.09) {
                labels.push(draw("text", { class: "band", x: x(thick), y: y(middle) + 5,
                    "text-anchor": thick < 8 ? "start" : "middle", style: `fill:${rung > 4 ? "#fff" : "#1d2433"}` }, String(rung)));
            }
        }
        svg.append(...labels);
    },
    // The middle four fifths of many worlds' measure, and their median.
    band(svg, width, height, { low10, median, high90, low, high, style, xLabel }) {
        const at = box(width, height, 50, low, high), weeks = median.length - 1;
        const { x, y } = frame(svg, at, { weeks, ticks: levels(low, high), xLabel });
        const inside = (value) => y(Math.max(low, Math.min(high, value)));
        const weeksOf = Array.from(median, (_, week) => x(week));
        const lower = Array.from(low10, inside), upper = Array.from(high90, inside);
        svg.append(draw("path", {
            d: `${path([...weeksOf, ...weeksOf.slice().reverse()], [...upper, ...lower.reverse()])}Z`,
            fill: style.colour, "fill-opacity": 0.22,
        }));
        svg.append(draw("path", { d: path(weeksOf, Array.from(median, inside)), ...stroke(style) }));
    },
    // A share at each of some levels of a dial, with its interval; `now` marks where the dial stands.
    curve(svg, width, height, { levels: at, shares, lows, highs, style, xLabel, now }) {
        const ticks = [0, 0.25, 0.5, 0.75, 1].map((value) => [value, Page.percent(value)]);
        const low = at[0], high = at[at.length - 1], inner = box(width, height, 50, 0, 1);
        const { y } = frame(svg, inner, { weeks: 0, ticks, xLabel });
        const x = (level) => inner.left + 8 + (inner.right - inner.left - 16) * (level - low) / (high - low);
        for (const k of [0, (at.length - 1) / 2, at.length - 1]) {
            svg.append(draw("text", { x: x(at[k]), y: inner.bottom + 17, "text-anchor": "middle", style: "fill:var(--soft)" }, Page.number(Number(at[k].toPrecision(3)))));
        }
        if (now !== undefined) svg.append(draw("line", { class: "now", x1: x(now), x2: x(now), y1: inner.top, y2: inner.bottom }));
        at.forEach((level, k) => svg.append(draw("line", { x1: x(level), x2: x(level), y1: y(lows[k]), y2: y(highs[k]), stroke: style.colour, "stroke-width": 2, "stroke-opacity": 0.6 })));
        svg.append(draw("path", { d: path(at.map(x), shares.map(y)), ...stroke(style) }));
        at.forEach((level, k) => svg.append(draw("circle", { cx: x(level), cy: y(shares[k]), r: 4, fill: style.colour })));
    },
    // Shares reached by week: a line for each rung, each with its own dashes.
    reached(svg, width, height, { lines, weeks, xLabel, room = 22 }) {
        const at = box(width, height, 50, 0, 1);
        const ticks = [0, 0.25, 0.5, 0.75, 1].map((value) => [value, Page.percent(value)]);
        const { x, y } = frame(svg, { ...at, right: at.right - room }, { weeks, ticks, xLabel });
        const taken = [];
        for (const { label, values, style } of [...lines].reverse()) {
            const ys = Array.from(values, y);
            svg.append(draw("path", { d: path(ys.map((_, w) => x(w)), ys), ...stroke(style) }));
            let place = ys[weeks] + 5;
            while (taken.some((other) => Math.abs(other - place) < 15)) place -= 15;
            taken.push(place);
            svg.append(draw("text", { class: "end", x: x(weeks) + 6, y: place, style: `fill:${style.colour}` }, label));
        }
    },
    // Shares by rung, two or more series side by side.
    bars(svg, width, height, { series, names }) {
        const at = box(width, height, 50, 0, 1), wide = width >= 860;
        const { y } = frame(svg, at, { weeks: 0, xLabel: "",
            ticks: [0, 0.25, 0.5, 0.75, 1].map((value) => [value, Page.percent(value)]) });
        const slot = (at.right - at.left) / names.length, each = slot * 0.8 / series.length;
        names.forEach((name, rung) => {
            const start = at.left + slot * (rung + 0.1);
            series.forEach(({ shares, style, hatch }, k) => {
                const top = y(shares[rung]);
                svg.append(draw("rect", {
                    x: start + k * each + 1, width: Math.max(1, each - 2), y: top, height: Math.max(0, at.bottom - top),
                    fill: hatch ? "#ffffff" : style.colour, stroke: style.colour, "stroke-width": 2,
                    "stroke-dasharray": style.dash,
                }));
            });
            svg.append(draw("text", { x: start + slot * 0.4, y: at.bottom + 17, "text-anchor": "middle" },
                wide ? `${rung} ${name}` : String(rung)));
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

const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "font-size", "font-family", "font-weight", "paint-order"];

// A picture as PNG, at twice its size: what the page's styles give it goes with it.
function picture(svg, width, height, taken) {
    const copy = svg.cloneNode(true), twins = [copy, ...copy.querySelectorAll("*")], canvas = document.createElement("canvas"), image = new Image();
    [svg, ...svg.querySelectorAll("*")].forEach((node, k) => {
        const given = getComputedStyle(node);
        for (const name of DRAWN) twins[k].style.setProperty(name, given.getPropertyValue(name));
    });
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
        Object.assign(this, { height, saving });
        this.data = null;
        this.svg = draw("svg", { role: "img", "aria-labelledby": `${id}-title ${id}-summary` });
        this.summary = el("p", { class: "summary", id: `${id}-summary` });
        this.title = title;
        this.place = el("div");
        this.details = el("details", { ontoggle: () => this.fill() }, el("summary", {}, tableWord), this.place);
        this.node = el("figure", {},
            el("figcaption", { id: `${id}-title` }, title), this.svg, this.summary, this.details);
        this.width = 0;
        new ResizeObserver(([entry]) => {
            const width = Math.floor(entry.contentRect.width);
            if (width && width !== this.width) { this.width = width; this.paint(); }
        }).observe(this.node);
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
        svg.setAttribute("height", height);
        svg.replaceChildren();
        KINDS[this.kind](svg, width, height, this.data);
    }

    fill() {
        if (!this.details.open || !this.data) return;
        const found = this.data.table(), name = this.title.slice(0, 60).replace(/[^\p{L}\p{N}]+/gu, "_");
        this.place.replaceChildren(table(...found, this.title), el("p", { class: "controls" },
            el("button", { type: "button", onclick: () => picture(this.svg, this.width, this.height, (blob) => App.download(`${name}.png`, blob, "image/png")) }, this.saving.png),
            el("button", { type: "button", onclick: () => App.download(`${name}.csv`, csv(found), "text/csv") }, this.saving.csv)));
    }
}

function swatch(style) {
    return draw("svg", { class: "swatch", viewBox: "0 0 40 10", "aria-hidden": "true" },
        draw("line", { x1: 0, x2: 40, y1: 5, y2: 5, ...stroke(style) }));
}

return { Chart, el, draw, table, swatch, LINES, RUNG_COLOURS };
})();
