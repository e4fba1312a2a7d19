"""A paper as PDF/A, set by typst. What people wrote goes in as data and is never read as markup."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Literal

import typst
from typst import Fonts

from bontot.documents.paper import Paper
from bontot.documents.setting import as_set
from bontot.errors import FileTooLarge, FontsMissing, Unreachable
from bontot.processes import dying_with_parent

ARCHIVAL: Literal["a-2b"] = "a-2b"
PLAIN: Literal["1.7"] = "1.7"
PATIENCE, LOOKED_AT = 480.0, 2.0
"""Seconds that setting many papers may take, and between two looks whether it is still wanted."""
LONGEST, TURN = 1_000_000, 20.0
"""Characters of the longest paper set within the process that asks, as told (ten thousand rows of a table), and seconds that
another waits for its turn."""
MOST = 5_000_000
"""Characters of many papers set together, as told; five hundred score sheets are three million, and take some 3 GiB."""
_ONE_AT_A_TIME = Lock()
FONTS = "rinoh_typeface_texgyretermes"
"""A package whose files are TeX Gyre Termes: the measures of Times, every Vietnamese letter. What it lacks (ticks, Roman
figures, letters of other peoples) comes from the fonts that typst carries."""


def pdf(paper: Paper) -> bytes:
    """The file, set within the process that asks: one at a time, since the longest takes half a GiB. Raises FileTooLarge for
    a longer one, Unreachable when others take their time."""
    told = as_told([paper])
    if len(told["told"]) > LONGEST:
        raise FileTooLarge(
            "Văn bản này dài quá nên không lập được thành tệp PDF. Xin rút gọn nội dung, rồi làm lại."
        )
    if not _ONE_AT_A_TIME.acquire(timeout=TURN):
        raise Unreachable
    try:
        return allowed(told)
    finally:
        _ONE_AT_A_TIME.release()


def bound(papers: Sequence[Paper], *, title: str = "", both_sides: bool = False) -> bytes:
    """One file of several papers, called by a `title` or the first of them, each beginning on a page of its own, or to be
    printed on `both_sides` on a sheet of its own: PDF/A, or where somebody wrote a letter that the fonts do not have, which
    PDF/A forbids, plain PDF."""
    return allowed(as_told(papers, title=title, both_sides=both_sides))


def bound_apart(inputs: dict[str, str], going_on: Callable[[], None] = lambda: None) -> bytes:
    """The same, untagged, of what `as_told` gives, in a process of its own (`binding`). `going_on` is called every few
    seconds, and ends the process by raising. Raises FileTooLarge for more than `MOST`, and for what is not set in time."""
    if len(inputs["told"]) > MOST:
        raise FileTooLarge
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "bontot.documents.binding"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path("/"),
        env={},
        preexec_fn=dying_with_parent(signal.SIGKILL),
    ) as setting:
        try:
            content = _answer(setting, json.dumps(inputs).encode(), going_on)
        finally:
            setting.kill()
    if setting.returncode:
        raise subprocess.CalledProcessError(setting.returncode, "binding")
    return content


def _answer(setting: subprocess.Popen[bytes], told: bytes, going_on: Callable[[], None]) -> bytes:
    deadline = time.monotonic() + PATIENCE
    given: bytes | None = told
    while True:
        try:
            return setting.communicate(given, timeout=LOOKED_AT)[0]
        except subprocess.TimeoutExpired:
            given = None  # it is on its way, and must not be given twice
            going_on()
        if time.monotonic() > deadline:
            raise FileTooLarge


def allowed(inputs: dict[str, str], *, tagged: bool = True) -> bytes:
    """PDF/A of what `as_told` gives, or where that is not allowed, plain PDF; `tagged` for who has it read aloud, which
    makes a file of many papers seven times as large."""
    try:
        return _compiled(inputs, ARCHIVAL, tagged=tagged)
    except typst.TypstError:
        return _compiled(inputs, PLAIN, tagged=tagged)


def as_told(papers: Sequence[Paper], *, title: str = "", both_sides: bool = False) -> dict[str, str]:
    """What is set: the papers as data."""
    told = {"papers": [as_set(paper) for paper in papers], "title": title, "both_sides": both_sides}
    return {"told": json.dumps(told, ensure_ascii=False)}


def _compiled(inputs: dict[str, str], standard: Literal["a-2b", "1.7"], *, tagged: bool) -> bytes:
    return typst.compile(
        _template(), font_paths=_fonts(), sys_inputs=inputs, pdf_standards=standard, pdf_tags=tagged
    )


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
        include_embedded_fonts=True,  # for "✓", "Ⅳ" and "Ƀ": what no font has is not seen on paper
        font_paths=[found.submodule_search_locations[0]],
    )
