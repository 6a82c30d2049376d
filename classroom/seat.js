// A seat at the table: the player is Alphia, sees what Alphia perceives and acts; at the end the
// curtain opens on both diaries. A game is its code: whatever is shown is played from it.
const Seat = (() => {
"use strict";

const { el, LINES } = Charts;
const say = (...given) => Page.say(...given);
const { turns: TURNS, weeks: TURN, acts, seeds } = Spiral.seat, { turnsOf } = Spiral;
const LUCKS = 200, CLASH = 5, DISPLAY = 3;
const PAIRS = [["threaten", "reassure"], ["deploy", "withdraw"], ["sanction", "lift"], ["talk", "hold"]];
const { hostility } = Diary, force = (value) => Diary.level("deployment", value);
const who = (seat) => say(`seat.who.${seat}`);
const now = ({ weeks }) => weeks[weeks.length - 1];
const highestOf = ({ weeks }, turn) => Math.max(...weeks.slice(TURN * turn + 1, TURN * turn + 1 + TURN).map(({ rung }) => rung));

const firstClash = ({ weeks }) => weeks.findIndex(({ rung }) => rung >= CLASH);

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function outcome({ peace, highest, weeks, cause }) {
    if (peace) return say("seat.peace");
    const week = firstClash({ weeks });
    return say(highest > CLASH ? "seat.war" : "seat.clash", { week, cause: say(`seat.cause.${cause}`) });
}

// The seat before the first turn.
function picture() {
    return Scene.scene({
        names: [who(0), who(1)], fearWord: say("seat.fear"), violence: 0, label: say("seat.scene.begin"),
        sides: [{ rhetoric: 0.25, deployment: 0.25, sanctions: 0, diplomacy: 0.5, worry: 0.35, anger: 0 },
            { rhetoric: 0, deployment: 0.5, sanctions: 0, diplomacy: 0.5, worry: 0, anger: 0.5, fog: true }],
    });
}

// What one side did in a turn, how hostile the other saw it, what it misread, and what that did to its fear.
function reading(game, weeks, turn, seat) {
    const first = TURN * turn, last = first + TURN, reader = 1 - seat, moves = [game.moves, game.theirs][seat];
    const done = moves ? [say(`seat.act.${moves[turn].act}`)] : Diary.steps(weeks, first, last, seat).map(({ name, way }) => say(`seat.did.${name}.${way}`));
    const extra = Diary.happened(weeks, first, last, seat).map((what) => say(`seat.had.${what}`));
    return {
        did: sentence([...done, ...extra].join(", ") || say("seat.act.hold")), seen: hostility(weeks[last].sides[reader].perceived),
        wrong: Diary.mistakes(weeks, first, last, reader).map((what) => say(`seat.${what}`)),
        felt: Diary.felt(weeks, first, last, reader), fears: [first, last].map((week) => weeks[week].sides[reader].fear),
    };
}

function luck(most) { return crypto.getRandomValues(new Uint32Array(1))[0] % most; }
function fresh(two) {
    return { seed: luck(seeds), rival: Object.keys(Spiral.seat.rivals)[luck(2)], moves: [], theirs: two ? [] : null };
}

function show(state, change, { ended = false, handed = true } = {}) {
    let game = Spiral.readGame(state.game);
    const title = el("h1", { tabindex: "-1" }), root = el("div", { class: "seat" });
    const put = (next) => { game = next; change({ game: game ? Spiral.writeGame(game) : "" }, true); };

    function paint(focus) {
        const done = game && (turnsOf(game) === TURNS || ended);
        title.textContent = say("seat.you", { who: who(game && !done && game.theirs ? game.moves.length - game.theirs.length : 0) });
        document.title = `${title.textContent} · Spiral`;
        root.replaceChildren(...(!game ? intro() : done ? curtain() : table()).flat().filter(Boolean));
        if (focus) { const heading = root.querySelector("h2"); if (heading) { heading.tabIndex = -1; heading.focus(); } }
    }

    function begin(two) { ended = false; handed = true; put(fresh(two)); paint(true); }

    function intro() {
        const told = el("p", { class: "reply wrong", role: "status" });
        const code = el("input", { id: "seat-code", type: "text", autocomplete: "off", spellcheck: "false", maxlength: 100 });
        const replay = () => {
            const found = Spiral.readGame(code.value);
            if (!found) { told.textContent = say("seat.code.wrong"); return; }
            ended = turnsOf(found) > 0;
            put(found);
            paint(true);
        };
        return [
            el("section", { class: "step" }, el("h2", {}, say("seat.begin.title")), picture(),
                el("p", {}, say("seat.begin.text")), el("p", {}, say("seat.begin.aim")),
                el("div", { class: "controls" }, Views.button(say("seat.begin.model"), () => { begin(false); }, { class: "main" }),
                    Views.button(say("seat.begin.two"), () => { begin(true); }))),
            el("section", { class: "step" }, el("h2", {}, say("seat.code.title")), el("p", {}, say("seat.code.text")),
                el("label", { class: "field", for: "seat-code" }, el("span", {}, say("seat.code.label")), code),
                Views.button(say("seat.code.play"), replay), told),
        ];
    }

    // The table: what the one whose turn it is perceives, and what it may do.
    function table() {
        const place = el("div"), side = game.theirs && game.moves.length > game.theirs.length ? 1 : 0;
        if (game.theirs && !handed) {
            return [el("section", { class: "step hand" }, el("h2", {}, say("seat.hand.title", { who: who(side) })), el("p", {}, say("seat.hand.text", { who: who(1 - side) })),
                Views.button(say("seat.hand.go", { who: who(side) }), () => { handed = true; paint(true); }, { class: "main" }))];
        }
        const stood = (side ? game.theirs : game.moves).at(-1);
        let stand = stood ? stood.stand : true;
        const heading = el("h2", {}), scene = el("div"), news = el("ul", { class: "news" }), track = el("div");
        const buttons = new Map();
        const act = (name) => {
            if (!place.isConnected) return;  // a second click, after the page went on
            const move = { act: name, stand };
            if (side) { put({ ...game, theirs: [...game.theirs, move] }); } else put({ ...game, moves: [...game.moves, move] });
            if (game.theirs) { handed = false; paint(true); } else if (turnsOf(game) === TURNS) paint(true); else look();
        };
        const order = (value, key) => el("label", { class: "choice" }, el("input", { type: "radio", name: "orders", checked: stand === value, onchange: () => { stand = value; } }),
            el("span", {}, el("b", {}, say(`seat.orders.${key}`)), " ", el("small", {}, say(`seat.orders.${key}.why`))));
        function look() {
            const played = Spiral.playGame(game), week = now(played), me = week.sides[side], turn = turnsOf(game);
            heading.textContent = say("seat.turn", { who: who(side), turn: turn + 1, turns: TURNS });
            const other = { rhetoric: 0, deployment: Math.min(1, me.seen_posture), sanctions: 0, diplomacy: 1, worry: 0, anger: Math.min(1, me.perceived), fog: true };
            const mine = { ...me, worry: me.fear, anger: 0 }, burning = Math.max(...played.weeks.slice(-TURN).map(({ violence }) => violence));
            scene.replaceChildren(Scene.scene({
                names: [who(0), who(1)], fearWord: say("seat.fear"), violence: turn ? burning : 0, sides: side ? [other, mine] : [mine, other],
                label: say("seat.scene", { who: who(side), other: who(1 - side), fear: Page.percent(me.fear), hostile: hostility(me.perceived), forces: force(me.seen_posture) }),
            }), stake(played));
            const told = tidings(played, turn, side);
            news.replaceChildren(...told.map((text) => el("li", {}, text)));
            track.replaceChildren(Scene.track(Array.from({ length: turn }, (_, k) => highestOf(played, k)), TURNS, (k, rung) => (
                rung === undefined ? say("seat.track.open", { turn: k + 1 }) : say("seat.track", { turn: k + 1, rung: say(rung >= DISPLAY ? `rung.${rung}` : "seat.quiet") }))));
            for (const { name, instrument, step } of acts) {
                const level = instrument ? me[instrument] : 0.5, useless = instrument && (step === "raise" ? level >= 1 : level <= 0);
                const { node, small } = buttons.get(name);
                node.disabled = useless;
                small.textContent = instrument ? say(`seat.act.${name}.why`, { level: Diary.level(instrument, level + (step === "raise" ? 0.25 : -0.25)) }) : say("seat.act.hold.why");
            }
            Page.tell([`${heading.textContent}.`, ...told].join(" "));
        }
        for (const { name } of acts) {
            const small = el("small"), node = Views.button("", () => { act(name); }, { class: "act", "data-act": name });
            node.append(el("b", {}, say(`seat.act.${name}`)), small);
            buttons.set(name, { node, small });
        }
        place.append(heading, track, scene, news, el("p", { class: "hint" }, say("seat.fog", { other: who(1 - side) })),
            el("div", { class: "acts" }, PAIRS.map((pair) => el("div", {}, pair.map((name) => buttons.get(name).node)))),
            el("fieldset", { class: "orders" }, el("legend", {}, say("seat.orders")), order(true, "stand"), order(false, "yield")),
            el("p", { class: "controls" }, Views.button(say("seat.end"), () => { if (place.isConnected && turnsOf(game)) { ended = true; paint(true); } }, { class: "quiet" }),
                Views.button(say("seat.away"), () => { put(null); paint(true); }, { class: "quiet" })));
        look();
        return [el("section", { class: "step" }, place)];
    }

    // What came to the player's ears in the last turn.
    function tidings(played, turn, side) {
        const me = now(played).sides[side], other = who(1 - side), found = [];
        const before = turn ? played.weeks[TURN * (turn - 1)].sides[side] : null;
        if (turn) {
            const some = played.weeks.slice(-TURN), highest = highestOf(played, turn - 1);
            if (some.some(({ violence }) => violence > 0)) found.push(say(`seat.news.${highest >= 6 ? "war" : "clash"}`));
            if (some.some(({ sides }) => sides[side].accident)) found.push(say("seat.news.accident", { who: who(side) }));
            const stances = some.flatMap(({ sides }) => sides.map(({ stance }) => stance));
            if (stances.some(Boolean)) {
                const [mine, theirs] = [side, 1 - side].map((seat) => some.some(({ sides }) => sides[seat].stance < 0));
                found.push(say(mine ? "seat.news.met.mine" : theirs ? "seat.news.met.theirs" : "seat.news.met", { other }));
            }
        }
        const gap = before ? me.perceived - before.perceived : 0;
        found.push(say("seat.news.hostile", { other, hostile: hostility(me.perceived), change: before ? say(`seat.news.${gap > 0.05 ? "more" : gap < -0.05 ? "less" : "same"}`) : "" }));
        found.push(say("seat.news.forces", { other, forces: force(me.seen_posture) }));
        return found;
    }

    // The curtain

    function curtain() {
        const played = Spiral.playGame(game), other = el("div", { role: "status" }, el("p", {}, say("seat.turned.wait")));
        const rules = game.theirs ? null : Spiral.playGame(game, []), code = Spiral.writeGame(game);
        const turned = el("div", { class: "reply", role: "status" }), table = diaries(played);
        const card = (title, ...inside) => el("section", { class: "card" }, el("h3", {}, title), ...inside);
        const fears = Views.chart("reached", say("seat.fears"), 230);
        const lines = [0, 1].map((seat) => ({ label: who(seat), values: Float64Array.from(played.weeks, ({ sides }) => sides[seat].fear), style: LINES[seat] }));
        fears.draw({ lines, weeks: played.weeks.length - 1, xLabel: say("axis.week"),
            summary: say("seat.fears.told", Object.fromEntries(lines.flatMap(({ values }, k) => [[`start${k}`, Page.percent(values[0])], [`end${k}`, Page.percent(values.at(-1))]]))),
            table: () => [[say("table.week"), who(0), who(1)], played.weeks.map((_, week) => [week, ...lines.map(({ values }) => Page.percent(values[week]))])] });
        playElsewhere(code, played, other);
        return [
            el("section", { class: "step" }, el("h2", {}, outcome(played)), aims(played),
                el("p", { class: "lead" }, say(game.theirs ? "seat.was.neighbour" : `seat.was.${game.rival}`)), stake(played)),
            el("div", { class: "outcomes" },
                card(say("seat.card.own"), el("p", { class: "big" }, outcome(played)), el("p", {}, conceded(played))),
                rules && card(say("seat.card.rules"), el("p", { class: "big" }, outcome(rules)), el("p", {}, conceded(rules)), el("small", {}, say("seat.card.rules.why"))),
                card(say("seat.card.lucks", { n: LUCKS }), other, el("small", {}, say("seat.card.lucks.why")))),
            el("section", { class: "step" }, el("h2", {}, say("seat.turned.title")), el("p", {}, say("seat.turned.text")),
                Views.button(say("seat.turned.ask"), () => { turned.textContent = say("seat.turned.wait"); table.querySelectorAll(".turning").forEach((each) => each.remove()); setTimeout(() => { if (turned.isConnected) turned.replaceChildren(...turnings(played, table)); }, 20); }), turned),
            el("section", { class: "step" }, el("h2", {}, say("seat.diaries")), fears.node, Views.saving(table)),
            el("section", { class: "step" }, el("h2", {}, say("seat.code.own")), el("p", {}, say("seat.code.own.text", { code })),
                el("label", { class: "field" }, el("span", {}, say("seat.code.label")), el("input", { readonly: true, value: code })),
                el("div", { class: "controls" },
                    Views.button(say("seat.again.new"), () => { if (turned.isConnected) begin(Boolean(game.theirs)); }, { class: "main" }),
                    Views.button(say("seat.again.same"), () => { if (!turned.isConnected) return; ended = false; handed = true; put({ ...game, moves: [], theirs: game.theirs ? [] : null }); paint(true); }))),
        ];
    }

    // The same moves under other lucks.
    function playElsewhere(code, { weeks }, place) {
        const many = new Worlds.Ensemble({ game: code, weeks: weeks.length - 1 }, { first: 1 });
        Worlds.many("lucks", [many], LUCKS, { ondone: () => {
            const clashed = many.highest.map((rung) => rung >= CLASH), clashes = clashed.filter(Boolean).length;
            place.replaceChildren(el("p", { class: "big" }, say("seat.clashes", { n: LUCKS, clashes })), tiles(clashed));
        } });
    }

    // The two aims of the start, and each clash there was.
    function aims({ peace, stake: held, weeks }) {
        const begun = weeks.map(({ violence }, week) => (violence > 0 && week && !(weeks[week - 1].violence > 0) ? week : 0)).filter(Boolean), half = Math.round(held * 100) >= 50;
        return el("ul", { class: "aims" }, el("li", {}, peace ? "✓ " : "✗ ", say(peace ? "seat.aim.peace" : "seat.aim.clashes", { list: begun.join(", ") })),
            el("li", {}, half ? "✓ " : "✗ ", say(half ? "seat.aim.half" : "seat.aim.less", { stake: Page.percent(held) })));
    }
    function conceded({ concessions: [mine, theirs], stake: held }) {
        return say("seat.conceded", { stake: Page.percent(held), mine, theirs });
    }
    function stake({ stake: held }) {
        const [mine, theirs] = [held, 1 - Math.round(held * 100) / 100].map(Page.percent);
        return el("div", { class: "stake", role: "img", "aria-label": say("seat.stake", { mine, theirs }) },
            el("span", { style: `flex:${held}` }, `${who(0)} ${mine}`), el("span", { style: `flex:${1 - held}` }, `${theirs} ${who(1)}`));
    }
    function tiles(clashed) {
        const ordered = [...clashed].sort((a, b) => b - a);
        return el("div", { class: "tiles", "aria-hidden": "true" }, ordered.map((bad) => el("i", { class: bad ? "bad" : "calm" })));
    }

    // Turn by turn: what each side did, what the other took it for, and what that did to its fear.
    function diaries({ weeks }) {
        const entry = (turn, seat) => {
            const { did, wrong, seen, felt } = reading(game, weeks, turn, seat);
            return [
                el("p", {}, el("b", {}, did)),
                el("p", { class: wrong.length ? "read wrong" : "read" }, say("seat.read", { other: who(1 - seat), hostile: seen }), wrong.length ? ` ${say("seat.read.wrong", { wrong: wrong.join(", ") })}` : "",
                    felt ? ` ${say(`seat.felt.${felt}`)}` : ""),
            ];
        };
        const rows = Array.from({ length: turnsOf(game) }, (_, turn) => {
            const highest = highestOf({ weeks }, turn);
            return el("tr", { class: highest >= CLASH ? "clash" : "" }, el("th", { scope: "row" }, String(turn + 1), highest >= CLASH ? " ✹" : ""), el("td", {}, entry(turn, 0)), el("td", {}, entry(turn, 1)));
        });
        return el("table", { class: "diaries" }, el("caption", {}, say("seat.diaries.caption")),
            el("thead", {}, el("tr", {}, [say("seat.diaries.turn"), say("seat.diaries.of", { who: who(0) }), say("seat.diaries.of", { who: who(1) })].map((text) => el("th", { scope: "col" }, text)))), el("tbody", {}, rows));
    }

    // One move changed, all else and all luck the same: which would have turned the game? They are
    // marked in the diaries.
    function turnings(played, table) {
        const found = [];
        for (let turn = turnsOf(game) - 1; turn >= 0; turn -= 1) {
            for (const { name } of acts) {
                const moves = game.moves.map((move, k) => (k === turn ? { ...move, act: name } : move));
                if (name !== game.moves[turn].act && Spiral.playGame({ ...game, moves }).peace !== played.peace) found.push({ turn: turn + 1, name });
            }
        }
        const clash = firstClash(played), before = found.filter(({ turn }) => played.peace || TURN * (turn - 1) < clash);
        for (const { turn, name } of before) {
            table.tBodies[0].rows[turn - 1].cells[1].append(el("p", { class: "turning" }, "↺ ", say(played.peace ? "seat.turning.lost" : "seat.turning.saved", { act: say(`seat.act.${name}`) })));
        }
        const text = ({ turn, name }) => say(played.peace ? "seat.turned.lost" : "seat.turned.saved", { turn, act: say(`seat.act.${name}`) });
        if (!before.length) return [el("p", {}, say(played.peace ? "seat.turned.none.peace" : "seat.turned.none.clash"))];
        return [el("p", {}, say(played.peace ? "seat.turned.count.peace" : "seat.turned.count.clash", { n: before.length, all: (acts.length - 1) * (played.peace ? turnsOf(game) : Math.ceil(clash / TURN)) })),
            el("ul", {}, before.slice(0, 5).map((each) => el("li", {}, text(each))))];
    }

    paint(false);
    const page = [title, root];
    page.kept = () => ({ ended, handed });
    return page;
}

return { show, outcome, picture, reading };
})();
