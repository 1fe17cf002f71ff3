"""Writes the table of the settings into docs/operations.md: `python -m scripts.configuration`."""
from pathlib import Path

from config.settings import VARIABLES

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "operations.md"
BEGIN, END = "<!-- settings -->", "<!-- /settings -->"


def table() -> str:
    """Return the table, in Markdown."""
    rows = (f"| `{name}` | {default or '(none)'} | {what} |" for name, default, what in VARIABLES)
    return "\n".join(("| Variable | Default | What it is |", "| --- | --- | --- |", *rows))


def main() -> None:
    """Replace the table in the document."""
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}")


if __name__ == "__main__":
    main()
