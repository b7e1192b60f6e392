"""What the exchange calls: tokens and price feeds, modelled as the plain ones of the project."""

from worldmarkets.model.errors import ERC20InsufficientAllowance, ERC20InsufficientBalance
from worldmarkets.model.state import Journal

UNLIMITED = 2**256 - 1


class Token:
    """An ERC-20 of which anyone may draw; addresses are integers, amounts token units."""

    def __init__(self, address: int, decimals: int) -> None:
        self.address = address
        self.decimals = decimals
        self.balances: dict[int, int] = {}
        self.allowances: dict[tuple[int, int], int] = {}

    def draw(self, holder: int, token_units: int) -> None:
        """Make tokens for a holder."""
        self.balances[holder] = self.balance_of(holder) + token_units

    def approve(self, holder: int, spender: int, token_units: int) -> None:
        """Let a spender pull tokens of a holder."""
        self.allowances[holder, spender] = token_units

    def balance_of(self, holder: int) -> int:
        """Return what a holder has."""
        return self.balances.get(holder, 0)

    def transfer(self, journal: Journal, sender: int, to: int, token_units: int) -> None:
        """Move tokens; raises ERC20InsufficientBalance."""
        balance = self.balance_of(sender)
        if balance < token_units:
            raise ERC20InsufficientBalance(sender, balance, token_units)
        journal.set(self.balances, sender, balance - token_units)
        journal.set(self.balances, to, self.balance_of(to) + token_units)

    def transfer_from(
        self, journal: Journal, spender: int, sender: int, to: int, token_units: int
    ) -> None:
        """Move tokens from an allowance; raises ERC20InsufficientAllowance or …Balance."""
        allowance = self.allowances.get((sender, spender), 0)
        if allowance < token_units:
            raise ERC20InsufficientAllowance(spender, allowance, token_units)
        if allowance != UNLIMITED:
            journal.set(self.allowances, (sender, spender), allowance - token_units)
        self.transfer(journal, sender, to, token_units)


class PostedPriceFeed:
    """A feed of posted prices [1e-18 dollars a whole token, seconds]."""

    def __init__(self, address: int) -> None:
        self.address = address
        self._posted: dict[int, tuple[int, int]] = {}

    def post(self, asset_id: int, price: int, time: int) -> None:
        """Post the price of an asset, made at `time`."""
        self._posted[asset_id] = (price, time)

    def latest_price(self, asset_id: int) -> tuple[int, int]:
        """Return the newest price and its time, zeros before the first."""
        return self._posted.get(asset_id, (0, 0))
