"""Every way the product says no, in one hierarchy.

Each error knows its HTTP status, its machine code and its Vietnamese sentence; `detail` adds what the reader needs to mend
it. Nothing else is raised on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import ClassVar


class BontotError(Exception):
    """The root. `str(error)` is the sentence a person reads."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    sentence: ClassVar[str] = "Có lỗi trong hệ thống. Dữ liệu chưa bị thay đổi."

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(detail or self.sentence)


class ScopeUnset(BontotError):
    """A statement was about to run with no committee in scope: a fault of ours, never of a reader."""

    code = "scope_unset"
    sentence = "Chưa xác định đảng bộ đang làm việc."


class ScopeNested(BontotError):
    """A session of one committee was asked to serve another."""

    code = "scope_nested"
    sentence = "Một phiên làm việc chỉ thuộc một đảng bộ."


class InvalidInput(BontotError):
    """What was entered cannot be accepted. `field` names the form field the sentence stands beside."""

    status = 422
    code = "invalid_input"
    sentence = "Nội dung nhập chưa hợp lệ."

    def __init__(self, detail: str = "", field: str = "") -> None:
        super().__init__(detail)
        self.field = field

    @property
    def errors(self) -> dict[str, str]:
        """The sentence of each field that is wrong."""
        return {self.field: str(self)}


class FormNotUnderstood(InvalidInput):
    """A form with fields, or values of its switches, that no such form has (safety rule 12)."""

    code = "form_not_understood"
    sentence = "Biểu mẫu có phần không hiểu được. Xin tải lại trang rồi nhập lại."


class InvalidFields(InvalidInput):
    """Fields of one form cannot be accepted, each for its own reason."""

    code = "invalid_fields"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(errors.values())), next(iter(errors), ""))
        self._errors = dict(errors)

    @property
    def errors(self) -> dict[str, str]:
        """The sentence of each field that is wrong."""
        return self._errors


@contextmanager
def noting(errors: dict[str, str], field: str = "") -> Iterator[None]:
    """Notes in `errors` what the block refuses, so that a form can be refused as a whole; of one field the first sentence
    stands. `field` names what a refusal without a field is about."""
    try:
        yield
    except InvalidInput as refusal:
        for name, sentence in refusal.errors.items():
            errors.setdefault(name or field, sentence)


def refuse_noted(errors: Mapping[str, str]) -> None:
    """Raises InvalidFields when anything was noted."""
    if errors:
        raise InvalidFields(errors)


class NotFound(BontotError):
    """No such record within the reader's reach. Unknown and foreign are answered alike."""

    status = 404
    code = "not_found"
    sentence = "Không tìm thấy trang hoặc hồ sơ này."


class NotAllowed(BontotError):
    """The reader's role does not include this act."""

    status = 403
    code = "not_allowed"
    sentence = "Vai trò của đồng chí không có quyền làm việc này."


class NotLoggedIn(BontotError):
    """No live session."""

    status = 401
    code = "not_logged_in"
    sentence = "Đồng chí cần đăng nhập."


class Stale(BontotError):
    """Somebody else changed the record since it was read."""

    status = 412
    code = "stale"
    sentence = "Hồ sơ này vừa được người khác sửa. Xin xem lại rồi ghi lần nữa."


class VersionMissing(BontotError):
    """A correction that does not say which version it corrects."""

    status = 428
    code = "version_missing"
    sentence = "Chưa rõ đang sửa bản nào. Xin mở lại hồ sơ rồi bấm Sửa."


class TenantUnknown(BontotError):
    """No committee of that code."""

    status = 404
    code = "tenant_unknown"
    sentence = "Không có đảng bộ nào mang mã này."


class LoginRefused(BontotError):
    """Login and password do not belong together; which of the two is wrong is not said."""

    status = 422
    code = "login_refused"
    sentence = "Tên đăng nhập hoặc mật khẩu chưa đúng."


class TooManyAttempts(BontotError):
    """Too many failed log-ins in a short while; throttled, never locked."""

    status = 429
    code = "too_many_attempts"
    sentence = "Đồng chí đã thử quá nhiều lần. Xin đợi một phút rồi thử lại."


class SettingsError(BontotError):
    """Environment variables are missing or cannot be understood; `problems` names each of them."""

    code = "settings"
    sentence = "Thiết đặt chưa đúng."

    def __init__(self, problems: tuple[str, ...] = ()) -> None:
        self.problems = problems
        super().__init__("\n  • ".join([self.sentence, *problems]))


