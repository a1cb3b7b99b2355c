"""Validation of KML by OGC's schema, as pykml ships it, without the network."""

import functools
from pathlib import Path

import pykml
from lxml import etree

_SCHEMAS = Path(pykml.__file__).parent / "schemas"


class _Here(etree.Resolver):  # type: ignore[misc]  # lxml has no types
    """Gives the schemas that lie beside, whatever address names them."""

    def resolve(self, url: str, public_id: object, context: object) -> object:
        name = "xAL.xsd" if "xAL" in url else url.rsplit("/", 1)[-1]
        return self.resolve_filename(str(_SCHEMAS / name), context)


@functools.cache
def _schema() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Here())
    return etree.XMLSchema(etree.parse(str(_SCHEMAS / "ogckml22.xsd"), parser))


def parse_valid(document: bytes) -> etree._Element:
    """Returns the root of a document; fails when it breaks the schema."""
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    _schema().assertValid(root)
    return root
