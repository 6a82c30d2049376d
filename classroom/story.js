// One world told as it unfolds: deeds and scenes as sim/story/chronicle.py reads them off a history,
// their causes as sim/story/reasons.py finds them, in the words of sim/words (English is
// packed when the page is built). tests/test_classroom_engine.py holds the sentences to the Python ones.

const SHOWN = 0.5, OPPOSED = 0.45, BACK = 3, FAR_BACK = 26, LEAST = 0.3, MOST_DEEDS = 4, LEAST_DEED = 1.2;
const LEAST_LOST = 0.02, AFRAID = 0.3;
const INSTRUMENTS = Object.keys(model.instruments), QUIET = model.story.quiet;
const SETS = model.story.setting;
const KINDS = ["event", "misread", "missed", "mistaken", "raised", "lowered", "renewed", "stationed", "withdrawn", "slipped", "met", "struck", "answered", "clashed",
    "escalated", "joined", "mediated", "ended", "acceded"];
const WEIGHTS = { event: 5, slipped: 7, met: 5, answered: 1, clashed: 6, mediated: 2, joined: 6, acceded: 5,
    missed: 2, misread: 1, mistaken: 2, renewed: 2, stationed: 4, withdrawn: 2.5, struck: 7 };
const LINK = model.story.link, ORIGINS = model.story.origins;

// The links and the origin that a trace stands for.
const traced = (trace) => [Math.floor(trace / LINK), ORIGINS[trace % LINK]];

// The last week up to one in which a side did what leaves a trace; 0 if none is seen.
function actOf(me, before, trace) {
    const [links, origin] = traced(trace), slipped = links === 1 && origin === "accident";
    for (let week = before; week > 0; week -= 1) {
        const spoke = me.at("rhetoric", week) > me.at("rhetoric", week - 1);
        const did = me.at("fresh", week) > 0 || me.at("force", week) > 0 || spoke;
        if (did && me.at("trace", week) === trace && (me.at("accident", week) !== 0 || !slipped)) return week;
    }
    return 0;
}

// What a clash that began in a week goes back to, act by act of one side and the other.
function rootOf(us, week) {
    const trace = us.at("root", week), [links, origin] = traced(trace);
    let me = [us.a, us.b].find((side) => side.at("trace", week) === trace);
    if (!links || !me) return { origin: links ? origin : "standing", links: Math.max(1, links) };
    let found = actOf(me, week, trace);
    for (let left = links - 1; left > 0; left -= 1) {
        me = me.them;
        found = actOf(me, found, left * LINK + trace % LINK);
    }
    return found ? { origin, links, who: me.owner, week: found } : { origin, links };
}

// One side of a pair: fields of its relation by week.
class Side {
    constructor(story, r) {
        Object.assign(this, { story, r });
        [this.owner, this.rival] = story.scenario.relations[r];
    }

    at(field, week) { return this.story.weeks[week].relations[this.r * size.Relation + at.Relation[field]]; }

    posture(week) {
        const quiet = QUIET.map((name) => [name, 0.25]);
        for (const [instrument, least] of [["deployment", SHOWN], ["rhetoric", SHOWN], ["deployment", 0.25], ...quiet]) {
            const found = this.at(instrument, week);
            if (found >= least) return [instrument, found];
        }
        return ["rhetoric", this.at("rhetoric", week)];
    }
}

// How much of what is at issue a side lost in a week; below 0 it gained.
function lostBy(me, week) {
    const lost = me.us.at("stake", week - 1) - me.us.at("stake", week);
    return me.us.a === me ? lost : -lost;
}

class Shared {
    constructor(story, pair) {
        const { atlas } = story.scenario;
        Object.assign(this, { story, pair });
        this.a = new Side(story, atlas.left[pair]);
        this.b = new Side(story, atlas.right[pair]);
        this.a.us = this.b.us = this;
        this.a.them = this.b;
        this.b.them = this.a;
    }

    at(field, week) { return this.story.weeks[week].pairs[this.pair * size.Pair + at.Pair[field]]; }
}

// Why a state did what it did: the terms of its choice that weighed most.
class Reasons {
    constructor(story, world) {
        this.story = story;
        this.parameters = world.parameters;
        this.p = (name) => world.parameters[at.Parameters[name]];
        this.dated = [];
    }

    // The dated events of a week that has been played, with the states they mean: of a bloc, its
    // members on that day.
    // Forces that go forward are a matter between the leaders.
    datedIn(week) {
        if (this.dated[week]) return this.dated[week];
        const { codes, events, leaders: [west, east] } = this.story.scenario;
        const sides = codes.map((code) => (week > 0 ? this.story.state(code, "bloc", week - 1) : 0));
        const meant = (end) => (Object.hasOwn(BLOCS, end) ? codes.filter((_, i) => sides[i] === BLOCS[end]) : [end]);
        this.dated[week] = events.filter((e) => e.week + 1 === week).map((event) => {
            const found = { event, actors: meant(event.actor), targets: meant(event.target) };
            if (event.kind === "forward") {
                const inWest = sides[codes.indexOf(event.target)] === BLOCS.west;
                [found.actors, found.targets] = inWest ? [[west], [east]] : [[east], [west]];
            }
            if (event.kind === "accession") sides[codes.indexOf(event.actor)] = this.story.state(event.actor, "bloc", week);
            return found;
        });
        return this.dated[week];
    }

