"""report.html of a bench: one self-contained page in the look of a run's report.

It may load nothing and runs one small script, named by its hash. Everything is in the page when it
arrives, plots too: without scripts only the switches (theme, steps or time) are missing.
"""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

import jinja2
from markupsafe import Markup

from scaffold.bench import plots, tables
from scaffold.bench.rows import RunRow
from scaffold.bench.summary import BenchSummary
from search.views import text


def render_report(summary: BenchSummary) -> str:
    """The page as text."""
    script = _asset("scaffold.bench.page", "bench.js")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    names = [item.configuration for item in summary.configurations]
    style = _asset("search.views.page", "page.css") + _asset("scaffold.bench.page", "bench.css")
    return environment.from_string(_asset("scaffold.bench.page", "bench.html.j2")).render(
        title=summary.title,
        facts=_facts(summary),
        names=names,
        results=[
            (item.configuration, tables.estimate(item.any_medal), tables.share(item.quality))
            for item in summary.configurations
        ],
        medals=[tables.medal_cells(item) for item in summary.configurations],
        choices=[tables.choice_cells(item) for item in summary.configurations],
        comparisons=[tables.comparison_cells(item) for item in summary.comparisons],
        competitions=[tables.competition_cells(item) for item in summary.competitions],
        runs=[_run_cells(row) for row in summary.runs],
        left=tables.LEFT,
        failures=tables.failures(summary),
        num_owed=summary.num_owed,
        forest=Markup(plots.forest(summary.comparisons, names)),
        dots=Markup(plots.dots(summary.runs, names)),
        over_steps=Markup(
            plots.curves([c.over_steps for c in summary.configurations], names, axis="steps")
        ),
        over_seconds=Markup(
            plots.curves([c.over_seconds for c in summary.configurations], names, axis="seconds")
        ),
        style=Markup(style),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _facts(summary: BenchSummary) -> list[tuple[str, str]]:
    rows = summary.runs
    return [
        ("competitions", str(len({row.competition for row in rows}))),
        ("seeds", str(summary.num_seeds)),
        ("configurations", str(len(summary.configurations))),
        ("runs", f"{sum(row.is_concluded for row in rows)} of {len(rows)}"),
        ("failed", str(sum(row.failure is not None for row in rows))),
        ("steps", str(sum(row.num_steps for row in rows))),
        ("tokens", text.tokens(sum(row.num_tokens for row in rows))),
    ]


def _run_cells(row: RunRow) -> list[tuple[str, str]]:
    return [
        ("competition", row.competition),
        ("configuration", row.configuration),
        ("seed", str(row.seed)),
        ("status", row.status.value),
        ("test", text.score(row.test)),
        ("medal", row.medal or "-"),
        ("percentile", tables.share(row.percentile)),
        ("selection", text.score(row.selection)),
        ("best draft", text.score(row.best_draft)),
        ("oracle", text.score(row.oracle)),
        ("steps", str(row.num_steps)),
        ("buggy", str(row.num_buggy)),
        ("tokens", text.tokens(row.num_tokens)),
        ("cost", text.usd(row.usd) if row.run else "-"),
        ("time", text.seconds(row.seconds)),
        ("report", "-" if row.run is None else f"{row.run}/report.html"),
    ]


def _asset(package: str, name: str) -> str:
    return resources.files(package).joinpath(name).read_text(encoding="utf-8")
