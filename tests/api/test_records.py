"""Every kind of record is read as it stands, of whom it is within reach, and of the day asked about."""

from __future__ import annotations

from datetime import date, time
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from bontot.access import Role
from bontot.db.models import (
    Commendation,
    Complaint,
    Concern,
    Discipline,
    FeeBasis,
    Inspection,
    MemberState,
    PlannedMeeting,
    Post,
    Regulation,
    ResidenceRemark,
    Training,
)
from bontot.db.tenancy import scope
from tests.api.conftest import Give, Program
from tests.api.test_reading import LISTS, read_all, record
from tests.factories import Committee, make_committee
from tests.isolation.world import world_of
from tests.web.counting import statements_of

DAY = date(2023, 5, 4)


def filled(committee: Committee) -> None:
    """One record of each kind of the first cell's third member or of the cell, and one of the second cell's."""
    with scope(committee.engine, committee.tenant_id) as session:
        for cell in committee.cells:
            who, at = cell.members[2][0], cell.id
            session.add_all(
                [
                    Commendation(member_id=who, reason="task", awarded_on=DAY),
                    Commendation(organisation_id=at, reason="emulation", awarded_on=DAY),
                    Discipline(member_id=who, form="reprimand", number="01-QĐ", decided_on=DAY),
                    Complaint(member_id=who, received_on=DAY, founded=False),
                    Inspection(organisation_id=at, kind="supervision", held_on=DAY),
                    Concern(organisation_id=at, subject="Đèn đường", raised_on=DAY),
                    Regulation(organisation_id=at, number="02-QC", title="Quy chế", valid_from=DAY),
                    Training(member_id=who, kind="update", completed_on=DAY, title="Lớp"),
                    ResidenceRemark(member_id=who, year=2023, received_on=DAY),
                    MemberState(member_id=who, kind="exempt", valid_from=DAY, valid_to=date(2023, 9, 1)),
                    FeeBasis(
                        member_id=who,
                        group_key="pension",
                        figure=5_000_000,
                        valid_from=date(2023, 5, 1),
                        entered_by="thử",
                    ),
                    PlannedMeeting(
                        organisation_id=at,
                        kind="regular",
                        held_on=DAY,
                        starts_at=time(19, 30),
                        prepared_by="thử",
                    ),
                ]
            )


def expected(committee: Committee) -> dict[str, list[dict[str, Any]]]:
    """What a program of the first cell reads of them."""
    cell = committee.cells[0]
    member, place = str(cell.members[2][1]), str(cell.public_id)
    whose = {"member": member, "organisation": place}
    return {
        "/commendations": [
            {**whose, "reason": "task", "awarded_on": "2023-05-04"},
            {"member": None, "organisation": place, "reason": "emulation", "awarded_on": "2023-05-04"},
        ],
        "/disciplines": [
            {
                **whose,
                "form": "reprimand",
                "number": "01-QĐ",
                "found_on": None,
                "decided_on": "2023-05-04",
            }
        ],
        "/complaints": [
            {"organisation": place, "about_member": True, "received_on": "2023-05-04", "founded": False}
        ],
        "/inspections": [{"organisation": place, "kind": "supervision", "held_on": "2023-05-04"}],
        "/concerns": [
            {
                "organisation": place,
                "subject": "Đèn đường",
                "raised_on": "2023-05-04",
                "answered_on": None,
            }
        ],
        "/regulations": [
            {
                "organisation": place,
                "kind": "working_regulation",
                "number": "02-QC",
                "title": "Quy chế",
                "valid_from": "2023-05-04",
                "valid_to": None,
            }
        ],
        "/trainings": [{**whose, "kind": "update", "completed_on": "2023-05-04", "title": "Lớp"}],
        "/residence-remarks": [{**whose, "year": 2023, "received_on": "2023-05-04"}],
        "/member-states": [
            {
                **whose,
                "kind": "exempt",
                "valid_from": "2023-05-04",
                "valid_to": "2023-09-01",
                "document": None,
            }
        ],
        "/fee-bases": [
            {
                **whose,
                "group": "pension",
                "figure": 5_000_000,
                "valid_from": "2023-05-01",
                "valid_to": None,
                "entered_by": "thử",
            }
        ],
    }


