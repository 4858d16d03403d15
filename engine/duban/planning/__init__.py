"""The week ahead of an audit: what is due (`due_of`), whom to visit (`plan_week`, `suggested`), a page for the car (`dossier_of`).

Nothing here changes a status: duties are those of the audit, records are read as seen at its (as_of, known_by), and what
is particular to a notice stands in its plan.yaml.
"""

from duban.planning.dossier import dossier_of
from duban.planning.due import due_of
from duban.planning.week import plan_week, suggested, visits_read

__all__ = ["dossier_of", "due_of", "plan_week", "suggested", "visits_read"]
