"""One world as a Mesa model: states are agents, and each may be taught to choose otherwise.

The agents' ``perceive``, ``appraise``, ``choose`` and ``act`` call the stages of
:mod:`sim.model.turn`, and the model calls the stages that belong to nobody, in the order of
:func:`sim.model.turn.play_turn`: world w here is world w of :mod:`sim.engine.ensemble`, to the last
bit. It is the face to read, to step through and to change; for many worlds take the ensemble, or
:func:`sim.play_agents` where states are taught to choose otherwise. Mesa's ``batch_run`` takes the
name of a scenario and parameters by name.

Two invented states, and one that thinks again:

>>> from sim.mesa_model import EscalationModel, Leader
>>> from sim.model.sheets import PairSheet, StateSheet
>>> from sim.model.roster import build_roster
>>> from sim.model.vocabulary import Bloc, Instrument
>>> rivals = build_roster(
...     [StateSheet("ALF", 1, "Alfia", 0.1), StateSheet("BET", 2, "Betania", 0.1)],
...     [PairSheet("ALF", "BET", proximity=1.0)],
...     {"ALF": Bloc.WEST, "BET": Bloc.EAST},
...     ("ALF", "BET"),
... )
>>> class Dove(Leader):
...     def choose(self):
...         super().choose()
...         for rival in self.rivals:
...             if self.intention(rival, Instrument.DEPLOYMENT) > 0:
...                 self.intend(rival, Instrument.DEPLOYMENT, 0)
>>> with EscalationModel(rivals, offence=0.9, seed=7, agent_types={"ALF": Dove}) as model:
...     for _ in range(52):
...         model.step()
>>> model
EscalationModel(2 states, world 0, seed 7, week 52)
>>> model.datacollector.get_model_vars_dataframe()["rung"].shape  # the start and 52 weeks
(53,)
>>> model.state("ALF").level("BET", Instrument.DEPLOYMENT) <= 0.25
True
"""

from __future__ import annotations

import inspect
import secrets
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from sim import front
from sim.config.job import load_scenario
from sim.engine.blocks import Block
from sim.engine.forks import Fork
from sim.engine.history import History, history_of
from sim.engine.native import entry
from sim.errors import Fault, InputError
from sim.front import Study
from sim.lanes import Floats, Reals
from sim.model import turn
from sim.model.parameters import COEFFICIENTS, parameter_block
from sim.model.roster import Roster
from sim.model.state import Pair, Relation, State
from sim.model.vocabulary import STEPS, Bloc, Instrument, Role, Rung
from sim.plan.scenario import Scenario

with warnings.catch_warnings():  # of tqdm, in a notebook without widgets
    warnings.simplefilter("ignore")
    import mesa

_drift = entry(turn.drift)
_perceive = entry(turn.perceive)
_appraise = entry(turn.appraise)
_consult = entry(turn.consult)
_choose = entry(turn.choose)
_act = entry(turn.act)
_confront = entry(turn.confront)
_spread = entry(turn.spread_week)

_STEP = dict(zip(Instrument, STEPS, strict=True))
_FEAR = Relation.FIELDS.index("fear")
_SAME: Any = object()
Seed = int | np.random.Generator | None


