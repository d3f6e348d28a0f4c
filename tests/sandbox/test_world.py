"""What an honest script meets, the same in every sandbox: data, libraries, output, exit code."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bench import ALL_KINDS, LIMITS, Bench, kinds

from sandbox import ExecutionStatus

EVERY = pytest.mark.parametrize("bench", kinds(*ALL_KINDS), indirect=True)
WARM = pytest.mark.parametrize("bench", kinds("docker-warm", "process-warm"), indirect=True)


@EVERY
def test_a_script_reads_its_data_and_leaves_a_submission(bench: Bench) -> None:
    result = bench.run(
        "import csv, os\n"
        "rows = list(csv.reader(open('input/train.csv')))\n"
        "with open('submission.csv', 'w') as file: file.write('id,target\\n2,1\\n')\n"
        "open('other.txt', 'w').write('not asked for')\n"
        "print(rows, __name__, os.path.basename(__file__), os.environ['EXITREE_CPUS'])"
    )
    assert result.status is ExecutionStatus.OK, result
    assert result.output == "[['id', 'target'], ['1', '0']] __main__ solution.py 1\n"
    assert (bench.out_dir / "submission.csv").read_text() == "id,target\n2,1\n"
    assert bench.collected() == ["submission.csv"]
    assert result.exit_code == 0
    assert result.reason == ""
    assert 0 < result.seconds < 30
    assert result.peak_memory_mb is not None
    assert 1 < result.peak_memory_mb < 512


@EVERY
def test_an_exception_is_shown_without_frames_of_ours(bench: Bench) -> None:
    result = bench.run("import sys\nprint('before')\ndef f():\n    return 1 / 0\nf()")
    assert result.status is ExecutionStatus.FAILED
    assert result.exit_code == 1
    assert result.reason == "exit code 1"
    assert result.output.startswith("before\nTraceback (most recent call last):\n")
    assert result.output.rstrip().endswith("ZeroDivisionError: division by zero")
    assert 'solution.py", line 4, in f' in result.output
    assert "return 1 / 0" in result.output
    assert "harness" not in result.output


@EVERY
@pytest.mark.parametrize(
    ("script", "code", "output"),
    [
        ("raise SystemExit", 0, ""),
        ("import sys\nsys.exit(3)", 3, ""),
        ("import sys\nsys.exit('no data')", 1, "no data\n"),
        ("import os\nos._exit(4)", 4, ""),
        ("def broken(:", 1, "SyntaxError"),
        ("print('half a character: \ud83d')", 1, "SyntaxError"),
        ("print(1)\0", 1, "null bytes"),
        ("import no_such_module", 1, "ModuleNotFoundError"),
        ("input()", 1, "EOFError"),
        ("import threading\nthreading.Timer(0.2, print, ['late']).start()", 0, "late\n"),
        ("import atexit\natexit.register(print, 'bye')", 0, "bye\n"),
        ("import os\nos.write(1, b'\\xff\\xfe')", 0, "\ufffd\ufffd"),
    ],
)
def test_exit_codes_and_output(bench: Bench, script: str, code: int, output: str) -> None:
    result = bench.run(script)
    assert result.exit_code == code, result
    assert result.status is (ExecutionStatus.FAILED if code else ExecutionStatus.OK)
    assert output in result.output


@WARM
def test_long_output_keeps_head_and_tail(bench: Bench) -> None:
    limits = replace(LIMITS, output_bytes=1000)
    result = bench.run("for n in range(10000): print(n)", limits)
    assert result.output.startswith("0\n1\n2\n")
    assert result.output.endswith("9998\n9999\n")
    assert "\n... 47890 bytes left out ...\n" in result.output


@WARM
def test_randomness_is_fresh_and_hashing_is_fixed(bench: Bench) -> None:
    script = "import numpy, random\nprint({print_what})"
    for fresh in ("numpy.random.rand()", "random.random()", "numpy.random.default_rng().random()"):
        line = script.format(print_what=fresh)
        assert bench.run(line).output != bench.run(line).output
    line = script.format(print_what="list({'a', 'b', 'c', 'd', 'e', 'f'})")
    assert bench.run(line).output == bench.run(line).output


@WARM
def test_openmp_and_process_pools_work_after_the_fork(bench: Bench) -> None:
    result = bench.run(
        """
import numpy as np
from concurrent.futures import ProcessPoolExecutor
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
X = np.random.default_rng(0).random((500, 5)); y = X[:, 0] > 0.5
print(HistGradientBoostingClassifier(max_iter=20).fit(X, y).score(X, y) > 0.9)
print(RandomForestClassifier(20, n_jobs=2).fit(X, y).score(X, y) > 0.9)
def double(x): return 2 * x
if __name__ == '__main__':
    with ProcessPoolExecutor(2) as pool: print(list(pool.map(double, range(3))))
""",
        replace(LIMITS, cpus=2, memory_mb=1024),
    )
    assert result.output == "True\nTrue\n[0, 2, 4]\n", result
    assert result.status is ExecutionStatus.OK
