// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {WorkOrder} from "../book/WorkOrder.sol";
import {AssetRisk, AssetRiskLib} from "../types/AssetRisk.sol";
import {BookWord} from "../types/BookWord.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";
import {RegistryWord} from "../types/RegistryWord.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Atlas} from "./Atlas.sol";
import {Valuation} from "./Valuation.sol";

/// @notice The flat margin of a perp: an upper bound on the initial requirement of an account that has cash and a position in
///         that perp alone. Cash that covers it is sure to pass {IRiskEngine.check}, which then need not be asked.
/// @dev Such an account has one leg, of worth M with its orders at their worst, and so
///      R_init = peg·(σ·β + ι + gp)·M + (ι + gp)·M² / depth + (1 − confidence)·M + free band of its orders. With M up to an
///      eighth of the depth, and the quote token at its peg, that is at most a flat rate times M and the free band. The rate
///      is in the book word, renewed whenever something changes that it is made of. Source: docs/atlas.md, flat margin.
library FlatMargin {
    /// @dev Part of the depth up to which the rate holds.
    uint256 private constant _DEPTH_DIVISOR = 8;
    uint256 private constant _BPS = 1e4;
    uint256 private constant _MILLI = 1e3;
    /// @dev What R_init may round up by: an atom each of its terms.
    uint256 private constant _ROUNDED = 4;
    uint256 private constant _FRACTION = (uint256(1) << PositionWordLib.FRACTION_BITS) - 1;

    /// @notice The book of an asset's perp with the flat margin that belongs to price and risk as they are now.
    function renewed(BookWord book, uint256 assetId) internal view returns (BookWord) {
        UnderlyingWord word = Valuation.underlying(assetId);
        RiskWord global = RiskWord.wrap(ExchangeStorage.load(ExchangeStorage.riskSlot()));
        AssetRisk risk = AssetRisk.wrap(word.risk());
        uint256 until = global.pegFactor() == _BPS ? Math.min(Valuation.goodUntil(word), type(uint32).max) : 0;
        unchecked {
            // Fields of 14 bits and less: a rate is below 2^16, and a limit below 2^13.
            uint256 own = risk.iota() + risk.perpExit();
            uint256 bps = (global.sigmaBps() * risk.beta() + _MILLI - 1) / _MILLI + own;
            bps += (own + _DEPTH_DIVISOR - 1) / _DEPTH_DIVISOR + _BPS - word.confidenceBps();
            uint256 depth = risk.depthAtoms() / AssetRiskLib.DEPTH_UNIT;
            return book.withFlatMargin(until, bps, depth == 0 ? type(uint16).max : depth / _DEPTH_DIVISOR);
        }
    }

    /// @notice Renew the flat margin of the perp of an asset, if it has one.
    function renew(uint256 assetId) internal {
        uint256 slot = ExchangeStorage.bookSlot(MarketId.perp(assetId));
        BookWord book = BookWord.wrap(ExchangeStorage.load(slot));
        if (book.isListed()) ExchangeStorage.store(slot, BookWord.unwrap(renewed(book, assetId)));
    }

    /// @notice Renew those of all perps.
    function renewAll() internal {
        uint256 count = RegistryWord.wrap(ExchangeStorage.load(ExchangeStorage.registrySlot())).assets();
        for (uint256 assetId = 1; assetId < count; ++assetId) {
            renew(assetId);
        }
    }

    /// @notice Whether the account of an order of a perp has cash and that perp alone, and cash for its flat margin.
    /// @param order Its market's words are current.
    function suffices(WorkOrder memory order) internal view returns (bool) {
        // Its word may have changed since the transaction began: an order may be the first in its market.
        if (!Accounts.load(order.accountId).usesOnly(order.usesMask)) return false;
        LedgerWord cash = LedgerWord.wrap(ExchangeStorage.load(ExchangeStorage.ledgerSlot(order.accountId, 0)));
        if (!cash.isCustody()) return false;
        PositionWord position = PositionWord.wrap(ExchangeStorage.load(order.openSlot));
        return covers(cash.balance(), order.book, order.mark, position);
    }

    /// @notice Whether cash covers the flat margin of a position and its orders, with its loss paid and its profit left out.
    /// @param cashAtoms Below 2^95 [quote atoms].
    function covers(int256 cashAtoms, BookWord book, MarkWord mark, PositionWord position)
        internal
        view
        returns (bool)
    {
        if (block.timestamp > book.flatUntil()) return false;
        int256 size = position.size();
        unchecked {
            // Sizes are below 2^36 and open totals below 2^40; a lot at the mark is below 2^80 with its fraction.
            (int256 bids, int256 asks) = (int256(position.openBids()), int256(position.openAsks()));
            uint256 lotUnits = mark.mark() * mark.tickValue();
            uint256 worth = uint256(SignedMath.max(size + bids, asks - size)) * lotUnits + _FRACTION;
            worth >>= PositionWordLib.FRACTION_BITS;
            if (worth > book.flatLimit() * AssetRiskLib.DEPTH_UNIT) return false;
            uint256 orders = (uint256(bids + asks) * lotUnits + _FRACTION) >> PositionWordLib.FRACTION_BITS;
            int256 funding = size == 0 ? int256(0) : mark.fundingTicksAt(block.timestamp);
            int256 units = PositionWordLib.unitsAt(size, position.cash(), mark.mark(), funding);
            int256 settled = cashAtoms + SignedMath.min(PositionWordLib.atomsDown(units, mark.tickValue()), 0);
            // Worths are below 2^97, profits below 2^128.
            uint256 needed = book.flatBps() * worth + Atlas.FREE_BAND_BPS * orders + _ROUNDED * _BPS;
            return settled * int256(_BPS) >= int256(needed);
        }
    }
}
