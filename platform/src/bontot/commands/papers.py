"""`bontot papers`: every kind of paper that a committee's records give, as files to look at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import text

from bontot.access import Actor, Role, organisations_in_reach
from bontot.clock import today
from bontot.commands.attach import attached, database
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.documents.issuing import SETTERS, as_issued, symbol_in
from bontot.documents.kinds import MEMBER_KINDS, Asked, Kind, kinds_for
from bontot.documents.office import office_of
from bontot.documents.paper import Paper
from bontot.errors import NotFound
from bontot.registry import Registry
from bontot.services.recognition import lists
from bontot.services.tenants import find_tenant
from bontot.settings import Settings

_PLACES = text("""
SELECT DISTINCT ON (p.type) p.organisation_id
FROM organisation_period AS p LEFT JOIN meeting AS m ON m.organisation_id = p.organisation_id
WHERE p.valid_from <= :day AND (p.valid_to IS NULL OR :day < p.valid_to)
GROUP BY p.type, p.organisation_id ORDER BY p.type, count(m.id) DESC, p.organisation_id
""")
_MEETINGS = text("""
SELECT DISTINCT ON (m.kind) CAST(m.public_id AS text)
FROM meeting AS m LEFT JOIN resolution AS r ON r.meeting_id = m.id
WHERE m.organisation_id = :place ORDER BY m.kind, r.meeting_id IS NULL, m.held_on DESC
""")
_PLANNED = text("""
SELECT CAST(public_id AS text) FROM planned_meeting WHERE organisation_id = :place ORDER BY held_on DESC LIMIT 1
""")
_YEARS = text("SELECT year FROM evaluation_run UNION SELECT year FROM registration ORDER BY year DESC")
_MEMBER = text("""
SELECT m.member_id, m.organisation_id FROM membership AS m
WHERE m.kind = 'home' AND m.valid_to IS NULL
ORDER BY (SELECT count(*) FROM registration AS r WHERE r.member_id = m.member_id) DESC, m.member_id LIMIT 1
""")


@click.command(
    "papers",
    help="Lập mọi loại văn bản mà hồ sơ của một đảng bộ cho phép thành tệp PDF và DOCX để xem; không cấp số, không lưu lại.",
)
@click.option("--tenant", "code", required=True, metavar="MÃ", help="Mã đảng bộ.")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Thư mục ghi tệp."
)
@click.option(
    "--day", "on", type=click.DateTime(["%Y-%m-%d"]), help="Ngày đề trên văn bản, theo đó chọn thể thức."
)
@click.option("--number", type=click.IntRange(1, 9999), help="Như đã ban hành với số này.")
@attached
def write_papers(settings: Settings, code: str, out: Path, on: datetime | None, number: int | None) -> None:
    """Writes each paper once as PDF and once as DOCX."""
    registry = Registry.load(settings.plugins_off)
    out.mkdir(parents=True, exist_ok=True)
    with database(settings) as engine:
        with scope(engine, PLATFORM) as session:
            tenant_id = find_tenant(session, code).id
        with scope(engine, tenant_id) as session:
            for name, asked, paper in _papers(session, registry):
                dated = _dated(asked, paper, on.date() if on else paper.day, number)
                for form, setter in SETTERS.items():
                    (out / f"{name}.{form}").write_bytes(setter(dated))
                click.echo(out / name)


def _dated(asked: Asked, paper: Paper, day: date, number: int | None) -> Paper:
    symbol = symbol_in(paper)
    sign = office_of(asked.session, asked.organisation_id, asked.today).sign
    if number is None:
        return as_issued(paper, None, symbol, sign, day)
    return replace(as_issued(paper, number if symbol else None, symbol, sign, day), lacks="")


def _papers(session: TenantSession, registry: Registry) -> Iterator[tuple[str, Asked, Paper]]:
    """Each paper that can be made, under a name for its file."""
    day = today(session)
    actor = Actor(account_id=0, name="dòng lệnh", role=Role.TENANT_ADMIN, tenant_id=session.tenant_id)
    whole = Asked(
        session=session,
        registry=registry,
        actor=actor,
        reach=organisations_in_reach(session, actor, day),
        today=day,
        organisation_id=0,
        of="",
    )
    for place in session.scalars(_PLACES, {"day": day}).all():
        own = replace(whole, organisation_id=place)
        own_office = office_of(session, place, day)
        for kind in kinds_for(own):
            of_kind = _about(own, kind) if kind.made_by(is_cell=own_office.is_cell) else []
            for order, of in enumerate(of_kind):
                asked = replace(own, of=of)
                try:
                    paper = kind.build(asked)
                except NotFound:
                    continue
                yield f"{own_office.type}-{kind.slug}-{of if len(of) < 9 else order}", asked, paper
    for member_id, place in session.execute(_MEMBER):
        for about in MEMBER_KINDS:
            for year in (day.year, *session.scalars(_YEARS)):
                asked = replace(whole, organisation_id=place, of=str(year))
                with suppress(NotFound):
                    yield f"member-{about.slug}", asked, about.build(asked, member_id)
                    break


def _about(asked: Asked, kind: Kind) -> list[str]:
    """What papers of a kind are asked for with at a place."""
    session, day, binds = asked.session, asked.today, {"place": asked.organisation_id}
    if kind.about == "meeting":
        return list(session.scalars(_MEETINGS, binds))
    if kind.about == "planned":
        return list(session.scalars(_PLANNED, binds))
    if kind.about == "period":
        return [f"{day:%Y-%m}", f"{day.year}-Q{(day.month + 2) // 3}", str(day.year)]
    years = session.scalars(_YEARS).all()
    if kind.about == "decision":
        recorded = {
            what: str(id_)
            for year in years
            for id_, what, *_ in lists.decided_under(session, asked.organisation_id, year)
        }
        return [*map(str, years), *recorded.values()]
    return [str(year) for year in years]
