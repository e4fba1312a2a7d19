"""Whose work is taken up next: no committee waits longer than a round of the others, however much they ask for."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import Engine, create_engine, text

from bontot.db.models import Job, Tenant
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.evaluation.runs import Progress
from bontot.jobs import tasks, turns
from bontot.jobs.outbox import QUEUE, Enqueued, enqueue, hasten, sweep, wake
from bontot.jobs.tasks import Desk
from bontot.jobs.turns import Claim, claim_next
from bontot.registry import Registry
from bontot.testing.databases import Databases

KIND = "reminders"
NOTHING = Registry(policies={}, metrics={}, formats={})
BY_ID_ALONE = "ORDER BY w.background, coalesce(h.pieces, 0), t.served_at NULLS FIRST, w.id", "ORDER BY w.id"


@pytest.fixture(scope="module")
def alone(make_database: Databases) -> Iterator[Engine]:
    """A database in which nobody else asks for anything."""
    engine = create_engine(make_database().database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def four(alone: Engine) -> list[int]:
    """The numbers of four committees."""
    with scope(alone, PLATFORM) as session:
        made = [Tenant(code=f"luot-{name}", name=f"Đảng bộ {name}") for name in "abcd"]
        session.add_all(made)
        session.flush()
        return [tenant.id for tenant in made]


@pytest.fixture(autouse=True)
def nothing_waits(alone: Engine) -> None:
    clear(alone)


def clear(engine: Engine) -> None:
    with scope(engine, PLATFORM) as session:
        session.execute(text("UPDATE outbox SET done_at = now()"))
        session.execute(text("DELETE FROM work_turn"))


def ask(engine: Engine, tenant_id: int, *, background: bool = False) -> Enqueued:
    with scope(engine, tenant_id) as session:
        return enqueue(session, KIND, {}, "Ai đó", background=background)


def end(engine: Engine, outbox_id: int) -> None:
    with scope(engine, PLATFORM) as session:
        session.execute(text("UPDATE outbox SET done_at = now() WHERE id = :id"), {"id": outbox_id})


@dataclass
class Watched:
    """What is done, in its order."""

    done: list[int] = field(default_factory=list)
    together: threading.Barrier | None = None

    def __call__(self, session: TenantSession, _: Registry, __: Job, ___: Progress) -> dict[str, Any]:
        self.done.append(session.tenant_id)
        if self.together and len(self.done) <= self.together.parties:
            self.together.wait(30)
        return {}


def desk(engine: Engine, watched: Watched) -> Desk:
    return Desk(engine, NOTHING, {KIND: watched})


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        client.flushdb()
        yield client


def test_who_asks_for_one_thing_is_served_second_after_who_asked_for_fifty(
    alone: Engine, four: list[int], redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a worker of RQ, woken fifty-one times in the order of asking."""
    much, little, *_ = four
    watched = Watched()
    monkeypatch.setattr(tasks, "_desk", lambda: desk(alone, watched))
    for work in [*(ask(alone, much) for _ in range(50)), ask(alone, little)]:
        assert wake(redis, work)
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    SimpleWorker([queue], connection=redis, serializer=JSONSerializer).work(burst=True, logging_level="ERROR")
    assert watched.done == [much, little, *[much] * 49]
    assert claim_next(alone) is None


def test_two_workers_begin_with_a_piece_of_each(alone: Engine, four: list[int]) -> None:
    much, little, *_ = four
    for tenant in [*[much] * 50, little]:
        ask(alone, tenant)
    watched = Watched(together=threading.Barrier(2))

    def work(_: int) -> None:
        while desk(alone, watched).do_next() is not None:
            pass

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, range(2)))
    assert (set(watched.done[:2]), sorted(watched.done)) == ({much, little}, sorted([*[much] * 50, little]))


