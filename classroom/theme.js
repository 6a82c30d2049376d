// Light or dark: as the device has it, or as a button says, which is kept. The page's root carries
// what holds now, and style.css has the colours of both.
const Theme = (() => {
"use strict";

const NAMES = ["auto", "light", "dark"], SIGNS = { auto: "◐", light: "☀", dark: "☾" }, root = document.documentElement, night = matchMedia("(prefers-color-scheme: dark)");
let name = Kept.get("theme", "auto", (value) => NAMES.includes(value));

function apply() { root.dataset.theme = name === "auto" ? (night.matches ? "dark" : "light") : name; }

function button() {
    const word = () => Page.say(`theme.${name}`), node = Views.button(SIGNS[name], () => {
        name = NAMES[(NAMES.indexOf(name) + 1) % NAMES.length];
        Kept.set("theme", name);
        apply();
        write();
        Page.tell(word());
    });
    function write() {
        node.textContent = SIGNS[name];
        for (const each of ["aria-label", "title"]) node.setAttribute(each, word());
    }
    write();
    return node;
}

// Do something as it would be in the light; nothing of it is seen.
function inLight(act) {
    const now = root.dataset.theme;
    root.dataset.theme = "light";
    try { act(); } finally { root.dataset.theme = now; }
}

apply();
night.addEventListener("change", apply);
return { button, inLight };
})();
