"""The table of families. Stories say what a competitor would be told, and not what helps."""

from __future__ import annotations

from competitions.micro import shaped, tables
from competitions.micro.family import Family

_ROWS = (
    Family(
        name="linear",
        title="Greenhouse Yield",
        story="Probes hang in the beds of a greenhouse. Predict what each bed yields.",
        columns="| `probe_1`, `probe_2`, ... | readings of the probes |\n| `yield` | target |",
        target="yield",
        metric_name="RMSE",
        make=tables.linear,
        num_rows=320,
    ),
    Family(
        name="interactions",
        title="Loom Settings",
        story="A loom has six dials. Predict whether it jams within the shift.",
        columns="| `dial_1` to `dial_6` | positions of the dials |\n| `jams` | target: 1 or 0 |",
        target="jams",
        metric_name="ROC AUC",
        make=tables.interactions,
        labels=(0, 1),
    ),
    Family(
        name="categories",
        title="Parcel Hours",
        story="Parcels pass a depot, a packer and a carrier. Predict how long they take.",
        columns=(
            "| `carrier`, `depot`, `packer` | who handled the parcel |\n"
            "| `weight` | in kilograms |\n| `hours` | target |"
        ),
        target="hours",
        metric_name="MAE",
        make=tables.categories,
    ),
    Family(
        name="missingness",
        title="Orchid Relapse",
        story="Sick orchids were treated and examined. Predict which of them fall ill again.",
        columns=(
            "| `assay_1` to `assay_7` | examinations, not all were made |\n"
            "| `relapse` | target: 1 or 0 |"
        ),
        target="relapse",
        metric_name="log loss",
        make=tables.missingness,
        labels=(0, 1),
    ),
    Family(
        name="imbalance",
        title="Pump Faults",
        story="Pumps report eight meters every hour. Predict which hours end in a fault.",
        columns="| `meter_1` to `meter_8` | readings |\n| `fault` | target: 1 or 0, mostly 0 |",
        target="fault",
        metric_name="average precision",
        make=tables.imbalance,
        labels=(0, 1),
    ),
    Family(
        name="drift",
        title="Quarry Tonnage",
        story="A quarry plans the weeks ahead. Predict the tonnage of its coming blasts.",
        columns=(
            "| `week` | of the blast; the test blasts come after the others |\n"
            "| `crew` | who drilled |\n| `span_1` to `span_3` | sizes of the face |\n"
            "| `tonnage` | target |"
        ),
        target="tonnage",
        metric_name="MAPE",
        make=tables.drift,
        order="week",
        test_fraction=0.4,
    ),
    Family(
        name="series",
        title="Kiosk Cups",
        story="Four kiosks sell coffee. Predict how many cups they sell in the weeks to come.",
        columns="| `date` | a day |\n| `kiosk` | which one |\n| `cups` | target: cups sold |",
        target="cups",
        metric_name="SMAPE",
        make=shaped.series,
        order="date",
        test_fraction=0.28,
    ),
    Family(
        name="texts",
        title="Farm Messages",
        story="Farmers write to an advice office. Find the desk that each message belongs to.",
        columns=(
            "| `message` | what was written |\n"
            "| `desk` | target: fodder, milk, plough or wool; a few are wrong |"
        ),
        target="desk",
        metric_name="macro F1",
        make=shaped.texts,
        labels=shaped.TOPICS,
    ),
    Family(
        name="images",
        title="Cloth Swatches",
        story="A camera looks at small pieces of cloth. Tell which cloth it is.",
        columns=(
            "| `image` | path of the picture, 8 x 8 grey values |\n"
            "| `cloth` | target: canvas, denim, linen or twill |"
        ),
        target="cloth",
        metric_name="accuracy",
        make=shaped.images,
        labels=tuple(map(str, shaped.PATTERNS)),
        num_rows=320,
        pixels="image",
    ),
    Family(
        name="counts",
        title="Lifeboat Calls",
        story="Weather gauges stand along a coast. Predict how many calls a station gets a day.",
        columns=(
            "| `gauge_1` to `gauge_6` | readings of the day |\n| `station` | which one |\n"
            "| `calls` | target: a count |"
        ),
        target="calls",
        metric_name="RMSLE",
        make=tables.counts,
    ),
    Family(
        name="noisy-labels",
        title="Bearing Verdicts",
        story="Inspectors judge bearings by hand, and not always well. Predict their verdict.",
        columns=(
            "| `offset_1`, `offset_2` | measured offsets |\n| `verdict` | target: pass or rework |"
        ),
        target="verdict",
        metric_name="accuracy",
        make=tables.noisy_labels,
        labels=("pass", "rework"),
    ),
    Family(
        name="ordinal",
        title="Cheese Grades",
        story="A panel grades wheels of cheese from 0 to 4. Predict the grade.",
        columns="| `trait_1` to `trait_7` | measured traits |\n| `grade` | target: 0 to 4 |",
        target="grade",
        metric_name="quadratic weighted kappa",
        make=tables.ordinal,
        labels=tuple(range(tables.NUM_GRADES)),
    ),
)
FAMILIES = {family.name: family for family in _ROWS}
