"""The timelock: what it may do in the exchange happens only after everyone could see it coming."""

import pytest

from tests.support.abi import Reverted, codec, creation_code
from tests.support.backend import user_address
from tests.support.scene import STRANGER, Scene
from tests.support.soundness import all_storage
from tests.support.system import ADMIN, LISTING_ROLE

PROPOSER = user_address(0x71)
EXECUTOR = user_address(0x72)
DAY = 86_400
SALT = bytes(32)


class Lock:
    """A timelock of a day that holds the listing role."""

    def __init__(self, scene: Scene) -> None:
        self.system = scene.system
        code = creation_code("Timelock", DAY, [PROPOSER], [EXECUTOR])
        self.address = self.system.backend.deploy(ADMIN, code)
        call = (self.system.authority, "Authority", ADMIN, "grantRole", LISTING_ROLE)
        self.system.execute_on(*call, self.address, 0)
        self.operation = (
            self.system.exchange,
            0,
            codec("Exchange").encode("setOutflowLimit", 0, 500_000),
            SALT,
            SALT,
        )

    def call(self, sender: str, function: str, *arguments: object) -> None:
        data = codec("Timelock").encode(function, *arguments)
        result = self.system.backend.call(sender, self.address, data)
        if not result.ok:
            raise codec("Timelock", "Exchange").error(result.returned)

    def schedule(self, delay: int = DAY, sender: str = PROPOSER) -> None:
        self.call(sender, "schedule", *self.operation, delay)

    def execute(self, sender: str = EXECUTOR) -> None:
        self.call(sender, "execute", *self.operation)

    def refuses(self, error: str, sender: str, function: str, *arguments: object) -> None:
        """Expect a custom error, and that nothing has changed."""
        before = all_storage(self.system.backend)
        with pytest.raises(Reverted) as caught:
            self.call(sender, function, *arguments)
        assert caught.value.name == error
        assert all_storage(self.system.backend) == before


@pytest.fixture
def lock(scene: Scene) -> Lock:
    return Lock(scene)


def test_timelock_acts_after_its_delay(scene: Scene, lock: Lock) -> None:
    lock.schedule()
    scene.system.backend.set_time(scene.system.backend.time + DAY)
    lock.execute()
    assert scene.outflow().limit_ppm == 500_000


def test_timelock_does_not_act_before_its_delay(scene: Scene, lock: Lock) -> None:
    lock.schedule()
    scene.system.backend.set_time(scene.system.backend.time + DAY - 1)
    lock.refuses("TimelockUnexpectedOperationState", EXECUTOR, "execute", *lock.operation)


def test_timelock_does_not_act_unasked_or_twice(scene: Scene, lock: Lock) -> None:
    lock.refuses("TimelockUnexpectedOperationState", EXECUTOR, "execute", *lock.operation)
    lock.schedule()
    scene.system.backend.set_time(scene.system.backend.time + DAY)
    lock.execute()
    lock.refuses("TimelockUnexpectedOperationState", EXECUTOR, "execute", *lock.operation)


def test_timelock_refuses_a_shorter_delay(lock: Lock) -> None:
    late = (*lock.operation, DAY - 1)
    lock.refuses("TimelockInsufficientDelay", PROPOSER, "schedule", *late)


@pytest.mark.parametrize("sender", [STRANGER, ADMIN, EXECUTOR])
def test_timelock_takes_proposals_of_its_proposers_alone(lock: Lock, sender: str) -> None:
    asked = (*lock.operation, DAY)
    lock.refuses("AccessControlUnauthorizedAccount", sender, "schedule", *asked)


@pytest.mark.parametrize("sender", [STRANGER, ADMIN, PROPOSER])
def test_timelock_is_executed_by_its_executors_alone(scene: Scene, lock: Lock, sender: str) -> None:
    lock.schedule()
    scene.system.backend.set_time(scene.system.backend.time + DAY)
    lock.refuses("AccessControlUnauthorizedAccount", sender, "execute", *lock.operation)


def test_timelock_proposal_cancelled_is_never_executed(scene: Scene, lock: Lock) -> None:
    lock.schedule()
    topic = scene.system.backend.view(
        lock.address, codec("Timelock").encode("hashOperation", *lock.operation)
    )
    lock.refuses("AccessControlUnauthorizedAccount", STRANGER, "cancel", topic)
    lock.call(PROPOSER, "cancel", topic)
    scene.system.backend.set_time(scene.system.backend.time + DAY)
    lock.refuses("TimelockUnexpectedOperationState", EXECUTOR, "execute", *lock.operation)


def test_timelock_is_administered_by_nobody_but_itself(lock: Lock) -> None:
    """Neither its delay nor its roles change except through a proposal of its own."""
    for sender in (STRANGER, ADMIN, PROPOSER, EXECUTOR):
        lock.refuses("TimelockUnauthorizedCaller", sender, "updateDelay", 0)
        grant = ("grantRole", SALT, sender)
        lock.refuses("AccessControlUnauthorizedAccount", sender, *grant)
