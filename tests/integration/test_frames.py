"""A committee switches frames on and off by decision; what it has not switched on it is never judged by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import count

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from bontot.access import Actor, Role
from bontot.cli import main
from bontot.db.models import AuditEvent, FrameAdoption
from bontot.db.tenancy import scope
from bontot.errors import InvalidInput, NotAllowed, NotFound
from bontot.evaluation.frames import Adoption, beside, beside_on
from bontot.evaluation.period import Period
from bontot.evaluation.replay import replay
from bontot.evaluation.runs import current_runs
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from bontot.services.frames import adopt_frame, end_adoption, offered_frame
from bontot.services.meetings import MeetingEntry, record_meeting
from bontot.settings import Settings
from tests.factories import Committee, make_committee

OLD, NEW, RATING = "national_meetings_2018", "national_meetings_2025", "national_rating_2025"
DECISION = "Nghị quyết 05-NQ/QU ngày 02/01/2025"
NUMBERS = count(1)
WHOLE = Period(2025, date(2025, 12, 31))


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@pytest.fixture
def two(settings: Settings, worker_id: str) -> Iterator[tuple[Committee, Committee]]:
    """A committee and its decoy, alike but for what the first switches on."""
    engine = create_engine(settings.database_url)
    name = f"{next(NUMBERS)}-{worker_id}"
    yield (
        make_committee(engine, f"f{name}", "của nhà", policy="hanoi_longbien"),
        make_committee(engine, f"g{name}", "KHÔNG-ĐƯỢC-THẤY", policy="hanoi_longbien"),
    )
    engine.dispose()


@pytest.fixture
def own(two: tuple[Committee, Committee]) -> Committee:
    return two[0]


def adopt(committee: Committee, registry: Registry, code: str, since: date, document: str = DECISION) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        by = committee.actor(Role.TENANT_ADMIN)
        adopt_frame(session, registry, code=code, valid_from=since, document=document, by=by)


def end(committee: Committee, registry: Registry, code: str, until: date, document: str = DECISION) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        by = committee.actor(Role.TENANT_ADMIN)
        end_adoption(session, registry, code=code, valid_to=until, document=document, by=by)


def rows(committee: Committee) -> list[tuple[object, ...]]:
    with scope(committee.engine, committee.tenant_id) as session:
        found = session.scalars(select(FrameAdoption).order_by(FrameAdoption.id))
        return [
            (one.policy_code, one.valid_from, one.valid_to, one.document, one.end_document) for one in found
        ]


def frames_of_runs(committee: Committee, registry: Registry, year: int) -> set[str]:
    with scope(committee.engine, committee.tenant_id) as session:
        evaluate(session, registry, year=year, as_of=date(year, 12, 31), by="thử")
        return {scheme.policy for run in current_runs(session, year) for scheme in run.rules.schemes}


def test_a_frame_is_switched_on_ended_and_switched_on_again_by_decision(
    own: Committee, registry: Registry
) -> None:
    adopt(own, registry, NEW, date(2025, 10, 28))
    end(own, registry, NEW, date(2026, 3, 1), "Nghị quyết 09-NQ/QU ngày 20/02/2026")
    adopt(own, registry, NEW, date(2026, 3, 1), "Nghị quyết 11-NQ/QU ngày 01/03/2026")
    ended = "Nghị quyết 09-NQ/QU ngày 20/02/2026"
    assert rows(own) == [
        (NEW, date(2025, 10, 28), date(2026, 3, 1), DECISION, ended),
        (NEW, date(2026, 3, 1), None, "Nghị quyết 11-NQ/QU ngày 01/03/2026", None),
    ]
    with scope(own.engine, own.tenant_id) as session:
        frame = offered_frame(session, registry, NEW)
        days = (date(2025, 10, 27), date(2025, 10, 28), date(2026, 2, 28), date(2026, 3, 1))
        on = [frame.on(day) for day in days]
        actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "frame_adoption"))
        assert sorted(actions) == ["adopt_frame", "adopt_frame", "end_frame"]
    assert [one and one.valid_from for one in on] == [None, days[1], days[1], days[3]]


def test_what_cannot_be_decided_is_refused_in_words_and_changes_nothing(
    own: Committee, registry: Registry
) -> None:
    adopt(own, registry, NEW, date(2026, 1, 1))
    before = rows(own)
    refusals: list[tuple[Callable[[], None], str]] = [
        (lambda: adopt(own, registry, NEW, date(2025, 11, 1)), "Khung này đã bật từ 01/01/2026."),
        (
            lambda: adopt(own, registry, RATING, date(2026, 1, 1), " "),
            "Cần ghi số, ngày của văn bản quyết định.",
        ),
        (
            lambda: adopt(own, registry, OLD, date(2025, 10, 28)),
            "Khung này hết hiệu lực từ 28/10/2025; chọn ngày trước đó.",
        ),
        (lambda: end(own, registry, NEW, date(2026, 1, 1)), "Ngày thôi phải sau ngày bật 01/01/2026."),
        (lambda: end(own, registry, NEW, date(2026, 2, 1), ""), "Cần ghi số, ngày của văn bản quyết định."),
        (lambda: end(own, registry, RATING, date(2026, 2, 1)), "Khung này đang không bật."),
    ]
    for act, said in refusals:
        with pytest.raises(InvalidInput) as refusal:
            act()
        assert str(refusal.value) == said
    for code in ("hanoi_city", "hanoi_longbien", "khong_co"):
        with pytest.raises(NotFound):
            adopt(own, registry, code, date(2026, 1, 1))
    assert rows(own) == before


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.CELL_SECRETARY, Role.MEMBER])
def test_only_the_committees_admin_decides(own: Committee, registry: Registry, role: Role) -> None:
    actor: Actor = own.actor(role)
    with scope(own.engine, own.tenant_id) as session:
        for act, day in ((adopt_frame, "valid_from"), (end_adoption, "valid_to")):
            with pytest.raises(NotAllowed):
                act(session, registry, code=NEW, document=DECISION, by=actor, **{day: date(2026, 1, 1)})
    assert rows(own) == []


def test_the_database_keeps_two_times_apart_and_what_was_decided_as_it_was(
    own: Committee, registry: Registry
) -> None:
    adopt(own, registry, NEW, date(2026, 1, 1))
    statements = [
        "INSERT INTO frame_adoption (policy_code, valid_from, document, entered_by)"
        f" VALUES ('{NEW}', '2026-05-01', 'x', 'x')",
        "UPDATE frame_adoption SET document = 'khác'",
        "UPDATE frame_adoption SET valid_from = '2020-01-01'",
        "UPDATE frame_adoption SET valid_to = '2027-01-01'",
        "DELETE FROM frame_adoption",
    ]
    refused = []
    for statement in statements:
        with pytest.raises(DBAPIError) as error, scope(own.engine, own.tenant_id) as session:
            session.execute(text(statement))
        refused.append(getattr(error.value.orig, "sqlstate", ""))
    assert refused == ["23P01", "42501", "42501", "23514", "42501"]
    assert rows(own) == [(NEW, date(2026, 1, 1), None, DECISION, None)]


def test_another_committee_is_never_judged_by_it(
    two: tuple[Committee, Committee], registry: Registry
) -> None:
    own, decoy = two
    for code in (OLD, NEW, RATING):
        adopt(own, registry, code, date(2025, 1, 1))
    assert frames_of_runs(own, registry, 2025) == {"hanoi_longbien", "hanoi_city", OLD, NEW, RATING}
    assert frames_of_runs(decoy, registry, 2025) == {"hanoi_longbien", "hanoi_city"}
    assert frames_of_runs(own, registry, 2024) == {"hanoi_longbien", "hanoi_city"}


def test_a_frame_looks_at_the_days_on_which_it_was_in_force_and_on(registry: Registry) -> None:
    def seen(*adoptions: Adoption, period: Period = WHOLE) -> dict[str, tuple[date, date]]:
        found = beside(registry, adoptions, "provincial_pilot", period)
        return {frame.code: (days.start, days.to) for frame, days in found}

    first, change, last = date(2025, 1, 1), date(2025, 10, 28), date(2026, 1, 1)
    assert seen() == {}
    assert seen(Adoption(OLD, date(2020, 1, 1))) == {OLD: (first, change)}
    assert seen(Adoption(NEW, date(2020, 1, 1))) == {NEW: (change, last)}
    assert seen(Adoption(NEW, date(2020, 1, 1)), period=Period(2025, date(2025, 10, 27))) == {}
    assert seen(Adoption(OLD, date(2025, 3, 5), date(2025, 6, 7))) == {
        OLD: (date(2025, 3, 5), date(2025, 6, 7))
    }
    assert seen(Adoption(OLD, first, date(2025, 2, 1)), Adoption(OLD, date(2025, 5, 1))) == {
        OLD: (date(2025, 5, 1), change)
    }
    assert seen(Adoption(RATING, date(2025, 12, 31))) == {RATING: (first, last)}
    assert seen(Adoption(RATING, first, date(2025, 12, 31))) == {}
    assert seen(Adoption("khong_co", first)) == {}
    assert seen(Adoption("provincial_pilot", first)) == {}


def test_on_one_day_only_the_frames_of_that_day_stand_beside(registry: Registry) -> None:
    adoptions = (Adoption(OLD, date(2020, 1, 1)), Adoption(NEW, date(2020, 1, 1)))
    days = (date(2025, 10, 27), date(2025, 10, 28))
    found = [[frame.code for frame in beside_on(registry, adoptions, "hanoi_tayho", day)] for day in days]
    assert found == [["hanoi_city", OLD], ["hanoi_city", NEW]]


def test_a_run_with_frames_that_changed_in_mid_year_is_replayed_to_the_last_integer(
    own: Committee, registry: Registry
) -> None:
    for code in (OLD, NEW, RATING):
        adopt(own, registry, code, date(2025, 2, 1))
    with scope(own.engine, own.tenant_id) as session:
        secretary = own.actor(Role.CELL_SECRETARY)
        for month in range(1, 12):
            entry = MeetingEntry(
                kind="regular", held_on=date(2025, month, 5), marks={}, self_score_band="good"
            )
            record_meeting(session, secretary, own.cells[0].id, entry)
        [run] = evaluate(session, registry, year=2025, as_of=date(2025, 12, 31), by="thử")
    end(own, registry, NEW, date(2026, 1, 1))
    with scope(own.engine, own.tenant_id) as session:
        again = replay(session, registry, current_runs(session, 2025)[0])
        labels = dict.fromkeys(scheme.policy_label for scheme in run.rules.schemes)
    assert (again.verdicts > 0, again.differing) == (True, ())
    assert list(labels)[2:] == [
        "Hướng dẫn 12-HD/BTCTW (2018), chất lượng sinh hoạt chi bộ, tính từ 01/02/2025 đến hết 27/10/2025",
        "Chỉ thị 50-CT/TW và Hướng dẫn 42-HD/BTCTW (2025), chất lượng sinh hoạt chi bộ, tính từ 28/10/2025",
        "Quy định 366-QĐ/TW và Hướng dẫn 43-HD/BTCTW (2025), xếp loại chất lượng hằng năm",
    ]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Callable[..., str]:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    monkeypatch.setenv("BONTOT_SECRET_KEY", "khoá chỉ dùng trong kiểm thử, không bí mật")

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, ["tenant", "frame", *arguments])
        return f"{done.exit_code} {done.output.strip().splitlines()[-1]}"

    return run


def test_the_command_switches_on_and_off(own: Committee, command: Callable[..., str]) -> None:
    paper = ("--document", DECISION)
    assert (
        command(own.code, NEW, "--from", "2026-01-01", *paper)
        == f"0 {own.code}: bật khung {NEW} từ 01/01/2026."
    )
    assert (
        command(own.code, NEW, "--until", "2026-06-01", *paper)
        == f"0 {own.code}: thôi khung {NEW} từ 01/06/2026."
    )
    both = command(own.code, NEW, "--from", "2026-01-01", "--until", "2026-06-01", *paper)
    assert both == "2 Error: Cần đúng một trong hai: --from để bật, --until để thôi."
    assert rows(own) == [(NEW, date(2026, 1, 1), date(2026, 6, 1), DECISION, DECISION)]
