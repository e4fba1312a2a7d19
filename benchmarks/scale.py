"""What a committee's work costs when others are loaded beside it: a province, hundreds of wards, a tenth of the country.

Each comparison has two databases of one server, in which the same committee with the same rows is worked with in turn,
through the site with a real log-in: one holds that committee, or few, the other many besides.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import select

from benchmarks import browsing, committees, footprint, security
from benchmarks.committees import AS_OF, YEAR, Size
from benchmarks.measuring import Measured, Recipe, compare
from bontot import embedded
from bontot.db.models import OrganisationPeriod
from bontot.db.tenancy import scope
from bontot.evaluation.runs import judge
from bontot.evaluation.whole import evaluate
from bontot.registry import Registry
from bontot.services.fees.reports import Period
from bontot.services.period_figures import figures_of
from bontot.testing.databases import Database, Databases

BESIDE_GOAL, FLAT_GOAL, MEMORY_GOAL = 1.3, 1.2, 200
ROUNDS = 5
WHOLE_YEAR = Period(date(YEAR, 1, 1), date(YEAR + 1, 1, 1))
LARGE_PAGES = 100
LARGE = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relpages > %s"
VARY = "UPDATE attendance SET mark = 1 + (mark + 1) %% 4 WHERE tenant_id = %s AND (member_id + meeting_id) %% 100 = %s"


@dataclass(frozen=True)
class Sizes:
    """How large everything is; `rest` are the committees that fill the country up beside the province. Each round opens a
    page `repeats` times; what is too slow is measured with `again` rounds."""

    ward: Size
    few: int
    many: int
    district: Size
    province: Size
    rest: int
    repeats: int = 2
    again: int = 9


FULL = Sizes(Size(20, 18), 10, 200, Size(500, 18), Size(8_000, 18), 43)
"""30,000 cells with 540,000 members in the end."""
QUICK = Sizes(Size(4, 10), 2, 12, Size(40, 10), Size(300, 10), 6, repeats=1, again=5)


@dataclass
class Side:
    """A database, and the committee worked with in it."""

    database: Database
    owner: psycopg.Connection
    registry: Registry
    redis_url: str
    tenant: int = 0
    site: browsing.Site | None = None

    def load(self, size: Size, number: int = 1, *, named: str, evaluated: bool = False) -> list[int]:
        """So many committees more, of one size; evaluated as the product does it."""
        loaded = [
            committees.load(
                self.owner, self.registry, size, f"{named}{place}", last=place == number, checked=place == 1
            )
            for place in range(1, number + 1)
        ]
        for tenant in loaded if evaluated else ():
            self.evaluate(tenant)
        return loaded

    def evaluate(self, tenant: int) -> None:
        """A year of a committee judged and stored."""
        if self.site is None:
            raise AssertionError("the site is not open")
        with scope(self.site.engine, tenant) as session:
            evaluate(session, self.registry, year=YEAR, as_of=AS_OF, by="đo")

    def settle(self) -> None:
        """The tables tidied and counted, as a server does that has run for a while."""
        self.owner.execute("VACUUM ANALYZE")

    def open(self, within: ExitStack, folder: Path, tenant: int) -> None:
        """The site as people of a committee use it."""
        settings = browsing.settings_over(
            folder, self.database.database_url, self.database.owner_url, self.redis_url
        )
        self.tenant, self.site = (
            tenant,
            within.enter_context(browsing.opened(settings, self.registry, tenant)),
        )
        self.evaluate(tenant)

    def pages(self) -> dict[str, Callable[[], None]]:
        """Each page, at every call with other records."""
        site = self.site
        if site is None:
            raise AssertionError("the site is not open")

        def opening(page: browsing.Page) -> Callable[[], None]:
            turns = count(1)
            return lambda: site.open(page, next(turns))

        return {page.what: opening(page) for page in browsing.PAGES}

    def year_in_numbers(self) -> object:
        """The sums of the year over all of the committee's cells, as its report gives them."""
        if self.site is None:
            raise AssertionError("the site is not open")
        with scope(self.site.engine, self.tenant) as session:
            cells = session.scalars(
                select(OrganisationPeriod.organisation_id).where(
                    OrganisationPeriod.type == "subordinate_cell"
                )
            ).all()
            return figures_of(session, self.registry, {0: cells}, WHOLE_YEAR, AS_OF)

    def judged(self) -> object:
        """The year judged, and not stored."""
        if self.site is None:
            raise AssertionError("the site is not open")
        with scope(self.site.engine, self.tenant) as session:
            return judge(session, self.registry, year=YEAR, as_of=AS_OF)

    def vary(self, number: int) -> None:
        """Some marks of the committee are others."""
        self.owner.execute(VARY, (self.tenant, number))


