"""Outputs: one file per kind."""
