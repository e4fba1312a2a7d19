"""What one form of a page writes a program writes too: upon what it read, by the hands the page allows, each fault where it
stands."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bontot.access import Role
from bontot.db.models import Directive, IssuedPaper, Judgment, Meeting, MeetingGuest, Registration, Task
from bontot.db.models.meeting import PRESENT
from bontot.db.tenancy import scope
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.web.api.resources.parts import NAMES, PARTS, Offered
from tests.api.conftest import Give, Program
from tests.api.test_reading import read_all
from tests.factories import Committee


def a_meeting(committee: Committee) -> str:
    """The address of a meeting of the first cell at which its first three members were."""
    cell = committee.cells[0]
    marks = {member: Mark(PRESENT) for member, _ in cell.members[:3]}
    with scope(committee.engine, committee.tenant_id) as session:
        entry = MeetingEntry(kind="regular", held_on=date(2023, 3, 3), marks=marks)
        made = record_meeting(session, committee.actor(Role.CELL_SECRETARY), cell.id, entry)
        return f"/meetings/{made.public_id}"


def faults(answer: TestResponse) -> tuple[int, dict[str, str]]:
    """The status, and what is wrong where."""
    assert answer.json is not None
    return answer.status_code, {one["field"]: one["detail"] for one in answer.json["errors"]}


def test_a_guest_is_added_corrected_and_taken_away(program: Program, committee: Committee) -> None:
    path = f"{a_meeting(committee)}/guests"
    made = program.post(path, {"name": "Trần Khách", "assigned": True})
    assert made.json is not None
    told = {"name": "Trần Khách", "post": "", "assigned": True, "remark": "", "row": made.json["row"]}
    assert (made.status_code, made.json) == (201, told)
    row = made.headers["Location"].removeprefix("/api/v1")
    assert (program.get(row).json, program.get(path).json) == (told, {"items": [told], "next": None})
    tag = program.get(row).headers["ETag"]
    better = program.put(row, {"name": "Trần Khách", "post": "Đảng ủy viên"}, If_Match=tag)
    assert better.json == {**told, "post": "Đảng ủy viên", "assigned": False}
    assert program.put(row, {"name": "Khác"}, If_Match=tag).status_code == 412
    assert faults(program.post(path, {"name": " "})) == (422, {"name": "Cần ghi họ tên."})
    gone = program.post(f"{row}/removal", {}, If_Match=better.headers["ETag"])
    assert (gone.status_code, gone.json) == (200, {"items": [], "next": None})
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(MeetingGuest)) == 0


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.path)
def test_a_part_is_written_by_programs_as_by_its_page(part: Offered) -> None:
    written = {NAMES.get(one.name, one.name) for one in fields(part.form.entry)}
    assert set(part.schema().fields) == written


def test_a_part_names_only_whom_its_page_could(program: Program, committee: Committee) -> None:
    path = a_meeting(committee)
    (_, chair), (_, writer), *_ = committee.cells[0].members
    stranger = str(committee.cells[1].members[0][1])
    tag = program.get(f"{path}/head").headers["ETag"]
    wrong = program.put(f"{path}/head", {"chair": stranger, "minute_taker": str(writer)}, If_Match=tag)
    assert faults(wrong) == (422, {"chair": "Không có trong những người có thể chọn ở phần này."})
    same = program.put(f"{path}/head", {"chair": str(chair), "minute_taker": str(chair)}, If_Match=tag)
    assert [*faults(same)[1]] == ["minute_taker"]
    head = program.put(f"{path}/head", {"chair": str(chair), "minute_taker": str(writer)}, If_Match=tag)
    assert head.json == {"row": 0, "chair": str(chair), "minute_taker": str(writer), "ends_at": None}
    item = {"title": "Vận động", "due_on": "2023-04-30", "carriers": [str(writer), stranger]}
    assert [*faults(program.post(f"{path}/items", item))[1]] == ["carriers.1"]
    made = program.post(f"{path}/items", {**item, "carriers": [str(writer)]})
    assert made.status_code == 201
    [task] = read_all(program, "/tasks", 5)
    assert (task["title"], task["carriers"]) == ("Vận động", [str(writer)])


def test_a_record_goes_to_the_superior_and_comes_back_by_another_hand(
    program: Program, give: Give, committee: Committee
) -> None:
    path = a_meeting(committee)
    (_, chair), (_, writer), *_ = committee.cells[0].members
    early = program.post(f"{path}/handing-over", {"act": "closed"}, If_Match='"1"')
    assert faults(early)[0] == 422
    tag = program.get(f"{path}/head").headers["ETag"]
    program.put(f"{path}/head", {"chair": str(chair), "minute_taker": str(writer)}, If_Match=tag)
    tag = program.get(path).headers["ETag"]
    closed = program.post(f"{path}/handing-over", {"act": "closed"}, If_Match=tag)
    assert closed.json is not None
    assert (closed.status_code, closed.json["state"], closed.json["submission"]) == (200, "closed", "due")
    sent = program.post(f"{path}/handing-over", {"act": "submitted"}, If_Match=closed.headers["ETag"])
    own = program.post(f"{path}/reception", {"act": "received"}, If_Match=sent.headers["ETag"])
    assert own.json is not None
    assert (own.status_code, own.json["detail"]) == (
        403,
        "Đồng chí đã gửi hồ sơ này, nên người khác của cấp trên tiếp nhận.",
    )
    cell = give(Role.CELL_SECRETARY, committee.cells[0].id)
    refused = cell.post(f"{path}/reception", {"act": "received"}, If_Match=sent.headers["ETag"])
    assert refused.status_code == 403
    acts = program.get(f"{path}/acts").json
    assert acts is not None
    assert [one["act"] for one in acts["items"]] == ["submitted", "closed"]
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(Meeting.submission)).one() == "submitted"


def test_a_document_is_answered_by_the_cell_and_judged_above(program: Program, committee: Committee) -> None:
    with scope(committee.engine, committee.tenant_id) as session:
        asked = Directive(
            organisation_id=committee.cells[0].id, number="5-CV", subject="Việc", due_on=date(2023, 6, 1)
        )
        session.add(asked)
        session.flush()
        path = f"/directives/{asked.public_id}"
    tag = program.get(path).headers["ETag"]
    empty = program.put(f"{path}/answer", {"answered_on": "2023-05-20", "result": " "}, If_Match=tag)
    assert faults(empty) == (422, {"result": "Ghi kết quả thực hiện: đã làm gì, đến đâu."})
    done = program.put(f"{path}/answer", {"answered_on": "2023-05-20", "result": "xong"}, If_Match=tag)
    assert done.json is not None
    assert (done.status_code, done.json["submission"], done.json["version"]) == (200, "submitted", 2)
    assert read_all(program, "/directives?answered=true", 5) == [done.json]
    own = program.post(f"{path}/reception", {"act": "received"}, If_Match=done.headers["ETag"])
    assert own.status_code == 403
    stale = program.put(f"{path}/answer", {"answered_on": "2023-05-20", "result": "xong"}, If_Match=tag)
    assert stale.status_code == 412


def test_a_target_becomes_a_task_of_each_cell(program: Program, committee: Committee) -> None:
    path = f"/organisations/{committee.ward.public_id}/targets"
    due = (committee.today + timedelta(days=30)).isoformat()
    cells = [str(cell.public_id) for cell in committee.cells]
    target = {
        "kind": "target",
        "title": "Kết nạp",
        "due_on": due,
        "cells": [*cells, str(committee.root.public_id)],
    }
    assert [*faults(program.post(path, target))[1]] == ["cells.2"]
    made = program.post(path, {**target, "cells": cells})
    assert made.json is not None
    assert (made.status_code, [one["cells"] for one in made.json["items"]]) == (201, [2])
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(Task.title)).all() == ["Kết nạp", "Kết nạp"]


def test_a_pledge_is_signed_and_confirmed_by_another(program: Program, committee: Committee) -> None:
    year, member = committee.today.year, committee.cells[0].members[3][1]
    path = f"/members/{member}/pledges/{year}"
    offered = program.get(path)
    assert offered.json is not None
    asked = offered.json["asked"]
    assert asked
    promises = [{"criterion": one["criterion"], "content": one["content"]} for one in asked]
    entry = {"signed_on": committee.today.isoformat(), "promises": promises}
    empty = {**entry, "promises": [{**promises[0], "content": ""}, *promises[1:]]}
    assert [*faults(program.put(path, empty, If_Match=offered.headers["ETag"]))[1]] == ["promises.0.content"]
    beside = {**entry, "promises": [*promises, {"criterion": "nothing", "content": "Gì đó"}, promises[0]]}
    assert faults(program.put(path, beside, If_Match=offered.headers["ETag"])) == (
        422,
        {
            f"promises.{len(promises)}.criterion": "Kế hoạch không có tiêu chí này để đăng ký.",
            "promises": "Mỗi tiêu chí chỉ đăng ký một lần.",
        },
    )
    signed = program.put(path, entry, If_Match=offered.headers["ETag"])
    assert signed.json is not None
    assert (signed.status_code, [one["criterion"] for one in signed.json["promises"]]) == (
        200,
        [one["criterion"] for one in promises],
    )
    assert program.put(path, entry, If_Match=offered.headers["ETag"]).status_code == 412
    confirmed = program.post(f"{path}/confirmation", {}, If_Match=signed.headers["ETag"])
    assert confirmed.json is not None
    assert (confirmed.status_code, confirmed.json["confirmed_by"]) == (200, committee.cells[0].name)
    [line] = read_all(program, f"/pledges?year={year}&confirmed=true", 5)
    assert line["member"] == str(member)
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Registration)) == 1


def test_a_judgment_is_made_at_the_stage_of_the_tokens_role(
    program: Program, give: Give, committee: Committee
) -> None:
    member = committee.cells[0].members[3][1]
    path = f"/members/{member}/judgments/2024"
    sheet = program.get(path)
    assert sheet.json is not None
    assert sheet.json["may_judge"] == ["appraisal"]
    one = next(one for one in sheet.json["criteria"] if "cell" in one["stages"])
    said = {"points": "1"} if one["by_points"] else {"verdict": "met"}
    body = {"judged_on": "2024-12-20", "conclusions": [{"criterion": one["criterion"], **said}]}
    above = program.put(f"{path}/cell", body, If_Match=sheet.headers["ETag"])
    assert above.status_code == 403
    cell = give(Role.CELL_SECRETARY, committee.cells[0].id)
    unknown = {**body, "conclusions": [{"criterion": "nothing", **said}]}
    assert [*faults(cell.put(f"{path}/cell", unknown, If_Match=sheet.headers["ETag"]))[1]] == [
        "conclusions.0.criterion"
    ]
    judged = cell.put(f"{path}/cell", body, If_Match=sheet.headers["ETag"])
    assert judged.json is not None
    [found] = [each for each in judged.json["criteria"] if each["recorded"]]
    assert (found["criterion"], found["recorded"][0]["stage"], found["recorded"][0]["judged_on"]) == (
        one["criterion"],
        "cell",
        "2024-12-20",
    )
    assert cell.put(f"{path}/cell", body, If_Match=sheet.headers["ETag"]).status_code == 412
    [line] = read_all(program, "/judgments?year=2024&stage=cell", 5)
    assert (line["member"], line["criterion"]) == (str(member), one["criterion"])
    taken = {"conclusions": [{"criterion": one["criterion"]}]}
    back = cell.put(f"{path}/cell", taken, If_Match=judged.headers["ETag"])
    assert back.status_code == 200
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(Judgment)) == 0


def test_ratings_are_written_all_or_none(program: Program, committee: Committee) -> None:
    cell = committee.cells[0]
    path = f"/organisations/{cell.public_id}/ratings/2023"
    tag = program.get(path).headers["ETag"]
    first, second = (str(who) for _, who in cell.members[:2])
    levels = [{"subject": first, "level": "good", "votes": 9}, {"subject": second, "level": "completed"}]
    body = {"decided_on": "2023-12-20", "document": "30-QĐ", "levels": levels}
    assert [*faults(program.put(path, body, If_Match=tag))[1]] == ["entitled"]
    stranger = {**body, "levels": [{"subject": str(committee.cells[1].members[0][1]), "level": "good"}]}
    assert [*faults(program.put(path, stranger, If_Match=tag))[1]] == ["levels.0.subject"]
    rated = program.put(path, {**body, "entitled": 10}, If_Match=tag)
    assert rated.json is not None
    told = {one["subject"]: (one["level"], one["votes"]) for one in rated.json["items"] if one["level"]}
    assert told == {first: ("good", 9), second: ("completed", None)}
    assert program.put(path, {**body, "entitled": 10}, If_Match=tag).status_code == 412
    assert len(read_all(program, "/ratings?year=2023", 1)) == 2


def test_a_month_is_ordered_otherwise_and_given_back(program: Program, committee: Committee) -> None:
    path = f"/organisations/{committee.ward.public_id}/month-orders/2024-06"
    tag = program.get(path).headers["ETag"]
    assert [*faults(program.put(path, {"document": "5-CV"}, If_Match=tag))[1]] == ["deadline"]
    given = program.put(path, {"document": "5-CV", "deadline": "2024-06-20"}, If_Match=tag)
    assert given.json == {
        "month": "2024-06",
        "day": None,
        "deadline": "2024-06-20",
        "waived": False,
        "document": "5-CV",
    }
    assert program.put(path, {"document": "6-CV", "waived": True}, If_Match=tag).status_code == 412
    [line] = read_all(program, "/month-orders", 5)
    assert (line["organisation"], line["month"], line["version"]) == (
        str(committee.ward.public_id),
        "2024-06-01",
        1,
    )
    back = program.post(f"{path}/removal", {"reason": "ghi nhầm"}, If_Match=given.headers["ETag"])
    assert back.json is not None
    assert (back.status_code, back.json["document"]) == (200, None)


def test_a_day_off_is_entered_once_and_taken_back(program: Program, committee: Committee) -> None:
    day = (committee.today + timedelta(days=40)).isoformat()
    entry = {"day": day, "kind": "swapped_off", "name": "Nghỉ bù", "source": "TB 12"}
    made = program.post("/days-off", entry)
    assert made.json is not None
    assert (made.status_code, made.json["organisation"], made.json["day"]) == (201, None, day)
    assert [*faults(program.post("/days-off", entry))[1]] == ["day"]
    back = program.post(f"/days-off/{made.json['id']}/removal", {"reason": "ghi nhầm"})
    assert (back.status_code, back.json) == (200, made.json)
    assert read_all(program, "/days-off", 5) == []


def test_an_act_on_organisations_is_seen_before_it_is_recorded(
    program: Program, committee: Committee
) -> None:
    first, second = committee.cells
    act = {
        "kind": "merge",
        "day": "2024-05-01",
        "document": "12-QĐ/QU",
        "document_day": "2024-04-20",
        "issued_by": "Quận ủy",
        "ended": [{"organisation": str(first.public_id), "heirs": [str(second.public_id)]}],
    }
    seen = program.post("/organisation-acts/preview", act)
    assert seen.json is not None
    assert (seen.status_code, [one["members"] for one in seen.json["flows"]]) == (200, [10])
    assert read_all(program, "/organisation-acts", 5) == []
    nobody = {**act, "ended": [{"organisation": str(first.public_id), "heirs": ["new-1"]}]}
    assert [*faults(program.post("/organisation-acts/preview", nobody))[1]] == ["ended.0.heirs.0"]
    made = program.post("/organisation-acts", act, If_Match=seen.headers["ETag"])
    assert made.json is not None
    assert (made.status_code, made.json["kind"]) == (201, "merge")
    assert read_all(program, "/organisation-acts?kind=merge", 5) == [made.json]
    again = program.post("/organisation-acts", act, If_Match=seen.headers["ETag"])
    assert again.status_code == 412
    assert len(read_all(program, f"/members?organisation={second.public_id}", 50)) == 20


def test_a_frame_stands_beside_the_plans_from_its_day(program: Program) -> None:
    frames = program.get("/frames").json
    assert frames is not None
    code = next(one["code"] for one in frames["items"] if not one["on"] and one["in_force_until"] is None)
    path = f"/frames/{code}"
    assert [*faults(program.post(f"{path}/end", {"day": "2026-01-01", "document": "x"}))[1]] == ["day"]
    made = program.post(f"{path}/adoption", {"day": "2026-01-01", "document": "NQ 01"})
    assert made.json is not None
    assert (made.status_code, made.json["since"]) == (201, "2026-01-01")
    ended = program.post(f"{path}/end", {"day": "2026-02-01", "document": "NQ 02"})
    assert ended.json is not None
    assert (ended.status_code, ended.json["since"]) == (200, None)
    [line] = read_all(program, "/frame-adoptions", 5)
    assert (line["valid_from"], line["valid_to"], line["end_document"]) == (
        "2026-01-01",
        "2026-02-01",
        "NQ 02",
    )


def test_work_is_stopped_and_begun_again(program: Program) -> None:
    job = program.post("/evaluations", {"year": 2023}).headers["Location"].removeprefix("/api/v1")
    over = program.post(f"{job}/repetition", {})
    assert (over.status_code, (over.json or {})["code"]) == (409, "job_over")
    stopped = program.post(f"{job}/stop", {})
    assert stopped.json is not None
    assert (stopped.status_code, stopped.json["state"]) == (200, "failed")
    again = program.post(f"{job}/repetition", {})
    assert again.json is not None
    assert (again.status_code, again.json["state"]) == (202, "waiting")


def test_nothing_is_issued_of_another_body(give: Give, committee: Committee) -> None:
    program = give(Role.COMMITTEE, committee.ward.id)
    path = f"/organisations/{committee.cells[0].public_id}/drafts/fee_report/2023-05"
    tag = program.get(path).headers["ETag"]
    refused = program.post(f"{path}/issue", {"number": 1, "day": "2023-06-01"}, If_Match=tag)
    assert refused.status_code == 403
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(IssuedPaper)) == 0
