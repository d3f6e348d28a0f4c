"""`exitree sandbox build` and `exitree doctor`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox.image import DEFAULT_BASE
from scaffold.cli.arguments import AsJson, help_if_alone
from scaffold.cli.program import typed

if TYPE_CHECKING:
    from sandbox.diagnosis import Check

app = typer.Typer(help="The place where solutions run.")
app.callback(invoke_without_command=True)(help_if_alone)

Image = Annotated[str | None, typer.Option(help="Check this image (the built one).")]


def register(main: typer.Typer) -> None:
    main.add_typer(app, name="sandbox")
    main.command()(doctor)


@app.command()
def build(
    base: Annotated[
        str, typer.Option(help="Image to start from; needs Python >= 3.11 with venv.")
    ] = DEFAULT_BASE,
    tag: Annotated[
        str | None, typer.Option(help="Name of the image (exitree-sandbox:<digest>).")
    ] = None,
    ca_bundle: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Certificates to trust while installing, for a host behind a proxy that opens "
            "TLS ($PIP_CERT or $SSL_CERT_FILE). They do not get into the image.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only the tag.")] = False,
) -> None:
    """Build the Docker image that solutions run in. Takes a minute and 600 MB, once.

    PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_TRUSTED_HOST, PIP_DEFAULT_TIMEOUT and proxy variables
    are passed on.
    """
    from sandbox.image import default_image
    from sandbox.image.build import build_image

    chosen = tag or default_image()
    for line in build_image(base=base, tag=chosen, ca_bundle=ca_bundle or _host_ca_bundle()):
        if not quiet:
            print(line)
    print(chosen)


def _host_ca_bundle() -> Path | None:
    named = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
    return Path(named) if named and Path(named).is_file() else None


def doctor(image: Image = None, as_json: AsJson = False) -> None:
    """Check what works on this machine.

    Docker engine, image, libraries and speed; the local Python.

    Exit code 0 if at least one sandbox works, else 3.
    """
    from sandbox.diagnosis import diagnose
    from scaffold.errors import MissingPrerequisiteError

    checks = list(diagnose(image))
    if as_json:
        print(json.dumps([check.to_dict() for check in checks], indent=2))
    else:
        _print_table(checks)
    failed = {check.sandbox for check in checks if not check.ok}
    if not {check.sandbox for check in checks} - failed:
        hint = next(check.hint for check in checks if not check.ok)
        raise MissingPrerequisiteError("no sandbox works here", hint=hint)


def _print_table(checks: list[Check]) -> None:
    from rich.table import Table
    from rich.text import Text

    from scaffold.cli.output import OutputConsole

    table = Table("sandbox", "part", "", "found", box=None, pad_edge=False)
    for check in checks:
        mark = Text("ok", style="green") if check.ok else Text("missing", style="red")
        found = check.detail + (f"\nhint: {typed(check.hint)}" if check.hint else "")
        table.add_row(check.sandbox, Text(check.name), mark, Text(found))
    OutputConsole(highlight=False).print(table)
