// Risk against the level of one dial: eleven levels over its range, the same worlds at each, with the
// interval of each share.
const Curve = (() => {
"use strict";

const { el } = Charts;
const say = (...given) => Page.say(...given);
const N = 200, LEVELS = 11;

// `settingsAt(level)` is what is played, `title` what is looked at; `now()` is where the dial stands.
function make({ name, rung, title, style, settingsAt, now }) {
    const { low, high } = Page.declared[name], dialled = Views.pretty(name);
    const chart = Views.chart("curve", say("curve.title", { n: N, rung: say(`rung.${rung}`), panel: title }));
    const bar = Views.progress(say("fan.progress"));
    for (const each of [chart.node, bar]) each.hidden = true;
    const ask = Views.button(say("curve.ask"), () => {
        const levels = Array.from({ length: LEVELS }, (_, k) => low + (high - low) * k / (LEVELS - 1));
        const fans = levels.map((level) => new Worlds.Ensemble(settingsAt(level)));
        ask.disabled = true;
        bar.hidden = false;
        bar.max = N * LEVELS;
        Worlds.many("curve", fans, N, { onprogress: (n) => { bar.value = n; }, ondone: () => {
            bar.hidden = true;
            ask.disabled = false;
            chart.node.hidden = false;
            draw(levels, fans.map(({ highest }) => highest.filter((each) => each >= rung).length));
        } });
    });

    function draw(levels, counts) {
        const ends = counts.map((count) => Worlds.wilson(count, N)), shares = counts.map((count) => count / N);
        chart.draw({ levels, shares, lows: ends.map((end) => end.low), highs: ends.map((end) => end.high), style, xLabel: dialled, now: now(),
            summary: say("curve.told", { dial: dialled, from: Page.percent(shares[0]), to: Page.percent(shares[LEVELS - 1]), low: Page.short(low), high: Page.short(high) }),
            table: () => [[dialled, say("curve.share"), say("curve.low"), say("curve.high")],
                levels.map((level, k) => [Page.short(level), Page.percent(shares[k]), Page.percent(ends[k].low), Page.percent(ends[k].high)])] });
        Page.tell(chart.summary.textContent);
    }
    return el("div", {}, ask, bar, chart.node);
}

return { make };
})();