def test_records_of_others_are_not_read(give: Give, committee: Committee) -> None:
    filled(committee)
    program = give(Role.CELL_SECRETARY, committee.cells[0].id)
    for path, rows in expected(committee).items():
        assert read_all(program, path, 1) == rows, path
    [planned] = read_all(program, "/planned-meetings", 5)
    assert (planned["held_on"], planned["starts_at"], planned["meeting"]) == ("2023-05-04", "19:30", None)


def test_what_holds_is_asked_of_a_day(program: Program, committee: Committee) -> None:
    filled(committee)
    member = committee.cells[0].members[2][1]
    for day, many in (("2023-05-03", 0), ("2023-05-04", 1), ("2023-08-31", 1), ("2023-09-01", 0)):
        assert len(read_all(program, f"/member-states?member={member}&as_of={day}", 5)) == many
    assert len(read_all(program, f"/member-states?member={member}", 5)) == 1
    refused = program.get("/member-states?as_of=2090-01-01")
    assert refused.json is not None
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "as_of")


def test_days_bound_a_list(program: Program, committee: Committee) -> None:
    filled(committee)
    place = committee.cells[0].public_id
    for query, many in (("since=2023-05-05", 0), ("until=2023-05-03", 0), ("since=2023-05-04", 2)):
        assert len(read_all(program, f"/commendations?organisation={place}&{query}", 5)) == many


def test_whom_a_complaint_is_about_is_not_asked(program: Program, committee: Committee) -> None:
    answer = program.get(f"/complaints?member={committee.cells[0].members[2][1]}")
    assert answer.json is not None
    assert (answer.status_code, [one["field"] for one in answer.json["errors"]]) == (422, ["member"])


def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    app: Flask, give: Give, committee: Committee
) -> None:
    program = give()
    record(committee)
    filled(committee)
    assert program.get("/token").status_code == 200  # from now on it is noted as used

    def ask(address: str) -> None:
        assert program.get(address).status_code == 200

    for path in LISTS:
        few, many = (statements_of(app, partial(ask, f"{path}?limit={limit}")) for limit in (1, 20))
        assert few == many <= 12, path


def test_the_trail_is_the_administrators_alone(program: Program, give: Give, committee: Committee) -> None:
    assert program.get(f"/members/{committee.cells[0].members[0][1]}").status_code == 200
    found = read_all(program, "/audit-events?action=view_member", 5)
    assert [(one["account"], one["subject"]) for one in found] == [("nhà tenant_admin", "member")]
    assert found[0]["token"] == (program.get("/token").json or {})["id"]
    refused = give(Role.CELL_SECRETARY, committee.cells[0].id).get("/audit-events")
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (403, "not_allowed")


def test_every_list_is_tried(app: Flask) -> None:
    lists = {
        rule.rule.removeprefix("/api/v1")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and "GET" in (rule.methods or ()) and "<" not in rule.rule
    }
    assert lists - set(LISTS) == {"/frames", "/openapi.json", "/plans", "/token"}


