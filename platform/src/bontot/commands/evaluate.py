"""`bontot evaluate`: a committee's year judged and explained on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import click

from bontot.clock import today
from bontot.commands.attach import attached, database
from bontot.db.tenancy import PLATFORM, TenantSession, scope
from bontot.errors import CriterionUnknown, NotFound, PolicyUnknown, TenantUnknown
from bontot.evaluation import runs
from bontot.evaluation.names import names, organisation_of
from bontot.evaluation.period import YEARS, Period
from bontot.evaluation.replay import Difference, replay
from bontot.evaluation.report import explained_rows, verdict_data
from bontot.evaluation.rules import RuleSet
from bontot.evaluation.whole import evaluate as evaluate_whole
from bontot.evaluation.words import OUTCOMES
from bontot.policy.terms import Outcome
from bontot.policy.words import figure
from bontot.registry import Registry
from bontot.services.tenants import find_tenant
from bontot.settings import Settings

BY = "dòng lệnh"
DIFFERENT, UNKNOWN = 1, 2
EVERY_RUN = "tat-ca"
LISTED = 20
"""The most differing verdicts printed of one run."""


class Judged(NamedTuple):
    """The rules of a plan in force with the verdicts of each of its schemes, and the run they are stored as, if they are."""

    rules: RuleSet
    rows: list[list[runs.VerdictRow]]
    run: UUID | None = None


@click.command(
    help="Đánh giá một năm của một đảng bộ. Kết quả được lưu lại, trừ khi thử theo kế hoạch khác (--policy) hoặc chỉ xem "
    "một tổ chức (--cell)."
)
@click.option("--tenant", "code", required=True, metavar="MÃ", help="Mã đảng bộ.")
@click.option("--year", type=click.IntRange(YEARS[0], YEARS[-1]), help="Năm đánh giá.")
@click.option("--policy", metavar="MÃ", help="Thử đánh giá theo kế hoạch này; không lưu.")
@click.option("--cell", metavar="MÃ", help="Chỉ tổ chức mang mã này và đảng viên của nó; không lưu.")
@click.option("--criterion", metavar="KHÓA", help="Chỉ in tiêu chí mang khóa này.")
@click.option(
    "--replay",
    "replayed",
    metavar="MÃ",
    help="Tính lại lần đánh giá mang mã này (hoặc tat-ca) theo đúng quy định đã lưu và so với kết quả đã lưu.",
)
@click.option("--json", "as_json", is_flag=True, help="In dữ liệu JSON.")
@click.pass_context
@attached
def evaluate(
    settings: Settings,
    context: click.Context,
    code: str,
    year: int | None,
    policy: str | None,
    cell: str | None,
    criterion: str | None,
    replayed: str | None,
    as_json: bool,
) -> None:
    """Every subject's outcome on every criterion; something named that does not exist ends with status 2.

    A replay ends with status 1 when any verdict differs from what was stored.
    """
    if (year is None) == (replayed is None):
        raise click.UsageError("Cần đúng một trong hai: --year hoặc --replay.")
    registry = Registry.load(settings.plugins_off)
    try:
        with database(settings) as engine:
            with scope(engine, PLATFORM) as session:
                tenant_id = find_tenant(session, code).id
            with scope(engine, tenant_id) as session:
                if year is None:
                    if not _replay(session, registry, str(replayed)):
                        context.exit(DIFFERENT)
                    return
                judged = _judged(session, registry, year, policy, cell)
                _refuse_unknown(criterion, judged)
            with scope(engine, tenant_id) as session:  # what is printed is kept, whoever stops reading
                written = (
                    _as_json(session, judged, criterion) if as_json else _as_words(session, judged, criterion)
                )
                for line in written:
                    click.echo(line)
    except (NotFound, TenantUnknown) as error:
        click.echo(f"Lỗi: {error}", err=True)
        context.exit(UNKNOWN)


def _replay(session: TenantSession, registry: Registry, asked: str) -> bool:
    """Prints each run asked for with what differs; whether nothing does."""
    headers = runs.every_run(session) if asked == EVERY_RUN else [_run(session, asked)]
    if not headers:
        raise NotFound("Đảng bộ này chưa có lần đánh giá nào.")
    same = True
    for header in headers:
        found = replay(session, registry, header)
        rules = header.rules
        said = f"{header.public_id} · {rules.label} · năm {rules.year}, hồ sơ đến ngày {rules.as_of:%d/%m/%Y}"
        if not found.differing:
            click.echo(f"{said}: {figure(found.verdicts)} kết quả, tất cả như đã lưu.")
            continue
        same = False
        click.echo(
            f"{said}: {figure(len(found.differing))} trong {figure(found.verdicts)} kết quả khác với lúc đánh giá; "
            "hồ sơ của năm ấy hoặc cách đếm đã được sửa từ đó."
        )
        for line in _differing(session, rules, found.differing[:LISTED]):
            click.echo(f"  {line}")
    return same


def _run(session: TenantSession, asked: str) -> runs.RunHeader:
    try:
        return runs.run(session, UUID(asked))
    except (ValueError, NotFound):
        raise NotFound(f"Đảng bộ này không có lần đánh giá nào mang mã “{asked}”.") from None


def _differing(session: TenantSession, rules: RuleSet, differing: Sequence[Difference]) -> Iterator[str]:
    day = Period(rules.year, rules.as_of).last_day
    for number, scheme in enumerate(rules.schemes):
        own = {one.subject_id: one for one in differing if one.scheme == number}
        for subject_id, named in names(session, scheme.subject, own, day).items():
            was, now = own[subject_id].stored, own[subject_id].now
            yield f"{named.name} ({scheme.title or scheme.policy_label}): {_outcome(was)} → {_outcome(now)}"


def _outcome(row: runs.VerdictRow | None) -> str:
    return OUTCOMES[row.outcome].lower() if row else "không xét"


def _judged(
    session: TenantSession, registry: Registry, year: int, policy: str | None, cell: str | None
) -> list[Judged]:
    as_of = today(session)
    if policy is None and cell is None:
        headers = evaluate_whole(session, registry, year=year, as_of=as_of, by=BY)
        return [Judged(header.rules, _stored(session, header), header.public_id) for header in headers]
    if policy is not None and policy not in registry.policies:
        known = ", ".join(registry.policies)
        raise PolicyUnknown(f"Không có kế hoạch nào mang mã “{policy}”. Các mã dùng được: {known}.")
    organisations = None if cell is None else [_organisation(session, cell, min(as_of, date(year, 12, 31)))]
    judged = runs.judge(
        session, registry, year=year, as_of=as_of, policy_code=policy, organisations=organisations
    )
    return [Judged(one.rules, [runs.verdict_rows(findings) for findings in one.findings]) for one in judged]


def _stored(session: TenantSession, header: runs.RunHeader) -> list[list[runs.VerdictRow]]:
    return [runs.every_verdict(session, header, number) for number in range(len(header.rules.schemes))]


def _organisation(session: TenantSession, code: str, day: date) -> int:
    found = organisation_of(session, code, day)
    if found is None:
        raise NotFound(f"Không có tổ chức đảng nào mang mã “{code}” vào ngày {day:%d/%m/%Y}.")
    return found


def _refuse_unknown(criterion: str | None, judged: list[Judged]) -> None:
    lines = (line for one in judged for scheme in one.rules.schemes for line in scheme.lines)
    if criterion is not None and all(line.key != criterion for line in lines):
        raise CriterionUnknown(
            f"Không có tiêu chí nào mang khóa “{criterion}” trong các kế hoạch đang áp dụng."
        )


def _as_json(session: TenantSession, judged: list[Judged], criterion: str | None) -> Iterator[str]:
    """One document, a line a subject, so that a province's fits in memory."""
    yield '{"runs": ['
    for number, (rules, rows, run) in enumerate(judged):
        head = {
            "run": str(run) if run else None,
            "policy": rules.policy,
            "label": rules.label,
            "version": rules.version,
            "digest": rules.digest,
            "year": rules.year,
            "as_of": rules.as_of.isoformat(),
        }
        yield f'{"," if number else ""}{json.dumps(head, ensure_ascii=False)[:-1]}, "subjects": ['
        first = True
        for named, explained in explained_rows(session, rules, rows):
            data = verdict_data(named, explained, criterion)
            if data["criteria"] or criterion is None:
                yield ("" if first else ",") + json.dumps(data, ensure_ascii=False)
                first = False
        yield "]}"
    yield "]}"


def _as_words(session: TenantSession, judged: list[Judged], criterion: str | None) -> Iterator[str]:
    """Counts first, then every subject with what was not met; with one criterion, its sentence for every subject."""
    for rules, rows, run in judged:
        stored = f" · {run}" if run else ""
        yield f"{rules.label} · năm {rules.year}, hồ sơ đến ngày {rules.as_of:%d/%m/%Y}{stored}"
        for scheme, listed in zip(rules.schemes, rows, strict=True):
            if listed and scheme.title:
                outcomes = [row.outcome for row in listed]
                counted = (
                    f"{OUTCOMES[one].lower()} {outcomes.count(one)}" for one in Outcome if one in outcomes
                )
                yield f"  {scheme.title}: {', '.join(counted)}"
        for named, explained in explained_rows(session, rules, rows):
            wanted = [one for one in explained.findings if criterion == one.criterion]
            if criterion is None:
                wanted = [one for one in explained.findings if one.outcome is Outcome.NOT_MET]
                said = " ".join(filter(None, (explained.sentence, explained.flag)))
                yield f"{named.name} ({named.code or named.cell or ''}): {said}"
            elif wanted:
                yield named.name
            for finding in wanted:
                yield f"  {finding.label}: {finding.sentence}"
