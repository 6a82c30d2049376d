// Words of the field that explain themselves: in a text, the first of each term is a button that opens
// what it means beside it. The terms, their other forms and meanings are words of the page.
const Glossary = (() => {
"use strict";

const { el } = Charts;
const TERMS = ["security_dilemma", "deterrence", "spiral", "ladder", "rung", "show_of_force", "clash", "resolve",
    "audience_cost", "costly_signal", "false_alarm", "misreading", "incident", "channel", "sanctions", "neutral",
    "buffer", "bloc", "prober", "fearful", "offence_advantage", "told_apart", "fog", "seed", "world", "ensemble",
    "interval"];
let opened = 0;

const formsOf = (name) => [Page.say(`term.${name}`), ...Page.say(`term.${name}.forms`).split("|")];

// All forms of all terms, the longest first, as whole words.
function pattern(byForm) {
    const forms = [...byForm.keys()].sort((a, b) => b.length - a.length);
    const plain = forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`(?<!\\p{L})(?:${plain.join("|")})(?!\\p{L})`, "giu");
}

// A text as nodes: strings, and a button for the first of each term in it.
function prose(text) {
    const byForm = new Map(TERMS.flatMap((name) => formsOf(name).map((form) => [form.toLowerCase(), name])));
    const seen = new Set(), nodes = [];
    let done = 0;
    for (const match of text.matchAll(pattern(byForm))) {
        const name = byForm.get(match[0].toLowerCase());
        if (seen.has(name)) continue;
        seen.add(name);
        nodes.push(text.slice(done, match.index), term(name, match[0]));
        done = match.index + match[0].length;
    }
    return [...nodes, text.slice(done)];
}

function term(name, written) {
    const id = `meaning-${opened += 1}`;
    const meaning = el("span", { class: "meaning", id, role: "note", hidden: true },
        el("b", {}, Page.say(`term.${name}`)), " ", Page.say(`term.${name}.means`));
    const show = (open) => {
        meaning.hidden = !open;
        button.setAttribute("aria-expanded", String(open));
        if (open) keepInside(meaning);
    };
    const button = el("button", { type: "button", class: "term", "aria-expanded": "false", "aria-controls": id,
        onclick: () => { button.focus(); show(meaning.hidden); },
        onblur: () => show(false),
        onkeydown: (event) => { if (event.key === "Escape") show(false); } }, written);
    return el("span", { class: "gloss" }, button, meaning);
}

// Move a meaning to the side until all of it is on the screen.
function keepInside(meaning) {
    const room = 8, width = document.documentElement.clientWidth;
    meaning.style.left = "0";
    const { left, right } = meaning.getBoundingClientRect();
    const shift = Math.min(0, width - room - right), back = Math.max(0, room - (left + shift));
    meaning.style.left = `${shift + back}px`;
}

return { TERMS, prose };
})();
