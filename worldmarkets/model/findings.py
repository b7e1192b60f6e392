"""What an audit finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A broken invariant: its id, the market, asset or account it is about, and what is wrong."""

    invariant: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.invariant} {self.subject}: {self.text}"
