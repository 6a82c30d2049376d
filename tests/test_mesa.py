"""A world as a Mesa model: who the agents are, what they tell, and how one is taught otherwise."""

from __future__ import annotations

import doctest
import gc
import inspect
import threading
import weakref
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest

import sim
from sim import mesa_model as mesa_world
from sim.engine.history import replay
from sim.mesa_model import (
    Ally,
    EscalationModel,
    Leader,
    NatoMember,
    NeutralState,
    Russia,
    StateAgent,
)
from sim.model.parameters import COEFFICIENTS
from sim.model.roster import Roster
from sim.model.vocabulary import Bloc, Instrument, Role, Rung
from tests.conftest import EXTREME, NEUTRAL, WEST

TENSE = {"deploy_base": -2.0, "solidarity": 0.0, "miscalculation_strength": 0.0}
"""Forces go up by choice, and by choice only."""


class Unarmed(NatoMember):
    """Never raises deployments."""

    def choose(self) -> None:
        super().choose()
        for rival in self.rivals:
            step = self.intention(rival, Instrument.DEPLOYMENT)
            self.intend(rival, Instrument.DEPLOYMENT, min(step, 0))


def test_usage_in_the_docstring_runs_as_printed() -> None:
    found = doctest.testmod(mesa_world)
    assert found.attempted > 8
    assert found.failed == 0


def test_real_states_are_russia_members_and_neutrals(europe: Roster) -> None:
    model = EscalationModel(europe)
    kinds = {code: type(model.state(code)) for code in europe.codes}
    assert kinds["RUS"] is Russia
    assert all(kinds[code] is NatoMember for code in WEST)
    assert all(kinds[code] is NeutralState for code in NEUTRAL)
    assert kinds["BLR"] is Ally
    members = model.agents.select(agent_type=NatoMember)
    assert sorted(members.get("code")) == sorted(WEST)


def test_invented_states_are_leaders(rivals: Roster) -> None:
    model = EscalationModel(rivals)
    assert {type(agent) for agent in model.agents} == {Leader}
    assert model.state("BET").name == "Betania"
    assert model.state("BET").role == Role.LEADER
    assert model.state("BET").bloc == Bloc.EAST
    assert model.state("BET").rivals == ("ALF",)


def test_agents_tell_what_the_history_tells(eventful: Roster, extreme: np.ndarray) -> None:
    model = EscalationModel(eventful, EXTREME, seed=4).play(12)
    alone = replay(eventful, extreme, world=0, n_weeks=12, seed=4)
    told = False
    for owner, rival in eventful.relations:
        agent = model.state(owner)
        assert agent.fear_of(rival) == alone.relation(owner, rival, "fear")[-1]
        assert agent.grievance_against(rival) == alone.relation(owner, rival, "grievance")[-1]
        assert agent.rung_with(rival) == alone.pair(owner, rival, "rung")[-1]
        for instrument in Instrument:
            level = alone.relation(owner, rival, instrument.name.lower())[-1]
            step = alone.relation(owner, rival, f"step_{instrument.name.lower()}")[-1]
            assert agent.level(rival, instrument) == level
            assert agent.intention(rival, instrument) == step
            told = told or step != 0
    assert told
    for code in eventful.codes:
        agent = model.state(code)
        for name in ("capability", "cohesion", "lean", "spending", "stress", "bloc"):
            assert getattr(agent, name) == alone.state(code, name)[-1]
        assert agent.fear == max(agent.fear_of(rival) for rival in agent.rivals)
    assert model.state("UKR").bloc == Bloc.WEST  # it acceded in week 4
    assert isinstance(model.rung("RUS", "USA"), Rung)


def test_order_in_which_states_act_changes_nothing(eventful: Roster) -> None:
    class Backwards(EscalationModel):
        @property
        def agents(self) -> mesa.agent.AgentSet:
            return super().agents.sort("index", ascending=False)

    usual = EscalationModel(eventful, EXTREME).play(10).history
    turned = Backwards(eventful, EXTREME).play(10).history
    assert usual.relations.tobytes() == turned.relations.tobytes()
    assert usual.states.tobytes() == turned.states.tobytes()


def test_a_member_taught_never_to_deploy_does_not_and_others_still_do(europe: Roster) -> None:
    usual = EscalationModel(europe, TENSE).play(40).history
    taught = EscalationModel(europe, TENSE, agent_types={NatoMember: Unarmed}).play(40)
    assert {type(taught.state(code)) for code in WEST} == {Unarmed}
    raised = {True: 0.0, False: 0.0}
    for owner, rival in europe.relations:
        change = np.diff(taught.history.relation(owner, rival, "deployment")).max()
        raised[owner in WEST] = max(raised[owner in WEST], change)
    assert raised[True] == 0.0 < raised[False]
    assert any(
        np.diff(usual.relation(owner, rival, "deployment")).max() > 0.0
        for owner, rival in europe.relations
        if owner in WEST
    )