class FontsMissing(BontotError):
    """The fonts that papers are set in are not installed."""

    code = "fonts_missing"
    sentence = "Máy chủ thiếu bộ chữ để lập tệp PDF. Báo người vận hành cài lại phần mềm."
    status = 500


class EmbeddedServerError(BontotError):
    """PostgreSQL or Valkey of this machine did not start, did not answer or did not stop."""

    status = 503
    code = "embedded_server"
    sentence = "PostgreSQL và Valkey đi kèm không chạy được."


class DeclarationError(BontotError):
    """What a plugin declares does not hold together; `problems` says where, one sentence each."""

    code = "declaration"
    sentence = "Khai báo của kế hoạch chưa đúng."

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class RefinementError(DeclarationError):
    """A refinement does not fit the plan it is laid over."""

    code = "refinement"


class PluginUnavailable(BontotError):
    """A plan is known or expected, but its plugin is switched off or failed to load; `detail` gives the reason. The
    records stay readable."""

    status = 503
    code = "plugin_unavailable"
    sentence = "Kế hoạch này tạm thời không dùng được. Hồ sơ vẫn xem và ghi được bình thường."


class ValueUnknown(NotFound):
    """The plan has no threshold and no option of that key."""

    code = "value_unknown"
    sentence = "Kế hoạch không có giá trị nào mang khóa này."


class ValueRefused(InvalidInput):
    """A committee's own value is not one its plan allows."""

    code = "value_refused"
    sentence = "Giá trị này nằm ngoài phạm vi kế hoạch cho phép."


class DayRefused(InvalidInput):
    """A day cannot be the planned day of a meeting."""

    code = "day_refused"
    sentence = "Ngày này không thể là ngày sinh hoạt."


class CaseFileError(InvalidInput):
    """A worked case cannot be read; `detail` names the file, the place and the way to mend it."""

    code = "case_file"
    sentence = "Tệp ví dụ tính tay chưa đúng."


class DatabaseUnreachable(BontotError):
    """The database's server cannot be reached, or does not let us in."""

    status = 503
    code = "database_unreachable"
    sentence = "Không kết nối được cơ sở dữ liệu. Kiểm tra địa chỉ, tài khoản và máy chủ PostgreSQL."


class DatabaseNotReady(BontotError):
    """The database lacks tables of this version."""

    status = 503
    code = "database_not_ready"
    sentence = "Cơ sở dữ liệu chưa có các bảng của phiên bản này. Hãy chạy: ./bontot db upgrade"


class BrokerUnreachable(BontotError):
    """The Valkey or Redis server cannot be reached."""

    status = 503
    code = "broker_unreachable"
    sentence = "Không kết nối được Valkey hay Redis. Kiểm tra REDIS_URL và máy chủ ấy."


class HostUnusable(BontotError):
    """This machine cannot listen on the address asked for."""

    status = 409
    code = "host_unusable"
    sentence = "Máy này không lắng nghe được ở địa chỉ ấy. Chọn địa chỉ khác bằng --host."


class Unreachable(BontotError):
    """A server behind the site does not answer, or not in time."""

    status = 503
    code = "unreachable"
    sentence = "Hệ thống đang bận hoặc đang khởi động lại. Nội dung vừa gửi chưa được ghi."


class MigrationBusy(BontotError):
    """A table to be changed was in use for longer than a migration waits."""

    status = 503
    code = "migration_busy"
    sentence = "Chưa nâng cấp được vì cơ sở dữ liệu đang bận; chưa có gì thay đổi. Hãy thử lại sau ít phút."


class AlreadyRunning(BontotError):
    """Another process runs the instance of this data folder."""

    status = 409
    code = "already_running"
    sentence = "Bốn Tốt đang chạy với thư mục dữ liệu này."


class PortBusy(BontotError):
    """Another program listens on the port."""

    status = 409
    code = "port_busy"
    sentence = "Cổng này đang có chương trình khác dùng. Chọn cổng khác bằng --port."


class SiteSilent(BontotError):
    """The site did not answer after its start."""

    status = 503
    code = "site_silent"
    sentence = "Trang web không trả lời."


class WorkbookRefused(InvalidInput):
    """A file is not a workbook that can be taken in; `detail` says why and how to mend it."""

    code = "workbook_refused"
    sentence = "Không đọc được tệp này."


