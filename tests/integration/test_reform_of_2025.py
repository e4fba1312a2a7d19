"""The reform of 1 July 2025 on the two districts' invented records: eight wards into two, fourteen into four. Everybody and
everything is where it belongs afterwards, and whatever was said of the days before is said to the letter."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, text

from bontot.access import Actor, Role
from bontot.db.models import AnnualRating, Fee, Meeting, PolicyAssignment, Task, Tenant
from bontot.db.rolls import on_roll
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.evaluation.replay import replay
from bontot.evaluation.runs import every_run
from bontot.evaluation.whole import evaluate
from bontot.imports import batch
from bontot.registry import Registry
from bontot.samples import samples
from bontot.samples.places import TenantPlan
from bontot.services.accounts import create_account, grant_role, grants_of, open_session
from bontot.services.fees import reports
from bontot.services.fees.ledger import Ledger, ledger
from bontot.services.fees.recording import NOTHING, Taken, record_month
from bontot.services.reorganising.acts import Changed, Ended, Founded, Reform
from bontot.services.reorganising.recording import consider, record, take_back_event, version_of
from bontot.services.reorganising.tree import Unit, living
from bontot.web.request import SECRET_COOKIE
from tests.districts import AFTERWARDS, DECIDED, DISTRICTS, LONG_BIEN, REFORM, TAY_HO

EVE = REFORM - timedelta(days=1)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load()


@dataclass(frozen=True)
class Before:
    """What was known of a district on the eve: pages by address, and facts by what they are about."""

    pages: dict[str, str]
    replayed: list[tuple[int, int]]
    homes: dict[int, str]
    owed: dict[int, int]
    ratings: list[tuple[object, ...]]
    undone: Counter[tuple[int, str, date]]
    meetings: int


@dataclass(frozen=True)
class District:
    """A district with its records until the eve of the reform, and its admin at the keyboard."""

    plan: TenantPlan
    engine: Engine
    tenant_id: int
    actor: Actor
    client: FlaskClient

    def units(self, day: date) -> dict[int, Unit]:
        with scope(self.engine, self.tenant_id) as session:
            return living(session, day)

    def called(self, ward: str, day: date = EVE) -> Unit:
        """The ward of a name on a day."""
        name = f"Đảng bộ phường {ward}"
        return next(unit for unit in self.units(day).values() if unit.name == name)

    def cell(self, ward: str, place: int, day: date = EVE) -> Unit:
        above = self.called(ward, day).id
        cells = [unit for unit in self.units(day).values() if unit.parent_id == above]
        return sorted(cells, key=lambda unit: unit.code)[place - 1]


def loaded(app: Flask, engine: Engine, registry: Registry, plan: TenantPlan) -> District:
    """The district's workbooks taken in, its plans assigned, two years judged."""
    with scope(engine, PLATFORM) as session:
        tenant = Tenant(code=plan.code, name=plan.name)
        session.add(tenant)
        session.flush()
        tenant_id = tenant.id
        account = create_account(session, f"quan-tri.{plan.code}", "Quản trị", "mật khẩu chỉ để kiểm thử").id
    first = 2024 if plan is TAY_HO else 2025  # one finished year is enough to see titles stay
    for sample in samples(first, EVE, registry, tenants=(plan,)):
        with scope(engine, tenant_id) as session:
            made = batch.preview(session, sample.content, sample.filename, by="thử", registry=registry)
            batch.apply(session, made.id, by="thử", registry=registry)
    with scope(engine, tenant_id) as session:
        grant_role(session, account, Role.TENANT_ADMIN, valid_from=date(2024, 1, 1))
        named = {unit.name: unit.id for unit in living(session, EVE).values()}
        codes = {plan.name: plan.policy} | {w.name: w.policy for w in plan.wards if w.policy != plan.policy}
        session.add_all(
            PolicyAssignment(organisation_id=named[name], policy_code=code, valid_from=plan.policy_from)
            for name, code in codes.items()
        )
    with scope(engine, tenant_id) as session:
        for year in range(first, 2026):
            evaluate(session, registry, year=year, as_of=min(date(year, 12, 31), EVE), by="thử")
        grant = grants_of(session, account, EVE)[0][0]
    with scope(engine, PLATFORM) as session:
        secret = open_session(session, account, tenant_id=tenant_id, grant_id=grant)
    client = app.test_client()
    client.set_cookie(SECRET_COOKIE, secret)
    actor = Actor(account_id=account, name="Quản trị", role=Role.TENANT_ADMIN, tenant_id=tenant_id)
    return District(plan, engine, tenant_id, actor, client)


