"""What a sandbox adds to a script that imports pandas and scikit-learn, side by side in one run.

    python -m benchmarks.sandbox [--runs N] [--json]

Overhead: the script's time as its caller sees it, minus the time of the same code inside a warm
interpreter (it measures itself). The plain `docker run` is what a sandbox without these ideas does.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox import (
    ExecutionStatus,
    Limits,
    SandboxError,
    SandboxKind,
    Workspace,
    open_sandbox,
)
from sandbox.image import default_image

SCRIPT = """
import time
started = time.perf_counter()
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
table = pd.read_csv("input/train.csv")
model = LogisticRegression().fit(table[["a", "b"]], table["y"])
table.assign(y=model.predict(table[["a", "b"]])).to_csv("submission.csv", index=False)
print(time.perf_counter() - started)
"""
ROWS = [f"{n % 7},{n % 11},{n % 2}" for n in range(300)]
TARGET_MS = 60.0
NAIVE = "docker run"
DOCKER_RUN = [
    *("docker", "run", "--rm", "--network=none", "--read-only", "--cap-drop=ALL"),
    *("--security-opt=no-new-privileges", "--memory=4g", "--pids-limit=128", "--cpus=1"),
    *("--tmpfs=/tmp:uid=10001", "--env=OMP_NUM_THREADS=1", "--env=OPENBLAS_NUM_THREADS=1"),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="exitree-bench-") as folder:
        data, out = Path(folder) / "data", Path(folder) / "out"
        for path in (data, out):
            path.mkdir()
            path.chmod(0o755)
        (data / "train.csv").write_text("\n".join(["a,b,y", *ROWS]))
        try:
            rows = measure_all(Workspace(data_dir=data, out_dir=out), arguments.runs)
        except SandboxError as error:
            print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
            return 3
    print(json.dumps([asdict(row) for row in rows], indent=2) if arguments.json else as_text(rows))
    return 0


@dataclass(frozen=True, kw_only=True)
class Row:
    """Medians in milliseconds; `first` is a script that finds no warm interpreter yet."""

    sandbox: str
    runs: int
    script_ms: float
    overhead_ms: float
    first_ms: float | None = None


def measure_all(workspace: Workspace, runs: int) -> list[Row]:
    warm, inside = measure("docker", True, workspace, runs)
    local, _ = measure("process", True, workspace, runs)
    few = max(3, runs // 3)
    cold = [measure(kind, False, workspace, few, inside)[0] for kind in ("docker", "process")]
    plain = [timed(lambda: docker_run(workspace))[0] for _ in range(few)]
    median = 1000 * statistics.median(plain)
    naive = Row(sandbox=NAIVE, runs=few, script_ms=median, overhead_ms=median - inside)
    return [warm, local, *cold, naive]


def measure(
    kind: SandboxKind, warm: bool, workspace: Workspace, runs: int, inside_ms: float | None = None
) -> tuple[Row, float]:
    """A row and the median time inside. Without `inside_ms`, a script's own time is taken off."""
    with open_sandbox(kind, warm=warm) as sandbox:

        def run() -> str:
            result = sandbox.run(SCRIPT, workspace, Limits())
            assert result.status is ExecutionStatus.OK, result
            return result.output

        first, _ = timed(run)
        measured = [timed(run) for _ in range(runs)]
    totals = [1000 * seconds for seconds, _ in measured]
    insides = [1000 * float(output) for _, output in measured]
    taken_off = insides if inside_ms is None else [inside_ms] * runs
    row = Row(
        sandbox=f"{kind}, {'warm' if warm else 'cold'}",
        runs=runs,
        script_ms=statistics.median(totals),
        overhead_ms=statistics.median(map(float.__sub__, totals, taken_off)),
        first_ms=1000 * first,
    )
    return row, statistics.median(insides)


def docker_run(workspace: Workspace) -> str:
    mount = f"--volume={workspace.data_dir}:/tmp/input:ro"
    command = [*DOCKER_RUN, mount, "--workdir=/tmp", default_image(), "python3", "-c", SCRIPT]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def timed(run: Callable[[], str]) -> tuple[float, str]:
    started = time.perf_counter()
    output = run()
    return time.perf_counter() - started, output


def as_text(rows: list[Row]) -> str:
    lines = [f"{'sandbox':<15}{'runs':>6}{'script, ms':>12}{'overhead, ms':>14}{'first, ms':>11}"]
    for row in rows:
        first = "" if row.first_ms is None else f"{row.first_ms:.0f}"
        numbers = f"{row.script_ms:>12.1f}{row.overhead_ms:>14.1f}{first:>11}"
        lines.append(f"{row.sandbox:<15}{row.runs:>6}{numbers}")
    warm, naive = rows[0].overhead_ms, rows[-1].overhead_ms
    met = "met" if warm <= TARGET_MS else "MISSED"
    lines.append(f"target: at most {TARGET_MS:.0f} ms with the fast path: {met} ({warm:.1f} ms),")
    lines.append(f"{naive / warm:.0f} times less than a plain `docker run`")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
