"""Micro-competitions: a seeded generator of small competitions, `micro:FAMILY/SEED`.

names.py      the id, and its parts
metrics.py    how families are judged, and what a sample submission holds
family.py     a family: its rows, their split, the scores that stand for quality 0 and 1
families.py   the table of families; tables.py, shaped.py: how their rows are drawn
build.py      the competition object of an id
generate.py, prepare.py, grade.py: what a competition folder brings; this package is the folder
"""
