"""The look of letters. Mail readers ignore style sheets, so each class of our templates becomes its style here.

Only class attributes of the templates are touched: what people typed is escaped, so it cannot hold one.
"""
import re

FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

STYLES: dict[str, str] = {
    "page": f"margin:0;padding:0;background-color:#f4f5f7;color:#1c2430;{FONT};font-size:16px;line-height:1.5",
    "outer": "width:100%;background-color:#f4f5f7;border-collapse:collapse",
    "edge": "padding:24px 12px",
    "sheet": "width:100%;max-width:560px;margin:0 auto;background-color:#ffffff;border:1px solid #d9dde3;"
             "border-radius:8px;border-collapse:separate",
    "head": f"padding:20px 28px 0;{FONT};font-size:14px;font-weight:600;color:#4a5565",
    "body": f"padding:12px 28px 24px;{FONT};font-size:16px;line-height:1.5;color:#1c2430",
    "title": f"margin:8px 0 16px;{FONT};font-size:22px;line-height:1.3;font-weight:650;color:#1c2430",
    "line": "margin:0 0 16px",
    "button-row": "margin:24px 0",
    "button": "display:inline-block;padding:12px 20px;background-color:#0b655f;border-radius:6px;color:#ffffff;"
              "font-weight:600;text-decoration:none",
    "plain-link": "color:#0b655f;word-break:break-all",
    "small": "margin:0 0 16px;font-size:14px;color:#4a5565",
    "facts": "width:100%;margin:0 0 20px;border-collapse:collapse",
    "fact-name": "padding:8px 12px 8px 0;border-bottom:1px solid #e6e9ee;text-align:left;vertical-align:top;"
                 "font-size:14px;font-weight:400;color:#4a5565",
    "fact": "padding:8px 0;border-bottom:1px solid #e6e9ee;text-align:right;vertical-align:top;font-size:15px;"
            "font-variant-numeric:tabular-nums",
    "quote": "margin:0 0 16px;padding:8px 16px;border-left:3px solid #c3cad4;color:#1c2430",
    "list": "margin:0 0 16px;padding-left:20px",
    "foot": f"padding:16px 28px 20px;border-top:1px solid #e6e9ee;{FONT};font-size:13px;line-height:1.5;"
            "color:#4a5565",
}

_CLASS = re.compile(r'class="([a-z -]+)"')


def dress(html: str) -> str:
    """Replace each class by its style. Raises KeyError for a class that has none."""
    return _CLASS.sub(lambda found: f'style="{";".join(STYLES[name] for name in found[1].split())}"', html)
