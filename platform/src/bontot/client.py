"""A client of the API for programs in Python, in one file that needs nothing but the standard library and may be copied.

    client = Client("https://bon-tot.vi-du.vn", token)
    for member in client.members(organisation=cell):
        ...
    meeting = client.meeting(public_id)
    client.correct(meeting, {**entry, "reason": "ghi nhầm giờ"})
    seen = client.get(f"/members/{public_id}/pledges/2026")  # whatever else the document names is read, made
    client.correct(seen, pledge)                             # and corrected by its path

What is made is made once, however often it must be sent: a key goes with it, and is kept while it is tried again.

A program that is told of events holds each message against the secret of its address before it believes it:

    event = verify(request.headers, request.body, secret)
"""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http.client import HTTPException
from typing import Any, Generic, TypedDict, TypeVar, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener
from uuid import uuid4

ROOT = "/api/v1"
TRIES = 4
LONGEST_WAIT = 60.0
TRANSIENT = frozenset({429, 502, 503, 504})
TOLERANCE = 300
"""Seconds by which the clock of whoever sent a message may differ from one's own."""


class Organisation(TypedDict):
    """An organisation on a day."""

    id: str
    name: str
    code: str
    type: str
    sector: str
    parent: str | None
    founded_on: str
    ended_on: str | None
    paper_place: str | None


class MemberSummary(TypedDict):
    """A member in a list."""

    id: str
    full_name: str
    birth_year: int | None
    official: bool
    employment: str
    organisation: str
    states: list[str]


class Member(TypedDict):
    """A member's record."""

    id: str
    full_name: str
    birth_date: str | None
    birth_precision: str
    female: bool | None
    card_number: str | None
    admission_date: str | None
    admission_precision: str
    official_date: str | None
    employment: str
    ended_on: str | None
    end_kind: str | None
    organisation: str | None


class Membership(TypedDict):
    """That somebody belonged to a cell over `[valid_from, valid_to)`."""

    member: str
    organisation: str
    kind: str
    valid_from: str
    valid_to: str | None
    document: str | None


class MeetingSummary(TypedDict):
    """A meeting in a list."""

    id: str
    organisation: str
    kind: str
    held_on: str
    starts_at: str | None
    place: str | None
    topic: str | None
    thematic_topic: str | None
    state: str
    submission: str | None
    self_score_band: str | None
    version: int
    required: int
    present: int


class Roll(TypedDict):
    """Somebody who had to attend, and how it was."""

    member: str
    full_name: str
    mark: str | None
    reason: str | None


class Meeting(TypedDict):
    """A meeting whole."""

    id: str
    organisation: str
    kind: str
    held_on: str
    starts_at: str | None
    place: str
    topic: str
    thematic_topic: str
    steps: list[str]
    agenda: list[str]
    materials: list[str]
    sent_on: str | None
    self_criticism: bool
    self_score_band: str | None
    resolution_number: str
    resolution_subject: str
    state: str
    submission: str | None
    roll: list[Roll]


class Task(TypedDict):
    """A task of a cell."""

    id: str
    organisation: str
    meeting: str | None
    title: str
    origin: str
    hard: bool
    due_on: str
    done_on: str | None
    result: str | None
    report_to: str | None
    carriers: list[str]


class Fee(TypedDict):
    """One month of one member in the ledger, in đồng."""

    member: str
    organisation: str
    month: str
    due: int
    paid: int
    paid_on: str | None
    exempt: bool
    group: str | None
    reduction: int


class BatchFile(TypedDict):
    """The file of papers made together."""

    name: str
    size: int
    sha256: str
    kept_until: str


class PaperBatch(TypedDict):
    """Papers asked for together."""

    id: str
    organisation: str
    kind: str
    of: str
    form: str
    both_sides: bool
    state: str
    progress: int
    total: int
    message: str | None
    papers: int | None
    without: list[str]
    nothing: str | None
    file: BatchFile | None


class Job(TypedDict):
    """Work in the background."""

    id: str
    kind: str
    state: str
    progress: int
    total: int
    doing: str | None
    message: str | None
    requested_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    year: int | None
    evaluations: list[str]


class MemberEvent(TypedDict):
    """Something recorded of a member."""

    member: str
    kind: str
    day: str
    until: str | None
    organisation: str | None
    document: str | None
    entered_by: str
    entered_at: str


class State(TypedDict):
    """A state of a member over `[valid_from, valid_to)`."""

    member: str
    organisation: str
    kind: str
    valid_from: str
    valid_to: str | None
    document: str | None