    events(me, week, kinds) {
        return this.datedIn(week).filter(({ event, actors, targets }) => (
            kinds.includes(event.kind) && actors.includes(me.owner) && targets.includes(me.rival)
        )).map(({ event }) => event);
    }

    alarm(me, week) {
        const kept = this.p("alarm_memory");
        let found = week, most = -Infinity;
        for (let w = Math.max(1, week - BACK); w <= week; w += 1) {
            const fed = (me.at("alarm", w) - kept * me.at("alarm", w - 1)) * kept ** (week - w);
            if (fed > most) [found, most] = [w, fed];
        }
        return this.surprise(me, found);
    }

    surprise(me, week) {
        const [instrument, level] = me.them.posture(week - 1), { us } = me;
        if (me.at("misread_intent", week) > 0) return { why: "misread", week, instrument, level };
        const done = this.events(me.them, week, model.story.alarming).filter((event) => this.stirs(me.them, week, event));
        const wars = us.at("violence", week - 1) < 2 ? [me, me.them].flatMap((side) => this.events(side, week, ["war"])) : [];
        const events = [...this.events(me, week, ["alarm"]), ...done, ...wars];
        if (events.length) return { why: "event", week, event: events[0] };
        if (week > 1) {
            if (us.at("violence", week - 1) > us.at("violence", week - 2)) return { why: "fight", week: week - 1 };
            for (const name of ["deployment", ...QUIET, "rhetoric"]) {
                const now = me.them.at(name, week - 1);
                if (now > me.them.at(name, week - 2)) return { why: "act", week: week - 1, instrument: name, level: now };
            }
        }
        if (us.at("violence", week - 1) > 0) return { why: "fight", week: week - 1 };
        return { why: "fog", week, instrument, level };
    }

    // Whether an event made what a side does look more hostile to its rival than before.
    stirs(me, week, event) {
        const { story } = this, was = (name) => me.at(name, week - 1);
        if (event.kind === "forward") {
            const side = me.owner === story.scenario.leaders[0] ? "west_forward" : "east_forward";
            return story.whole(side, week) > story.whole(side, week - 1);
        }
        if (["exercise", "snap_exercise"].includes(event.kind)) {
            const kept = (w) => (1 - this.p("notice") * me.at("announced", w)) * me.at("exercise", w);
            return kept(week) > Math.max(was("deployment"), kept(week - 1));
        }
        const name = SETS[event.kind], given = model.story.given[name];
        return given !== undefined && this.p(given) * event.size > was(name);
    }

    // The dated events by which a side freshly displayed force in a week.
    displayed(me, week) {
        if (!week) return [];
        const before = me.at("deployment", week - 1), kept = me.at("exercise", week - 1) * (1 - me.at("announced", week - 1));
        const given = this.p(model.story.given.deployment), exercise = me.at("exercise", week);
        const snap = exercise >= SHOWN && exercise > Math.max(before, kept);
        const found = this.events(me, week, ["deployment"]).filter(({ size: level }) => given * level >= SHOWN && given * level > before);
        return snap ? [...found, ...this.events(me, week, ["snap_exercise"])] : found;
    }

    reply(me, week) {
        const events = this.displayed(me.them, week);
        if (events.length) return { why: "event", week, event: events[0] };
        let found = Math.max(0, week - BACK), most = -Infinity;
        for (let w = found; w < week; w += 1) {
            const fresh = this.displayed(me.them, w).length ? 1 : me.them.at("fresh", w);
            const fed = fresh * this.p("reply_memory") ** (week - w);
            if (fed > most) [found, most] = [w, fed];
        }
        const [dated] = this.displayed(me.them, found);
        if (dated) return { why: "event", week: found, event: dated };
        if (me.them.at("fresh", found) < 1) return { why: "fight", week: found };
        return { why: "reply", week: found, instrument: "deployment", level: Math.max(SHOWN, me.them.at("deployment", found)) };
    }

    // The rival's act before a week that weighs most in the score against it.
    unsettled(me, before) {
        const weight = (w) => {
            const fresh = (w < before && me.them.at("fresh", w) >= 1) || this.displayed(me.them, w).length > 0;
            const force = w < before ? this.p("score_force") * me.them.at("force", w) : 0;
            return Math.max(force, this.p("score_display") * (fresh ? 1 : 0)) * this.p("score_memory") ** (before - w);
        };
        let found = 0, most = 0;
        for (let w = Math.max(1, before - FAR_BACK); w <= before; w += 1) {  // this week's events count already
            if (weight(w) > most) [found, most] = [w, weight(w)];
        }
        if (!found) return { why: "score", week: Math.max(0, before - 1) };
        if (me.them.at("force", found) > 0 && found < before) return { why: "shots", week: found };
        const [dated] = this.displayed(me.them, found);
        if (dated) return { why: "event", week: found, event: dated };
        return { why: "unsettled", week: found, instrument: "deployment", level: Math.max(SHOWN, me.them.at("deployment", found)) };
    }

