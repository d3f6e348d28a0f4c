"""From what was seen of a script to one status and one sentence. Pure, and so tested as a table."""

from __future__ import annotations

import math
import signal
from dataclasses import dataclass

from sandbox.contract import ExecutionStatus, Limits
from sandbox.harness import EXIT_MEMORY_ERROR, FLOOD_FACTOR
from sandbox.wire import ProtocolError


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The harness's report of one script (frame E), checked field by field."""

    exit_code: int | None
    signal: int | None
    timed_out: bool
    flooded: bool
    stopped: bool
    seconds: float
    peak_bytes: int
    oom_kills: int
    pids_refused: int
    stragglers: int
    scratch_full: bool
    refused: tuple[str, ...]
    clean: bool

    @classmethod
    def from_dict(cls, value: object) -> Facts:
        """ProtocolError where a field is missing or is not of its type."""
        if not isinstance(value, dict):
            raise ProtocolError("the report is not an object")
        try:
            return cls(
                exit_code=_optional_int(value["exit_code"]),
                signal=_optional_int(value["signal"]),
                timed_out=bool(value["timed_out"]),
                flooded=bool(value["flooded"]),
                stopped=bool(value["stopped"]),
                seconds=_finite(value["seconds"]),
                peak_bytes=int(value["peak_bytes"]),
                oom_kills=int(value["oom_kills"]),
                pids_refused=int(value["pids_refused"]),
                stragglers=int(value["stragglers"]),
                scratch_full=bool(value["scratch_full"]),
                refused=tuple(str(reason)[:300] for reason in value["refused"]),
                clean=bool(value["clean"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ProtocolError(f"a wrong report: {error!r}") from error

    @property
    def leaves_cell_usable(self) -> bool:
        """Nothing is left of the script, and nothing it did needs a new cell."""
        disturbed = self.timed_out or self.flooded or self.stopped or self.oom_kills
        return self.clean and not self.stragglers and not disturbed


@dataclass(frozen=True, slots=True)
class Verdict:
    status: ExecutionStatus
    reason: str = ""


def judge(facts: Facts, limits: Limits) -> Verdict:
    """The first that applies: memory, time, output, a signal, processes, exit code, files."""
    if facts.oom_kills or facts.exit_code == EXIT_MEMORY_ERROR:
        return Verdict(ExecutionStatus.OUT_OF_MEMORY, memory_reason(limits))
    if facts.timed_out:
        reason = f"it ran longer than {limits.timeout_seconds:g} seconds"
        return Verdict(ExecutionStatus.TIMEOUT, reason)
    if facts.flooded:
        printed = FLOOD_FACTOR * limits.output_bytes
        return Verdict(ExecutionStatus.KILLED, f"it printed more than {printed} bytes")
    if facts.signal is not None:
        return Verdict(ExecutionStatus.KILLED, f"it was ended by {_signal_name(facts.signal)}")
    if facts.exit_code != 0 and facts.pids_refused:
        return Verdict(ExecutionStatus.KILLED, pids_reason(limits))
    if facts.exit_code != 0:
        full = f"; its scratch of {limits.scratch_mb} MB is full" if facts.scratch_full else ""
        return Verdict(ExecutionStatus.FAILED, f"exit code {facts.exit_code}{full}")
    if facts.refused:
        return Verdict(ExecutionStatus.FAILED, "; ".join(facts.refused))
    return Verdict(ExecutionStatus.OK)


def memory_reason(limits: Limits) -> str:
    return f"it needed more than {limits.memory_mb} MB of memory"


def pids_reason(limits: Limits) -> str:
    return f"it needed more than {limits.pids} processes and threads"


def _optional_int(value: object) -> int | None:
    return None if value is None else int(str(value))


def _finite(value: object) -> float:
    number = float(str(value))
    if not math.isfinite(number):
        raise ValueError(f"{number} is no time")
    return number


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
