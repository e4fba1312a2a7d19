"""The client in Python, over the wire: it reads whole lists, makes things once, and says what was refused."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, get_type_hints

import pytest
from flask import Flask
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

from bontot import client as module
from bontot.client import Client, NotVerified, Problem, verify
from bontot.web.api.document import document
from tests.api.conftest import Program
from tests.factories import Committee

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MORE = {
    "Task": "Task",
    "Fee": "Fee",
    "Job": "Job",
    "Event": "Event",
    "EventRecord": "EventRecord",
    "MemberEvent": "RecordedEvent",
    "State": "State",
    "Post": "Post",
    "Attendance": "Attendance",
    "Directive": "Directive",
    "PledgeSummary": "PledgeSummary",
    "Judgment": "Judgment",
    "DossierSummary": "DossierSummary",
    "Rating": "Rating",
    "PaperSummary": "PaperSummary",
    "PaperBatch": "PaperBatch",
    "BatchFile": "BatchFile",
}
"""Other types, and what the document calls them."""
TYPES = ("Organisation", "MemberSummary", "Member", "Membership", "MeetingSummary", "Meeting", "Roll")


@contextmanager
def served(app: WSGIApplication) -> Iterator[str]:
    """The address of a site on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def client(app: Flask, program: Program) -> Iterator[Client]:
    """A client of the site."""
    with served(app) as address:
        yield Client(address, program.secret)


@pytest.mark.parametrize("name", [*TYPES, *MORE])
def test_the_types_are_those_of_the_document(app: Flask, name: str) -> None:
    described = document(app)["components"]["schemas"][MORE.get(name, name)]
    assert set(get_type_hints(getattr(module, name))) == set(described["properties"])


def test_a_program_reads_records_and_corrects(client: Client, committee: Committee) -> None:
    cell = committee.cells[0]
    assert {one["id"] for one in client.members(organisation=str(cell.public_id))} == {
        str(who) for _, who in cell.members
    }
    assert len(list(client.read("/members", limit="3"))) == 20
    entry = {
        "kind": "regular",
        "held_on": "2023-03-03",
        "marks": [{"member": str(cell.members[0][1]), "mark": "present"}],
    }
    made = client.record_meeting(str(cell.public_id), entry)
    assert client.meeting(made.content["id"]) == made
    better = client.correct(made, {**entry, "place": "Nhà văn hóa", "reason": "ghi thiếu"})
    assert (better.content["place"], better.address) == ("Nhà văn hóa", made.address)
    with pytest.raises(Problem, match="412 stale: Hồ sơ này vừa được người khác sửa"):
        client.correct(made, {**entry, "reason": "ghi thiếu"})
    with pytest.raises(Problem) as refused:
        client.record_meeting(str(cell.public_id), {**entry, "held_on": "hôm qua"})
    assert (refused.value.status, set(refused.value.errors)) == (422, {"held_on"})
    [line] = client.meetings(organisation=str(cell.public_id))
    assert (line["id"], line["present"], line["required"]) == (made.content["id"], 1, 10)
    assert client.job(client.evaluate(2023).content["id"]).content["state"] == "waiting"


def test_a_program_reads_every_kind_of_record(client: Client, committee: Committee) -> None:
    cell = committee.cells[0]
    entry = {
        "kind": "regular",
        "held_on": "2023-03-03",
        "marks": [{"member": str(cell.members[0][1]), "mark": "late"}],
    }
    meeting = client.record_meeting(str(cell.public_id), entry).content["id"]
    [mark] = client.attendances(organisation=str(cell.public_id))
    assert (mark["meeting"], mark["mark"]) == (meeting, "late")
    guest = client.make(f"/meetings/{meeting}/guests", {"name": "Trần Khách"})
    assert client.part(meeting, "guests") == [guest.content]
    better = client.correct(guest, {"name": "Trần Khách", "post": "Đảng ủy viên"})
    assert (better.content["post"], better.address) == ("Đảng ủy viên", guest.address)
    [post] = client.posts(member=str(cell.members[0][1]))
    assert (post["kind"], post["valid_to"]) == ("secretary", None)
    draft = client.get(f"/organisations/{cell.public_id}/drafts/fee_report/2023-05")
    paper = client.make(f"{draft.address}/issue", {"number": 1, "day": "2023-06-01"}, draft).content
    assert [one["id"] for one in client.papers(kind="fee_report")] == [paper["id"]]
    assert client.paper_file(paper["id"]).startswith(b"%PDF")
    for others in (
        client.member_events(),
        client.member_states(),
        client.directives(),
        client.pledges(),
        client.judgments(),
        client.recognitions(),
        client.ratings(),
    ):
        assert list(others) == []


def test_what_is_made_is_made_once_though_its_answer_is_lost(
    app: Flask, program: Program, committee: Committee
) -> None:
    lost: list[str] = []

    def forgetful(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """The site behind a server that does what it is asked and loses the first answer."""
        if lost:
            return app(environ, start)
        lost.append(environ["REQUEST_METHOD"])
        run_wsgi_app(app, environ)
        return ServiceUnavailable(retry_after=0)(environ, start)

    cell = str(committee.cells[0].public_id)
    with served(forgetful) as address:
        made = Client(address, program.secret).record_meeting(
            cell, {"kind": "regular", "held_on": "2023-03-03", "marks": []}
        )
        meetings = list(Client(address, program.secret).meetings(organisation=cell))
    assert (lost, [one["id"] for one in meetings]) == (["POST"], [made.content["id"]])


def test_a_message_is_held_against_the_known_example_of_standard_webhooks() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "Webhook-Timestamp": "1614265330",
        "webhook-signature": "v1,khac v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    assert dict(verify(headers, body, secret, now=1614265330)) == {"test": 2432232314}
    with pytest.raises(NotVerified, match="webhook-timestamp"):
        verify(headers, body, secret)


def test_a_client_goes_to_no_other_kind_of_address() -> None:
    with pytest.raises(ValueError, match="file:///etc/passwd"):
        Client("file:///etc/passwd", "btk1_x")
