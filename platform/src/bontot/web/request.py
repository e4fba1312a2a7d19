"""The life of a request: who is asking, in which committee, whether they may, and one transaction around the view."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from redis import Redis
from sqlalchemy import TextClause, text

from bontot import log
from bontot.access import Actor, Role, Scope, organisations_in_reach, reaches_all
from bontot.clock import today
from bontot.db.rolls import home_on
from bontot.db.tenancy import PLATFORM, scope
from bontot.errors import (
    FormNotUnderstood,
    NotAllowed,
    NotFound,
    NotLoggedIn,
    TokenRefused,
    TokenScopeMissing,
    TooManyRequests,
)
from bontot.evaluation import runs
from bontot.evaluation.incremental import changed
from bontot.jobs.evaluation import follow, request_everywhere
from bontot.jobs.outbox import Enqueued, wake
from bontot.registry import Registry
from bontot.services import accounts, throttle, tokens
from bontot.services.evaluations import last_day
from bontot.settings import Settings
from bontot.web.database import WebSession, db, session
from bontot.web.routing import access_of

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
SECRET_COOKIE = "bontot_session"  # noqa: S105 - the cookie's name, not what it holds


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation within the reader's reach, as it is today."""

    id: int
    public_id: UUID
    name: str
    type: str
    sector: str
    parent_id: int | None

    @property
    def is_cell(self) -> bool:
        """Whether it meets as a cell."""
        return self.type in ("grassroots_cell", "subordinate_cell")


@dataclass(frozen=True, slots=True)
class Person:
    """A member within the reader's reach."""

    id: int
    public_id: UUID
    full_name: str
    cell_id: int | None


def install(app: Flask) -> None:
    """Puts the checks before every view and the commit after it."""
    app.before_request(_begin)
    app.before_request(_admit)
    app.after_request(_commit)
    app.teardown_request(lambda _: log.forget())


def actor() -> Actor:
    """Who is acting; raises NotLoggedIn on a page open to anyone."""
    found: Actor | None = g.get("actor")
    if found is None:
        raise NotLoggedIn
    return found


def visitor() -> accounts.Visit | None:
    """The live session of this request, if any."""
    found: accounts.Visit | None = g.get("visit")
    return found


def present() -> accounts.Visit:
    """The live session of this request; raises NotLoggedIn without one."""
    visit = visitor()
    if visit is None:
        raise NotLoggedIn
    return visit


def broker() -> Redis:
    """Valkey, over connections that the process keeps."""
    found: Redis | None = current_app.extensions.get("bontot.broker")
    if found is None:
        found = current_app.extensions["bontot.broker"] = Redis.from_url(
            settings().redis_url, socket_timeout=5
        )
    return found


def registry() -> Registry:
    """What this instance can judge by."""
    loaded: Registry = current_app.extensions["bontot.registry"]
    return loaded


def settings() -> Settings:
    """What this instance was told from outside."""
    told: Settings = current_app.extensions["bontot.settings"]
    return told


def this_day() -> date:
    """Today, read once a request."""
    if "day" not in g:
        g.day = today(session())
    day: date = g.day
    return day


def reach() -> frozenset[int]:
    """Ids of the organisations the reader may see."""
    return reach_on(this_day())


def narrowed() -> list[int] | None:
    """The same where a list is read, whose statement need not be narrowed for whom the committee whole is open to: None."""
    return None if reaches_all(actor()) else list(reach())


def reach_on(day: date) -> frozenset[int]:
    """Ids of the organisations that were the reader's to see on a day, read once a request."""
    known: dict[date, frozenset[int]] = g.setdefault("reach", {})
    if day not in known:
        known[day] = organisations_in_reach(session(), actor(), day)
    return known[day]


def _begin() -> None:
    """Gives the request a name for its log lines and for whoever reports a fault."""
    g.request_id = secrets.token_hex(4)
    log.forget()
    log.about(request=g.request_id, method=request.method, route=request.endpoint)


