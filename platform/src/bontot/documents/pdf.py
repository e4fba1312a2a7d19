"""A paper as PDF/A, set by typst. What people wrote goes in as data and is never read as markup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Literal

import typst
from typst import Fonts

from bontot.documents.paper import Paper
from bontot.documents.setting import as_set
from bontot.errors import FontsMissing

ARCHIVAL: Literal["a-2b"] = "a-2b"
PLAIN: Literal["1.7"] = "1.7"
FONTS = "rinoh_typeface_texgyretermes"
"""A package whose files are TeX Gyre Termes: the measures of Times, every Vietnamese letter."""


def pdf(paper: Paper) -> bytes:
    """The file."""
    return bound([paper])


def bound(papers: Sequence[Paper], *, title: str = "", both_sides: bool = False) -> bytes:
    """One file of several papers, called by a `title` or the first of them, each beginning on a page of its own, or to be
    printed on `both_sides` on a sheet of its own: PDF/A, or where somebody wrote a letter that the fonts do not have, which PDF/A forbids, plain PDF."""
    told = {"papers": [as_set(paper) for paper in papers], "title": title, "both_sides": both_sides}
    inputs = {"told": json.dumps(told, ensure_ascii=False)}
    try:
        return _compiled(inputs, ARCHIVAL)
    except typst.TypstError:
        return _compiled(inputs, PLAIN)


def _compiled(inputs: dict[str, str], standard: Literal["a-2b", "1.7"]) -> bytes:
    return typst.compile(_template(), font_paths=_fonts(), sys_inputs=inputs, pdf_standards=standard)


@cache
def _template() -> bytes:
    return files("bontot.documents").joinpath("paper.typ").read_bytes()


@cache
def _fonts() -> Fonts:
    """The fonts, found without running the package: what it would set with is not installed."""
    found = find_spec(FONTS)
    if found is None or not found.submodule_search_locations:
        raise FontsMissing
    return Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[found.submodule_search_locations[0]],
    )
