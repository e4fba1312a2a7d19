"""Words enter through one boundary, and Vietnamese names sort, match and are found as their readers expect."""

from __future__ import annotations

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bontot.errors import InvalidInput
from bontot.text import clean, collation_key, name_key, name_parts, natural_key, quoted, search_key

IN_ORDER = [
    "Lê Văn A",
    "Nguyễn An",
    "Nguyễn Thị An",
    "Nguyễn Văn An",
    "Trần An",
    "Lê Ản",
    "Lê Ánh",
    "Nguyễn Bình",
    "Lý Bính",
    "Trịnh Dung",
    "Trịnh Dũng",
    "Bùi Đan",
    "Bùi Đán",
    "H'Niê",
    "Lê Hai",
    "Đỗ Hải",
    "Lê Hải",
    "Lê Đức Hải",
    "Lê Thị Hải",
    "Lê Thị Thu Hải",
    "Lê Hoa",
    "Lê Hòa",
    "Lê Hoá",
    "Lê Hương",
    "Lê Hường",
    "Lê Lan",
    "Lê Ly",
    "Lê Mai",
    "Lê Oanh",
    "Lê Ước",
    "Lê Vinh",
    "Lê Ý",
]

letters = st.text("aàảãáạăằâấbcdđeêéghiíklmnoóôồơớuúưứvxyý AÀĐÔƠƯ'-", min_size=1, max_size=30)
names = st.lists(st.sampled_from(" ".join(IN_ORDER).split()), min_size=1, max_size=6).map(" ".join)


