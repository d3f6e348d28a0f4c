"""What a sandbox adds to a script that imports pandas and scikit-learn, side by side in one run.

    python benchmarks/sandbox.py [--runs N] [--json]

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
from pathlib import Path

sys.path = [entry for entry in sys.path if Path(entry) != Path(__file__).parent]  # our own name

from sandbox import ExecutionStatus, Limits, SandboxError, Workspace, open_sandbox  # noqa: E402
from sandbox.image import default_image  # noqa: E402

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
WARM = "docker, warm"
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
    print(json.dumps(rows, indent=2) if arguments.json else as_text(rows))
    return 0


def measure_all(workspace: Workspace, runs: int) -> list[dict[str, object]]:
    samples: dict[str, list[float]] = {}
    firsts: dict[str, float] = {}
    inside: list[float] = []
    for name, kind, warm, count in (
        (WARM, "docker", True, runs),
        ("process, warm", "process", True, runs),
        ("docker, cold", "docker", False, max(3, runs // 3)),
        ("process, cold", "process", False, max(3, runs // 3)),
    ):
        with open_sandbox(kind, warm=warm) as sandbox:

            def run(sandbox=sandbox) -> str:  # type: ignore[no-untyped-def]
                result = sandbox.run(SCRIPT, workspace, Limits())
                assert result.status is ExecutionStatus.OK, result
                return str(result.output)

            firsts[name], _ = timed(run)
            measured = [timed(run) for _ in range(count)]
        samples[name] = [seconds for seconds, _ in measured]
        if name == WARM:
            inside = [float(output) for _, output in measured]
    samples["docker run"] = [
        timed(lambda: docker_run(workspace))[0] for _ in range(max(3, runs // 3))
    ]
    return [row(name, values, inside, firsts.get(name)) for name, values in samples.items()]


def docker_run(workspace: Workspace) -> str:
    mount = f"--volume={workspace.data_dir}:/tmp/input:ro"
    command = [*DOCKER_RUN, mount, "--workdir=/tmp", default_image(), "python3", "-c", SCRIPT]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def timed(run: Callable[[], str]) -> tuple[float, str]:
    started = time.perf_counter()
    output = run()
    return time.perf_counter() - started, output


def row(
    name: str, seconds: list[float], inside: list[float], first: float | None
) -> dict[str, object]:
    total = 1000 * statistics.median(seconds)
    return {
        "sandbox": name,
        "runs": len(seconds),
        "median_ms": round(total, 1),
        "overhead_ms": round(total - 1000 * statistics.median(inside), 1),
        "first_ms": None if first is None else round(1000 * first, 1),
    }


def as_text(rows: list[dict[str, object]]) -> str:
    by_name = {str(row["sandbox"]): float(str(row["overhead_ms"])) for row in rows}
    lines = [f"{'sandbox':<15}{'runs':>6}{'script, ms':>12}{'overhead, ms':>14}{'first, ms':>11}"]
    lines += [
        f"{row['sandbox']:<15}{row['runs']:>6}{row['median_ms']:>12}{row['overhead_ms']:>14}"
        f"{row['first_ms'] or '':>11}"
        for row in rows
    ]
    warm = by_name[WARM]
    met = "met" if warm <= TARGET_MS else "MISSED"
    ratio = by_name["docker run"] / warm
    lines.append(f"target: at most {TARGET_MS:.0f} ms with the fast path: {met} ({warm:.1f} ms),")
    lines.append(f"{ratio:.0f} times less than a plain `docker run`")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
