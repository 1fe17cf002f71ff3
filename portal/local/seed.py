"""What the supervisor runs before the web server starts: the demo, once; and how to sign in to it."""
from sqlalchemy import func, select

from config.settings import Settings
from portal.accounts.models import Organization
from portal.core import db
from portal.factory import create_app
from portal.local.demo import cast, story

PASSWORD = "valle azul 38 nubes"


def seed(settings: Settings) -> str:
    """Make the demo company when the database is empty; return the lines that say how to sign in."""
    app = create_app(settings)
    with app.app_context():
        with db.transaction(db.DOOR):
            empty = not db.session.scalar(select(func.count()).select_from(Organization))
        if empty:
            print("Acuse: preparando la empresa de demostración… · preparing the demo company…", flush=True)
            story.tell(settings.home / "sandbox", PASSWORD)
        db.db.engine.dispose()
    return _how()


def _how() -> str:
    people = "\n".join(f"    {p.email:<28} {p.what}" for p in cast.PEOPLE)
    return (f"  Contraseña de todos · everybody's password: {PASSWORD}\n{people}\n\n"
            "  Correos de la demo · the demo's letters: /demo/mail\n"
            "  XML y PDF para probar · files to try: /demo/files\n")
