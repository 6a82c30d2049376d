"""A game from one state's seat: its code, its moves, and the same bits on every face."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import sim
from sim.errors import InputError
from sim.mesa_model import EscalationModel
from sim.model.vocabulary import Cause, Rung
from sim.playing import play
from sim.seat import Game, Move, codes
from sim.seat.moves import ACTS, BY_NAME, PARAMETERS, RIVALS, TURNS, WEEKS
from sim.seat.players import PLAYERS, played_by
from tests.scripts import script

NAMES = tuple(act.name for act in ACTS)


def some_moves(random: np.random.Generator, n: int) -> tuple[Move, ...]:
    return tuple(
        Move(NAMES[random.integers(len(NAMES))], bool(random.integers(2))) for _ in range(n)
    )


def some_games(n: int, seed: int = 5, two: bool = False) -> Iterator[Game]:
    """Yield games of random moves against both rivals, finished or not."""
    random = np.random.default_rng(seed)
    for k in range(n):
        turns = int(random.integers(1, TURNS + 1))
        theirs = some_moves(random, turns) if two else None
        number = int(random.integers(codes.MOST_SEEDS))
        yield Game(number, tuple(RIVALS)[k % 2], some_moves(random, turns), theirs)


# Codes


@pytest.mark.parametrize("two", [False, True])
def test_a_code_is_the_game(two: bool) -> None:
    for game in some_games(60, two=two):
        assert Game.of(game.code) == game
        assert Game.of(f" {game.code.lower().replace('-', ' ')} ") == game
        assert Game.of(game.code.replace("0", "O").replace("1", "l")) == game


def test_a_code_by_hand() -> None:
    # 4 * 5 + 0 for the model, hidden bit of "fearful": 0 + two ones in 5, even: 0. In five
    # characters 0000M (20 is M); deploy is act 3, standing: 7; talk is 7, giving way: E. The check:
    # 5 * 20 + 6 * 7 + 7 * 14 = 240, which leaves 23, the letter Q, in 31.
    game = Game(5, "fearful", (Move("deploy", True), Move("talk", False)))
    assert game.code == "0000M-7EQ"


def test_a_slip_of_the_pen_is_told() -> None:
    code = next(some_games(1)).code
    for at, letter in enumerate(code):
        if letter == "-":
            continue
        value = codes.ALPHABET.index(letter)
        other = codes.ALPHABET[(value + 3) % 31]
        with pytest.raises(InputError, match=r"mistyped|must be a code"):
            Game.of(code[:at] + other + code[at + 1 :])


@pytest.mark.parametrize("code", ["", "0", "U0000-0", "<b>", "0" * 500, "99999-0", "🎲"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(InputError):
        Game.of(code)


def test_all_that_is_wrong_with_a_game_is_told_at_once() -> None:
    with pytest.raises(InputError) as found:
        Game(-1, "fearfull", (Move("deploi", True),), (Move("hold", True),) * 3)
    told = str(found.value)
    for part in ("argument seed", "did you mean fearful", "did you mean deploy", "one less"):
        assert part in told


# Moves in the world


def test_instruments_stand_where_the_moves_put_them() -> None:
    """Words, sanctions and diplomacy by quarters within 0 and 1; forces too, till they give way."""
    for game in some_games(12):
        levels = {"rhetoric": 0.25, "deployment": 0.25, "sanctions": 0.0, "diplomacy": 0.5}
        history, pushed = game.history, False
        for turn, move in enumerate(game.moves):
            act = BY_NAME[move.act]
            if act.instrument:
                step = {"raise": 0.25, "lower": -0.25}[act.step]
                levels[act.instrument] = min(1.0, max(0.0, levels[act.instrument] + step))
            for week in range(WEEKS * turn + 1, WEEKS * turn + 1 + WEEKS):
                me = {name: history.relation("AAA", "BBB", name)[week] for name in levels}
                slipped = history.relation("AAA", "BBB", "accident")[week] < 0
                stance = history.relation("AAA", "BBB", "stance")[week]
                pushed = pushed or slipped or stance < 0
                if pushed:
                    levels["deployment"] = me["deployment"]
                assert me == levels


def test_forces_stand_or_give_way_as_ordered_and_never_open_fire() -> None:
    met = 0
    for game in some_games(120):
        stance = game.history.relation("AAA", "BBB", "stance")
        for turn, move in enumerate(game.moves):
            here = stance[WEEKS * turn + 1 : WEEKS * turn + 1 + WEEKS]
            met += int((here != 0).sum())
            assert set(here) <= {0.0, 1.0 if move.stand else -1.0}
        if game.outcome.cause == Cause.CHOICE:
            week = int(np.argmax(game.history.pair("AAA", "BBB", "rung") >= Rung.CLASH))
            assert game.history.relation("BBB", "AAA", "strike")[week] > 0.0
    assert met > 50


def test_nothing_seen_at_the_start_tells_the_rivals_apart() -> None:
    first, second = (Game(9, rival).seen() for rival in RIVALS)
    assert first == second
    assert first.rung == Rung.DISPLAY


def test_where_a_neighbour_plays_the_rival_matters_through_its_character_alone() -> None:
    theirs = (Move("hold", True),) * 5
    mine = (Move("hold", False),) * 5
    for rival in RIVALS:
        game = Game(3, rival, mine, theirs)
        assert (game.history.relation("BBB", "AAA", "rhetoric") == 0.5).all()


# Faces


def test_a_game_is_the_same_world_on_every_face() -> None:
    for game in some_games(3, seed=8):
        world = sim.world(0, game.settings())
        for name in ("relations", "pairs", "states", "system"):
            assert np.array_equal(getattr(game.history, name), getattr(world.history, name))
        with EscalationModel(game.scenario, seed=game.seed, **PARAMETERS) as model:
            for _ in range(game.n_weeks):
                model.step()
            assert np.array_equal(model.world.pairs[..., 0], game.history.pairs[-1].astype("f4"))
        assert game.outcome.stake == game.history.pair("AAA", "BBB", "stake")[-1]


def test_other_lucks_are_worlds_of_the_same_moves() -> None:
    game = next(some_games(1, seed=2))
    study = sim.run(game.settings(worlds=41), progress=False)
    outcomes = study.outcomes
    assert game.under_other_luck(40) == int((outcomes["peak_rung_leaders"][1:] >= Rung.CLASH).sum())


def test_the_model_in_the_seat_is_the_world_without_moves() -> None:
    game = next(some_games(1, seed=4))
    free = Game(game.seed, game.rival, game.moves).of_rules()
    other = sim.world(0, {**game.settings(), "scenario.changes": []})
    assert free.stake == other.history.pair("AAA", "BBB", "stake")[-1]
    assert free != game.outcome


def test_both_diaries_tell_the_history() -> None:
    game = next(some_games(1, seed=6, two=True))
    history, diary = game.history, game.diary()
    assert [turn.number for turn in diary] == list(range(1, game.n_turns + 1))
    assert [turn.mine.act for turn in diary] == [move.act for move in game.moves]
    assert [turn.theirs.act for turn in diary] == [move.act for move in game.theirs or ()]
    for turn in diary:
        week = WEEKS * turn.number
        assert turn.mine.read == history.relation("BBB", "AAA", "perceived")[week]
        assert turn.mine.feared == history.relation("AAA", "BBB", "fear")[week]
        assert turn.theirs.read == history.relation("AAA", "BBB", "perceived")[week]


# At the terminal


def answers(*lines: str) -> Callable[[str], str]:
    left = list(lines)

    def ask(_: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    return ask


def test_a_game_is_played_left_and_gone_on_with(capsys: pytest.CaptureFixture[str]) -> None:
    game = Game(12, "prober", (Move("deploy", True),))
    assert play([game.code], answers("deploi", "talk yield", "quit")) == 0
    told = capsys.readouterr().out
    assert "did you mean deploy?" in told
    assert game.played(Move("talk", False)).code in told
    assert "probes" not in told  # the rival stays hidden


def test_the_curtain_says_who_the_rival_was(capsys: pytest.CaptureFixture[str]) -> None:
    game = Game(12, "prober", some_moves(np.random.default_rng(1), TURNS))
    assert play([game.code]) == 0
    told = capsys.readouterr().out
    assert "probes" in told
    assert f"a clash in {game.under_other_luck()}" in told


@pytest.mark.parametrize("words", [["nothing"], ["0000M-7EQ", "show"], ["0000M-M", "tell"]])
def test_what_is_no_game_is_refused_at_the_terminal(words: list[str]) -> None:
    with pytest.raises(InputError):
        play(words, answers("quit"))


# What it teaches


@pytest.mark.parametrize("rival", RIVALS)
def test_firmness_holds_the_stake_and_brings_clashes(rival: str) -> None:
    """Paired on the same seeds: a hawk holds more than a dove, and clashes more."""
    soft, hard = ([played_by(PLAYERS[name], seed, rival).outcome for seed in range(40)]
                  for name in ("dove", "hawk"))  # fmt: skip
    more = np.array([b.stake - a.stake for a, b in zip(soft, hard, strict=True)])
    half = 2.02 * more.std(ddof=1) / np.sqrt(len(more))
    assert more.mean() - half > 0.05
    fights = np.array([float(a.peace) - float(b.peace) for a, b in zip(soft, hard, strict=True)])
    assert fights.mean() - 2.02 * fights.std(ddof=1) / np.sqrt(len(fights)) > 0.3


@pytest.mark.slow
def test_no_player_is_best_against_both_rivals() -> None:
    """The table of the kit, played again: at a middling price of a clash the best are two."""
    players = script("scripts", "players")
    table = players.table()
    assert table == json.loads(players.PATH.read_text(encoding="utf-8"))
    low, high = table["apart"]
    assert (low < 0.35, high) == (True, 1.0)
    for each in table["best"]:
        dear = each["price"] > 0.25
        assert each["fearful"] == ("dove" if dear else "hawk")
        assert each["prober"] in (("tit for tat", "talker") if dear else ("hawk", "guard"))
        assert each["apart"] == dear
