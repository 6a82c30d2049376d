// The causes that a lesson names, to be taken away: the two panels of a claim are played again without
// a mechanism, with the same luck, and stand beside what they came to with it.
const Causes = (() => {
"use strict";

const { el } = Charts;
const say = (...given) => Page.say(...given);
const N = 200;

// What is left of a claim's difference. `ensemble(k, without, outcome)` is a panel's worlds.
function one(lesson, cause, { word, meaning, ensemble }) {
    const { above, below, outcome } = lesson.claims.find(({ name }) => name === cause.claim);
    const place = el("div", { role: "status" }), panel = (k) => word(`panel.${lesson.panels[k].name}`);
    const ask = Views.button(say("cause.ask"), () => {
        const sides = [below, above], many = [{}, cause.without].flatMap((without) => sides.map((k) => ensemble(k, without, outcome)));
        ask.disabled = true;
        place.textContent = say("seat.turned.wait");
        Worlds.many(`cause ${cause.name}`, many, N, { ondone: () => {
            const found = many.map(({ values }) => meaning(outcome, Worlds.mean(Worlds.parts(values[0]))));
            ask.disabled = false;
            place.replaceChildren(el("p", {}, el("b", {}, word(`cause.${cause.name}`))), Views.table([say("cause.panel"), say("cause.with"), say("cause.without")],
                sides.map((k, row) => [panel(k), found[row], found[2 + row]]), word(`claim.${cause.claim}`)));
        } });
    });
    return el("li", {}, el("p", {}, word(`cause.${cause.name}.ask`), " ", ask), place);
}

function show(lesson, given) {
    const found = lesson.causes.filter(({ without }) => without);
    return found.length ? el("section", { class: "causes" }, el("h3", {}, say("cause.title")), el("p", { class: "hint" }, say("cause.lead", { n: N })),
        el("ul", {}, found.map((cause) => one(lesson, cause, given)))) : null;
}

return { show };
})();
