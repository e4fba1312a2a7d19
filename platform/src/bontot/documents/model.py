"""What a paper is made of, free of any format: a page sets it as HTML, others may set the same as DOCX or PDF."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The head of a paper: who issues it and under whom, its number, and where and when; the last two are empty for
    minutes."""

    superior: str
    issuer: str
    number: str = ""
    place_and_day: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (`I- …`) or 2 (`1. …`)."""

    words: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `label` stands before it (`Địa điểm:`). Lines stay lines."""

    words: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list of dashes."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with ruled cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Text | Points | Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs: `lines` above the room for the signature, the name under it."""

    lines: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper, in the order in which it is read; `draft` while it is not yet what will be signed."""

    kind: str
    header: Header
    title: str
    subject: str
    body: tuple[Block, ...]
    signers: tuple[Signer, ...]
    recipients: tuple[str, ...] = field(default=())
    draft: bool = False
