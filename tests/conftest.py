"""Turns an absent engine or browser into a skip with the reason, or, under EXITREE_REQUIRE_ALL=1
(CI), into a failure."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil

import pytest


@functools.cache
def _why_no_docker() -> str | None:
    from sandbox import SandboxError, open_sandbox

    try:
        open_sandbox("docker").close()
    except SandboxError as error:
        return f"{error} ({error.hint})"
    return None


@functools.cache
def _why_no_browser() -> str | None:
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed"
    if shutil.which("chromium") is None:
        return "there is no chromium on the PATH (Debian: apt install chromium)"
    return None


REASONS = {"docker": _why_no_docker, "browser": _why_no_browser}


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, why_not in REASONS.items():
        if item.get_closest_marker(marker) and (reason := why_not()):
            if os.environ.get("EXITREE_REQUIRE_ALL") == "1":
                pytest.fail(f"EXITREE_REQUIRE_ALL=1, but {reason}", pytrace=False)
            pytest.skip(reason)
