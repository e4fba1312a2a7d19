"""Programs read the records as pages show them: a piece at a time, as of a day, and only what is new."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from sqlalchemy import select

from bontot.access import Role
from bontot.db.models import Fee, Job, Member, Task, TaskAssignment
from bontot.db.models.meeting import ABSENT_EXCUSED, PRESENT
from bontot.db.tenancy import scope
from bontot.errors import InvalidInput
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from bontot.services.listing import conduct
from bontot.services.meetings import Mark, MeetingEntry, record_meeting
from bontot.web.api import cursors
from tests.api.conftest import Give, Program
from tests.factories import Committee, make_committee

MEETING_DAY = date(2023, 3, 3)
LISTS = (
    "/attendances",
    "/audit-events",
    "/commendations",
    "/complaints",
    "/concerns",
    "/days-off",
    "/directives",
    "/disciplines",
    "/evaluations",
    "/fee-bases",
    "/fee-payments",
    "/fee-reliefs",
    "/fee-remittances",
    "/fee-settings",
    "/fees",
    "/frame-adoptions",
    "/grants",
    "/holidays",
    "/imports",
    "/inspections",
    "/jobs",
    "/judgments",
    "/meeting-preferences",
    "/meetings",
    "/member-events",
    "/member-states",
    "/members",
    "/memberships",
    "/month-orders",
    "/organisation-acts",
    "/organisations",
    "/own-values",
    "/papers",
    "/pilot-selections",
    "/plan-assignments",
    "/planned-meetings",
    "/pledges",
    "/posts",
    "/ratings",
    "/recognition-decisions",
    "/recognitions",
    "/regulations",
    "/residence-remarks",
    "/resolutions",
    "/tasks",
    "/trainings",
    "/year-openings",
)
"""Every list a program reads on."""


def record(committee: Committee, day: date = MEETING_DAY) -> str:
    """A meeting of the first cell: the first member excused, the second present, the rest not called."""
    cell = committee.cells[0]
    marks = {cell.members[0][0]: Mark(ABSENT_EXCUSED, "ốm"), cell.members[1][0]: Mark(PRESENT)}
    with scope(committee.engine, committee.tenant_id) as session:
        entry = MeetingEntry(kind="regular", held_on=day, marks=marks, place="Nhà văn hóa", agenda=("Một",))
        return str(record_meeting(session, committee.actor(Role.CELL_SECRETARY), cell.id, entry).public_id)


def read_all(program: Program, path: str, limit: int) -> list[dict[str, object]]:
    """Every row of a list, read a piece at a time."""
    found, cursor = list[dict[str, object]](), ""
    joined = "&" if "?" in path else "?"
    while True:
        piece = program.get(f"{path}{joined}limit={limit}&cursor={cursor}").json
        assert piece is not None
        assert len(piece["items"]) <= limit
        found += piece["items"]
        cursor = piece["next"]
        if cursor is None:
            return found


def test_the_tree_is_read_with_the_body_above_each(program: Program, committee: Committee) -> None:
    answer = program.get("/organisations").json
    assert answer is not None
    root, ward, cells = committee.root, committee.ward, committee.cells
    assert {(one["name"], one["parent"]) for one in answer["items"]} == {
        (root.name, None),
        (ward.name, str(root.public_id)),
        *((cell.name, str(ward.public_id)) for cell in cells),
    }
    assert answer["next"] is None
    before = program.get("/organisations?as_of=2014-12-31").json
    assert before == {"items": [], "next": None}
    below = program.get(f"/organisations?parent={ward.public_id}&type=subordinate_cell").json
    assert below is not None
    assert [one["id"] for one in below["items"]] == [str(cell.public_id) for cell in cells]
    one = program.get(f"/organisations/{ward.public_id}").json
    assert one == {
        "id": str(ward.public_id),
        "name": ward.name,
        "code": "P",
        "type": "grassroots_committee",
        "sector": "residential",
        "parent": str(root.public_id),
        "founded_on": "2015-01-01",
        "ended_on": None,
        "paper_place": None,
    }


def test_a_list_is_read_whole_in_pieces_of_any_size(program: Program, committee: Committee) -> None:
    whole = read_all(program, "/members", 200)
    assert len(whole) == 20
    for limit in (1, 3, 7, 20):
        assert read_all(program, "/members", limit) == whole
    of_cell = read_all(program, f"/members?organisation={committee.cells[0].public_id}", 4)
    assert {one["id"] for one in of_cell} == {str(who) for _, who in committee.cells[0].members}
    assert [one["full_name"] for one in read_all(program, "/members?name=binh", 9)] == [
        "Nguyễn nhà Bình",
        "Nguyễn nhà Bình",
    ]


def test_a_place_in_a_list_of_people_names_nobody(program: Program) -> None:
    for path in ("/members", "/memberships"):
        piece = program.get(f"{path}?limit=1").json
        assert piece is not None
        place = base64.urlsafe_b64decode(piece["next"] + "==").decode()
        assert "guy" not in place.lower()
        assert "nhà" not in place


def test_a_place_in_one_list_is_none_in_another(program: Program) -> None:
    piece = program.get("/members?limit=1").json
    assert piece is not None
    for path in (f"/tasks?cursor={piece['next']}", "/members?cursor=x", "/members?cursor=WzFd"):
        answer = program.get(path)
        assert answer.json is not None
        assert (answer.status_code, answer.json["errors"]) == (
            422,
            [
                {
                    "field": "cursor",
                    "detail": "Con trỏ này không phải của danh sách này; hãy đọc lại từ đầu.",
                }
            ],
        )


def test_a_place_in_one_list_is_none_in_another_with_the_same_keys() -> None:
    place = date(2026, 3, 5), 7
    word = cursors.written(place, "/api/v1/commendations")
    assert conduct.COMMENDATIONS.keys != conduct.DISCIPLINES.keys
    assert cursors.read(conduct.COMMENDATIONS, word, "/api/v1/commendations") == place
    with pytest.raises(InvalidInput):
        cursors.read(conduct.DISCIPLINES, word, "/api/v1/disciplines")


def test_a_member_is_read_as_known_on_a_day(program: Program, committee: Committee) -> None:
    number, member = committee.cells[0].members[2]
    with scope(committee.engine, committee.tenant_id) as session:
        name = session.scalars(select(Member.full_name).where(Member.id == number)).one()
    now = program.get(f"/members/{member}").json
    assert now == {
        "id": str(member),
        "full_name": name,
        "birth_date": "1952-01-01",
        "birth_precision": "day",
        "female": None,
        "card_number": None,
        "admission_date": "2015-01-01",
        "admission_precision": "day",
        "official_date": "2016-01-01",
        "employment": "retired",
        "ended_on": None,
        "end_kind": None,
        "organisation": str(committee.cells[0].public_id),
    }
    then = program.get(f"/members/{member}?as_of=2015-06-01").json
    assert then == {**now, "official_date": None}
    [membership] = read_all(program, f"/memberships?member={member}", 5)
    assert membership == {
        "member": str(member),
        "organisation": str(committee.cells[0].public_id),
        "kind": "home",
        "valid_from": "2015-01-01",
        "valid_to": None,
        "document": None,
    }


def test_a_meeting_is_read_with_the_roll_of_who_had_to_attend(program: Program, committee: Committee) -> None:
    public_id = record(committee)
    [line] = read_all(program, "/meetings?since=2023-03-01&until=2023-03-31&kind=regular", 5)
    assert (line["id"], line["required"], line["present"], line["version"]) == (public_id, 10, 1, 1)
    assert read_all(program, "/meetings?since=2023-03-04", 5) == []
    answer = program.get(f"/meetings/{public_id}")
    found = answer.json
    assert found is not None
    assert answer.headers["ETag"].startswith('"1.')
    assert {name: found[name] for name in ("held_on", "place", "agenda", "starts_at")} == {
        "held_on": "2023-03-03",
        "place": "Nhà văn hóa",
        "agenda": ["Một"],
        "starts_at": None,
    }
    called = {one["member"]: (one["mark"], one["reason"]) for one in found["roll"]}
    members = [str(who) for _, who in committee.cells[0].members]
    assert called == {
        members[0]: ("absent_excused", "ốm"),
        members[1]: ("present", None),
        **dict.fromkeys(members[2:], (None, None)),
    }


def test_what_was_read_before_is_not_sent_again(program: Program, committee: Committee) -> None:
    path = f"/meetings/{record(committee)}"
    tag = program.get(path).headers["ETag"]
    again = program.get(path, If_None_Match=tag)
    assert (again.status_code, again.get_data(), again.headers["ETag"]) == (304, b"", tag)
    assert program.get(path, If_None_Match='"1.0"').status_code == 200


def test_tasks_and_fees_are_read_with_their_people(program: Program, committee: Committee) -> None:
    cell = committee.cells[0]
    number, member = cell.members[3]
    with scope(committee.engine, committee.tenant_id) as session:
        task = Task(organisation_id=cell.id, origin="initiative", title="Việc", due_on=date(2023, 6, 30))
        session.add_all([task, Fee(member_id=number, month=date(2023, 5, 1), due=20_000, paid=5_000)])
        session.flush()
        session.add(TaskAssignment(task_id=task.id, member_id=number))
        name = str(task.public_id)
    [found] = read_all(program, "/tasks?done=false&until=2023-06-30", 5)
    assert found == {
        "id": name,
        "organisation": str(cell.public_id),
        "meeting": None,
        "title": "Việc",
        "origin": "initiative",
        "hard": False,
        "due_on": "2023-06-30",
        "done_on": None,
        "result": None,
        "report_to": None,
        "carriers": [str(member)],
    }
    assert program.get(f"/tasks/{name}").json == found
    assert read_all(program, "/tasks?done=true", 5) == []
    [line] = read_all(program, f"/fees?member={member}&since=2023-05&until=2023-05", 5)
    assert (line["month"], line["due"], line["paid"], line["exempt"]) == ("2023-05-01", 20_000, 5_000, False)
    month = program.get(f"/organisations/{cell.public_id}/fees/2023-05").json
    assert month is not None
    [owing] = [one for one in month["lines"] if one["member"] == str(member)]
    assert (owing["due"], owing["paid"], owing["left"], owing["written"]) == (20_000, 5_000, 15_000, True)


def test_an_evaluation_is_read_with_the_ground_of_every_line(
    program: Program, give: Give, committee: Committee
) -> None:
    for month in range(1, 13):
        record(committee, date(2023, month, 3))
    with scope(committee.engine, committee.tenant_id) as session:
        [run] = evaluate(session, Registry.load(), year=2023, as_of=date(2023, 12, 31), by="thử")
    [line] = read_all(program, "/evaluations?year=2023", 5)
    assert (line["id"], line["year"], line["plan"], line["superseded"]) == (
        str(run.public_id),
        2023,
        "hanoi_tayho",
        False,
    )
    whole = program.get(f"/evaluations/{run.public_id}").json
    assert whole is not None
    number = next(place for place, one in enumerate(whole["schemes"]) if one["subject"] == "member")
    verdicts = read_all(program, f"/evaluations/{run.public_id}/verdicts?scheme={number}", 7)
    counted = whole["schemes"][number]["counts"]
    assert len(verdicts) == 20 == sum(counted.values())
    assert {outcome: sum(one["outcome"] == outcome for one in verdicts) for outcome in counted} == counted
    cell, member = committee.cells[0], committee.cells[0].members[1][1]
    explained = program.get(f"/evaluations/{run.public_id}/organisations/{cell.public_id}").json
    assert explained is not None
    findings = {one["criterion"]: one for one in explained["schemes"][0]["findings"]}
    assert findings
    for one in findings.values():
        assert one["sentence"]
        assert one["outcome"] in ("met", "not_met", "not_applicable", "no_data", "error")
    numbered = [one for one in findings.values() if one["threshold"] is not None]
    assert numbered
    assert all(one["layer"] for one in numbered)
    assert any(one["clause"] for one in numbered)
    of_member = program.get(f"/evaluations/{run.public_id}/members/{member}").json
    assert of_member is not None
    assert of_member["subject"] == str(member)
    outcome = next(one["outcome"] for one in verdicts if one["subject"] == str(member))
    assert of_member["schemes"][0]["outcome"] == outcome
    secretary = give(Role.CELL_SECRETARY, cell.id)
    own = read_all(secretary, f"/evaluations/{run.public_id}/verdicts?scheme={number}", 50)
    assert {one["subject"] for one in own} == {str(who) for _, who in cell.members}


def test_values_are_read_with_the_layer_and_document_that_decided(program: Program) -> None:
    found = program.get("/plans?as_of=2023-06-01").json
    assert found is not None
    assert [(one["code"], one["in_force_from"]) for one in found["plans"]] == [("hanoi_tayho", "2023-01-27")]
    values = program.get("/plans/hanoi_tayho/thresholds?as_of=2023-06-01").json
    assert values is not None
    deadline = next(one for one in values["thresholds"] if one["key"] == "meeting.deadline")
    assert deadline["layer"] == "plan"
    assert deadline["ground"]
    assert deadline["value"] is not None


def test_work_is_listed_by_kind_and_state(program: Program, committee: Committee) -> None:
    pieces = [("evaluation", "done"), ("evaluation", "failed"), ("reminders", "failed")]
    with scope(committee.engine, committee.tenant_id) as session:
        session.add_all(
            Job(kind=kind, state=state, arguments={"year": 2023}, requested_by="An") for kind, state in pieces
        )
    found = {
        asked: sorted((one["kind"], one["state"]) for one in read_all(program, f"/jobs?{asked}", 50))
        for asked in ("kind=evaluation", "state=failed", "kind=evaluation&state=failed", "state=running")
    }
    assert found == {
        "kind=evaluation": pieces[:2],
        "state=failed": pieces[1:],
        "kind=evaluation&state=failed": pieces[1:2],
        "state=running": [],
    }


@pytest.mark.parametrize(
    ("role", "where", "followed"),
    [
        (Role.TENANT_ADMIN, "", ["evaluation", "papers", "trial"]),
        (Role.COMMITTEE, "ward", ["evaluation"]),
        (Role.CELL_SECRETARY, "cell", []),
    ],
)
def test_a_program_follows_no_work_that_may_be_about_what_is_beyond_its_reach(
    give: Give, committee: Committee, role: Role, where: str, followed: list[str]
) -> None:
    """What the giver of its token asked for is not its own; the rounds of messages are nobody's."""
    places = {"": None, "ward": committee.ward.id, "cell": committee.cells[0].id}
    program = give(role, places[where])
    with scope(committee.engine, committee.tenant_id) as session:
        asked = [
            Job(
                kind=kind,
                state="running",
                arguments={"year": 2023},
                requested_by="An",
                doing="Trần Thị Ở Chi Bộ Khác",
                account_id=committee.accounts[Role.TENANT_ADMIN],
            )
            for kind in ("evaluation", "papers", "trial", "webhooks")
        ]
        session.add_all(asked)
        session.flush()
        names = {str(job.public_id): job.kind for job in asked}
    read = {name for name in names if program.get(f"/jobs/{name}").status_code == 200}
    listed = {str(one["id"]) for one in read_all(program, "/jobs", 50)}
    assert sorted(names[name] for name in read) == sorted(names[name] for name in listed) == followed
    if role is not Role.CELL_SECRETARY:  # which may stop nothing at all
        beyond = [name for name in names if name not in read]
        acts = ("stop", "repetition")
        assert {program.post(f"/jobs/{name}/{act}", {}).status_code for name in beyond for act in acts} == {
            404
        }


def test_foreign_records_are_in_no_list(program: Program, committee: Committee, unique: str) -> None:
    make_committee(committee.engine, f"{unique}-khac", "KHÁC-HẲN")
    for path in LISTS:
        answer = program.get(path)
        assert answer.status_code == 200
        assert "KHÁC-HẲN" not in answer.get_data(as_text=True)