def refusal(value: str, **options: bool | int) -> str:
    with pytest.raises(InvalidInput) as caught:
        clean(value, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_names_sort_by_given_name_then_family_then_middle_in_vietnamese_order() -> None:
    shuffled = random.Random(4).sample(IN_ORDER, len(IN_ORDER))  # noqa: S311 - only an order
    assert sorted(shuffled, key=lambda name: collation_key(name).encode()) == IN_ORDER


@pytest.mark.parametrize("letters", ["aăâbcdđeêghiklmnoôơpqrstuưvxy", "aàảãáạ", "âầẩẫấậ", "ưừửữứự", "yỳỷỹýỵ"])
def test_letters_come_in_the_order_of_the_alphabet_and_tones_in_theirs(letters: str) -> None:
    assert sorted(letters, key=lambda letter: collation_key(letter).encode()) == list(letters)


def test_letters_decide_before_tones() -> None:
    assert sorted(["Má", "Man", "Mà"], key=collation_key) == ["Mà", "Má", "Man"]
    assert sorted(["Hoàng", "Hoà", "Hóa"], key=collation_key) == ["Hoà", "Hóa", "Hoàng"]


def test_the_parts_of_a_name_follow_the_order_of_its_words() -> None:
    assert name_parts("Nguyễn Thị Thu Hà") == ("Nguyễn", "Thị Thu", "Hà")
    assert name_parts("Lê Hà") == ("Lê", "", "Hà")
    assert name_parts("Ksor") == ("", "", "Ksor")
    assert name_parts("") == ("", "", "")


@given(letters, letters)
def test_only_equal_names_have_equal_keys(one: str, other: str) -> None:
    assert (collation_key(one) == collation_key(other)) == (one == other)


@given(names)
def test_a_name_typed_in_pieces_enters_as_the_same_name(name: str) -> None:
    assert clean(unicodedata.normalize("NFD", name)) == clean(name) == name


def test_numbers_in_names_of_organisations_sort_by_size() -> None:
    names = [
        "Chi bộ Tổ dân phố số 1",
        "Chi bộ Tổ dân phố số 02",
        "Chi bộ Tổ dân phố số 2A",
        "Chi bộ Tổ dân phố số 10",
        "Chi bộ Trường Mầm non Hoa Sen",
        "Chi bộ Trường Tiểu học Ánh Dương",
        "Đảng bộ phường Bưởi",
    ]
    shuffled = random.Random(2).sample(names, len(names))  # noqa: S311 - only an order
    assert sorted(shuffled, key=lambda name: natural_key(name).encode()) == names


def test_a_name_is_recognised_in_capitals_and_with_the_tone_on_the_other_letter() -> None:
    assert name_key("NGUYỄN  THỊ HOÀ") == name_key("Nguyễn Thị Hòa") != name_key("Nguyễn Thị Hoá")
    assert name_key("Lê Thủy") == name_key("lê thuỷ") != name_key("Lê Thúy")


def test_a_search_needs_no_accents() -> None:
    assert search_key("  Nguyễn Thị  Hòa ") == "nguyen thi hoa"
    assert search_key("ĐỖ ĐỨC Ưởng") == "do duc uong"


def test_text_enters_in_one_form_and_otherwise_unchanged() -> None:
    assert clean("\u00a0 Nguye\u0302\u0303n  Va\u0306n A \t") == "Nguyễn  Văn A"
    assert clean(" dòng một\r\ndòng hai\r ", lines=True) == "dòng một\ndòng hai"
    assert clean("   ") == ""
    assert clean("a" * 500) == "a" * 500


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("a\x00b", "Có ký tự không đọc được (U+0000) ở vị trí 2; hãy xóa và gõ lại chỗ đó."),
        ("a\ud800", "Có ký tự không đọc được (U+D800) ở vị trí 2; hãy xóa và gõ lại chỗ đó."),
        ("\u202eabc", "Có ký tự không đọc được (U+202E) ở vị trí 1; hãy xóa và gõ lại chỗ đó."),
        ("ab\u2066c", "Có ký tự không đọc được (U+2066) ở vị trí 3; hãy xóa và gõ lại chỗ đó."),
        ("Lê\u200bA", "Có ký tự không đọc được (U+200B) ở vị trí 3; hãy xóa và gõ lại chỗ đó."),
        ("Lê\x85A", "Có ký tự không đọc được (U+0085) ở vị trí 3; hãy xóa và gõ lại chỗ đó."),
        ("Lê\tA", "Có ký tự không đọc được (U+0009) ở vị trí 3; hãy xóa và gõ lại chỗ đó."),
        ("Lê\nA", "Nội dung này phải viết trên một dòng; hãy bỏ chỗ xuống dòng."),
        ("a" * 501, "Nội dung dài 501 ký tự; chỉ nhận tối đa 500 ký tự."),
        ("NguyÔn V¨n A", "Chữ gõ bằng phông cũ (TCVN3 hoặc VNI); hãy chuyển sang Unicode."),
        ("Nguyeãn Vaên A", "Chữ gõ bằng phông cũ (TCVN3 hoặc VNI); hãy chuyển sang Unicode."),
    ],
)
def test_text_that_cannot_be_kept_is_refused_with_the_reason(value: str, sentence: str) -> None:
    assert refusal(value) == sentence


@given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "Co", "Zl", "Zp"]), min_size=1, max_size=1))
def test_no_control_character_enters(character: str) -> None:
    assert refusal(f"a{character}b").startswith(("Có ký tự", "Nội dung này phải viết"))


def test_signs_beside_words_are_not_taken_for_an_old_font() -> None:
    for value in (
        "Sách «Sửa đổi lối làm việc»",
        "½ số đảng viên",
        "hoà, hoá, loè, khoẻ, quê, khuya",
        "A · B",
    ):
        assert clean(value) == value


def test_a_quotation_holds_nothing_that_cannot_be_kept_and_ends_somewhere() -> None:
    assert quoted("Họ\nvà  tên\0\u202e\ud800") == "Họ và tên\ufffd\ufffd\ufffd"
    assert quoted("đ" * 501) == "đ" * 500 + "…"
    assert quoted("đ" * 500) == "đ" * 500
