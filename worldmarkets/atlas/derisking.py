"""What an account below R_init may still do."""

from worldmarkets.atlas.margin import Health


def is_derisking(before: Health, after: Health) -> bool:
    """Return whether an execution may pass although R_init is not met after it.

    With R for R_init and E for equity, a dash for after: R must fall; from E >= 0 the ratio E/R
    must not fall and E not become negative, from E < 0 the hole must not grow. `before` is the
    state after the action's own cancels. That E - R does not fall would not do: from E = 5 and
    R = 10, closing everything at a loss of 10 leaves a hole of 5.
    """
    if after.initial >= before.initial:
        return False
    if before.equity < 0:
        return after.equity >= before.equity
    return after.equity >= 0 and after.equity * before.initial >= before.equity * after.initial


def may_rest_reducing(before: Health, after: Health) -> bool:
    """Return whether a reduce-only order may rest although R_init is not met.

    It must neither raise R_init nor lower the equity.
    """
    return after.initial <= before.initial and after.equity >= before.equity


def passes(before: Health, after: Health) -> bool:
    """Return whether an execution passes: R_init is met after it, or it is a de-risking one."""
    return after.free >= 0 or is_derisking(before, after)