def _admit() -> None:
    if request.endpoint is None:
        return
    access = access_of(current_app, request.endpoint)
    if request.method == "POST" and access.fields is not None and not access.fields.issuperset(request.form):
        raise FormNotUnderstood
    if access.token_scope is not None:
        _admit_program(access.token_scope)
    else:
        _recognise()
        if access.scope is Scope.PUBLIC:
            return
        present()
        if access.scope is Scope.ACCOUNT:
            session().enter(PLATFORM)
            return
        if access.scope is Scope.PLATFORM:
            _admit_operator()
        else:
            _admit_to_tenant()
    actor().require(access.permission)
    if access.scope is Scope.ORGANISATION:
        _resolve("organisation", place_by_public_id)
    if access.scope is Scope.MEMBER:
        _resolve("member", person_by_public_id)
    if access.scope is Scope.JUDGED:
        _resolve("member", judged_by_public_id)
        _resolve("organisation", judged_place_by_public_id)


def _recognise() -> None:
    secret = request.cookies.get(SECRET_COOKIE)
    if secret:
        with scope(db.engine, PLATFORM) as lookup:
            g.visit = accounts.visit(lookup, secret)
        if g.visit is not None:
            g.day = g.visit.day
            log.about(account=g.visit.account_id, tenant=g.visit.tenant_id)


def _admit_operator() -> None:
    visit = present()
    if not visit.is_operator:
        raise NotAllowed
    session().enter(PLATFORM)
    g.actor = Actor(account_id=visit.account_id, name=visit.name, role=Role.OPERATOR)


def _admit_to_tenant() -> None:
    visit = present()
    if visit.tenant_id is None:
        raise NotLoggedIn
    session().enter(visit.tenant_id)
    g.actor = accounts.actor_of(session(), visit, this_day())


_BEARER = re.compile(r"[Bb]earer +(\S+)")


def _admit_program(right: str) -> None:
    """Lets a program in by its access token, which names the committee; counted before anything is looked up."""
    sent = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if sent is None:
        raise TokenRefused
    secret = sent[1]
    tenant_id = tokens.tenant_of(secret)
    digest, address = tokens.digest_of(secret), request.remote_addr or ""
    try:
        g.allowance = throttle.count_request(broker(), tenant_id, digest, address)
    except TooManyRequests as refusal:
        g.allowance = throttle.used_up(refusal)
        raise
    session().enter(tenant_id)
    try:
        g.bearer = tokens.recognise(session(), secret)
    except TokenRefused:
        g.allowance = throttle.count_guess(broker(), address)
        raise
    if not g.allowance.known:
        throttle.remember(broker(), tenant_id, digest)
    g.actor, g.day = g.bearer.actor, g.bearer.day
    log.about(account=g.actor.account_id, tenant=tenant_id, token=g.bearer.token_id)
    if right and right not in g.bearer.scopes:
        raise TokenScopeMissing(f"Mã truy cập này không được cấp quyền {right}.")


def bearer() -> tokens.Bearer:
    """The access token of this request. Raises TokenRefused on a page."""
    found: tokens.Bearer | None = g.get("bearer")
    if found is None:
        raise TokenRefused
    return found


def _resolve(name: str, find: Callable[[WebSession, UUID], Place | Person]) -> None:
    arguments = request.view_args or {}
    if name in arguments:
        arguments[name] = find(session(), arguments[name])


_PLACE = """
SELECT o.id, o.public_id, p.name, p.type, p.sector, p.parent_id
FROM organisation o
JOIN LATERAL (
    SELECT * FROM organisation_period p WHERE p.tenant_id = o.tenant_id AND p.organisation_id = o.id
      AND p.valid_from <= :day ORDER BY p.valid_from DESC LIMIT 1
) p ON true
WHERE {which}
"""
_BY_PUBLIC_ID, _BY_ID = (
    text(_PLACE.format(which=which)) for which in ("o.public_id = :which", "o.id = :which")
)


