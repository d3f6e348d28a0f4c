"""The plots of a bench's page, drawn as SVG text. A colour class (`c0`, `c1`, ...) a configuration;
shapes differ too, so that the plots can be read without colours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from scaffold.bench import tables
from scaffold.bench.rows import RunRow
from scaffold.bench.summary import Comparison
from search.views import text

NUM_COLOURS = 6
WIDTH, BROAD = 560, 900
Curve = Sequence[tuple[float, float]]


def colour(index: int) -> str:
    return f"c{index % NUM_COLOURS}"


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers within the bounds, about `count` of them."""
    span = high - low
    if span <= 0:
        return [low]
    rough = span / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def curves(all_curves: Sequence[Curve], names: Sequence[str], *, axis: str) -> str:
    """Mean best quality so far of each configuration, as steps."""
    drawn = [curve for curve in all_curves if curve]
    if not drawn:
        return _nothing()
    left, top, bottom = 44, 12, 34
    right, height = 16 + 7 * max(map(len, names)) + 44, 300
    x_high = max(curve[-1][0] for curve in drawn)
    x_low = 1.0 if axis == "steps" else 0.0
    y_low, y_high = _y_bounds(drawn)

    def x(value: float) -> float:
        return left + (WIDTH - left - right) * (value - x_low) / ((x_high - x_low) or 1)

    def y(value: float) -> float:
        return top + (height - top - bottom) * (1 - (value - y_low) / ((y_high - y_low) or 1))

    parts = [_y_axis(y, left, WIDTH - right, y_low, y_high)]
    for value in ticks(x_low, x_high, 8):
        shown = f"{value:g}" if axis == "steps" else text.seconds(value)
        if axis == "steps" and value != int(value):
            continue
        parts.append(_text(x(value), height - bottom + 16, shown, "middle"))
    parts.append(_text((left + WIDTH - right) / 2, height - 2, axis_title(axis), "middle"))
    ends: list[tuple[float, int, float]] = []
    for index, curve in enumerate(all_curves):
        if curve:
            path = _step_path([(x(place), y(value)) for place, value in curve])
            name = f"{names[index]}: {tables.share(curve[-1][1])}"
            parts.append(f'<path class="line {colour(index)}" d="{path}">{_title(name)}</path>')
            ends.append((y(curve[-1][1]), index, curve[-1][1]))
    for place, index, value in _apart(ends):
        label = f"{names[index]} {tables.share(value)}"
        parts.append(_text(WIDTH - right + 8, place + 4, label, "start", f"end {colour(index)}"))
    return _svg(height, parts, f"Best quality so far over {axis}")


def axis_title(axis: str) -> str:
    return "step" if axis == "steps" else "seconds of searching"


def _y_bounds(drawn: Sequence[Curve]) -> tuple[float, float]:
    values = [value for curve in drawn for _, value in curve]
    high = max(values)
    low = min(values)
    pad = max(0.02, 0.06 * (high - low))
    return max(0.0, low - pad), min(1.0, high + pad)


def _apart(ends: Sequence[tuple[float, int, float]]) -> list[tuple[float, int, float]]:
    """Labels moved down until none covers another."""
    placed: list[tuple[float, int, float]] = []
    for place, index, value in sorted(ends):
        lowest = placed[-1][0] + 14 if placed else place
        placed.append((max(place, lowest), index, value))
    return placed


def dots(rows: Sequence[RunRow], names: Sequence[str]) -> str:
    """The quality of every run: a line a competition, a lane a configuration, a mark a seed."""
    shown = [row for row in rows if row.is_concluded and row.quality is not None]
    if not shown:
        return _nothing()
    competitions = list(dict.fromkeys(row.competition for row in rows))
    lane, gap, top = 13, 12, 8
    left, right = 20 + 6.6 * max(map(len, competitions)), 20
    band = lane * len(names) + gap
    height = int(top + band * len(competitions) + 34)
    low = max(0.0, min(row.quality or 0.0 for row in shown) - 0.04)

    def x(value: float) -> float:
        return left + (WIDTH - left - right) * (value - low) / ((1 - low) or 1)

    parts = []
    for value in ticks(low, 1.0, 6):
        parts.append(_rule(x(value), top, x(value), height - 32))
        parts.append(_text(x(value), height - 17, f"{100 * value:.0f}", "middle"))
    parts.append(_text((left + WIDTH - right) / 2, height - 2, "quality on test", "middle"))
    for number, competition in enumerate(competitions):
        start = top + band * number
        parts.append(_text(left - 10, start + band / 2, competition, "end", "name"))
        parts.append(_rule(8, start + band - 1, WIDTH - right, start + band - 1))
        for row in shown:
            if row.competition == competition:
                index = names.index(row.configuration)
                parts.append(
                    _mark(x(row.quality or 0.0), start + gap / 2 + lane * (index + 0.5), index, row)
                )
    return _svg(height, parts, "Quality of every run on test")