def run(quick: bool) -> Iterator[Measured]:
    """Wards beside wards; a district beside a province, then beside a tenth of the country."""
    sizes = QUICK if quick else FULL
    with ExitStack() as within:
        folder = Path(within.enter_context(tempfile.TemporaryDirectory()))
        servers = within.enter_context(embedded.start(folder, durable=False))
        databases, registry = Databases(servers, "bench"), Registry.load()

        def side() -> Side:
            database = databases()
            owner = within.enter_context(psycopg.connect(database.superuser_url, autocommit=True))
            return Side(database, owner, registry, servers.redis_url)

        few, many = side(), side()
        for one, number in ((few, sizes.few), (many, sizes.many)):
            same = one.load(sizes.ward, number, named="xa")[sizes.few // 2]
            one.open(within, folder, same)
            one.settle()
        yield from compared(
            f"một trong {sizes.many} đảng bộ, so với trong {sizes.few}", many, few, BESIDE_GOAL, sizes
        )

        alone, beside = side(), side()
        for one in (alone, beside):
            one.open(within, folder, one.load(sizes.district, named="quan")[0])
        (province,) = beside.load(sizes.province, named="tinh", evaluated=True)
        for one in (alone, beside):
            one.settle()
        yield from compared("một quận cạnh một tỉnh, so với một mình", beside, alone, BESIDE_GOAL, sizes)
        yield swept("một quận cạnh một tỉnh", beside)

        beside.load(sizes.district, sizes.rest, named="noi", evaluated=True)
        beside.settle()
        yield from compared(
            "một quận trong một phần mười cả nước, so với một mình", beside, alone, FLAT_GOAL, sizes
        )
        yield swept("một quận trong một phần mười cả nước", beside)
        yield from footprints(beside, province)
        yield loaded(beside)


def compared(what: str, many: Side, few: Side, goal: float, sizes: Sizes) -> Iterator[Measured]:
    """All pages together, the year's sums, the year judged; and by itself every page that stays above the goal."""

    def vary(number: int) -> None:
        for side in (many, few):
            side.vary(number)

    found, slow = [], []
    others = few.pages()
    for name, opening in many.pages().items():
        ways = partial(compare, f"{what}: trang {name}", opening, others[name], goal, vary=vary)
        first = ways(repeats=sizes.repeats, rounds=ROUNDS)
        result = first if first.reached else ways(repeats=sizes.repeats, rounds=sizes.again)
        found.append(result)
        slow += [] if result.reached else [result]
    product, floor = (
        round(sum(ms), 1) for ms in zip(*((one.product, one.floor) for one in found), strict=True)
    )
    worst = max(found, key=lambda one: one.ratio)
    note = f"cao nhất {worst.ratio:n}× ở {worst.what.rpartition(': ')[2]}"
    yield Measured(f"{what}: {len(found)} trang", product, floor, round(product / floor, 2), goal, note)
    if many.year_in_numbers() != few.year_in_numbers():
        raise AssertionError("the two committees are not the same")
    yield compare(
        f"{what}: số liệu cả năm", many.year_in_numbers, few.year_in_numbers, goal, repeats=2, vary=vary
    )
    yield compare(f"{what}: xét cả năm", many.judged, few.judged, goal, repeats=1, rounds=ROUNDS, vary=vary)
    yield from slow


def swept(what: str, side: Side) -> Measured:
    """How many of the queries that are really asked read a large table from end to end, everybody's rows with one's own."""
    if side.site is None:
        raise AssertionError("the site is not open")
    asked = list(security.hot(side.site, side.registry))
    large = {name for (name,) in side.owner.execute(LARGE, (LARGE_PAGES,))}
    sweeping: list[str] = []
    with psycopg.connect(side.database.database_url) as reader:
        for occasion in asked:
            for query, settings in occasion.queries:
                reader.execute("SELECT set_config('app.tenant_id', %s, true)", (str(side.tenant),))
                for one in settings:
                    reader.execute(one.text.encode(), one.binds)
                if any(
                    kind == "Seq Scan" and table in large
                    for kind, table, _ in security.planned(reader, query)
                ):
                    sweeping.append(f"{occasion.what}: {' '.join(query.text.split())[:90]}")
                reader.rollback()
    number, whole = len(sweeping), sum(len(one.queries) for one in asked)
    words = f"{what}: câu hỏi đọc hết một bảng lớn, trong {whole:n} câu"
    return Measured(words, number, whole, number, 0, "; ".join(sweeping), "câu", " câu")


def footprints(side: Side, province: int) -> Iterator[Measured]:
    """The memory of a worker that judges, the district and the province, and of one that shows every page."""
    address, redis = side.database.database_url, side.redis_url
    for what, work, tenant in (
        ("bộ nhớ tiến trình đánh giá một quận", footprint.EVALUATING, side.tenant),
        ("bộ nhớ tiến trình đánh giá một tỉnh", footprint.EVALUATING, province),
        ("bộ nhớ tiến trình phục vụ mọi trang của một quận", footprint.SHOWING, side.tenant),
        ("bộ nhớ tiến trình phục vụ mọi trang của một tỉnh", footprint.SHOWING, province),
    ):
        most, start = footprint.of(work, address, redis, tenant)
        yield Measured(what, most, start, most, MEMORY_GOAL, "mức sàn: khi vừa khởi động", "MB", " MB")


def loaded(side: Side) -> Measured:
    """How much there was in the end."""
    counted = side.owner.execute(
        "SELECT (SELECT count(*) FROM member), (SELECT count(*) FROM attendance), (SELECT count(*) FROM tenant),"
        " pg_database_size(current_database()) / 1000000"
    ).fetchone()
    members, marks, tenants, size = counted or (0, 0, 0, 0)
    what = f"đã nạp {tenants:n} đảng bộ, {members:n} đảng viên, {marks:n} lượt điểm danh"
    return Measured(what, size, size, size, None, unit="MB", scale=" MB")


RECIPE = Recipe("scale", "Công việc của một đảng bộ khi có nhiều đảng bộ khác bên cạnh", run)
