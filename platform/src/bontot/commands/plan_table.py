"""A plan printed as the table a jurist signs, and two plans printed where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import click
from rich.console import Console
from rich.table import Table

from bontot.policy.differences import R, differences
from bontot.policy.model import Policy, Recognition
from bontot.policy.purposes import MEETINGS, by_purpose
from bontot.policy.recognition_table import recognition_terms, step_rows
from bontot.policy.resolve import Layer, Resolved, resolve_all
from bontot.policy.sheet_table import band_words, sheet_rows
from bontot.policy.sheets import ScoreSheet
from bontot.policy.table import CriterionRow, GroupRow, SchemeRow, scheme_rows
from bontot.policy.terms import Certainty, Clause, Origin, Reference
from bontot.policy.value_table import DatedRow, ValueRow, value_rows
from bontot.policy.words import CERTAINTIES, ORIGINS, document, span
from bontot.registry import Offer, Registry
from bontot.services.plans import documents

WIDTH = 200
ONE_DAY = timedelta(days=1)
DEFAULT = ORIGINS[Origin.DEFAULT]
WIDEST = {
    "Tiêu chí": 70,
    "Nội dung": 50,
    "Cách xét": 25,
    "Mức": 30,
    "Giá trị": 40,
    "Đảng bộ được đặt": 34,
    "Gợi ý điểm": 70,
    "Bước": 60,
    "Ai làm": 70,
}
"""Columns that must leave room for the others, in characters."""
WHOLE = ("Mã", "Khóa", "Nguồn", "Từ ngày", "Hạn", "Tối đa")
"""Columns whose words are never broken."""


@dataclass(slots=True)
class Papers:
    """The documents of a plan under numbers, so that a citation is short; and how certain those cited are, under stars."""

    references: Sequence[Reference]
    stars: dict[Certainty, str] = field(default_factory=dict)

    def cited(self, clauses: Iterable[Clause]) -> str:
        """`[1] mục 2; mục 3`, `[2] đoạn 1*`: a line a document, the plan's own first."""
        numbers = {reference.key: number for number, reference in enumerate(self.references, 1)}
        places: dict[int, list[str]] = {}
        for clause in clauses:
            place = f"{clause.place}{self._star(clause.certainty)}"
            places.setdefault(numbers[clause.reference], []).append(place)
        cited = ((number, "; ".join(dict.fromkeys(named))) for number, named in sorted(places.items()))
        return "\n".join(f"[{number}] {named}" for number, named in cited)

    def _star(self, certainty: Certainty) -> str:
        if not CERTAINTIES[certainty]:
            return ""
        return self.stars.setdefault(certainty, "*" * (len(self.stars) + 1))


def in_line(cited: str) -> str:
    """Citations in a sentence."""
    return "; ".join(cited.splitlines())


def print_plan(registry: Registry, offer: Offer, day: date) -> None:
    """Everything a plan states, as it stands on a day."""
    policy, values = offer.policy, _resolved(offer, day)
    papers = Papers(documents(policy))
    _print_head(registry, offer, papers, day)
    for scheme in scheme_rows(policy, values, registry.metrics):
        _print_scheme(scheme, papers)
    _print_values(registry, offer, papers, day)
    for sheet in policy.sheets:
        _print_sheet(policy, sheet, values, papers, day)
    for recognition in policy.recognitions:
        _print_recognition(policy, recognition, values, papers, day)
    if policy.report_formats:
        click.echo()
        table = grid("Biểu mẫu", "Người ký", "Căn cứ")
        for form in policy.report_formats:
            cited = papers.cited([form.clause] if form.clause else [])
            table.add_row(form.title, "; ".join(form.signers), cited)
        write(table)
    click.echo(f"\nNguồn “{DEFAULT}”: giá trị mặc định, kế hoạch không quy định.")
    for certainty, star in papers.stars.items():
        click.echo(f"{star} {CERTAINTIES[certainty]}")


