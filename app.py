"""The door of the program: `flask --app app`, gunicorn (`app:app`) and the workers all start here."""
import sys

from portal.local.door import app_for

app = app_for(sys.argv)