@pytest.fixture(scope="module", params=DISTRICTS, ids=lambda plan: plan.code)
def district(app: Flask, engine: Engine, registry: Registry, request: pytest.FixtureRequest) -> District:
    return loaded(app, engine, registry, request.param)


def reform_of(district: District) -> Reform:
    """The act of the day: the wards become others, a few cells go elsewhere, and the district's committee ends."""
    new = AFTERWARDS[district.plan.code]
    number, day, by = DECIDED
    units = district.units(EVE)
    root = next(unit.id for unit in units.values() if unit.parent_id is None)
    return Reform(
        kind="reorganise",
        day=REFORM,
        document=number,
        document_day=day,
        issued_by=by,
        founded=tuple(
            Founded(
                name=f"Đảng bộ phường {ward.name} mới",
                code=f"{district.plan.digits}.{place:03}.000.000.025",
                type="grassroots_committee",
                sector="residential",
                parent=None,
                policy_code=district.plan.policy,
            )
            for place, ward in enumerate(new, 101)
        ),
        ended=(
            Ended(organisation_id=root),
            *(
                Ended(organisation_id=district.called(name).id, heirs=(-place,))
                for place, ward in enumerate(new, 1)
                for name in ward.takes
            ),
        ),
        changed=tuple(
            Changed(organisation_id=district.cell(*one).id, parent=-place)
            for place, ward in enumerate(new, 1)
            for one in ward.cells
        ),
    )


def merger_of(district: District, day: date, of: str = "Xuân La", code: str = "XL12") -> Reform:
    """The two cells of an old ward become one in the new ward."""
    cells = [district.cell(of, place) for place in (1, 2)]
    return Reform(
        kind="merge",
        day=day,
        document="05-QĐ/ĐU",
        document_day=day,
        issued_by="Đảng ủy phường Tây Hồ",
        founded=(
            Founded(
                name=f"Chi bộ Tổ dân phố số 1, 2 {of}",
                code=code,
                type="subordinate_cell",
                sector="residential",
                parent=district.called("Tây Hồ mới", REFORM).id,
            ),
        ),
        ended=tuple(Ended(organisation_id=one.id, heirs=(-1,)) for one in cells),
    )


def addresses(district: District) -> list[str]:
    """Pages of the eve, and of what was stored by then: the tree, the district, two of its wards, cells and members."""
    root = next(unit for unit in district.units(EVE).values() if unit.parent_id is None)
    names = [district.plan.wards[place].short.removeprefix("phường ") for place in (2, 4)]
    wards, cells = [district.called(name) for name in names], [district.cell(name, 1) for name in names]
    with scope(district.engine, district.tenant_id) as session:
        public: dict[int, object] = {
            row[0]: row[1] for row in session.execute(text("SELECT id, public_id FROM organisation"))
        }
        stored = every_run(session)
        runs = [header.public_id for header in stored]
        judged = min(
            (one for one in stored if one.rules.policy == district.plan.policy),
            key=lambda one: one.rules.year,
        ).public_id
        people = session.scalars(_OF_CELL, {"cells": [cell.id for cell in cells]}).all()
    day = f"?ngay={EVE.isoformat()}"
    return [
        f"/to-chuc{day}",
        *(f"/to-chuc/{public[unit.id]}{day}" for unit in (root, *wards)),
        *(f"/chi-bo/{public[cell.id]}{day}" for cell in cells),
        f"/to-chuc/{public[cells[0].id]}/dang-vien{day}",
        *(f"/dang-vien/{one}{day}" for one in people),
        *(f"/danh-gia/{run}" for run in runs),
        *(f"/danh-gia/{judged}/to-chuc/{public[cell.id]}" for cell in cells),
        *(f"/danh-gia/{judged}/dang-vien/{one}" for one in people[:1] if district.plan is TAY_HO),
    ]


_OF_CELL = text("""
SELECT DISTINCT ON (m.organisation_id) p.public_id FROM membership AS m JOIN member AS p ON p.id = m.member_id
WHERE m.organisation_id = ANY(:cells) AND m.kind = 'home' AND m.valid_to IS NULL AND m.valid_from < '2024-01-01'
ORDER BY m.organisation_id, (SELECT sum(f.paid - f.due) FROM fee AS f WHERE f.member_id = p.id), p.id
""")


def page(district: District, address: str) -> str:
    """A page without what differs from one showing to the next."""
    answer = district.client.get(address)
    assert (address, answer.status_code) == (address, 200)
    lines = answer.get_data(as_text=True).splitlines()
    return "\n".join(line for line in lines if "csrf_token" not in line)


