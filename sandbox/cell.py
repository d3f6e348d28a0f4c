"""A cell: one isolated place in which a harness runs scripts, one after the other.

A container and a local process are the two kinds. A cell serves scripts of one `CellSpec`: the
same data folder, the same limits (but for time and output, which a harness takes per script).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sandbox.contract import Limits
from sandbox.verdict import Verdict
from sandbox.wire import Connection

# Importing these is what a script on tables waits for; the harness imports them once. None of
# them starts OpenMP threads when imported, which forked scripts could not use any more.
PRELOAD = (
    "numpy",
    "pandas",
    "scipy.stats",
    "scipy.sparse",
    "PIL.Image",
    "lightgbm",
    "sklearn.calibration",
    "sklearn.compose",
    "sklearn.decomposition",
    "sklearn.ensemble",
    "sklearn.feature_extraction.text",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.naive_bayes",
    "sklearn.neighbors",
    "sklearn.neural_network",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.svm",
)


class EngineUnavailableError(Exception):
    """Our infrastructure failed, not the script: it becomes the status `unavailable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSpec:
    """What a cell is made for. Equal specs can share one."""

    data_dir: Path
    limits: Limits
    preload: tuple[str, ...] = ()

    @classmethod
    def of(cls, data_dir: Path, limits: Limits, *, preload: tuple[str, ...]) -> CellSpec:
        shared = replace(limits, timeout_seconds=0.0, output_bytes=0)
        return cls(data_dir=data_dir.resolve(), limits=shared, preload=preload)


class Watch(Protocol):
    """Looks at one running script, for the limits that nothing else keeps."""

    peak_bytes: int  # most memory seen; 0 where it does not look

    def look(self) -> Verdict | None:
        """A verdict if the script is over a limit. Called many times a second."""


class NoWatch:
    """Where the kernel keeps every limit."""

    peak_bytes = 0

    def look(self) -> None:
        return None


class Cell(Protocol):
    connection: Connection

    def new_watch(self) -> Watch: ...

    def autopsy(self) -> Verdict:
        """Why the connection ended. EngineUnavailableError if it cannot be said."""

    def inspect_after(self) -> Verdict | None:
        """After a script: a verdict if it broke something the next one would meet."""

    def destroy(self) -> None:
        """Kill what runs in it and leave nothing behind. May be called twice, from any thread."""


StartCell = Callable[[CellSpec], Cell]


def threads(limits: Limits) -> int:
    return max(1, int(limits.cpus))


def cell_environment(limits: Limits, *, scratch: str) -> dict[str, str]:
    """The whole environment of a cell, but for PATH: nothing of ours is inherited."""
    count = str(threads(limits))
    return {
        "HOME": scratch,
        "TMPDIR": scratch,
        "USER": "sandbox",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # the same script iterates over a set in the same order
        "OMP_WAIT_POLICY": "passive",
        "OMP_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        "MKL_NUM_THREADS": count,
        "NUMEXPR_NUM_THREADS": count,
        "LOKY_MAX_CPU_COUNT": count,
        "EXITREE_CPUS": f"{limits.cpus:g}",
    }