    renewed(me, week) {
        return this.p("posture_heat") * me.at("heat", week) >= LEAST ? [this.unsettled(me, week)] : [];
    }

    struck(me, week) {
        const [links, origin] = traced(me.at("trace", week));
        if (links > 1 || origin === "standing") {
            if (me.them.at("fresh", week) < 1 || me.them.at("accident", week) < 0) return [this.unsettled(me, week)];
            return [{ why: "reply", week, instrument: "deployment", level: Math.max(SHOWN, me.them.at("deployment", week)) }];
        }
        if (origin === "gain") return [{ why: "gain", week }];
        if (origin !== "own") return [];
        return [{ why: me.at("pooled_fear", week) >= me.at("grievance", week) ? "fear" : "grievance", week }];
    }

    raised(me, name, week) { return this.causes(me, name, week, "raised", "issue"); }

    lowered(me, name, week) { return this.causes(me, name, week, "lowered", "cooled"); }

    // What weighed most in a step: a term weighs what the choice would lose without its coefficient.
    causes(me, name, week, way, issue) {
        const { ordinary, [way]: beginning } = model.instruments[name], after = me.at(name, week);
        if (ordinary !== null && (way === "raised" ? after <= ordinary : after >= ordinary)) return [];
        const weighed = (without, salience) => {
            const found = weightsOf(this.story, this.parameters, me, week, without, salience);
            const weight = found[2 * INSTRUMENTS.indexOf(name) + (way === "raised" ? 0 : 1)];
            return weight > 0 ? Math.log(weight) : 0;
        };
        const whole = weighed(null, 1), terms = [];
        for (const [end, why] of Object.entries(model.story.terms[way])) {
            const coefficient = `${beginning}_${end}`;
            if (coefficient in at.Parameters) terms.push([why, whole - weighed(coefficient, 1)]);
        }
        return this.weightiest([...terms, [issue, whole - weighed(null, 0)]], me, week);
    }

    weightiest(terms, me, week) {
        const ranked = [...terms].sort((a, b) => b[1] - a[1]).slice(0, 2), causes = [];
        for (const [why, weight] of ranked) {
            if (!(weight >= Math.max(LEAST, 0.5 * ranked[0][1]))) continue;
            const trace = { act: "alarm", reply: "reply", score: "unsettled" }[why];
            const cause = trace ? this[trace](me, week) : { why, week };
            const same = (c) => ["why", "week", "instrument", "level", "event"].every((k) => c[k] === cause[k]);
            if (!causes.some(same)) causes.push(cause);
        }
        // Without those that tell of the same act as another, less closely.
        const closer = { fight: ["shots"], unsettled: ["reply", "act"] };
        const again = (c) => (closer[c.why] || []).some((why) => causes.some((d) => d.why === why && d.week === c.week));
        return causes.filter((c) => !again(c));
    }
}

function weightOf(deed) {
    const raised = deed.kind === "raised";
    if (deed.kind === "escalated") return deed.after > 2 ? 20 : 12;
    if (deed.kind === "slipped" && deed.before) return deed.after > 0 ? 3 : 1.5;
    if (deed.kind === "ended") return deed.before > 1 ? 9 : 2.5;
    if (!raised && deed.kind !== "lowered") return WEIGHTS[deed.kind];
    if (deed.instrument === "deployment") {
        const crossed = (deed.before >= SHOWN) !== (deed.after >= SHOWN);
        if (raised) return crossed ? 6 : 4 * deed.after;
        return crossed ? 4 : 0;
    }
    if (deed.instrument === "diplomacy") {
        const known = { 0: 4, 0.75: raised ? 1.5 : 0, 1: 3 };
        return deed.after in known ? known[deed.after] : 1 - (raised ? 0.5 : 0);
    }
    if (deed.instrument === "sanctions") return raised ? 2.5 : 1.5;
    return raised ? 1 + 1.2 * deed.after : 0.5;
}

// A world's history as it is played, and what is told of it.
class Story {
    constructor(world) {
        this.scenario = world.scenario;
        this.weeks = [];
        this.remember(world);
        this.reasons = new Reasons(this, world);
        this.shared = Array.from({ length: this.scenario.nPairs }, (_, pair) => new Shared(this, pair));
        this.peaks = this.shared.map((us) => us.at("rung", 0));
        this.found = [[]];  // scenes by week
        this.teller = new Teller(this);
        const named = new Set(this.scenario.events.flatMap((e) => [`${e.actor}>${e.target}`, `${e.target}>${e.actor}`]));
        this.near = this.shared.map((us, pair) => {
            if (pair === this.scenario.leadersPair || pair === this.scenario.subjectPair) return 1;
            if (named.has(`${us.a.owner}>${us.a.rival}`)) return 0.7;
            const { relation_traits } = this.scenario.atlas;
            return relation_traits[us.a.r * size.RelationTraits + at.RelationTraits.opposed] > 0 ? OPPOSED : 0.2;
        });
    }

