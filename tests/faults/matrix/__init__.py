"""The real processes under faults. `cells.py` says what is tried, `verdict.py` what must hold."""
