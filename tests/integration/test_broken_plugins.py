"""All broken samples on one instance with the plans shipped: each harms only its own committees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, func, select

from bontot.access import Role
from bontot.cli import main
from bontot.db.models import EvaluationRun, Member, Tenant
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import PluginUnavailable
from bontot.evaluation.engine import Findings
from bontot.evaluation.runs import VerdictRow, judge, verdict_rows
from bontot.policy.terms import Outcome
from bontot.registry import Registry
from bontot.settings import Settings
from bontot.testing import case_records as said
from bontot.testing.worlds import load_case
from bontot.web import create_app
from bontot.web.database import db
from tests.broken_samples import SAMPLES, installed
from tests.factories import Committee, make_committee
from tests.unit.plugins.test_registry import SHIPPED
from tests.web.reading import Page

YEAR = 2024
LAST = date(YEAR, 12, 31)
FIFTHS = tuple(date(YEAR, month, 5) for month in range(1, 13))
CASE = said.Case(
    name="hai chi bộ",
    why="",
    organisation=(
        said.Organisation(code="W", type="grassroots_committee"),
        said.Organisation(code="A", parent="W", members=20),
        said.Organisation(code="B", parent="W", members=2),
    ),
    meeting=(said.Meeting(organisation="A", on=FIFTHS, excused=("A1", "A2", "A3")),),
)
LEFT_OUT = {
    "circular",
    "dates_descending",
    "hook_misspelt",
    "hook_unmarked",
    "majority_in_count",
    "newer_api",
    "out_of_bounds",
    "pass_mark_in_percent",
    "refines_nothing",
    "text_not_nfc",
    "unknown_clause",
    "unknown_threshold",
    "wrong_type",
}
"""Samples that cannot be judged by at all; the others can, whatever their check says."""


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Everything installed together."""
    with installed(tmp_path_factory.mktemp("broken")):
        yield Registry.load()


@pytest.fixture(scope="module")
def app(settings: Settings, mixed: Registry) -> Iterator[Flask]:
    made = create_app(settings, mixed)
    yield made
    with made.app_context():
        db.engine.dispose()


def rows(findings: Findings) -> list[VerdictRow]:
    return list(verdict_rows(findings))


def test_a_committee_on_a_sound_plan_is_judged_as_before(
    engine: Engine, unique: str, mixed: Registry
) -> None:
    alone = Registry.load(off=frozenset(SAMPLES))
    with scope(engine, PLATFORM) as session:
        tenant = Tenant(code=unique, name=unique)
        session.add(tenant)
        session.flush()
        tenant_id = tenant.id
    with scope(engine, tenant_id) as session:
        load_case(session, alone, CASE, "hanoi_tayho", YEAR)
    judged = []
    for registry in (alone, mixed):
        with scope(engine, tenant_id) as session:
            (one,) = judge(session, registry, year=YEAR, as_of=LAST)
            judged.append((one.rules, [rows(findings) for findings in one.findings]))
    assert judged[0] == judged[1]
    assert sum(len(found) for found in judged[0][1]) == 22 + 2 + 2 + 1


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_a_committee_on_a_plugin_left_out_keeps_its_records_and_gets_the_reason(
    name: str,
    engine: Engine,
    unique: str,
    app: Flask,
    mixed: Registry,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    committee = make_committee(engine, unique, "nhà", members=3, policy=name)
    with pytest.raises(PluginUnavailable) as refused:
        mixed.offer(name)
    reason = str(refused.value)
    assert reason.startswith(f"Kế hoạch “{name}” chưa dùng được: ")
    page = Page(committee.client(app, Role.TENANT_ADMIN).get(f"/ke-hoach/{name}"))
    assert (page.status, reason in page.words) == (503, True)
    assert "Hồ sơ vẫn an toàn, vẫn xem và ghi được bình thường." in page.words
    members = Page(committee.client(app, Role.TENANT_ADMIN).get("/dang-vien"))
    assert members.status == 200
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    monkeypatch.setenv("BONTOT_SECRET_KEY", settings.secret_key)
    result = CliRunner().invoke(main, ["evaluate", "--tenant", unique, "--year", str(YEAR)])
    assert (result.exit_code, result.output.splitlines()) == (1, [f"Lỗi: {reason}"])
    assert kept(committee) == (6, 0)


def kept(committee: Committee) -> tuple[int, int]:
    """Members and runs of a committee."""
    with scope(committee.engine, committee.tenant_id) as session:
        counted = [
            session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Member, EvaluationRun)
        ]
    return counted[0], counted[1]


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("metric_raises", Outcome.ERROR),
        ("metric_not_whole", Outcome.ERROR),
        ("metric_unknown_subject", Outcome.NO_DATA),
        ("depends_on_order", Outcome.NOT_MET),
        ("quarter_asked_by_month", Outcome.ERROR),
    ],
)
def test_a_plan_that_stands_is_judged_and_what_its_metric_breaks_is_an_error(
    name: str, outcome: Outcome, engine: Engine, unique: str, mixed: Registry
) -> None:
    committee = make_committee(engine, unique, "nhà", members=3, policy=name)
    with scope(engine, committee.tenant_id) as session:
        (judged,) = judge(session, mixed, year=YEAR, as_of=LAST)
        (findings,) = judged.findings
        found = [(row.subject_id, row.outcomes) for row in rows(findings)]
    assert found == [(cell.id, (outcome,)) for cell in committee.cells]


def test_every_sample_is_either_left_out_or_serves(mixed: Registry) -> None:
    assert {name for name in SAMPLES if name not in mixed.policies} == LEFT_OUT
    assert {offer.plugin for offer in mixed.policies.values()} == (set(SAMPLES) - LEFT_OUT) | SHIPPED
