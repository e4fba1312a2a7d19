"""A title goes step by step as its plan lays down: who may, what is counted, warned of, kept and taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, func, select, update

from bontot.access import Actor, Role
from bontot.db.models import (
    AuditEvent,
    Judgment,
    PolicyAssignment,
    RecognitionBallot,
    RecognitionCase,
    RecognitionDecision,
    RecognitionStep,
)
from bontot.db.tenancy import scope
from bontot.documents.kinds import Asked, kind_of
from bontot.documents.paper import Text
from bontot.errors import BontotError, InvalidFields, InvalidInput, NotAllowed, NotFound, Stale
from bontot.evaluation.whole import evaluate
from bontot.policy.terms import Holder, Leave, Outcome
from bontot.registry import Registry
from bontot.services import paging
from bontot.services.recognition.acts import take
from bontot.services.recognition.dossiers import Dossier, dossier_of
from bontot.services.recognition.figures import counted_under, figures_of, funnel, has_anyone
from bontot.services.recognition.lines import lines_of
from bontot.services.recognition.lists import compared, decisions_of, recognised_of
from bontot.services.recognition.reach import may_take, within
from bontot.services.recognition.taking import consider
from bontot.services.recognition.titles import titles_of
from bontot.services.recognition.undoing import Revoking, revoke, take_back
from tests.factories import Committee, make_committee
from tests.recognised import (
    CELL,
    MEMBER,
    PAPER,
    by_hands,
    dissolved,
    recognising,
    secret,
    taken,
    taking,
    title,
    until,
    year_ended,
)
from tests.sample_plans import WARD
from tests.web.evaluated import AS_OF, YEAR, names

REGISTRY = recognising()
TODAY = date(2026, 3, 1)
ADMIN = Actor(account_id=0, name="", role=Role.TENANT_ADMIN)


@pytest.fixture
def committee(engine: Engine, unique: str) -> Committee:
    return year_ended(engine, unique, REGISTRY)


def dossier(
    committee: Committee,
    cell: int = 0,
    role: Role = Role.TENANT_ADMIN,
    day: date = TODAY,
    registry: Registry = REGISTRY,
) -> Dossier:
    actor = committee.actor(role)
    with scope(committee.engine, committee.tenant_id) as session:
        found = dossier_of(
            session,
            actor,
            title(session, registry),
            committee.cells[cell].id,
            day,
        )
    assert found is not None
    return found


def case_of(committee: Committee, cell: int = 0) -> RecognitionCase:
    with scope(committee.engine, committee.tenant_id) as session:
        found = session.scalar(
            select(RecognitionCase).where(RecognitionCase.organisation_id == committee.cells[cell].id)
        )
        assert found is not None
        session.expunge(found)
    return found


def refused(
    committee: Committee, entry: object, role: Role = Role.TENANT_ADMIN, **more: object
) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refusal:
        taken(committee, REGISTRY, entry, role, **more)  # type: ignore[arg-type]
    return refusal.value.errors


def test_a_title_goes_through_every_step_of_its_plan(committee: Committee) -> None:
    """Each step by whose it is, with its day, document, votes and outcome; then the title holds for twelve months."""
    one = committee.cells[0].id
    hands = {"assess": Role.CELL_SECRETARY, "file": Role.CELL_SECRETARY, "collect": Role.TENANT_ADMIN}
    for step in ("assess", "file", "appraise", "decide", "publish", "collect", "review"):
        taken(committee, REGISTRY, taking(step, one), hands.get(step, Role.COMMITTEE))
    found = dossier(committee, day=date(2024, 12, 13))
    assert [(step.label, step.state, step.taken and step.taken.outcome) for step in found.steps] == [
        ("Chi bộ tự đánh giá", "taken", "done"),
        ("Chi bộ biểu quyết, nộp hồ sơ", "taken", "carried"),
        ("Thẩm định", "taken", "agreed"),
        ("Quyết định công nhận", "taken", "recognised"),
        ("Công bố", "taken", "done"),
        ("Tổng hợp toàn quận", "taken", "done"),
        ("Xét lại cả năm", "taken", "done"),
    ]
    voted, decided = found.steps[1].taken, found.steps[3].taken
    assert voted
    assert (voted.votes, voted.needed, voted.ballot) == (8, 6, secret())
    assert decided
    assert (decided.decision, decided.done_on, decided.standing) == (
        PAPER,
        date(2023, 12, 14),
        Outcome.MET,
    )
    assert (found.line.recognised_on, found.line.holds_until) == (date(2023, 12, 14), date(2024, 12, 14))
    assert (found.state, dossier(committee, day=date(2024, 12, 14)).state) == ("holding", "expired")


def test_a_body_is_the_one_of_the_day(committee: Committee) -> None:
    """The district committee ended on 30/06/2025: a list made on that day was its own, one made on the next was not."""
    one, two = (cell.id for cell in committee.cells)
    until(committee, REGISTRY, "publish", one, two)
    taken(committee, REGISTRY, taking("collect", one, done_on=date(2025, 6, 30)))
    taken(committee, REGISTRY, taking("collect", two, done_on=date(2025, 7, 1)))
    bodies = [dossier(committee, cell).steps[5].body for cell in (0, 1)]
    assert bodies == ["Quận ủy", "Đảng ủy cấp trên trực tiếp"]


def test_steps_follow_one_another(committee: Committee) -> None:
    one, two = (cell.id for cell in committee.cells)
    with pytest.raises(Stale, match="chưa đến lượt"):
        taken(committee, REGISTRY, taking("file", one))
    taken(committee, REGISTRY, taking("assess", one))
    with pytest.raises(Stale, match="vừa được ghi"):
        taken(committee, REGISTRY, taking("assess", one, two))
    assert [line.taken for line in all_lines(committee)] == [frozenset({"assess"}), frozenset()]
    early = refused(committee, replace(taking("file", one), done_on=date(2023, 11, 19)))
    assert early == {
        "done_on": "Chi bộ nhà số 1 có bước trước ghi ngày 20/11/2023; bước này không thể sớm hơn."
    }
    late = refused(committee, replace(taking("file", one), done_on=date(2100, 1, 1)))
    assert late["done_on"].startswith("Ngày này chưa đến")
    assert refused(committee, replace(taking("file", one), done_on=date(2022, 12, 31)))["done_on"].startswith(
        "Ngày phải từ 01/01/2023"
    )
    with pytest.raises(NotFound):
        taken(committee, REGISTRY, replace(taking("file", one), step="không có"))


def test_the_whole_year_is_reviewed_once_it_is_over(committee: Committee) -> None:
    one = committee.cells[0].id
    until(committee, REGISTRY, "collect", one)
    errors = refused(committee, taking("review", one, done_on=date(2023, 12, 30)))
    assert errors == {"done_on": "Bước này xét lại cả năm nên không sớm hơn ngày 31/12/2023."}
    taken(committee, REGISTRY, taking("review", one))


def test_two_who_take_a_step_at_once_take_it_once(committee: Committee) -> None:
    """Whoever comes second waits for the first, and is told."""
    cells = [cell.id for cell in committee.cells]

    def attempt(_: int) -> str:
        try:
            taken(committee, REGISTRY, taking("assess", *cells))
        except Stale:
            return "stale"
        return "taken"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["stale", "stale", "stale", "taken"]
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(RecognitionStep)) == 2
        assert session.scalars(select(RecognitionCase.version)).all() == [2, 2]


def all_lines(committee: Committee, key: str = CELL) -> list:  # type: ignore[type-arg]
    with scope(committee.engine, committee.tenant_id) as session:
        return list(lines_of(session, title(session, REGISTRY, key), None).lines)


DO_NOT_ADD_UP = [
    (replace(secret(), present=11), 8, {"present": "Có mặt 11 nhưng chỉ 10 người được biểu quyết."}),
    (replace(secret(), issued=10), 8, {"issued": "Phát 10 phiếu nhưng chỉ 9 người có mặt."}),
    (replace(secret(), returned=10, valid=9), 8, {"returned": "Thu 10 phiếu nhưng chỉ phát 9."}),
    (
        replace(secret(), invalid=0),
        8,
        {"valid": "Phiếu hợp lệ và không hợp lệ cộng lại là 8, nhưng thu 9 phiếu."},
    ),
    (
        secret(entitled=9),
        8,
        {"entitled": "Ngày 25/11/2023 chi bộ có 10 đảng viên chính thức được biểu quyết."},
    ),
    (secret(), 9, {"votes": "Chi bộ nhà số 1: ghi số phiếu từ 0 đến 8."}),
    (by_hands(), 10, {"votes": "Chi bộ nhà số 1: ghi số phiếu từ 0 đến 9."}),
]


def test_a_count_of_votes_adds_up(committee: Committee) -> None:
    """Nothing is written of a count that does not."""
    one = committee.cells[0]
    taken(committee, REGISTRY, taking("assess", one.id))
    for ballot, votes, wrong in DO_NOT_ADD_UP:
        errors = refused(committee, replace(taking("file", one.id, votes=[votes]), ballot=ballot))
        assert {name.partition("-")[0]: said for name, said in errors.items()} == wrong
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(RecognitionBallot)) == 0


def test_half_of_those_entitled_is_not_enough(committee: Committee) -> None:
    """Five of ten lose, six of ten carry; whoever lost goes no further."""
    one = committee.cells[0].id
    members = [member_id for member_id, _ in committee.cells[0].members][:3]
    taken(committee, REGISTRY, taking("vote", *members, votes=[5, 6, 8]), Role.CELL_SECRETARY, MEMBER)
    with scope(committee.engine, committee.tenant_id) as session:
        rows = session.execute(
            select(RecognitionStep.votes, RecognitionStep.outcome).order_by(RecognitionStep.votes)
        ).all()
        assert [tuple(row) for row in rows] == [(5, "lost"), (6, "carried"), (8, "carried")]
        assert session.scalar(select(func.count()).select_from(RecognitionBallot)) == 1
    with pytest.raises(Stale):
        taken(committee, REGISTRY, taking("confirm", members[0]), key=MEMBER)
    taken(committee, REGISTRY, taking("confirm", *members[1:]), key=MEMBER)
    assert one


def test_votes_of_two_places_are_two_counts(committee: Committee) -> None:
    one, two = (cell.members[0][0] for cell in committee.cells)
    errors = refused(committee, taking("vote", one, two), key=MEMBER)
    assert errors["subjects"] == "Mỗi lần chỉ ghi kết quả biểu quyết của một nơi."


def test_who_falls_short_goes_on_only_for_a_reason_that_is_repeated(committee: Committee) -> None:
    two = committee.cells[1].id
    taken(committee, REGISTRY, taking("assess", two))
    assert refused(committee, taking("file", two)) == {
        "exception": "Ghi lý do đề nghị khi chưa đủ điều kiện: Chi bộ nhà số 2."
    }
    found = taken(committee, REGISTRY, taking("file", two, exception="mới sáp nhập"))
    assert found.warnings == ("Chưa đủ điều kiện theo đánh giá đến nay, hồ sơ sẽ nhắc lại: Chi bộ nhà số 2.",)
    taken(committee, REGISTRY, taking("appraise", two))
    taken(committee, REGISTRY, taking("decide", two))
    assert dossier(committee, 1).exceptions == ["mới sáp nhập", "Như lý do đã nêu ở bước trước"]
    with scope(committee.engine, committee.tenant_id) as session:
        [line] = recognised_of(session, "Chi bộ bốn tốt", YEAR, None, TODAY)
        assert (line.name, line.exceptional) == ("Chi bộ nhà số 2", True)


def test_a_plan_may_forbid_exceptions(engine: Engine, unique: str) -> None:
    strict = recognising(exception=Leave.FORBIDDEN)
    committee = year_ended(engine, unique, strict)
    two = committee.cells[1].id
    taken(committee, strict, taking("assess", two))
    with pytest.raises(InvalidFields, match="quy định không cho đề nghị: Chi bộ nhà số 2"):
        taken(committee, strict, taking("file", two, exception="mới sáp nhập"))
    lost = taken(committee, strict, taking("file", two, votes=[2]))
    assert [one.outcome for one in lost.outcomes] == ["lost"]


@pytest.mark.parametrize("leave", list(Leave))
def test_a_quota_warns_or_where_the_committee_says_so_forbids(
    engine: Engine, unique: str, leave: Leave
) -> None:
    """One cell of two may be recognised: the second decision is the one too many."""
    registry = recognising(quota=1, over_quota=leave)
    committee = year_ended(engine, unique, registry)
    one, two = (cell.id for cell in committee.cells)
    until(committee, registry, "appraise", one, two)
    assert taken(committee, registry, taking("decide", one)).warnings == ()
    said = "Phường nhà: công nhận 2 trong 2 nơi được xét, kế hoạch cho nhiều nhất 1."
    if leave is Leave.ALLOWED:
        found = taken(committee, registry, taking("decide", two, exception="tốt"))
        assert said in found.warnings
        return
    with pytest.raises(InvalidFields) as refusal:
        taken(committee, registry, taking("decide", two, exception="tốt"))
    assert refusal.value.errors == {"subjects": f"{said} Quy định không cho vượt."}


def test_two_decisions_at_once_do_not_pass_the_quota_together(engine: Engine, unique: str) -> None:
    registry = recognising(quota=1, over_quota=Leave.FORBIDDEN)
    committee = year_ended(engine, unique, registry)
    one, two = (cell.id for cell in committee.cells)
    until(committee, registry, "appraise", one, two)
    admin = committee.actor(Role.TENANT_ADMIN)
    with ThreadPoolExecutor(1) as other:
        with scope(committee.engine, committee.tenant_id) as session:
            take(session, admin, title(session, registry), taking("decide", one))
            waiting = other.submit(taken, committee, registry, taking("decide", two, exception="tốt"))
            assert not wait([waiting], 0.5).done
        with pytest.raises(InvalidFields, match="không cho vượt"):
            waiting.result()


def test_one_document_decides_on_many(committee: Committee) -> None:
    one, two = (cell.id for cell in committee.cells)
    until(committee, REGISTRY, "decide", one, two)
    with scope(committee.engine, committee.tenant_id) as session:
        [decision] = decisions_of(session, "Chi bộ bốn tốt", YEAR, None, TODAY)
        assert (decision.number, decision.issuer, decision.signer, decision.granted) == (
            PAPER.number,
            PAPER.issuer,
            PAPER.signer,
            2,
        )
        listed = recognised_of(session, "Chi bộ bốn tốt", YEAR, None, TODAY, decision.id)
        assert [(line.name, line.superior) for line in listed] == [
            ("Chi bộ nhà số 1", "Phường nhà"),
            ("Chi bộ nhà số 2", "Phường nhà"),
        ]


def test_the_draft_of_a_decision_names_all_who_wait_however_long_their_list(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    voted = [member for member, _ in committee.cells[0].members]
    until(committee, REGISTRY, "vote", *voted, key=MEMBER)
    monkeypatch.setattr(paging, "SIZE", 3)
    with scope(committee.engine, committee.tenant_id) as session:
        asked = Asked(
            session=session,
            registry=REGISTRY,
            actor=committee.actor(Role.TENANT_ADMIN),
            reach=frozenset({committee.ward.id, *(cell.id for cell in committee.cells)}),
            today=AS_OF,
            organisation_id=committee.ward.id,
            of=str(YEAR),
        )
        draft = kind_of("quyet-dinh").build(asked)
    [granted] = [one.words for one in draft.body if isinstance(one, Text) and one.label == "Điều 1."]
    assert granted.count("đồng chí ") == len(voted) == 10


def test_a_refusal_is_a_notice_that_ends_the_dossier(committee: Committee) -> None:
    one = committee.cells[0].id
    until(committee, REGISTRY, "appraise", one)
    taken(committee, REGISTRY, taking("decide", one, granting=False))
    found = dossier(committee)
    assert (found.state, found.line.recognised_on, found.steps[3].taken and found.steps[3].taken.outcome) == (
        "stopped",
        None,
        "not_recognised",
    )
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(RecognitionDecision.kind)).all() == ["refusal"]
        assert recognised_of(session, "Chi bộ bốn tốt", YEAR, None, TODAY) == []


def test_an_appraiser_who_disagrees_says_why_and_does_not_end_it(committee: Committee) -> None:
    one = committee.cells[0].id
    until(committee, REGISTRY, "file", one)
    against = taking("appraise", one, against=frozenset({one}))
    assert refused(committee, against) == {"remark": "Ghi lý do không đồng ý."}
    taken(committee, REGISTRY, replace(against, remark="hồ sơ thiếu"))
    assert dossier(committee).line.awaits(dossier(committee).title) == dossier(committee).title.step("decide")


def test_a_decision_has_its_document(committee: Committee) -> None:
    one = committee.cells[0].id
    until(committee, REGISTRY, "appraise", one)
    assert refused(committee, taking("decide", one, document=None)) == {
        "number": "Ghi số, ký hiệu văn bản.",
        "issuer": "Ghi cơ quan ban hành.",
        "signer": "Ghi người ký.",
    }


WHOSE = [
    (Role.TENANT_ADMIN, Holder.ABOVE, "cell", True),
    (Role.COMMITTEE, Holder.SUBJECT, "cell", True),
    (Role.COMMITTEE, Holder.SUPERIOR, "cell", True),
    (Role.COMMITTEE, Holder.ABOVE, "cell", False),
    (Role.COMMITTEE, Holder.SUBJECT, "ward", True),
    (Role.COMMITTEE, Holder.SUPERIOR, "ward", False),
    (Role.CELL_SECRETARY, Holder.SUBJECT, "cell", True),
    (Role.CELL_SECRETARY, Holder.SUPERIOR, "cell", False),
    (Role.MEMBER, Holder.SUBJECT, "cell", False),
]


def test_whose_a_step_is(committee: Committee) -> None:
    """A ward decides on its cells and not on itself; the district alone makes the list of the district."""
    places = {
        "cell": (committee.cells[0].id, committee.ward.id),
        "ward": (committee.ward.id, committee.root.id),
    }
    found = []
    for role, holder, here, _ in WHOSE:
        actor = committee.actor(role)
        with scope(committee.engine, committee.tenant_id) as session:
            reach = within(session, actor)
        found.append((role, holder, here, may_take(actor, holder, *places[here], reach)))
    assert found == WHOSE


def test_nobody_takes_a_step_out_of_reach(committee: Committee, engine: Engine, unique: str) -> None:
    """Another cell's, another committee's and an unknown one are answered alike."""
    other = year_ended(engine, f"{unique}-khac", REGISTRY, "lạ")
    for subject in (committee.cells[1].id, other.cells[0].id, 999_999):
        with pytest.raises(NotFound):
            taken(committee, REGISTRY, taking("assess", subject), Role.CELL_SECRETARY)
    with pytest.raises(NotFound):
        taken(committee, REGISTRY, taking("assess", other.cells[0].id))
    with pytest.raises(NotAllowed):
        taken(committee, REGISTRY, taking("assess", committee.cells[0].id), Role.MEMBER)
    until(committee, REGISTRY, "file", committee.cells[0].id)
    with pytest.raises(NotAllowed):
        taken(committee, REGISTRY, taking("appraise", committee.cells[0].id), Role.CELL_SECRETARY)
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(RecognitionCase)) == 1


def back(
    committee: Committee,
    version: int,
    reason: str = "ghi nhầm",
    role: Role = Role.TENANT_ADMIN,
    cell: int = 0,
) -> str:
    actor, case = committee.actor(role), case_of(committee, cell)
    with scope(committee.engine, committee.tenant_id) as session:
        return take_back(session, actor, title(session, REGISTRY), case.public_id, version, reason)


def test_the_last_step_is_taken_back_with_a_reason_and_leaves_nothing_but_the_trail(
    committee: Committee,
) -> None:
    one, two = (cell.id for cell in committee.cells)
    until(committee, REGISTRY, "decide", one, two)
    version = case_of(committee).version
    with pytest.raises(InvalidInput, match="Ghi lý do"):
        back(committee, version, " ")
    with pytest.raises(Stale):
        back(committee, version - 1)
    with pytest.raises(NotAllowed):
        back(committee, version, role=Role.CELL_SECRETARY)
    assert back(committee, version) == "Quyết định công nhận"
    assert (dossier(committee).state, dossier(committee, 1).state) == ("open", "expired")
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(RecognitionDecision)) == 1
        detail = session.scalars(
            select(AuditEvent.detail).where(AuditEvent.action == "take_back_recognition_step")
        ).one()
        assert detail["reason"] == "ghi nhầm"
        assert detail["before"]["decision"]["number"] == PAPER.number
    assert back(committee, version + 1) == "Thẩm định"
    assert back(committee, version + 2) == "Chi bộ biểu quyết, nộp hồ sơ"
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(RecognitionBallot)) == 1


def take_away(
    committee: Committee,
    day: date = date(2024, 5, 6),
    role: Role = Role.COMMITTEE,
    cell: int = 0,
    **more: object,
) -> None:
    actor, case = committee.actor(role), case_of(committee, cell)
    version = more.pop("version", case.version)
    entry = replace(Revoking(day=day, document=PAPER, reason="vi phạm kỷ luật"), **more)  # type: ignore[arg-type]
    with scope(committee.engine, committee.tenant_id) as session:
        revoke(session, actor, title(session, REGISTRY), case.public_id, version, entry)  # type: ignore[arg-type]


def test_a_title_is_revoked_by_a_document_and_a_reason(committee: Committee) -> None:
    one = committee.cells[0].id
    until(committee, REGISTRY, "appraise", one)
    with pytest.raises(NotFound):
        take_away(committee)
    taken(committee, REGISTRY, taking("decide", one))
    for error, more in (
        (NotAllowed, {"role": Role.CELL_SECRETARY}),
        (Stale, {"version": 1}),
        (InvalidFields, {"reason": ""}),
        (InvalidFields, {"document": replace(PAPER, number=" ")}),
        (InvalidFields, {"day": date(2023, 12, 13)}),
    ):
        with pytest.raises(error):
            take_away(committee, **more)
    take_away(committee)
    found = dossier(committee)
    assert found.revocation
    assert (found.state, found.revocation.day, found.revocation.reason) == (
        "revoked",
        date(2024, 5, 6),
        "vi phạm kỷ luật",
    )
    assert not found.may_revoke
    with scope(committee.engine, committee.tenant_id) as session:
        assert figures_of(session, ADMIN, title(session, REGISTRY), None).kept == 0
    with pytest.raises(Stale):
        taken(committee, REGISTRY, taking("publish", one))
    assert back(committee, case_of(committee).version) == "Thu hồi danh hiệu"
    assert dossier(committee).state == "expired"


def test_the_funnel_narrows_from_those_considered_to_those_who_hold_the_title(committee: Committee) -> None:
    one, two = (cell.id for cell in committee.cells)
    until(committee, REGISTRY, "file", one, two)
    taken(committee, REGISTRY, taking("appraise", one))
    taken(committee, REGISTRY, taking("decide", one))
    with scope(committee.engine, committee.tenant_id) as session:
        asked = title(session, REGISTRY)
        figures = figures_of(session, ADMIN, asked, None)
        assert funnel(asked, figures) == [
            ("Được xét", 2),
            ("Đủ điều kiện theo đánh giá đến nay", 1),
            ("Được biểu quyết tán thành", 2),
            ("Được thẩm định đồng ý", 1),
            ("Được quyết định công nhận", 1),
            ("Giữ được danh hiệu, không bị thu hồi", 1),
        ]
        assert {term.key: count for term in asked.steps if (count := figures.awaiting(term.key))} == {
            "appraise": 1,
            "publish": 1,
        }


def test_a_year_is_held_against_the_one_before(committee: Committee) -> None:
    one, two = (cell.id for cell in committee.cells)
    until(committee, REGISTRY, "decide", one)
    with scope(committee.engine, committee.tenant_id) as session:
        decision = session.scalars(select(RecognitionDecision)).one()
        for cell, year in ((one, 2024), (two, 2024), (two, 2022)):
            session.add(
                RecognitionCase(
                    organisation_id=cell,
                    year=year,
                    policy_code="cũ",
                    scheme="cũ",
                    title="Chi bộ bốn tốt",
                    decision_id=decision.id,
                    recognised_on=date(year, 12, 14),
                    holds_until=date(year + 1, 12, 14),
                )
            )
        session.flush()
        said = {
            year: [
                (line.name, line.change) for line in compared(session, "Chi bộ bốn tốt", year, None, TODAY)
            ]
            for year in (2023, 2024, 2025)
        }
    first, second = "Chi bộ nhà số 1", "Chi bộ nhà số 2"
    assert said == {
        2023: [(second, "lost"), (first, "gained")],
        2024: [(second, "gained"), (first, "kept")],
        2025: [(first, "lost"), (second, "lost")],
    }


def test_a_step_is_done_once_all_is_there_that_it_lays_down(engine: Engine, unique: str) -> None:
    """It can be taken without the cell's own sheet and without the number of the proposal, and says that they are lacking;
    the sheet may follow."""
    registry = recognising(sheet=True)
    committee = year_ended(engine, unique, registry)
    one = committee.cells[0].id
    found = taken(committee, registry, taking("assess", one))
    assert found.warnings == (
        "Chưa có đủ bảng tự chấm điểm, bước này sẽ ghi là còn thiếu đến khi bảng đủ: Chi bộ nhà số 1.",
    )
    taken(committee, registry, taking("file", one))
    steps = dossier(committee, registry=registry).steps
    assert [step.lacking for step in steps[:3]] == [
        ("bảng tự chấm điểm (mới có 0/1 tiêu chí)",),
        ("số tờ trình",),
        (),
    ]
    with scope(committee.engine, committee.tenant_id) as session:
        session.add(
            Judgment(
                criterion="vidu.cell.discussion",
                organisation_id=one,
                year=YEAR,
                stage="self_assessment",
                verdict="met",
                judged_by="Chi bộ",
                judged_on=date(2023, 11, 20),
            )
        )
    assert dossier(committee, registry=registry).steps[0].lacking == ()


ENDED = date(2023, 12, 20)


def test_the_dossier_of_a_cell_that_ended_stays_and_is_counted(engine: Engine, unique: str) -> None:
    """It is listed with the day, holds a place of the quota, waits for nothing, and can be revoked or taken back."""
    registry = recognising(quota=1)
    committee = year_ended(engine, unique, registry)
    one, two = (cell.id for cell in committee.cells)
    until(committee, registry, "decide", one, two)
    dissolved(committee, registry, 1, 0, ENDED)
    assert [line.to_revoke for line in all_lines(committee)] == [False, False]
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(update(RecognitionCase).values(holds_until=date(2100, 1, 1)))
        asked = title(session, registry)
        lines = {line.id: line for line in lines_of(session, asked, None).lines}
        gone = lines[two]
        assert (gone.considered, gone.ended_on, gone.holds, gone.to_revoke, gone.awaits(asked)) == (
            False,
            ENDED,
            True,
            True,
            None,
        )
        assert next(iter(lines)) == two
        figures = figures_of(session, ADMIN, asked, None)
        assert (figures.considered, figures.kept, figures.gone, figures.gone_holding, figures.to_revoke) == (
            1,
            1,
            1,
            1,
            1,
        )
        assert counted_under(session, asked, [committee.ward.id]) == {committee.ward.id: (1, 2)}
        assert has_anyone(session, asked, frozenset({two}))
    found = dossier(committee, 1)
    assert [step.state for step in found.steps] == ["taken"] * 4 + ["off"] * 3
    assert (found.may_revoke, found.may_take_back, dossier(committee, 1).state) == (
        True,
        True,
        "holding",
    )
    with pytest.raises(Stale, match="không còn thuộc diện xét"):
        taken(committee, registry, taking("publish", two))
    take_away(committee, cell=1)
    assert dossier(committee, 1).state == "revoked"
    assert back(committee, case_of(committee, 1).version, cell=1) == "Thu hồi danh hiệu"
    assert back(committee, case_of(committee, 1).version, cell=1) == "Quyết định công nhận"
    assert dossier(committee, 1).state == "gone"


def test_a_dossier_emptied_of_its_steps_is_none_any_more(committee: Committee) -> None:
    until(committee, REGISTRY, "assess", committee.cells[1].id)
    dissolved(committee, REGISTRY, 1, 0, ENDED)
    assert len(all_lines(committee)) == 2
    back(committee, case_of(committee, 1).version, cell=1)
    assert [line.id for line in all_lines(committee)] == [committee.cells[0].id]


def test_dossiers_under_a_plan_that_judges_nobody_any_more_stay(committee: Committee) -> None:
    """The year is evaluated anew under a refinement without a title of members: the cell's dossier goes over to its title
    of the same scheme, the member's stays where it was and can be revoked."""
    one, (member, _) = committee.cells[0].id, committee.cells[0].members[5]
    until(committee, REGISTRY, "decide", one)
    until(committee, REGISTRY, "confirm", member, key=MEMBER)
    with scope(committee.engine, committee.tenant_id) as session:
        session.execute(update(PolicyAssignment).values(policy_code=WARD))
        evaluate(session, REGISTRY, year=YEAR, as_of=AS_OF, by="Quản trị")
        titles = titles_of(session, REGISTRY, YEAR, TODAY)
        found = {
            (title.key, title.header.superseded): [
                (line.id, line.considered) for line in lines_of(session, title, None).lines if line.holds
            ]
            for title in titles
        }
        assert found == {
            (f"{WARD}:vidu.cell", False): [(one, True)],
            (MEMBER, True): [(member, False)],
            (CELL, True): [],
        }
        assert not has_anyone(session, titles[-1], None)
        case = session.scalars(select(RecognitionCase).where(RecognitionCase.member_id == member)).one()
        entry = Revoking(day=date(2024, 5, 6), document=PAPER, reason="vi phạm kỷ luật")
        revoke(session, ADMIN, title(session, REGISTRY, MEMBER), case.public_id, case.version, entry)
        assert case.revoked_on == entry.day