class StateAgent(mesa.Agent):
    """A state as an agent: what it is, what it sees, and the four stages it goes through alone.

    A subclass may override a stage, call it, and change its mind with :meth:`intend`.

    Args:
        model: the model the state lives in.
        code: its code in the roster.
    """

    model: EscalationModel

    def __init__(self, model: EscalationModel, code: str) -> None:
        super().__init__(model)
        self.code = code
        self.index = model.roster.codes.index(code)
        self.name = model.roster.states[self.index].name

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code})"

    # What it does

    def perceive(self) -> None:
        """Read what the rivals do, through fog, channels and miscalculation."""
        _perceive(*self.model.references, self.model.week, self.index)

    def appraise(self) -> None:
        """Let fear move."""
        _appraise(*self.model.references, self.index)

    def choose(self) -> None:
        """Choose, toward each rival, to raise, hold or lower each instrument."""
        _choose(*self.model.references, self.model.week, self.index)

    def act(self) -> None:
        """Let the chosen steps take effect."""
        _act(*self.model.references, self.model.week, self.index)

    def intention(self, rival: str, instrument: Instrument) -> int:
        """Return the step chosen this week toward a rival: -1 lower, 0 hold, 1 raise."""
        return int(getattr(self.toward(rival), _STEP[instrument]))

    def intend(self, rival: str, instrument: Instrument, step: int) -> None:
        """Replace the step chosen this week, between :meth:`choose` and :meth:`act`.

        It rules the choice only: accidents, allies' fights and dated events may still move forces.

        Args:
            rival: code of the rival.
            instrument: what to move.
            step: -1 to lower, 0 to hold, 1 to raise by a quarter.

        Raises:
            ValueError: if the step is not -1, 0 or 1.
        """
        if step not in (-1, 0, 1):
            raise ValueError(f"a step is -1, 0 or 1, not {step}")
        setattr(self.toward(rival), _STEP[instrument], float(step))

    # What it is and sees

    @property
    def rivals(self) -> tuple[str, ...]:
        """Codes of the states it has relations with."""
        return self.model.rivals_of[self.code]

    @property
    def state(self) -> State:
        """Every field of the state, live."""
        return State(self.model.world.states, self.index, 0)

    def toward(self, rival: str) -> Relation:
        """Return every field of the relation toward a rival, live.

        Raises:
            KeyError: if the two have no relation.
        """
        return self.model.relation(self.code, rival)

    def level(self, rival: str, instrument: Instrument) -> float:
        """Return where an instrument stands toward a rival, 0 to 1 in quarters."""
        return float(getattr(self.toward(rival), instrument.field))

    def fear_of(self, rival: str) -> float:
        """Return the fear of a rival, 0 to 1."""
        return float(self.toward(rival).fear)

    def grievance_against(self, rival: str) -> float:
        """Return the grievance against a rival, 0 to 1."""
        return float(self.toward(rival).grievance)

    def rung_with(self, rival: str) -> Rung:
        """Return the rung the pair with a rival stands on."""
        return self.model.rung(self.code, rival)

    @property
    def fear(self) -> float:
        """Largest fear of any rival, 0 to 1."""
        mine = self.model.world.relations[self.model.rows_of[self.code], _FEAR, 0]
        return float(mine.max(initial=0.0))

    @property
    def role(self) -> Role:
        """Role at the start."""
        return self.model.roster.role(self.code)

    @property
    def bloc(self) -> Bloc:
        """Side the state is on now."""
        return Bloc(int(self.state.bloc))

    @property
    def capability(self) -> float:
        """Share of the world's capability, after spending and erosion."""
        return float(self.state.capability)

    @property
    def cohesion(self) -> float:
        """Cohesion at home, -0.5 to 0.5; 0 is normal."""
        return float(self.state.cohesion)

    @property
    def lean(self) -> float:
        """Leaning, -1 (east) to 1 (west)."""
        return float(self.state.lean)

    @property
    def spending(self) -> float:
        """Military spending relative to normal, less 1."""
        return float(self.state.spending)

    @property
    def stress(self) -> float:
        """Economic stress, 0 to 1."""
        return float(self.state.stress)


class Leader(StateAgent):
    """The leader of a bloc."""


class Ally(StateAgent):
    """A member of a bloc that follows its leader."""


class NeutralState(StateAgent):
    """A state in neither bloc at the start; it may lean, mediate and join."""


class Russia(Leader):
    """Russia, leader of the east."""


class NatoMember(StateAgent):
    """A member of the bloc the United States lead, and the United States themselves."""


Kind = type[StateAgent]


def kind_of(roster: Roster, code: str) -> Kind:
    """Return the class of agent that stands for a state."""
    bloc = roster.blocs.get(code, Bloc.NONE)
    if bloc == Bloc.NONE:
        return NeutralState
    if code == "RUS":
        return Russia
    if bloc == Bloc.WEST and roster.leaders[0] == "USA":
        return NatoMember
    return Leader if roster.role(code) == Role.LEADER else Ally


