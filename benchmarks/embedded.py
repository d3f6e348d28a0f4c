"""What a search with the embedded recipe model reaches on each embedded competition.

    python -m benchmarks.embedded [--steps 40] [--seeds 0 1 2] [--workers 2] [--sandbox auto]
        [--policy greedy] [--only ID ...] [--json FILE] [--runs-dir DIR]

Every run searches, chooses and refits as `exitree search` does, and then grades all its nodes on
test (for analysis only: the choice is made before). Printed for each competition, over the seeds:

    test       mean test score of the chosen node
    medals     of the chosen nodes, on the synthetic leaderboard
    pct        mean leaderboard percentile
    draft      mean test score of the best draft *on test*: the hardest form of "its own drafts"
    wins       in how many seeds the chosen node beats that draft; + where the means do
    gap        mean selection score minus test score, in units that grow with goodness
    oracle     mean test score of the node that is best on test: what a perfect choice would give

A finished run is not searched again; a killed benchmark goes on where it was.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from competitions.registry import list_competitions
from scaffold.config_sources import load
from scaffold.session import new_session, resumed_session
from search.metric import Metric
from search.record import RunRecord
from search.run_folder import find_runs


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """One run in figures. Scores are on test, except `selection`."""

    competition: str
    metric: str
    sign: int
    seed: int
    test: float
    selection: float
    best_draft: float
    oracle: float
    medal: str
    percentile: float
    num_nodes: int
    num_buggy: int
    seconds: float

    @property
    def is_win(self) -> bool:
        return self.sign * (self.test - self.best_draft) > 0


def search(competition: str, seed: int, options: argparse.Namespace) -> RunRecord:
    """A finished run with all nodes graded: the one that is there, or a new one."""
    runs_dir = options.runs_dir / f"{competition}-{seed}"
    flags = {
        "competition": competition,
        "seed": seed,
        "workers": options.workers,
        "deterministic": True,
        "budget.steps": options.steps,
        "policy.name": options.policy,
        "sandbox.kind": options.sandbox,
        "runs_dir": str(runs_dir),
    }
    config = load(flags=flags, environ={}).config
    runs = find_runs(runs_dir)
    if runs and is_complete(RunRecord.open(runs[-1].path)):
        return RunRecord.open(runs[-1].path)
    if runs:
        with resumed_session(runs[-1], config) as session:
            session.run(grade_all=True)
    else:
        with new_session(config) as session:
            session.run(grade_all=True)
    return RunRecord.open(session.folder.path)


def is_complete(record: RunRecord) -> bool:
    return any("--grade-all" in read.purpose for read in record.reads) and record.best is not None


def result_of(record: RunRecord, competition: str, seed: int) -> RunResult:
    assert record.best is not None, f"{competition}, seed {seed}: no node was valid"
    drafts = [
        record.test[n.id] for n in record.tree if n.operator == "draft" and n.id in record.test
    ]
    return RunResult(
        competition=competition,
        metric=record.metric_name,
        sign=record.direction.sign,
        seed=seed,
        test=record.test[record.best].value,
        selection=record.selection[record.best].value,
        best_draft=_best(drafts).value,
        oracle=_best(record.test.values()).value,
        medal=record.best_summary.get("medal", "none"),
        percentile=float(record.best_summary["percentile"]),
        num_nodes=len(record.tree),
        num_buggy=len(record.tree) - len(record.tree.valid),
        seconds=record.elapsed_seconds,
    )


def _best(metrics: Iterable[Metric]) -> Metric:
    return max(metrics, key=lambda metric: metric.goodness)


def row_of(results: Sequence[RunResult]) -> dict[str, Any]:
    """The means over the seeds of one competition."""
    first = results[0]
    test, draft = mean(r.test for r in results), mean(r.best_draft for r in results)
    return {
        "competition": first.competition,
        "metric": first.metric + (" ↑" if first.sign > 0 else " ↓"),
        "test": test,
        "medals": " ".join(r.medal for r in results),
        "pct": mean(r.percentile for r in results),
        "draft": draft,
        "wins": f"{sum(r.is_win for r in results)}/{len(results)}",
        "beats_drafts": first.sign * (test - draft) > 0,
        "gap": first.sign * (mean(r.selection for r in results) - test),
        "oracle": mean(r.oracle for r in results),
        "seconds": mean(r.seconds for r in results),
    }


def print_table(rows: Sequence[dict[str, Any]], num_seeds: int) -> None:
    print("| competition | metric | test | medals | pct | draft | wins | gap | oracle | seconds |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        mark = "+" if row["beats_drafts"] else "-"
        print(
            f"| {row['competition']} | {row['metric']} | {row['test']:.4f} | {row['medals']}"
            f" | {row['pct']:.1f} | {row['draft']:.4f} | {row['wins']} {mark}"
            f" | {row['gap']:+.4f} | {row['oracle']:.4f} | {row['seconds']:.0f} |"
        )
    beaten = sum(row["beats_drafts"] for row in rows)
    print(
        f"\nbeats the best of its own drafts (means of {num_seeds} seeds): {beaten} of {len(rows)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sandbox", default="auto")
    parser.add_argument("--policy", default="greedy")
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--runs-dir", type=Path, default=Path("runs/benchmark"))
    options = parser.parse_args()
    ids = options.only or [item.spec.id for item in list_competitions().competitions]
    rows, results = [], []
    for competition in ids:
        of_one = []
        for seed in options.seeds:
            record = search(competition, seed, options)
            of_one.append(result_of(record, competition, seed))
            print(f"# {of_one[-1]}", flush=True)
        rows.append(row_of(of_one))
        results += of_one
    print_table(rows, len(options.seeds))
    if options.json:
        document = {"rows": rows, "runs": [asdict(result) for result in results]}
        options.json.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
