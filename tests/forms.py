"""What a browser sends along with every form."""
import re

HIDDEN = re.compile(r'<input type="hidden" name="(csrf_token|_once)" value="([^"]+)">')


def guard(html: str) -> dict[str, str]:
    """The hidden fields of a page's form: against forgery, and against the double click."""
    return dict(HIDDEN.findall(html))