    state(code, field, week) {
        return this.weeks[week].states[this.scenario.codes.indexOf(code) * size.State + at.State[field]];
    }

    whole(field, week) { return this.weeks[week].system[at.System[field]]; }

    remember({ relations, pairs, states, system }) {
        this.weeks.push({ relations: relations.slice(), pairs: pairs.slice(), states: states.slice(), system: system.slice() });
    }

    // Take in the week that the world has just played.
    record(world) {
        this.remember(world);
        const week = this.weeks.length - 1;
        this.found.push(this.read(week));
        this.shared.forEach((us, pair) => { this.peaks[pair] = Math.max(this.peaks[pair], us.at("rung", week)); });
    }

    // The first day of a week; week 0 is the start itself.
    day(week) {
        const start = Date.parse(`${this.scenario.start}T00:00:00Z`);
        return new Date(start + 604800000 * Math.max(0, week - 1)).toISOString().slice(0, 10);
    }

    read(week) {
        const deeds = new Map(), { leaders, place } = this.scenario;
        const add = (key, deed) => deeds.set(key, [...(deeds.get(key) || []), deed]);
        this.shared.forEach((us, pair) => {
            for (const deed of this.ofPair(us, week, this.near[pair])) add(`${us.a.owner}>${us.b.owner}`, deed);
        });
        const pairOf = new Map(this.shared.map((us, pair) => [`${us.a.owner}>${us.b.owner}`, pair]));
        for (const deed of [...this.ofStates(week), ...this.ofEvents(week)]) {
            const key = `${deed.actor}>${deed.target}`, back = `${deed.target}>${deed.actor}`;
            add(place.has(key) && pairOf.has(back) ? back : key, deed);
        }
        const scenes = [...deeds].map(([key, found]) => this.scene(week, key, found, pairOf.get(key), leaders));
        return scenes.sort((a, b) => b.weight - a.weight || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
    }

    scene(week, key, deeds, pair, leaders) {
        const [first, second] = key.split(">"), us = pair === undefined ? null : this.shared[pair];
        const now = us ? us.at("rung", week) : 0, peak = now >= 3 && now > this.peaks[pair];
        const weights = deeds.map(weightOf).sort((a, b) => b - a);
        const rest = weights.slice(1).reduce((sum, w) => sum + w, 0), near = us ? this.near[pair] : 0.8;
        const order = (d) => [KINDS.indexOf(d.kind), Math.max(0, INSTRUMENTS.indexOf(d.instrument))];
        deeds.sort((a, b) => order(a)[0] - order(b)[0] || order(a)[1] - order(b)[1]
            || (a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : 0));
        return {
            week, first, second, leaders: leaders.includes(first) && leaders.includes(second),
            before: us ? us.at("rung", week - 1) : 0, rung: now, peak, deeds,
            weight: near * (weights[0] + 0.3 * rest + (peak ? 5 : 0)),
        };
    }

    * ofPair(us, week, near) {
        for (const me of [us.a, us.b]) {
            yield* this.mistakes(us, me, week);
            yield* this.renewals(me, week);
            yield* this.steps(me, week, near >= OPPOSED ? INSTRUMENTS : ["deployment"]);
        }
        yield* this.meetings(us, week);
        yield* this.fighting(us, week);
        if (us.at("mediated", week)) yield { week, kind: "mediated", actor: us.a.owner, target: us.b.owner, causes: [] };
    }

    * renewals(me, week) {
        const before = me.at("deployment", week - 1), level = me.at("deployment", week);
        const chosen = me.at("accident", week) >= 0 && me.at("force", week) === 0;
        if (me.at("fresh", week) < 1 || before < SHOWN || before !== level || !chosen) return;
        const causes = this.reasons.renewed(me, week);
        yield { week, kind: "renewed", actor: me.owner, target: me.rival, instrument: "deployment", before: level, after: level, causes };
    }

    // Who chose to use force where a clash begins, and who answered force or an accident.
    * shots(us, week) {
        for (const me of [us.a, us.b]) {
            const { them } = me, base = { week, actor: me.owner, target: me.rival, causes: [] };
            const slip = them.at("accident", week) > 0 && !them.at("excused", week), forced = me.at("force", week) > 0;
            let answers = slip && me.at("accident", week) <= 0;
            if (model.story.chosen.includes(us.at("cause", week))) {
                answers = them.at("force", week) > 0 && me.at("trace", week) === them.at("trace", week) + LINK;
                if (forced && !answers) yield { ...base, kind: "struck", causes: this.reasons.struck(me, week), lost: lostBy(me, week) };
            }
            if (forced && answers) yield { ...base, kind: "answered" };
        }
    }

    * mistakes(us, me, week) {
        const base = { week, actor: me.owner, target: me.rival, causes: [] };
        const slip = me.at("accident", week), signal = me.at("misread_signal", week);
        if (slip && us.at("violence", week - 1) < 2) yield { ...base, kind: "slipped", before: me.at("excused", week), after: slip, lost: lostBy(me, week) };
        if (me.at("misread_intent", week) > 0) {
            const [instrument, level] = me.them.posture(week - 1);
            yield { ...base, kind: "misread", instrument, before: level, after: 1 };
        }
        if (signal && week >= 2) yield* this.missed(me, week, signal, base);
        for (const field of Object.keys(model.story.mistakes)) {
            const wrong = me.at(field, week);
            if (wrong) yield { ...base, kind: "mistaken", before: 0, after: wrong, mistake: field };
        }
    }

    * missed(me, week, signal, base) {
        const before = me.them.at("deployment", week - 2), after = me.them.at("deployment", week - 1);
        const warned = signal > 0 && me.them.at("fresh", week - 1) >= 1 && after >= SHOWN;
        const conceded = signal < 0 && before >= SHOWN && after < before;
        if (warned || conceded) {
            yield { ...base, kind: "missed", instrument: "deployment", before: after, after: warned ? 1 : -1 };
        }
    }

    * steps(me, week, names) {
        for (const name of names) {
            const before = me.at(name, week - 1), after = me.at(name, week);
            if (before === after) continue;
            const kinds = Object.keys(SETS).filter((kind) => SETS[kind] === name);
            const dated = this.reasons.events(me, week, kinds).length > 0;
            if (dated || me.at(`step_${name}`, week) * (after - before) <= 0 || me.at("stance", week) < 0) continue;
            const kind = after > before ? "raised" : "lowered", causes = this.reasons[kind](me, name, week);
            yield { week, kind, actor: me.owner, target: me.rival, instrument: name, before, after, causes };
        }
    }

    * meetings(us, week) {
        const { a, b } = us;
        if (!a.at("stance", week) || us.at("violence", week - 1) >= 2) return;
        const causes = [a, b].filter((me) => me.at("misread_resolve", week)).map(
            (me) => ({ why: me.at("misread_resolve", week) > 0 ? "sure" : "daunted", week, who: me.owner }),
        );
        yield { week, kind: "met", actor: a.owner, target: b.owner, before: a.at("stance", week), after: b.at("stance", week), causes, lost: lostBy(a, week) };
    }

    * fighting(us, week) {
        const after = us.at("violence", week), dated = (kind) => [us.a, us.b].some((me) => this.reasons.events(me, week, [kind]).length);
        const anew = us.at("new_clash", week) > 0; // also where a ceasefire is broken in its very week
        const before = anew ? 0 : us.at("violence", week - 1);
        if (before === after || dated("war") || (!anew && dated("ceasefire"))) return;
        const base = { week, actor: us.a.owner, target: us.b.owner, before, after, causes: [] };
        if (after === 0) {
            const causes = us.at("talks", week - 1) > 0.2 ? [{ why: "talks", week }] : [];
            yield { ...base, kind: "ended", causes };
            return;
        }
        if (before === 0) {
            yield* this.shots(us, week);
            yield { ...base, kind: "clashed", after: 1, root: rootOf(us, week) };
        }
        if (after > 1) yield { ...base, kind: "escalated" };
    }

    * ofStates(week) {
        const { leaders: [west, east], codes, events } = this.scenario;
        for (const code of codes) {
            const inWest = this.state(code, "bloc", week) === 1, base = { week, actor: code, causes: [] };
            if (this.state(code, "joined_fight", week)) yield { ...base, kind: "joined", target: inWest ? east : west };
            const dated = events.some((e) => e.kind === "accession" && e.actor === code && e.week + 1 === week);
            if (this.state(code, "acceded", week) && !dated) yield { ...base, kind: "acceded", target: inWest ? west : east };
            const after = this.state(code, "hosted", week), before = this.state(code, "hosted", week - 1);
            const forward = events.some((e) => e.kind === "forward" && e.target === code && e.week + 1 === week);
            if (this.state(code, "step_hosted", week) * (after - before) > 0 && !forward) {
                const kind = after > before ? "stationed" : "withdrawn";
                yield { ...base, kind, actor: inWest ? west : east, target: code, before, after };
            }
        }
    }

    * ofEvents(week) {
        const { leaders: [west, east], events } = this.scenario, told = new Set();
        const end = (name) => ({ west, east })[name] || name;
        for (const event of events) {
            const key = `${event.date} ${event.what}`;
            if (told.has(key)) continue;
            told.add(key);
            if (event.week + 1 === week) yield { week, kind: "event", actor: end(event.actor), target: end(event.target), event, causes: [] };
        }
    }

    // The scenes of a week with their sentences, the weightiest first.
    happened(week = this.weeks.length - 1) {
        return this.found[week].map((scene) => ({ ...scene, day: this.day(week), text: this.teller.scene(scene, false) }));
    }

    // The scenes that matter most, in order, each with its sentences.
    turningPoints(atMost = 16) {
        const rest = this.found.flat(), own = rest.filter((s) => s.leaders);
        const due = own.filter((s) => s.peak || s.deeds.some((d) => d.kind === "escalated"));
        const down = own.filter((s) => s.before >= 3 && s.rung < 3).slice(-1);
        const chosen = [...new Set([...due, ...down])].sort((a, b) => b.weight - a.weight).slice(0, atMost);
        for (const scene of chosen) rest.splice(rest.indexOf(scene), 1);
        const seen = new Map(), sortOf = (s) => {
            const main = s.deeds.reduce((best, d) => (weightOf(d) > weightOf(best) ? d : best));
            return `${s.leaders} ${main.kind}`;
        };
        const worth = (s) => s.weight * 0.75 ** (seen.get(sortOf(s)) || 0);
        while (rest.length && chosen.length < atMost) {
            const best = rest.reduce((top, s) => (worth(s) > worth(top) ? s : top));
            if (best.weight < 1 && chosen.length >= Math.floor(atMost / 2)) break;
            rest.splice(rest.indexOf(best), 1);
            chosen.push(best);
            seen.set(sortOf(best), (seen.get(sortOf(best)) || 0) + 1);
        }
        chosen.sort((a, b) => a.week - b.week || b.weight - a.weight || (a.first < b.first ? -1 : 1));
        const teller = new Teller(this);
        return chosen.map((scene) => ({ ...scene, day: this.day(scene.week), text: teller.scene(scene, true) }));
    }
}

// Two decimals as Python writes them: exact halves go to the even digit.
function decimals(value) {
    if (Number.isInteger(value * 8) && !Number.isInteger(value * 4)) {
        const below = Math.floor(value * 100);
        return ((below % 2 === 0 ? below : below + 1) / 100).toFixed(2);
    }
    return value.toFixed(2);
}

// The words of the language that stories are told in, by key; English is packed with the model.
let spoken = model.story.words;

// Tell stories in a language, if it has all their words; else in English.
function speak(words) {
    const whole = Object.keys(model.story.words).every((key) => key.startsWith("state.") || Object.hasOwn(words, key));
    spoken = whole ? words : model.story.words;
}

const told = (key) => (Object.hasOwn(spoken, key) ? spoken[key] : undefined);

// What somebody is called, and the forms of it: `form("of")`.
class Name {
    constructor(form) { this.form = form; }

