// A lesson: bet, watch one world and then two hundred, explain, check, try. What is played and
// claimed stands in lessons.json, which tests/test_lessons.py reads too; the words in sim/words/en.json.
const Lessons = (() => {
"use strict";

const { el, LINES } = Charts;
const say = (...given) => Page.say(...given);
const N = 200, LEVELS = 11;
// By lesson, as long as the page is open: the bet, the guess, the hands of a class; what was bet when
// the worlds were first played, 0 for no bet; and in which order options stand.
const bets = {}, guesses = {}, hands = {}, closed = {}, orders = {};

// Options, which have the numbers 1 to 3, in an order that luck has chosen when the page was opened.
function choices(name, legend, options, onchoose, chosen) {
    orders[name] = orders[name] || Views.order(options.length, Math.floor(Math.random() * 6));
    return el("fieldset", {}, el("legend", {}, legend), orders[name].map((k) => el("label", { class: "choice" },
        el("input", { type: "radio", name, value: k + 1, checked: chosen === k + 1, onchange: () => onchoose(k + 1) }),
        el("span", {}, options[k]))));
}

// The share that a guess is about: the first that a lesson claims of worlds that come to a rung.
function guessed(lesson) {
    const claim = lesson.claims.find(({ outcome, above, same }) => outcome.kind === "reached" && (above !== undefined || same));
    return claim && { panel: claim.above === undefined ? claim.same[1] : claim.above, rung: claim.outcome.rung };
}

function guess(lesson, word) {
    const about = guessed(lesson);
    if (!about) return null;
    const id = "guess", shown = el("output", { for: id });
    const write = () => { shown.textContent = lesson.name in guesses ? Page.percent(guesses[lesson.name] / 100) : "?"; };
    write();
    return el("div", { class: "slider guess" },
        el("label", { for: id }, say("bet.guess", { panel: word(`panel.${lesson.panels[about.panel].name}`), rung: say(`rung.${about.rung}`) })), shown,
        el("input", { type: "range", id, min: 0, max: 100, step: 1, value: guesses[lesson.name] === undefined ? 50 : guesses[lesson.name],
            oninput: (event) => { guesses[lesson.name] = Number(event.target.value); write(); } }));
}

// Hands of a class for each option, counted before anything is shown.
function count(lesson, word) {
    const own = hands[lesson.name] = hands[lesson.name] || [0, 0, 0];
    return el("details", {}, el("summary", {}, say("bet.hands")), el("ul", { class: "counters" }, orders[`bet-${lesson.name}`].map((k) => {
        return Views.counter(word(`bet.${k + 1}`), own[k], (now) => { own[k] = now; }).node;
    })));
}

function score() {
    const placed = LESSONS.filter(({ name }) => closed[name]);
    return say("bet.score", { right: placed.filter(({ name, bet }) => closed[name] === bet).length, n: placed.length });
}

function section(step, key, ...inside) {
    const id = `step-${key}`;
    return el("section", { class: `step ${key}`, "aria-labelledby": id },
        el("h2", { id }, el("span", { class: "count", "aria-hidden": "true" }, String(step)), say(`step.${key}`)), ...inside);
}

function panelSettings(lesson, k, lever) {
    const panel = lesson.panels[k], last = k === lesson.panels.length - 1;
    const parameters = { ...panel.parameters };
    if (last && lever !== null) parameters[lesson.lever] = lever;
    return { scenario: lesson.scenario, changes: panel.changes, parameters, seed: panel.seed || lesson.seed, weeks: lesson.weeks };
}

function show(state, change, { started = false } = {}) {
    const lesson = LESSONS[state.lesson - 1], of = `lesson.${lesson.name}`;
    const word = (part, given) => say(`${of}.${part}`, given);
    const observe = el("div");
    let begun = () => false;
    const bet = choices(`bet-${lesson.name}`, word("question"), [1, 2, 3].map((k) => word(`bet.${k}`)), (k) => {
        bets[lesson.name] = k;
        if (!observe.hasChildNodes()) open();
        Page.tell(say("bet.placed"));
    }, bets[lesson.name]);
    const placing = el("div", {}, bet, guess(lesson, word), count(lesson, word));
    const locked = el("p", { class: "hint", hidden: true }, say("bet.locked")), waits = el("p", { class: "hint" }, say("step.wait"));
    const first = el("p", { class: "hint" }, say("bet.first"), " ",
        Views.button(say("bet.skip"), () => { open(); observe.querySelector("button").focus(); }, { class: "quiet" }));
    function open() {
        first.remove();
        begun = watch(lesson, state, change, observe, word, { lock, reveal, started });
    }
    // Bets are closed once the worlds are played.
    function lock() {
        if (closed[lesson.name] === undefined) closed[lesson.name] = bets[lesson.name] || 0;
        placing.querySelectorAll("input, button").forEach((each) => { each.disabled = true; });
        locked.hidden = false;
    }
    function reveal() { rest.hidden = false; waits.hidden = true; }
    const rest = el("div", { hidden: true },
        section(3, "explain", el("p", {}, word("explain")), el("p", { class: "source" }, word("source"))),
        section(4, "check", check(lesson, word)),
        section(5, "try", links(lesson, word)));
    const page = [
        el("p", { class: "crumb" }, say("lesson.number", { k: state.lesson, n: LESSONS.length })),
        el("h1", { tabindex: "-1" }, word("title")),
        el("p", { class: "lead" }, word("lead")),
        lesson.real && Views.notForecast(),
        section(1, "predict", placing, locked),
        section(2, "observe", first, observe),
        waits,
        rest,
        el("nav", { class: "turn", "aria-label": say("nav.lessons") },
            state.lesson > 1 && el("a", { href: Page.link({ page: "lesson", lesson: state.lesson - 1 }) }, say("lesson.before")),
            state.lesson < LESSONS.length
                ? el("a", { href: Page.link({ page: "lesson", lesson: state.lesson + 1 }) }, say("lesson.next"))
                : el("a", { href: Page.link({ page: "sandbox" }) }, say("nav.sandbox"))),
    ];
    if (closed[lesson.name] !== undefined) { lock(); reveal(); }
    if (bets[lesson.name] || closed[lesson.name] !== undefined) open();
    page.kept = () => ({ started: begun() });
    return page;
}

function check(lesson, word) {
    const reply = el("p", { class: "reply", role: "status" });
    const asked = choices(`answer-${lesson.name}`, word("check"), [1, 2, 3].map((k) => word(`answer.${k}`)), (k) => {
        const right = k === lesson.answer;
        reply.className = `reply ${right ? "right" : "wrong"}`;
        reply.textContent = `${say(right ? "check.right" : "check.wrong")} ${word(`reason.${k}`)}`;
    });
    return el("div", {}, asked, reply);
}

function links(lesson, word) {
    const to = ({ parameters, world, name }) => el("li", {}, el("a", {
        href: Page.link({ page: "sandbox", scenario: lesson.scenario, seed: lesson.seed, weeks: lesson.weeks, world, parameters }),
    }, word(`try.${name}`)));
    return el("ul", {}, lesson.try.map(to));
}

// The panels: one world each, then two hundred, on the same random numbers.
function watch(lesson, state, change, place, word, { lock, reveal, started }) {
    const { panels, show: { kind, measure, low, high } } = lesson;
    const label = measure && say(`measure.${measure}`), level = kind === "level";
    const usual = lesson.lever && valueIn(lesson, panels.length - 1, lesson.lever);
    let lever = lesson.lever && Object.hasOwn(state.parameters, lesson.lever) ? state.parameters[lesson.lever] : null;
    const about = guessed(lesson);
    let world = state.world, many = [];
    const shown = panels.map((panel, k) => {
        const one = Views.chart(level ? "level" : "rung", level ? say("chart.one.level", { label }) : say("chart.one"));
        const fan = Views.chart(level ? "band" : "fan", level ? say("chart.fan.level", { label }) : say("chart.fan"));
        fan.node.hidden = true;
        const style = LINES[k], tiles = about && new Views.Tiles(N, about.rung);
        return { one, fan, tiles, style, node: el("section", { class: "panel", "aria-label": word(`panel.${panel.name}`) },
            el("h3", {}, Views.swatch(style), word(`panel.${panel.name}`)), one.node, fan.node) };
    });
    const bar = Views.progress(say("fan.progress"));
    const results = el("div", { class: "results" });
    const whole = el("p", { class: "fan-count", role: "status" });
    const worldField = Views.number({ label: say("world.number"), value: world, low: 0, high: 4294967295,
        onchange: (now) => { world = now; change({ world }, true); drawOne(); } });
    const step = (by) => () => { world = Math.max(0, world + by); worldField.set(world); change({ world }, true); drawOne(); };
    const all = Views.button(say("fan.start", { n: N }), () => { started = true; lock(); drawMany(); }, { class: "main" });

    function drawOne() {
        Worlds.run("one", (function* () {
            const all = [];
            for (let k = 0; k < panels.length; k += 1) { all.push(Worlds.played(panelSettings(lesson, k, lever), world)); yield; }
            const top = level ? 7 : Math.max(4, ...all.map((played) => Math.max(...played.rungsOf())));
            for (let k = 0; k < panels.length; k += 1) {
                const played = all[k];
                if (level) Views.drawLevel(shown[k].one, played.measure(measure), { low, high }, shown[k].style, label);
                else Views.drawRungs(shown[k].one, played.rungsOf(), shown[k].style, undefined, top);
                yield;
            }
        })(), { slice: 24 });
    }

    function drawMany() {
        shown.forEach(({ fan }) => { fan.node.hidden = false; });
        if (about) for (const each of [key, board]) each.hidden = false;
        many = panels.map((_, k) => new Worlds.Ensemble(panelSettings(lesson, k, lever),
            { outcomes: lesson.claims.flatMap((claim) => claim.against ? [claim.outcome, claim.against] : [claim.outcome]), measure }));
        results.replaceChildren();
        whole.textContent = "";
        let drawn = 0;
        Worlds.run("many", (function* () {
            for (let k = 0; k < N; k = many[0].n) {
                const n = Math.min(many[0].some, N - k);
                for (const each of many) { each.add(k, n); yield; }
                bar.value = k + n;
                const now = performance.now();
                if (now - drawn > 120 || k + n === N) { drawFans(); drawn = now; yield; }
            }
            whole.textContent = say(panels.some(({ seed }) => seed) ? "fan.done.seeds" : "fan.done", { n: N });
            results.replaceChildren(...verdicts(lesson, many, word, lever !== null && lever !== usual));
            reveal();
        })(), { after: 80 });
    }

    function drawFans() {
        many.forEach((each, k) => {
            if (level) Views.drawBand(shown[k].fan, each, { low, high }, shown[k].style, label);
            else Views.drawFan(shown[k].fan, each);
            if (about) shown[k].tiles.draw(each.highest, k && !panels[k].seed ? many[0].highest : null);
        });
    }

    const key = about && Views.tilesKey(panels.length > 1);
    if (key) key.hidden = true;
    const controls = el("div", { class: "controls" },
        Views.button(say("world.before"), step(-1)), worldField.node, Views.button(say("world.next"), step(1)), all);
    place.append(el("p", { class: "hint" }, word("watch")), controls);
    if (!level) place.append(Views.rungKey());
    // All panels' worlds on one screen, above what tells of each panel.
    const board = about && el("div", { class: "board", hidden: true }, shown.map(({ tiles, style }, k) => el("section", {},
        el("h3", {}, Views.swatch(style), word(`panel.${panels[k].name}`)), tiles.node)));
    if (about) place.append(key, board);
    place.append(el("div", { class: `panels of-${panels.length}` }, shown.map(({ node }) => node)));
    if (lesson.lever) {
        place.append(el("div", { class: "lever" },
            el("p", {}, say("lever.change", { panel: word(`panel.${panels[panels.length - 1].name}`) })),
            Views.slider(lesson.lever, lever === null ? usual : lever, { usual, oninput: (now) => {
                lever = now;
                change({ parameters: now === usual ? {} : { [lesson.lever]: now } }, true);
                drawOne();
                if (started) drawMany();
            } }).node, about && dial(lesson, word, () => (lever === null ? usual : lever))));
    }
    place.append(bar, whole, results);
    drawOne();
    if (started) drawMany();
    return () => started;
}

// Risk against the level of the lesson's dial: eleven levels, the same worlds at each.
function dial(lesson, word, now) {
    const { low, high } = Page.declared[lesson.lever], about = guessed(lesson), last = lesson.panels.length - 1;
    const chart = Views.chart("curve", say("curve.title", { n: N, rung: say(`rung.${about.rung}`), panel: word(`panel.${lesson.panels[last].name}`) }));
    const bar = Views.progress(say("fan.progress"));
    for (const each of [chart.node, bar]) each.hidden = true;
    const ask = Views.button(say("curve.ask"), () => {
        const levels = Array.from({ length: LEVELS }, (_, k) => low + (high - low) * k / (LEVELS - 1)), counts = [];
        ask.disabled = true;
        bar.hidden = false;
        bar.max = N * LEVELS;
        Worlds.run("curve", (function* () {
            for (const level of levels) {
                const many = new Worlds.Ensemble(panelSettings(lesson, last, level));
                while (many.n < N) { many.add(many.n, Math.min(many.some, N - many.n)); bar.value = N * counts.length + many.n; yield; }
                counts.push(many.highest.filter((rung) => rung >= about.rung).length);
            }
            const ends = counts.map((count) => Worlds.wilson(count, N)), shares = counts.map((count) => count / N);
            chart.node.hidden = false;
            bar.hidden = true;
            ask.disabled = false;
            chart.draw({ levels, shares, lows: ends.map((end) => end.low), highs: ends.map((end) => end.high), style: LINES[last], xLabel: Views.pretty(lesson.lever), now: now(),
                summary: say("curve.told", { dial: Views.pretty(lesson.lever), from: Page.percent(shares[0]), to: Page.percent(shares[LEVELS - 1]), low: Page.short(low), high: Page.short(high) }),
                table: () => [[Views.pretty(lesson.lever), say("curve.share"), say("curve.low"), say("curve.high")],
                    levels.map((level, k) => [Page.short(level), Page.percent(shares[k]), Page.percent(ends[k].low), Page.percent(ends[k].high)])] });
        })());
    });
    return el("div", {}, ask, bar, chart.node);
}

function valueIn(lesson, k, name) {
    const { parameters } = lesson.panels[k];
    return Object.hasOwn(parameters, name) ? parameters[name] : Page.declared[name].value;
}

// What the worlds came to, claim by claim, and how the bet did.
function verdicts(lesson, many, word, changed) {
    const firsts = [];
    let at = 0;
    for (const claim of lesson.claims) { firsts.push(at); at += claim.against ? 2 : 1; }
    const name = (k) => word(`panel.${lesson.panels[k].name}`);
    const value = (k, place, of) => {
        const found = Worlds.mean(Worlds.parts(many[k].values[place]));
        return of.kind === "reached" ? Page.percent(found) : Page.short(found);
    };
    const rows = lesson.claims.map((claim, c) => {
        const place = firsts[c], of = claim.outcome;
        const told = word(`claim.${claim.name}`);
        if (claim.between) return [told, `${name(claim.panel)}: ${value(claim.panel, place, of)}`];
        if (claim.against) {
            const gap = Worlds.paired(many[claim.panel].values[place + 1], many[claim.panel].values[place]);
            return [told, say("claim.early", { value: value(claim.panel, place, of) }), say("claim.late", { value: value(claim.panel, place + 1, of) }), range(gap, of)];
        }
        const [low, high] = claim.same || [claim.below, claim.above];
        const gap = Worlds.paired(many[low].values[place], many[high].values[place]);
        return [told, `${name(low)}: ${value(low, place, of)}`, `${name(high)}: ${value(high, place, of)}`, range(gap, of)];
    });
    const bet = closed[lesson.name], about = guessed(lesson), raised = hands[lesson.name] || [];
    const share = about && many[about.panel].peaks.slice(about.rung).reduce((sum, each) => sum + each, 0) / many[about.panel].n;
    return [
        el("h3", {}, say("claim.heading")),
        changed && el("p", { class: "warning" }, say("claim.changed")),
        el("p", { class: "hint" }, say("claim.caption", { n: N })),
        el("ul", { class: "claims" }, rows.map(([told, ...found]) => el("li", {}, el("b", {}, told), found.map((each) => el("span", {}, each))))),
        bet && !changed && el("p", { class: `reply ${bet === lesson.bet ? "right" : "wrong"}` },
            say(bet === lesson.bet ? "bet.right" : "bet.wrong", { bet: word(`bet.${bet}`), right: word(`bet.${lesson.bet}`) })),
        about && !changed && lesson.name in guesses && el("p", { class: "reply" }, say("bet.guess.told", { guess: Page.percent(guesses[lesson.name] / 100), value: Page.percent(share) })),
        raised.some(Boolean) && el("p", { class: "reply" }, say("bet.hands.told", { list: raised.map((n, k) => `${word(`bet.${k + 1}`)} ${n}`).join(" ") })),
        bet && el("p", { class: "hint" }, score()),
    ].filter(Boolean);
}

function range({ change, low, high }, of) {
    const show = (x) => `${x > 0 ? "+" : ""}${of.kind === "reached" ? Page.number(Math.round(x * 100)) : Page.short(x)}`;
    return say(of.kind === "reached" ? "claim.points" : "claim.range", { change: show(change), low: show(low), high: show(high) });
}

return { show };
})();
