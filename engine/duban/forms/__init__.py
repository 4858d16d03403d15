"""Forms: fill-in workbooks, a town's workbook of a month, and the lists and forms that come out of it, written and read."""
