"""The endpoints of the API, as the firm's host has them."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def endpoints() -> dict[str, type[APIView]]:
    """Returns the endpoints by the names of their routes; the address that is none is none."""
    return {
        str(pattern.name): view
        for pattern in _patterns(get_resolver("config.urls_firm").url_patterns)
        if isinstance(view := getattr(pattern.callback, "cls", None), type)
        and issubclass(view, APIView)
        and pattern.name != "api-unknown"
    }


def methods_of(view: type[APIView]) -> set[str]:
    """Returns the methods that an endpoint knows, those that every one has apart."""
    return {method for method in _METHODS if hasattr(view, method.lower())}


def pattern_of(route: str) -> str:
    """Returns the address of a route with its arguments in braces, as the specification writes it."""
    ((found, _pattern, _defaults, _converters),) = get_resolver("config.urls_firm").reverse_dict.getlist(route)
    ((template, _names),) = found
    return "/" + str(template).replace("%(", "{").replace(")s", "}")


def names_in(pattern: str) -> list[str]:
    """Returns the arguments of such an address."""
    return [part.partition("}")[0] for part in pattern.split("{")[1:]]


def _patterns(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in found:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns)
        else:
            yield pattern