    toString() { return this.form("the"); }
}

// A state's name in a form, as sim/story/wording.py has it.
function nameIn(declared, form) {
    const key = `state.${declared}`, name = told(key) || declared, the = told(`${key}.the`) || name;
    if (form === "the") return the;
    const [, way] = (told(`story.form.${form}`) || []).find(([end]) => the.endsWith(end)) || [];
    return told(`${key}.${form}`) || (way || "{the}").replace("{the}", () => the).replace("{name}", () => name);
}

const listed = (parts) => {
    const [comma, last] = told("story.list");
    return [...(parts.length > 1 ? [parts.slice(0, -1).join(comma)] : []), ...parts.slice(-1)].join(last);
};
const fill = (way, words) => way.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name, form) => (form ? words[name].form(form) : words[name]));
const opened = (text) => fill(told("story.sentence"), { text: `${text.slice(0, 1).toUpperCase()}${text.slice(1)}` });
const numbered = (count) => told("story.numbers")[count] || String(count);
const counted = (what, n) => fill(told(`story.${what}`)[n === 1 ? 0 : 1], { n: numbered(n) });
const decimal = (value) => decimals(value).replace(".", told("story.decimal"));
const nounOf = (instrument, level) => told(`story.noun.${instrument || "rhetoric"}`)[Math.round(4 * (level || 0))];