def _mark(x: float, y: float, index: int, row: RunRow) -> str:
    test = "no valid answer" if row.test is None else f"{row.metric} {text.score(row.test)}"
    said = (
        f"{row.competition}, {row.configuration}, seed {row.seed}: quality "
        f"{tables.share(row.quality)}, {test}, {row.medal or 'no medal'}"
    )
    shapes = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5"',
        f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8"',
        f'<path d="M{x:.1f} {y - 5.5:.1f}l5.5 9.5h-11z"',
        f'<path d="M{x:.1f} {y - 6:.1f}l6 6-6 6-6-6z"',
    )
    shape = shapes[index % len(shapes)]
    tag = shape[1:].split(" ", 1)[0]
    return f'{shape} class="mark {colour(index)}">{_title(said)}</{tag}>'


def forest(comparisons: Sequence[Comparison], names: Sequence[str]) -> str:
    """Differences to the first configuration with their intervals, around a line at zero."""
    shown = [item for item in comparisons if item.mean is not None]
    if not shown:
        return _nothing()
    labels = [f"{item.configuration}, {item.measure}" for item in shown]
    left, right, line = 24 + 6.6 * max(map(len, labels)), 150, 26
    height = 12 + line * len(shown) + 34
    ends = [
        bound
        for item in shown
        for bound in (
            (item.interval.low, item.interval.high) if item.interval else (item.mean or 0.0,) * 2
        )
    ]
    pad = 0.03 * max(0.02, max(ends) - min(ends))
    start, end = min(0.0, *ends) - pad, max(0.0, *ends) + pad

    def x(value: float) -> float:
        return left + (BROAD - left - right) * (value - start) / (end - start)

    parts = [_rule(x(value), 8, x(value), height - 32) for value in ticks(start, end, 6)]
    parts += [
        _text(x(value), height - 17, f"{100 * value:+.3g}" if abs(value) > 1e-9 else "0", "middle")
        for value in ticks(start, end, 6)
    ]
    parts.append(f'<path class="zero" d="M{x(0):.1f} 8V{height - 32}"/>')
    title = f"points better than {shown[0].baseline}"
    parts.append(_text((left + BROAD - right) / 2, height - 2, title, "middle"))
    for number, (item, label) in enumerate(zip(shown, labels, strict=True)):
        y, mean = 12 + line * (number + 0.5), item.mean or 0.0
        kind = colour(names.index(item.configuration))
        parts.append(_text(left - 10, y + 4, label, "end", "name"))
        if item.interval:
            low, high = x(item.interval.low), x(item.interval.high)
            parts.append(f'<path class="whisker {kind}" d="M{low:.1f} {y}H{high:.1f}"/>')
        said = f"{label}: {tables.points(item.mean)} ({tables.interval(item.interval)})"
        parts.append(
            f'<circle class="mark {kind}" cx="{x(mean):.1f}" cy="{y}" r="5">{_title(said)}</circle>'
        )
        spread = tables.interval(item.interval) if item.interval else "no interval"
        parts.append(
            _text(BROAD - right + 12, y + 4, f"{tables.points(mean)}  ({spread})", "start")
        )
    return _svg(height, parts, f"Paired differences to {shown[0].baseline}", BROAD)


def _y_axis(y: object, left: float, right: float, low: float, high: float) -> str:
    assert callable(y)
    parts = []
    for value in ticks(low, high, 5):
        parts.append(_rule(left, y(value), right, y(value)))
        parts.append(_text(left - 8, y(value) + 4, f"{100 * value:.3g}", "end"))
    return "".join(parts)


def _step_path(points: Sequence[tuple[float, float]]) -> str:
    first, *rest = points
    return f"M{first[0]:.1f} {first[1]:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" for x, y in rest)


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path class="rule" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def _text(x: float, y: float, content: str, anchor: str, kind: str = "") -> str:
    shown = escape(text.one_line(content))
    classes = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{classes}>{shown}</text>'


def _title(content: str) -> str:
    return f"<title>{escape(text.one_line(content, 400))}</title>"


def _svg(height: float, parts: Sequence[str], label: str, width: int = WIDTH) -> str:
    return (
        f'<svg class="plot" viewBox="0 0 {width} {height:.0f}" width="{width}" role="img" '
        f'aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def _nothing() -> str:
    return '<p class="quiet">Nothing to draw yet.</p>'
