"""A line of an audit: one invariant of one asset, market or set of accounts."""

from dataclasses import dataclass

from worldmarkets.model.findings import Finding

_MANY_FINDINGS = 5


@dataclass(frozen=True)
class AuditRow:
    """One invariant of one asset, market or account: what was checked, and what is wrong."""

    invariant: str
    subject: str
    checked: str
    findings: tuple[Finding, ...]

    @property
    def passes(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def lines(self) -> list[str]:
        """Return the row as text, findings below it."""
        verdict = "holds" if self.passes else "BROKEN"
        first = f"{self.invariant}  {self.subject:<11} {verdict:<7} {self.checked}"
        more = [f"    {finding}" for finding in self.findings[:_MANY_FINDINGS]]
        if len(self.findings) > _MANY_FINDINGS:
            more.append(f"    and {len(self.findings) - _MANY_FINDINGS} more")
        return [first, *more]


def tokens(units: int, decimals: int) -> str:
    """Return token units as whole tokens, exact."""
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), 10**decimals)
    fraction = f"{rest:0{decimals}}".rstrip("0") if rest else ""
    return f"{sign}{whole:,}{'.' if fraction else ''}{fraction}"