function longDate(day) {
    const [year, month, date] = day.split("-").map(Number);
    return fill(told("story.date"), { day: date, month: told("story.months")[month - 1], year });
}

class Teller {
    constructor(story) { Object.assign(this, { story, used: new Map() }); }

    the(code) {
        const { codes, names } = this.story.scenario, name = names[codes.indexOf(code)];
        return new Name((form) => nameIn(name, form));
    }

    of(code) { return this.the(code).form("of"); }

    say(what, words = {}) {
        const ways = told(`story.say.${what}`) || told(`story.because.${what}`), turn = this.used.get(what) || 0;
        this.used.set(what, turn + 1);
        return fill(ways[turn % ways.length], words);
    }

    both(scene) {
        const ends = [this.the(scene.first), this.the(scene.second)];
        return new Name((form) => listed(ends.map((end) => end.form(form))));
    }

    // What happened in a scene; with hindsight, also how fear rose in the month after.
    scene(scene, hindsight) {
        const able = scene.deeds.filter((d) => this[d.kind]);
        const dated = able.filter((d) => d.kind === "event");  // the calendar takes nobody's place
        const own = able.filter((d) => d.kind !== "event").sort((a, b) => weightOf(b) - weightOf(a)).slice(0, MOST_DEEDS);
        const weighty = own.filter((d) => weightOf(d) >= LEAST_DEED);
        const kept = [...(weighty.length || dated.length ? weighty : own.slice(0, 1)), ...dated];
        const parts = able.filter((d) => kept.includes(d)).map((d) => this[d.kind](scene, d));
        const kinds = new Set(scene.deeds.filter((d) => !(d.kind === "slipped" && d.before)).map((d) => d.kind));
        if (kinds.has("clashed") && !["slipped", "met", "struck"].some((kind) => kinds.has(kind))) {
            parts.push(this.say("clashed", { both: this.both(scene) }));
        }
        parts.push(this.root(scene));
        parts.push(this.standing(scene));
        if (hindsight) parts.push(this.aftermath(scene, kinds));
        return parts.filter((part) => part).map(opened).join(" ");
    }

