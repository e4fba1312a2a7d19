"""How the site says no: a page for every refusal, with what to do next. Nothing of the attempt is kept."""

from __future__ import annotations

from typing import NamedTuple

from flask import Flask, current_app, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from redis.exceptions import RedisError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from bontot.errors import BontotError, InvalidInput, NotFound, NotLoggedIn, Stale, Unreachable
from bontot.web.api.problems import of_program, problem_of, problem_of_http
from bontot.web.database import db
from bontot.web.request import visitor

Answer = tuple[str, int] | Response


class Page(NamedTuple):
    """A heading, and the steps a reader can take."""

    title: str
    advice: tuple[str, ...]


BACK = "Bấm nút quay lại của trình duyệt: nội dung đã nhập thường vẫn còn, sửa rồi gửi lại."
LATER = "Thử lại sau ít phút. Dữ liệu đã ghi trước đó vẫn an toàn."
PAGES = {
    400: Page("Chưa ghi được", (BACK, "Nếu trang mở đã lâu, tải lại trang rồi nhập lại.")),
    401: Page("Cần đăng nhập", ("Đăng nhập lại rồi gửi lần nữa; lần gửi vừa rồi chưa được ghi.",)),
    403: Page(
        "Vai trò này không làm được việc này",
        (
            "Xem vai trò đang làm việc bên cạnh tên đồng chí; nếu có vai trò khác, chọn “Đổi nơi làm việc”.",
            "Nhờ người có quyền làm giúp: bí thư chi bộ ghi nhận sinh hoạt, quản trị đảng bộ đặt mức và nhập dữ liệu.",
        ),
    ),
    404: Page(
        "Không tìm thấy",
        (
            "Kiểm tra lại địa chỉ, nhất là khi gõ hoặc chép tay.",
            "Hồ sơ có thể thuộc nơi ngoài phạm vi của đồng chí; tìm lại từ trang đầu.",
        ),
    ),
    405: Page("Trang này không nhận thao tác vừa gửi", ("Mở lại trang từ trang đầu rồi thao tác lần nữa.",)),
    412: Page(
        "Hồ sơ vừa được người khác sửa",
        ("Mở lại hồ sơ để xem nội dung mới nhất.", "Nếu vẫn cần sửa, nhập lại phần của đồng chí rồi ghi."),
    ),
    413: Page("Tệp quá lớn", ("Mỗi tệp tối đa 20 MB. Chia nhỏ hoặc xuất lại tệp rồi gửi.",)),
    422: Page("Nội dung chưa ghi được", (BACK,)),
    428: Page("Chưa rõ đang sửa bản nào", ("Mở lại hồ sơ, bấm sửa rồi ghi từ trang đó.",)),
    429: Page("Xin chờ một chút", ("Đợi một phút rồi thử lại. Không ai bị khóa tài khoản.",)),
    500: Page("Có lỗi trong hệ thống", (LATER,)),
    503: Page("Tạm thời chưa dùng được", (LATER,)),
}
NOT_YET = Page("Chưa có để xem", ("Bấm nút quay lại của trình duyệt.",))
"""For what has its own reason not to be there: the address is right."""
NOT_SHOWN = Page("Chưa mở được trang này", ("Bấm nút quay lại của trình duyệt rồi chọn lại.",))
"""For an address that asks for what cannot be: nothing was entered that could be mended."""
COLLISIONS = ("23505", "23P01")
"""What PostgreSQL calls a second row of a key and an interval that overlaps another."""
HTTP_SENTENCES = {
    404: NotFound.sentence,
    405: "Địa chỉ đúng nhưng thao tác không đúng.",
    413: "Tệp gửi lên vượt quá giới hạn.",
}


def install(app: Flask) -> None:
    """Answers every error with a page."""
    app.register_error_handler(BontotError, _refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(CSRFError, _refuse_form)
    app.register_error_handler(DataError, lambda _: _answer(InvalidInput()))
    app.register_error_handler(IntegrityError, _refuse_collision)
    for unreachable in (OperationalError, PoolTimeout, RedisError):
        app.register_error_handler(unreachable, _refuse_for_now)


def _refuse(error: BontotError) -> Answer:
    if isinstance(error, NotLoggedIn) and request.method == "GET" and not of_program():
        if visitor():
            return redirect(url_for("account.choose"))
        return redirect(url_for("account.log_in", den=request.full_path.rstrip("?")))
    return _answer(error)


def _answer(error: BontotError) -> Answer:
    """A refusal of ours: to a program as a problem, to a person as a page."""
    if of_program():
        db.session.rollback()
        return problem_of(error)
    if isinstance(error, NotFound) and error.detail:
        return _page(error.status, str(error), NOT_YET)
    return _page(error.status, str(error))


def _refuse_http(error: HTTPException) -> Answer | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if of_program():
        db.session.rollback()
        return problem_of_http(error, HTTP_SENTENCES.get(error.code, BontotError.sentence))
    return _page(error.code, HTTP_SENTENCES.get(error.code, BontotError.sentence))


def _refuse_collision(error: IntegrityError) -> Answer:
    """Two people wrote the same at once and the database kept one; any other broken constraint is a fault of ours."""
    if getattr(error.orig, "sqlstate", "") in COLLISIONS:
        current_app.logger.info("two wrote the same at once")
        return _answer(Stale())
    current_app.logger.error("constraint", exc_info=error)
    return _answer(BontotError())


def _refuse_for_now(error: Exception) -> Answer:
    """A server of ours does not answer, or not in time; what is tried again later may well succeed."""
    current_app.logger.error("unreachable", exc_info=error)
    return _answer(Unreachable())


def _refuse_form(_: CSRFError) -> Answer:
    return _page(400, "Trang đã mở quá lâu nên chưa ghi được.")


def _page(status: int, sentence: str, page: Page | None = None) -> Answer:
    db.session.rollback()
    page = page or PAGES.get(status, PAGES[500 if status >= 500 else 400])
    if status == InvalidInput.status and request.method == "GET":
        page = NOT_SHOWN
    advice = page.advice
    if status >= 500:
        g.bare = True  # the head of the page reads the database, which may be what failed
        current_app.logger.error("answered %s", status)
        advice += (f"Nếu vẫn lỗi, báo người vận hành kèm mã {g.request_id}.",)
    return render_template("error.html", title=page.title, sentence=sentence, advice=advice), status
