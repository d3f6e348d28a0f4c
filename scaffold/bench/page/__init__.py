"""The page of a bench: template, style and script."""
