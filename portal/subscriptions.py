"""What happens when…: every event with its listeners, on this one page.

*Within* commits or fails with the change; *After* runs once it is committed. A listener on `Event` hears all.
"""
from collections.abc import Mapping

from portal.audit import handlers as audit
from portal.core.events import Event, Listener, Within

TABLE: Mapping[type[Event], tuple[Listener, ...]] = {
    Event: (Within(audit.record),),
}
