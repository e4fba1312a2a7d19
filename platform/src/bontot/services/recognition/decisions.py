"""The documents by which titles are granted, refused and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bontot.db.models import RecognitionDecision
from bontot.db.tenancy import TenantSession
from bontot.errors import noting, refuse_noted
from bontot.services.recognition.titles import Title
from bontot.text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a decision is known by: its number and sign, the body that issued it, and who signed."""

    number: str
    issuer: str
    signer: str


def missing(document: Document | None) -> dict[str, str]:
    """What a document is to be known by and does not say, by field."""
    wanted = {"number": "số, ký hiệu văn bản", "issuer": "cơ quan ban hành", "signer": "người ký"}
    return {name: f"Ghi {words}." for name, words in wanted.items() if not getattr(document, name, "")}


def cleaned_document(document: Document) -> Document:
    """The same with texts as they are kept. Raises InvalidFields."""
    errors: dict[str, str] = {}
    texts = {}
    for name in ("number", "issuer", "signer"):
        with noting(errors, name):
            texts[name] = clean(getattr(document, name))
    refuse_noted(errors)
    return Document(**texts)


def write_decision(session: TenantSession, title: Title, kind: str, document: Document, day: date) -> int:
    """Keeps a document of one kind ("grant", "refusal", "revocation"); its id."""
    row = RecognitionDecision(
        kind=kind,
        year=title.year,
        policy_code=title.policy,
        scheme=title.scheme.key,
        number=document.number,
        decided_on=day,
        issuer=document.issuer,
        signer=document.signer,
    )
    session.add(row)
    session.flush()
    return row.id
