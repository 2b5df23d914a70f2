"""The site as a reader finds it: pages read, links followed from the first page on, one sample of each kind of page."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, unquote, urldefrag, urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.workbench.showcase import NOBODY, STATES, Showcase

FIRST = ("/", "/sign-in", "/notices/")
"""What anybody may type into a browser; everything else is reached by links."""
_STATELESS = "any"


@dataclass
class Page:
    """What a page says of itself: its status, title and headings, its ids, where it leads, what it sends.

    ``shapes`` are the kinds of element that it is built of.
    """

    path: str
    status: int
    kind: str = ""
    text: str = ""
    location: str = ""
    title: str = ""
    h1: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    actions: list[tuple[str, str]] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    shapes: set[str] = field(default_factory=set)

    @property
    def is_html(self) -> bool:
        """Say whether this is a page and not a file."""
        return self.kind == "text/html"

    @property
    def title_names_it(self) -> bool:
        """Say whether the title is that of the page and not only of the site: it begins with words of the heading."""
        words, heading = _squeezed(self.title).removeprefix("error: ").partition(" – ")[0], _squeezed("".join(self.h1))
        said, shown = ({*re.findall(r"[\w’'-]+", text)} for text in (words, heading))
        return bool(said and shown) and (said <= shown or heading in words)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.page.ids += [said["id"]] if "id" in said else []
        self.page.shapes.add(" ".join((tag, said.get("type", ""), said.get("role", ""), said.get("class", ""))))
        self.page.inline += [f"{tag} {name}" for name in said if name == "style" or name.startswith("on")]
        self.page.inline += [tag] if tag == "style" or (tag == "script" and "src" not in said) else []
        if tag == "a" and "href" in said:
            self.page.links.append(said["href"])
        elif tag in ("img", "script") and "src" in said:
            self.page.images.append(said["src"])
        elif tag == "form":
            self.page.actions.append((said.get("method", "get").upper(), said.get("action", "")))
        elif tag == "h1":
            self.page.h1.append("")
        if tag == "h1" or (tag == "title" and not self.page.title):  # a drawing has a title of its own
            self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        if self.inside == "h1":
            self.page.h1[-1] += data
        elif self.inside == "title" and "</svg>" not in data:
            self.page.title += data


def read(client: FlaskClient, path: str, **headers: str) -> Page:
    """Ask for a page as a browser of somebody and read it."""
    return page_in(path, client.get(path, headers=headers))


def page_in(path: str, answer: TestResponse) -> Page:
    """Read the answer to a page."""
    page = Page(path, answer.status_code, answer.mimetype, location=answer.location or "")
    if page.is_html or answer.mimetype.startswith("text/") or answer.is_json:
        page.text = answer.text
    answer.close()
    if page.is_html:
        reader = _Reader(page)
        reader.feed(page.text)
        reader.close()
    return page


def walk(made: Showcase, who: str, states: Iterable[str] = STATES, alike: int = 1) -> dict[str, Page]:
    """Follow every link that somebody sees from the first pages on, to tenders of these states.

    Of pages that are alike, the first few are opened.
    """
    closed = {tender for state, tender in made.tenders.items() if state not in set(states)}
    client, found, seen = made.client(who), dict[str, Page](), Counter[str]()
    waiting = deque(FIRST if who == NOBODY else (path for path in FIRST if path != "/sign-in"))
    while waiting:
        path = waiting.popleft()
        name = name_of(made, path)
        if path in found or seen[name] >= alike or closed & set(path.split("/")):
            continue
        seen[name] += 1
        page = found[path] = read(client, path)
        waiting.extend(target for target, _ in leads_to(page) if target not in found)
    return found


def leads_to(page: Page) -> list[tuple[str, str]]:
    """List the pages of this site that a page leads to, each with the place on it that the link names."""
    found = []
    for link in [*page.links, *([page.location] if page.location else [])]:
        address, place = urldefrag(urljoin(f"http://localhost{page.path}", link))
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and parts.hostname == "localhost":
            found.append((parts.path + (f"?{parts.query}" if parts.query else ""), unquote(place)))
    return found


# --- one sample of each kind of page ------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """A page to look at: whose, where, and a name that says what it shows, fit for a file."""

    who: str
    path: str
    name: str


def endpoint_of(made: Showcase, path: str) -> tuple[str, Mapping[str, Any]]:
    """Say which view answers a path, with its arguments; nothing for a path that no view answers."""
    try:
        return made.app.url_map.bind("localhost").match(urlsplit(path).path, method="GET")
    except HTTPException:
        return "", {}


def samples(made: Showcase, who: str, pages: Mapping[str, Page]) -> list[Sample]:
    """Choose one page of each kind in each stage of a tender out of a walk."""
    chosen: dict[str, Sample] = {}
    for path, page in pages.items():
        if page.is_html and page.status == 200:
            name = name_of(made, path)
            chosen.setdefault(name, Sample(who, path, name))
    return list(chosen.values())


def name_of(made: Showcase, path: str) -> str:
    """Name the kind of a page: its view, the kind of part or task it shows, the stage of its tender."""
    endpoint, values = endpoint_of(made, path)
    states = {tender: state for state, tender in made.tenders.items()}
    words = [endpoint, *(str(values[name]) for name in ("kind", "task_id", "way") if name in values)]
    words += ["new"] if values.get("key") == "new" else []
    words += [f"{name}-{value}" for name, value in parse_qsl(urlsplit(path).query) if name in ("state", "words")]
    if "tender_id" in values:
        words.append(states.get(values["tender_id"], _STATELESS))
    return "_".join(words).replace(".", "-").replace("/", "-")


def _squeezed(text: str) -> str:
    return " ".join(text.split()).casefold()