class EscalationModel(mesa.Model):
    """One world as a Mesa model; a step is a week.

    ``datacollector`` collects at the start and after each week: of the model the ``rung`` of the
    two leaders, their mean ``fear`` of one another and the pairs that are ``fighting``; of each
    agent its ``code``, its largest ``fear``, its ``bloc`` and its ``stress``.

    Args:
        roster: who is in the world, and its dated events: a roster, a scenario, or the name of one.
        parameters: parameters that differ from the declared ones.
        seed: master seed, 0 to 2**64 - 1; None for one that the machine draws.
        rng: the same, as newer Mesa calls it; of a generator one is drawn.
        world: number of the world; each number is another history of the same states.
        agent_types: classes of agents to use instead, by the state's code or by the usual class.
        datacollector: what collects instead; False for nothing at all, which is quicker.
        values: parameters by their names, as ``parameters``.

    Raises:
        InputError: if there is no such scenario.
        KeyError: if a name is not a parameter.
        ValueError: if a parameter or the seed is outside its range, or ``agent_types`` names
            nobody.
    """

    def __init__(
        self,
        roster: Roster | Scenario | str = "two_rivals",
        parameters: Mapping[str, float] | None = None,
        *,
        seed: int | None = 1,
        rng: Seed = _SAME,
        world: int = 0,
        agent_types: Mapping[str | Kind, Kind] | None = None,
        datacollector: mesa.DataCollector | bool = True,
        **values: float,
    ) -> None:
        master = _seed(seed if rng is _SAME else rng)
        if isinstance(roster, str):
            roster = load_scenario(roster)
        if isinstance(roster, Scenario):
            roster = roster.roster
        block = Block(roster, 0, master)
        block.begin(_checked_point({**(parameters or {}), **values}), world)
        self._start(block, master, world, agent_types or {}, keeps=True)
        self.datacollector = _collector() if datacollector is True else datacollector
        self._collect()

    @classmethod
    def over(cls, block: Block, agent_types: Mapping[str | Kind, Kind]) -> Self:
        """Return a model of the one world of a block that was begun, which is noted week by week.

        Args:
            block: of one world, with room for the weeks to come.
            agent_types: classes of agents to use instead of the usual ones.
        """
        model = cls.__new__(cls)
        model._start(block, block.seed, int(block.world.key.worlds[0]), agent_types, keeps=False)
        model.datacollector = False
        return model

    def _start(
        self, block: Block, seed: int, world: int, agent_types: Mapping[str | Kind, Kind], *,
        keeps: bool,
    ) -> None:  # fmt: skip
        super().__init__(rng=seed)
        self.roster = roster = block.roster
        self.master_seed, self.number, self.week = seed, world, 0
        self._block = block
        self.world, self.references = block.world, (block.reference, block.atlas)
        self._row = {codes: r for r, codes in enumerate(roster.relations)}
        rivals: dict[str, list[str]] = {code: [] for code in roster.codes}
        for owner, rival in roster.relations:
            rivals[owner].append(rival)
        self.rivals_of = {code: tuple(names) for code, names in rivals.items()}
        self.rows_of = {
            code: [self._row[code, rival] for rival in names] for code, names in rivals.items()
        }
        kinds = _kinds(roster, agent_types)
        self._states = {code: kinds[code](self, code) for code in roster.codes}
        self._kept: list[tuple[Reals, ...]] | None = [block.kept()] if keeps else None

    def step(self) -> None:
        """Play a week, in the order of :func:`sim.model.turn.play_turn`."""
        world, atlas = self.references
        self._block.turn_parameters(self.week)
        _drift(world, atlas, self.week)  # 1
        self.agents.do("perceive")  # 2
        self.agents.do("appraise")  # 3
        _consult(world, atlas)  # 4
        self.agents.do("choose")  # 5
        self.agents.do("act")  # 6
        _confront(world, atlas, self.week)  # 6, 7
        _spread(world, atlas, self.week)  # 8
        self.week += 1
        self._keep()  # 9
        self._collect()

    def _collect(self) -> None:
        if self.datacollector:
            self.datacollector.collect(self)

    def play(self, n_weeks: int) -> Self:
        """Play some weeks and return the model."""
        for _ in range(n_weeks):
            self.step()
        return self

    def _keep(self) -> None:
        if self._kept is None:
            self._block.note(self.week)
        else:
            self._kept.append(self._block.kept())

    @property
    def history(self) -> History:
        """Every field of every week so far."""
        assert self._kept is not None
        return history_of(self.roster, self.number, self._kept)

    def state(self, code: str) -> StateAgent:
        """Return the agent that stands for a state.

        Raises:
            KeyError: if no state has this code.
        """
        try:
            return self._states[code]
        except KeyError:
            raise KeyError(
                f"unknown state {code}; available: {', '.join(self.roster.codes)}"
            ) from None

    def relation(self, owner: str, rival: str) -> Relation:
        """Return every field of a directed relation, live.

        Raises:
            KeyError: if the two have no relation.
        """
        return Relation(self.world.relations, self._relation(owner, rival), 0)

    def pair(self, first: str, second: str) -> Pair:
        """Return every field of a pair, live.

        Raises:
            KeyError: if the two have no relation.
        """
        at = self.roster.atlas.pair[self._relation(first, second)]
        return Pair(self.world.pairs, int(at), 0)

    def rung(self, first: str, second: str) -> Rung:
        """Return the rung a pair stands on."""
        return Rung(int(self.pair(first, second).rung))

    def _relation(self, owner: str, rival: str) -> int:
        if (row := self._row.get((owner, rival))) is None:
            raise KeyError(f"{owner} has no relation with {rival}")
        return row

    def close(self) -> None:
        """Let go of what Mesa 3.3 keeps of every model for ever; what was played stays readable."""
        getattr(mesa.Agent, "_ids", {}).pop(self, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.roster.n_states} states, world {self.number}, "
            f"seed {self.master_seed}, week {self.week})"
        )