def test_one_state_alone_may_be_taught(europe: Roster) -> None:
    model = EscalationModel(europe, agent_types={"EST": Unarmed})
    assert [agent.code for agent in model.agents.select(agent_type=Unarmed)] == ["EST"]


def test_an_agent_that_does_as_usual_changes_nothing(rivals: Roster) -> None:
    class Same(Leader):
        def perceive(self) -> None:
            super().perceive()

        def choose(self) -> None:
            super().choose()
            for instrument in Instrument:
                step = self.intention(self.rivals[0], instrument)
                self.intend(self.rivals[0], instrument, step)

    usual = EscalationModel(rivals, EXTREME).play(30).history
    same = EscalationModel(rivals, EXTREME, agent_types={Leader: Same}).play(30).history
    assert usual.relations.tobytes() == same.relations.tobytes()


def test_intentions_take_effect_when_the_state_acts(rivals: Roster) -> None:
    class Talker(Leader):
        def choose(self) -> None:
            super().choose()
            self.intend(self.rivals[0], Instrument.DIPLOMACY, 1)

    model = EscalationModel(rivals, agent_types={"ALF": Talker}).play(2)
    assert model.state("ALF").level("BET", Instrument.DIPLOMACY) == 1.0


def test_a_data_collector_collects_rungs_and_fear(rivals: Roster) -> None:
    collector = mesa.DataCollector(
        model_reporters={"rung": lambda model: int(model.rung("ALF", "BET"))},
        agent_reporters={"code": "code", "fear": "fear"},
    )
    model = EscalationModel(rivals, EXTREME)
    for _ in range(20):
        model.step()
        collector.collect(model)
    rungs = collector.get_model_vars_dataframe()["rung"].to_numpy()
    fears = collector.get_agent_vars_dataframe()
    fears = fears[fears["code"] == "BET"]["fear"].to_numpy()
    assert (rungs == model.history.pair("ALF", "BET", "rung")[1:]).all()
    assert (fears == model.history.relation("BET", "ALF", "fear")[1:]).all()
    assert len(set(rungs)) > 1


def test_agent_sets_aggregate(europe: Roster) -> None:
    model = EscalationModel(europe, EXTREME).play(5)
    fear = model.agents.select(lambda agent: agent.bloc == Bloc.WEST).agg("fear", max)
    assert fear == max(model.state(code).fear for code in WEST) > 0.0


def test_a_closed_model_is_freed_and_stays_readable(rivals: Roster) -> None:
    with EscalationModel(rivals) as model:
        model.play(3)
    assert len(model.history.relation("ALF", "BET", "fear")) == 4
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_worlds_and_seeds_are_other_histories(rivals: Roster) -> None:
    def bits(**which: int) -> bytes:
        return EscalationModel(rivals, **which).play(4).history.relations.tobytes()

    assert bits(seed=1, world=0) == bits()
    assert len({bits(), bits(world=1), bits(seed=2), bits(seed=1 + 2**32)}) == 4


def test_names_of_model_and_agents_can_be_read(rivals: Roster) -> None:
    model = EscalationModel(rivals, seed=9, world=3).play(2)
    assert repr(model) == "EscalationModel(2 states, world 3, seed 9, week 2)"
    assert repr(model.state("ALF")) == "Leader(ALF)"


def test_what_cannot_be_meant_is_refused(rivals: Roster) -> None:
    high = COEFFICIENTS["offence"].high
    with pytest.raises(ValueError, match=f"offence must be .* to {high:g} .*, not {high + 1}"):
        EscalationModel(rivals, {"offence": high + 1})
    with pytest.raises(ValueError, match="nan"):
        EscalationModel(rivals, {"offence": float("nan")})
    with pytest.raises(KeyError, match="ofence"):
        EscalationModel(rivals, {"ofence": 0.5})
    with pytest.raises(ValueError, match="known are ALF, BET and Leader"):
        EscalationModel(rivals, agent_types={"GAM": StateAgent})
    with pytest.raises(ValueError, match="known are"):
        EscalationModel(rivals, agent_types={NatoMember: Unarmed})
    model = EscalationModel(rivals)
    with pytest.raises(ValueError, match="-1, 0 or 1, not 2"):
        model.state("ALF").intend("BET", Instrument.RHETORIC, 2)
    with pytest.raises(KeyError, match="ALF has no relation with ALF"):
        model.state("ALF").fear_of("ALF")
    with pytest.raises(KeyError, match="unknown state GAM; available: ALF, BET"):
        model.state("GAM")


# Mesa as it is used


def test_a_seed_may_be_drawn_and_may_be_called_rng(rivals: Roster) -> None:
    drawn = {EscalationModel(rivals, seed=None).master_seed for _ in range(4)}
    assert len(drawn) == 4
    assert EscalationModel(rivals, rng=None).master_seed not in drawn
    assert EscalationModel(rivals, rng=12).master_seed == 12
    of_generator = [
        EscalationModel(rivals, rng=np.random.default_rng(3)).master_seed for _ in range(2)
    ]
    assert of_generator[0] == of_generator[1]
    with pytest.raises(ValueError, match="a seed is a whole number"):
        EscalationModel(rivals, seed=-1)


