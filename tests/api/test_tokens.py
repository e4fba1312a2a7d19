"""An administrator gives a program a token; it does what the token names, and no more, until it ends."""

from __future__ import annotations

import re

from flask import Flask
from redis import Redis
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from bontot.access import Role
from bontot.db.models import ApiToken, AuditEvent, RoleGrant
from bontot.db.tenancy import scope
from bontot.keys import key
from bontot.services.throttle import GUESSES, REQUESTS
from bontot.services.tokens import digest_of, tenant_of
from bontot.settings import Settings
from tests.api.conftest import Give, Program
from tests.factories import Committee
from tests.isolation.golden.asking import form_key

FORM = {
    "name": "Kế toán",
    "role": "tenant_admin",
    "organisation": "",
    "scopes": ["members:read"],
    "days": "30",
}


def secret_of(page: str) -> str:
    """The secret that a page shows."""
    [found] = re.findall(r"btk[0-9]+_[A-Za-z0-9_-]{43}", page)
    return str(found)


def test_a_token_is_shown_once_and_then_works(app: Flask, committee: Committee) -> None:
    admin = committee.client(app, Role.TENANT_ADMIN)
    page = admin.post("/ket-noi", data={**FORM, "form_key": form_key()}).get_data(as_text=True)
    secret = secret_of(page)
    again = admin.get("/ket-noi").get_data(as_text=True)
    assert (secret in again, "Kế toán" in again, "Đảng viên: đọc" in again) == (False, True, True)
    answer = Program(app.test_client(), secret).get("/token")
    told = {"name": "Kế toán", "role": "tenant_admin", "organisation": None, "scopes": ["members:read"]}
    assert answer.json is not None
    assert {name: answer.json[name] for name in told} == told
    with scope(committee.engine, committee.tenant_id) as session:
        kept = session.scalars(select(ApiToken)).one()
        assert secret.encode() not in (kept.secret_hash or secret.encode())


def test_the_form_says_what_is_missing_at_each_field(app: Flask, committee: Committee) -> None:
    admin = committee.client(app, Role.TENANT_ADMIN)
    answer = admin.post("/ket-noi", data={"form_key": form_key(), "role": "cell_secretary", "days": "7"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for sentence in (
        "Ghi tên phần mềm hoặc việc dùng mã này.",
        "Xin chọn tổ chức cho vai trò này.",
        "Chọn ít nhất một quyền trong danh sách.",
        "Chọn thời hạn trong danh sách.",
    ):
        assert sentence in page


def test_a_revoked_token_is_refused_at_the_next_request(
    app: Flask, committee: Committee, program: Program
) -> None:
    assert program.get("/token").status_code == 200
    admin = committee.client(app, Role.TENANT_ADMIN)
    [address] = re.findall(r'action="(/ket-noi/[^"]+/thu-hoi)"', admin.get("/ket-noi").get_data(as_text=True))
    assert admin.post(address).status_code == 302
    assert (program.get("/token").status_code, program.get("/members").status_code) == (401, 401)


def test_a_token_ends_on_its_day_and_with_the_right_of_its_giver(committee: Committee, give: Give) -> None:
    ended, orphaned = give(), give()
    with scope(committee.engine, committee.tenant_id) as session:
        first = session.scalars(select(ApiToken).order_by(ApiToken.id)).first()
        assert first is not None
        first.expires_on = committee.today
    assert (ended.get("/token").status_code, orphaned.get("/token").status_code) == (401, 200)
    with scope(committee.engine, committee.tenant_id) as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.role == "tenant_admin")).one()
        grant.valid_to = committee.today
    assert orphaned.get("/token").status_code == 401


def test_a_token_for_reading_members_does_nothing_else(give: Give, committee: Committee) -> None:
    reader = give(scopes=("members:read",))
    assert reader.get("/members").status_code == 200
    refused = reader.get("/meetings")
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"], refused.json["detail"]) == (
        403,
        "token_scope_missing",
        "Mã truy cập này không được cấp quyền meetings:read.",
    )
    member = committee.cells[0].members[0][1]
    event = reader.post(f"/members/{member}/events", {}, If_Match='"0"')
    assert event.status_code == 403