class Post(TypedDict):
    """A post over `[valid_from, valid_to)`."""

    member: str
    organisation: str
    kind: str
    valid_from: str
    valid_to: str | None
    term: str | None


class Attendance(TypedDict):
    """A mark of a member at a meeting."""

    meeting: str
    organisation: str
    kind: str
    held_on: str
    member: str
    mark: str
    reason: str | None


class Directive(TypedDict):
    """A superior's document to be answered."""

    id: str
    organisation: str
    number: str
    subject: str
    due_on: str
    answered_on: str | None
    result: str | None
    document: str | None
    submission: str | None
    handed_on: str | None
    version: int


class PledgeSummary(TypedDict):
    """A pledge in a list."""

    member: str | None
    organisation: str
    about_member: bool
    year: int
    signed_on: str
    signed_by: str | None
    confirmed_on: str | None
    confirmed_by: str | None
    version: int


class Judgment(TypedDict):
    """What somebody concluded on one criterion at one stage; points as text."""

    member: str | None
    organisation: str
    about_member: bool
    year: int
    criterion: str
    stage: str
    verdict: str | None
    points: str | None
    remark: str | None
    judged_on: str
    judged_by: str
    version: int


class DossierSummary(TypedDict):
    """A dossier of a title and year."""

    id: str
    member: str | None
    organisation: str
    about_member: bool
    year: int
    plan: str
    scheme: str
    title: str
    decision: str | None
    recognised_on: str | None
    holds_until: str | None
    revocation: str | None
    revoked_on: str | None
    revoked_for: str | None
    version: int


class Rating(TypedDict):
    """A year's quality rating."""

    member: str | None
    organisation: str
    about_member: bool
    year: int
    level: str
    decided_on: str | None
    document: str | None
    votes: int | None
    entitled: int | None
    version: int


class PaperSummary(TypedDict):
    """An issued paper."""

    id: str
    organisation: str
    kind: str
    about: str
    number: int | None
    symbol: str
    sign: str
    term: str
    name: str
    dated_on: str
    signer: str
    corrects: str | None
    issued_by: str
    issued_at: str
    cancelled_on: str | None
    cancelled_for: str | None
    cancelled_by: str | None


class EventRecord(TypedDict):
    """Which record an event is of: its id, and the address at which the API answers of it, where it does."""

    id: str | None
    href: str | None


class Event(TypedDict):
    """A message: what happened, when, to which record."""

    type: str
    timestamp: str
    data: EventRecord


class NotVerified(Exception):
    """A message that is not from the site, was changed on the way, or is too old."""


def verify(headers: Mapping[str, str], body: bytes, secret: str, *, now: float | None = None) -> Event:
    """What a message says, once it is known to be from the site. `secret` is the one shown when the address was registered;
    for a day after it was changed either is right. The header `webhook-id` names the message: one that was seen before is a
    repeat. Raises NotVerified."""
    given = {name.lower(): value for name, value in headers.items()}
    try:
        name, sent_at = given["webhook-id"], given["webhook-timestamp"]
        if abs((time.time() if now is None else now) - int(sent_at)) > TOLERANCE:
            raise NotVerified("webhook-timestamp")
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        expected = hmac.digest(key, f"{name}.{sent_at}.".encode() + body, "sha256")
        signatures = [
            one.removeprefix("v1,") for one in given["webhook-signature"].split() if one[:3] == "v1,"
        ]
    except (KeyError, ValueError):
        raise NotVerified("webhook-id, webhook-timestamp, webhook-signature") from None
    right = base64.b64encode(expected).decode()
    if not [one for one in signatures if hmac.compare_digest(one.encode(), right.encode())]:
        raise NotVerified("webhook-signature")
    return cast(Event, json.loads(body))


Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Record(Generic[Content]):
    """What was answered: its content, the address it is at, and the tag of the version that was read."""

    content: Content
    address: str
    tag: str


class Problem(Exception):
    """A refusal: its status and code, the sentence for a person, and what is wrong at which field."""

    def __init__(self, status: int, code: str, detail: str, errors: Mapping[str, str]) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status, self.code, self.detail, self.errors = status, code, detail, dict(errors)