# Many worlds


def play_agents(
    agent_types: Mapping[str | Kind, Kind], settings: Mapping[str, Any] | None = None, /, *,
    output: str | Path | None = None, configs: str | Path | None = None,
    progress: Callable[[int, int], object] | bool = True,
    cancel: Callable[[], bool] | None = None, **more: Any,
) -> Study:  # fmt: skip
    """Run a study whose states are agents of one's own, and return it.

    Everything else is as of :func:`sim.run`: designs, comparisons, quantities, tables, resuming.
    Two rivals play about a hundred worlds of two years in a second, 57 states about one.

    Args:
        agent_types: classes of agents, by the state's code or by the usual class.
        settings: keys as in a config file, see :func:`sim.job`.
        output: a folder, as of :func:`sim.run`; a study is gone on with as long as the classes'
            text is what it was.
        configs: a folder with configs of one's own.
        progress: whether to show a bar, or what is called with the worlds that are done, and all.
        cancel: is asked whether to stop.
        more: settings as keywords.

    Raises:
        InputError: listing all errors; nothing was run.
        CancelledError: if it was told to stop.
        StudyError: if no point could be played, with the reasons.
    """
    wanted = front.job({"figures": "none", **(settings or {}), **more}, configs=configs)
    faults = []
    for scenario in wanted.scenarios:
        try:
            _kinds(scenario.roster, agent_types)
        except ValueError as error:
            faults.append(Fault("argument agent_types", "", str(error)))
    if wanted.execution.kind != "local":
        told = "agents run in threads only: use execution=local"
        faults.append(Fault("sim.play_agents", "execution", told))
    if faults:
        raise InputError(faults)
    agents = Taught(agent_types)
    resolved = {**wanted.resolved, "agents": dict(agents.told)}
    return front.run_checked(
        replace(wanted, agents=agents, resolved=resolved), output, progress, cancel
    )


