"""Runs generated scripts quickly: a child interpreter imports the libraries once and forks.

The fork happens in a process of its own, because a pytest process may have started OpenMP threads.
In the scripts every warning is an error.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

SERVER = """
import json, os, pathlib, sys, traceback, warnings
import scipy.optimize, scipy.stats, sklearn.calibration, sklearn.compose, sklearn.decomposition
import sklearn.discriminant_analysis, sklearn.ensemble, sklearn.feature_extraction.text
import sklearn.feature_selection, sklearn.impute, sklearn.linear_model, sklearn.model_selection
import sklearn.naive_bayes, sklearn.neighbors, sklearn.neural_network, sklearn.svm, sklearn.tree
import pandas, PIL.Image
for line in sys.stdin:
    job = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.chdir(job)
        sys.stdout = sys.stderr = open("output.txt", "w", buffering=1)
        code = pathlib.Path("script.py").read_text("utf-8")
        warnings.simplefilter("error")
        try:
            exec(compile(code, "script.py", "exec"), {"__name__": "__main__"})
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Ran:
    exit_code: int
    output: str
    submission: pd.DataFrame | None


class ScriptRunner:
    """Close it when done."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )

    def run(self, code: str, public: Path) -> Ran:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "script.py").write_text(code, encoding="utf-8")
            (folder / "input").symlink_to(public)
            self._server.stdin.write(json.dumps(name) + "\n")
            self._server.stdin.flush()
            exit_code = int(self._server.stdout.readline())
            made = folder / "submission.csv"
            return Ran(
                exit_code,
                (folder / "output.txt").read_text("utf-8"),
                pd.read_csv(made) if made.exists() else None,
            )

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait(10)
        self._server.stdout.close()
