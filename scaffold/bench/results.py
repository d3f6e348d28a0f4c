"""The files of a bench that are made from its run folders: results.json and report.html.

Both can be made again at any time; each is replaced as a whole.
"""

from __future__ import annotations

import json

from scaffold.bench.plan import BenchPlan
from scaffold.bench.report import render_report
from scaffold.bench.rows import row_of
from scaffold.bench.summary import BenchSummary, summarise
from search.durable import replace_text


def write_results(plan: BenchPlan) -> BenchSummary:
    """Reads all runs, writes both files and returns what they show.

    Raises:
        RecordingError: they cannot be written; what was there still is.
    """
    summary = summarise([row_of(cell) for cell in plan.cells()], plan.bench_dir.absolute().name)
    document = json.dumps(summary.to_dict(), indent=1, allow_nan=False) + "\n"
    replace_text(plan.bench_dir / "results.json", document)
    replace_text(plan.bench_dir / "report.html", render_report(summary))
    return summary