class Taught:
    """Agents that play the worlds of a study."""

    def __init__(self, agent_types: Mapping[str | Kind, Kind]) -> None:
        self.agent_types = dict(agent_types)
        self.told: Mapping[str, str] = {
            key if isinstance(key, str) else key.__name__: kind.__name__
            for key, kind in agent_types.items()
        }
        self.source = "\n".join(_source(kind) for kind in agent_types.values())

    def __call__(self, block: Block) -> Callable[[], None]:
        """Return what plays the next week of a block of one world."""
        model = EscalationModel.over(block, self.agent_types)

        def step() -> None:
            try:
                model.step()
            except Exception as error:
                error.add_note(f"in world {model.number}, week {model.week + 1}")
                raise
            if model.week == block.n_weeks:
                model.close()

        return step

    def history(
        self, roster: Roster, parameters: Floats, *, world: int, n_weeks: int, seed: int,
        of_point: int, fork: Fork | None = None,
    ) -> History:  # fmt: skip
        """Return one world in full, as :func:`sim.engine.history.replay` does."""
        block = Block(roster, n_weeks, seed)
        block.begin(parameters, fork.pasts(world) if fork else world, of_point)
        step, kept = self(block), [block.kept()]
        turns = fork.turns(world) if fork else {}
        for week in range(n_weeks):
            if week in turns:
                block.give_lucks(turns[week])
            step()
            kept.append(block.kept())
        return history_of(roster, world, kept)


def _source(kind: Kind) -> str:
    """Return the text of a class of agents, with those that it builds on."""
    own = [each for each in kind.__mro__ if each.__module__ not in (__name__, "builtins")]
    texts = []
    for each in own:
        if issubclass(each, StateAgent):
            try:
                texts.append(inspect.getsource(each))
            except (OSError, TypeError):
                texts.append(repr(each))
    return "\n".join([kind.__name__, *texts])


def _seed(given: Seed) -> int:
    """Return the master seed that is given, or one that is drawn."""
    if given is None:
        return secrets.randbits(32)
    if isinstance(given, np.random.Generator):
        return int(given.integers(2**32))
    if isinstance(given, bool) or not 0 <= int(given) < 2**64:
        raise ValueError(f"a seed is a whole number from 0 to 2**64 - 1, not {given}")
    return int(given)


def _collector() -> mesa.DataCollector:
    """Return what collects the usual things."""

    def rung(model: EscalationModel) -> int:
        return int(model.rung(*model.roster.leaders))

    def fear(model: EscalationModel) -> float:
        west, east = model.roster.leaders
        return 0.5 * (model.state(west).fear_of(east) + model.state(east).fear_of(west))

    def fighting(model: EscalationModel) -> int:
        return int((model.world.pairs[:, Pair.FIELDS.index("rung"), 0] >= Rung.CLASH).sum())

    return mesa.DataCollector(
        model_reporters={"rung": rung, "fear": fear, "fighting": fighting},
        agent_reporters={name: name for name in ("code", "fear", "bloc", "stress")},
    )


def _checked_point(values: Mapping[str, float]) -> Floats:
    point = parameter_block(values, 1)[0, :, 0]
    for name, value in values.items():
        c = COEFFICIENTS[name]
        if not c.allows(value):
            raise ValueError(f"{name} must be {c.low:g} to {c.high:g} ({c.unit}), not {value}")
    return point


def _kinds(roster: Roster, chosen: Mapping[str | Kind, Kind]) -> dict[str, Kind]:
    usual = {code: kind_of(roster, code) for code in roster.codes}
    unknown: list[Any] = [key for key in chosen if key not in usual and key not in usual.values()]
    if unknown:
        raise ValueError(
            f"agent_types names {unknown}; known are {', '.join(usual)} and "
            f"{', '.join(sorted({kind.__name__ for kind in usual.values()}))}"
        )
    for key, kind in chosen.items():
        if not (isinstance(kind, type) and issubclass(kind, StateAgent)):
            raise ValueError(
                f"agent_types: {key} must be a class made from StateAgent, not {kind!r}"
            )
    return {code: chosen.get(code, chosen.get(kind, kind)) for code, kind in usual.items()}
