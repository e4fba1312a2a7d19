"""The calendar of days off: seeded once, then kept by operators."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, delete, select

from bontot.clock import today
from bontot.db.models import Holiday
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import InvalidInput, NotFound
from bontot.registry import Registry
from bontot.services.holidays import add_day, retire_day, seed
from bontot.services.platform import days_off
from tests.conftest import Database


@pytest.fixture
def fresh(fresh_database: Database) -> Iterator[Engine]:
    made = create_engine(fresh_database.database_url)
    yield made
    made.dispose()


def test_the_seed_holds_the_swap_that_the_package_lacks(fresh: Engine) -> None:
    with scope(fresh, PLATFORM) as session:
        january = [(line.day, line.kind) for line in days_off(session, 2026) if line.day < date(2026, 1, 31)]
    assert january == [
        (date(2026, 1, 1), "statutory"),
        (date(2026, 1, 2), "swapped_off"),
        (date(2026, 1, 10), "worked_saturday"),
    ]


def test_seeding_again_changes_nothing_and_brings_back_nothing(fresh: Engine) -> None:
    registry = Registry.load()
    with scope(fresh, PLATFORM) as session:
        seed(session, registry)
        coming = session.scalars(
            select(Holiday).where(Holiday.day >= today(session)).order_by(Holiday.day)
        ).first()
        assert coming is not None
        retire_day(session, coming.id)
        before = session.execute(select(Holiday.id, Holiday.retired_at).order_by(Holiday.id)).all()
    with scope(fresh, PLATFORM) as session:
        seed(session, registry)
        assert session.execute(select(Holiday.id, Holiday.retired_at).order_by(Holiday.id)).all() == before


def test_a_newer_seed_leaves_the_months_that_are_over_as_they_are(fresh: Engine) -> None:
    """What a plugin newly declares for a month long past may not rewrite the schedules of that month."""
    registry = Registry.load()
    with scope(fresh, PLATFORM) as session:
        first = today(session).replace(day=1)
        past, coming = (
            session.execute(delete(Holiday).where(condition).returning(Holiday.day)).scalars().all()
            for condition in (Holiday.day < first, Holiday.day >= first)
        )
        session.add(
            Holiday(day=date(2090, 1, 1), kind="statutory", name="Lễ", source="thử", entered_by="thử")
        )
        session.flush()
        seed(session, registry)
        now = session.scalars(select(Holiday.day).where(Holiday.day < date(2090, 1, 1))).all()
    assert past
    assert sorted(now) == sorted(coming)


def test_days_whose_notice_is_still_to_come_are_marked(fresh: Engine) -> None:
    with scope(fresh, PLATFORM) as session:
        marked = {line.day.year for line in days_off(session, 2027) if line.projected}
        certain = [line for line in days_off(session, 2026) if line.projected]
    assert (marked, certain) == ({2027}, [])


def test_a_day_is_entered_with_its_notice_and_once(fresh: Engine) -> None:
    with scope(fresh, PLATFORM) as session:
        day = date(2090, 1, 1)
        entry: dict[str, Any] = {
            "day": day,
            "kind": "swapped_off",
            "name": "Hoán đổi",
            "source": "Thông báo 1",
            "by": "Người vận hành",
        }
        add_day(session, **entry)
        [line] = days_off(session, day.year)
        assert (line.day, line.kind, line.name, line.source, line.entered_by) == tuple(entry.values())
        with pytest.raises(InvalidInput, match="đã có trong danh sách"):
            add_day(session, **entry)


@pytest.mark.parametrize(
    ("wrong", "field"), [({"kind": "lễ"}, "kind"), ({"name": " "}, "name"), ({"source": ""}, "source")]
)
def test_an_entry_that_lacks_something_is_refused_at_its_place(
    fresh: Engine, wrong: dict[str, str], field: str
) -> None:
    entry = {"kind": "statutory", "name": "Ngày lễ", "source": "Thông báo", "by": "thử"} | wrong
    with scope(fresh, PLATFORM) as session, pytest.raises(InvalidInput) as refusal:
        add_day(session, day=date(2090, 1, 1), **entry)
    assert refusal.value.field == field


def test_a_month_that_is_over_is_closed(fresh: Engine) -> None:
    closed = "Tháng đã qua: lịch sinh hoạt của tháng ấy đã chốt, không sửa ngày nghỉ nữa."
    with scope(fresh, PLATFORM) as session:
        first = today(session).replace(day=1)
        old = session.scalars(select(Holiday.id).where(Holiday.day < first)).first()
        assert old is not None
        with pytest.raises(InvalidInput) as retiring:
            retire_day(session, old)
        with pytest.raises(InvalidInput) as adding:
            add_day(
                session,
                day=first - timedelta(days=1),
                kind="statutory",
                name="Lễ",
                source="Thông báo",
                by="thử",
            )
        add_day(session, day=first, kind="compensatory", name="Nghỉ bù", source="Thông báo", by="thử")
    assert (str(retiring.value), str(adding.value)) == (closed, closed)


def test_an_unknown_day_cannot_be_retired(fresh: Engine) -> None:
    with scope(fresh, PLATFORM) as session, pytest.raises(NotFound):
        retire_day(session, -1)
