"""`make bench`: every measurement, one after the other, or those that are named (`make bench ARGS=pages`)."""
import sys
from collections.abc import Callable

from tests.bench import cfdi, pages

ALL: dict[str, Callable[[], None]] = {"cfdi": cfdi.main, "pages": pages.main}

if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if name not in ALL]
    if unknown:
        sys.exit(f"there is no bench {', '.join(unknown)}; there are {', '.join(ALL)}")
    for name in sys.argv[1:] or ALL:
        ALL[name]()
