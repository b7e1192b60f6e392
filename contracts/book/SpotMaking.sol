// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {BookWord} from "../types/BookWord.sol";
import {Lane} from "../types/Lane.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {LendingCall} from "../lending/LendingCall.sol";
import {RiskCheck} from "../risk/RiskCheck.sol";
import {Fees} from "./Fees.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice The maker's side of a spot trade: what he can pay, whether he keeps his margin, and his two words.
library SpotMaking {
    using LendingCall for address;
    using RiskCheck for address;

    // Enums are handled as numbers: the compiler validates them again each time they are compared as such.
    uint256 private constant _UNPAYABLE = uint256(IExchange.Removal.UNPAYABLE);
    uint256 private constant _OUTSIDE_BAND = uint256(IExchange.Removal.OUTSIDE_BAND);
    uint256 private constant _DUST = uint256(IExchange.Removal.DUST);
    uint256 private constant _BELOW_MARGIN = uint256(IExchange.Removal.BELOW_MARGIN);
    uint256 private constant _FROZEN = uint256(IExchange.Removal.FROZEN);

    /// @notice Decide how much of a maker order trades and whether it stays, and write its account's words once.
    /// @return lots Lots that trade.
    /// @return gone Whether the order leaves the book.
    /// @return reason Why, if it leaves with lots that did not trade: a number of {IExchange.Removal}.
    function settle(WorkOrder memory taker, Lane lane) internal returns (uint256 lots, bool gone, uint256 reason) {
        BookWord book = taker.book;
        bool isAsk = !taker.isAsk;
        uint256 quoteSlot = ExchangeStorage.ledgerSlot(lane.account(), 0);
        uint256 baseSlot = quoteSlot | MarketId.base(taker.marketId);
        LedgerWord quote = LedgerWord.wrap(ExchangeStorage.load(quoteSlot));
        LedgerWord base = LedgerWord.wrap(ExchangeStorage.load(baseSlot));
        unchecked {
            // Lots are below 2^40, their price below 2^56 and their atoms below 2^64: nothing in here overflows.
            reason = _DUST;
            uint256 whole = lane.lots();
            bool isChecked = taker.isBeyond;
            // 1. What trades: nothing outside the band, and no more than the maker's account can pay.
            if (taker.lotPrice == 0) {
                (gone, reason) = (true, _OUTSIDE_BAND);
            } else {
                uint256 wanted = taker.lotsLeft;
                lots = whole < wanted ? whole : wanted;
                LedgerWord paying = isAsk ? base : quote;
                uint256 payableLots = isAsk
                    ? wholeLots(paying.balance(), book.atomsPerLot())
                    : Fees.payableLots(paying.balance(), taker.lotPrice, book.makerPpm());
                if (payableLots < lots || paying.isLentOrFrozen()) {
                    // Where one word of an account is frozen all are.
                    if (paying.isFrozen()) {
                        (lots, gone, reason) = (0, true, _FROZEN);
                    } else {
                        uint256 ownLots;
                        (payableLots, ownLots) = _reachOf(taker, lane.account(), isAsk);
                        if (payableLots < lots) (lots, gone, reason) = (payableLots, true, _UNPAYABLE);
                        // Whoever needed no margin when he ordered has reserved none.
                        isChecked = isChecked || (ownLots < lots && paying.balance() >= 0);
                    }
                }
            }
            // 2. Whether it stays: not if it was cut, and not as dust; nor if its account would lack margin.
            if (whole - lots < book.minLots()) gone = true;
            if (isChecked) {
                if (lots != 0) {
                    if (taker.checksLeft == 0) {
                        // The taker stops before what he could not have checked.
                        taker.fillsLeft = 1;
                        return (0, false, 0);
                    }
                    --taker.checksLeft;
                    if (!_keepsMargin(taker, lane, lots, gone ? whole : lots)) {
                        (lots, gone, reason) = (0, true, _BELOW_MARGIN);
                    }
                }
            }
            // 3. Its account: the open total falls by what traded, and by the rest if the order goes.
            base = base.close(isAsk, (gone ? whole : lots) * book.atomsPerLot());
            if (lots != 0) {
                int256 baseAtoms = int256(lots * book.atomsPerLot());
                uint256 notional = lots * taker.lotPrice;
                int256 fee = Fees.feeUp(notional, book.makerPpm());
                int256 quoteAtoms = int256(notional);
                if (isAsk) baseAtoms = -baseAtoms;
                else quoteAtoms = -quoteAtoms;
                quoteAtoms -= fee;
                LedgerWord newBase = base.add(baseAtoms);
                LedgerWord newQuote = quote.add(quoteAtoms);
                if (base.stayCustody(quote, newBase, newQuote)) {
                    base = newBase;
                    ExchangeStorage.store(quoteSlot, LedgerWord.unwrap(newQuote.touched()));
                } else {
                    base = _moveThroughPools(taker, baseSlot, base, baseAtoms, quoteAtoms);
                }
                // Sums of at most 64 fills.
                taker.notionalAtoms += notional;
                taker.makerFeeAtoms += fee;
                taker.lastTick = taker.makerTick;
                ++taker.sequence;
            }
            ExchangeStorage.store(baseSlot, LedgerWord.unwrap(base));
        }
    }

    /// @dev Settle a maker of whom something is lent or owed, before the fill or after it.
    /// @param slot Of the base word, from which the account is told.
    /// @return The base word after it.
    function _moveThroughPools(
        WorkOrder memory taker,
        uint256 slot,
        LedgerWord base,
        int256 baseAtoms,
        int256 quoteAtoms
    ) private returns (LedgerWord) {
        ExchangeStorage.store(slot, LedgerWord.unwrap(base));
        uint256 accountId = ExchangeStorage.accountOf(slot);
        taker.lendingModule.moveBalance(accountId, MarketId.base(taker.marketId), baseAtoms);
        taker.lendingModule.moveBalance(accountId, 0, quoteAtoms);
        return LedgerWord.wrap(ExchangeStorage.load(slot));
    }

    /// @dev How many lots a maker can pay for by all he has, in custody or lent, and can borrow; and without borrowing.
    function _reachOf(WorkOrder memory taker, uint256 accountId, bool isAsk)
        private
        returns (uint256 payableLots, uint256 ownLots)
    {
        (uint256 most, uint256 has) = taker.lendingModule.reachOf(accountId, isAsk ? MarketId.base(taker.marketId) : 0);
        (payableLots, ownLots) = (_lotsOf(taker, isAsk, most), _lotsOf(taker, isAsk, has));
    }

    /// @dev Lots that some atoms, below 2^97, are or pay for.
    function _lotsOf(WorkOrder memory taker, bool isAsk, uint256 atoms) private pure returns (uint256) {
        if (isAsk) return atoms / taker.book.atomsPerLot();
        return Fees.payableLots(int256(atoms), taker.lotPrice, taker.book.makerPpm());
    }

    /// @dev Whether a maker keeps his margin when `lots` trade at the present level and `closed` lots are no longer open.
    function _keepsMargin(WorkOrder memory taker, Lane lane, uint256 lots, uint256 closed) private returns (bool) {
        unchecked {
            // 40 bits times 64 bits, and 40 times 56.
            int256 closing = -int256(closed * taker.book.atomsPerLot());
            int256 atoms = int256(lots * taker.book.atomsPerLot());
            uint256 notional = lots * taker.lotPrice;
            int256 fee = Fees.feeUp(notional, taker.book.makerPpm());
            bool isAsk = !taker.isAsk;
            return taker.riskEngine
                .makerFits(
                    lane.account(),
                    taker.marketId,
                    isAsk ? -atoms : atoms,
                    isAsk ? int256(0) : closing,
                    isAsk ? closing : int256(0),
                    isAsk ? int256(notional) - fee : -int256(notional) - fee
                );
        }
    }

    /// @notice Whole lots in a balance; none in a negative one.
    function wholeLots(int256 balanceAtoms, uint256 atomsPerLot) internal pure returns (uint256) {
        // The cast is safe behind the test of the sign.
        return balanceAtoms <= 0 ? 0 : uint256(balanceAtoms) / atomsPerLot;
    }
}
