"""The demonstration: three invented committees, loaded by importing their sample workbooks as anyone would.

A load that was interrupted is taken up where it stopped: a workbook goes in whole or not at all, and is not taken in twice.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, time

from sqlalchemy import Engine, select

from bontot.access import Actor, Role
from bontot.clock import today
from bontot.db.models import (
    Account,
    FrameAdoption,
    ImportBatch,
    Member,
    OrganisationEvent,
    OrganisationPeriod,
    PlannedMeeting,
    PolicyAssignment,
    Post,
    RoleGrant,
    Tenant,
)
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import PluginUnavailable
from bontot.evaluation.period import next_month
from bontot.evaluation.schedule import month_board
from bontot.imports import batch
from bontot.registry import Registry
from bontot.samples import OPEN_CELL, TENANTS, Sample, samples
from bontot.samples.fees import keep_fees
from bontot.samples.places import TenantPlan
from bontot.samples.proceedings import proceed
from bontot.samples.shown import SHOWN, Shown
from bontot.samples.start import begin_next_year
from bontot.samples.year_end import close_year
from bontot.services.accounts import create_account, grant_role
from bontot.services.frames import adopt_frame
from bontot.services.month_orders import Order, give
from bontot.services.planning import Document, Plan, prepare
from bontot.services.preferences import prefer
from bontot.services.reminders import remind
from bontot.services.reorganising.acts import Changed, Reform
from bontot.services.reorganising.recording import record
from bontot.services.tenants import all_tenants, create_tenant

YEAR = 2023
"""The year that is judged in the demonstration, the first of the plans."""
BY = "dữ liệu minh hoạ"
PASSWORD = "minh-hoa-bon-tot"  # noqa: S105 - shown at every start, and never made on a hosted instance
OPERATOR = "van-hanh"

ADOPTED = {
    "tayho": (
        ("national_meetings_2018", date(YEAR, 1, 1)),
        ("national_rating_2025", date(2025, 8, 30)),
        ("national_meetings_2025", date(2025, 10, 28)),
    ),
    "longbien": (("national_meetings_2025", date(2025, 10, 28)),),
    "vanphong": (("national_meetings_2025", date(2025, 10, 28)),),
}
"""The national frames a committee of the demonstration has switched on, so that a newcomer sees them beside its plan."""
DECISION = "Nghị quyết minh hoạ 01-NQ/{}"
ORDER = "Công văn minh hoạ 15-CV/ĐU"
OWN_DAY = "Chi bộ Tổ dân phố số 5"
"""A cell that prefers a day of its own."""
AGENDA = (
    "Thông tin thời sự, phổ biến văn bản mới",
    "Đánh giá kết quả thực hiện nghị quyết tháng trước",
    "Thảo luận, thông qua nghị quyết tháng này",
    "Tự phê bình và phê bình; kết luận",
)


@dataclass(frozen=True, slots=True)
class Renaming:
    """An act on an organisation of the demonstration, so that a newcomer sees what its history looks like."""

    tenant: str
    name: str
    to: str
    day: date
    document: str
    issued_by: str


RENAMED = Renaming(
    "tayho",
    "Chi bộ Trường Mầm non Họa Mi",
    "Chi bộ Trường Mầm non Họa Mi Hồ Tây",
    date(YEAR + 1, 1, 15),
    "15-QĐ/ĐU",
    "Đảng ủy phường Thụy Khuê",
)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Login:
    """A demonstration account: who it is, in which committee (None: the operator) and as what; `unit` is the ward or cell
    it works for."""

    login: str
    who: str
    tenant: str | None = None
    role: Role = Role.OPERATOR
    unit: str = ""


LOGINS = (
    Login("quan-tri.tayho", "Quản trị Đảng bộ quận Tây Hồ", "tayho", Role.TENANT_ADMIN),
    Login("phuong-buoi", "Đảng ủy phường Bưởi", "tayho", Role.COMMITTEE, "Đảng bộ phường Bưởi"),
    Login(
        "bi-thu.tdp3",
        "Bí thư Chi bộ Tổ dân phố số 3, phường Bưởi",
        "tayho",
        Role.CELL_SECRETARY,
        OPEN_CELL[2],
    ),
    Login("dang-vien.tdp3", "Đảng viên Chi bộ Tổ dân phố số 3", "tayho", Role.MEMBER, OPEN_CELL[2]),
    Login("quan-tri.longbien", "Quản trị Đảng bộ quận Long Biên", "longbien", Role.TENANT_ADMIN),
    Login("quan-tri.vanphong", "Quản trị Đảng bộ Các cơ quan tỉnh", "vanphong", Role.TENANT_ADMIN),
    Login(OPERATOR, "Người vận hành hệ thống"),  # made last: its presence says that all is there
)


def load(engine: Engine, registry: Registry, say: Say = lambda _: None) -> bool:
    """Loads the demonstration into an instance without other committees; whether there was anything to do.

    `say` is told in Vietnamese what is being done.
    """
    with scope(engine, PLATFORM) as session:
        present = set(all_tenants(session))
        if is_loaded(session) or not present <= {(plan.code, plan.name) for plan in TENANTS}:
            return False
        day = today(session)
    say("soạn các tệp mẫu")
    tenants = {plan.code: _tenant(engine, plan) for plan in TENANTS}
    for sample in samples(YEAR, day, registry):
        say(f"nhập {sample.filename}")
        _import(engine, tenants[sample.tenant], sample, registry)
    say("giao kế hoạch và tài khoản")
    for plan in TENANTS:
        with scope(engine, tenants[plan.code]) as session:
            _assign_plans(session, plan)
            _adopt_frames(session, registry, plan)
    for login in LOGINS[:-1]:
        _open_account(engine, tenants, login)
    with scope(engine, tenants[RENAMED.tenant]) as session:
        _rename(session, registry)
    for shown in SHOWN:
        with scope(engine, tenants[shown.plan.code]) as session:
            _look_ahead(session, registry, shown, day)
        with scope(engine, tenants[shown.plan.code]) as session:
            _proceed(session, shown)
        with scope(engine, tenants[shown.plan.code]) as session:
            _keep_books(session, registry, shown)
    say(f"kết thúc năm {YEAR}")
    for plan in TENANTS:
        with scope(engine, tenants[plan.code]) as session:
            close_year(session, registry, YEAR, BY)
    _open_account(engine, tenants, LOGINS[-1])
    return True


def _keep_books(session: TenantSession, registry: Registry, shown: Shown) -> None:
    """The fees of the cell shown, and the next year opened with its first pledges; a ward with a log-in of its own confirms
    one."""
    cell, admin = _organisation(session, shown.cell), _admin(session, shown)
    keep_fees(session, cell, shown.plan.symbol, BY)
    pledged = [_organisation(session, name) for name in shown.pledged]
    confirming = (_actor(session, shown.committee), shown.ward.name) if shown.committee else None
    begin_next_year(session, registry, replace(admin, name=BY), shown.plan.symbol, cell, pledged, confirming)


def is_loaded(session: TenantSession) -> bool:
    """Whether the demonstration is there, whole."""
    return (
        session.scalar(select(Account.id).where(Account.login == OPERATOR, Account.is_operator)) is not None
    )


def _tenant(engine: Engine, plan: TenantPlan) -> int:
    with scope(engine, PLATFORM) as session:
        tenant = session.scalar(select(Tenant).where(Tenant.code == plan.code))
        return (tenant or create_tenant(session, plan.code, plan.name)).id


def _import(engine: Engine, tenant_id: int, sample: Sample, registry: Registry) -> None:
    """One workbook, previewed and applied as on the page, unless it was already. Raises ImportRefused."""
    with scope(engine, tenant_id) as session:
        applied = select(ImportBatch.id).where(
            ImportBatch.filename == sample.filename, ImportBatch.state == "applied"
        )
        if session.scalar(applied) is None:
            made = batch.preview(session, sample.content, sample.filename, by=BY, registry=registry)
            batch.apply(session, made.id, by=BY, registry=registry)


def _assign_plans(session: TenantSession, plan: TenantPlan) -> None:
    """The committee's plan from its day on, and a ward's own where it has one."""
    if session.scalar(select(PolicyAssignment.id).limit(1)) is not None:
        return
    governed = {plan.name: plan.policy} | {w.name: w.policy for w in plan.wards if w.policy != plan.policy}
    for name, policy in governed.items():
        session.add(
            PolicyAssignment(
                organisation_id=_organisation(session, name), policy_code=policy, valid_from=plan.policy_from
            )
        )


def _adopt_frames(session: TenantSession, registry: Registry, plan: TenantPlan) -> None:
    """The national frames of the committee, as far as this instance has them."""
    if session.scalar(select(FrameAdoption.id).limit(1)) is not None:
        return
    for code, since in ADOPTED.get(plan.code, ()):
        if code in registry.policies:
            adopt_frame(
                session, registry, code=code, valid_from=since, document=DECISION.format(plan.symbol), by=None
            )


def _rename(session: TenantSession, registry: Registry) -> None:
    """One cell gets another name, as its admin would record it."""
    if today(session) < RENAMED.day or session.scalar(select(OrganisationEvent.id).limit(1)) is not None:
        return
    renamed = Changed(organisation_id=_organisation(session, RENAMED.name), name=RENAMED.to)
    reform = Reform(
        kind="rename",
        day=RENAMED.day,
        document=RENAMED.document,
        document_day=RENAMED.day,
        issued_by=RENAMED.issued_by,
        changed=(renamed,),
    )
    record(session, registry, _actor(session, LOGINS[0].login), reform, 0)


def _proceed(session: TenantSession, shown: Shown) -> None:
    """The latest meeting of the cell shown, and of the others of its ward after it where all are shown."""
    ward, own = _organisation(session, shown.ward.name), _organisation(session, shown.cell)
    below = select(OrganisationPeriod.organisation_id, OrganisationPeriod.name).where(
        OrganisationPeriod.parent_id == ward
    )
    secretary = _actor(session, shown.secretary) if shown.secretary else _admin(session, shown)
    cells = [(own, replace(secretary, role=Role.CELL_SECRETARY, organisation_id=own))]
    for cell, name in session.execute(below.order_by(OrganisationPeriod.code)) if shown.all_meet else ():
        if cell != own:
            called = f"Bí thư {name}, {shown.ward.short}"
            cells.append((cell, replace(cells[0][1], name=called, organisation_id=cell, member_id=None)))
    superior = _actor(session, shown.committee) if shown.committee else None
    proceed(session, cells, superior, shown.talk)


def _admin(session: TenantSession, shown: Shown) -> Actor:
    """Who administers the committee."""
    [login] = [one.login for one in LOGINS if (one.tenant, one.role) == (shown.plan.code, Role.TENANT_ADMIN)]
    return _actor(session, login)


def _actor(session: TenantSession, login: str) -> Actor:
    """Who works under a log-in."""
    statement = (
        select(Account.id, Account.display_name, RoleGrant.role, RoleGrant.organisation_id)
        .join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(Account.login == login)
    )
    account_id, name, role, place = session.execute(statement).one()
    return Actor(
        account_id=account_id,
        name=name,
        role=Role(role),
        tenant_id=session.tenant_id,
        organisation_id=place,
    )


def _open_account(engine: Engine, tenants: dict[str, int], login: Login) -> None:
    name = login.who
    if login.tenant is not None and login.role is Role.MEMBER:
        with scope(engine, tenants[login.tenant]) as session:
            name = session.get_one(Member, (session.tenant_id, _place(session, login)[1])).full_name
    with scope(engine, PLATFORM) as session:
        account_id = session.scalar(select(Account.id).where(Account.login == login.login))
        operator = login.role is Role.OPERATOR
        if account_id is None:
            account_id = create_account(session, login.login, name, PASSWORD, operator=operator).id
    if login.tenant is None:
        return
    with scope(engine, tenants[login.tenant]) as session:
        if session.scalar(select(RoleGrant.id).where(RoleGrant.account_id == account_id)) is None:
            organisation_id, member_id = _place(session, login)
            grant_role(
                session,
                account_id,
                login.role,
                organisation_id=organisation_id,
                member_id=member_id,
                valid_from=date(YEAR, 1, 1),
            )


def _place(session: TenantSession, login: Login) -> tuple[int | None, int | None]:
    """The organisation and the person an account works for."""
    if not login.unit:
        return None, None
    organisation_id = _organisation(session, login.unit)
    if login.role is Role.COMMITTEE:
        return organisation_id, None
    officers = session.scalars(
        select(Post.member_id).where(Post.organisation_id == organisation_id).order_by(Post.id)
    ).all()
    if login.role is Role.CELL_SECRETARY:
        return organisation_id, officers[0]
    return None, officers[-1]


def _look_ahead(session: TenantSession, registry: Registry, shown: Shown, day: date) -> None:
    """What is still to come: invitations of next month; in the open cell's ward a cell's own day, a month that the ward
    moves, and who was reminded of the meeting left to be recorded. Nothing once it is there, or while a plan is missing."""
    coming = next_month(day)
    if session.scalar(select(PlannedMeeting.id).limit(1)) is not None:
        return
    actor = replace(_admin(session, shown), name=BY)
    with suppress(PluginUnavailable):
        open_ward = shown.plan.code == OPEN_CELL[0]
        if open_ward:
            _order_month(session, actor, _organisation(session, shown.ward.name), coming)
        for cell in shown.inviting:
            _invite(session, registry, actor, _organisation(session, cell), coming, shown.place)
        if open_ward:
            prefer(session, registry, actor, _organisation(session, OWN_DAY), 5, coming, 0)
            remind(session, registry, min(day, day.replace(day=8)), by_mail=False)


def _order_month(session: TenantSession, actor: Actor, organisation_id: int, since: date) -> None:
    """The month after next gets a day of its own, by a document."""
    month = next_month(since)
    order = Order(month=month, day=month.replace(day=6), deadline=month.replace(day=10), document=ORDER)
    give(session, actor, organisation_id, order, 0, BY)


def _invite(
    session: TenantSession, registry: Registry, actor: Actor, organisation_id: int, month: date, place: str
) -> None:
    """A cell's invitation to its regular meeting of a month."""
    scheduled = month_board(session, registry, [organisation_id], month, month)[
        organisation_id
    ].planned.scheduled
    plan = Plan(
        kind="regular",
        held_on=scheduled.day or month.replace(day=4),
        starts_at=time(19, 30),
        place=place,
        agenda=AGENDA,
        documents=(
            Document(f"Dự thảo nghị quyết tháng {month.month}"),
            Document(f"Hướng dẫn sinh hoạt tháng {month.month}", "15-HD/BTG"),
        ),
        guests=("Đại diện cấp ủy cấp trên được phân công theo dõi chi bộ",),
    )
    prepare(session, actor, organisation_id, plan)


def _organisation(session: TenantSession, name: str) -> int:
    """The first organisation of a name: of several cells so called, the one of the first ward."""
    statement = select(OrganisationPeriod.organisation_id).where(OrganisationPeriod.name == name)
    return session.scalars(statement.order_by(OrganisationPeriod.code)).first() or 0