def test_who_has_a_worker_at_work_for_long_does_not_get_the_other_too(alone: Engine, four: list[int]) -> None:
    long, short, *_ = four
    for tenant in (long, long, short, short, short):
        ask(alone, tenant)
    first = claim_next(alone)
    assert first is not None
    served = []
    for _ in range(4):
        claim = claim_next(alone)
        assert claim is not None
        served.append(claim.tenant_id)
        end(alone, claim.outbox_id)
    assert (first.tenant_id, served) == (long, [short, short, short, long])


def test_what_people_wait_for_comes_before_what_nobody_does(alone: Engine, four: list[int]) -> None:
    night, person, *_ = four
    for tenant in (night, person, person):
        ask(alone, tenant, background=True)
    waited_for = ask(alone, person)
    hastened = ask(alone, night, background=True)
    with scope(alone, night) as session:
        job = session.scalar(text("SELECT job_id FROM outbox WHERE id = :id"), {"id": hastened.outbox_id})
        hasten(session, job)
    served = [claim.outbox_id for claim in iter(lambda: claim_next(alone), None)]
    assert served[:2] == [waited_for.outbox_id, hastened.outbox_id]
    assert len(served) == 5


def test_work_that_rests_is_nobodys_turn_and_counts_as_in_nobodys_hand(
    alone: Engine, four: list[int], redis: Redis
) -> None:
    """A piece that failed and rests before the next attempt does not put its committee's other work last."""

    def failing(*_: object) -> dict[str, Any]:
        raise ZeroDivisionError

    own, other, *_ = four
    resting, second = ask(alone, own), ask(alone, own)
    assert Desk(alone, NOTHING, {KIND: failing}, pause=600).do(resting.outbox_id)
    ask(alone, other), ask(alone, other)
    served = []
    for _ in range(4):
        claim = claim_next(alone)
        if claim is not None:
            served.append(claim.tenant_id)
            end(alone, claim.outbox_id)
    assert (served, second.tenant_id) == ([other, own, other], own)
    with scope(alone, PLATFORM) as session:
        assert sweep(redis, session.connection(), older=0) == 0
        session.execute(text("UPDATE outbox SET not_before = now() - interval '1 second'"))
        assert sweep(redis, session.connection(), older=0) == 1
    claim = claim_next(alone)
    assert claim is not None
    assert (claim.outbox_id, claim.attempts) == (resting.outbox_id, 2)


