"""`python -m scaffold` is `exitree`."""

from scaffold.cli.main import main

main()
