"""The list searched for two terms against its own template rendered from constants."""

from tests.bench.dossier_list import compare
from tests.bench.figure import Figure
from tests.bench.world import World

TERMS = "lefevre orleans"  # written without the accents that the dossiers have


def measure(world: World) -> Figure:
    """Returns how many times as long the product takes for the first page of what it finds."""
    return compare(world, query=TERMS, goal=4)
