"""A run as one HTML file that needs nothing else: no network, no other file, and no script for what matters.

The templates escape every value; a content security policy with the hashes of our own style and script keeps
anything else that might look like one from being run.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from wallet.scenario.report.plain import inert
from wallet.scenario.report.view import page
from wallet.scenario.report.words import STATUS, WORDS
from wallet.scenario.result import RunResult

TEMPLATES: Final = Path(__file__).parent / "templates"


def write_html(result: RunResult, path: Path) -> None:
    """Write `result` to `path`, with the folders it needs. The same result gives the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html_text(result), encoding="utf-8", newline="\n")


def html_text(result: RunResult) -> str:
    """The whole page."""
    environment = _environment()
    view = page(result)
    style = environment.get_template("report.css.j2").render(page=view)
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    return environment.get_template("report.html.j2").render(
        page=view, style=style, script=script, style_hash=_hash(style), script_hash=_hash(script)
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(words=WORDS, statuses=STATUS)
    return environment


def _inert(shown: Any) -> Any:
    """Text from outside without what is unseen; markup made by the templates as it is."""
    return inert(shown) if type(shown) is str else shown


def _hash(text: str) -> str:
    """As a content security policy names an inline element."""
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
