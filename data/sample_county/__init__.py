"""The county of data/samples, 云示县（虚构）: built faultless, then spoilt line by line as its story tells.

basics → places (towns, mines) → records (what is written down) → faultless → story → handins (who hands in what,
when) → forms (tables and files).
"""
