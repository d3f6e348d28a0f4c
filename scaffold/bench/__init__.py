"""Benches: a set of competitions x seeds x configurations, each a run, and what they show.

plan.py (which runs)  ->  execute.py (a bounded number at a time, each in child.py's process)
->  rows.py (a run in figures)  ->  summary.py with statistics.py  ->  tables.py, report.py
"""
