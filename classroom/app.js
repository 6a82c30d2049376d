// From address to page and back; the frame around every page; saving.
const App = (() => {
"use strict";

const { el } = Charts;
const say = (...given) => Page.say(...given);
let state = Page.sound({}), leave = null, kept = null, writing = 0, written = null, shown = null;

function home() {
    return [
        el("h1", { tabindex: "-1" }, say("home.title")),
        el("p", { class: "lead" }, say("home.hook")),
        el("div", { class: "door" },
            Scene.scene({ names: ["", ""], fearWord: "", violence: 0, label: say("seat.scene.begin"), sides: [
                { rhetoric: 0.25, deployment: 0.25, sanctions: 0, diplomacy: 0.5, worry: 0.4, anger: 0 },
                { rhetoric: 0, deployment: 0.5, sanctions: 0, diplomacy: 0.5, worry: 0, anger: 0.5, fog: true }] }),
            el("ul", {}, [["watch", { page: "lesson", lesson: 1 }], ["seat", { page: "seat" }]].map(([name, to]) => el("li", {},
                el("a", { href: Page.link(to) }, say(`home.${name}.do`)), el("small", {}, say(`home.${name}`)))))),
        el("section", { "aria-labelledby": "home-lessons" }, el("h2", { id: "home-lessons" }, say("nav.lessons")), el("p", {}, say("home.lead", { n: LESSONS.length })),
            el("ol", { class: "cards" }, LESSONS.map((lesson, k) => el("li", {}, el("a", { href: Page.link({ page: "lesson", lesson: k + 1 }) },
                el("span", { class: "count", "aria-hidden": "true" }, String(k + 1)), el("b", {}, say(`lesson.${lesson.name}.title`)),
                el("small", {}, say(`lesson.${lesson.name}.source.short`))))))),
        el("section", { "aria-labelledby": "home-more" }, el("h2", { id: "home-more" }, say("home.more")),
            el("ul", { class: "cards wide" }, ["sandbox", "class", "kit"].map((name) => el("li", {}, el("a", { href: Page.link({ page: name }) },
                el("b", {}, say(`nav.${name}`)), el("small", {}, say(`home.${name}`))))))),
        el("p", { class: "warning" }, say("home.not")),
    ];
}

const VIEWS = { home, seat: Seat.show, lesson: Lessons.show, sandbox: Sandbox.show, class: ClassMode.show, kit: Kit.show };

// Take a new state; `quiet` when the page on screen has shown it already.
function change(part, quiet) {
    state = Page.sound({ ...state, ...part });
    if (quiet) {
        clearTimeout(writing);
        writing = setTimeout(() => { if (location.hash === shown) write(); }, 400);  // not over a link that was just followed
    } else render(true);
}

function write() {
    clearTimeout(writing);
    written = Page.encode(state);
    const hash = Page.link(state);
    if (location.hash !== hash) {
        try { history.replaceState(null, "", hash); } catch { location.replace(hash); }
    }
    shown = location.hash;
}

function render(focus, held) {
    Worlds.stop();
    if (leave) leave();
    const main = document.getElementById("main");
    let page;
    try { page = VIEWS[state.page](state, change, held); } catch (failed) {
        console.error(failed);
        page = [el("h1", { tabindex: "-1" }, say("failed.title")), el("p", {}, say("failed.text"))];
    }
    leave = page.leave || null;
    kept = page.kept || null;
    main.replaceChildren(...page.flat().filter(Boolean));
    main.className = `page-${state.page}`;
    const heading = main.querySelector("h1");
    document.title = `${heading.textContent} · Spiral`;
    document.querySelectorAll("#top a").forEach((each) => {
        const mine = each.dataset.page === state.page;
        if (mine) each.setAttribute("aria-current", "page"); else each.removeAttribute("aria-current");
    });
    write();
    if (focus) { heading.focus({ preventScroll: true }); scrollTo(0, 0); }
}

function frame() {
    Object.assign(document.documentElement, { lang: say("language"), dir: say("direction") });
    const skip = document.getElementById("skip");
    skip.textContent = say("skip");
    skip.href = "#main";
    skip.onclick = (event) => { event.preventDefault(); document.getElementById("main").focus(); };
    document.getElementById("top").replaceChildren(
        el("a", { class: "brand", href: "#page=home", "data-page": "home" }, "Spiral"),
        el("nav", { "aria-label": say("nav.label") }, el("ul", {}, ["seat", "lesson", "sandbox", "class", "kit"].map((name) => el("li", {},
            el("a", { href: name === "lesson" ? "#page=home" : Page.link({ page: name }), "data-page": name }, say(`nav.${name === "lesson" ? "lessons" : name}`)))))),
        el("div", { class: "tools" }, Present.button(), Theme.button(), menu()));
    const partly = Page.languages().some(({ current, whole }) => current && !whole);
    document.getElementById("foot").replaceChildren(...[
        el("p", {}, say("foot.what"), " ", el("span", {}, say("foot.version", { version: Spiral.version }))),
        partly && el("p", { id: "partly" }, say("language.partly")),
        Views.button(say("foot.forget"), () => { Kept.forget(); location.reload(); }, { class: "quiet" })].filter(Boolean));
}

// The languages by their own names. What the page on screen holds is handed to it as it is drawn anew.
function menu() {
    const picked = el("select", { id: "language", "aria-describedby": "partly", onchange: () => {
        Page.remember(picked.value);
        Page.speak(picked.value);
        state = Page.sound({ ...state, lang: picked.value });
        frame();
        render(false, kept ? kept() : undefined);
        document.getElementById("language").focus();
    } }, Page.languages().map(({ code, name, current }) => el("option", { value: code, lang: code, selected: current }, name)));
    return el("label", { class: "language" }, el("span", { class: "hidden" }, say("language.label")), picked);
}

function download(name, text, type) {
    const link = el("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// This very page as a file, with the settings inside: it opens where this one stands.
function saved(settings) {
    const whole = document.documentElement.cloneNode(true);
    for (const id of ["main", "top", "foot", "status", "skip"]) whole.querySelector(`#${id}`).replaceChildren();
    whole.querySelector("#screens").remove();
    for (const each of [whole, whole.querySelector("#main")]) for (const name of ["style", "data-present", "data-theme"]) each.removeAttribute(name);
    whole.querySelector("#settings").textContent = JSON.stringify(Page.sound(settings)).replaceAll("<", "\\u003c");
    whole.querySelector("title").textContent = "Spiral";
    return `<!doctype html>\n${whole.outerHTML}\n`;
}
function save(settings) { download("spiral.html", saved(settings), "text/html"); }

function fromFile() {
    try { return Page.sound(JSON.parse(document.getElementById("settings").textContent)); } catch { return Page.sound({}); }
}

function start() {
    state = location.hash.length > 1 ? Page.decode(location.hash) : fromFile();
    Page.speak(state.lang);
    frame();
    Present.begin();
    render(false);
    addEventListener("hashchange", () => {
        const next = Page.decode(location.hash);
        if (Page.encode(next) === written) return;
        if (next.lang !== state.lang) { Page.speak(next.lang); frame(); }
        state = next;
        render(true);
    });
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

function failed(refused) {
    console.error(refused);
    Page.speak(new URLSearchParams(location.hash.slice(1)).get("lang"));
    frame();
    document.getElementById("main").replaceChildren(
        el("h1", { tabindex: "-1" }, say("unready.title")), el("p", {}, say("unready.text")));
}

Spiral.ready.then(start, failed);
return { go: (part) => change(part, false), save, saved, download, get state() { return state; } };
})();
