"""The files of a run that are made from its journal: run.json, best/ and report.html.

All of them can be made again at any time; each is replaced as a whole.
"""

from __future__ import annotations

import platform
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from search.durable import recording, replace_text
from search.entries import RunFinished
from search.record import RunRecord
from search.run_folder import RunFolder
from search.views.report import write_report

VERSIONS_OF = ("exitree", "numpy", "pandas", "scikit-learn", "networkx", "openai", "docker")


def refresh(folder: RunFolder) -> RunRecord:
    """Makes run.json and report.html anew and returns what they were made from."""
    record = RunRecord.open(folder.path)
    folder.write_summary(summary(record))
    write_report(record, folder.report_path)
    return record


def summary(record: RunRecord) -> dict[str, Any]:
    """run.json: status, what was spent, versions and the best node so far."""
    best = record.best
    if best is None and record.tree.best is not None:
        best = record.tree.best.id
    node = None if best is None else record.tree[best]
    return {
        "run_id": record.run_id,
        "competition": record.title,
        "status": record.status,
        "stop_reason": record.stop_reason,
        "policy": record.policy,
        "model": record.model,
        "sandbox": record.sandbox,
        "seed": record.seed,
        "metric": {"name": record.metric_name, "direction": record.direction.value},
        "started_at": record.started_at,
        "spend": {"seconds": record.elapsed_seconds, **record.usage.to_dict()},
        "num_nodes": len(record.tree),
        "best": best,
        "best_metric": node.metric.value if node and node.metric else None,
        "best_quality": node.quality if node else None,
        "summary": dict(record.best_summary),
        "notes": list(record.notes),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in VERSIONS_OF},
        },
    }


def write_best(folder: RunFolder, finished: RunFinished, refit_dir: Path) -> None:
    """Puts the chosen solution, its submission and a note on both into best/."""
    assert finished.best is not None
    with recording(folder.best_dir):
        made = Path(tempfile.mkdtemp(dir=folder.path, prefix=".best-"))
        made.chmod(0o755)
        shutil.copyfile(refit_dir / "submission.csv", made / "submission.csv")
        solution = next(folder.node_dir(finished.best).glob("solution.*"))
        shutil.copyfile(solution, made / solution.name)
        replace_text(made / "README.md", _readme(folder, finished, solution.name))
        shutil.rmtree(folder.best_dir, ignore_errors=True)
        made.rename(folder.best_dir)


def _readme(folder: RunFolder, finished: RunFinished, solution: str) -> str:
    facts = "\n".join(f"* {label}: {text}" for label, text in finished.summary.items())
    return f"""# The answer of run {folder.run_id}

`{solution}` is the script of node {finished.best}; `submission.csv` is what it wrote when it was
run on the full public data ("refit"). It was chosen on rows that the search never saw.

{facts}

To search again with the same settings (from the folder that holds `runs`):

    exitree search -c {folder.config_path}

To run the script by itself: in an empty folder, with the competition's public data as `input/`,
`python {solution}`.
"""
