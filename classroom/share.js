// How settings get from one device to others: an address where the page has one that opens there, a
// code to type, a QR code, the page saved as a file.
const Share = (() => {
"use strict";

const { el, draw } = Charts;
const say = (...given) => Page.say(...given);
const MARGIN = 4;  // modules of white around a QR code
const LARGEST = 15;  // version of a QR code that is still read from the back row
const SHORT = 11;  // characters of the usual code, its hyphen among them
const HERE = ["localhost", "127.0.0.1", "[::1]"];

// The address of a state, or null where nobody else can open it: the page is a file on this device.
function addressOf(state) {
    const { protocol, hostname, href } = location;
    return ["http:", "https:"].includes(protocol) && !HERE.includes(hostname) ? href.split("#")[0] + Page.link(state) : null;
}

// What others need, without what is this student's own.
const forOthers = (state) => ({ ...state, page: "class", me: Page.DEFAULTS.me, world: Page.DEFAULTS.world, game: "", lesson: Page.DEFAULTS.lesson });

// A text as a QR code; null without the library, or where it is too long.
function qr(text, label) {
    let found;
    try { found = LeanQR.generate(text, { maxVersion: LARGEST }); } catch { return null; }
    const size = found.size + 2 * MARGIN, dark = [];
    for (let y = 0; y < found.size; y += 1) {
        for (let x = 0; x < found.size; x += 1) if (found.get(x, y)) dark.push(`M${x + MARGIN} ${y + MARGIN}h1v1h-1z`);
    }
    return draw("svg", { class: "qr", viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
        draw("rect", { width: size, height: size, fill: "#ffffff" }), draw("path", { d: dark.join(""), fill: "#000000" }));
}

// The settings in words.
function words({ scenario, parameters, changes, seed, weeks }) {
    const { chosen, own } = Codes.parted(parameters);
    const presets = chosen.filter(([, option]) => option).map(([group, option]) => `${say(`presets.${group}`)}: ${say(`preset.${option}`)}`);
    const others = own.map((name) => `${Views.pretty(name)} ${Page.short(parameters[name])}`);
    return [say("share.words", { title: Page.title(scenario), seed, weeks }), `${[...presets, ...others].join(" · ")}.`,
        Object.keys(changes).length ? say("share.words.changes") : ""].filter(Boolean).join(" ");
}

const saveButton = (current) => Views.button(say("share.save"), () => App.save(current()));

// A text to pass on, with a button that copies it.
function passed(label, textOf) {
    const text = el("input", { readonly: true, onfocus: () => text.select() });
    const refresh = () => { text.value = textOf(); };
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(text.value);
            Page.tell(say("share.copied"));
        } catch {
            text.select();
            Page.tell(say("share.select"));
        }
    };
    refresh();
    return { refresh, node: el("label", { class: "field" }, el("span", {}, label), text), button: Views.button(say("share.copy"), copy) };
}

// For the sandbox: the address where it opens elsewhere, else the code that class mode takes.
function panel(current) {
    const here = addressOf(current()) === null;
    const text = here ? passed(say("share.code"), () => Codes.writeClass(current()) || say("share.no_code"))
        : passed(say("share.address"), () => addressOf(current()));
    return { refresh: text.refresh, node: el("div", {}, text.node, el("div", { class: "controls" }, text.button, saveButton(current)),
        el("p", { class: "hint" }, say(here ? "share.hint.file" : "share.hint"))) };
}

// For class mode, where the code is shown already.
function underPoster(current) {
    const others = () => forOthers(current());
    return addressOf(others()) ? panel(others) : { refresh() {}, node: el("div", {}, saveButton(others), el("p", { class: "hint" }, say("share.file"))) };
}

// For the back row: the code, large, beside its QR code; below the code what else is given.
function poster(current, ...inside) {
    const told = el("div"), picture = el("figure");
    const refresh = () => {
        const state = current(), code = Codes.writeClass(state), address = addressOf(forOthers(state)), text = address || code;
        const drawn = text && qr(text, say(address ? "share.qr.address" : "share.qr.code", { code }));
        told.replaceChildren(el("p", { class: "label" }, say("share.code")),
            code ? el("p", { class: code.length > SHORT ? "code long" : "code" }, code)
                : el("p", { class: "warning" }, say(address ? "share.no_code.address" : "share.no_code")),
            el("p", { class: "words" }, words(state)));
        picture.hidden = !drawn;
        if (drawn) picture.replaceChildren(drawn, el("figcaption", {}, say(address ? "share.qr.scan" : "share.qr.only_code")));
        else picture.replaceChildren();
    };
    refresh();
    return { refresh, node: el("div", { class: "poster" }, el("div", {}, told, ...inside), picture) };
}

// Where the student types it. `take` is given the settings of a code.
function entry(take) {
    const typed = el("input", { type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 80,
        onkeydown: (event) => { if (event.key === "Enter") read(); } });
    const reply = el("p", { class: "reply wrong", role: "status" });
    function read() {
        const found = Codes.readClass(typed.value.trim());
        reply.textContent = found ? "" : say("share.code.wrong", { code: typed.value.trim().slice(0, 60) });
        if (found) take(found);
    }
    return el("div", {}, el("div", { class: "controls" },
        el("label", { class: "field code-field" }, el("span", {}, say("share.code.type")), typed), Views.button(say("share.code.open"), read)), reply);
}

return { panel, poster, underPoster, entry };
})();
