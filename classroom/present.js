// A page for the projector: one step a screen, in letters that the last row can read. A screen shows
// some of the page's own nodes and puts the others away, so that whatever works in the page works here.
const Present = (() => {
"use strict";

const { el } = Charts;
const say = (...given) => Page.say(...given);
const BLOCKS = ".step, .stage, .dials, .sheet, .outcomes";
// Parts of a step that are screens of their own once there is something in them, and what goes along.
const PARTS = [[".board", ".key.of-tiles"], [".panel figure ~ figure", ".key.of-rungs, .panel h3"], [".lever", ":scope > h2"], [".results", ""]];
const LEAST = 8.5;  // a chart's height, in heights of letters
const GROWTHS = [1.5, 1.25, 1];  // of letters, where little stands on a screen
const root = document.documentElement;
let main = null, bar = null, count = null, opener = null, screens = [], at = 0, waiting = 0;

const shown = (node) => !node.closest("[hidden]") && node.hasChildNodes();
const all = (node, selector) => (selector ? [...node.querySelectorAll(selector)] : []);

// The screens of the page: its title with what stands beside no step, then each step, part by part.
function found() {
    const blocks = all(main, BLOCKS).filter((each) => shown(each) && !each.parentElement.closest(BLOCKS)), turn = all(main, ".turn");
    const title = [...main.children].filter((each) => ![...blocks, ...turn].some((block) => each.contains(block)) && shown(each) && !each.matches(".hint"));
    const steps = blocks.flatMap(parted);
    if (turn.length) steps[steps.length - 1].keep.push(...turn);
    return title.length > 1 ? [{ block: null, keep: title, drop: [] }, ...steps] : steps;
}

function parted(block) {
    const parts = PARTS.map(([own, more]) => [all(block, own).filter(shown), all(block, more)]).filter(([own]) => own.length);
    const drop = all(block, `${PARTS.map(([own]) => own).join(", ")}, .panels ~ .key, .key:has(~ .panels)`);
    return [{ block, keep: [block], drop }, ...parts.map(([own, more]) => ({ block, keep: [...more, ...own], drop: [] }))];
}

function clip(node, { keep, drop }) {
    for (const child of node.children) {
        const inside = keep.some((each) => each.contains(child));
        if (drop.includes(child)) child.classList.add("away");
        else if (child.nodeName === "svg" || (inside && !drop.some((each) => child.contains(each)))) continue;
        else if (inside || keep.some((each) => child.contains(each))) clip(child, { keep, drop });
        else child.classList.add("away");
    }
}

function show(k, focus) {
    at = Math.max(0, Math.min(screens.length - 1, k));
    const screen = screens[at];
    all(main, ".away").forEach((each) => each.classList.remove("away"));
    clip(main, screen);
    count.textContent = say("present.count", { k: at + 1, n: screens.length });
    const [before, next] = all(bar, "[data-by]");
    before.disabled = at === 0;
    next.disabled = at === screens.length - 1;
    fill(screen);
    if (!focus) return;
    main.scrollTop = 0;
    const first = all(main, "h1, h2, h3").find((each) => each.checkVisibility());
    if (first) { first.tabIndex = -1; first.focus({ preventScroll: true }); }
    Page.tell(count.textContent);
}

// Charts take what height the screen has left; where there is none, letters do.
function fill(screen) {
    const charts = all(main, "svg.chart").filter((each) => each.checkVisibility());
    GROWTHS.some((by) => { root.style.setProperty("--grow", charts.length ? 1 : by); return main.scrollHeight <= main.clientHeight; });
    if (!charts.length) return;
    const letter = parseFloat(getComputedStyle(root).fontSize), tops = new Set(charts.map((each) => Math.round(each.getBoundingClientRect().top)));
    main.style.setProperty("--tall", `${LEAST * letter}px`);
    const block = screen.block || main, low = block.getBoundingClientRect().bottom + main.scrollTop - main.getBoundingClientRect().top + letter;
    main.style.setProperty("--tall", `${Math.floor(LEAST * letter + Math.max(0, main.clientHeight - low) / tops.size)}px`);
}

// The page has changed by itself: what was just asked for is shown, else what was there before, else
// the step it was part of, else where the page has put the focus.
function follow() {
    const was = screens[at], before = screens, same = (one) => (other) => one.block === other.block && one.keep.at(-1) === other.keep.at(-1);
    screens = found();
    const asked = (each) => was.keep[0] === was.block && each.block === was.block && !before.some(same(each));
    const [fresh, there, ...others] = [asked, same(was), ({ block }) => block && block === was.block,
        ({ keep }) => keep.some((each) => each.contains(document.activeElement))].map((fits) => screens.findIndex(fits));
    if (fresh < 0 && there >= 0) show(there, false);
    else show([fresh, ...others, 0].find((k) => k >= 0), true);
}

function changed(records) {
    if (waiting || !on() || records.every(({ target }) => target.closest("svg, .tiles, output, p, button"))) return;
    waiting = requestAnimationFrame(() => { waiting = 0; if (on()) follow(); });
}

const on = () => "present" in root.dataset;

function enter() {
    root.dataset.present = "";
    bar.hidden = false;
    if (root.requestFullscreen) root.requestFullscreen().catch(() => { /* it fills the window */ });
    screens = found();
    show(0, true);
}

function leave() {
    if (!on()) return;
    delete root.dataset.present;
    bar.hidden = true;
    all(main, ".away").forEach((each) => each.classList.remove("away"));
    main.style.removeProperty("--tall");
    root.style.removeProperty("--grow");
    if (document.fullscreenElement) document.exitFullscreen().catch(() => { /* it is over */ });
    opener.focus();
}

// A long screen is read to its end before the next one comes.
function page(way) {
    const room = main.scrollHeight - main.clientHeight - main.scrollTop;
    if (way > 0 ? room > 4 : main.scrollTop > 4) main.scrollBy({ top: way * 0.85 * main.clientHeight, behavior: "instant" });
    else show(at + way, true);
}

// Keys that mean something to what has the focus stay with it.
const ARROWS = "input, select, textarea, [tabindex='0']", PAGES = "input:not([type=radio]), select, textarea, [tabindex='0']";
const SPACE = `${ARROWS}, button, summary, a`;
const KEYS = {
    ArrowRight: [ARROWS, () => show(at + 1, true)], ArrowLeft: [ARROWS, () => show(at - 1, true)],
    PageDown: [PAGES, () => page(1)], PageUp: [PAGES, () => page(-1)], " ": [SPACE, ({ shiftKey }) => page(shiftKey ? -1 : 1)],
    Home: [ARROWS, () => show(0, true)], End: [ARROWS, () => show(screens.length - 1, true)], Escape: [null, leave],
};

function pressed(event) {
    const { key, target } = event;
    if (!on() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || !Object.hasOwn(KEYS, key)) return;
    const [taken, act] = KEYS[key];
    if (taken && target.closest(taken)) return;
    event.preventDefault();
    act(event);
}

function button() {
    opener = Views.button(say("present.begin"), enter, { class: "present" });
    return opener;
}

function begin() {
    main = document.getElementById("main");
    count = el("output", { "aria-live": "off" });
    const move = (by, sign, key) => Views.button(sign, () => show(at + by, true), { "data-by": by, "aria-label": say(key) });
    bar = el("nav", { id: "screens", hidden: true, "aria-label": say("present.label") },
        move(-1, "←", "present.before"), count, move(1, "→", "present.next"), Views.button(say("present.leave"), leave));
    main.after(bar);
    addEventListener("keydown", pressed);
    addEventListener("resize", () => { if (on()) fill(screens[at]); });
    document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) leave(); });
    new MutationObserver(changed).observe(main, { childList: true, subtree: true, attributeFilter: ["hidden"] });
}

return { button, begin };
})();