class _Stay(HTTPRedirectHandler):
    """Follows no redirection: a token goes nowhere but where it was meant to."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Client:
    """A program at the API of a site, under an access token. `patience` bounds each single request, in seconds."""

    def __init__(self, site: str, token: str, *, patience: float = 30) -> None:
        if urlsplit(site).scheme not in ("https", "http"):
            raise ValueError(site)
        self._site, self._token, self._patience = site.rstrip("/"), token, patience
        self._opener = build_opener(_Stay)

    def organisations(self, **query: str) -> Iterator[Organisation]:
        """The organisations within reach; `as_of`, `type`, `parent`."""
        return cast(Iterator[Organisation], self.read("/organisations", **query))

    def members(self, **query: str) -> Iterator[MemberSummary]:
        """The members within reach; `as_of`, `organisation`, `name`."""
        return cast(Iterator[MemberSummary], self.read("/members", **query))

    def member(self, public_id: str) -> Record[Member]:
        """One member's record."""
        return self.get(f"/members/{quote(public_id)}")

    def memberships(self, **query: str) -> Iterator[Membership]:
        """Who belonged where from when; `as_of`, `organisation`, `member`."""
        return cast(Iterator[Membership], self.read("/memberships", **query))

    def meetings(self, **query: str) -> Iterator[MeetingSummary]:
        """The meetings within reach; `organisation`, `since`, `until`, `kind`."""
        return cast(Iterator[MeetingSummary], self.read("/meetings", **query))

    def meeting(self, public_id: str) -> Record[Meeting]:
        """One meeting with its roll."""
        return self.get(f"/meetings/{quote(public_id)}")

    def tasks(self, **query: str) -> Iterator[Task]:
        """The tasks within reach; `organisation`, `since`, `until`, `done`."""
        return cast(Iterator[Task], self.read("/tasks", **query))

    def fees(self, **query: str) -> Iterator[Fee]:
        """The ledger's lines; `organisation`, `member`, `since`, `until`."""
        return cast(Iterator[Fee], self.read("/fees", **query))

    def member_events(self, **query: str) -> Iterator[MemberEvent]:
        """What was recorded of members; `organisation`, `member`, `since`, `until`, `kind`."""
        return cast(Iterator[MemberEvent], self.read("/member-events", **query))

    def member_states(self, **query: str) -> Iterator[State]:
        """Who is exempt, suspended or away; `organisation`, `member`, `as_of`, `kind`."""
        return cast(Iterator[State], self.read("/member-states", **query))

    def posts(self, **query: str) -> Iterator[Post]:
        """Who holds which post; `organisation`, `member`, `as_of`, `kind`."""
        return cast(Iterator[Post], self.read("/posts", **query))

    def attendances(self, **query: str) -> Iterator[Attendance]:
        """Every mark given; `organisation`, `member`, `since`, `until`."""
        return cast(Iterator[Attendance], self.read("/attendances", **query))

    def directives(self, **query: str) -> Iterator[Directive]:
        """Superiors' documents to be answered; `organisation`, `since`, `until`, `answered`."""
        return cast(Iterator[Directive], self.read("/directives", **query))

    def pledges(self, **query: str) -> Iterator[PledgeSummary]:
        """The yearly pledges; `organisation`, `member`, `year`, `confirmed`."""
        return cast(Iterator[PledgeSummary], self.read("/pledges", **query))

    def judgments(self, **query: str) -> Iterator[Judgment]:
        """What was concluded; `organisation`, `member`, `year`, `criterion`, `stage`."""
        return cast(Iterator[Judgment], self.read("/judgments", **query))

    def recognitions(self, **query: str) -> Iterator[DossierSummary]:
        """Dossiers of titles; `organisation`, `member`, `year`, `title`, `recognised`."""
        return cast(Iterator[DossierSummary], self.read("/recognitions", **query))

    def ratings(self, **query: str) -> Iterator[Rating]:
        """The yearly ratings; `organisation`, `member`, `year`, `level`."""
        return cast(Iterator[Rating], self.read("/ratings", **query))

    def papers(self, **query: str) -> Iterator[PaperSummary]:
        """The papers issued; `organisation`, `since`, `until`, `kind`."""
        return cast(Iterator[PaperSummary], self.read("/papers", **query))

    def paper_file(self, public_id: str, form: str = "pdf") -> bytes:
        """The bytes of an issued paper as they went out, "pdf" or "docx"; held against the SHA-256 that names them. Raises
        ValueError where they are others."""
        file = self._send("GET", f"/papers/{quote(public_id)}/files/{quote(form)}", {})
        if f'"{sha256(file.content).hexdigest()}"' != file.tag:
            raise ValueError(file.tag)
        return file.content

    def ask_papers(self, organisation: str, kind: str, of: str = "", form: str = "pdf") -> Record[PaperBatch]:
        """Asks for papers of a kind to be made of a body and those below it: of a month, a quarter or a year; the work to
        follow with `paper_batch`."""
        asked = {"kind": kind, "of": of, "form": form}
        return self.make(f"/organisations/{quote(organisation)}/paper-batches", asked)

    def paper_batch(self, public_id: str) -> Record[PaperBatch]:
        """How far papers asked for together are, and what came of it."""
        return self.get(f"/paper-batches/{quote(public_id)}")

    def paper_batch_file(self, public_id: str) -> bytes:
        """Their file, once there is one: a PDF, or an archive of DOCX."""
        return self._send("GET", f"/paper-batches/{quote(public_id)}/file", {}).content

    def part(self, meeting: str, name: str) -> list[dict[str, Any]]:
        """The rows of a part of a meeting's record: "guests", "opinions", "votes", "items", "resolutions", "sittings"."""
        rows: list[dict[str, Any]] = self.get(f"/meetings/{quote(meeting)}/{quote(name)}").content["items"]
        return rows

    def job(self, public_id: str) -> Record[Job]:
        """One piece of work in the background."""
        return self.get(f"/jobs/{quote(public_id)}")

    def record_meeting(self, organisation: str, entry: Mapping[str, Any]) -> Record[Meeting]:
        """Records a meeting of a cell."""
        return self.make(f"/organisations/{quote(organisation)}/meetings", entry)

    def evaluate(self, year: int) -> Record[Job]:
        """Asks for a year to be evaluated; the work to follow with `job`."""
        return self.make("/evaluations", {"year": year})

    def read(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Every row of a list, read a piece at a time."""
        cursor: str | None = ""
        while cursor is not None:
            asked = {"limit": "200", **query, **({"cursor": cursor} if cursor else {})}
            piece: Record[dict[str, Any]] = self.get(f"{path}?{urlencode(asked)}")
            yield from piece.content["items"]
            cursor = piece.content["next"]

    def get(self, path: str) -> Record[Any]:
        """What stands at a path below `/api/v1`."""
        return self._ask("GET", path, {})

    def make(self, path: str, content: Mapping[str, Any], seen: Record[Any] | None = None) -> Record[Any]:
        """Makes something new, once; upon what was `seen`, where the path demands it."""
        tag = {"If-Match": seen.tag} if seen else {}
        return self._ask("POST", path, {"Idempotency-Key": str(uuid4()), **tag}, content)

    def correct(self, seen: Record[Any], content: Mapping[str, Any], part: str = "") -> Record[Any]:
        """Puts other content in place of the version that was seen, or of a `part` of it. Raises Problem with the code
        `stale` where somebody else did so meanwhile."""
        return self._ask("PUT", seen.address + part, {"If-Match": seen.tag}, content)

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], content: Mapping[str, Any] | None = None
    ) -> Record[Any]:
        answer = self._send(method, path, headers, content)
        return Record(json.loads(answer.content), answer.address, answer.tag)

    def _send(
        self, method: str, path: str, headers: Mapping[str, str], content: Mapping[str, Any] | None = None
    ) -> Record[bytes]:
        sent = {"Authorization": f"Bearer {self._token}", **headers}
        data = None
        if content is not None:
            sent["Content-Type"], data = "application/json", json.dumps(content).encode()
        request = Request(f"{self._site}{ROOT}{path}", data, sent, method=method)  # noqa: S310 - of http or https
        for tried in range(1, TRIES + 1):
            wait = float(2**tried) / 2
            try:
                with self._opener.open(request, timeout=self._patience) as answer:
                    found = answer.headers
                    address = (found.get("Location") or f"{ROOT}{path}").removeprefix(ROOT)
                    return Record(answer.read(), address.partition("?")[0], found.get("ETag", ""))
            except HTTPError as refusal:
                with refusal:
                    if refusal.code not in TRANSIENT or tried == TRIES:
                        raise _problem(refusal) from None
                    wait = float(refusal.headers.get("Retry-After") or wait)
            except (URLError, HTTPException, OSError):
                if tried == TRIES or method == "PUT":  # which may have been done, and would then be stale
                    raise
            time.sleep(min(wait, LONGEST_WAIT))
        raise AssertionError


def _problem(refusal: HTTPError) -> Problem:
    try:
        said = json.load(refusal)
        errors = {one["field"]: one["detail"] for one in said["errors"]}
        return Problem(refusal.code, said["code"], said["detail"], errors)
    except (ValueError, KeyError, TypeError):
        return Problem(refusal.code, "", str(refusal.reason), {})
