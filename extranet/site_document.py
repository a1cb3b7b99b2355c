"""A whole web site as one document: its look, its words for search engines, its pages and their blocks.

Documents are values: each change makes another one, so that undoing is taking the former. `read` and `write` are the
only ways from and to the database's JSON.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from extranet.enums_site import BlockKind, SiteTheme
from extranet.site_blocks import ShapeError, Values, clean_values
from kernel.errors import DomainError
from kernel.text import new_code

MAX_PAGES, MAX_BLOCKS = 30, 60
#: How long a title and a description may be; search engines show some 70 and 160 characters.
MOST_TITLE, MOST_DESCRIPTION = 200, 300
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_CODE = re.compile(r"[0-9a-z]{12}\Z")
#: A day's hours as people write them, and as structured data take them apart: 09:00-12:00, 14:00-18:30.
_STRETCH = r"(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d"
HOURS = re.compile(rf"{_STRETCH}(?:, {_STRETCH}){{0,2}}\Z")


@dataclass(frozen=True)
class Block:
    """A part of a page."""

    code: str
    kind: str
    values: Values


@dataclass(frozen=True)
class Page:
    """A page of the site; that of an empty slug is its home."""

    code: str
    slug: str
    title: str
    menu: str = ""
    description: str = ""
    in_menu: bool = True
    blocks: tuple[Block, ...] = ()

    @property
    def label(self) -> str:
        """What menus call it."""
        return self.menu or self.title

    @property
    def path(self) -> str:
        """Its address below the firm's."""
        return f"/{self.slug}/" if self.slug else "/"

    def block(self, code: str) -> Block | None:
        """Returns the block of this code."""
        return next((block for block in self.blocks if block.code == code), None)

    def has(self, kind: BlockKind) -> bool:
        """Whether a block of this kind stands on it."""
        return any(block.kind == kind for block in self.blocks)


@dataclass(frozen=True)
class Document:
    """A site."""

    theme: str = SiteTheme.SHORE
    name: str = ""
    tagline: str = ""
    phone: str = ""
    email: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    picture: str = ""
    #: Of Monday to Sunday, as HOURS says; empty: closed.
    hours: tuple[str, ...] = ("",) * 7
    pages: tuple[Page, ...] = ()

    @property
    def home(self) -> Page:
        """Its first page."""
        return self.pages[0]

    def page(self, slug: str) -> Page | None:
        """Returns the page of this slug."""
        return next((page for page in self.pages if page.slug == slug), None)

    def page_of(self, code: str) -> Page | None:
        """Returns the page of this code."""
        return next((page for page in self.pages if page.code == code), None)

    def place_of(self, block_code: str) -> tuple[Page, Block] | None:
        """Returns a block and the page on which it stands."""
        return next(((page, block) for page in self.pages if (block := page.block(block_code)) is not None), None)

    @property
    def pictures(self) -> set[str]:
        """The codes of the pictures that it shows."""
        found = {self.picture}
        for page in self.pages:
            for block in page.blocks:
                rows: list[Mapping[str, object]] = [block.values]
                for value in block.values.values():
                    rows.extend(value if isinstance(value, list) else ())
                found |= {str(values.get("picture", "")) for values in rows}
        return found - {""}


# --- from and to JSON -------------------------------------------------------------------------------------------------


def read(data: object) -> Document:
    """Returns the document that JSON says; raises ShapeError when it is of another shape."""
    given = _known(data, Document)
    pages = tuple(_page(page) for page in _list(given.pop("pages", []), "pages", MAX_PAGES))
    hours = tuple(_list(given.pop("hours", [""] * 7), "hours", 7))
    if len(hours) != 7 or not all(isinstance(day, str) and (not day or HOURS.match(day)) for day in hours):
        raise ShapeError("hours: not seven days")
    if given.get("theme", SiteTheme.SHORE) not in SiteTheme.values:
        raise ShapeError("theme: none of ours")
    document = Document(**_texts(given, 300), hours=hours, pages=pages)
    check(document)
    return document


