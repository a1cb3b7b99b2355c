"""What the payer's pages of the stand-ins look like: plain, in French, and marked as what they are."""

from collections.abc import Iterable
from html import escape

from tests.gateways.server import Said, page

_STYLE = """
body{margin:0;background:#f4f6f8;color:#1f2933;font:16px/1.5 system-ui,sans-serif}
.mark{background:#b42318;color:#fff;text-align:center;padding:.6rem 1rem;font-weight:600}
main{max-width:26rem;margin:2rem auto;background:#fff;border-radius:.5rem;padding:1.5rem;box-shadow:0 1px 4px #0002}
h1{font-size:1.15rem;margin:0 0 .25rem}.amount{font-size:1.9rem;font-weight:700;margin:0 0 1rem}
label{display:block;margin:.75rem 0 .25rem}input{width:100%;box-sizing:border-box;padding:.55rem;font:inherit;
border:1px solid #9aa5b1;border-radius:.35rem}
button,a.button{display:block;width:100%;box-sizing:border-box;margin-top:.75rem;padding:.65rem;font:inherit;
font-weight:600;text-align:center;text-decoration:none;border-radius:.35rem;border:1px solid #0b5cab;cursor:pointer;
background:#0b5cab;color:#fff}
button.other,a.button.other{background:#fff;color:#0b5cab}
.error{background:#fdecea;color:#8a1c12;border-radius:.35rem;padding:.6rem .75rem}
table{width:100%;border-collapse:collapse;margin-top:1.25rem;font-size:.875rem}
td{border-top:1px solid #d9dee3;padding:.3rem .25rem;overflow-wrap:anywhere}
table{table-layout:fixed}ul{padding-left:1.1rem;font-size:.9375rem}
"""


def euros(cents: int) -> str:
    """Returns an amount as a French page says it."""
    whole = f"{cents // 100:,}".replace(",", "\u202f")
    return f"{whole},{cents % 100:02d} €"


def pay_page(provider: str, title: str, content: str, *, amount: int, error: str = "", status: int = 200) -> Said:
    """Returns a page on which a payer acts; `content` is HTML."""
    problem = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    return page(
        f"""<!doctype html><html lang="fr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} – {escape(provider)} (test)</title><style>{_STYLE}</style></head><body>
<div class="mark">PRESTATAIRE DE TEST – aucun argent n'est débité</div>
<main><h1>{escape(provider)} – {escape(title)}</h1><p class="amount">{euros(amount)}</p>{problem}{content}</main>
</body></html>""",
        status,
    )


def ended_page(provider: str, text: str, *, status: int = 410) -> Said:
    """Returns the page of what can no longer be paid."""
    return page(
        f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{escape(provider)} (test)</title>
<style>{_STYLE}</style></head><body><div class="mark">PRESTATAIRE DE TEST – aucun argent n'est débité</div>
<main><h1>{escape(provider)}</h1><p class="error" role="alert">{escape(text)}</p></main></body></html>""",
        status,
    )


def lines(labels: Iterable[str]) -> str:
    """Returns what is paid, as a list."""
    return "<ul>" + "".join(f"<li>{escape(label)}</li>" for label in labels) + "</ul>"


def cards(rows: Iterable[tuple[str, str]]) -> str:
    """Returns the documented test cards and what each does."""
    cells = "".join(f"<tr><td><code>{escape(number)}</code></td><td>{escape(does)}</td></tr>" for number, does in rows)
    return f"<table><caption>Cartes de test</caption>{cells}</table>"
