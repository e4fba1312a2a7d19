"""What is said to be left of a year is what its last day bears out, however the rest of it is played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bontot.db.tenancy import scope
from bontot.errors import NotFound
from bontot.evaluation.slack import Slack
from bontot.evaluation.standing import standing
from bontot.policy.calendar import DaysOff
from bontot.policy.terms import Operator, Outcome
from bontot.registry import Registry
from bontot.testing import case_records as said
from tests.evaluation.conftest import YEAR, Committee, Make
from tests.evaluation.naive import Readings
from tests.evaluation.plans import CODE, registry_of
from tests.evaluation.plays import Asked, Misses, Rest, demands, occasions, played, rests, running
from tests.evaluation.test_against_naive import Verdicts, drawn, judged, moved, read_as, readings
from tests.evaluation.worlds_drawn import cases

END = date(YEAR, 12, 31)
TOGETHER = (
    frozenset(
        {
            "c.attendance",
            "c.resolution",
            "c.steps",
            "c.scored",
            "c.regulated",
            "c.on_time",
            "c.committee",
        }
    ),
    frozenset({"c.date", "c.thematic"}),
    frozenset({"c.monthly"}),
    frozenset({"c.absences", "c.initiatives", "c.each_scored"}),
    frozenset({"c.tasks", "c.fair"}),
    frozenset({"c.members"}),
)
"""Criteria that can be missed in one play without one counting for another."""
days = st.dates(date(YEAR, 1, 1), END) | st.dates(date(YEAR, 1, 1), date(YEAR, 6, 30))
Left = Mapping[str, Mapping[str, Slack]]


def left(committee: Committee, registry: Registry, today: date) -> dict[str, Mapping[str, Slack]]:
    """What is left for each cell, by code."""
    found = {}
    with scope(committee.engine, committee.tenant_id) as session:
        for code in "ABC":
            try:
                found[code] = standing(
                    session, registry, committee.world.organisations[code], YEAR, today
                ).slack
            except NotFound:
                continue
    return found


def plays(ahead: list[Rest], said: Left, of: frozenset[str], more: int) -> said.Case:
    """The case with the rest of every cell's year: all that is left is missed on the criteria `of`, and `more`."""
    case = ahead[0].case
    for rest in ahead:
        case = played(replace(rest, case=case), Misses(said.get(rest.code, {}), more, of))
    return case


def followed(make: Make, registry: Registry, case: said.Case, chosen: Readings) -> Committee:
    """The committee of a case, moved to another plan where it is to be."""
    committee = make(case, plan=CODE, by=registry)
    if chosen.moved:
        moved(committee, chosen.moved[0])
    return committee


def at_the_end(make: Make, registry: Registry, case: said.Case, chosen: Readings) -> Verdicts:
    return judged(followed(make, registry, case, chosen), registry, END)


def best(said: Left, found: Verdicts) -> list[str]:
    """Where what is lost, and what is not, is not what the best rest of the year comes to. Initiatives still to come would
    be more tasks done in time than are known of."""
    return [
        f"{code} {key}: {slack} but {found[code][1][key]}"
        for code, by_key in said.items()
        for key, slack in by_key.items()
        if not (key == "c.on_time" and by_key["c.initiatives"].needed)
        if (found[code][1][key][0] is Outcome.NOT_MET) != (slack.lost or slack.sentence.startswith("Tháng "))
    ]


def exact(ahead: list[Rest], said: Left, found: Verdicts, of: frozenset[str], more: int) -> list[str]:
    """Where missing what is left does not pass, or missing one more does."""
    wanted = Outcome.NOT_MET if more else Outcome.MET
    return [
        f"{rest.code} {key} missing {more} more: {slack} but {found[rest.code][1][key]}"
        for rest in ahead
        for key, slack in said.get(rest.code, {}).items()
        if key in of and misses(rest, key, slack, more) and found[rest.code][1][key][0] is not wanted
    ]


def misses(rest: Rest, key: str, slack: Slack, more: int) -> bool:
    """Whether so many can be missed at all."""
    if (
        slack.lost
        or slack.sentence.startswith("Tháng ")
        or (key == "c.attendance" and rest.plain.readings.each_month)
    ):
        return False
    if slack.left is None:
        return key in ("c.scored", "c.tasks", "c.initiatives", "c.members") and bool(slack.needed)
    return slack.left + more <= occasions(rest, key)


@settings(drawn, max_examples=drawn.max_examples // 4)
@given(
    data=st.data(), chosen=readings, asked=demands(), today=days, of=st.sampled_from((*TOGETHER, TOGETHER[0]))
)
def test_the_year_ends_as_it_was_said_to_be_left(
    data: st.DataObject, chosen: Readings, asked: Asked, today: date, of: frozenset[str], make: Make
) -> None:
    chosen = replace(chosen, each_month=chosen.each_month and today.day < 10)
    registry = registry_of([asked.policy(offer.policy) for offer in read_as(chosen).policies.values()])
    case = data.draw(cases().flatmap(lambda case: running(case, today)))
    ahead = list(rests(case, today, DaysOff(registry.days_off(YEAR)), chosen, asked))
    assume(ahead)
    assume(not (chosen.each_month and asked.operators["c.attendance"] is Operator.MORE_THAN))
    assume(all(day >= today for rest in ahead for days in rest.thematic().values() for day in days))
    said = left(followed(make, registry, case, chosen), registry, today)
    assert best(said, at_the_end(make, registry, plays(ahead, said, frozenset(), 0), chosen)) == []
    for more in (0, 1):
        found = at_the_end(make, registry, plays(ahead, said, of, more), chosen)
        assert exact(ahead, said, found, of, more) == []
