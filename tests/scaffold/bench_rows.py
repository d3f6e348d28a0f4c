"""Rows of a bench that never ran, for the tests of its statistics, tables and page."""

from __future__ import annotations

from random import Random

from scaffold.bench.rows import CellStatus, RunRow


def row(
    competition: str = "a", configuration: str = "one", seed: int = 0, **changes: object
) -> RunRow:
    """A finished run, better than half of its leaderboard."""
    values: dict[str, object] = {
        "status": CellStatus.FINISHED,
        "run": f"runs/{competition}-{seed}",
        "is_ranked": True,
        "metric": "accuracy",
        "sign": 1,
        "test": 0.8,
        "selection": 0.82,
        "percentile": 0.6,
        "above_median": True,
        "quality": 0.6,
        "normalised": 0.8,
        "gap": 0.02,
        "oracle": 0.85,
        "oracle_gain": 0.1,
        "best_draft": 0.79,
        "num_steps": 4,
        "num_tokens": 1000,
        "usd": 0.5,
        "seconds": 10.0,
        "over_steps": ((1.0, 0.3), (3.0, 0.6)),
        "over_seconds": ((2.0, 0.3), (7.0, 0.6)),
    }
    return RunRow(
        competition=competition, configuration=configuration, seed=seed, **{**values, **changes}
    )  # type: ignore[arg-type]


def failed(competition: str = "a", configuration: str = "one", seed: int = 0) -> RunRow:
    """A run whose process died before it recorded anything."""
    return RunRow(
        competition=competition,
        configuration=configuration,
        seed=seed,
        status=CellStatus.FAILED,
        failure="its process was ended by SIGKILL",
        is_ranked=True,
    )


def sample_rows(names: tuple[str, ...] = ("greedy", "chain", "best_of_n")) -> list[RunRow]:
    """A bench of three competitions and three seeds, one of its runs failed."""
    rng, rows = Random(1), []
    for seed in range(3):
        for competition in ("harbour", "orchard", "signal-box"):
            for number, name in enumerate(names):
                quality = min(1.0, max(0.0, rng.gauss(0.6 + 0.1 * number, 0.12)))
                rows.append(
                    row(
                        competition,
                        name,
                        seed,
                        quality=quality,
                        percentile=quality,
                        test=quality,
                        medal="gold" if quality > 0.9 else "bronze" if quality > 0.75 else None,
                        over_steps=((1.0, quality / 2), (2.0 + number, quality)),
                        usd=None if name == names[-1] else 0.1,
                    )
                )
    rows[4] = failed(rows[4].competition, rows[4].configuration, rows[4].seed)
    return rows
