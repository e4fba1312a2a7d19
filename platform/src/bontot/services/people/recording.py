"""Recording what happens to a member, in one transaction: who may, whether it fits what stands, what it changes, the trail,
and the standing that follows; and taking the last event back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select, text

from bontot.access import Actor, Permission, organisations_in_reach
from bontot.clock import today
from bontot.db.base import Base
from bontot.db.models import Member, MemberEvent, Membership, MemberState, Post, ResidenceRemark
from bontot.db.tenancy import TenantSession
from bontot.errors import InvalidInput, NotAllowed, NotFound, Stale, noting, refuse_noted
from bontot.evaluation.incremental import mark, mark_member, mark_whole
from bontot.services.audit import note
from bontot.services.people.consequences import Consequences, consequences, place_on
from bontot.services.people.events import APPLY, Act, Entry, holding
from bontot.services.people.history import ADMISSION, ceremony_of, kept, last_event, version_of
from bontot.services.people.ledger import Ledger, take_back
from bontot.services.reorganising.recording import hold_still
from bontot.text import clean

UNDOCUMENTED = frozenset(
    {"deceased", "return", "resumption", "end_of_post", "residence_link", "residence_remark"}
)
"""Events that need no document of their own; all others name one."""
OF_RECORDS = frozenset({"post", "end_of_post", "residence_link", "residence_remark", "party_badge"})
"""Events after which the same people are counted as before."""
DOCUMENT_NEEDED = "Cần ghi số, ký hiệu của văn bản."
DOCUMENT_DAY_NEEDED = "Cần ghi ngày của văn bản."


def consider(session: TenantSession, actor: Actor, member_id: int, entry: Entry) -> Consequences:
    """What an event would change; nothing is kept. Raises as `record`."""
    return consequences(
        session, member_id, entry.day, lambda: _write(session, actor, member_id, _checked(session, entry))
    )


def record(session: TenantSession, actor: Actor, member_id: int, entry: Entry, version: int) -> int:
    """Records an event of a member; its id. `version` is the last event its writer saw, 0 for none.

    Raises NotAllowed, NotFound for a member out of reach, Stale when something was recorded since, and InvalidFields for
    what does not fit.
    """
    entry = _checked(session, entry)
    _turn(session, actor, member_id, version)
    event = _write(session, actor, member_id, entry)
    note(
        session,
        "record_member_event",
        "member",
        member_id,
        actor.account_id,
        event=event.id,
        kind=entry.kind,
        day=entry.day.isoformat(),
    )
    _mark(session, member_id, entry)
    return event.id


def take_back_last(session: TenantSession, actor: Actor, member_id: int, version: int, reason: str) -> str:
    """Takes back the last event of a member; its kind. What stood is kept in the trail with the reason.

    Raises Stale when it is no longer the last, NotFound for none, and InvalidInput without a reason, or when the records
    it wrote were changed since.
    """
    _turn(session, actor, member_id, version)
    reason = clean(reason, field="reason")
    if not reason:
        raise InvalidInput("Cần ghi lý do.", "reason")
    event = last_event(session, member_id)
    if event is None:
        raise NotFound
    kind = event.kind
    before = {"kind": kind, "day": event.day.isoformat(), "entry": event.entry, "changes": event.changes}
    gone = {"gone": _named(session, member_id)} if kind == ADMISSION else {}
    _undo(session, actor, event)
    note(
        session,
        "take_back_member_event",
        "member",
        member_id,
        actor.account_id,
        reason=reason,
        before=before,
        **gone,
    )
    mark_whole(session)
    return kind


def _named(session: TenantSession, member_id: int) -> dict[str, Any]:
    """What a member about to be no more is called, and where."""
    member = session.get_one(Member, (session.tenant_id, member_id))
    return {"public_id": str(member.public_id), "place": _home(session, member_id, today(session))}


def _undo(session: TenantSession, actor: Actor, event: MemberEvent) -> None:
    """Takes away an event and what it wrote, all of it within the actor's reach."""
    day = today(session)
    reach = organisations_in_reach(session, actor, day)
    member_id, place = event.member_id, event.organisation_id
    if event.kind == ADMISSION:
        _nothing_else(session, member_id)
    changes = event.changes
    session.execute(delete(MemberEvent).where(MemberEvent.id == event.id))
    take_back(session, changes)
    home = _home(session, member_id, day)
    if (place is not None and place not in reach) or (home is not None and home not in reach):
        raise NotAllowed("Việc này liên quan đến nơi ngoài phạm vi của đồng chí; nhờ quản trị đảng bộ.")