def place_by_public_id(db_session: WebSession, public_id: UUID) -> Place:
    """The organisation of a public id; raises NotFound when unknown, foreign or out of reach, alike."""
    return _place(db_session, _BY_PUBLIC_ID, public_id)


def judged_place_by_public_id(db_session: WebSession, public_id: UUID) -> Place:
    """The same, or one that has left since: within reach on the last day of the run or year asked for."""
    return _place(db_session, _BY_PUBLIC_ID, public_id, reach() | reach_on(last_day_asked()))


def place_by_id(db_session: WebSession, organisation_id: int) -> Place:
    """The organisation of an id of ours; raises NotFound when out of reach."""
    return _place(db_session, _BY_ID, organisation_id)


def _place(
    db_session: WebSession, statement: TextClause, which: UUID | int, within: frozenset[int] | None = None
) -> Place:
    row = db_session.execute(statement, {"which": which, "day": this_day()}).first()
    if row is None or row[0] not in (reach() if within is None else within):
        raise NotFound
    return Place(*row)


_PERSON = text("""
SELECT m.id, m.public_id, m.full_name, (
    SELECT s.organisation_id FROM membership s
    WHERE s.tenant_id = m.tenant_id AND s.member_id = m.id AND s.kind = 'home' AND s.valid_from <= :day
    ORDER BY s.valid_from DESC LIMIT 1)
FROM member m WHERE m.public_id = :public_id
""")


def person_by_public_id(db_session: WebSession, public_id: UUID) -> Person:
    """The member of a public id; oneself, or someone of a cell within reach; otherwise NotFound."""
    found = _person(db_session, public_id)
    if found is None or not within_reach(found):
        raise NotFound
    return found


def judged_by_public_id(db_session: WebSession, public_id: UUID) -> Person:
    """The same, or someone who has left since: of a cell within reach on the last day of the run or year asked for."""
    found = _person(db_session, public_id)
    if found is None:
        raise NotFound
    last = last_day_asked()
    if not within_reach(found) and home_on(db_session, found.id, last) not in reach() | reach_on(last):
        raise NotFound
    return found


def _person(db_session: WebSession, public_id: UUID) -> Person | None:
    row = db_session.execute(_PERSON, {"public_id": public_id, "day": this_day()}).first()
    return Person(*row) if row else None


def within_reach(person: Person) -> bool:
    """Whether a member's own record is open to the reader, and not only what was judged of a year."""
    return person.id == actor().member_id or person.cell_id in reach()


def last_day_asked() -> date:
    """The last day looked at of the run in the address, or of the year there, today where it names none."""
    run = (request.view_args or {}).get("run")
    if run is not None:
        return last_day(runs.run(session(), run))
    given = _YEAR.fullmatch(request.args.get("nam", ""))
    return min(this_day(), date(int(given[0]), 12, 31)) if given else this_day()


def afterwards(act: Callable[[], object]) -> None:
    """Does `act` once this request is committed, and never otherwise: no network call stands inside a transaction."""
    g.setdefault("afterwards", []).append(act)


def evaluate_everywhere(day: date) -> None:
    """Has every committee's running year evaluated anew in the background; to be done `afterwards`."""
    for work in request_everywhere(db.engine, day):
        wake_worker(work)


def wake_worker(work: Enqueued) -> None:
    """Tells a worker that there is work; to be done `afterwards`."""
    wake(broker(), work)


def _commit(response: Response) -> Response:
    acts = g.pop("afterwards", [])
    if response.status_code < 400:
        if changed(session()):
            acts += [partial(wake_worker, work) for work in follow(session(), registry(), this_day())]
        db.session.commit()
        for act in acts:
            act()
    else:
        db.session.rollback()
    return response


def forget_cookie() -> None:
    """Clears what the browser's signed cookie remembers (the form guard's seed) when the reader changes."""
    cookie.clear()
