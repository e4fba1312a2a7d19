"""Papers by a layout of a plan's own (`bontot.policy.layouts`), set like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Literal, cast

from bontot.documents.asking import Asked, Kind, Part, named_period
from bontot.documents.forms import authority_in, form_of, signers_in
from bontot.documents.kinds.figures import Told, begun
from bontot.documents.kinds.sheets import group_rows, judged, table_of_cells
from bontot.documents.office import Office
from bontot.documents.paper import Annex, Block, Centred, Grid, Heading, Paper, Points, Signer, Text
from bontot.documents.phrases import written_day
from bontot.documents.writing import Written, written
from bontot.errors import NotFound
from bontot.policy.layouts import OWN, YEAR, Line, lines_of
from bontot.policy.model import ReportFormat
from bontot.policy.words import figure
from bontot.registry import Registry

TYPES = (
    "Báo cáo", "Biểu tổng hợp", "Bảng tổng hợp", "Danh sách", "Tờ trình", "Thông báo", "Kế hoạch", "Chương trình",
    "Biên bản", "Kết luận", "Phiếu", "Biểu", "Bảng",
)  # fmt: skip
"""Names of types a title may begin with, the longer first."""


def kinds_in(registry: Registry) -> Iterator[Kind]:
    """The kinds of paper that plugins bring a layout for, each once."""
    stated = (form for offer in registry.policies.values() for form in offer.policy.report_formats)
    found = {
        form.key: form
        for form in (*registry.formats.values(), *stated)
        if form.layout and form.key not in OWN
    }
    for key, form in found.items():
        yield Kind(
            key=key,
            slug=f"mau-{key.replace('_', '-').replace('.', '-')}",
            label=form.title,
            about=cast(Literal["period", "year"], form.about),
            build=partial(paper_of, key=key),
            symbol=form.symbol,
            by=cast(Literal["cell", "committee", "both"], form.by),
            parts=partial(parts_of, key=key),
        )


def in_force(asked: Asked, kind: Kind) -> bool:
    """Whether the plan of an organisation, a frame beside it or any plugin for all has the form of a kind."""
    return form_of(asked, kind.key) is not None


def parts_of(asked: Asked, key: str) -> list[Part]:
    """What people write into a paper of a layout."""
    form = form_of(asked, key)
    return parts_in(form) if form else []


def parts_in(form: ReportFormat) -> list[Part]:
    """The parts of a layout that people write."""
    return [Part(line.argument, line.label) for line in lines_of(form.layout) if line.kind == "write"]


def paper_of(asked: Asked, key: str) -> Paper:
    """The paper of a layout. Raises NotFound where no plan of the organisation has it, or nothing would fill it."""
    form = form_of(asked, key)
    if form is None or not form.layout:
        raise NotFound
    period = f"năm {asked.year}" if form.about == YEAR else named_period(asked.period)
    if form.about != YEAR:
        begun(asked.period, asked.today)
    told = Told(asked.together([asked.organisation_id]))
    office = told.office(asked.organisation_id)
    if form.by not in ("both", "cell" if office.is_cell else "committee"):
        raise NotFound
    title, subject = titled(form)
    block = partial(_block, asked, told)
    body, annexes = laid_out(form, fields_of(told, office, period), written(asked, form.key), block)
    return Paper(
        kind=key,
        day=office.day,
        header=office.header(form.symbol, office.day),
        title=title.upper(),
        subject=f"{subject} {period}".strip(),
        body=body,
        annexes=annexes,
        recipients=office.recipients() if form.symbol else (),
        signers=_signers(form, office),
        landscape=form.landscape,
    )


def titled(form: ReportFormat) -> tuple[str, str]:
    """The name of a form's type, and what it is about."""
    begins = next((name for name in TYPES if form.title.lower().startswith(name.lower())), form.title)
    said = form.title[len(begins) :].strip()
    return begins, said[:1].lower() + said[1:]


def _signers(form: ReportFormat, office: Office) -> tuple[Signer, ...]:
    """Those of the form: who signs in the body's name with the name of its officer."""
    authority = authority_in(form, is_cell=office.is_cell)
    beside = [Signer(lines=lines) for lines in signers_in(form) if not lines[0].startswith("T/M")]
    return (*beside, office.signer(authority))


def laid_out(
    form: ReportFormat, fields: Mapping[str, str], words: Written, block: Callable[[Line], Iterable[Block]]
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The body of a layout, and its annexes: `fields` stand in its lines, `words` where people write, and `block` makes what
    is made from the records."""
    made: list[Block] = []
    for line in lines_of(form.layout):
        if line.kind == "write":
            made += words.blocks(line.argument)
        elif line.kind == "block":
            made += block(line)
        else:
            made = _with(made, line, line.words.format_map(fields))
    first = next((place for place, block in enumerate(made) if isinstance(block, Annex)), len(made))
    return tuple(made[:first]), tuple(made[first:])


def _with(made: list[Block], line: Line, words: str) -> list[Block]:
    match line.kind:
        case "point" if made and isinstance(made[-1], Points):
            return [*made[:-1], Points((*made[-1].items, words))]
        case "point":
            return [*made, Points((words,))]
        case "heading" | "subheading":
            return [*made, Heading(words, 1 if line.kind == "heading" else 2)]
        case "centred":
            return [*made, Centred(words)]
        case "annex":
            return [*made, Annex(words)]
    return [*made, Text(words, line.label)]


def fields_of(told: Told, office: Office, period: str) -> dict[str, str]:
    """What stands in the lines of a layout, of an organisation that tells of a period."""
    count, cells = told.counts(office.id)
    return {
        "organisation": office.name,
        "author": office.author,
        "superior": office.above,
        "period": period,
        "year": period[-4:],
        "day": written_day(office.day),
        "members": figure(count),
        "cells": figure(cells),
        "secretary": office.signer().name,
    }


def _block(asked: Asked, told: Told, line: Line) -> Iterator[Block]:
    if line.words == "figures":
        yield told.grid(asked.organisation_id)
    elif line.words == "results":
        _, explained = judged(asked)
        yield Grid(("TT", "Nội dung", "Kết quả"), group_rows(explained), shares=(6, 60, 24))
        yield Text(explained.sentence, "Kết quả chung:")
    else:
        yield from table_of_cells(asked, line.argument)
