"""How keepers send: tried without sending first, then until it is in a block."""

from typing import Protocol

from worldmarkets.client.errors import contract_error
from worldmarkets.transactions import Receipt, Request, RevertedError, SteadySender
from worldmarkets.transactions.sender import call


class Sending(Protocol):
    """Whoever sends transactions."""

    def execute(self, request: Request) -> Receipt:
        """Send one transaction and wait until it is in a block.

        Raises:
            ContractError: it reverts.
            WorldMarketsError: it did not get there.
        """


class KeySending:
    """Sends with a key. What would revert is not sent, and costs nothing."""

    def __init__(self, sender: SteadySender) -> None:
        self._sender = sender

    def execute(self, request: Request) -> Receipt:
        """Send one transaction and wait until it is in a block.

        Raises:
            ContractError: it reverts, on trial or, as others came before it, in its block.
            WorldMarketsError: whatever `SteadySender.execute` raises.
        """
        sender = self._sender
        try:
            if request.to is not None:
                value_wei = request.value_wei
                call(sender.rpc, request.to, request.data, sender.address, value_wei=value_wei)
            return sender.execute(request)
        except RevertedError as error:
            raise contract_error(error.data) from error
