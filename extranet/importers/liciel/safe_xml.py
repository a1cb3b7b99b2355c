"""XML from outside: its leaves, and nothing that a hostile one could do.

Expat itself, with our own limits: any document type is refused, so that there are no entities at all; depth, size and
the number of elements are bounded before anything is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

#: Bytes of one document; the largest table known has less than one million.
MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 40
MAX_ELEMENTS = 1_000_000
#: Leaves that are kept of one document.
MAX_LEAVES = 100_000

type Path = tuple[str, ...]


class UnsafeXml(ValueError):
    """The document could do harm: it has a document type, or is deeper or larger than any honest one."""


class BrokenXml(ValueError):
    """The document is not well-formed."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element without children: the names from the root to it, its text, and the number of the element around it."""

    path: Path
    text: str
    parent: int


def read_leaves(data: bytes, *, keep: Callable[[Path], bool] | None = None) -> list[Leaf]:
    """Returns the leaves of a document in UTF-8 whose names `keep` wants (all without it), in their order.

    What the document itself says of its encoding is passed over. Raises UnsafeXml or BrokenXml.
    """
    if len(data) > MAX_BYTES:
        raise UnsafeXml("too large")
    reader = _Reader(keep)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BrokenXml(str(error)) from error
    return reader.leaves


class _Reader:
    """Follows expat through a document."""

    def __init__(self, keep: Callable[[Path], bool] | None) -> None:
        self.leaves: list[Leaf] = []
        self._keep = keep
        self._path: list[str] = []
        #: The number of each open element, and whether it has had a child.
        self._open: list[list[int]] = []
        self._texts: list[str] = []
        self._count = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._texts_append

    def _refuse(self, *_arguments: object) -> int:
        raise UnsafeXml("a document type")

    def _start(self, name: str, _attributes: object) -> None:
        self._count += 1
        if len(self._path) >= MAX_DEPTH:
            raise UnsafeXml("too deep")
        if self._count > MAX_ELEMENTS:
            raise UnsafeXml("too many elements")
        if self._open:
            self._open[-1][1] = 1
        self._path.append(name.rpartition(":")[2])
        self._open.append([self._count, 0])
        self._texts = []

    def _texts_append(self, text: str) -> None:
        self._texts.append(text)

    def _end(self, _name: str) -> None:
        path = tuple(self._path)
        self._path.pop()
        _number, has_children = self._open.pop()
        if not has_children and (self._keep is None or self._keep(path)):
            if len(self.leaves) >= MAX_LEAVES:
                raise UnsafeXml("too many fields")
            parent = self._open[-1][0] if self._open else 0
            self.leaves.append(Leaf(path, "".join(self._texts), parent))
        self._texts = []