def consider_instead(session: TenantSession, actor: Actor, member_id: int, entry: Entry) -> Consequences:
    """What another event in place of the last would change, against what stands now; nothing is kept. Raises as
    `record_instead`."""
    entry = _checked(session, entry)
    event = last_event(session, member_id)
    if event is None:
        raise NotFound

    def act() -> None:
        _undo(session, actor, event)
        _write(session, actor, member_id, entry)

    return consequences(session, member_id, entry.day, act)


def record_instead(
    session: TenantSession, actor: Actor, member_id: int, entry: Entry, version: int, reason: str
) -> int:
    """Corrects the last event: takes it back with a reason and records another in its place. Raises as both."""
    take_back_last(session, actor, member_id, version, reason)
    return record(session, actor, member_id, entry, version_of(session, member_id))


def _turn(session: TenantSession, actor: Actor, member_id: int, version: int) -> None:
    """One at a time a member, and on what the writer saw."""
    actor.require(Permission.RECORD_MEMBER)
    hold_still(session)
    if session.get(Member, (session.tenant_id, member_id), with_for_update=True) is None:
        raise NotFound
    if version_of(session, member_id) != version:
        raise Stale


def _checked(session: TenantSession, entry: Entry) -> Entry:
    """The entry cleaned; what can be said without the records is refused here."""
    errors: dict[str, str] = {}
    if entry.kind not in APPLY:
        raise NotFound
    day, texts = today(session), {"document": "", "place": "", "term": ""}
    for name in texts:
        with noting(errors, name):
            texts[name] = clean(getattr(entry, name), longest=200, field=name)
    if entry.day > day:
        errors["day"] = f"Ngày này chưa đến (hôm nay là {day:%d/%m/%Y})."
    if not texts["document"] and (entry.kind not in UNDOCUMENTED or entry.document_day):
        errors.setdefault("document", DOCUMENT_NEEDED)
    if entry.document_day is None and (entry.kind not in UNDOCUMENTED or texts["document"]):
        errors["document_day"] = DOCUMENT_DAY_NEEDED
    if entry.document_day is not None and entry.document_day > day:
        errors["document_day"] = f"Ngày này chưa đến (hôm nay là {day:%d/%m/%Y})."
    refuse_noted(errors)
    return replace(entry, document=texts["document"], place=texts["place"], term=texts["term"])


def _write(session: TenantSession, actor: Actor, member_id: int, entry: Entry) -> MemberEvent:
    actor.require(Permission.RECORD_MEMBER)
    act = _act(session, actor, member_id, entry)
    APPLY[entry.kind](act)
    return keep(session, actor, member_id, entry, act.ledger, act.target.id if act.target else None)


def keep(
    session: TenantSession, actor: Actor, member_id: int, entry: Entry, ledger: Ledger, place: int | None
) -> MemberEvent:
    """Keeps an event with what it wrote, as the last of a member."""
    event = MemberEvent(
        member_id=member_id,
        kind=entry.kind,
        day=entry.day,
        organisation_id=place,
        document=entry.document_words,
        entry=kept(entry),
        changes=ledger.changes,
        entered_by=actor.name,
    )
    session.add(event)
    session.flush()
    return event


