// The sandbox: every parameter, one world that plays week by week, and many that fill in beside it.
const Sandbox = (() => {
"use strict";

const { el, LINES } = Charts;
const say = (...given) => Page.say(...given);
const N = 200;
const FIRST = ["strengths", "world", "miscalculation"];  // groups at the top
const CHALLENGES = [
    { name: "peace", scenario: "two_rivals", start: { offence: 0.9, distinguishability: 0.1 }, rung: 5, below: 0.03,
        locked: ["deployment_strength", "offence", "distinguishability", "miscalculation_strength"], groups: ["deployment", "ladder", "issues"] },
    { name: "hair", scenario: "two_rivals", start: { miscalculation_strength: 5 }, rung: 5, below: 0.1,
        locked: ["miscalculation_strength"], groups: ["miscalculation", "ladder", "issues", "start"], changes: 2 },
    { name: "prober", scenario: "two_rivals", start: { challenger_greed: 0.8 }, rung: 3, below: 0.1,
        locked: ["challenger_greed", "deploy_base", "deploy_opportunity"], groups: ["ladder", "issues", "strengths"], changes: 1 },
];

function groups() {
    const found = new Map();
    for (const each of Spiral.parameters) {
        if (!found.has(each.group)) found.set(each.group, []);
        found.get(each.group).push(each);
    }
    return [...FIRST, ...[...found.keys()].filter((g) => !FIRST.includes(g))].map((g) => [g, found.get(g)]);
}

function show(state, change, { week = 0, challenge = null } = {}) {
    let mine = state, world = null, stale = true, tracked = null, playing = 0, many = null;
    const sliders = new Map();

    // One world, as it unfolds
    const ladder = el("ol", { class: "ladder", reversed: true, "aria-label": say("ladder.label") });
    const weekShown = el("output", { class: "week", "aria-live": "off" });
    const one = Views.chart("rung", say("chart.one"), 250);
    const reached = Views.chart("reached", say("chart.reached"), 250);
    const fan = Views.chart("fan", say("chart.standing"), 250);
    const log = el("ol");
    const story = el("div", { class: "story", role: "log", "aria-label": say("story.label"), tabindex: "0" }, log);
    const bar = Views.progress(say("fan.progress"));
    const map = el("div", { class: "map" });
    const verdict = el("p", { class: "reply", role: "status" });
    const real = el("div");
    let dots = null;

    // New settings: the chart of the one world is drawn first, the rest when the dial rests.
    function restart() {
        pause();
        stale = true;
        computeOne();
        computeMany();
        Worlds.run("fresh", (function* () { yield; fresh(); })(), { after: 60 });
    }

    function fresh() {
        if (!stale) return;
        stale = false;
        sharing.refresh();
        renew();
        world = Spiral.world({ ...Page.settings(mine), scenario: Worlds.scenarioOf(mine.scenario, mine.changes), world: mine.world, story: true });
        log.replaceChildren();
        tell();
        paint();
    }

    function computeOne() {
        Worlds.run("one", (function* () {
            tracked = Worlds.played(Page.settings(mine), mine.world);
            yield;
            drawOne();
        })(), { slice: 24 });
    }

    function drawOne() {
        if (tracked) Views.drawRungs(one, tracked, LINES[0], { now: stale ? 0 : Math.min(world.week, tracked.weeks) });
    }

    function computeMany() {
        many = new Worlds.Ensemble(Page.settings(mine));
        bar.value = 0;
        verdict.textContent = "";
        verdict.className = "reply";
        Worlds.many("many", [many], N, {
            after: 80,
            onprogress: (n) => { bar.value = n; Views.drawFan(fan, many, true); Views.drawReached(reached, many); },
            ondone: judge,
        });
    }

    function stepWeek() {
        fresh();
        if (world.week >= mine.weeks) { pause(); Page.tell(say("play.end")); return; }
        world.step();
        tell();
        paint();
        drawOne();
        if (world.week >= mine.weeks) pause();
    }

    function tell() {
        for (const text of Story.week(world)) {
            log.prepend(el("li", {}, el("span", { class: "when" }, say("story.week", { week: world.week })), " ", text));
        }
        while (log.childElementCount > 300) log.lastElementChild.remove();
    }

    function paint() {
        weekShown.textContent = say("play.week", { week: world.week, weeks: mine.weeks });
        const { scenario } = world, now = world.rung(scenario.leadersPair), counts = new Array(8).fill(0);
        for (let pair = 0; pair < scenario.nPairs; pair += 1) counts[world.rung(pair)] += 1;
        ladder.replaceChildren(...Page.rungNames().map((name, k) => el("li", {
            class: k === now ? "here" : "",
            "aria-current": k === now ? "step" : null,
        }, Charts.chip(k), name, k === now ? el("i", {}, say("ladder.here")) : null,
        scenario.nPairs > 1 ? el("small", {}, say("ladder.pairs", { n: counts[k] })) : null)).reverse());
        paintMap();
    }

    function paintMap() {
        if (!dots || dots.scenario !== world.scenario) {
            dots = Maps.make(world.scenario);
            map.replaceChildren(dots.node);
        }
        dots.paint(world);
    }

    const playButton = Views.button(say("play.play"), () => (playing ? pause() : play()), { class: "main" });
    function play() {
        fresh();
        if (world.week >= mine.weeks) { restart(); fresh(); }
        playButton.textContent = say("play.pause");
        story.setAttribute("aria-live", "off");  // four weeks a second are too many to hear
        playing = setInterval(stepWeek, matchMedia("(prefers-reduced-motion: reduce)").matches ? 1000 : 250);
    }
    function pause() {
        clearInterval(playing);
        playing = 0;
        story.setAttribute("aria-live", "polite");
        playButton.textContent = say("play.play");
    }

    // Settings

    function put(part) {
        const scenarioChanged = part.scenario !== undefined && part.scenario !== mine.scenario;
        mine = Page.sound({ ...mine, ...part, ...(scenarioChanged ? { changes: {} } : {}) });
        change(mine, true);
        if (scenarioChanged) tellScenario();
        restart();
    }

    function setParameters(parameters) {
        put({ parameters });
        for (const [name, each] of sliders) each.set(mine.parameters[name] ?? Page.declared[name].value);
        presets.refresh();
    }

    function tellScenario() {
        real.replaceChildren(...[Page.isReal(mine.scenario) && Views.notForecast(), el("details", {}, el("summary", {}, say("scenario.about")), el("p", {}, Page.account(mine.scenario)))].filter(Boolean));
    }

    const picked = el("select", { id: "scenario", onchange: () => put({ scenario: picked.value }) },
        Object.keys(Spiral.scenarios).map((name) => el("option", { value: name, selected: name === mine.scenario }, Page.title(name))));
    const fields = [["seed", "seed.label", "seed.hint"], ["world", "world.number", null], ["weeks", "weeks.label", null]].map(([name, label, hint]) =>
        Views.number({ label: say(label), value: mine[name], low: Page.BOUNDS[name][0], high: Page.BOUNDS[name][1],
            hint: hint && say(hint), onchange: (value) => put({ [name]: value }) }));
    const sharing = Share.panel(() => mine);
    const presets = presetChoices(() => mine, setParameters);
    const parameterGroups = groups().map(([group, list]) => {
        const place = el("div");
        const part = el("details", { open: group === "strengths", ontoggle: fill }, el("summary", {}, say(`group.${group}`), el("small", {}, String(list.length))), place);
        function fill() {
            if (place.hasChildNodes() || !part.open) return;
            for (const { name } of list) {
                const each = Views.slider(name, mine.parameters[name] ?? Page.declared[name].value, {
                    oninput: (now) => put({ parameters: { ...mine.parameters, [name]: now } }),
                });
                sliders.set(name, each);
                place.append(each.node);
            }
        }
        fill();
        return part;
    });

    // Challenges

    function judge() {
        if (!challenge) return;
        const share = Worlds.mean([...many.reached(challenge.rung)].slice(-1));
        const faults = [];
        const changed = Object.keys(Page.declared).filter((name) => (mine.parameters[name] ?? Page.declared[name].value) !== (challenge.start[name] ?? Page.declared[name].value));
        const barred = changed.filter((name) => challenge.locked.includes(name) || challenge.groups.includes(Page.declared[name].group));
        if (mine.scenario !== challenge.scenario) faults.push(say("challenge.scenario", { title: Page.title(challenge.scenario) }));
        if (barred.length) faults.push(say("challenge.locked", { list: barred.map(Views.pretty).join(", ") }));
        if (challenge.changes && changed.length > challenge.changes) faults.push(say("challenge.many", { n: challenge.changes }));
        if (mine.weeks < 104) faults.push(say("challenge.weeks"));
        const won = share < challenge.below && !faults.length;
        verdict.className = `reply ${won ? "right" : "wrong"}`;
        verdict.textContent = [say("challenge.share", { share: Page.percent(share), goal: Page.percent(challenge.below), rung: say(`rung.${challenge.rung}`) }),
            ...faults, say(won ? "challenge.won" : "challenge.open")].join(" ");
    }
    const challenges = el("fieldset", {}, el("legend", {}, say("challenge.legend")), [null, ...CHALLENGES].map((each) => el("label", { class: "choice" },
        el("input", { type: "radio", name: "challenge", checked: each === challenge, onchange: () => {
            challenge = each;
            if (each) { picked.value = each.scenario; put({ scenario: each.scenario, weeks: 104 }); fields[2].set(104); setParameters({ ...each.start }); } else judge();
            if (!each) verdict.textContent = "";
        } }), el("span", {}, say(each ? `challenge.${each.name}` : "challenge.none")))));

    // The curve of any dial, at the settings as they are.
    const dial = el("select", { onchange: renew }, Spiral.parameters.map(({ name }) => el("option", { value: name, selected: name === "miscalculation_strength" }, Views.pretty(name))));
    const reach = el("select", { onchange: renew }, [3, 4, 5, 6].map((k) => el("option", { value: k, selected: k === 5 }, `${k} ${say(`rung.${k}`)}`)));
    const bent = el("div"), curve = el("div", {}, el("div", { class: "row" }, [["curve.of", dial], ["curve.rung", reach]].map(([key, node]) => el("label", { class: "field" }, el("span", {}, say(key)), node))), bent);
    function renew() {
        const name = dial.value, given = Page.settings(mine);
        bent.replaceChildren(Curve.make({ name, rung: Number(reach.value), title: Page.title(given.scenario), style: LINES[0],
            settingsAt: (level) => ({ ...given, parameters: { ...given.parameters, [name]: level } }), now: () => (name in given.parameters ? given.parameters[name] : Page.declared[name].value) }));
    }

    const unwatch = () => { pause(); };
    const page = [
        el("h1", { tabindex: "-1" }, say("sandbox.title")),
        el("p", { class: "lead" }, say("sandbox.lead")),
        el("div", { class: "sandbox" },
            el("section", { class: "stage", "aria-label": say("sandbox.world") }, real,
                el("div", { class: "controls" }, playButton, Views.button(say("play.step"), () => { stepWeek(); if (world.week < mine.weeks) Page.tell(weekShown.textContent); }), Views.button(say("play.restart"), () => { restart(); fresh(); }), weekShown),
                el("div", { class: "pair" }, el("div", {}, el("h2", {}, say("ladder.title")), ladder), el("div", {}, el("h2", {}, say("map.title")), map)),
                one.node,
                el("h2", {}, say("story.title")), story,
                el("h2", {}, say("fan.title", { n: N })), bar, Views.rungKey(),
                el("div", { class: "panels of-2" }, fan.node, reached.node),
                el("h2", {}, say("curve.dial")), curve,
                el("h2", {}, say("challenge.title")), challenges, verdict),
            el("section", { class: "dials", "aria-label": say("sandbox.settings") },
                el("h2", {}, say("sandbox.settings")),
                el("label", { class: "field" }, el("span", {}, say("scenario.label")), picked),
                el("div", { class: "row" }, fields.map(({ node }) => node)),
                presets.node,
                Views.button(say("sandbox.reset"), () => { setParameters({}); put({ changes: {} }); Page.tell(say("sandbox.was_reset")); }),
                el("h2", {}, say("sandbox.parameters")), parameterGroups,
                el("h2", {}, say("share.title")), sharing.node,
                el("h2", {}, say("yaml.title")), yaml(() => mine, (given) => { change(given, false); }))),
    ];
    tellScenario();
    restart();
    fresh();
    while (world.week < week) { world.step(); tell(); }
    paint();
    page.leave = unwatch;
    page.kept = () => ({ week: stale ? 0 : world.week, challenge });
    return page;
}

// One choice a group of options: what it sets replaces what the others of its group set.
function presetChoices(current, set) {
    const parts = Object.entries(Spiral.presets).map(([group, options]) => {
        const id = `preset-${group}`;
        const own = new Set(Object.values(options).flatMap((values) => Object.keys(values)));
        const select = el("select", { id, onchange: () => {
            if (select.value === "") return;
            const kept = Object.fromEntries(Object.entries(current().parameters).filter(([name]) => !own.has(name)));
            set({ ...kept, ...options[select.value] });
        } }, el("option", { value: "" }, say("preset.own")), Object.keys(options).map((name) => el("option", { value: name }, say(`preset.${name}`))));
        const refresh = () => { select.value = Page.presetOf(group, current().parameters) || ""; };
        refresh();
        return { refresh, node: el("label", { class: "field" }, el("span", {}, say(`presets.${group}`)), select) };
    });
    return { refresh: () => parts.forEach((part) => part.refresh()),
        node: el("fieldset", {}, el("legend", {}, say("preset.legend")), el("div", { class: "row" }, parts.map(({ node }) => node))) };
}

function yaml(current, take) {
    const text = el("textarea", { rows: 8, spellcheck: "false", "aria-label": say("yaml.text") });
    const reply = el("p", { class: "reply", role: "status" });
    const read = (given) => {
        try {
            const found = Spiral.fromYaml(given);
            const state = Page.sound({ ...current(), ...found, page: "sandbox" });
            reply.className = "reply right";
            reply.textContent = say("yaml.read");
            take(state);
        } catch (refused) {
            reply.className = "reply wrong";
            reply.textContent = say("yaml.refused", { why: String(refused.message).slice(0, 200) });
        }
    };
    const file = el("input", { type: "file", accept: ".yaml,.yml,text/yaml", "aria-label": say("yaml.file"), onchange: async () => {
        if (file.files[0] && file.files[0].size < 1e6) { text.value = await file.files[0].text(); read(text.value); }
    } });
    const write = () => Spiral.toYaml({ ...Page.settings(current()), worlds: N });
    return el("div", {},
        el("p", { class: "hint" }, say("yaml.hint")), text,
        el("div", { class: "controls" },
            Views.button(say("yaml.write"), () => { text.value = write(); reply.textContent = ""; }),
            Views.button(say("yaml.save"), () => App.download("own.yaml", write(), "text/yaml")),
            Views.button(say("yaml.take"), () => read(text.value))),
        el("label", { class: "field" }, el("span", {}, say("yaml.file")), file), reply);
}

return { show, presetChoices };
})();
