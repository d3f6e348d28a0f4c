"""Watching a search: a live picture in a terminal, or one plain line an event elsewhere.

Views are observers and context managers. They only look: whatever goes wrong in a view, the search
goes on, and on the way out (Ctrl-C too) the terminal is given back as it was.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import IO, Protocol, Self

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from search.events import Event
from search.protocols import Observer
from search.views import text
from search.views.progress import InFlight, SearchProgress, WatchedRun, describe
from search.views.tree_text import STYLES, tree_lines

logger = logging.getLogger(__name__)

FRAMES_A_SECOND = 4
NUM_REMARKS = 4
MIN_TREE_LINES = 3
BAR_WIDTH = 24

Clock = Callable[[], float]


class View(Observer, Protocol):
    """An observer that shows something between `__enter__` and `__exit__`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def make_view(console: Console, run: WatchedRun) -> View:
    """A live view where the console is a terminal that can move its cursor, else plain lines.

    `NO_COLOR` needs nothing here: the console honours it, and the picture stays live.
    """
    capable = console.is_terminal and not console.is_dumb_terminal
    if capable and not console.options.ascii_only:
        return LiveView(console, run)
    return PlainView(console.file, run)


class PlainView:
    """One line for each node, fault and stage. A reader that goes away does not matter."""

    def __init__(self, out: IO[str], run: WatchedRun) -> None:
        self._out = out
        self._progress = SearchProgress(run)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def notify(self, event: Event) -> None:
        remark = self._progress.take(event)
        if remark is None:
            return
        elapsed = text.seconds(self._progress.elapsed_seconds(remark.at))
        line = f"{elapsed:>7}  {remark.text}\n"
        encoding = getattr(self._out, "encoding", None) or "utf-8"
        try:
            self._out.write(line.encode(encoding, "backslashreplace").decode(encoding))
            self._out.flush()
        except (OSError, ValueError):  # a closed pipe or file
            logger.debug("cannot write progress", exc_info=True)


class LiveView:
    """The picture of a search, redrawn in place a few times a second by rich's own thread."""

    def __init__(self, console: Console, run: WatchedRun, clock: Clock = time.time) -> None:
        self._lock = threading.Lock()
        self._progress = SearchProgress(run)
        self._clock = clock
        self._live = Live(
            get_renderable=lambda: self,
            console=console,
            refresh_per_second=FRAMES_A_SECOND,
            vertical_overflow="crop",
        )

    def __enter__(self) -> Self:
        self._live.start(refresh=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def notify(self, event: Event) -> None:
        with self._lock:
            self._progress.take(event)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        try:
            with self._lock:
                lines = frame(
                    self._progress, options.max_width, console.size.height - 1, self._clock()
                )
        except Exception:  # the boundary between watching and searching
            logger.debug("the live view failed", exc_info=True)
            lines = [Text("The live view cannot be drawn; the search goes on.")]
        yield from lines


def frame(progress: SearchProgress, width: int, height: int, now: float) -> list[Text]:
    """The picture at a moment: at most `height` lines, none longer than `width`."""
    top = [_title(progress), _figures(progress, now), _spending(progress, now)]
    workers = list(_workers(progress, now))
    remarks = _remarks(progress, NUM_REMARKS)
    room = height - len(top) - len(remarks) - 3  # three rules
    if len(workers) > (limit := max(1, room - MIN_TREE_LINES)):
        hidden = len(workers) - limit + 1
        workers = [*workers[: limit - 1], Text(f"  and {hidden} more workers", "dim")]
    room = max(MIN_TREE_LINES, room - len(workers))
    best = progress.tree.best
    tree = tree_lines(progress.tree, best.id if best else None, room)
    rule = Text("─" * width, "dim")
    lines = [*top, rule, *workers, rule, *tree, rule, *remarks]
    for line in lines:
        line.no_wrap, line.overflow = True, "ellipsis"
        line.truncate(width, overflow="ellipsis")
    return lines[: max(1, height)]


def _title(progress: SearchProgress) -> Text:
    run = progress.run
    line = Text(text.one_line(run.title, 60), "bold")
    for part in (run.policy, run.model):
        line.append("  " + text.one_line(part, 60), "not bold dim")
    return line


def _figures(progress: SearchProgress, now: float) -> Text:
    best, limit = progress.tree.best, progress.run.budget.num_steps
    line = Text(f"{text.one_line(progress.run.metric_name, 40)} ", "dim")
    if best is None:
        line.append("no valid solution yet", "not dim")
    else:
        line.append(text.metric(best.metric), "not dim bold green")
        line.append(f" (#{best.id})", "dim")
    line.append("   steps ", "dim")
    line.append(f"{progress.num_steps}" + (f"/{limit} " if limit else " "), "not dim")
    if limit:
        done = min(BAR_WIDTH, BAR_WIDTH * progress.num_steps // limit)
        line.append("━" * done, "not dim green")
        line.append("━" * (BAR_WIDTH - done), "dim")
    return line


def _spending(progress: SearchProgress, now: float) -> Text:
    elapsed, budget = progress.elapsed_seconds(now), progress.run.budget
    left = None if budget.seconds is None else max(0.0, budget.seconds - elapsed)
    pairs = [
        ("elapsed", text.seconds(elapsed)),
        ("left", "no limit" if left is None else text.seconds(left)),
        ("tokens", text.tokens(progress.usage.total_tokens)),
        ("cost", text.usd(progress.usage.cost_usd)),
    ]
    line = Text()
    for label, value in pairs:
        line.append(f"{label} ", "dim")
        line.append(f"{value}   ")
    return line


def _workers(progress: SearchProgress, now: float) -> Iterator[Text]:
    for work in sorted(progress.in_flight.values(), key=lambda item: item.step):
        yield _worker(work, now)
    if progress.in_flight:
        return
    if progress.stage is not None:
        stage = progress.stage
        label = text.one_line(f"{stage.stage} {stage.detail}".replace("_", " "))
        yield Text(f"  {label}  {text.seconds(max(0.0, now - stage.at))}")
    else:
        yield Text("  no step in flight", "dim")


def _worker(work: InFlight, now: float) -> Text:
    line = Text(f"  #{work.step} {describe(work.expansion)}  ")
    line.append(work.phase, "cyan" if work.phase.startswith("running") else "magenta")
    line.append(f"  {text.seconds(max(0.0, now - work.since))}", "dim")
    return line


def _remarks(progress: SearchProgress, count: int) -> list[Text]:
    lines = []
    for remark in list(progress.remarks)[-count:]:
        elapsed = text.seconds(progress.elapsed_seconds(remark.at))
        line = Text(f"{elapsed:>7}  ", "dim")
        line.append(remark.text, "not dim " + (STYLES[remark.status] if remark.status else ""))
        lines.append(line)
    return lines