def print_differences(registry: Registry, one: Offer, other: Offer, day: date) -> None:
    """Only where two plans differ."""
    click.echo(f"{one.policy.label} · {one.policy.code}")
    click.echo(f"{other.policy.label} · {other.policy.code}")
    click.echo(f"So giá trị ngày {day:%d/%m/%Y}")
    schemes = [scheme_rows(offer.policy, _resolved(offer, day), registry.metrics) for offer in (one, other)]
    codes = one.policy.code, other.policy.code
    _print_side_by_side("Danh hiệu", codes, *schemes)
    _print_side_by_side(
        "Tiêu chí", codes, *([row for each in rows for row in each.criteria] for rows in schemes)
    )
    _print_side_by_side("Giá trị", codes, *(_values(registry, offer, day) for offer in (one, other)))


def _print_side_by_side(heading: str, codes: tuple[str, str], left: list[R], right: list[R]) -> None:
    rows, same = differences(left, right)
    click.echo(f"\n{heading}: khác {len(rows)}, giống {same}")
    table = grid("Khóa", "Nội dung", *codes)
    for one, other in rows:
        row = one or other
        if row:
            table.add_row(row.key, row.label, _said(one), _said(other))
    if rows:
        write(table)


def _said(row: R | None) -> str:
    return " · ".join(filter(None, row.said)) if row else "—"


def _resolved(offer: Offer, day: date) -> dict[str, Resolved]:
    return resolve_all(offer.stack, (), day, base=_base(offer))


def _base(offer: Offer) -> Layer:
    return Layer.PLAN if any(scheme.title for scheme in offer.policy.schemes) else Layer.FRAME


def _values(registry: Registry, offer: Offer, day: date) -> list[ValueRow]:
    frames = registry.frames(offer.policy.code)
    return value_rows(offer.stack, frames, _resolved(offer, day), day, base=_base(offer))


def _print_head(registry: Registry, offer: Offer, papers: Papers, day: date) -> None:
    policy = offer.policy
    click.echo(f"{policy.label} · {policy.code} · {offer.digest[:12]} · giá trị ngày {day:%d/%m/%Y}")
    click.echo(f"{policy.issuer}. Có hiệu lực {_stands(policy.in_force_from, policy.in_force_until, day)}")
    for words, plans in (
        ("Bổ sung lên trên", offer.stack[-2:-1]),
        ("Xem bên cạnh", registry.frames(policy.code)),
    ):
        for plan in plans:
            click.echo(f"{words}: {plan.label} · {plan.code}")
    for number, reference in enumerate(papers.references, 1):
        until = reference.in_force_until
        ended = (
            f" (có hiệu lực {_stands(reference.in_force_from, until, day)})" if until and until <= day else ""
        )
        click.echo(f"  [{number}] {document(reference)}, {reference.issuer}: {reference.subject}{ended}")


def _stands(since: date, until: date | None, day: date) -> str:
    """`từ 06/07/2018 đến hết 27/10/2025, đã hết hiệu lực`."""
    gone = ", đã hết hiệu lực" if until and until <= day else ""
    return f"{span(since, until)}{gone}"


def _print_scheme(scheme: SchemeRow, papers: Papers) -> None:
    click.echo(f"\n{scheme.label} · {scheme.key}")
    for line in (f"{scheme.considered}.", *scheme.method):
        click.echo(line)
    if scheme.clauses:
        click.echo(f"Căn cứ: {in_line(papers.cited(scheme.clauses))}")
    table = grid("Khóa", "Tiêu chí", "Cách xét", "Mức", "Nguồn", "Căn cứ")
    for number, group in enumerate(scheme.groups):
        if number:
            table.add_row()
        _add_group(table, group, papers)
    write(table)


def _add_group(table: Table, group: GroupRow, papers: Papers) -> None:
    table.add_row(group.key, group.label.upper(), "", group.maximum, "", papers.cited(group.clauses))
    for row in group.criteria:
        cited = papers.cited(row.clauses)
        table.add_row(
            row.key, "\n".join(_described(row)), "\n".join(row.kind), row.required, row.origin, cited
        )


