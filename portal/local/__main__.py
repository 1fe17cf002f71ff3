"""`python -m portal.local`: what `make run` runs."""
import os
import sys

from config.settings import Settings, SettingsError
from portal.local import supervisor
from portal.local.seed import seed

if __name__ == "__main__":
    try:
        chosen = Settings.from_env(os.environ)
    except SettingsError as wrong:
        sys.exit(f"Acuse: {wrong}")
    sys.exit(supervisor.main(chosen, seed))
