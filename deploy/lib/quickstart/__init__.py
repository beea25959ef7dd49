"""deploy/quickstart, once Python is there. `__main__.py` is the file to read first."""