    root(scene) {
        const { root } = scene.deeds.find((d) => d.root) || {};
        if (!root || root.links < 2) return "";
        const between = root.links - (root.origin === "misreading" ? 1 : 2);
        const through = between ? this.say("through", { acts: counted("acts", between) }) : "";
        if (!root.who) return this.say("root", { through, origin: this.say(`some ${root.origin}`) });
        const words = { who: this.the(root.who), their: this.of(root.who), day: longDate(this.story.day(root.week)) };
        return this.say("root", { through, origin: this.say(`root ${root.origin}`, words) });
    }

    standing(scene) {
        if (scene.rung === scene.before || Math.max(scene.rung, scene.before) < 3) return "";
        const who = scene.leaders ? new Name(() => told("story.say.leaders")[0]) : this.both(scene);
        return this.say(`standing ${scene.rung > scene.before ? "up" : "down"}`, { who, rung: told("story.rung")[scene.rung] });
    }

    aftermath(scene, kinds) {
        const frightening = ["slipped", "clashed", "escalated", "event"].some((kind) => kinds.has(kind));
        if (!scene.leaders || !frightening) return "";
        const later = Math.min(scene.week + 4, this.story.weeks.length - 1);
        let best = null;
        for (const [me, them] of [[scene.first, scene.second], [scene.second, scene.first]]) {
            const before = this.fear(me, them, scene.week - 1), after = this.fear(me, them, later);
            if (!best || after - before > best.after - best.before) best = { me, them, before, after };
        }
        if (best.after - best.before < 0.02) return "";
        return this.say("aftermath", {
            me: this.the(best.me), my: this.of(best.me), them: this.the(best.them),
            before: decimal(best.before), after: decimal(best.after),
        });
    }

    fear(me, them, week) {
        const r = this.story.scenario.place.get(`${me}>${them}`);
        return this.story.weeks[week].relations[r * size.Relation + at.Relation.fear];
    }

    event(scene, deed) { return this.say("event", { day: longDate(deed.event.date), what: told(`event.${deed.event.what}`) || deed.event.what }); }

    raised(scene, deed) { return this.step(scene, deed, "raised"); }

    lowered(scene, deed) { return this.step(scene, deed, "lowered"); }

    step(scene, deed, way) {
        const them = this.the(deed.target), their = this.of(deed.target), actor = this.the(deed.actor);
        const did = fill(told(`story.${way}.${deed.instrument}`)[Math.round(4 * deed.after)], { them, their });
        const because = this.because(scene, deed);
        return because ? this.say("step", { actor, did, because }) : this.say("plain step", { actor, did });
    }

    slipped(scene, deed) {
        const slips = scene.deeds.filter((d) => d.kind === "slipped" && d.after === deed.after);
        if (slips[0] !== deed) return "";
        const actor = this.the(deed.actor), other = this.the(deed.target), has = (kind) => scene.deeds.some((d) => d.kind === kind);
        if (deed.after < 0) return this.say(deed.before ? "excused show" : "show", { actor, other });
        if (slips.length > 1) return this.say(slips.every((d) => d.before) ? "both excused" : "both slip");
        const fired = this.say("slip", { actor, other });
        if (deed.before) return this.say("excused", { fired, other });
        if (has("answered")) return this.say("shot back", { fired, other });
        if (!has("clashed")) return fired;
        const held = this.say("held fire", { fired, other });
        return this.took(scene, deed) ? this.say("and lost", { told: held, other }) : held;
    }

    renewed(scene, deed) {
        const actor = this.the(deed.actor), noun = nounOf(deed.instrument, deed.after);
        const did = this.say("renewed", { them: this.the(deed.target), noun }), because = this.because(scene, deed);
        return because ? this.say("step", { actor, did, because }) : this.say("plain step", { actor, did });
    }

    struck(scene, deed) {
        const actor = this.the(deed.actor), other = this.the(deed.target), did = this.say("struck", { them: other });
        const because = this.because(scene, deed), struck = this.say(because ? "struck because" : "plain step", { actor, did, because });
        const has = (kind) => scene.deeds.some((d) => d.kind === kind && d.actor === deed.target);
        if (has("struck")) return struck;
        if (has("answered")) return this.say("struck back", { told: struck, other });
        const unanswered = this.say("unanswered", { told: struck, other });
        return this.took(scene, deed) ? this.say("which cost", { told: unanswered }) : unanswered;
    }

    // Whether force that was not answered took something, where no meeting tells of it.
    took(scene, deed) {
        return deed.lost <= -LEAST_LOST && !scene.deeds.some((d) => d.kind === "met" && d.before !== d.after);
    }

