// Lint and style of the classroom page's JavaScript (make lint; `npx eslint --fix` rewrites).
// The files are no modules: scripts/classroom.py joins them, so each names what it finds there.

import js from "@eslint/js";
import stylistic from "@stylistic/eslint-plugin";
import globals from "globals";

const given = (...names) => Object.fromEntries(names.map((name) => [name, "readonly"]));
const parts = (files, names, rules = {}) => ({ files, languageOptions: { globals: given(...names) }, rules });

export default [
    { ignores: ["*", "!classroom/", "classroom/build/"] },
    js.configs.recommended,
    {
        files: ["classroom/*.js"],
        languageOptions: { sourceType: "script", globals: globals.browser },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        plugins: { style: stylistic },
        rules: {
            "no-unused-vars": ["error", { vars: "local" }],
            "no-redeclare": ["error", { builtinGlobals: false }],
            "no-var": "error",
            "prefer-const": "error",
            eqeqeq: "error",
            "style/arrow-parens": "error",
            "style/arrow-spacing": "error",
            "style/block-spacing": "error",
            "style/brace-style": ["error", "1tbs", { allowSingleLine: true }],
            "style/comma-spacing": "error",
            "style/comma-style": "error",
            "style/eol-last": "error",
            "style/function-call-spacing": "error",
            "style/indent": ["error", 4, { outerIIFEBody: 0, SwitchCase: 1 }],
            "style/key-spacing": "error",
            "style/keyword-spacing": "error",
            "style/no-multi-spaces": ["error", { ignoreEOLComments: true }],
            "style/no-multiple-empty-lines": ["error", { max: 1 }],
            "style/no-tabs": "error",
            "style/no-trailing-spaces": "error",
            "style/no-whitespace-before-property": "error",
            "style/operator-linebreak": ["error", "before"],
            "style/quotes": ["error", "double", { avoidEscape: true, allowTemplateLiterals: "always" }],
            "style/semi": "error",
            "style/semi-spacing": "error",
            "style/space-before-blocks": "error",
            "style/space-before-function-paren": ["error", { anonymous: "always", named: "never" }],
            "style/space-in-parens": "error",
            "style/space-infix-ops": "error",
            "style/space-unary-ops": "error",
            "style/spaced-comment": ["error", "always", { exceptions: ["@"], block: { markers: ["@@MODEL@@", "@@MORE@@"] } }],
            "style/template-curly-spacing": "error",
        },
    },
    // The engine, and what is put into its function.
    parts(["classroom/engine.js"], ["Story", "actAsChanges", "changedIn", "codeOf", "compile", "fork", "fromYaml", "gameElsewhere", "laterIn", "module", "playFork", "playGame", "readGame", "settingsOfGame", "speak", "writeGame", "SettingsError", "toYaml", "turnsOf", "valuesOf", "watchWorld"],
        { "no-unused-vars": ["error", { vars: "local", varsIgnorePattern: "^weightsOf$" }] }),
    parts(["classroom/forks.js"], ["Played", "World", "at", "blockOf", "cellsOf", "checkNumbers", "parametersOf", "rules", "scenarioOf"]),
    parts(["classroom/games.js"], ["World", "changedIn", "compile", "fan", "model"]),
    parts(["classroom/settings.js"], ["TRAITS", "at", "parametersOf", "scenarioOf", "scenarios", "size"],
        { "no-control-regex": "off" }),  // it refuses control characters
    parts(["classroom/story.js"], ["BLOCS", "at", "weightsOf", "size"]),
    // The page: one function a file.
    parts(["classroom/*.js"], ["App", "BUILT", "Built", "Causes", "Charts", "ClassMode", "Codes", "Curve", "Debrief", "Diary", "Glossary", "Kept", "Kit", "LESSONS", "LeanQR", "Lessons", "Maps", "PLAYERS", "Page", "Papers", "Present", "Results", "Sandbox", "Scene", "Seat",
        "Share", "Spiral", "Story", "Theme", "Told", "Views", "WORDS", "Worlds"]),
];
