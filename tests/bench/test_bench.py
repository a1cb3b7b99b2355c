"""The benchmarks' own frame; the figures themselves come from ./deploy/bench alone."""

import importlib

import pytest

from tests.bench.__main__ import BENCHMARKS
from tests.bench.figure import Figure


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        (Figure(2.999, 3), "list 3.00 (goal <= 3) ok"),
        (Figure(3.2, 3), "list 3.20 (goal <= 3) short"),
        (Figure(12.5, 10, at_least=True), "list 12.50 (goal >= 10) ok"),
        (Figure(9.9, 10, at_least=True), "list 9.90 (goal >= 10) short"),
    ],
)
def test_line_says_value_goal_and_verdict(figure: Figure, line: str) -> None:
    assert figure.line("list") == line


@pytest.mark.parametrize("name", BENCHMARKS)
def test_benchmark_can_be_imported(name: str) -> None:
    assert callable(importlib.import_module(BENCHMARKS[name]).measure)
