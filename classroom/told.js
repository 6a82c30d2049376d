// One world of two leaders told as it unfolds: a scene, what each did, what the other took it for. At
// misreadings it stops and asks what the reader would do; at the end futures tell what that was worth.
const Told = (() => {
"use strict";

const { el } = Charts;
const say = (...given) => Page.say(...given);
const MOST = 14;  // beats of a story
const PAUSES = 3;
const LUCKS = 100;
const CLASH = 5, DISPLAY = 3, CHOSEN = 1;
const ADVICE = ["threaten", "hold", "reassure", "withdraw"];
const PACE = 3200;  // milliseconds that a beat stays when it plays by itself

// How much a week tells: what is weightiest is kept where there is more than a story holds.
function weightOf(weeks, week) {
    const us = weeks[week], before = weeks[week - 1], rung = us.rung - before.rung;
    let weight = us.violence > before.violence ? 20 : rung > 0 && us.rung >= DISPLAY ? 6 : 0;
    for (const seat of [0, 1]) {
        for (const { name, level } of Diary.steps(weeks, week - 1, week, seat)) weight += name === "deployment" ? 3 : level >= 0.75 ? 2 : 1;
        if (us.sides[seat].misread_intent > 0) weight += 4;
        weight += 3 * Diary.happened(weeks, week - 1, week, seat).length;
    }
    return weight;
}

// The weeks that are told: up to the first clash, in order.
function beatsOf(weeks) {
    const clash = weeks.findIndex(({ rung }) => rung >= CLASH), end = clash < 0 ? weeks.length - 1 : clash, found = [];
    for (let week = 1; week <= end; week += 1) found.push({ week, weight: weightOf(weeks, week) });
    const kept = found.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight).slice(0, MOST).map(({ week }) => week).sort((a, b) => a - b);
    return { end, clash: clash >= 0, beats: kept.includes(end) ? kept : [...kept, end] };
}

// Beats at which one side takes the other for worse than it is, and answers at once.
function pausesOf(weeks, beats, end) {
    const found = new Map(), answers = (week, seat) => Diary.steps(weeks, week - 1, week, seat).some(({ push }) => push > 0);
    for (const week of beats) {
        const reader = [0, 1].find((seat) => weeks[week].sides[seat].misread_intent > 0 && answers(week, seat));
        if (reader !== undefined && week < end && found.size < PAUSES) found.set(week, reader);
    }
    return found;
}

const did = ({ name, way, before, level }) => say(`told.did.${name}.${way}`, { before: Diary.level(name, before), level: Diary.level(name, level) });

function show(settings, world, { moral = "", links = [] } = {}) {
    const given = { ...Worlds.playable(settings), world }, { scenario } = given, { leaders, seen = leaders, codes } = scenario;
    const who = seen.map((code) => Page.stateName(scenario.names[codes.indexOf(code)]));
    const weeks = Spiral.watchWorld(given), { beats, end, clash } = beatsOf(weeks), pauses = pausesOf(weeks, beats, end), advice = new Map();
    let at = -1, playing = 0;  // which beat is told; -1 is the start

    const stage = el("div"), ladder = el("ol", { class: "rungs", reversed: true, "aria-label": say("ladder.label") });
    const when = el("p", { class: "when" }), cards = el("div", { class: "cards-two", "aria-live": "polite" }), asked = el("div", { class: "asked" });
    const next = Views.button(say("told.next"), () => { rest(); go(1); }, { class: "main" });
    const back = Views.button(say("told.back"), () => { rest(); go(-1); });
    const auto = Views.button(say("told.play"), () => { if (playing) rest(); else { playing = setInterval(() => go(1), PACE); auto.textContent = say("told.pause"); go(1); } });
    const controls = el("div", { class: "controls" }, next, auto, back);
    const root = el("div", { class: "told" }, el("div", { class: "told-stage" }, ladder, stage), controls, when, cards, asked, el("p", { class: "hint" }, say("told.key")));

    function rest() { clearInterval(playing); playing = 0; auto.textContent = say("told.play"); }

    function go(by) {
        if (!root.isConnected) { rest(); return; }
        const week = beats[at + by];
        if (by > 0 && pauses.has(week) && !advice.has(week)) { rest(); ask(week, pauses.get(week)); return; }
        if (at + by >= beats.length || at + by < -1) return;
        at += by;
        paint();
    }

    function paint() {
        const week = at < 0 ? 0 : beats[at], gap = at < 0 ? 0 : week - (at ? beats[at - 1] : 0), last = at === beats.length - 1;
        draw(week);
        when.replaceChildren(el("b", {}, week ? say("told.week", { week }) : say("told.start", { weeks: weeks.length - 1 })), gap > 1 ? ` ${say("told.gap", { n: gap })}` : "");
        cards.replaceChildren(...[0, 1].map((seat) => card(week, seat)), ...(week ? [news(week, last)] : []).filter(Boolean));
        asked.replaceChildren(...(last ? ending() : []));
        next.disabled = last;
        auto.disabled = last;
        back.disabled = at < 0;
        if (last) rest();
    }

    function draw(week) {
        const { sides, violence, rung } = weeks[week];
        stage.replaceChildren(Scene.scene({
            names: who, fearWord: say("seat.fear"), violence, sides: sides.map((side) => ({ ...side, worry: side.fear, anger: Math.max(0, side.rhetoric - 0.25) })),
            label: say("told.scene", { who: who[0], other: who[1], fear: Page.percent(sides[0].fear), theirs: Page.percent(sides[1].fear), rung: say(`rung.${rung}`) }),
        }));
        const highest = Math.max(...weeks.slice(0, week + 1).map((each) => each.rung));
        ladder.replaceChildren(...Page.rungNames().map((name, k) => el("li", { class: k === rung ? "here" : k <= highest ? "been" : "", "aria-current": k === rung ? "step" : null },
            el("b", {}, String(k)), el("span", {}, ` ${name}`))).reverse());
    }

    // What one side did, and what it thinks the other is about.
    function card(week, seat) {
        const me = weeks[week].sides[seat], first = Math.max(0, week - 1);
        const done = week ? Diary.steps(weeks, first, week, seat).map(did) : [];
        const wrong = week ? Diary.mistakes(weeks, first, week, seat) : [], thought = wrong.length ? wrong : [`hostile.${Diary.hostile(me.perceived)}`];
        const start = at > 0 ? beats[at - 1] : 0, felt = week ? Diary.felt(weeks, start, week, seat) : "";
        return el("section", { class: `side-${seat}` }, el("h3", {}, who[seat]),
            el("p", { class: "did" }, done.length ? done.join(" ") : say(week ? "told.did.nothing" : "told.did.start")),
            ...thought.map((what) => el("p", { class: wrong.length ? "thinks wrong" : "thinks" }, el("q", {}, say(`told.thinks.${what}`)), wrong.length ? el("em", {}, say("told.wrong")) : "")),
            felt && el("small", {}, say(`told.felt.${felt}`)));
    }

    // What happened between the two: forces that met, an accident, shots.
    function news(week, last) {
        const found = [];
        for (const seat of [0, 1]) {
            for (const what of Diary.happened(weeks, week - 1, week, seat)) found.push(say(`told.had.${what}`, { who: who[seat] }));
        }
        if (advice.has(week)) {
            const steps = Diary.steps(weeks, week - 1, week, pauses.get(week)).map(did).join(" ");
            found.unshift(say("told.you", { act: say(`seat.act.${advice.get(week)}`), who: who[pauses.get(week)], did: steps }));
        }
        if (last) found.push(clash ? shots(weeks[week]) : say("told.peace", { weeks: weeks.length - 1 }));
        return found.length ? el("p", { class: last && clash ? "news bad" : "news" }, found.join(" ")) : null;
    }

    // Who began to shoot, or what it came from.
    function shots({ cause, sides }) {
        const chose = [0, 1].filter((seat) => sides[seat].force > 0).map((seat) => who[seat]);
        return cause === CHOSEN && chose.length === 1 ? say("told.shots", { who: chose[0] }) : say("told.clash", { cause: say(`seat.cause.${cause}`) });
    }

    // A pause: only the reader sees both sides.
    function ask(week, reader) {
        const other = who[1 - reader], seen = weeks[week - 1].sides[1 - reader];
        const strongest = Math.max(seen.deployment, seen.rhetoric) === seen.deployment ? "deployment" : "rhetoric";
        draw(week - 1);
        when.replaceChildren(el("b", {}, say("told.week", { week })));
        cards.replaceChildren();
        controls.hidden = true;
        const heading = el("h3", { tabindex: "-1" }, say("told.ask.title", { week, who: who[reader] }));
        asked.replaceChildren(el("section", { class: "pause" }, heading,
            el("p", {}, say("told.ask.text", { who: who[reader], other, level: Diary.level(strongest, seen[strongest]) })),
            el("div", { class: "controls" }, ADVICE.map((act) => Views.button(say(`seat.act.${act}`), () => { advice.set(week, act); controls.hidden = false; go(1); next.focus(); })))));
        heading.focus({ preventScroll: true });
        asked.scrollIntoView({ block: "nearest" });
    }

    // What the advice was worth: the same world, and from that week on other lucks.
    function ending() {
        const lines = [], all = [];
        const clashes = (week, changes) => Spiral.fork({ ...given, week, lucks: Array.from({ length: LUCKS }, (_, k) => k + 1), changes }).peaks.filter((peak) => peak >= CLASH).length;
        for (const [week, act] of [...advice].sort(([a], [b]) => a - b)) {
            const reader = pauses.get(week), toward = seen[1 - reader];
            const mine = Spiral.actAsChanges({ act, week, who: seen[reader], toward });
            all.push(...mine);
            lines.push(say("told.worth", { week, who: who[reader], act: say(`seat.act.${act}`), n: LUCKS, mine: clashes(week, mine), theirs: clashes(week, []) }));
        }
        const [first] = [...advice.keys()].sort((a, b) => a - b), worth = advice.size > 0
            && el("p", { class: "big" }, say("told.worth.all", { n: LUCKS, week: first, mine: clashes(first, all), theirs: clashes(first, []) }));
        return [el("section", { class: "ending" }, moral && el("p", { class: "moral" }, moral), el("h3", {}, say("told.end")),
            worth || el("p", {}, say("told.none")),
            lines.length > 1 && el("details", {}, el("summary", {}, say("told.each")), el("ul", {}, lines.map((text) => el("li", {}, text)))),
            el("div", { class: "controls" }, Views.button(say("told.again"), () => { at = -1; advice.clear(); paint(); next.focus(); }), ...links))];
    }

    paint();
    return root;
}

return { show, beatsOf, pausesOf };
})();