def _described(row: CriterionRow) -> Iterable[str]:
    yield row.label
    yield from (f"– số liệu: {row.counted}" for _ in filter(None, [row.counted]))
    yield from (f"– {limit}" for limit in row.limits)
    yield from (f"– minh chứng: {shown}" for shown in row.evidence)
    yield from (f"– ghi chú: {row.note}" for _ in filter(None, [row.note]))


def _print_values(registry: Registry, offer: Offer, papers: Papers, day: date) -> None:
    rows = {row.key: row for row in _values(registry, offer, day)}
    click.echo("\nGiá trị")
    table = grid("Khóa", "Nội dung", "Giá trị", "Từ ngày", "Đảng bộ được đặt", "Nguồn", "Căn cứ")
    rule = offer.policy.meeting_rule
    for number, (purpose, taken) in enumerate(by_purpose(offer.policy, rows)):
        if number:
            table.add_row()
        cited = papers.cited(rule.clauses) if rule and purpose == MEETINGS else ""
        table.add_row("", purpose.upper(), "", "", "", "", cited)
        for row in taken:
            _add_value(table, row, papers)
    write(table)
    if any(len(row.dated) > 1 for row in rows.values()):
        click.echo(f"▸ áp dụng vào ngày {day:%d/%m/%Y}")


def _add_value(table: Table, row: ValueRow, papers: Papers) -> None:
    """A line for each date of a value, the one in force marked where there are several."""
    label = "\n".join(filter(None, (row.label, row.beside and f"– {row.beside}")))
    if not row.dated:
        table.add_row(row.key, label, row.unset, "", row.settable)
    for number, dated in enumerate(row.dated):
        mark = "▸ " if dated.now and len(row.dated) > 1 else ""
        named = (row.key, label, row.settable) if number == 0 else ("", "", "")
        last = f" – {dated.until - ONE_DAY:%d/%m/%Y}" if dated.until else ""
        table.add_row(
            named[0],
            named[1],
            f"{mark}{dated.value}",
            f"{dated.since:%d/%m/%Y}{last}",
            named[2],
            _whose(dated),
            papers.cited(dated.clauses),
        )


def _whose(dated: DatedRow) -> str:
    return DEFAULT if dated.origin == DEFAULT else dated.layer


def _print_sheet(
    policy: Policy, sheet: ScoreSheet, values: Mapping[str, Resolved], papers: Papers, day: date
) -> None:
    click.echo(f"\n{sheet.label} · {band_words(policy, sheet, values)}")
    table, above = grid("Nhóm", "Mục", "Tối đa", "Gợi ý điểm", "Căn cứ"), ""
    for row in sheet_rows(sheet, day):
        group = row.group if row.group != above else ""
        table.add_row(group, row.label, row.maximum, row.suggests, papers.cited(row.clauses) or DEFAULT)
        above = row.group
    write(table)


def _print_recognition(
    policy: Policy, recognition: Recognition, values: Mapping[str, Resolved], papers: Papers, day: date
) -> None:
    title = next(scheme.title for scheme in policy.schemes if scheme.key == recognition.scheme)
    cited = papers.cited(recognition.clauses)
    click.echo(
        f"\nXét công nhận “{title}” · {ORIGINS[recognition.origin]}{f' · {in_line(cited)}' if cited else ''}"
    )
    for what, said in recognition_terms(policy, recognition, values):
        click.echo(f"{what}: {said}")
    table = grid("Bước", "Ai làm", "Hạn", "Nguồn", "Căn cứ")
    for row in step_rows(policy, recognition, values, day):
        bodies = "\n".join((*row.bodies, *(f"– {other}" for other in row.others)))
        table.add_row(row.label, bodies, row.due, row.origin, papers.cited(row.clauses))
    write(table)


def grid(*columns: str) -> Table:
    """Keys, days and sources are never broken; words wrap."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=column in WHOLE, max_width=WIDEST.get(column))
    return table


def write(table: Table) -> None:
    """Prints a table, without the blanks that fill its lines."""
    console = Console(width=WIDTH, highlight=False)
    with console.capture() as printed:
        console.print(table)
    for line in printed.get().splitlines():
        click.echo(line.rstrip())
