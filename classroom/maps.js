// The roster as a map: a mark for each state by its side, a line for each pair on rung 3 or above.
const Maps = (() => {
"use strict";

const { el, draw } = Charts;
const say = (...given) => Page.say(...given);
const SIDES = ["var(--off)", "var(--blue)", "var(--orange)"];

function places({ codes, places: given }, width, height) {
    const known = codes.map((_, i) => given && given[i]);
    if (known.some((at) => !at)) {
        return codes.map((_, i) => {
            const angle = Math.PI * (1 + 2 * i / codes.length);
            return [width / 2 + Math.cos(angle) * width * 0.34, height / 2 + Math.sin(angle) * height * 0.34];
        });
    }
    const across = known.map(([lat, lon]) => turned(lat, lon));
    const spread = (k) => [Math.min(...across.map((at) => at[k])), Math.max(...across.map((at) => at[k]))];
    const [left, right] = spread(0), [top, bottom] = spread(1);
    const put = across.map(([x, y]) => [20 + (width - 40) * (x - left) / (right - left), 16 + (height - 32) * (y - top) / (bottom - top)]);
    // Crowded marks push one another apart, always in the same way.
    for (let round = 0; round < 60; round += 1) {
        for (let i = 0; i < put.length; i += 1) for (let j = 0; j < i; j += 1) {
            const dx = put[i][0] - put[j][0], dy = put[i][1] - put[j][1], far = Math.hypot(dx, dy) || 0.01;
            if (far < 17) {
                const by = (17 - far) / 2 / far;
                put[i][0] += dx * by; put[i][1] += dy * by; put[j][0] -= dx * by; put[j][1] -= dy * by;
            }
        }
    }
    return put.map(([x, y]) => [Math.max(10, Math.min(width - 10, x)), Math.max(10, Math.min(height - 10, y))]);
}

// Equidistant from the North Pole, with Europe drawn apart: most of a roster lies there.
function turned(lat, lon) {
    const far = (lat, from) => Math.sign(lat - from) * Math.abs(lat - from) ** 0.6;
    return [far(lon, 20), -far(lat, 48)];
}

function mark(side, [x, y]) {
    if (side === 1) return draw("circle", { cx: x, cy: y, r: 7 });
    if (side === 2) return draw("rect", { x: x - 6.5, y: y - 6.5, width: 13, height: 13 });
    return draw("path", { d: `M${x} ${y - 8}L${x + 7.5} ${y + 6}H${x - 7.5}Z` });
}

function make(scenario) {
    const width = 420, height = 260, at = places(scenario, width, height);
    const svg = Charts.steady(draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": say("map.label") }), width);
    const lines = draw("g", {}), marks = draw("g", {});
    svg.append(lines, marks);
    const few = scenario.codes.length <= 12;
    const summary = el("p", { class: "summary" }), place = el("div");
    let last = null;
    const details = el("details", { ontoggle: fill }, el("summary", {}, say("table.open")), place);
    const index = new Map(scenario.codes.map((code, i) => [code, i]));
    const name = (code) => Page.stateName(scenario.names[index.get(code)]);
    let drawn = "";

    function high(world) {
        const found = [];
        scenario.pairs.forEach(([a, b], pair) => { const rung = world.rung(pair); if (rung >= 3) found.push([rung, a, b]); });
        return found.sort((one, other) => other[0] - one[0]);
    }
    function fill() {
        if (!details.open || !last) return;
        place.replaceChildren(Views.table([say("map.pair"), say("table.rung"), say("table.name")],
            high(last).map(([rung, a, b]) => [`${name(a)} – ${name(b)}`, rung, say(`rung.${rung}`)]), say("map.caption")));
    }
    function paint(world) {
        last = world;
        const pairs = high(world), blocs = scenario.codes.map((_, i) => world.state(i).bloc);
        const key = JSON.stringify([pairs, blocs]);
        if (key === drawn) return;
        drawn = key;
        lines.replaceChildren(...pairs.map(([rung, a, b]) => {
            const [one, other] = [at[index.get(a)], at[index.get(b)]];
            return draw("line", { x1: one[0], y1: one[1], x2: other[0], y2: other[1],
                stroke: `var(--tie-${Math.max(4, rung)})`, "stroke-width": 1.5 + (rung - 2) * 1.2,
                "stroke-dasharray": rung === 3 ? "5 4" : "" });
        }));
        const names = [];
        marks.replaceChildren(...scenario.codes.map((code, i) => {
            const part = draw("g", { fill: SIDES[blocs[i]], stroke: "var(--card)", "stroke-width": 1.2 }, mark(blocs[i], at[i]), draw("title", {}, name(code)));
            if (few || scenario.leaders.includes(code)) {
                const [x, y] = at[i], below = y < height / 2 || few;
                names.push(draw("text", { class: "name", x: Math.max(4 + 4 * name(code).length, Math.min(width - 4 - 4 * name(code).length, x)), y: few ? y + (y > height / 2 ? 24 : -13) : y + (below ? 20 : -10), "text-anchor": "middle" }, name(code)));
            }
            return part;
        }), ...names);
        summary.textContent = pairs.length
            ? say("map.summary", { n: pairs.length, first: `${name(pairs[0][1])} – ${name(pairs[0][2])}`, rung: say(`rung.${pairs[0][0]}`) })
            : say("map.calm");
        fill();
    }
    const key = el("p", { class: "hint" }, say("map.key"));
    return { node: el("div", {}, svg, summary, key, details), paint, scenario };
}

return { make };
})();
