"""Words as people write them: the one boundary they enter through, and how Vietnamese names sort, match and are found.

Dossier: data-formats §1; safety rule 25. A Vietnamese name is family, middle, given; it sorts by given, family, middle, with
the letters of the alphabet first (a ă â … đ … ô ơ … ư) and the tones only between names of the same letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bontot.errors import InvalidInput

LINE, PARAGRAPH = 500, 20_000
"""Longest accepted single line and longest accepted text of several lines, in characters."""

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: chr(ord("A") + place) for place, letter in enumerate(ALPHABET)}
_SHAPES = {"\u0302", "\u0306", "\u031b"}  # circumflex, breve, horn: part of the letter
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LEVEL, _GAP = " ", "!"  # below every rank, so that a shorter name comes first


class _Bare(dict[int, str | None]):
    """What is left of a character without its accents: found once for each."""

    def __missing__(self, code: int) -> str | None:
        found = None if unicodedata.combining(chr(code)) else chr(code)
        self[code] = found
        return found


_BARE = _Bare({ord("đ"): "d"})
_REFUSED = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_OLD_FONT = re.compile(
    r"(?<=[^\W\d])[¨©ª«¬®µ¶·¸¹»¼½¾](?=[^\W\d])|\b®(?=[^\W\d])"  # TCVN3 puts symbols inside words
    r"|[aA][äàáâãåèéêëùúûüøõï]|[eE][âáàåãäùøûõï]|[oO][âäåøûïùêëü]|[yuYU][øûïåäëü]"  # VNI doubles letters
)
OLD_FONT = "Chữ gõ bằng phông cũ (TCVN3 hoặc VNI)"
ADDRESS = re.compile(
    r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{1,63}"
)
"""An e-mail address as a person types it: plain letters, no quotes and no blanks."""
_DIGITS = re.compile(r"\d+")


def clean(value: str, *, longest: int = LINE, lines: bool = False, field: str = "") -> str:
    """`value` in NFC without outer blanks, otherwise unchanged; "" when there is nothing in it.

    `lines` allows line breaks (as "\\n"). Raises InvalidInput for text that is too long, that holds a control, bidi or
    invisible character, or that was typed in an old font (TCVN3, VNI) and would be unreadable.
    """
    if lines:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    text = value.strip(" \t\r\n\u00a0\u3000")
    if not text.isprintable():  # most texts are, and hold nothing that is refused
        for place, character in enumerate(text, 1):
            if unicodedata.category(character) in _REFUSED and not (lines and character == "\n"):
                raise InvalidInput(_refusal(character, place), field)
    text = unicodedata.normalize("NFC", text)
    if len(text) > longest:
        sentence = f"Nội dung dài {len(text):,} ký tự; chỉ nhận tối đa {longest:,} ký tự."
        raise InvalidInput(sentence.replace(",", "."), field)
    if in_old_font(text):
        raise InvalidInput(f"{OLD_FONT}; hãy chuyển sang Unicode.", field)
    return text


def in_old_font(text: str) -> bool:
    """Whether a text in NFC was typed in TCVN3 or VNI, so that it reads as nonsense in any other font."""
    return not text.isascii() and bool(_OLD_FONT.search(text))


def quoted(value: str, *, longest: int = LINE) -> str:
    """`value` fit to be stored and shown as a quotation of what cannot be accepted: blanks in one line, characters that
    `clean` refuses as "\ufffd", what is too long cut off with "…"."""
    line = " ".join(value[: longest + 1].split())
    text = "".join("\ufffd" if unicodedata.category(letter) in _REFUSED else letter for letter in line)
    return text if len(value) <= longest else text[:longest] + "…"


def _refusal(character: str, place: int) -> str:
    if character in "\r\n":
        return "Nội dung này phải viết trên một dòng; hãy bỏ chỗ xuống dòng."
    return f"Có ký tự không đọc được (U+{ord(character):04X}) ở vị trí {place}; hãy xóa và gõ lại chỗ đó."


@lru_cache(maxsize=20_000)
def _weights(word: str) -> tuple[str, str]:
    """The ranks of a word's letters, and its tones (one digit for a Vietnamese syllable, wherever the tone is put)."""
    letters, tones = "", ""
    for character in unicodedata.normalize("NFC", word.lower()):
        base, *marks = list(unicodedata.normalize("NFD", character))
        shaped = unicodedata.normalize("NFC", base + "".join(mark for mark in marks if mark in _SHAPES))
        letters += _RANK.get(shaped, _RANK.get(base, shaped))
        tones += "".join(_TONES.get(mark, mark) for mark in marks if mark not in _SHAPES)
    return letters, tones or "0"


@lru_cache(maxsize=20_000)
def _level_of(part: str) -> str:
    return _level(part.split())


def _level(words: list[str]) -> str:
    letters, tones = zip(*map(_weights, words), strict=True) if words else ((), ())
    return _GAP.join(letters) + _LEVEL + _GAP.join(tones)


def name_parts(full_name: str) -> tuple[str, str, str]:
    """`(family, middle, given)` as the order of words suggests; a single word is a given name."""
    words = full_name.split()
    return (words[0] if len(words) > 1 else ""), " ".join(words[1:-1]), (words[-1] if words else "")


def collation_key(full_name: str) -> str:
    """A key for a `COLLATE "C"` column: by given name, then family, then middle, in Vietnamese order.

    Different names have different keys; capitals and the place of a tone (hòa, hoà) decide only between equals.
    """
    family, middle, given = name_parts(full_name)
    return _LEVEL.join([_level_of(part) for part in (given, family, middle)] + [full_name])


def natural_key(name: str) -> str:
    """A key for names of organisations: words in Vietnamese order, numbers by size ("số 2" before "số 10")."""
    counted = _DIGITS.sub(_number, name)
    return _level(counted.split()) + _LEVEL + name


def _number(digits: re.Match[str]) -> str:
    value = digits[0].lstrip("0")
    return f"{len(value):02}{value}"


def name_key(full_name: str) -> str:
    """Equal for the same name written otherwise: capitals, blanks, hòa and hoà."""
    return _level(full_name.split())


def search_key(text: str) -> str:
    """Without accents, đ as d, small letters, single blanks: "Nguyễn Thị Hòa" is found by "nguyen thi hoa"."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFD", text.lower()).translate(_BARE).split())
