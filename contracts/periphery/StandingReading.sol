// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {ILiquidationLens} from "../interfaces/ILiquidationLens.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {AuctionPrice} from "../liquidation/AuctionPrice.sol";
import {Standing} from "../liquidation/Standing.sol";
import {Atlas} from "../risk/Atlas.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {AssetRisk, AssetRiskLib} from "../types/AssetRisk.sol";
import {AuctionWord} from "../types/AuctionWord.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PoolIndexWord} from "../types/PoolIndexWord.sol";
import {PoolTotalsWord} from "../types/PoolTotalsWord.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {AccountReading} from "./AccountReading.sol";
import {ProtectionReading} from "./ProtectionReading.sol";
import {WordReader} from "./WordReader.sol";

/// @notice Where accounts stand, and what they cost in their auctions.
/// @dev Equity and requirements are those of {IExchange.previewMargin}; what it does not tell, the legs, is reckoned here as
///      {Standing} does.
library StandingReading {
    using AccountReading for IExchange;
    using Atlas for Atlas.Sums;
    using ProtectionReading for IExchange;
    using Standing for Standing.Account;
    using WordReader for IExchange;

    /// @notice How many assets and perps, counted for each account that uses them, are read at once, where each account counts
    ///         as {ACCOUNT_WEIGHT} more.
    uint256 internal constant MAX_WEIGHT = 800;
    /// @notice What an account costs beside its assets and perps, in those.
    uint256 internal constant ACCOUNT_WEIGHT = 3;

    /// @dev Words read of an asset of an account.
    uint256 private constant _WORDS = 6;
    /// @dev Where R_init is cut, whose term of size grows with the square of what there is [quote atoms].
    uint256 private constant _MAX_INITIAL = 1 << 126;

    /// @notice See {ILiquidationLens.standing}.
    function standing(IExchange exchange, uint32 accountId)
        internal
        view
        returns (ILiquidationLens.Standing memory found)
    {
        return _standing(exchange, accountId, exchange.load(accountId));
    }

    /// @notice See {ILiquidationLens.accounts}; the limit is already cut.
    function accounts(IExchange exchange, uint256 fromId, uint256 limit, ILiquidationLens.Level level)
        internal
        view
        returns (ILiquidationLens.Standing[] memory page, uint32 nextId)
    {
        uint256 end = exchange.readRegistry().accounts() + 1;
        if (fromId == 0) fromId = 1;
        if (fromId >= end) return (page, 0);
        uint256 count = Math.min(limit, end - fromId);
        uint256[] memory words = _accountWords(exchange, fromId, count);
        count = _within(words);
        page = new ILiquidationLens.Standing[](count);
        uint256 found;
        for (uint256 i = 0; i < count; ++i) {
            // Ids of accounts have 32 bits.
            ILiquidationLens.Standing memory one = _standing(exchange, uint32(fromId + i), AccountWord.wrap(words[i]));
            if (_isWanted(one, level)) page[found++] = one;
        }
        assembly ("memory-safe") {
            // The count is at most the length; what is cut off stays unused.
            mstore(page, found)
        }
        // Below the end, so 32 bits.
        if (fromId + count < end) nextId = uint32(fromId + count);
    }

    function _accountWords(IExchange exchange, uint256 fromId, uint256 count)
        private
        view
        returns (uint256[] memory words)
    {
        uint256[] memory slots = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            slots[i] = ExchangeStorage.accountSlot(fromId + i);
        }
        return exchange.readWords(slots);
    }

    /// @dev How many of these accounts, at least one, use no more than may be read at once.
    function _within(uint256[] memory words) private pure returns (uint256 count) {
        uint256 weight;
        for (; count < words.length; ++count) {
            AccountWord word = AccountWord.wrap(words[count]);
            weight += ACCOUNT_WEIGHT + LibBit.popCount(word.assets()) + LibBit.popCount(word.perps());
            if (weight > MAX_WEIGHT && count != 0) return count;
        }
    }

    function _isWanted(ILiquidationLens.Standing memory one, ILiquidationLens.Level level) private pure returns (bool) {
        if (one.isFlagged || !one.isLive) return true;
        if (one.isPaid || level == ILiquidationLens.Level.FLAGGED) return false;
        if (level == ILiquidationLens.Level.ALL) return true;
        if (level == ILiquidationLens.Level.ZERO) return one.equityAtoms < 0;
        if (level == ILiquidationLens.Level.MAINTENANCE) return one.toMaintenanceAtoms < 0;
        return level == ILiquidationLens.Level.END ? one.toEndAtoms < 0 : one.toInitialAtoms < 0;
    }

    function _standing(IExchange exchange, uint32 accountId, AccountWord word)
        private
        view
        returns (ILiquidationLens.Standing memory found)
    {
        // The exchange passes it on to its risk engine, which changes nothing.
        IRiskEngine engine = IRiskEngine(address(exchange));
        (IExchange.Margin memory margin,) = engine.previewMargin(accountId, new IExchange.MarginChange[](0));
        Standing.Account memory account = _legs(exchange, accountId, word);
        account.equity = margin.equityAtoms;
        (account.maintenance, account.end) = (margin.maintenanceAtoms, margin.endAtoms);
        found.accountId = accountId;
        (found.isFlagged, found.isLive) = (word.isFlagged(), word.isLive());
        _setLevels(found, account, Math.min(margin.initialAtoms, _MAX_INITIAL));
        if (word.isProtected()) found.lockedAtoms = uint128(exchange.locked(accountId));
        if (word.owes()) {
            // Of three fields of 80 bits.
            (uint256 claims, uint256 drawn) = exchange.owed(accountId);
            (found.claimAtoms, found.drawnAtoms) = (uint128(claims), uint128(drawn));
        }
        _setAuction(found, account, AuctionWord.wrap(exchange.readWord(ExchangeStorage.auctionSlot(accountId))));
    }

    /// @dev Worths of an asset are below 2^104, so equities and requirements but the initial one are below 2^112.
    function _setLevels(ILiquidationLens.Standing memory found, Standing.Account memory account, uint256 initial)
        private
        pure
    {
        found.isPaid = account.isPaid;
        found.equityAtoms = int128(account.equity);
        found.initialAtoms = uint128(initial);
        (found.endAtoms, found.maintenanceAtoms) = (uint128(account.end), uint128(account.maintenance));
        found.toInitialAtoms = int128(account.equity - int256(initial));
        found.toEndAtoms = int128(account.equity - int256(account.end));
        found.toMaintenanceAtoms = int128(account.equity - int256(account.maintenance));
        (found.exitCostAtoms, found.grossAtoms) = (uint128(account.exitCost), uint128(account.gross));
    }

    function _setAuction(ILiquidationLens.Standing memory found, Standing.Account memory account, AuctionWord auction)
        private
        view
    {
        found.isInDeficit = auction.isInDeficit();
        // Times of 32 bits.
        (found.windowEnd, found.clockStart) = (uint32(auction.windowEnd()), uint32(auction.clockStart()));
        if (!found.isFlagged || account.isProtected(found.lockedAtoms)) return;
        int256 price = AuctionPrice.whole(account, Math.saturatingSub(block.timestamp, auction.clockStart()));
        // Prices are not above equities; fractions are at most 1e6.
        (found.priceAtoms, found.feeAtoms) = (int128(price), uint128(AuctionPrice.fee(account, price)));
        found.leastPpm = uint32(AuctionPrice.least(account.gross));
        found.mostPpm = uint32(AuctionPrice.most(account, price));
    }

    /// @dev What a standing needs of an account's legs: cost of getting out, worth, and whether it is paid. Orders do not count.
    function _legs(IExchange exchange, uint32 accountId, AccountWord account)
        private
        view
        returns (Standing.Account memory found)
    {
        uint256[] memory ids = AccountReading.bits(account.assets() | account.perps() | 1);
        uint256[] memory words = exchange.readWords(_slots(accountId, ids));
        found.isPaid = account.perps() == 0;
        Atlas.Sums memory sums;
        Atlas.Sums memory worth;
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 at = _WORDS * i;
            int256 atoms = AccountReading.atomsOf(
                LedgerWord.wrap(words[at]), PoolIndexWord.wrap(words[at + 1]), PoolTotalsWord.wrap(words[at + 2])
            );
            if (atoms < 0) found.isPaid = false;
            if (ids[i] == 0) continue;
            UnderlyingWord underlying = UnderlyingWord.wrap(words[at + 3]);
            PositionWord position = PositionWord.wrap(words[at + 4]);
            // What is left in the word of a perp that is not used is nothing.
            _add(sums, worth, underlying, atoms, position, MarkWord.wrap(words[at + 5]));
        }
        // Without the shock no parameter of all assets counts.
        found.exitCost = sums.requirement(RiskWord.wrap(0), 0);
        found.gross = worth.exit;
    }

    /// @dev Legs at a cost of getting out of one for one: then that cost is what they are worth. As {Standing} does.
    function _add(
        Atlas.Sums memory sums,
        Atlas.Sums memory worth,
        UnderlyingWord underlying,
        int256 atoms,
        PositionWord position,
        MarkWord mark
    ) private pure {
        (int256 low, int256 high) =
            (Atlas.valueDown(atoms, underlying.price()), Atlas.valueUp(atoms, underlying.price()));
        // Sizes of 36 bits times marks of 48 and tick values of 32; a shift of a signed number rounds down.
        int256 units = position.size() * int256(mark.mark() * mark.tickValue());
        int256 perpLow = units >> PositionWordLib.FRACTION_BITS;
        int256 perpHigh = -(-units >> PositionWordLib.FRACTION_BITS);
        AssetRisk unit = AssetRiskLib.create(0, 0, 0, 1, 1, 0);
        sums.add(AssetRisk.wrap(underlying.risk()), underlying.confidenceBps(), low, high, perpLow, perpHigh);
        worth.add(unit, underlying.confidenceBps(), low, high, perpLow, perpHigh);
    }

    function _slots(uint256 accountId, uint256[] memory ids) private pure returns (uint256[] memory slots) {
        slots = new uint256[](_WORDS * ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            uint256 at = _WORDS * i;
            slots[at] = ExchangeStorage.ledgerSlot(accountId, ids[i]);
            slots[at + 1] = ExchangeStorage.poolIndexSlot(ids[i]);
            slots[at + 2] = ExchangeStorage.poolTotalsSlot(ids[i]);
            slots[at + 3] = ExchangeStorage.underlyingSlot(ids[i]);
            slots[at + 4] = ExchangeStorage.positionSlot(accountId, ids[i]);
            slots[at + 5] = ExchangeStorage.markSlot(MarketId.perp(ids[i]));
        }
    }
}
