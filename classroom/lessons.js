// A lesson: bet, watch one world and then two hundred, explain, check, try. What is played and
// claimed stands in lessons.json, which tests/test_lessons.py reads too; the words in sim/words/en.json.
const Lessons = (() => {
"use strict";

const { el, LINES } = Charts;
const say = (...given) => Page.say(...given);
const N = 200;
const MANY = 200;  // per cent of a difference from which on it is told as it is
const SHARES = ["reached", "cause"];  // outcomes that a world has or has not
// By lesson: the bet, the guess, the hands of a class; what was bet when the worlds were first
// played, 0 for no bet; and in which order options stand.
const NAMES = LESSONS.map(({ name }) => name), { whole, list } = Kept;
const bets = Kept.entries("bets", NAMES, whole(1, 3)), guesses = Kept.entries("guesses", NAMES, whole(0, 100));
const hands = Kept.entries("hands", NAMES, list(3, whole(0, 200))), closed = Kept.entries("closed", NAMES, whole(0, 3));
const orders = Kept.entries("orders", NAMES.flatMap((name) => [`bet-${name}`, `answer-${name}`]),
    (value) => list(3, whole(0, 2))(value) && new Set(value).size === 3);

function keep() {
    for (const [name, value] of Object.entries({ bets, guesses, hands, closed, orders })) Kept.set(name, value);
}

// Options, which have the numbers 1 to 3, in an order that luck has chosen when the page was opened.
function choices(name, legend, options, onchoose, chosen) {
    orders[name] = orders[name] || Views.order(options.length, Math.floor(Math.random() * 6));
    keep();
    return el("fieldset", {}, el("legend", {}, legend), orders[name].map((k) => el("label", { class: "choice" },
        el("input", { type: "radio", name, value: k + 1, checked: chosen === k + 1, onchange: () => onchoose(k + 1) }),
        el("span", {}, options[k]))));
}

// What a guess is about: worlds of the first panel that come to the rung of which the lesson claims
// something. Never the panel that is said to be worse: it would give the bet away.
function guessed(lesson) {
    const claim = lesson.claims.find(({ outcome }) => outcome.kind === "reached");
    return claim && { panel: 0, rung: claim.outcome.rung };
}

const countOf = (share) => Page.number(Math.round(N * share));

function guess(lesson, word) {
    const about = guessed(lesson);
    if (!about) return null;
    const id = "guess", shown = el("output", { for: id, "aria-live": "off" });
    const write = () => { shown.textContent = lesson.name in guesses ? countOf(guesses[lesson.name] / 100) : "?"; };
    write();
    return el("div", { class: "slider guess" },
        el("label", { for: id }, say("bet.guess", { panel: word(`panel.${lesson.panels[about.panel].name}`), rung: say(`rung.${about.rung}`) })), shown,
        el("input", { type: "range", id, min: 0, max: 100, step: 1, value: guesses[lesson.name] === undefined ? 50 : guesses[lesson.name],
            oninput: (event) => { guesses[lesson.name] = Number(event.target.value); keep(); write(); } }));
}

// Hands of a class for each option, counted before anything is shown.
function count(lesson, word) {
    const own = hands[lesson.name] = hands[lesson.name] || [0, 0, 0];
    return el("details", {}, el("summary", {}, say("bet.hands")), el("ul", { class: "counters" }, orders[`bet-${lesson.name}`].map((k) => {
        return Views.counter(word(`bet.${k + 1}`), own[k], (now) => { own[k] = now; keep(); }).node;
    })));
}

function score() {
    const placed = LESSONS.filter(({ name }) => closed[name]);
    return say("bet.score", { right: placed.filter(({ name, bet }) => closed[name] === bet).length, n: placed.length });
}

function section(step, key, ...inside) {
    const id = `step-${key}`;
    return el("section", { class: `step ${key}`, "aria-labelledby": id },
        el("h2", { id }, step ? el("span", { class: "count", "aria-hidden": "true" }, String(step)) : "", say(`step.${key}`)), ...inside);
}

function panelSettings(lesson, k, lever) {
    const panel = lesson.panels[k], last = k === lesson.panels.length - 1;
    const parameters = { ...panel.parameters };
    if (last && lever !== null) parameters[lesson.lever] = lever;
    return { scenario: lesson.scenario, changes: panel.changes, acts: panel.acts, pair: lesson.pair, parameters, seed: panel.seed || lesson.seed, weeks: lesson.weeks };
}

function show(state, change, { started = false } = {}) {
    const lesson = LESSONS[state.lesson - 1], of = `lesson.${lesson.name}`;
    const word = (part, given) => say(`${of}.${part}`, given);
    const observe = el("div");
    let begun = () => false;
    const bet = choices(`bet-${lesson.name}`, word("question"), [1, 2, 3].map((k) => word(`bet.${k}`)), (k) => {
        bets[lesson.name] = k;
        keep();
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
        keep();
        placing.querySelectorAll("input, button").forEach((each) => { each.disabled = true; });
        locked.hidden = false;
    }
    function reveal() { rest.hidden = false; waits.hidden = true; }
    const rest = el("div", { hidden: true },
        section(3, "explain", el("p", {}, Glossary.prose(word("explain"))), el("p", { class: "source" }, word("source")),
            Causes.show(lesson, { word, meaning, ensemble: (...given) => without(lesson, ...given) })),
        section(4, "check", check(lesson, word)),
        section(5, "try", links(lesson, word)));
    const opening = lesson.opens && section(0, "watch", el("p", {}, say("told.lead")), Told.show(panelSettings(lesson, lesson.telling.panel, null), lesson.telling.world, {
        moral: word("moral"), links: [el("a", { class: "button", href: Page.link({ page: "seat" }) }, say("told.seat"))],
    }));
    const lead = el("p", { class: "lead" }, Glossary.prose(word("lead")));
    const page = [
        el("p", { class: "crumb" }, say("lesson.number", { k: state.lesson, n: LESSONS.length })),
        el("h1", { tabindex: "-1" }, word("title")),
        lesson.real && Views.notForecast(),
        opening,
        !lesson.opens && lead,
        section(1, "predict", lesson.opens && lead, placing, locked),
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
        href: Page.link({ page: "sandbox", scenario: lesson.scenario, seed: lesson.seed, weeks: lesson.weeks, world, parameters, changes: lesson.panels[0].changes }),
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
    const sandboxLink = (k) => Page.link({ page: "sandbox", ...panelSettings(lesson, k, lever), world });
    const shown = panels.map((panel, k) => {
        const one = Views.chart(level ? "level" : "rung", level ? say("chart.one.level", { label }) : say("chart.one"));
        const fan = Views.chart(level ? "band" : "fan", level ? say("chart.fan.level", { label }) : say("chart.fan"));
        fan.node.hidden = true;
        const style = LINES[k], tiles = about && new Views.Tiles(N, about.rung);
        const link = !panel.acts && el("a", { href: "" }, say("world.sandbox"));  // what is done week by week cannot go there
        const open = el("p", { class: "opens" }, Views.button(say("told.open"), () => { tell(k); told.scrollIntoView({ block: "nearest" }); }, { class: "quiet" }), " ", link);
        return { one, fan, tiles, style, link, node: el("section", { class: "panel", "aria-label": word(`panel.${panel.name}`) },
            el("h3", {}, Views.swatch(style), word(`panel.${panel.name}`)), one.node, open, fan.node) };
    });
    const told = el("div");
    const tell = (k) => told.replaceChildren(Told.show(panelSettings(lesson, k, lever), world));
    const bar = Views.progress(say("fan.progress"));
    const results = el("div", { class: "results" });
    const whole = el("p", { class: "fan-count" });
    const worldField = Views.number({ label: say("world.number"), value: world, low: 0, high: 4294967295,
        onchange: (now) => { world = now; change({ world }, true); drawOne(true); } });
    const turnTo = (next) => { world = Math.max(0, next); worldField.set(world); told.replaceChildren(); change({ world }, true); drawOne(true); };
    const step = (by) => () => turnTo(world + by);
    // The next world, in number, in which the panels come out differently with the same luck.
    const matters = () => { const { matters: found } = lesson; turnTo(found.find((each) => each > world) ?? found[0]); };
    const all = Views.button(say("fan.start", { n: N }), () => { started = true; lock(); drawMany(); }, { class: "main" });

    function drawOne(asked) {
        shown.forEach(({ link }, k) => { if (link) link.href = sandboxLink(k); });
        Worlds.run("one", (function* () {
            const all = [];
            for (let k = 0; k < panels.length; k += 1) { all.push(Worlds.played(panelSettings(lesson, k, lever), world)); yield; }
            const top = level ? 7 : Math.max(4, ...all.map((played) => Math.max(...played.rungsOf())));
            for (let k = 0; k < panels.length; k += 1) {
                const played = all[k];
                if (level) Views.drawLevel(shown[k].one, played.measure(measure), { low, high }, shown[k].style, label);
                else Views.drawRungs(shown[k].one, played, shown[k].style, { top });
                yield;
            }
            if (asked) Page.tell(say("world.told", { world, list: shown.map(({ one }, k) => `${word(`panel.${panels[k].name}`)}: ${one.summary.textContent}`).join(" ") }));
        })(), { slice: 24 });
    }

    function drawMany() {
        shown.forEach(({ fan }) => { fan.node.hidden = false; });
        if (about) for (const each of [key, board]) each.hidden = false;
        many = panels.map((_, k) => new Worlds.Ensemble(panelSettings(lesson, k, lever),
            { outcomes: lesson.claims.flatMap((claim) => claim.against ? [claim.outcome, claim.against] : [claim.outcome]), measure }));
        results.replaceChildren();
        whole.textContent = "";
        const moved = lever !== null && lever !== usual;
        if (!moved) Built.give(lesson.name, many);
        Worlds.many("many", many, N, {
            after: moved ? 80 : 0,
            onprogress: (n) => { bar.value = n / many.length; drawFans(); },
            ondone: () => {
                whole.textContent = say(panels.some(({ seed }) => seed) ? "fan.done.seeds" : "fan.done", { n: N });
                results.replaceChildren(...verdicts(lesson, many, word, moved));
                Page.tell([whole.textContent, ...Array.from(results.querySelectorAll(".reply"), (each) => each.textContent)].join(" "));
                reveal();
            },
        });
    }

    function drawFans() {
        many.forEach((each, k) => {
            if (level) Views.drawBand(shown[k].fan, each, { low, high }, shown[k].style, label);
            else Views.drawFan(shown[k].fan, each);
            if (about) shown[k].tiles.draw(each, k && !panels[k].seed ? many[0].highest : null);
        });
    }

    const key = about && Views.tilesKey(panels.length > 1);
    if (key) key.hidden = true;
    const controls = el("div", { class: "controls" },
        Views.button(say("world.before"), step(-1)), worldField.node, Views.button(say("world.next"), step(1)),
        lesson.matters && Views.button(say("world.matters"), matters), all);
    place.append(el("p", { class: "hint" }, word("watch")), controls);
    // All panels' worlds on one screen, above what tells of each panel.
    const board = about && el("div", { class: "board", hidden: true }, shown.map(({ tiles, style }, k) => el("section", {},
        el("h3", {}, Views.swatch(style), word(`panel.${panels[k].name}`)), tiles.node)));
    if (about) place.append(key, board);
    place.append(bar, whole, results);
    if (!level) place.append(Views.rungKey(), Views.causeKey());
    place.append(el("div", { class: `panels of-${panels.length}` }, shown.map(({ node }) => node)), told);
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
    drawOne();
    if (started) drawMany();
    return () => started;
}

// Risk against the level of the lesson's dial.
function dial(lesson, word, now) {
    const last = lesson.panels.length - 1;
    return Curve.make({ name: lesson.lever, rung: guessed(lesson).rung, title: word(`panel.${lesson.panels[last].name}`), style: LINES[last],
        settingsAt: (level) => panelSettings(lesson, last, level), now });
}

// The worlds of a panel, with other parameters if they are given, and one outcome of them.
function without(lesson, k, parameters, outcome) {
    const settings = panelSettings(lesson, k, null);
    return new Worlds.Ensemble({ ...settings, parameters: { ...settings.parameters, ...parameters } }, { outcomes: [outcome] });
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
    const meanOf = (k, place) => Worlds.mean(Worlds.parts(many[k].values[place]));
    const value = (k, place, of) => meaning(of, meanOf(k, place));
    const rows = lesson.claims.map((claim, c) => {
        const place = firsts[c], of = claim.outcome;
        const told = word(`claim.${claim.name}`);
        if (claim.between) return [told, `${name(claim.panel)}: ${value(claim.panel, place, of)}`];
        if (claim.against) {
            const gap = Worlds.paired(many[claim.panel].values[place + 1], many[claim.panel].values[place]);
            return [told, say("claim.early", { value: value(claim.panel, place, of) }), say("claim.late", { value: value(claim.panel, place + 1, of) }), range(gap, of, meanOf(claim.panel, place + 1))];
        }
        const [low, high] = claim.same || [claim.below, claim.above];
        const gap = Worlds.paired(many[low].values[place], many[high].values[place]);
        return [told, `${name(low)}: ${value(low, place, of)}`, `${name(high)}: ${value(high, place, of)}`, range(gap, of, meanOf(low, place))];
    });
    const bet = closed[lesson.name], about = guessed(lesson), raised = hands[lesson.name] || [];
    const share = about && many[about.panel].peaks.slice(about.rung).reduce((sum, each) => sum + each, 0) / many[about.panel].n;
    return [
        bet && !changed && el("p", { class: `reply ${bet === lesson.bet ? "right" : "wrong"}` },
            say(bet === lesson.bet ? "bet.right" : "bet.wrong", { bet: word(`bet.${bet}`), right: word(`bet.${lesson.bet}`) })),
        about && !changed && lesson.name in guesses && el("p", { class: "reply" }, say("bet.guess.told", { guess: countOf(guesses[lesson.name] / 100), value: countOf(share) })),
        raised.some(Boolean) && el("p", { class: "reply" }, say("bet.hands.told", { list: raised.map((n, k) => `${word(`bet.${k + 1}`)} ${n}`).join(" ") })),
        bet && el("p", { class: "hint" }, score()),
        el("h3", {}, say("claim.heading")),
        changed && el("p", { class: "warning" }, say("claim.changed")),
        el("p", { class: "hint" }, say("claim.caption", { n: N })),
        el("ul", { class: "claims" }, rows.map(([told, ...found]) => el("li", {}, el("b", {}, told), found.map((each) => el("span", {}, each))))),
    ].filter(Boolean);
}

// A number with what it means: worlds of a hundred, or what its measure says of it.
function meaning(of, value) {
    const key = of.kind === "level" ? `value.${of.measure}` : `value.${of.kind}`, given = { value: Page.short(value), percent: Page.percent(value) };
    return Page.has(key) ? say(key, given) : given.value;
}

// A difference with its interval: in worlds of a hundred, else as a part of what it is held against.
function range({ change, low, high }, of, against) {
    const share = SHARES.includes(of.kind), part = share ? 100 : against && 100 / Math.abs(against);
    if (!part) return "";
    const told = (key, show) => say(key, { change: show(change), low: show(low), high: show(high) });
    if (!share && Math.abs(change) * part > MANY) return told("claim.absolute", (x) => `${x > 0 ? "+" : ""}${Page.short(x)}`);
    return told(share ? "claim.points" : "claim.range", (x) => `${x > 0 ? "+" : x < 0 ? "−" : ""}${Page.number(Math.abs(Math.round(x * part)))}`);
}

return { show };
})();
