"""Predicates and small computations of the portal, without queries."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from extranet.enums import DownloadState


def download_state(present: AbstractSet[int], downloaded: Iterable[int]) -> DownloadState:
    """Returns how much of the files that are there now (by key) has been downloaded; an empty dossier is NONE."""
    had = present & set(downloaded)
    if not had:
        return DownloadState.NONE
    return DownloadState.FULL if had == present else DownloadState.PARTIAL
