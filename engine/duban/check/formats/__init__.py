"""The formats of a report: each is a module with one function, `Report` in, text (or files) out."""