def write(document: Document) -> dict[str, Any]:
    """Returns the document as JSON."""
    pages = [
        vars(page) | {"blocks": [{"code": b.code, "kind": b.kind, "values": b.values} for b in page.blocks]}
        for page in document.pages
    ]
    return vars(document) | {"hours": list(document.hours), "pages": pages}


def check(document: Document) -> None:
    """Raises ShapeError when a document's parts do not fit together: one home, slugs and codes that occur once."""
    slugs = [page.slug for page in document.pages]
    codes = [page.code for page in document.pages] + [b.code for page in document.pages for b in page.blocks]
    if not slugs or slugs[0] or "" in slugs[1:]:
        raise ShapeError("pages: the first, and no other, is the home")
    if len(set(slugs)) < len(slugs) or len(set(codes)) < len(codes):
        raise ShapeError("pages: a slug or code is there twice")


def _page(data: object) -> Page:
    given = _known(data, Page)
    blocks = tuple(_block(block) for block in _list(given.pop("blocks", []), "blocks", MAX_BLOCKS))
    in_menu = given.pop("in_menu", True)
    page = Page(**_texts(given, MOST_DESCRIPTION), in_menu=in_menu is True, blocks=blocks)
    if not _CODE.match(page.code) or (page.slug and not is_slug(page.slug)) or not page.title:
        raise ShapeError("page: a bad code or slug, or no title")
    if len(page.title) > MOST_TITLE:
        raise ShapeError(f"page: a title of {len(page.title)} characters")
    return page


def _block(data: object) -> Block:
    given = _known(data, Block)
    code, kind = str(given.get("code", "")), str(given.get("kind", ""))
    if not _CODE.match(code):
        raise ShapeError("block: a bad code")
    return Block(code, kind, clean_values(kind, given.get("values")))


def _known(data: object, shape: type[Document | Page | Block]) -> dict[str, Any]:
    if not isinstance(data, dict) or not data.keys() <= shape.__dataclass_fields__.keys():
        raise ShapeError(f"{shape.__name__}: of another shape")
    return dict(data)


def _list(data: object, name: str, most: int) -> Sequence[Any]:
    if not isinstance(data, list) or len(data) > most:
        raise ShapeError(f"{name}: not a list of at most {most}")
    return data


def _texts(given: Mapping[str, Any], most: int) -> dict[str, str]:
    if not all(isinstance(value, str) and len(value) <= most for value in given.values()):
        raise ShapeError("a text is none, or too long")
    return dict(given)


# --- changes ----------------------------------------------------------------------------------------------------------

type Change = Callable[[Document], Document]


def is_slug(text: str) -> bool:
    """Whether a text can stand in an address: small letters, figures, single hyphens."""
    return len(text) <= 60 and bool(_SLUG.match(text))


def free_slug(document: Document, title: str, *, taken: Callable[[str], bool]) -> str:
    """Returns a slug of a title that no page has and that is not `taken`."""
    stem = slugify(title)[:50].strip("-") or "page"
    for number in range(1, MAX_PAGES * 3):
        slug = stem if number == 1 else f"{stem}-{number}"
        if document.page(slug) is None and not taken(slug):
            return slug
    raise refusal("no_slug", _("Choose another title."))


def new_block(kind: str, values: Values | None = None) -> Block:
    """Returns a block with a code of its own; raises ShapeError for a kind that does not exist."""
    return Block(new_code(), kind, clean_values(kind, dict(values or {})))


def new_page(title: str, *, slug: str, blocks: Sequence[Block] = (), menu: str = "", **more: Any) -> Page:
    """Returns a page with a code of its own."""
    return Page(new_code(), slug, title, menu=menu, blocks=tuple(blocks), **more)


