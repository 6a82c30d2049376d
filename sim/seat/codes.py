"""Codes of games: a few characters that replay a game anywhere.

A code is five characters for the number of the game, one for each move, and one that tells a slip
of the pen. The number holds the seed, whether a neighbour plays, and which rival it is, in a way
that nobody sees at a glance. Of the 32 characters of Crockford's alphabet, which has no I, L, O and
U, moves use the first sixteen. Hyphens and spaces are for the eye.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.errors import Fault, InputError, show
from sim.seat.moves import ACTS, RIVALS, TURNS, Move

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST_SEEDS = 2**22
_NUMBER = 5
_GROUP = 5
_MOST = 400
"""Characters of a code that are looked at."""
_LIKE = str.maketrans("OIL", "011", " -")
_PRIME = 31
_NAMES = tuple(RIVALS)
_PLACE = {act.name: k for k, act in enumerate(ACTS)}


def written(seed: int, rival: str, moves: Sequence[Move], theirs: Sequence[Move] | None) -> str:
    """Return the code of a game.

    Args:
        seed: 0 to 2**22 - 1.
        rival: a name in :data:`sim.seat.moves.RIVALS`.
        moves: the player's.
        theirs: the neighbour's; None where the model plays.
    """
    hidden = (_NAMES.index(rival) + seed.bit_count()) % 2
    number = 4 * seed + 2 * (theirs is not None) + hidden
    values = [number >> 5 * k & 31 for k in reversed(range(_NUMBER))]
    for turn, move in enumerate(moves):
        values += [_value(move), *(_value(each) for each in (theirs or ())[turn : turn + 1])]
    text = "".join(ALPHABET[value] for value in [*values, _check(values)])
    return "-".join(text[k : k + _GROUP] for k in range(0, len(text), _GROUP))


def _value(move: Move) -> int:
    return 2 * _PLACE[move.act] + move.stand


def _check(values: Sequence[int]) -> int:
    return sum((place % 30 + 1) * value for place, value in enumerate(values)) % _PRIME


def read(code: str) -> tuple[int, str, tuple[Move, ...], tuple[Move, ...] | None]:
    """Return the seed, the rival and the moves of a code, as :func:`written` takes them.

    Raises:
        InputError: if it is no code, or was mistyped.
    """
    text = str(code)[:_MOST].upper().translate(_LIKE)
    if len(text) < _NUMBER + 1 or not set(text) <= set(ALPHABET):
        raise _wrong(code, "must be a code of a game: letters and digits, no U")
    *values, check = (ALPHABET.index(letter) for letter in text)
    if check != _check(values):
        raise _wrong(code, "was mistyped somewhere: its last character does not fit the others")
    number = sum(value << 5 * k for k, value in enumerate(reversed(values[:_NUMBER])))
    seed, neighbour, hidden = number >> 2, bool(number & 2), number & 1
    rest = values[_NUMBER:]
    n_turns = len(rest) // (1 + neighbour)
    if seed >= MOST_SEEDS or n_turns > TURNS or max(rest, default=0) >= 2 * len(ACTS) or (
        len(rest) % (1 + neighbour)
    ):  # fmt: skip
        raise _wrong(code, f"must be a code of a game of at most {TURNS} turns")
    moves = tuple(Move(ACTS[value // 2].name, bool(value % 2)) for value in rest)
    rival = _NAMES[(hidden + seed.bit_count()) % 2]
    return (seed, rival, moves[::2], moves[1::2]) if neighbour else (seed, rival, moves, None)


def _wrong(code: str, told: str) -> InputError:
    return InputError([Fault("game", "", told, show(str(code)))])