def test_a_model_collects_its_start_and_every_week(rivals: Roster) -> None:
    model = EscalationModel(rivals, EXTREME).play(12)
    of_model = model.datacollector.get_model_vars_dataframe()
    assert of_model["rung"].tolist() == model.history.pair("ALF", "BET", "rung").tolist()
    fear = [model.history.relation(*ends, "fear") for ends in (("ALF", "BET"), ("BET", "ALF"))]
    assert of_model["fear"].to_numpy() == pytest.approx(np.mean(fear, axis=0))
    assert of_model["fighting"].tolist() == [int(rung >= Rung.CLASH) for rung in of_model["rung"]]
    of_agents = model.datacollector.get_agent_vars_dataframe().reset_index()
    mine = of_agents[of_agents["code"] == "BET"]["fear"].to_numpy()
    assert mine == pytest.approx(fear[1])
    assert EscalationModel(rivals, datacollector=False).play(2).datacollector is False


def test_a_batch_run_takes_a_scenario_by_name_and_parameters_by_theirs() -> None:
    given = {"roster": "two_rivals", "accident": [0.0, 0.01], "world": [0, 1]}
    newer = {"rng": [7]} if "rng" in inspect.signature(mesa.batch_run).parameters else {}
    found = mesa.batch_run(EscalationModel, given, max_steps=8, display_progress=False, **newer)
    rows = {(row["accident"], row["world"]): row for row in found if row["code"] == "AAA"}
    assert set(rows) == {(a, w) for a in (0.0, 0.01) for w in (0, 1)}
    row = rows[0.01, 1]
    seed = {"seed": row["seed"]} if "seed" in row else {}  # newer Mesa gives every run one
    alone = EscalationModel("two_rivals", accident=0.01, world=1, **seed).play(int(row["Step"]))
    assert row["fear"] == pytest.approx(alone.state("AAA").fear)
    assert row["Step"] == 8


class Same(Leader):
    """Chooses as usual."""


class Dove(Leader):
    """Never raises its forces toward anybody."""

    def choose(self) -> None:
        super().choose()
        for rival in self.rivals:
            if self.intention(rival, Instrument.DEPLOYMENT) > 0:
                self.intend(rival, Instrument.DEPLOYMENT, 0)


STUDY: dict[str, Any] = {
    "scenario": "two_rivals", "worlds": 40, "weeks": 60, "parameters": TENSE,
    "quantities": ["clash", "max(deployment[AAA>BBB])", "deployment[AAA>BBB] @ 0"],
}  # fmt: skip


def test_agents_that_do_as_usual_leave_the_same_tables() -> None:
    taught = sim.play_agents({"AAA": Same}, STUDY, progress=False)
    usual = sim.run(STUDY, progress=False)
    for name in usual.names:
        pd.testing.assert_frame_equal(taught.table(name), usual.table(name))
    assert "`AAA` by `Same`" in (taught.folder / "summary.md").read_text("utf-8")
    assert "played by AAA: Same" in repr(taught)


def test_taught_agents_play_a_study_that_goes_on_while_their_text_is_the_same(
    tmp_path: Path,
) -> None:
    stop = threading.Event()
    whole = sim.play_agents({"AAA": Dove}, STUDY, output=tmp_path / "whole", progress=False)
    worlds = whole.table("outcomes")
    before, most = worlds["deployment[AAA>BBB] @ 0"], worlds["max(deployment[AAA>BBB])"]
    usual = sim.run(STUDY, progress=False).table("outcomes")["max(deployment[AAA>BBB])"]
    assert (most == before).all()
    assert (usual > before).mean() > 0.1
    cut = {**STUDY, "execution": {"shard": 16, "threads": 2}}
    with pytest.raises(sim.CancelledError):
        sim.play_agents({"AAA": Dove}, cut, output=tmp_path / "cut", cancel=stop.is_set,
                        progress=lambda done, of: stop.set())  # fmt: skip
    again = sim.play_agents({"AAA": Dove}, cut, output=tmp_path / "cut", progress=False)
    pd.testing.assert_frame_equal(again.table("outcomes"), worlds)
    with pytest.raises(sim.InputError, match="holds"):
        sim.play_agents({"AAA": Same}, STUDY, output=tmp_path / "whole", progress=False)
    with pytest.raises(sim.InputError, match=r"sim\.play_agents plays it again"):
        whole.rerun(worlds=3)


def test_what_agents_cannot_do_is_told_before_anything_is_played() -> None:
    with pytest.raises(sim.InputError, match="agent_types names") as error:
        sim.play_agents({"GAM": Dove}, STUDY, execution={"kind": "dask"})
    assert "execution=local" in str(error.value)


def test_a_parameter_by_name_is_checked_as_in_the_mapping() -> None:
    assert EscalationModel("two_rivals", {"fog": 0.2}, fog=0.4).world.parameters is not None
    with pytest.raises(KeyError, match="foog"):
        EscalationModel("two_rivals", foog=0.4)
