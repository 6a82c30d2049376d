// A game from the seat of one state, as sim/seat has it: its code, what its moves change, its world.

const { acts: ACTS, rivals: RIVALS, alphabet: ALPHABET, turns: TURNS, weeks: TURN, seats: SEATS, seeds: MOST_SEEDS } = model.seat;
const CLASH = model.rungs.indexOf("clash");
const KINDS_OF_RIVAL = Object.keys(RIVALS), IN_NUMBER = 5, opposites = new Map();
const ones = (number) => Array.from(number.toString(2)).filter((bit) => bit === "1").length;
const checkOf = (values) => values.reduce((sum, value, place) => sum + (place % 30 + 1) * value, 0) % 31;

// Values below 32, and the one that tells a slip of the pen, as letters in groups; and back, or null.
function codeOf(values) {
    return Array.from([...values, checkOf(values)], (value) => ALPHABET[value]).join("").match(/.{1,5}/g).join("-");
}

function valuesOf(code) {
    if (typeof code !== "string") return null;
    const text = code.slice(0, 400).toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1").replace(/[ -]/g, "");
    const values = Array.from(text, (letter) => ALPHABET.indexOf(letter)), check = values.pop();
    return values.length && !values.includes(-1) && check === checkOf(values) ? values : null;
}

// The code of a game: `{ seed, rival, moves, theirs }`, moves as `{ act, stand }`; `theirs` is null
// where the model plays the other seat.
function writeGame({ seed, rival, moves, theirs }) {
    const hidden = (KINDS_OF_RIVAL.indexOf(rival) + ones(seed)) % 2, number = 4 * seed + (theirs ? 2 : 0) + hidden;
    const values = Array.from({ length: IN_NUMBER }, (_, k) => Math.floor(number / 32 ** (IN_NUMBER - 1 - k)) % 32);
    const valueOf = ({ act, stand }) => 2 * ACTS.findIndex(({ name }) => name === act) + (stand ? 1 : 0);
    moves.forEach((move, turn) => values.push(...[move, ...(theirs || []).slice(turn, turn + 1)].map(valueOf)));
    return codeOf(values);
}

// The game of a code, or null if it is none.
function readGame(code) {
    const values = valuesOf(code);
    if (!values || values.length < IN_NUMBER) return null;
    const number = values.slice(0, IN_NUMBER).reduce((sum, value) => 32 * sum + value, 0), rest = values.slice(IN_NUMBER);
    const seed = Math.floor(number / 4), two = number % 4 >= 2, players = two ? 2 : 1;
    if (seed >= MOST_SEEDS || rest.length > TURNS * players || rest.some((value) => value >= 2 * ACTS.length)) return null;
    const moves = rest.map((value) => ({ act: ACTS[value >> 1].name, stand: value % 2 === 1 }));
    return {
        seed, rival: KINDS_OF_RIVAL[(number % 2 + ones(seed)) % 2],
        moves: moves.filter((_, k) => k % players === 0), theirs: two ? moves.filter((_, k) => k % 2 === 1) : null,
    };
}

// Turns that both sides have played.
const turnsOf = ({ moves, theirs }) => (theirs ? theirs.length : moves.length);

function opposite(rival) {
    if (!opposites.has(rival)) opposites.set(rival, compile(model.seat.scenario, RIVALS[rival]));
    return opposites.get(rival);
}

// What one act, in place of a state's own choice, changes in a week: one step, and no other.
function actAsChanges({ act, week, who, toward }) {
    const { instrument, step } = ACTS.find(({ name }) => name === act);
    return Object.keys(model.instruments).map((name) => ({ kind: "step", week, who, toward, name, value: name === instrument ? step : "keep" }));
}

function movesAsChanges(moves, seat) {
    const who = SEATS[seat], toward = SEATS[1 - seat], found = [];
    if (moves.length) found.push({ kind: "hold_fire", week: 1, who, toward, weeks: TURN * moves.length });
    moves.forEach(({ act, stand }, turn) => {
        const week = TURN * turn + 1;
        for (const change of actAsChanges({ act, week, who, toward })) {
            found.push(change, { ...change, week: week + 1, value: "keep", weeks: TURN - 1 });
        }
        found.push({ kind: "orders", week, who, toward, value: stand ? "stand" : "yield", weeks: TURN });
    });
    return found;
}

// The scenario that a game is: what its moves change holds in it. With `seats` only moves of those.
function scenarioOfGame(game, seats = [0, 1]) {
    const n = turnsOf(game);
    const sides = [game.moves, game.theirs || []].map((moves, seat) => (seats.includes(seat) ? moves.slice(0, n) : []));
    return changedIn(opposite(game.rival), sides.flatMap(movesAsChanges));
}

// The leaders of a world over its weeks, the start with them: both sides' state, what happened.
function watchWorld(settings) {
    const world = new World(settings), { leaders, seen = leaders, leadersPair, place } = world.scenario, weeks = [];
    const rows = seen.map((code, k) => place.get(`${code}>${seen[1 - k]}`));
    const look = () => {
        const { rung, stake, cause, violence } = world.pair(leadersPair), { west_concessions, east_concessions } = world.whole;
        weeks.push({
            rung, stake, violence, cause, concessions: [west_concessions, east_concessions],
            sides: rows.map((r) => Object.fromEntries(model.seat.shown.map((name) => [name, world.relation(r)[name]]))),
        });
    };
    look();
    while (world.week < settings.weeks) { world.step(); look(); }
    return weeks;
}

// A game as far as it is played: of each week the state of both sides, and what happened.
function playGame(game, seats) {
    const weeks = watchWorld({ ...settingsOfGame(game, seats), world: 0 });
    const rungs = weeks.map(({ rung }) => rung), highest = Math.max(...rungs), first = weeks.find(({ rung }) => rung >= CLASH);
    return {
        weeks, highest, week: rungs.indexOf(highest), peace: !first, cause: first ? first.cause : 0,
        stake: weeks[weeks.length - 1].stake, concessions: weeks[weeks.length - 1].concessions,
    };
}

// What a game is played from; other worlds of it are the same moves with other luck.
function settingsOfGame(game, seats) {
    return { scenario: scenarioOfGame(game, seats), parameters: model.seat.parameters, seed: game.seed, weeks: TURN * turnsOf(game) };
}

// In which of other lucks, worlds 1 to n, the same moves come to a clash.
const gameElsewhere = (game, n = 200) => Array.from(fan({ ...settingsOfGame(game), first: 1, n }).peaks, (peak) => peak >= CLASH);