class SecrecyRefused(InvalidInput):
    """A file or its name carries a secrecy mark; nothing of it is kept (dossier: data-formats §4)."""

    code = "secrecy_refused"
    sentence = "Tệp mang dấu chỉ mức độ mật. Hệ thống không nhận tài liệu bí mật nhà nước."


class ImportRefused(InvalidInput):
    """A workbook still has problems, or was already taken in or discarded; nothing was written."""

    code = "import_refused"
    sentence = "Tệp chưa thể nhập; chưa có gì được ghi."


class BundleRefused(InvalidInput):
    """An archive of a whole committee cannot be taken in; nothing was written."""

    code = "bundle_refused"
    sentence = "Gói này không nhận được; chưa có gì được ghi."


class BackupRefused(BontotError):
    """A copy of the database cannot be made, or cannot be brought back as it is."""

    code = "backup_refused"
    sentence = "Không sao lưu hoặc khôi phục được; dữ liệu đang có chưa bị thay đổi."


class JobOver(BontotError):
    """Work in the background that has ended meanwhile is asked to end, or the other way round."""

    status = 409
    code = "job_over"
    sentence = "Việc này đã kết thúc nên không dừng được nữa."


class FileTooLarge(BontotError):
    """What was asked for does not fit one file."""

    status = 413
    code = "file_too_large"
    sentence = "Tệp quá lớn, không lưu được. Xin chọn phạm vi nhỏ hơn, rồi làm lại."


class PeriodRefused(InvalidInput):
    """A period cannot be evaluated on that day."""

    code = "period_refused"
    sentence = "Không đánh giá được kỳ này."


class MetricRefused(BontotError):
    """A metric asked for something it may not have."""

    code = "metric_refused"
    sentence = "Phép đo đòi hỏi điều không được phép."


class PolicyUnknown(NotFound):
    """No plan of that code can be used here."""

    code = "policy_unknown"
    sentence = "Không có kế hoạch nào mang mã này."


class PlanNotThen(NotFound):
    """Nobody in the committee was under its plan on the day asked about; `day` is the nearest on which somebody was, the
    first after it or the last before."""

    code = "plan_not_then"
    sentence = "Ngày này đảng bộ không theo kế hoạch ấy."

    def __init__(self, detail: str, day: date) -> None:
        super().__init__(detail)
        self.day = day


class CriterionUnknown(NotFound):
    """No plan in force has a criterion of that key."""

    code = "criterion_unknown"
    sentence = "Không có tiêu chí nào mang khóa này."


class NoPlanAssigned(BontotError):
    """Nobody in the committee is governed by any plan on the day evaluated."""

    status = 409
    code = "no_plan_assigned"
    sentence = "Chưa có kế hoạch nào được áp dụng cho đảng bộ này trong kỳ đánh giá."


class TokenRefused(NotLoggedIn):
    """The access token of a request is missing, unknown, ended or revoked; which of these is not said."""

    code = "token_refused"
    sentence = "Yêu cầu thiếu mã truy cập, hoặc mã truy cập đã hết hạn hay đã thu hồi."


class TokenScopeMissing(NotAllowed):
    """A live access token that was not given this right; `detail` names the right."""

    code = "token_scope_missing"
    sentence = "Mã truy cập này không được cấp quyền làm việc này."


class TooManyRequests(BontotError):
    """An access token asked more often than it may; `seconds` until it may again."""

    status = 429
    code = "too_many_requests"
    sentence = "Mã truy cập này gửi quá nhiều yêu cầu. Xin đợi rồi gửi tiếp."

    def __init__(self, seconds: int) -> None:
        super().__init__(self.sentence.replace("Xin đợi", f"Xin đợi {seconds} giây"))
        self.seconds = seconds


class TooManyGuesses(TooManyRequests):
    """An address sent too many access tokens that nobody has."""

    code = "too_many_guesses"
    sentence = "Từ địa chỉ này gửi đến quá nhiều mã truy cập không có thật. Xin đợi rồi gửi tiếp."


class KeyReused(InvalidInput):
    """A request under a key under which something else was asked before."""

    code = "idempotency_key_reused"
    sentence = "Idempotency-Key này đã dùng cho một yêu cầu khác; hãy tạo khóa mới."


class LoginTaken(InvalidInput):
    """A login that somebody already has."""

    code = "login_taken"
    sentence = "Tên đăng nhập đã có người dùng."
