"""The door of the program: `flask --app app`, gunicorn (`app:app`) and the workers all start here."""
from portal.factory import create_app

app = create_app()
