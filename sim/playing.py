"""``python -m sim seat``: a game from one state's seat at the terminal, and its curtain."""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Callable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from sim.errors import Fault, InputError, nearest, printable, show
from sim.model.vocabulary import Cause, Instrument, Miscalculation, Rung
from sim.seat.codes import MOST_SEEDS
from sim.seat.game import LUCKS, Game, Outcome, Side, Turn
from sim.seat.moves import BY_NAME, HOSTILITY, RIVALS, TURNS, WEEKS, Move

HELP = f"""\
python -m sim seat             a new game: you are Alphia, for {TURNS} turns of {WEEKS} weeks
python -m sim seat CODE        a game goes on; its curtain if it is at its end
python -m sim seat CODE tell   its curtain, wherever it stands

Each turn takes one act ({", ".join(BY_NAME)}) and the
orders of your forces, should others meet them: "deploy stand", "talk yield". Orders stay until you
give others. "tell" ends the game with its curtain; "quit" stops, and its code goes on from there.
"""
_ORDERS = {"stand": True, "yield": False}
_MISREAD = {kind.declared.field: kind.name.lower() for kind in Miscalculation}
_CAUSES = {
    Cause.CHOICE: "force was chosen", Cause.MET: "forces met and neither side gave way",
    Cause.ACCIDENT: "an accident was taken for meant",
}  # fmt: skip
_WORDS = ("hardly any", "little", "some", "much")


def play(words: Sequence[str], ask: Callable[[str], str] = input) -> int:
    """Play a game at the terminal, or tell one; return 0.

    Args:
        words: the words after the verb.
        ask: reads a line after a prompt.

    Raises:
        InputError: if the words are no code of a game.
    """
    if {"--help", "-h"} & set(words):
        print(HELP, end="")
        return 0
    if len(words) > 2 or words[1:] not in ([], ["tell"]):
        told = "takes nothing, the code of a game, or that and tell"
        raise InputError([Fault("command line", "seat", told, show(" ".join(words)))])
    out = Console(highlight=False, soft_wrap=True)
    game, tell = Game.of(words[0]) if words else new(), len(words) == 2
    if not tell and game.n_turns < TURNS:
        if game.theirs is not None:
            told = "is a game of two players: go on in the page, or add tell"
            raise InputError([Fault("game", "", told, show(words[0]))])
        game, tell = _sit(game, out, ask)
        if not tell:
            out.print(f"The game stands at {game.code}")
            return 0
    if not game.n_turns:
        raise InputError([Fault("game", "", "has no move yet: there is nothing to tell")])
    _tell(game, out)
    return 0


def new() -> Game:
    """Return a new game, of any luck and against a rival of either kind."""
    return Game(secrets.randbelow(MOST_SEEDS), secrets.choice(list(RIVALS)))


# While it is played


def _sit(game: Game, out: Console, ask: Callable[[str], str]) -> tuple[Game, bool]:
    """Play on; return the game, and whether its curtain is wanted."""
    stand = game.moves[-1].stand if game.moves else True
    out.print(
        "You are Alphia. Betania stands opposite, armed and loud: out of fear, or to see what it "
        f"can get. You have {TURNS} turns of {WEEKS} weeks."
    )
    while game.n_turns < TURNS:
        out.print(f"\n{_told_seen(game)}")
        orders = "stand" if stand else "yield"
        try:
            given = ask(f"Turn {game.n_turns + 1} of {TURNS} [orders: {orders}] > ").lower().split()
        except EOFError:
            return game, False
        if given in (["quit"], ["tell"]):
            return game, given == ["tell"] and game.n_turns > 0
        move = _move(given, stand)
        if isinstance(move, Move):
            game, stand = game.played(move), move.stand
        else:
            out.print(move, markup=False)
    return game, True


def _move(words: Sequence[str], stand: bool) -> Move | str:
    """Return the move of some words, or what is wrong with them."""
    acts = [word for word in words if word in BY_NAME]
    orders = [word for word in words if word in _ORDERS]
    for word in words:
        if word not in (*acts, *orders):
            like = nearest(word, [*BY_NAME, *_ORDERS, "tell", "quit"])
            return f'No act "{printable(word[:40])}"' + (f": did you mean {like}?" if like else ".")
    if len(acts) != 1 or len(orders) > 1:
        return f"One act a turn: {', '.join(BY_NAME)}; with it, if you like, stand or yield."
    return Move(acts[0], _ORDERS[orders[0]] if orders else stand)


def _told_seen(game: Game) -> str:
    """Return what the player's state perceives, as text."""
    seen = game.seen()
    own = ", ".join(f"{i.field} {_level(i, seen.own[i.field])}" for i in Instrument)
    news = {
        Rung.DISPLAY: "Force is on display. ", Rung.CRISIS: "Both sides show force. ",
        Rung.CLASH: "There was a clash. ", Rung.WAR: "There is war. ",
        Rung.NUCLEAR: "Nuclear weapons were used. ",
    }.get(seen.rung, "")  # fmt: skip
    return (
        f"{news}Betania, as you see it: hostility {_much(seen.hostility)} ({seen.hostility:.2f}), "
        f"forces {seen.forces:.2f}. Your fear: {seen.fear:.2f}.\nYour own: {own}."
    )


def _level(instrument: Instrument, level: float) -> str:
    return f"{level:g} ({instrument.declared.levels[round(4 * level)]})"


def _much(value: float) -> str:
    return _WORDS[bisect_right(HOSTILITY, value)]


# The curtain


def _tell(game: Game, out: Console) -> None:
    """Print the curtain of a game."""
    what = "fears you, and wants nothing but security" if game.rival == "fearful" else (
        "probes: it takes what it can get")  # fmt: skip
    out.print(f"\nBetania {what if game.theirs is None else 'was played by your neighbour'}.")
    out.print(_outcome("Your way", game.outcome))
    if game.theirs is None:
        out.print(_outcome("The model in your seat, same luck", game.of_rules()))
    out.print(f"Your moves under {LUCKS} other lucks: a clash in {game.under_other_luck()}.")
    table = Table("turn", "you did", "they took it for", "their fear", "they did",
                  "you took it for", "your fear", "rung", box=SIMPLE_HEAD)  # fmt: skip
    for turn in game.diary():
        both = (*_row(turn.mine, turn.theirs), *_row(turn.theirs, turn.mine))
        table.add_row(str(turn.number), *both, _rung(turn))
    out.print(table)
    out.print(f"Hostility is read from 0 to about 1.75. The game is {game.code}")


def _row(doer: Side, reader: Side) -> tuple[str, str, str]:
    """Return what one did, what the other took it for, and the other's fear."""
    stance = f" ({doer.stance})" if doer.stance else ""
    wrong = ", ".join(_MISREAD[name] for name in doer.misread)
    read = f"{doer.read:.2f}" + (f" (misread: {wrong})" if wrong else "")
    return f"{doer.act}{stance}", read, f"{reader.feared:.2f}"


def _rung(turn: Turn) -> str:
    slipped = f", accident of {' and '.join(turn.accidents)}" if turn.accidents else ""
    return f"{turn.rung} {turn.rung.name.lower()}{slipped}"


def _outcome(whose: str, came: Outcome) -> str:
    how = "peace" if came.peace else f"{came.rung.name.lower()} in week {came.week}"
    why = f" ({_CAUSES[came.cause]})" if came.cause in _CAUSES else ""
    mine, theirs = came.concessions
    return (
        f"{whose}: {how}{why}; you hold {came.stake:.0%} of what is at issue (half at the start); "
        f"you lost ground {mine} times, they {theirs}."
    )
