"""The `bench` fixture: one sandbox per kind and test module, closed and looked after at its end."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from bench import PROCESS_KINDS, Bench, containers_of

from sandbox import open_sandbox


@pytest.fixture(scope="module")
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    yield from make_bench(request.param, tmp_path_factory)


@pytest.fixture
def own_bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """For a test that closes it or breaks its engine."""
    yield from make_bench(request.param, tmp_path_factory)


def make_bench(kind: str, folders: pytest.TempPathFactory) -> Iterator[Bench]:
    name, _, warmth = kind.partition("-")
    with open_sandbox(name, warm=warmth == "warm", preload=("numpy",), num_workers=2) as sandbox:
        made = Bench(kind, sandbox, folders.mktemp(kind))
        yield made
    assert made.leftovers() == []
    if kind not in PROCESS_KINDS:
        assert containers_of(os.getpid()) == []
