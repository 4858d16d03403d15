"""The store of audits: what was found week by week, what became of it, and what it followed from.

`store` opens it (`upgrade` and `migrations/` bring an older one up to date), `tables` is its shape; `record` puts an audit in;
`snapshots` and `past` read; `life` tells what became of a finding; `compare` tells two audits apart, `shown` says it.
"""

from duban.history.past import audits_of
from duban.history.record import Recorded, check_whole, past_of, record
from duban.history.store import Store, open_store

__all__ = ["Recorded", "Store", "audits_of", "check_whole", "open_store", "past_of", "record"]
