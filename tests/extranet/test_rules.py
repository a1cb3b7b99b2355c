"""The state of a dossier, computed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extranet.enums import DownloadState
from extranet.rules import download_state

KEYS = st.frozensets(st.integers(1, 8))


@pytest.mark.parametrize(
    ("present", "downloaded", "state"),
    [
        (set(), [], DownloadState.NONE),
        (set(), [1], DownloadState.NONE),
        ({1, 2}, [], DownloadState.NONE),
        ({1, 2}, [3], DownloadState.NONE),
        ({1, 2}, [1], DownloadState.PARTIAL),
        ({1, 2}, [1, 1, 3], DownloadState.PARTIAL),
        ({1, 2}, [2, 1], DownloadState.FULL),
    ],
)
def test_the_state_table(present: set[int], downloaded: list[int], state: DownloadState) -> None:
    assert download_state(present, downloaded) == state


@given(KEYS, KEYS, KEYS)
def test_more_downloads_never_make_a_state_smaller(
    present: frozenset[int], first: frozenset[int], more: frozenset[int]
) -> None:
    order = [DownloadState.NONE, DownloadState.PARTIAL, DownloadState.FULL]
    assert order.index(download_state(present, first | more)) >= order.index(download_state(present, first))
