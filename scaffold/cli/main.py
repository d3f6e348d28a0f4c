"""The command `exitree`: its sub-commands, and the one place where errors become lines.

An expected error is one `error:` line and one `hint:` line, without a traceback (`--debug` shows
it). Exit codes: 0 ok, 1 a run failed, 2 usage, 3 something outside is missing, 130 interrupted.
"""

from __future__ import annotations

import logging
import signal
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from typer.exceptions import TyperException

from scaffold.cli import benching, competitions, grading, reading, sandbox, searching
from scaffold.cli.arguments import help_if_alone
from scaffold.cli.program import typed
from search.errors import Hinted

RUN_FAILED, USAGE, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    name="exitree",
    help="Search machine-learning competitions with language models, and learn from the searches.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (searching, reading, grading, benching):
    module.register(app)
app.add_typer(competitions.app, name="competitions")
sandbox.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"exitree {version('exitree')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks and log messages.")
    ] = False,
    show_version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    help_if_alone(context)
    logging.basicConfig(level=logging.DEBUG if debug else logging.ERROR)


def main() -> None:
    """The console script. Being told to end (kill, a closed terminal) is as Ctrl-C."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # not so under nohup
            signal.signal(number, signal.default_int_handler)
    code = run(sys.argv[1:])
    if code == INTERRUPTED:  # all is cleaned up: one more Ctrl-C must not change the exit code
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code; errors are printed on stderr."""
    try:
        result = typer.main.get_command(app)(args=arguments, standalone_mode=False)
        sys.stdout.flush()
    except (typer.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        from scaffold.cli.output import forget_reader

        forget_reader()
        return 0
    except TyperException as error:
        return _fail(_usage_message(error), "`exitree --help` lists commands and options", USAGE)
    except Exception as error:  # the command-line boundary
        if "--debug" in arguments or not isinstance(error, Hinted):
            logging.getLogger("exitree").error("traceback", exc_info=error)
        if isinstance(error, Hinted):
            return _fail(str(error), error.hint, getattr(error, "exit_code", USAGE))
        return _fail(
            f"unexpected {type(error).__name__}: {error}",
            "this is a bug of Exitree; please report it with the traceback above",
            RUN_FAILED,
        )
    return result if isinstance(result, int) else 0


def _usage_message(error: TyperException) -> str:
    format_message = getattr(error, "format_message", None)
    return str(format_message() if format_message else error)


def _fail(message: str, hint: str, code: int) -> int:
    for label, text in (("error", message), ("hint", typed(hint))):
        print(f"{label}: {' '.join(text.split())}", file=sys.stderr)
    return code
