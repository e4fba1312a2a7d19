"""Cells a committee chose for a pilot: by which document, since when, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text

from bontot.access import Actor, Permission
from bontot.clock import today
from bontot.db.models import Organisation, PilotSelection
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotFound, noting, refuse_noted
from bontot.evaluation.incremental import mark_whole
from bontot.policy.model import Policy
from bontot.services.audit import note
from bontot.text import clean

SHOWN = 500


@dataclass(frozen=True, slots=True)
class Selected:
    """A cell chosen for a plan's pilot; `ratings` are its levels of the two years before, the later first."""

    id: int
    cell_id: UUID
    code: str
    cell: str
    selected_on: date
    selected_by: str
    document: str | None
    ended_on: date | None
    end_document: str | None
    ratings: Sequence[str]


def by_selection(policy: Policy) -> bool:
    """Whether a plan considers only those chosen."""
    return any(scheme.enrolment.mode == "selection" for scheme in policy.schemes)


_SELECTED = text("""
SELECT s.id, o.public_id, p.code, p.name, s.selected_on, s.selected_by, s.document, s.ended_on, s.end_document,
       ARRAY(SELECT r.level FROM annual_rating AS r
             WHERE r.organisation_id = o.id AND r.year < extract(year FROM s.selected_on)
             ORDER BY r.year DESC LIMIT 2)
FROM pilot_selection AS s
JOIN organisation AS o ON o.id = s.organisation_id
JOIN LATERAL (
    SELECT code, name, sort_key FROM organisation_period WHERE organisation_id = o.id AND valid_from <= :day
    ORDER BY valid_from DESC LIMIT 1
) AS p ON true
WHERE s.policy_code = :code AND s.organisation_id = ANY(:within)
ORDER BY s.ended_on IS NOT NULL, p.sort_key, s.selected_on DESC LIMIT :limit
""")


def selected(session: TenantSession, code: str, within: frozenset[int], day: date) -> list[Selected]:
    """The cells among `within` chosen for a plan, those whose pilot runs first."""
    binds = {"code": code, "within": list(within), "day": day, "limit": SHOWN}
    return [Selected(*row) for row in session.execute(_SELECTED, binds)]


_RATINGS = text("""
SELECT organisation_id, array_agg(level ORDER BY year DESC) FROM annual_rating
WHERE organisation_id = ANY(:cells) AND year >= :year - 2 AND year < :year GROUP BY organisation_id
""")


def ratings(session: TenantSession, cells: Sequence[int], year: int) -> dict[int, list[str]]:
    """The levels of some cells in the two years before `year`, the later first; for who chooses among them."""
    rows = session.execute(_RATINGS, {"cells": list(cells), "year": year})
    return {row[0]: row[1] for row in rows}


def choose(
    session: TenantSession,
    actor: Actor,
    code: str,
    organisation_id: int,
    selected_on: date,
    selected_by: str,
    document: str,
) -> None:
    """Chooses a cell for a plan's pilot from a day on. Raises InvalidFields for a day to come or outside the cell's life, a
    cell whose pilot runs, or words that are missing."""
    actor.require(Permission.SELECT_PILOT)
    errors: dict[str, str] = {}
    cell = session.scalars(
        select(Organisation).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    ).one()
    if selected_on > today(session):
        errors["selected_on"] = "Ngày chọn chưa đến."
    elif selected_on < cell.founded_on or (cell.ended_on and selected_on >= cell.ended_on):
        errors["selected_on"] = "Ngày chọn nằm ngoài thời gian chi bộ hoạt động."
    running = select(PilotSelection.selected_on).where(
        PilotSelection.organisation_id == organisation_id,
        PilotSelection.policy_code == code,
        PilotSelection.ended_on.is_(None) | (PilotSelection.ended_on > selected_on),
    )
    since = session.scalars(running.limit(1)).first()
    if since is not None:
        errors["organisation"] = f"Chi bộ này đã được chọn từ ngày {since:%d/%m/%Y}."
    selected_by = _needed(selected_by, "selected_by", "Cần ghi cấp ủy đã chọn.", errors)
    document = _needed(document, "document", "Cần ghi số, ngày của văn bản chọn.", errors)
    refuse_noted(errors)
    session.add(
        PilotSelection(
            organisation_id=organisation_id,
            policy_code=code,
            selected_on=selected_on,
            selected_by=selected_by,
            document=document,
        )
    )
    session.flush()
    note(session, "select_pilot", "organisation", organisation_id, actor.account_id, policy=code)
    mark_whole(session)


def end(
    session: TenantSession, actor: Actor, code: str, organisation_id: int, ended_on: date, document: str
) -> None:
    """Ends a cell's pilot: from a day on it is not considered; ended on the day it began, or before, it never was. Raises
    NotFound without a running one, InvalidFields."""
    actor.require(Permission.SELECT_PILOT)
    row = session.scalars(
        select(PilotSelection)
        .where(
            PilotSelection.organisation_id == organisation_id,
            PilotSelection.policy_code == code,
            PilotSelection.ended_on.is_(None),
        )
        .with_for_update()
    ).first()
    if row is None:
        raise NotFound
    errors: dict[str, str] = {}
    if ended_on > today(session):
        errors["ended_on"] = "Ngày thôi làm điểm chưa đến."
    document = _needed(document, "document", "Cần ghi văn bản hoặc lý do kết thúc.", errors)
    refuse_noted(errors)
    kept = {"selected_on": str(row.selected_on), "document": row.document}
    if ended_on <= row.selected_on:
        session.delete(row)
    else:
        row.ended_on, row.end_document = ended_on, document
    session.flush()
    detail = {"policy": code, "ended_on": str(ended_on), "document": document, "before": kept}
    note(session, "end_pilot", "organisation", organisation_id, actor.account_id, **detail)
    mark_whole(session)


def _needed(value: str, field: str, sentence: str, errors: dict[str, str]) -> str:
    """Cleaned words that must not be missing; what is wrong with them is left in `errors`."""
    with noting(errors, field):
        value = clean(value, field=field)
        if not value:
            raise InvalidInput(sentence, field)
    return value
