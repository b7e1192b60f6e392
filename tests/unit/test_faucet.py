"""The test token."""

from tests.support.abi import creation_code
from tests.support.scene import MAKER, STRANGER
from tests.support.system import ADMIN, System


def test_draw_makes_tokens_for_the_caller_only(system: System) -> None:
    token = system.tokens[0]
    supply = system.view(token, "FaucetToken", "totalSupply")[0]
    system.execute_on(token, "FaucetToken", MAKER, "draw", 5)
    assert system.token_balance(0, MAKER) == 5
    assert system.token_balance(0, STRANGER) == 0
    assert system.view(token, "FaucetToken", "totalSupply") == (supply + 5,)


def test_decimals_are_those_of_its_creation(system: System) -> None:
    for decimals in (0, 6, 18, 255):
        token = system.backend.deploy(ADMIN, creation_code("FaucetToken", "N", "S", decimals))
        assert system.view(token, "FaucetToken", "decimals") == (decimals,)
        assert system.view(token, "FaucetToken", "symbol") == ("S",)
