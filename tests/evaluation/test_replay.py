"""A stored run judged again gives every outcome and integer it gave, whatever has become of its plan."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from bontot.cli import main
from bontot.db.models import MemberState, PolicyAssignment
from bontot.db.tenancy import scope
from bontot.evaluation import runs
from bontot.evaluation.replay import replay
from bontot.evaluation.whole import evaluate
from bontot.policy.model import Policy
from bontot.policy.terms import Dated, Origin
from bontot.registry import Registry
from bontot.settings import Settings
from bontot.testing import case_records as said
from bontot.testing.scaffold import new_plugin
from tests.distributions import Site
from tests.evaluation.conftest import YEAR, Committee, Make
from tests.evaluation.plans import AT, POLICY, SINCE, registry_of
from tests.evaluation.test_runs import LAST, MONTHS, ONE_CELL

HASH_SEEDS, ZONES = ("0", "1", "4294967295"), ("UTC", "Pacific/Kiritimati")


def with_values(policy: Policy, **values: int) -> Policy:
    """The plan with other numbers, as if it had always had them."""
    return replace(
        policy,
        version="2",
        thresholds=tuple(
            replace(one, values=(dated(values[one.key]),)) if one.key in values else one
            for one in policy.thresholds
        ),
    )


def dated(value: int) -> Dated[Decimal]:
    return Dated(value=Decimal(value), valid_from=SINCE, origin=Origin.PLAN, clause=AT)


NEWER = with_values(POLICY, **{"meeting.deadline": 3, "c.attendance": 50, "c.members": 90, "c.existence": 12})


def test_a_run_is_replayed_by_what_it_kept_and_not_by_the_newer_plan(make: Make, registry: Registry) -> None:
    members, cells = NEWER.schemes
    newer = registry_of([replace(NEWER, schemes=(members, replace(cells, blockers=())))])
    committee = make(ONE_CELL)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        stored = runs.every_verdict(session, header, 1)
        (otherwise,) = runs.judge(session, newer, year=YEAR, as_of=LAST)
        assert runs.verdict_rows(otherwise.findings[1]) != stored  # the newer plan would say something else
        found = replay(session, newer, runs.run(session, header.public_id))
    assert (found.verdicts, found.differing) == (5, ())


def test_the_months_follow_the_meeting_rule_the_run_kept(make: Make, registry: Registry) -> None:
    """Meetings on 04/05, 05/09 and 04/12 are in time by a deadline of the 7th, late by one of the 3rd."""
    committee = make(ONE_CELL)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        forgotten = replace(header, rules=replace(header.rules, months=()))
        assert replay(session, registry_of([NEWER]), header).differing == ()
        (changed,) = replay(session, registry_of([NEWER]), forgotten).differing
    assert changed.stored is not None
    assert changed.now is not None
    assert (changed.stored.parts[0], changed.now.parts[0]) == (12, 9)


def test_records_corrected_since_are_told_by_name(make: Make, registry: Registry) -> None:
    committee = make(ONE_CELL)
    cell, exempt = committee.world.organisations["A"], committee.world.members["A3"]
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        session.add(MemberState(member_id=exempt, kind="exempt", valid_from=date(YEAR, 1, 1)))
        session.flush()
        differing = replay(session, registry, header).differing
    assert [(one.scheme, one.subject_id) for one in differing] == [(0, exempt), (1, cell)]
    assert all(one.stored is not None and one.now is not None for one in differing)


@pytest.fixture(scope="module")
def tayho(make: Make) -> Committee:
    """A committee with two stored runs, the second after a correction of what lies behind the first one's day."""
    registry = Registry.load()
    committee = make(ONE_CELL, plan="hanoi_tayho", by=registry)
    away = MemberState(member_id=committee.world.members["A3"], kind="exempt", valid_from=date(YEAR, 10, 1))
    with scope(committee.engine, committee.tenant_id) as session:
        evaluate(session, registry, year=YEAR, as_of=date(YEAR, 9, 4), by="thử")
        uncorrected = runs.judge(session, registry, year=YEAR, as_of=LAST)[0].findings
        session.add(away)
        session.flush()
        (second,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        assert runs.every_verdict(session, second, 0) != runs.verdict_rows(uncorrected[0])
        assert runs.every_verdict(session, second, 1) != runs.verdict_rows(uncorrected[1])
    return committee


def servers(settings: Settings) -> dict[str, str]:
    return {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "BONTOT_SECRET_KEY": settings.secret_key,
    }


def environment(settings: Settings, **more: str) -> dict[str, str]:
    return {**os.environ, **servers(settings), **more}


def test_every_stored_run_is_the_same_after_a_restart_under_other_hash_seeds_and_time_zones(
    tayho: Committee, settings: Settings
) -> None:
    with scope(tayho.engine, tayho.tenant_id) as session:
        stored = runs.every_run(session)
        told = "".join(
            f"{one.public_id} · {one.rules.label} · năm {YEAR}, hồ sơ đến ngày {one.rules.as_of:%d/%m/%Y}: "
            f"{sum(len(runs.every_verdict(session, one, at)) for at in range(len(one.rules.schemes)))} kết quả, "
            "tất cả như đã lưu.\n"
            for one in stored
        )
    command = [sys.executable, "-m", "bontot", "evaluate", "--tenant", tayho.code, "--replay", "tat-ca"]
    said_by = {
        (seed, zone): subprocess.run(
            command,
            env=environment(settings, PYTHONHASHSEED=seed, TZ=zone),
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for seed, zone in [*((seed, ZONES[0]) for seed in HASH_SEEDS), (HASH_SEEDS[0], ZONES[1])]
    }
    assert len(stored) == 2
    assert said_by == dict.fromkeys(said_by, told)


REFINED = "xa_moi"
SEVERAL = said.Case(
    name="nhiều chi bộ",
    why="",
    organisation=(
        said.Organisation(code="W", type="grassroots_committee"),
        said.Organisation(code="A", parent="W", members=6),
        said.Organisation(code="B", parent="W", members=5),
        said.Organisation(code="C", parent="W", members=4, founded=date(YEAR, 5, 1)),
        said.Organisation(code="D", parent="W", members=3, ended=date(YEAR, 10, 1)),
    ),
    transfer=(
        said.Transfer(member="A1", to="B", on=date(YEAR, 4, 10)),
        said.Transfer(member="B1", to="C", on=date(YEAR, 6, 1)),
        *(said.Transfer(member=f"D{number}", to="A", on=date(YEAR, 10, 1)) for number in (1, 2, 3)),
    ),
    guest=(said.Guest(member="B2", cell="A", since=date(YEAR, 2, 1), until=date(YEAR, 9, 1)),),
    state=(said.State(members=("A4",), kind="exempt", since=date(YEAR, 7, 1)),),
    discipline=(said.Discipline(on=date(YEAR, 8, 8), member="B3"),),
    meeting=(
        said.Meeting(organisation="A", on=MONTHS, excused=("A3", "A4"), resolution=True),
        said.Meeting(organisation="B", on=MONTHS, unexcused=("B4",)),
        said.Meeting(organisation="C", on=MONTHS[4:], excused=("C1",), resolution=True),
        said.Meeting(organisation="D", on=MONTHS[:9]),
        said.Meeting(organisation="B", on=(date(YEAR, 2, 20),), kind="thematic"),
    ),
    task=tuple(
        said.Task(organisation=code, due=date(YEAR, 6, 30), assignees=(f"{code}2",)) for code in "ABC"
    ),
    fee=(said.Fee(members=("A1", "A2", "B2", "C1"), months=tuple(range(1, 13)), due=10, paid=10),),
    judgment=(
        said.Judgment(subjects=("A2", "B2", "C1"), criteria=("tayho.member.1.politics",), verdict="met"),
    ),
    rating=(said.Rating(subjects=("A", "B", "A1", "A2", "B2"), level="good"),),
)


SOONER = """SOONER = Threshold(
    key="meeting.deadline",
    label="Hạn cuối sinh hoạt định kỳ",
    unit=Unit.DAY_OF_MONTH,
    values=(Dated(value=Decimal(3), valid_from=SINCE, origin=Origin.PLAN, clause=CLAUSE),),
    highest=Decimal(7),
)

# A new item"""


def edition(folder: Path, version: str, **changed: str) -> Path:
    """A distribution with a refinement of Tây Hồ's plan as `bontot plugin new` writes it, of a version, with a few words
    `changed` in it."""
    folder.mkdir()
    written = new_plugin(Registry.load(), REFINED, folder, YEAR, "hanoi_tayho")
    plan = {
        'version="1"': f'version="{version}"',
        "SINCE = date(2023, 1, 1)": "SINCE = date(2023, 1, 27)",
        **changed,
    }
    for path, words in (
        (written / "src" / f"bontot_{REFINED}" / "plan.py", plan),
        (written / "pyproject.toml", {"1.0.0": f"{version}.0.0"}),
    ):
        text = path.read_text(encoding="utf-8")
        for old, new in words.items():
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return written


def test_every_stored_run_is_the_same_after_a_newer_edition_of_its_plugin_is_installed(
    make: Make, settings: Settings, tmp_path: Path
) -> None:
    """The newer one asks for 99 % instead of 86 and for meetings by the 3rd, drops an item and what refuses the title;
    it has judged the year for itself too."""
    newer_words = {
        'Decimal("86")': 'Decimal("99")',
        "                PREPARATION.key,\n": "",
        '        "tayho.cell.annual_rating",\n': "",
        "criteria=(PREPARATION,)": "criteria=()",
        "thresholds=(STRICTER,)": "thresholds=(STRICTER, SOONER)",
        "# A new item": SOONER,
        "adds=frozenset({PREPARATION.key})": 'drop=frozenset({"tayho.cell.annual_rating"})',
    }
    older, newer = Site(tmp_path / "1"), Site(tmp_path / "2")
    for site, written in (
        (older, edition(tmp_path / "mot", "1")),
        (newer, edition(tmp_path / "hai", "2", **newer_words)),
    ):
        site.install(written)
    committee = make(SEVERAL, plan="hanoi_tayho", by=Registry.load())
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(update(PolicyAssignment).values(policy_code=REFINED))
    asked = ("bontot", "evaluate", "--tenant", committee.code)
    for site in (older, newer):
        ended = site.run(*asked, "--year", str(YEAR), more=servers(settings))
        assert ended.status == 0, ended.lines
    replayed = newer.run(*asked, "--replay", "tat-ca", more=servers(settings))
    with scope(committee.engine, committee.tenant_id) as session:
        stored = runs.every_run(session)
        judged = [
            [runs.every_verdict(session, one, at) for at in range(len(one.rules.schemes))] for one in stored
        ]
    assert sorted(one.rules.plugin_version for one in stored) == ["1.0.0", "2.0.0"]
    assert judged[0] != judged[1]
    assert replayed.status == 0, replayed.lines
    assert [line.split(": ")[1] for line in replayed.lines] == [
        f"{sum(map(len, each))} kết quả, tất cả như đã lưu." for each in judged
    ]


def test_the_command_names_what_differs_and_ends_with_1(
    make: Make, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry.load()
    committee = make(ONE_CELL, plan="hanoi_tayho", by=registry)
    with scope(committee.engine, committee.tenant_id) as session:
        (header,) = evaluate(session, registry, year=YEAR, as_of=LAST, by="thử")
        session.add(
            MemberState(member_id=committee.world.members["A3"], kind="exempt", valid_from=date(YEAR, 1, 1))
        )
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    asked = ["evaluate", "--tenant", committee.code, "--replay", str(header.public_id)]
    result = CliRunner().invoke(main, asked)
    assert (result.exit_code, result.output.splitlines()) == (
        1,
        [
            f"{header.public_id} · Kế hoạch 118-KH/QU, Quận ủy Tây Hồ · năm 2023, hồ sơ đến ngày 31/12/2023: 4 trong 7 kết "
            "quả khác với lúc đánh giá; hồ sơ của năm ấy hoặc cách đếm đã được sửa từ đó.",
            "  Nguyễn Văn A3 (Đảng viên bốn tốt): chưa đạt → chưa có dữ liệu",
            "  Tổ chức A (Chi bộ bốn tốt): chưa đạt → chưa đạt",
            "  Tổ chức A (Đề án 11-ĐA/TU, Thành ủy Hà Nội): không áp dụng → không áp dụng",
            "  Tổ chức W (Đề án 11-ĐA/TU, Thành ủy Hà Nội): không áp dụng → không áp dụng",
        ],
    )


def test_a_run_that_is_unknown_and_one_of_another_committee_are_alike_not_there(
    tayho: Committee, make: Make, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = make(said.Case(name="chưa có gì", why=""))
    with scope(tayho.engine, tayho.tenant_id) as session:
        theirs = runs.every_run(session)[0].public_id
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    for asked in ("khong-phai-ma", str(uuid4()), str(theirs)):
        result = CliRunner().invoke(main, ["evaluate", "--tenant", mine.code, "--replay", asked])
        assert (result.exit_code, result.output) == (
            2,
            f"Lỗi: Đảng bộ này không có lần đánh giá nào mang mã “{asked}”.\n",
        )
    nothing = CliRunner().invoke(main, ["evaluate", "--tenant", mine.code, "--replay", "tat-ca"])
    assert (nothing.exit_code, nothing.output) == (2, "Lỗi: Đảng bộ này chưa có lần đánh giá nào.\n")


@pytest.mark.parametrize("asked", [(), ("--year", "2023", "--replay", "tat-ca")])
def test_a_year_or_a_replay_is_asked_for_never_both(asked: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, ["evaluate", "--tenant", "tayho", *asked])
    assert result.exit_code == 2
    assert "Cần đúng một trong hai: --year hoặc --replay." in result.output
