"""A page as a browser reads it: its heading, its words, its forms with what they would send."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

SILENT = {"script", "style", "title", "svg"}
VOID = {"input", "meta", "link", "br", "path", "rect"}


@dataclass
class Form:
    """A form: where it goes and what it would send, without its buttons."""

    action: str
    values: dict[str, str | list[str]] = field(default_factory=dict)

    def sent(self, **changes: str | list[str]) -> dict[str, str | list[str]]:
        """What it sends after changes; `__` in a name stands for `-`."""
        return {**self.values} | {name.replace("__", "-"): value for name, value in changes.items()}


class Page(HTMLParser):
    """What a page shows."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__(convert_charrefs=True)
        self.status = response.status_code
        self.title = self.heading = ""
        self.lines: list[str] = []
        self.mends: list[tuple[str, str]] = []
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self._option: str | None = None
        self._area: str | None = None
        self._link: tuple[str, bool] | None = None
        self._mending = False
        self.feed(response.get_data(as_text=True))

    @property
    def words(self) -> str:
        """Everything a reader reads, on one line."""
        return re.sub(r"\s+", " ", " ".join(self.lines)).strip()

    @property
    def form(self) -> Form:
        """The form of the page's own matter: the longest."""
        return max(self.forms, key=lambda form: len(form.values))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        if tag == "a":
            self._link = (given.get("href", ""), self._mending)
        if given.get("class") == "mend":
            self._mending = True
        if self.forms and "name" in given:
            self._control(tag, given)
        if (
            tag == "option"
            and self._option
            and ("selected" in given or self._option not in self.forms[-1].values)
        ):
            self.forms[-1].values[self._option] = given.get("value", "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        name, values = given["name"], self.forms[-1].values
        if tag == "select":
            self._option = name
        elif tag == "textarea":
            self._area, values[name] = name, ""
        elif tag == "input" and given.get("type") in ("radio", "checkbox"):
            if "checked" in given:
                self._also(name, given.get("value", "on"))
        elif tag == "input" and given.get("type") == "hidden":
            self._also(name, given.get("value", ""))
        elif tag == "input":
            values[name] = given.get("value", "")

    def _also(self, name: str, value: str) -> None:
        """Sends a value beside those of the same name."""
        earlier = self.forms[-1].values.get(name)
        before = [earlier] if isinstance(earlier, str) else earlier
        self.forms[-1].values[name] = value if before is None else [*before, value]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass
        if tag == "select":
            self._option = None
        if tag == "textarea":
            self._area = None
        if tag == "a":
            self._link = None
        if tag == "ul":
            self._mending = False

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "svg" not in self._open:
            self.title += data.strip()
        if self._area and self.forms:
            self.forms[-1].values[self._area] = data
        if SILENT & set(self._open) or not data.strip():
            return
        if "h1" in self._open and not self.heading:
            self.heading = data.strip()
        self.lines.append(data.strip())
        if self.rows and {"td", "th"} & set(self._open):
            self.rows[-1][-1] = " ".join([*self.rows[-1][-1].split(), *data.split()])
        if self._link:
            address, mending = self._link
            self.links[data.strip()] = address
            if mending:
                self.mends.append((address.removeprefix("#"), data.strip()))