def add_block(document: Document, *, page_code: str, after: str, block: Block) -> Document:
    """Returns the document with a block after another one, first when `after` is empty."""

    def put(page: Page) -> Page:
        if len(page.blocks) >= MAX_BLOCKS:
            raise refusal("too_many_blocks", _("A page has 60 blocks at most."))
        place = next((rank for rank, one in enumerate(page.blocks, 1) if one.code == after), 0)
        if after == "end":
            place = len(page.blocks)
        return replace(page, blocks=(*page.blocks[:place], block, *page.blocks[place:]))

    return on_page(document, page_code, put)


def set_values(document: Document, *, block_code: str, values: Values) -> Document:
    """Returns the document with other values in a block."""

    def put(page: Page) -> Page:
        blocks = tuple(replace(one, values=values) if one.code == block_code else one for one in page.blocks)
        return replace(page, blocks=blocks)

    return on_page(document, _page_of_block(document, block_code).code, put)


def move_block(document: Document, *, block_code: str, by: int) -> Document:
    """Returns the document with a block one place up (-1) or down (1) on its page."""
    page = _page_of_block(document, block_code)
    codes = [block.code for block in page.blocks]
    return order_blocks(document, page_code=page.code, codes=moved(codes, codes.index(block_code), by))


def order_blocks(document: Document, *, page_code: str, codes: Sequence[str]) -> Document:
    """Returns the document with a page's blocks in another order; those not named keep theirs, at the end."""

    def put(page: Page) -> Page:
        ranks = {code: rank for rank, code in enumerate(codes)}
        return replace(page, blocks=tuple(sorted(page.blocks, key=lambda one: ranks.get(one.code, len(ranks)))))

    return on_page(document, page_code, put)


def copy_block(document: Document, *, block_code: str) -> Document:
    """Returns the document with a copy of a block below it."""
    page = _page_of_block(document, block_code)
    block = page.block(block_code)
    assert block is not None
    return add_block(document, page_code=page.code, after=block_code, block=replace(block, code=new_code()))


def remove_block(document: Document, *, block_code: str) -> Document:
    """Returns the document without a block."""
    page = _page_of_block(document, block_code)
    kept = tuple(block for block in page.blocks if block.code != block_code)
    return on_page(document, page.code, lambda one: replace(one, blocks=kept))


def add_page(document: Document, page: Page) -> Document:
    """Returns the document with another page, the last."""
    if len(document.pages) >= MAX_PAGES:
        raise refusal("too_many_pages", _("A site has 30 pages at most."))
    return replace(document, pages=(*document.pages, page))


def move_page(document: Document, *, page_code: str, by: int) -> Document:
    """Returns the document with a page one place up or down; the home stays first."""
    rank = next((rank for rank, page in enumerate(document.pages) if page.code == page_code), 0)
    if rank == 0 or rank + by < 1:
        return document
    return replace(document, pages=tuple(moved(list(document.pages), rank, by)))


def remove_page(document: Document, *, page_code: str) -> Document:
    """Returns the document without a page; raises DomainError `home` for the home."""
    if document.home.code == page_code:
        raise refusal("home", _("The home page stays."))
    return replace(document, pages=tuple(page for page in document.pages if page.code != page_code))


def on_page(document: Document, page_code: str, put: Callable[[Page], Page]) -> Document:
    """Returns the document with one page made anew; raises DomainError `gone` when it is not there."""
    if document.page_of(page_code) is None:
        raise refusal("gone", _("This part of the site is no longer there."))
    return replace(document, pages=tuple(put(page) if page.code == page_code else page for page in document.pages))


def moved[T](entries: Sequence[T], rank: int, by: int) -> list[T]:
    """Returns the entries with one moved, as far as there are places."""
    result = list(entries)
    result.insert(max(0, min(len(result) - 1, rank + by)), result.pop(rank))
    return result


def refusal(code: str, text: str | Promise) -> DomainError:
    """Returns the error that tells a person why a change is not made."""
    return DomainError(code, text)


def _page_of_block(document: Document, block_code: str) -> Page:
    found = document.place_of(block_code)
    if found is None:
        raise refusal("gone", _("This part of the site is no longer there."))
    return found[0]