@dataclass
class Round:
    """Follows who waits and who is served, and refuses an order that is not fair."""

    engine: Engine
    four: list[int]
    waiting: dict[int, list[tuple[bool, int]]] = field(default_factory=lambda: defaultdict(list))
    """By committee, `(background, row)` of what waits."""
    held: list[Claim] = field(default_factory=list)
    served: list[int] = field(default_factory=list)
    passed: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By committee that waits with nothing in hand, who was served since."""

    def ask(self, which: int, background: bool) -> None:
        tenant = self.four[which]
        self.waiting[tenant].append((background, ask(self.engine, tenant, background=background).outbox_id))

    def serve(self) -> None:
        claim = claim_next(self.engine)
        if claim is None:
            assert not any(self.waiting.values()), "work waits and nobody is served"
            return
        own = self.waiting[claim.tenant_id]
        background, row = min(own)
        assert claim.outbox_id == row, "not the committee's first"
        assert background == min(min(rows)[0] for rows in self.waiting.values() if rows), "people wait"
        hands = Counter(one.tenant_id for one in self.held)
        for tenant, rows in self.waiting.items():
            waits = rows and tenant != claim.tenant_id and min(rows)[0] == background
            if waits:
                assert hands[claim.tenant_id] <= hands[tenant], "more hands for who has more already"
            if waits and not hands[tenant]:
                assert claim.tenant_id not in self.passed[tenant], "served twice while another waits"
                self.passed[tenant].add(claim.tenant_id)
            else:
                self.passed[tenant].clear()
        own.remove((background, row))
        self.held.append(claim)
        self.served.append(claim.outbox_id)

    def end(self, which: int) -> None:
        if self.held:
            end(self.engine, self.held.pop(which % len(self.held)).outbox_id)


ASKS = st.tuples(st.just("ask"), st.integers(0, 3), st.booleans())
SERVES = st.tuples(st.just("serve"))
ENDS = st.tuples(st.just("end"), st.integers(0, 7))


def follow(engine: Engine, four: list[int], steps: list[tuple[Any, ...]]) -> None:
    """Plays the steps, then serves all that waits. Raises AssertionError for an order that is not fair."""
    clear(engine)
    played = Round(engine, four)
    for name, *told in steps:
        getattr(played, name)(*told)
    asked = len(played.served) + sum(map(len, played.waiting.values()))
    while any(played.waiting.values()):
        played.serve()
        played.end(0)
    assert (len(played.served), len(set(played.served))) == (asked, asked), "lost, or done twice"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(steps=st.lists(st.one_of(ASKS, ASKS, SERVES, ENDS), max_size=30))
def test_no_committee_waits_longer_than_a_round_of_the_others(
    alone: Engine, four: list[int], steps: list[tuple[Any, ...]]
) -> None:
    follow(alone, four, steps)


@pytest.mark.parametrize(
    ("instead", "steps"),
    [
        (BY_ID_ALONE, [("ask", 0, False), ("ask", 0, False), ("ask", 1, False)]),
        (BY_ID_ALONE, [("ask", 0, True), ("ask", 1, False)]),
        (("ORDER BY w.background, ", "ORDER BY "), [("ask", 0, True), ("ask", 1, False)]),
        (
            ("coalesce(h.pieces, 0), t.served_at NULLS FIRST, w.id", "coalesce(h.pieces, 0), w.id"),
            [("ask", 0, False), ("ask", 0, False), ("ask", 1, False)],
        ),
        (
            ("coalesce(h.pieces, 0), ", ""),
            [("ask", 0, False), ("ask", 0, False), *[("ask", 1, False)] * 3, *[("serve",)] * 2, ("end", 1)],
        ),
        ((" LIMIT 1 FOR UPDATE OF w SKIP LOCKED", " OFFSET 1 LIMIT 1"), [("ask", 0, False)]),
    ],
    ids=["by id", "by id, people last", "night first", "no turns", "hands not counted", "one is lost"],
)
def test_another_order_is_found_out(
    alone: Engine,
    four: list[int],
    monkeypatch: pytest.MonkeyPatch,
    instead: tuple[str, str],
    steps: list[tuple[Any, ...]],
) -> None:
    follow(alone, four, steps)
    faulty = " ".join(str(turns._CLAIM).split()).replace(*instead)
    assert faulty != " ".join(str(turns._CLAIM).split())
    monkeypatch.setattr(turns, "_CLAIM", text(faulty))
    with pytest.raises(AssertionError):
        follow(alone, four, steps)


def times_counted(engine: Engine, statement: str) -> int:
    """How often one claim looks for what is in hand."""
    with engine.connect() as connection:
        binds = {"outbox": None, "lease": 60}
        [[explained]] = connection.execute(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}"), binds)
        connection.rollback()
    scans: list[int] = []

    def look(node: dict[str, Any]) -> None:
        if "leased_until >= now()" in node.get("Filter", ""):
            scans.append(node["Actual Loops"])
        for below in node.get("Plans", ()):
            look(below)

    look(explained[0]["Plan"])
    return sum(scans)


def test_what_is_in_hand_is_counted_once_however_much_waits(alone: Engine, four: list[int]) -> None:
    """Also where the planner knows nothing of a queue that has just filled up."""
    with scope(alone, PLATFORM) as session:
        filled = "INSERT INTO outbox (tenant_id, job_id) SELECT :tenant, n FROM generate_series(1, 200) AS n"
        session.execute(text(filled), {"tenant": four[0]})
    assert times_counted(alone, str(turns._CLAIM)) == 1
    assert times_counted(alone, str(turns._CLAIM).replace("AS MATERIALIZED", "AS NOT MATERIALIZED")) > 1
