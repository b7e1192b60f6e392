"""Liquidation: flags, auctions of slices, the waterfall of deficits, and protection against it.

With E for an account's equity at the marks, B for its bond and undrawn standby lines, and R_maint
and R_end for its requirements without resting orders: it is flagged below E + B = R_maint, its
slices are auctioned until E = R_end, and E + B < 0 is a deficit, paid at once.
"""