    met(scene, deed) {
        const judged = Object.fromEntries(deed.causes.map((c) => [c.who, c.why]));
        const sides = [[deed.actor, deed.before], [deed.target, deed.after]];
        let clauses = sides.map(([code, stance], k) => {
            const error = { sure: "underrating", daunted: "overrating" }[judged[code]];
            const because = error ? this.say(error, { their: this.of(sides[1 - k][0]) }) : "";
            const stood = this.say("stood"), lost = k === 0 ? deed.lost : -deed.lost;
            let gave = this.say("gave");
            if (stance < 0 && sides[1 - k][1] > 0 && lost >= LEAST_LOST) gave = this.say("gave up", { gave });
            return this.say("side", { who: this.the(code), because, did: stance > 0 ? stood : gave });
        });
        if (deed.before === deed.after && deed.causes.length === 0) {
            clauses = [this.say(deed.before > 0 ? "none gave way" : "both backed down")];
        }
        const [comma, last] = told("story.list");
        const how = clauses.join(clauses.some((clause) => clause.includes(comma)) ? told("story.apart") : last);
        const text = this.say(scene.before >= 5 ? "met fighting" : "met", { how });
        const clashed = scene.deeds.some((d) => d.kind === "clashed");
        return clashed && deed.before + deed.after > 1 ? this.say("came to a clash", { text }) : text;
    }

    escalated(scene, deed) { return this.say(deed.after > 2 ? "nuclear use" : "became a war", { both: this.both(scene) }); }

    ended(scene, deed) {
        const mediated = deed.causes.length ? this.say("mediated") : "";
        return this.say(deed.before > 1 ? "end war" : "end shooting", { both: this.both(scene), mediated });
    }

    mediated(scene) { return this.say("mediation", { both: this.both(scene) }); }

    joined(scene, deed) {
        const allies = this.story.found[deed.week] || [];
        const named = allies.filter((s) => [s.first, s.second].includes(deed.target) && s.deeds.some((d) => d.kind === "clashed"))
            .map((s) => this.the(s.first === deed.target ? s.second : s.first));
        const ally = named.length ? this.say("ally", { allies: listed(named) }) : "";
        return this.say("joining", { actor: this.the(deed.actor), ally, target: this.the(deed.target) });
    }

    acceded(scene, deed) {
        const because = this.fearOfOther(deed.actor, deed.target, deed.week, "afraid");
        return this.say("accession", { actor: this.the(deed.actor), because, target: this.the(deed.target) });
    }

    // That a state is afraid of the other leader, as a clause of a kind, if it is.
    fearOfOther(code, led, week, what) {
        const { leaders: [west, east], place } = this.story.scenario, other = led === west ? east : west;
        const fear = place.has(`${code}>${other}`) ? this.fear(code, other, week) : 0;
        return fear >= AFRAID ? this.say(what, { host: this.the(code), other: this.the(other), fear: decimal(fear) }) : "";
    }

    stationed(scene, deed) {
        const ways = told(`story.${deed.kind}`), host = this.the(deed.target);
        let did = fill(ways[Math.round(4 * deed.after)], { host });
        if (deed.kind === "stationed") did += this.fearOfOther(deed.target, deed.actor, deed.week, "host");
        return this.say("plain step", { actor: this.the(deed.actor), did });
    }

    withdrawn(scene, deed) { return this.stationed(scene, deed); }

    missed(scene, deed) {
        return this.say(deed.after > 0 ? "missed warning" : "missed concession", {
            actor: this.the(deed.actor), them: this.the(deed.target), their: this.of(deed.target),
        });
    }

    misread(scene, deed) {
        if (scene.deeds.some((d) => d.causes.some((c) => c.why === "misread" && c.week === deed.week))) return "";
        const noun = nounOf(deed.instrument, deed.before);
        return this.say("misreading", { actor: this.the(deed.actor), their: this.of(deed.target), noun });
    }

    mistaken(scene, deed) {
        const [what, first, second] = told(`story.mistake.${deed.mistake}`) || model.story.mistakes[deed.mistake];
        const way = deed.after > 0 ? first : second;
        return this.say("mistake", { actor: this.the(deed.actor), their: this.of(deed.target), what, way });
    }

    because(scene, deed) {
        const loose = (clause) => told("story.loose").includes(clause.split(" ")[0]), [comma, last] = told("story.list");
        const clauses = deed.causes.map((cause) => this.cause(scene, cause, deed)).sort((a, b) => loose(a) - loose(b));
        return clauses.join(clauses.some(loose) ? comma : last);
    }

    cause(scene, cause, deed) {
        const past = deed.week - cause.week;
        let when = past === 1 ? this.say("last week") : "";
        if (past > 1) when = this.say("weeks ago", { weeks: numbered(past) });
        if (cause.event) {
            const here = scene.deeds.some((d) => d.event === cause.event);
            return this.say(here ? "in answer" : "in mind", { day: longDate(cause.event.date) });
        }
        return this.say(cause.why, {
            them: this.the(deed.target), their: this.of(deed.target), noun: nounOf(cause.instrument, cause.level),
            when, fear: decimal(this.fear(deed.actor, deed.target, deed.week)),
        });
    }
}