def test_with_whom_a_step_lies(committee: Committee) -> None:
    """Seen from the cell, from the ward and from the district, of three cells' steps: voted below, decided, listed above."""
    one, two = (cell.id for cell in committee.cells)
    until(committee, REGISTRY, "publish", one)
    until(committee, REGISTRY, "file", two)
    sides = {}
    for role in (Role.CELL_SECRETARY, Role.COMMITTEE, Role.TENANT_ADMIN):
        actor = committee.actor(role)
        with scope(committee.engine, committee.tenant_id) as session:
            asked = [title(session, REGISTRY, key) for key in (CELL, MEMBER)]
            counted = [figures_of(session, actor, one, within(session, actor)) for one in asked]
        sides[role] = {
            (step, side.value): count
            for figures in counted
            for step, waiting in figures.waiting.items()
            for side, count in waiting.items()
            if count
        }
    assert sides == {
        Role.CELL_SECRETARY: {("collect", "above"): 1, ("vote", "mine"): 10},
        Role.COMMITTEE: {("appraise", "mine"): 1, ("collect", "above"): 1, ("vote", "below"): 20},
        Role.TENANT_ADMIN: {("appraise", "below"): 1, ("collect", "mine"): 1, ("vote", "below"): 20},
    }


def test_titles_are_those_the_plan_recognises(committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        found = titles_of(session, REGISTRY, YEAR, TODAY)
        assert [(one.key, one.name) for one in found] == [
            (MEMBER, "Đảng viên bốn tốt"),
            (CELL, "Chi bộ bốn tốt"),
        ]
        assert [term.due for term in found[1].steps][:3] == [date(2023, 11, 30), date(2023, 11, 30), None]
        assert titles_of(session, REGISTRY, 2024, TODAY) == []
        for one in found:
            assert has_anyone(session, one, None)
            assert has_anyone(session, one, frozenset({committee.cells[0].id}))
            assert not has_anyone(session, one, frozenset({committee.root.id}))
    people = all_lines(committee, MEMBER)
    short = [line.name for line in people if not line.eligible]
    assert (len(people), short) == (20, names(range(4)))


def test_what_is_considered_is_not_written(committee: Committee) -> None:
    actor = committee.actor(Role.COMMITTEE)
    with scope(committee.engine, committee.tenant_id) as session:
        asked = title(session, REGISTRY)
        consider(session, actor, asked, taking("assess", committee.cells[0].id))
        assert session.scalar(select(func.count()).select_from(RecognitionCase)) == 0


def test_a_dossier_out_of_reach_is_not_found(committee: Committee) -> None:
    """The secretary of the first cell neither takes a step of the second back nor revokes its title."""
    until(committee, REGISTRY, "decide", committee.cells[1].id)
    version = case_of(committee, 1).version
    with pytest.raises(NotFound):
        back(committee, version, role=Role.CELL_SECRETARY, cell=1)
    with pytest.raises(NotFound):
        take_away(committee, role=Role.CELL_SECRETARY, cell=1)
    assert case_of(committee, 1).version == version


def test_a_foreign_dossier_is_not_found(committee: Committee, engine: Engine, unique: str) -> None:
    other = make_committee(engine, f"{unique}-trong", "lạ")
    until(committee, REGISTRY, "assess", committee.cells[0].id)
    case = case_of(committee)
    with (
        scope(other.engine, other.tenant_id) as session,
        pytest.raises(BontotError),
    ):
        take_back(
            session,
            other.actor(Role.TENANT_ADMIN),
            title(session, REGISTRY),
            case.public_id,
            1,
            "lý do",
        )