def test_a_post_is_taken_and_left_by_its_name(program: Program, committee: Committee) -> None:
    cell, member = committee.cells[0], committee.cells[0].members[5]
    path = f"/members/{member[1]}/events"
    paper = {"document": "12-QĐ/ĐU", "document_day": "2023-01-10"}
    post = {"kind": "post", "day": "2023-02-01", "organisation": str(cell.public_id), **paper}
    tag = program.get(f"/members/{member[1]}").headers["ETag"]
    taken = program.post(path, {**post, "chosen": "deputy_secretary"}, If_Match=tag)
    assert taken.status_code == 201
    end = {"kind": "end_of_post", "day": "2023-06-01", "organisation": str(cell.public_id)}
    wrong = program.post(path, {**end, "chosen": "secretary"}, If_Match=taken.headers["ETag"])
    assert wrong.json is not None
    assert wrong.json["errors"] == [{"field": "chosen", "detail": "Xin chọn chức vụ thôi giữ."}]
    left = program.post(path, {**end, "chosen": "deputy_secretary"}, If_Match=taken.headers["ETag"])
    assert left.status_code == 201
    [held] = read_all(program, f"/posts?member={member[1]}", 5)
    assert held == {
        "member": str(member[1]),
        "organisation": str(cell.public_id),
        "kind": "deputy_secretary",
        "valid_from": "2023-02-01",
        "valid_to": "2023-06-01",
        "term": None,
    }
    with scope(committee.engine, committee.tenant_id) as session:
        assert session.scalars(select(Post.valid_to).where(Post.member_id == member[0])).all() == [
            date(2023, 6, 1)
        ]


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_an_issued_file_is_named_by_its_sha256(program: Program, committee: Committee, form: str) -> None:
    place = committee.cells[0].public_id
    path = f"/organisations/{place}/drafts/fee_report/2023-05"
    draft = program.get(path)
    assert draft.json is not None
    assert (draft.status_code, draft.json["number"], draft.json["lacks"]) == (200, 1, "")
    issued = program.post(f"{path}/issue", {"number": 1, "day": "2023-06-01"}, If_Match=draft.headers["ETag"])
    assert issued.json is not None
    assert (issued.status_code, issued.json["number"], issued.json["about"]) == (201, 1, "2023-05")
    again = program.post(f"{path}/issue", {"number": 2, "day": "2023-06-01"}, If_Match=draft.headers["ETag"])
    assert again.status_code == 412
    [kept] = [one for one in issued.json["files"] if one["form"] == form]
    file = program.get(f"/papers/{issued.json['id']}/files/{form}")
    assert file.headers["ETag"] == f'"{kept["sha256"]}"'
    assert sha256(file.get_data()).hexdigest() == kept["sha256"]
    unchanged = program.get(f"/papers/{issued.json['id']}/files/{form}", If_None_Match=file.headers["ETag"])
    assert (unchanged.status_code, unchanged.get_data()) == (304, b"")
    assert program.get(f"{path}/files/{form}").get_data()[:4] == {"pdf": b"%PDF", "docx": b"PK\x03\x04"}[form]
    cancelled = program.post(f"/papers/{issued.json['id']}/cancellation", {"reason": "sai số"})
    assert cancelled.json is not None
    assert (cancelled.json["cancelled_for"], cancelled.json["files"]) == ("sai số", issued.json["files"])


def test_a_paper_in_a_form_of_the_plans_own_is_issued_and_listed_as_any(
    app: Flask, engine: Engine, unique: str
) -> None:
    made = world_of(make_committee(engine, unique, "nhà", policy="hanoi_tayho"), "hanoi_tayho")
    program = Program(app.test_client(), made.token)
    path = f"/organisations/{made.committee.ward.public_id}/drafts/objectives_table/2023"
    draft = program.get(path)
    assert draft.json is not None
    assert (draft.status_code, draft.json["kind"]) == (200, "objectives_table")
    asked = {"number": draft.json["number"], "day": draft.json["day"]}
    issued = program.post(f"{path}/issue", asked, If_Match=draft.headers["ETag"])
    assert issued.status_code == 201
    listed = program.get("/papers?kind=objectives_table")
    assert listed.json is not None
    assert [one["kind"] for one in listed.json["items"]] == ["objectives_table"]
    document = program.get("/openapi.json").json
    assert document is not None
    schemas = document["components"]["schemas"]
    told = [schemas[name]["properties"]["kind"] for name in ("Paper", "PaperSummary")]
    assert [one.get("enum") for one in told] == [None, None]