def owing(session: TenantSession) -> dict[int, int]:
    """What each member who owes fees owes, in đồng."""
    lines = select(Fee.member_id, func.sum(Fee.due - Fee.paid)).where(Fee.paid < Fee.due)
    return {member: int(many) for member, many in session.execute(lines.group_by(Fee.member_id))}


def known(district: District, registry: Registry, pages: list[str]) -> Before:
    units = district.units(EVE)
    with scope(district.engine, district.tenant_id) as session:
        found = [replay(session, registry, header) for header in every_run(session)]
        assert [one.differing for one in found] == [()] * len(found)
        owed = owing(session)
        ratings = session.execute(
            select(
                AnnualRating.member_id, AnnualRating.organisation_id, AnnualRating.year, AnnualRating.level
            )
        ).all()
        undone = session.execute(
            select(Task.organisation_id, Task.title, Task.due_on)
            .where(Task.done_on.is_(None), Task.handed_on.is_(None))
            .order_by(Task.id)
        ).all()
        return Before(
            pages={address: page(district, address) for address in pages},
            replayed=[(one.verdicts, len(one.differing)) for one in found],
            homes={one.member_id: units[one.organisation_id].code for one in on_roll(session, EVE)},
            owed=owed,
            ratings=sorted(map(tuple, ratings), key=repr),
            undone=Counter((unit, title, due) for unit, title, due in undone),
            meetings=session.scalar(select(func.count()).select_from(Meeting)) or 0,
        )


def wards_of(district: District, day: date) -> dict[str, Counter[str]]:
    """By the name of each top, how many cells, members and đồng owing stand below it on a day."""
    units, found = district.units(day), dict[str, Counter[str]]()
    with scope(district.engine, district.tenant_id) as session:
        roll = on_roll(session, day)
        owed = owing(session)
    for unit in units.values():
        if unit.is_cell:
            found.setdefault(units[unit.parent_id or 0].name, Counter())["cells"] += 1
    for one in roll:
        ward = found[units[units[one.organisation_id].parent_id or 0].name]
        ward["members"] += 1
        ward["owed"] += owed.get(one.member_id, 0)
    return found


def expected(district: District) -> dict[str, Counter[str]]:
    """What each new ward should have: the sum of what came to it."""
    old = wards_of(district, EVE)
    single = {one: district.cell(*one) for ward in AFTERWARDS[district.plan.code] for one in ward.cells}
    with scope(district.engine, district.tenant_id) as session:
        roll = on_roll(session, EVE, [unit.id for unit in single.values()])
        owed = owing(session)
    moving = {
        one: Counter(
            cells=1,
            members=sum(person.organisation_id == unit.id for person in roll),
            owed=sum(owed.get(person.member_id, 0) for person in roll if person.organisation_id == unit.id),
        )
        for one, unit in single.items()
    }
    found: dict[str, Counter[str]] = {}
    for ward in AFTERWARDS[district.plan.code]:
        whole = Counter[str]()
        for name in ward.takes:
            whole.update(old[f"Đảng bộ phường {name}"])
        for one in ward.cells:
            whole.update(moving[one])
        for one, counted in moving.items():
            if one[0] in ward.takes:
                whole.subtract(counted)
        found[f"Đảng bộ phường {ward.name} mới"] = whole
    return found


def test_the_reform_puts_everything_where_it_belongs_and_leaves_the_past_to_the_letter(
    district: District, registry: Registry
) -> None:
    pages, wanted = addresses(district), expected(district)
    before = known(district, registry, pages)
    with scope(district.engine, district.tenant_id) as session:
        told = consider(session, registry, district.actor, reform_of(district))
    with scope(district.engine, district.tenant_id) as session:
        event_id, _ = record(session, registry, district.actor, reform_of(district), version_of(session))
    assert wards_of(district, REFORM) == wanted
    assert sum(flow.members for flow in told.flows) == len(before.homes)
    assert sum(flow.owed for flow in told.flows) == sum(before.owed.get(one, 0) for one in before.homes)
    assert {flow.to for flow in told.flows} == set(wanted)
    assert {plan.after for plan in told.plans} == {district.plan.policy}
    after = known(district, registry, pages)
    assert {one for one in pages if before.pages[one] != after.pages[one]} == set()
    assert after == before
    roots = [unit.name for unit in district.units(REFORM).values() if unit.parent_id is None]
    assert sorted(roots) == sorted(wanted)
    with scope(district.engine, district.tenant_id) as session:
        take_back_event(session, district.actor, event_id, event_id, "thử lấy lại")
    assert wards_of(district, REFORM) == wards_of(district, EVE)


