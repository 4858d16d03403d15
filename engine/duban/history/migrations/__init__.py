"""Alembic's folder: `env.py` runs on the connection that `upgrade.py` hands it; `versions` has one file for each step."""
