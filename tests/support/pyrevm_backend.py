"""The in-process EVM. Its gas is wrong across calls, so results carry none."""

from pyrevm import EVM, BlockEnv

from tests.support.backend import START_TIME, CallFailedError, Log, Result

_GAS = 2**40
_RICH = 10**30


class PyrevmBackend:
    """`Backend` on pyrevm."""

    def __init__(self) -> None:
        self._evm = EVM(spec_id="PRAGUE", gas_limit=_GAS)
        self._rich: set[str] = set()
        self._time = 0
        self.set_time(START_TIME)

    @property
    def time(self) -> int:
        return self._time

    def set_time(self, timestamp: int) -> None:
        assert timestamp >= self._time, "time does not run backwards"
        self._time = timestamp
        self._evm.set_block_env(BlockEnv(timestamp=timestamp))

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> Result:
        if value:
            self._fund(sender)
        try:
            returned = self._evm.message_call(
                caller=sender, to=to, calldata=data, value=value, gas=_GAS
            )
        except RuntimeError as error:
            return Result(False, _revert_data(error))
        finally:
            # One machine is one transaction to pyrevm: a transient lock would stay taken.
            self._evm.reset_transient_storage()
        return Result(True, returned, tuple(map(_log, self._evm.result.logs)))

    def view(self, to: str, data: bytes) -> bytes:
        try:
            return self._evm.message_call(
                caller="0x" + "00" * 20, to=to, calldata=data, gas=_GAS, is_static=True
            )
        except RuntimeError as error:
            raise CallFailedError(_revert_data(error)) from None
        finally:
            self._evm.reset_transient_storage()

    def deploy(self, sender: str, bytecode: bytes) -> str:
        try:
            return self._evm.deploy(sender, bytecode, gas=_GAS).lower()
        except RuntimeError as error:
            raise CallFailedError(_revert_data(error)) from None
        finally:
            self._evm.reset_transient_storage()

    def set_word(self, address: str, slot: int, word: int) -> None:
        """Write a storage word of a contract, past its code."""
        self._evm.insert_account_storage(address, slot, word)

    def word(self, address: str, slot: int) -> int:
        """Read a storage word of a contract, past its code."""
        return int(self._evm.storage(address, slot))

    def snapshot(self) -> object:
        return self._evm.snapshot(), self._time, set(self._rich)

    def revert(self, snapshot: object) -> None:
        checkpoint, self._time, self._rich = snapshot
        self._evm.revert(checkpoint)
        self._evm.set_block_env(BlockEnv(timestamp=self._time))

    def _fund(self, address: str) -> None:
        if address not in self._rich:
            self._evm.set_balance(address, _RICH)
            self._rich.add(address)


def _log(log: object) -> Log:
    topics, data = log.data
    return Log(log.address.lower(), tuple(topics), data)


def _revert_data(error: RuntimeError) -> bytes:
    """Find the revert data in pyrevm's text: `Revert { gas_used: 1, output: 0x… }`."""
    text = str(error)
    if not text.startswith("Revert"):
        raise AssertionError(f"the EVM halted: {text}") from error
    return bytes.fromhex(text.split("output: 0x")[1].split(" ", maxsplit=1)[0])