def test_cells_merged_after_it_keep_their_own_and_hand_on_what_is_open(
    district: District, registry: Registry
) -> None:
    if district.plan is LONG_BIEN:
        pytest.skip("một quận là đủ")
    pages = addresses(district)
    before, sources = known(district, registry, pages), [district.cell("Xuân La", place) for place in (1, 2)]
    with scope(district.engine, district.tenant_id) as session:
        record(session, registry, district.actor, reform_of(district), version_of(session))
    with scope(district.engine, district.tenant_id) as session:
        _, written = record(
            session, registry, district.actor, merger_of(district, REFORM), version_of(session)
        )
    after = known(district, registry, pages)
    assert {one for one in pages if before.pages[one] != after.pages[one]} == set()
    [new] = written.founded
    ids = [unit.id for unit in sources]
    with scope(district.engine, district.tenant_id) as session:
        members = {one.member_id for one in on_roll(session, REFORM, [new])}
        assert members == {one.member_id for one in on_roll(session, EVE, ids)}
        assert {one.organisation_id for one in on_roll(session, REFORM) if one.member_id in members} == {new}
        assert session.scalar(select(func.count()).where(Meeting.organisation_id == new)) == 0
    gone = Counter({key: many for key, many in before.undone.items() if key[0] in ids})
    assert gone.total() > 0
    handed = Counter((new, title, due) for _, title, due in gone.elements())
    assert after.undone == before.undone - gone + handed
    kept = ("replayed", "owed", "ratings", "meetings")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


def collected(session: TenantSession, organisation: int, month: date, *, is_cell: bool = False) -> int:
    """What was collected in a month, by the report on it."""
    rows = reports.report(session, organisation, is_cell=is_cell, period=reports.one_month(month))
    return rows[1].figures[-1] or 0


def paying(found: Ledger) -> dict[int, Taken]:
    """Everybody in a ledger pays the month; whose due nobody knows, ten thousand đồng."""
    return {line.member_id: Taken(due=10_000 if line.due.amount is None else None) for line in found.lines}


def test_cells_merged_in_mid_month_leave_no_due_unfinished_and_none_taken_twice(
    district: District, registry: Registry
) -> None:
    if district.plan is LONG_BIEN:
        pytest.skip("một quận là đủ")
    july, day = REFORM, date(2025, 7, 15)
    old, cells = district.called("Quảng An").id, [district.cell("Quảng An", place).id for place in (1, 2)]
    first, second = cells
    with scope(district.engine, district.tenant_id) as session:
        if not any(unit.name == "Đảng bộ phường Tây Hồ mới" for unit in living(session, REFORM).values()):
            record(session, registry, district.actor, reform_of(district), version_of(session))
    ward = district.called("Tây Hồ mới", REFORM).id
    with scope(district.engine, district.tenant_id) as session:
        told = [collected(session, old, date(2025, month, 1)) for month in range(1, 7)]
        owed = owing(session)
        found = ledger(session, first, july)
        known = [line for line in found.lines if line.due.amount]
        unpaid = {line.member_id: Taken(NOTHING) for line in known[:3]}
        paid = paying(found) | unpaid
        early = record_month(session, district.actor, first, july, found.version, paid, date(2025, 7, 5))
        waiting = {line.member_id for line in ledger(session, second, july).lines}
    with scope(district.engine, district.tenant_id) as session:
        merger = merger_of(district, day, "Quảng An", "QA12")
        [new] = record(session, registry, district.actor, merger, version_of(session))[1].founded
    with scope(district.engine, district.tenant_id) as session:
        found = ledger(session, new, july)
        assert {line.member_id for line in found.lines} == unpaid.keys() | waiting
        everyone = paying(found)
        late = record_month(session, district.actor, new, july, found.version, everyone, date(2025, 7, 20))
        lines = session.execute(select(Fee.member_id, Fee.due, Fee.paid).where(Fee.month == july)).all()
        assert {line.member_id for line in lines} == paid.keys() | waiting
        assert len(lines) == len(paid) + len(waiting)
        assert [line.paid for line in lines] == [line.due for line in lines]
        assert early + late == sum(line.due for line in lines) == collected(session, ward, july)
        assert [collected(session, one, july, is_cell=True) for one in (*cells, new)] == [early, 0, late]
        assert owing(session) == owed
        assert [collected(session, old, date(2025, month, 1)) for month in range(1, 8)] == [*told, 0]
        assert min(told[:5]) > 0