def _act(session: TenantSession, actor: Actor, member_id: int, entry: Entry) -> Act:
    """The member's rows, within the actor's reach."""
    member = session.get(Member, (session.tenant_id, member_id), with_for_update=True)
    reach = organisations_in_reach(session, actor, today(session))
    if member is None or _home(session, member_id, today(session)) not in reach:
        raise NotFound
    if member.ended_on is not None:
        raise InvalidInput(
            f"Đồng chí {member.full_name} không còn trong danh sách từ {member.ended_on:%d/%m/%Y}.", "day"
        )
    begun = member.admission_date if member.admission_precision == "day" else None
    if begun is not None and entry.day < begun:
        raise InvalidInput(f"Đồng chí {member.full_name} vào Đảng ngày {begun:%d/%m/%Y}.", "day")
    memberships = list(session.scalars(select(Membership).where(Membership.member_id == member_id)))
    homes = [
        one for one in holding(memberships, entry.day) if isinstance(one, Membership) and one.kind == "home"
    ]
    home = homes[0] if homes else None
    if home is not None and home.organisation_id not in reach:
        raise InvalidInput("Ngày này đồng chí ấy sinh hoạt ở nơi ngoài phạm vi của đồng chí.", "day")
    if entry.organisation_id is not None and entry.organisation_id not in reach:
        raise InvalidInput("Xin chọn tổ chức trong danh sách.", "organisation")
    return Act(
        member=member,
        memberships=memberships,
        states=list(session.scalars(select(MemberState).where(MemberState.member_id == member_id))),
        posts=list(session.scalars(select(Post).where(Post.member_id == member_id))),
        entry=entry,
        ledger=Ledger(session),
        after=entry.until + timedelta(days=1) if entry.until else None,
        home=home,
        home_place=place_on(session, home.organisation_id, entry.day) if home else None,
        target=place_on(session, entry.organisation_id, entry.day) if entry.organisation_id else None,
        ceremony=ceremony_of(session, member_id),
        others=_others(session, member_id, entry),
        remarks=frozenset(
            session.scalars(select(ResidenceRemark.year).where(ResidenceRemark.member_id == member_id))
        ),
        badges=frozenset(
            int(kept["chosen"])
            for kept in session.scalars(
                select(MemberEvent.entry).where(
                    MemberEvent.member_id == member_id, MemberEvent.kind == "party_badge"
                )
            )
        ),
    )


def _others(session: TenantSession, member_id: int, entry: Entry) -> list[tuple[str, str]]:
    rows = session.execute(
        select(Post.kind, Member.full_name)
        .join(Member, (Member.id == Post.member_id) & (Member.tenant_id == Post.tenant_id))
        .where(
            Post.organisation_id == entry.organisation_id,
            Post.member_id != member_id,
            Post.valid_from <= entry.day,
            Post.valid_to.is_(None) | (Post.valid_to > entry.day),
            Member.ended_on.is_(None) | (Member.ended_on > entry.day),
        )
    )
    return [(kind, name) for kind, name in rows]


_HOME = text("""
SELECT organisation_id FROM membership
WHERE member_id = :member AND kind = 'home' AND valid_from <= :day ORDER BY valid_from DESC LIMIT 1
""")


def _home(session: TenantSession, member_id: int, day: date) -> int | None:
    """The cell where a member is, or last was, at home: within whose superiors' reach he or she is."""
    found: int | None = session.execute(_HOME, {"member": member_id, "day": day}).scalar()
    return found


def _mark(session: TenantSession, member_id: int, entry: Entry) -> None:
    """The standing follows: judged again whole where other people are counted, else the cell's own years."""
    day = today(session)
    if entry.kind not in OF_RECORDS:
        mark_whole(session)
        return
    for year in {entry.day.year, entry.year or entry.day.year, day.year}:
        mark_member(session, member_id, year, day)
        if entry.organisation_id is not None:
            mark(session, entry.organisation_id, year)


def _nothing_else(session: TenantSession, member_id: int) -> None:
    """An admission is taken back only while nothing else speaks of the member: it would go with it."""
    own = {"membership", "member_event"}
    tables = [
        table
        for table in Base.metadata.sorted_tables
        if table.name not in own and "member_id" in table.c and "tenant_id" in table.c
    ]
    for table in tables:
        if session.execute(
            select(1).select_from(table).where(table.c.member_id == member_id).limit(1)
        ).first():
            raise InvalidInput(
                "Đã có điểm danh, đảng phí hoặc hồ sơ khác ghi cho đồng chí này, nên không bỏ việc kết nạp được.",
                "reason",
            )
