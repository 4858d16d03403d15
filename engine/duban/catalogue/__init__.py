"""The catalogue of a pack: one page for each obligation, lead and record type, as Markdown and as a static site.

`site` says which pages there are, `build` writes them; `summary` is the short form that stands in the repository.
"""
