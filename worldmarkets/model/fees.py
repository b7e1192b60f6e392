"""Fees in parts per million of notional, rounded against whoever pays or receives them."""

PPM = 10**6


def divide_up(numerator: int, denominator: int) -> int:
    """Return the quotient of two numbers that are not negative, rounded up."""
    return -(-numerator // denominator)


def fee_up(notional_atoms: int, ppm: int) -> int:
    """Return the fee on a notional: a charge rounded up, a rebate (negative) down in size."""
    if ppm >= 0:
        return divide_up(notional_atoms * ppm, PPM)
    return -(notional_atoms * -ppm // PPM)


def payable_lots(cash_atoms: int, lot_price_atoms: int, ppm: int, wanted_lots: int) -> int:
    """Return how many of `wanted_lots` a buyer can pay, price and fee, from his cash."""

    def can_pay(lots: int) -> bool:
        notional = lots * lot_price_atoms
        return notional + fee_up(notional, ppm) <= cash_atoms

    low, high = 0, wanted_lots
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if can_pay(middle) else (low, middle - 1)
    return low
