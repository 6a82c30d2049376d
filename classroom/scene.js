// Two houses face each other across a border: how afraid they look, what they have on show, and how
// they speak. One is seen plainly, the other may lie in fog. It draws numbers and simulates nothing.
const Scene = (() => {
"use strict";

const { el, draw } = Charts;
const WIDE = 720, HIGH = 300, GROUND = 244, BORDER = 360;
const COLOURS = [["var(--blue)", "var(--blue-pale)"], ["var(--orange)", "var(--orange-pale)"]];
const MARKS = { calm: "", tense: "!", bad: "✹" };
const quarters = (level) => Math.max(0, Math.min(4, Math.round(4 * level)));
const line = (x1, y1, x2, y2, given) => draw("line", { x1, y1, x2, y2, ...given });

// A house with a face: `worry` from 0 (at ease) to 1 (afraid), `anger` likewise.
function house(x, [dark, pale], { worry, anger }, dashed) {
    const part = draw("g", { transform: `translate(${x} 0)`, stroke: dark, "stroke-width": 3, fill: pale, "stroke-linejoin": "round" });
    if (dashed) part.setAttribute("stroke-dasharray", "7 5");
    part.append(
        draw("path", { d: `M-62 ${GROUND}V138L0 82L62 138V${GROUND}Z` }),
        line(0, 82, 0, 48, {}), draw("path", { d: "M0 48h30l-7 9l7 9h-30z", fill: dark }),
    );
    const wide = 7 + 6 * worry, brow = 9 * anger - 9 * worry, mouth = 16 - 50 * Math.max(worry, anger);
    for (const side of [-1, 1]) {
        part.append(
            draw("ellipse", { cx: side * 24, cy: 160, rx: 9, ry: wide, fill: "var(--card)", "stroke-dasharray": "none" }),
            draw("circle", { cx: side * 24 + 1, cy: 160, r: 3.5, fill: dark, stroke: "none" }),
            line(side * 36, 138 - brow, side * 13, 138 + brow, { "stroke-width": 4, "stroke-dasharray": "none" }),
        );
    }
    part.append(draw("path", { d: `M-20 203Q0 ${203 + mouth} 20 203`, fill: "none", "stroke-width": 4, "stroke-dasharray": "none" }));
    return part;
}

// Forces: a quarter each; the first stays at home, the others come to the border one after another.
function forces(count, seat, dashed) {
    const way = seat ? -1 : 1, places = [200, 240, 276, 312];
    return places.slice(0, count).map((from) => {
        const x = seat ? WIDE - from : from, part = draw("g", {
            transform: `translate(${x} ${GROUND}) scale(${way} 1)`, fill: dashed ? "none" : COLOURS[seat][0],
            stroke: COLOURS[seat][0], "stroke-width": 2.5, "stroke-linejoin": "round",
        });
        if (dashed) part.setAttribute("stroke-dasharray", "4 3");
        part.append(
            draw("path", { d: "M-14 -3h26l4 -7l-5 -7h-24l-4 7z" }), draw("path", { d: "M-7 -17v-8h12v8z" }), line(5, -21, 21, -24, {}));
        return part;
    });
}

function speech(count, seat) {
    if (!count) return [];
    const x = seat ? WIDE - 230 : 230, way = seat ? -1 : 1;
    return [draw("g", {},
        draw("path", { d: `M${x - way * 44} 96q${way * 4} -42 ${way * 44} -42t${way * 44} 30t${-way * 44} 30q${-way * 12} 0 ${-way * 20} -4l${-way * 26} 14z`,
            fill: "var(--card)", stroke: COLOURS[seat][0], "stroke-width": 2.5, "stroke-linejoin": "round" }),
        draw("text", { x, y: 94, "text-anchor": "middle", style: `fill:${COLOURS[seat][0]};--own-text:${16 + 4 * count}px;font-weight:800` }, "!".repeat(count)))];
}

// A fence of closed gates, on one side of the border.
function gates(count, seat) {
    const x = BORDER + (seat ? 14 : -14);
    return Array.from({ length: count }, (_, k) => draw("rect", {
        x: x - 5, y: GROUND - 18 - 17 * k, width: 10, height: 14, fill: COLOURS[seat][0], stroke: "none" }));
}

function wire(count) {
    const y = 268, style = { stroke: "var(--green)", "stroke-width": 1.5 + count, fill: "none" };
    if (!count) return [];
    return [draw("path", { d: `M118 ${GROUND + 4}q0 ${y - GROUND} 40 ${y - GROUND}H${WIDE - 158}q40 0 40 ${GROUND - y}`, ...style,
        ...(count === 1 ? { "stroke-dasharray": "3 8" } : {}) })];
}

// A meter of fear below a house, from 0 to 1.
function meter(seat, value, label) {
    const x = seat ? WIDE - 190 : 46, width = 144;
    return [
        draw("rect", { x, y: 277, width, height: 12, rx: 6, fill: "var(--card)", stroke: COLOURS[seat][0], "stroke-width": 1.5 }),
        draw("rect", { x: x + 2, y: 279, width: Math.max(2, (width - 4) * Math.min(1, value)), height: 8, rx: 4, fill: COLOURS[seat][0] }),
        draw("text", { x: seat ? x - 8 : x + width + 8, y: 288, "text-anchor": seat ? "end" : "start", style: "font-weight:600" }, label),
    ];
}

// `sides` are two, of rhetoric, deployment, sanctions, diplomacy, worry, anger, fear (none: no meter)
// and `fog`, whether it is only what the other sees; `violence` 1 is a clash, 2 and 3 are war.
function scene({ sides, violence, label, names, fearWord }) {
    const svg = Charts.steady(draw("svg", { class: "scene", viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": label }), WIDE);
    svg.append(draw("rect", { x: 0, y: 0, width: WIDE, height: GROUND, class: "sky" }), draw("rect", { x: 0, y: GROUND, width: WIDE, height: HIGH - GROUND, class: "soil" }));
    svg.append(line(BORDER, 40, BORDER, HIGH - 12, { stroke: "var(--off)", "stroke-width": 2, "stroke-dasharray": "3 6" }));
    svg.append(...wire(Math.min(...sides.map(({ diplomacy, fog }) => (fog ? 4 : quarters(diplomacy))))));
    sides.forEach((side, seat) => {
        svg.append(house(seat ? WIDE - 118 : 118, COLOURS[seat], side, side.fog), ...forces(quarters(side.deployment), seat, side.fog));
        svg.append(...speech(quarters(side.rhetoric), seat), ...gates(quarters(side.sanctions), seat));
        if (side.fear !== undefined) svg.append(...meter(seat, side.fear, fearWord));
        svg.append(draw("text", { x: seat ? WIDE - 118 : 118, y: 30, "text-anchor": "middle", class: "who" }, names[seat]));
    });
    if (sides.some(({ fog }) => fog)) {
        const right = sides[1].fog;
        for (let k = 0; k < 5; k += 1) {
            svg.append(draw("ellipse", { cx: right ? 470 + 58 * k : 250 - 58 * k, cy: 110 + 34 * ((k * 2) % 5), rx: 120, ry: 22, class: "mist" }));
        }
    }
    if (violence > 0) {
        const points = Array.from({ length: 16 }, (_, k) => {
            const r = (k % 2 ? 18 : 40) * (1 + 0.25 * (violence - 1)), a = Math.PI * k / 8;
            return `${(BORDER + r * Math.cos(a)).toFixed(1)},${(150 + r * Math.sin(a)).toFixed(1)}`;
        });
        svg.append(draw("polygon", { points: points.join(" "), fill: "#ffd166", stroke: "var(--bad)", "stroke-width": 3, "stroke-linejoin": "round" }));
    }
    return svg;
}

// Twenty-six steps or so: how high each turn came, and which is next.
function track(rungs, n, labels) {
    return el("ol", { class: "track" }, Array.from({ length: n }, (_, k) => {
        const rung = rungs[k], done = rung !== undefined;
        return el("li", {
            class: done ? Views.kindName(rung) : k === rungs.length ? "next" : "", title: labels(k, rung),
        }, el("span", { class: "hidden" }, labels(k, rung)), el("span", { "aria-hidden": "true" }, done ? MARKS[Views.kindName(rung)] : ""));
    }));
}

return { scene, track };
})();