def test_a_token_of_a_cell_reaches_its_cell_only(give: Give, committee: Committee) -> None:
    own, other = committee.cells
    program = give(Role.CELL_SECRETARY, own.id)
    found = program.get("/organisations").json
    assert found is not None
    assert [one["id"] for one in found["items"]] == [str(own.public_id)]
    assert program.get(f"/members/{own.members[0][1]}").status_code == 200
    assert program.get(f"/members/{other.members[0][1]}").status_code == 404
    assert program.get(f"/organisations/{other.public_id}").status_code == 404
    assert program.post("/evaluations", {"year": 2023}).status_code == 403


def test_the_trail_names_the_token(give: Give, committee: Committee) -> None:
    program, member = give(), committee.cells[0].members[0]
    assert program.get(f"/members/{member[1]}").status_code == 200
    with scope(committee.engine, committee.tenant_id) as session:
        token = session.scalars(select(ApiToken.id)).one()
        seen = session.execute(
            select(
                AuditEvent.action, AuditEvent.subject_id, AuditEvent.token_id, AuditEvent.account_id
            ).where(AuditEvent.action == "view_member")
        ).one()
        issued = session.execute(select(AuditEvent.token_id).where(AuditEvent.action == "issue_token")).one()
    assert tuple(seen) == ("view_member", member[0], token, committee.accounts[Role.TENANT_ADMIN])
    assert tuple(issued) == (None,)


def test_neither_a_session_opens_the_api_nor_a_token_a_page(
    app: Flask, committee: Committee, program: Program
) -> None:
    assert committee.client(app, Role.TENANT_ADMIN).get("/api/v1/members").status_code == 401
    page = program.client.get("/dang-vien", headers={"Authorization": f"Bearer {program.secret}"})
    assert (page.status_code, page.headers["Location"][:10]) == (302, "/dang-nhap")


def test_a_token_of_one_committee_names_no_other(program: Program, committee: Committee) -> None:
    number, _, rest = program.secret.partition("_")
    with scope(committee.engine, 0) as session:
        elsewhere = session.execute(
            text("SELECT max(id) FROM tenant WHERE id <> :own"), {"own": committee.tenant_id}
        ).scalar_one_or_none()
    for said in (f"btk{elsewhere or 999}_{rest}", "btk1_x", "Basic", f"{number}_", program.secret + "x"):
        assert Program(program.client, said).get("/token").status_code == 401


def test_a_program_that_asks_too_often_is_told_to_wait(program: Program, settings: Settings) -> None:
    first = program.get("/token")
    assert first.headers["RateLimit-Remaining"] == str(REQUESTS - 1)
    redis = Redis.from_url(settings.redis_url)
    name = key(tenant_of(program.secret), "requests", digest_of(program.secret))
    redis.incrby(name, REQUESTS - 2)
    redis.close()
    last, refused = program.get("/token"), program.get("/token")
    assert (last.status_code, last.headers["RateLimit-Remaining"]) == (200, "0")
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert counts(refused) == (str(REQUESTS), "0", refused.headers["Retry-After"])


def counts(answer: TestResponse) -> tuple[str | None, ...]:
    return tuple(answer.headers.get(f"RateLimit-{name}") for name in ("Limit", "Remaining", "Reset"))


def test_an_address_that_guesses_is_slowed_and_a_known_token_never(program: Program, give: Give) -> None:
    new = give()
    assert program.get("/token").status_code == 200
    guess = Program(program.client, program.secret[:-1] + ("a" if program.secret[-1] != "a" else "b"))
    first = guess.get("/token")
    assert (first.status_code, first.headers["RateLimit-Limit"]) == (401, str(GUESSES))
    assert first.headers["RateLimit-Remaining"] == str(GUESSES - 1)
    answers = [guess.get("/token") for _ in range(GUESSES)]
    assert [one.status_code for one in answers] == [401] * (GUESSES - 1) + [429]
    assert answers[-1].json is not None
    assert answers[-1].json["code"] == "too_many_guesses"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert counts(answers[-1]) == (str(GUESSES), "0", answers[-1].headers["Retry-After"])
    assert program.get("/token").status_code == 200
    assert new.get("/token").status_code == 429


def test_a_token_is_known_from_the_moment_it_is_given(app: Flask, committee: Committee) -> None:
    admin = committee.client(app, Role.TENANT_ADMIN)
    secret = secret_of(admin.post("/ket-noi", data={**FORM, "form_key": form_key()}).get_data(as_text=True))
    guess = Program(app.test_client(), secret[:-1] + ("a" if secret[-1] != "a" else "b"))
    answers = [guess.get("/token").status_code for _ in range(GUESSES + 1)]
    assert answers[-1] == 429
    assert Program(app.test_client(), secret).get("/token").status_code == 200
