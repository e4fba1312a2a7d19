"""A refusal is a problem with a code, in both languages; a body keeps within its limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from markupsafe import escape

from bontot.access import Role
from bontot.errors import BontotError
from bontot.web.api.problems import ENGLISH, names
from tests.api.conftest import Program
from tests.factories import Committee


def every(error: type[BontotError]) -> Iterator[type[BontotError]]:
    yield error
    for below in error.__subclasses__():
        yield from every(below)


def test_every_refusal_has_a_name_in_english(app: Flask) -> None:
    codes = {error.code for error in every(BontotError) if error.__module__.startswith("bontot.")}
    assert codes == set(ENGLISH)
    assert len(codes) > 40


def test_the_guide_explains_every_code_where_a_problem_points(app: Flask, committee: Committee) -> None:
    page = committee.client(app, Role.MEMBER).get("/ket-noi/tai-lieu").get_data(as_text=True)
    for code, sentence, english in names():
        assert f'id="loi-{code}"' in page
        assert str(escape(sentence)) in page
        assert english in page


def test_a_problem_says_what_is_wrong_in_the_language_asked_for(program: Program) -> None:
    nobody = "/members/00000000-0000-4000-8000-000000000000"
    vietnamese, english = program.get(nobody), program.get(nobody, Accept_Language="en-GB,en;q=0.9")
    assert vietnamese.json == {
        "type": "/ket-noi/tai-lieu#loi-not_found",
        "status": 404,
        "code": "not_found",
        "title": "Không tìm thấy trang hoặc hồ sơ này.",
        "title_en": "No such record within reach",
        "detail": "Không tìm thấy trang hoặc hồ sơ này.",
        "errors": [],
    }
    assert english.json == {**vietnamese.json, "title": "No such record within reach"}
    for answer, language in ((vietnamese, "vi"), (english, "en")):
        assert (answer.content_type, answer.headers["Content-Language"]) == (
            "application/problem+json",
            language,
        )


def test_what_the_server_itself_refuses_is_a_problem_too(program: Program) -> None:
    unknown, method = program.get("/nothing"), program.put("/members", {})
    assert unknown.json is not None
    assert method.json is not None
    assert (unknown.status_code, unknown.json["code"]) == (404, "not_found")
    assert (method.status_code, method.json["code"]) == (405, "method_not_allowed")
    assert {"GET", "HEAD", "OPTIONS"} == set(method.headers["Allow"].split(", "))
    nobody = program.client.get("/api/v1/members")
    assert nobody.json is not None
    assert (nobody.status_code, nobody.json["code"]) == (401, "token_refused")
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=%2B5", "limit"),
        ("limit=5&limit=6", "limit"),
        ("as_of=2023-2-1", "as_of"),
        ("as_of=2999-01-01", "as_of"),
        ("as_of=20230201", "as_of"),
        ("as_of=2090-01-01", "as_of"),
        ("organisation=abc", "organisation"),
        ("name=%00", "name"),
        ("nam=2023", "nam"),
    ],
)
def test_a_question_that_is_not_understood_is_not_answered(program: Program, query: str, field: str) -> None:
    answer = program.get(f"/members?{query}")
    assert answer.json is not None
    assert (answer.status_code, [one["field"] for one in answer.json["errors"]]) == (422, [field])


def test_what_is_wrong_with_several_fields_alike_is_told_once(program: Program) -> None:
    answer = program.post("/days-off", {})
    assert answer.json is not None
    assert [one["detail"] for one in answer.json["errors"]] == ["Thiếu trường này."] * 4
    assert answer.json["detail"] == "Thiếu trường này."


DEEP = '{"marks":' + "[" * 40 + "]" * 40 + "}"
UNREADABLE, WRONG = (422, "body_not_understood"), (422, "invalid_fields")
BODIES = {
    "no JSON": (b"kind=regular", UNREADABLE),
    "no object": (b"[]", UNREADABLE),
    "no number": (b'{"year": NaN}', UNREADABLE),
    "an endless number": (b'{"year": Infinity}', UNREADABLE),
    "a number of 70 bits": (b'{"year": 1180591620717411303424}', UNREADABLE),
    "a fraction": (b'{"year": 2023.0}', UNREADABLE),
    "a field twice": (b'{"year": 2023, "year": 2024}', UNREADABLE),
    "too deep": (DEEP.encode(), UNREADABLE),
    "deeper than any stack": (b"[" * 100_000, UNREADABLE),
    "no UTF-8": (b'{"year": "\xff"}', UNREADABLE),
    "half a letter": (b'{"year": "\\ud800"}', WRONG),
    "a boolean for a number": (b'{"year": true}', WRONG),
    "more than 2 MiB": (b" " * (2 * 1024 * 1024 + 1), (413, "request_entity_too_large")),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_keeps_within_its_limits(program: Program, name: str) -> None:
    content, refused = BODIES[name]
    answer = program.client.post(
        "/api/v1/evaluations",
        data=content,
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.secret}"},
    )
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == refused


def test_a_body_is_sent_as_json(program: Program) -> None:
    answer = program.client.post(
        "/api/v1/evaluations",
        data={"year": "2023"},
        headers={"Authorization": f"Bearer {program.secret}"},
    )
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (415, "media_type_refused")


def test_half_a_letter_in_a_record_is_refused_and_not_stored(program: Program, committee: Committee) -> None:
    answer = program.client.post(
        f"/api/v1/organisations/{committee.cells[0].public_id}/meetings",
        data=b'{"kind":"regular","held_on":"2023-03-03","marks":[],"place":"\\ud800"}',
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.secret}"},
    )
    assert answer.json is not None
    assert [one["field"] for one in answer.json["errors"]] == ["place"]


def test_a_body_with_a_field_whose_name_is_no_text_is_not_understood(program: Program) -> None:
    answer = program.post("/evaluations", {"year": 2024, "\ud800": 1})
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (422, "body_not_understood")
    assert answer.json["detail"] == "Có tên trường không phải là chữ."
