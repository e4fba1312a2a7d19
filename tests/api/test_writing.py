"""Programs write as pages do: upon the version they read, once for each key, with every fault said where it stands."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select

from bontot.access import Role
from bontot.db.models import AuditEvent, Fee, Job, Meeting, Task, ThresholdOverride
from bontot.db.tenancy import scope
from tests.api.conftest import Program
from tests.factories import Committee


def a_meeting(committee: Committee, day: str = "2023-03-03", **more: Any) -> dict[str, Any]:
    """A meeting of the first cell with its first two members."""
    first, second = (str(who) for _, who in committee.cells[0].members[:2])
    marks = [
        {"member": first, "mark": "present"},
        {"member": second, "mark": "absent_excused", "reason": "ốm"},
    ]
    return {"kind": "regular", "held_on": day, "starts_at": "19:30", "marks": marks, **more}


def address(committee: Committee) -> str:
    return f"/organisations/{committee.cells[0].public_id}/meetings"


def test_a_meeting_is_recorded_read_back_and_corrected(program: Program, committee: Committee) -> None:
    made = program.post(address(committee), a_meeting(committee, agenda=["Một", "Hai"]))
    assert made.status_code == 201
    assert made.json is not None
    path = made.headers["Location"].removeprefix("/api/v1")
    read = program.get(path)
    assert (read.json, read.headers["ETag"]) == (made.json, made.headers["ETag"])
    assert [(one["mark"], one["reason"]) for one in made.json["roll"][:3]] == [
        ("present", None),
        ("absent_excused", "ốm"),
        (None, None),
    ]
    better = {**a_meeting(committee, place="Nhà văn hóa"), "reason": "ghi thiếu địa điểm"}
    corrected = program.put(path, better, If_Match=read.headers["ETag"])
    assert corrected.status_code == 200
    assert corrected.json is not None
    assert (corrected.json["place"], corrected.json["agenda"]) == ("Nhà văn hóa", [])
    assert corrected.headers["ETag"].startswith('"2.')
    stale = program.put(path, better, If_Match=read.headers["ETag"])
    unnamed = program.put(path, better)
    any_at_all = program.put(path, better, If_Match="*")
    several = program.put(path, better, If_Match=f'{corrected.headers["ETag"]}, "3.0"')
    weak = program.put(path, better, If_Match=f"W/{corrected.headers['ETag']}")
    refused = (stale, unnamed, any_at_all, several, weak)
    assert [(one.status_code, (one.json or {})["code"]) for one in refused] == [
        (412, "stale"),
        (428, "version_missing"),
        (428, "version_missing"),
        (428, "version_missing"),
        (412, "version_weak"),
    ]
    with scope(committee.engine, committee.tenant_id) as session:
        kept = session.execute(
            select(AuditEvent.detail, AuditEvent.token_id).where(AuditEvent.action == "change_meeting")
        ).one()
    assert (kept[0]["reason"], kept[0]["before"]["agenda"]) == ("ghi thiếu địa điểm", ["Một", "Hai"])
    assert kept[1] is not None


def test_a_request_sent_again_writes_nothing_more(program: Program, committee: Committee) -> None:
    key = str(uuid4())
    first, again = (
        program.post(address(committee), a_meeting(committee), Idempotency_Key=key) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json, first.headers["Location"]) == (again.json, again.headers["Location"])
    other = program.post(address(committee), a_meeting(committee, "2023-04-03"), Idempotency_Key=key)
    assert other.json is not None
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    missing = program.post(address(committee), a_meeting(committee), Idempotency_Key="")
    assert missing.json is not None
    assert (missing.status_code, missing.json["code"]) == (400, "idempotency_key_missing")
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Meeting)) == 1


def test_every_fault_of_a_meeting_is_said_where_it_stands(program: Program, committee: Committee) -> None:
    stranger = str(committee.cells[1].members[0][1])
    first = str(committee.cells[0].members[0][1])
    wrong = a_meeting(committee, "2023-02-30", starts_at="25:00", kind="party", self_criticism="true", more=1)
    answer = program.post(address(committee), wrong)
    assert answer.json is not None
    assert answer.status_code == 422
    assert {one["field"]: one["detail"] for one in answer.json["errors"]} == {
        "held_on": "Phải là một ngày có thật dạng 2026-03-05, từ năm 1930 đến 2100.",
        "starts_at": "Phải là giờ dạng 19:30.",
        "kind": "Phải là một trong: regular, thematic, extraordinary, congress, cell_committee_meeting.",
        "self_criticism": "Phải là true hoặc false.",
        "more": "Không có trường nào tên như vậy.",
    }
    marks = [
        {"member": stranger, "mark": "present"},
        {"member": first, "mark": "present", "reason": "ốm"},
        {"member": first, "mark": "late"},
        {"member": first, "mark": "late"},
    ]
    answer = program.post(address(committee), {**a_meeting(committee), "marks": marks})
    assert answer.json is not None
    assert {one["field"]: one["detail"] for one in answer.json["errors"]} == {
        "marks.0.member": "Không thuộc diện phải dự họp ngày này.",
        "marks.1.reason": "Chỉ ghi lý do khi vắng có lý do.",
        "marks.3.member": "Đã có điểm danh của đồng chí này.",
    }
    tomorrow = program.post(address(committee), a_meeting(committee, "2099-01-05"))
    assert tomorrow.json is not None
    assert tomorrow.json["errors"] == [
        {"field": "held_on", "detail": "Ngày họp chưa đến. Chỉ ghi nhận buổi đã họp."}
    ]
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Meeting)) == 0


def test_a_task_is_done_and_opened_again(program: Program, committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        task = Task(
            organisation_id=committee.cells[0].id, origin="initiative", title="Việc", due_on=date(2023, 6, 30)
        )
        session.add(task)
        session.flush()
        path = f"/tasks/{task.public_id}"
    tag = program.get(path).headers["ETag"]
    done = program.put(f"{path}/result", {"done_on": "2023-06-01", "result": "Tốt"}, If_Match=tag)
    assert done.json is not None
    assert (done.status_code, done.json["done_on"], done.json["result"]) == (200, "2023-06-01", "Tốt")
    late = program.put(f"{path}/result", {"done_on": "2023-06-02"}, If_Match=tag)
    assert late.status_code == 412
    why = program.put(f"{path}/result", {"done_on": None}, If_Match=done.headers["ETag"])
    assert why.json is not None
    assert why.json["errors"] == [{"field": "words", "detail": "Cần ghi lý do mở lại việc này."}]
    opened = program.put(
        f"{path}/result", {"done_on": None, "reason": "ghi nhầm"}, If_Match=done.headers["ETag"]
    )
    assert opened.json is not None
    assert (opened.status_code, opened.json["done_on"]) == (200, None)


def test_a_cells_month_is_taken_upon_the_ledger_that_was_read(program: Program, committee: Committee) -> None:
    cell = committee.cells[0]
    path = f"/organisations/{cell.public_id}/fees/2023-05"
    tag = program.get(path).headers["ETag"]
    payer, known = str(cell.members[0][1]), cell.members[0][0]
    sent = {"paid_on": "2023-05-10", "taken": [{"member": payer, "how": "month", "due": 20000}]}
    taken = program.post(f"{path}/payments", sent, If_Match=tag)
    assert taken.json is not None
    assert taken.status_code == 201
    [line] = [one for one in taken.json["lines"] if one["member"] == payer]
    assert (line["paid"], line["left"], line["paid_on"]) == (20000, 0, "2023-05-10")
    assert program.post(f"{path}/payments", sent, If_Match=tag).status_code == 412
    now = program.get(path).headers["ETag"]
    too_much = {"paid_on": "2023-05-11", "taken": [{"member": payer, "how": "other", "amount": 1}]}
    refused = program.post(f"{path}/payments", too_much, If_Match=now)
    assert refused.json is not None
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json["errors"]] == ["taken.0"]
    stranger = {**sent, "taken": [{"member": str(committee.cells[1].members[0][1]), "how": "nothing"}]}
    assert program.post(f"{path}/payments", stranger, If_Match=now).status_code == 422
    with scope(committee.engine, committee.tenant_id) as session:
        paid = session.execute(select(Fee.member_id, Fee.paid)).all()
    assert [tuple(one) for one in paid] == [(known, 20000)]


def test_a_member_moves_upon_the_last_event_that_was_read(program: Program, committee: Committee) -> None:
    member, target = committee.cells[0].members[4][1], committee.cells[1]
    path = f"/members/{member}"
    tag = program.get(path).headers["ETag"]
    event = {
        "kind": "official_transfer",
        "day": "2023-05-02",
        "organisation": str(target.public_id),
        "document": "12-QĐ/ĐU",
        "document_day": "2023-04-28",
    }
    moved = program.post(f"{path}/events", event, If_Match=tag)
    assert moved.json is not None
    assert (moved.status_code, moved.json["organisation"]) == (201, str(target.public_id))
    read = program.get(path)
    assert (read.json, read.headers["ETag"]) == (moved.json, moved.headers["ETag"])
    assert program.post(f"{path}/events", event, If_Match=tag).status_code == 412
    again = program.post(f"{path}/events", event, If_Match=moved.headers["ETag"])
    undocumented = program.post(f"{path}/events", {"kind": "exempt", "day": "2023-06-02"}, If_Match=tag)
    assert (again.status_code, undocumented.status_code) == (422, 422)
    assert undocumented.json is not None
    assert {one["field"] for one in undocumented.json["errors"]} == {"document", "document_day"}


def test_a_value_is_decided_within_the_plans_bounds(program: Program, committee: Committee) -> None:
    path = "/plans/hanoi_tayho/thresholds/meeting.deadline/decisions"
    decision = {"value": "6", "valid_from": "2024-01-01", "document": "NQ 05"}
    made = program.post(path, decision)
    assert made.json is not None
    assert (made.status_code, made.json["layer"], made.json["value"], made.json["ground"]) == (
        201,
        "tenant",
        "6",
        "NQ 05",
    )
    refused = program.post(path, {**decision, "value": "31"})
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (422, "value_refused")
    assert program.post(path, {**decision, "document": " "}).status_code == 422
    back = program.post(path, {**decision, "value": None, "valid_from": "2024-02-01"})
    assert back.json is not None
    assert (back.status_code, back.json["layer"]) == (201, "plan")
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(ThresholdOverride)) == 2


def test_an_evaluation_is_asked_for_and_followed(program: Program, committee: Committee) -> None:
    asked = program.post("/evaluations", {"year": 2023})
    assert asked.json is not None
    assert (asked.status_code, asked.json["state"], asked.json["year"]) == (202, "waiting", 2023)
    path = asked.headers["Location"].removeprefix("/api/v1")
    assert program.get(path).json == asked.json
    again = program.post("/evaluations", {"year": 2023})
    assert again.headers["Location"] == asked.headers["Location"]
    with scope(committee.engine, committee.tenant_id) as session:
        [job] = session.execute(select(Job.public_id, Job.requested_by)).all()
    assert job[0] == UUID(asked.json["id"])
    assert job[1] == f"nhà {Role.TENANT_ADMIN} (mã truy cập “Phần mềm thử”)"
    unborn = program.post("/evaluations", {"year": 1930})
    assert unborn.status_code == 422
