"""The county of data/samples, 云示县（虚构）: built faultless, then spoilt line by line as its story tells.

basics → places (towns, mines, groups) → records (what is written down) → posts (rosters)
→ ledgers, bureau, towns, faultless (the faultless winter) → story, story_* (what went wrong, and what only looks so)
→ papers (what was made of it: assessments, forms, papers sent) → schedule, handins (who hands in what, when, in which
versions) → forms (tables and files).
"""
