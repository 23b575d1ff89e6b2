"""Writes what each gateway wants into docs/settings.md and the package's sample settings.

    python -m instruments.gateway_settings

It comes from the declarations of the drivers (kiosk/pse/declaration.py); tests/test_gateway_settings.py
compares the files with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kiosk.pse.declaration import Declaration, Further
from kiosk.pse.drivers import declarations

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    ROOT / "docs/settings.md": "file:/etc/kiosk/secrets/{}",
    ROOT / "installer/debian/kiosk.toml": "credential:secret_{}",
}
"""Each file, and how it refers to a secret's file."""
BEGIN = "# -- each gateway, as its driver declares it (python -m instruments.gateway_settings)\n"
END = "# -- end of the gateways\n"


def lines(driver: str, gateway: Declaration, secret: str) -> Iterator[str]:
    """One gateway's settings as a comment of a TOML file; `secret` is a reference with a place for a name."""
    yield f'# {gateway.title}: driver = "{driver}", url = "{gateway.address}"'
    yield f"#   login = {gateway.login_is}, secret = {gateway.key_is}"
    tests = ", ".join(sorted(gateway.test_hosts)) or "none is documented"
    yield f"#   test host, where no money moves: {tests}"
    if limits := "; ".join(_limits(gateway)):
        yield f"#   limits: {limits}"
    yield from _table("secrets", [(each, secret.format(each.name)) for each in gateway.secrets])
    yield from _table("options", [(each, each.example or "…") for each in gateway.options])


def _table(name: str, wanted: list[tuple[Further, str]]) -> Iterator[str]:
    if wanted:
        yield f"# [gateway.{name}]"
    for each, value in wanted:
        yield f'# {each.name} = "{value}"   # {each.comment}'


def _limits(gateway: Declaration) -> Iterator[str]:
    if gateway.shortest_session:
        yield f"session_minutes {gateway.shortest_session.total_seconds() / 60:g} at least"
    if gateway.clock_off:
        yield f"a clock {gateway.clock_off.total_seconds() / 60:g} min off is refused"


def told(secret: str) -> str:
    """All gateways, between the marks."""
    rows = [line for name, each in declarations().items() for line in lines(name, each, secret)]
    return "".join(f"{line}\n" for line in rows)


def written(text: str, secret: str) -> str:
    """A file's text with this block in place of the former. Raises ValueError where the marks are missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("the marks of the gateways are not there")
    return f"{before}{BEGIN}{told(secret)}{END}{after}"


def main() -> None:
    """Write them."""
    for file, secret in FILES.items():
        file.write_text(written(file.read_text("utf-8"), secret), "utf-8")


if __name__ == "__main__":
    main()
