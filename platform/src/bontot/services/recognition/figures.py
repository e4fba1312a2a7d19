"""A title in figures: who is considered and holds it, how far they came, and with whom each step lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import text

from bontot.access import Actor, Role
from bontot.db.tenancy import TenantSession
from bontot.policy.terms import Act, Holder, Outcome
from bontot.services.recognition.lines import TO_REVOKE, binds_of, of_both
from bontot.services.recognition.titles import Title

_ANYONE = of_both("SELECT EXISTS (SELECT FROM standing)")


def has_anyone(session: TenantSession, title: Title, reach: frozenset[int] | None) -> bool:
    """Whether the title considers anybody who belongs within `reach`, or has a dossier of somebody there."""
    return bool(session.execute(text(_ANYONE[title.of_members]), binds_of(title, reach)).scalar_one())


_UNDER = of_both("""
SELECT superior_id, count(*) FILTER (WHERE considered), count(*) FILTER (WHERE holds)
FROM standing WHERE superior_id = ANY(CAST(:superiors AS bigint[])) GROUP BY superior_id
""")


def counted_under(
    session: TenantSession, title: Title, superiors: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """Of each superior how many subjects are considered directly below it, and how many hold the title by a decision, be
    they considered still or not."""
    binds = binds_of(title, None) | {"superiors": list(superiors)}
    rows = session.execute(text(_UNDER[title.of_members]), binds)
    return {superior: (judged, held) for superior, judged, held in rows}


class Side(StrEnum):
    """With whom a step lies, seen from the reader: with the reader's own body, with one below it, or with one above."""

    MINE = "mine"
    BELOW = "below"
    ABOVE = "above"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A title in figures: how many are considered, and of them how many pledged, meet the conditions as they stand, hold the
    title, were stopped, and by step how many passed it. `to_revoke` hold it to this day though they no longer meet the
    conditions or are not considered; `gone` dossiers are of those not considered any more, of whom `gone_holding` were
    granted the title and kept it. `waiting` tells by step how many wait for it on each side."""

    considered: int
    registered: int
    eligible: int
    kept: int
    stopped: int
    to_revoke: int
    gone: int
    gone_holding: int
    waiting: dict[str, dict[Side, int]]
    passed: dict[str, int]

    def awaiting(self, step: str) -> int:
        """How many wait for a step, with whomever it lies."""
        return sum(self.waiting[step].values())


_HERE = "CAST(:here AS bigint)"
_FIGURES = of_both(f"""
SELECT awaited, good, count(*) FILTER (WHERE considered), count(*) FILTER (WHERE considered AND registered),
       count(*) FILTER (WHERE outcome = {Outcome.MET:d}), count(*) FILTER (WHERE considered AND holds),
       count(*) FILTER (WHERE considered AND stopped), count(*) FILTER (WHERE {TO_REVOKE}),
       count(*) FILTER (WHERE NOT considered), count(*) FILTER (WHERE NOT considered AND holds),
       count(*) FILTER (WHERE CASE WHEN {_HERE} IS NULL THEN superior_id IS NULL ELSE place_id = {_HERE} END),
       count(*) FILTER (WHERE CASE WHEN {_HERE} IS NULL THEN superior_id IS NOT NULL AND top_id IS NULL
                                   ELSE superior_id = {_HERE} END),
       count(*) FILTER (WHERE superior_id IS DISTINCT FROM {_HERE} AND superior_id = ANY(CAST(:reach AS bigint[])))
FROM standing GROUP BY awaited, good
""")


@dataclass(frozen=True, slots=True)
class _Near:
    """Of those who wait for a step: all; the reader's own body (the topmost for the administrator); those directly below it;
    those whose superior is further below."""

    everyone: int
    own: int
    direct: int
    further: int


def figures_of(session: TenantSession, actor: Actor, title: Title, reach: frozenset[int] | None) -> Figures:
    """The figures of the subjects that belong within `reach`, in one statement."""
    totals, passed = [0] * 8, {term.key: 0 for term in title.steps}
    waiting = {term.key: dict.fromkeys(Side, 0) for term in title.steps}
    binds = binds_of(title, reach) | {"here": actor.organisation_id}
    for awaited, good, *counts, own, direct, further in session.execute(
        text(_FIGURES[title.of_members]), binds
    ):
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        if awaited is not None:
            near = _Near(counts[0], own, direct, further)
            for side, count in _sides(actor.role, title.step(awaited).step.holder, near).items():
                waiting[awaited][side] += count
        for step in set(good) & passed.keys():
            passed[step] += counts[0]
    considered, registered, eligible, kept, stopped, to_revoke, gone, gone_holding = totals
    return Figures(
        considered=considered,
        registered=registered,
        eligible=eligible,
        kept=kept,
        stopped=stopped,
        to_revoke=to_revoke,
        gone=gone,
        gone_holding=gone_holding,
        waiting=waiting,
        passed=passed,
    )


def _sides(role: Role, holder: Holder, near: _Near) -> dict[Side, int]:
    """With whom a step of that holder lies; whoever is `Side.ABOVE` the reader does not take it for them (`may_take`)."""
    if role not in (Role.TENANT_ADMIN, Role.COMMITTEE):
        return {Side.MINE if holder is Holder.SUBJECT else Side.ABOVE: near.everyone}
    top = role is Role.TENANT_ADMIN
    if holder is Holder.ABOVE:
        mine = near.everyone if top else near.further
        return {Side.MINE: mine, Side.ABOVE: near.everyone - mine}
    if holder is Holder.SUBJECT:
        return {Side.MINE: near.own, Side.BELOW: near.everyone - near.own}
    below = near.everyone - near.own - near.direct
    own = Side.MINE if top else Side.ABOVE
    found = dict.fromkeys(Side, 0) | {Side.MINE: near.direct, Side.BELOW: below}
    found[own] += near.own
    return found


def funnel(title: Title, figures: Figures) -> list[tuple[str, int]]:
    """From those considered to those who hold the title, with every step between that says yes or no, as `(words, how
    many)`."""
    asked = title.scheme.registration_expected or title.scheme.enrolment == "registration"
    pledged = [("Đã đăng ký phấn đấu", figures.registered)] if asked or figures.registered else []
    between = [
        (_SHORT[act], figures.passed[term.key])
        for term in title.steps
        for act in (Act.BALLOT, Act.OPINION, Act.DECISION)
        if term.does(act)
    ]
    return [
        ("Được xét", figures.considered),
        *pledged,
        ("Đủ điều kiện theo đánh giá đến nay", figures.eligible),
        *between,
        ("Giữ được danh hiệu, không bị thu hồi", figures.kept),
    ]


_SHORT = {
    Act.BALLOT: "Được biểu quyết tán thành",
    Act.OPINION: "Được thẩm định đồng ý",
    Act.DECISION: "Được quyết định công nhận",
}
