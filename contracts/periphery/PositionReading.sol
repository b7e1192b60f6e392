// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {ILens} from "../interfaces/ILens.sol";
import {IPerpLens} from "../interfaces/IPerpLens.sol";
import {Atlas} from "../risk/Atlas.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PerpPoolWord} from "../types/PerpPoolWord.sol";
import {PoolTotalsWord} from "../types/PoolTotalsWord.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {AccountReading} from "./AccountReading.sol";
import {WordReader} from "./WordReader.sol";

/// @notice Positions of an account in perps, and what settling them would pay.
library PositionReading {
    using AccountReading for IExchange;
    using WordReader for IExchange;

    /// @dev Words read of a perp of an account.
    uint256 private constant _WORDS = 3;
    /// @dev Fraction of a tick that entries count in [bits].
    uint256 private constant _ENTRY_BITS = 10;

    /// @dev A position, and what its market says of it.
    struct Holding {
        uint256 marketId;
        PositionWord position;
        MarkWord mark;
        PerpPoolWord pool;
        /// @dev Funding index now [ticks·2^-24].
        int256 fundingTicks;
        /// @dev What the position would receive at the mark [tick-lots·2^-24].
        int256 profitUnits;
    }

    /// @notice See {IPerpLens.positions}.
    function positions(IExchange exchange, uint32 accountId) internal view returns (IPerpLens.Position[] memory found) {
        Holding[] memory holdings = _read(exchange, accountId);
        found = new IPerpLens.Position[](holdings.length);
        for (uint256 i = 0; i < holdings.length; ++i) {
            found[i] = _position(holdings[i]);
        }
    }

    /// @notice See {IPerpLens.trueUp}.
    function trueUp(IExchange exchange, uint32 accountId) internal view returns (IPerpLens.TrueUp[] memory found) {
        Holding[] memory holdings = _read(exchange, accountId);
        uint256 payable_ = _payableAtoms(exchange, accountId);
        found = new IPerpLens.TrueUp[](holdings.length);
        for (uint256 i = 0; i < holdings.length; ++i) {
            found[i] = _trueUp(holdings[i], payable_);
        }
    }

    /// @dev The perps that an account uses.
    function _read(IExchange exchange, uint32 accountId) private view returns (Holding[] memory holdings) {
        uint256[] memory ids = AccountReading.bits(exchange.load(accountId).perps());
        uint256[] memory slots = new uint256[](_WORDS * ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            slots[_WORDS * i] = ExchangeStorage.positionSlot(accountId, ids[i]);
            slots[_WORDS * i + 1] = ExchangeStorage.markSlot(MarketId.perp(ids[i]));
            slots[_WORDS * i + 2] = ExchangeStorage.perpPoolSlot(MarketId.perp(ids[i]));
        }
        uint256[] memory words = exchange.readWords(slots);
        holdings = new Holding[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            Holding memory holding = holdings[i];
            holding.marketId = MarketId.perp(ids[i]);
            holding.position = PositionWord.wrap(words[_WORDS * i]);
            holding.mark = MarkWord.wrap(words[_WORDS * i + 1]);
            holding.pool = PerpPoolWord.wrap(words[_WORDS * i + 2]);
            holding.fundingTicks = holding.mark.fundingTicksAt(block.timestamp);
            holding.profitUnits = _profitUnits(holding);
        }
    }

    /// @dev Size · (mark − funding) + cash. Cash counts modulo 2^96, and so does this.
    function _profitUnits(Holding memory holding) private pure returns (int256) {
        unchecked {
            // 36 bits times 65 bits. The mark is below 2^48; the last cast keeps the low 96 bits and extends their sign.
            int256 worth = holding.position.size() * (int256(holding.mark.mark()) - holding.fundingTicks);
            return int96(worth + holding.position.cash());
        }
    }

    function _position(Holding memory holding) private pure returns (IPerpLens.Position memory found) {
        PositionWord position = holding.position;
        // All fields have these widths; 96 bits times a tick value of 32, shifted by 24, are below 2^104.
        found.marketId = uint16(holding.marketId);
        (found.sizeLots, found.cashUnits) = (int40(position.size()), int96(position.cash()));
        (found.openBidLots, found.openAskLots) = (uint40(position.openBids()), uint40(position.openAsks()));
        (found.mark, found.fundingTicks) = (uint48(holding.mark.mark()), int64(holding.fundingTicks));
        found.profitAtoms = int128(_profitAtoms(holding));
    }

    function _trueUp(Holding memory holding, uint256 payable_) private pure returns (IPerpLens.TrueUp memory found) {
        int256 profit = _profitAtoms(holding);
        int256 funding = _fundingAtoms(holding);
        found.marketId = uint16(holding.marketId);
        // Profits are below 2^104 and funding is below 2^93.
        (found.profitAtoms, found.fundingAtoms) = (int128(profit), int128(funding));
        found.priceAtoms = int128(profit - funding);
        // The casts are safe behind the test of the sign; what is paid or drawn is no more than what there is.
        if (profit < 0) {
            found.paidAtoms = -int128(int256(Math.min(uint256(-profit), payable_)));
            return found;
        }
        (uint256 paid, uint256 cancelled) = _drawn(uint256(profit), holding.pool);
        (found.paidAtoms, found.cancelledAtoms) = (int128(int256(paid)), uint128(cancelled));
    }

    /// @dev What a profit draws, and what of it a shortfall cancels: in one, P / (P + Z) is paid, rounded down.
    function _drawn(uint256 profit, PerpPoolWord pool) private pure returns (uint256 paid, uint256 cancelled) {
        (uint256 cash, uint256 shortfall) = (pool.cash(), pool.shortfall());
        uint256 taken = Math.min(profit, cash + shortfall);
        if (shortfall == 0) return (taken, 0);
        // 81 bits times 80 bits; the shortfall is not zero.
        paid = taken * cash / (cash + shortfall);
        cancelled = taken - paid;
    }

    /// @dev What a position has made, rounded down [quote atoms].
    function _profitAtoms(Holding memory holding) private pure returns (int256) {
        unchecked {
            // 96 bits times 32 bits; the shift of a signed number rounds down.
            return (holding.profitUnits * int256(holding.mark.tickValue())) >> PositionWordLib.FRACTION_BITS;
        }
    }

    /// @dev Funding of the lots that are open since their entry, rounded towards zero [quote atoms].
    function _fundingAtoms(Holding memory holding) private pure returns (int256) {
        int256 moved = PositionWordLib.movedSince(holding.position.entry(), holding.fundingTicks);
        unchecked {
            // 36 bits times 34 bits times 32 bits.
            return
                -holding.position.size() * moved * int256(holding.mark.tickValue()) / int256(uint256(1) << _ENTRY_BITS);
        }
    }

    /// @dev What {IExchange.settle} can take of an account: its positive quote balance, of what is lent at most the cash of the
    ///      pool, and where something is owed no more than what all balances are worth together [quote atoms].
    function _payableAtoms(IExchange exchange, uint32 accountId) private view returns (uint256) {
        ILens.Holding[] memory holdings = exchange.account(accountId).holdings;
        if (holdings.length == 0 || holdings[0].balanceAtoms <= 0) return 0;
        // The quote asset comes first, as it is in use wherever another is; its balance is positive.
        uint256 has = uint256(int256(holdings[0].balanceAtoms));
        if (holdings[0].isLent) {
            uint256 totals = exchange.readWord(ExchangeStorage.poolTotalsSlot(0));
            has = Math.min(has, PoolTotalsWord.wrap(totals).cash());
        }
        (int256 worth, bool owes) = _worthOf(exchange, holdings);
        if (!owes) return has;
        // The cast is safe behind the test of the sign.
        return worth <= 0 ? 0 : Math.min(has, uint256(worth));
    }

    /// @dev What balances are worth together, each rounded down, and whether one of them is a debt. As the exchange reckons.
    function _worthOf(IExchange exchange, ILens.Holding[] memory holdings)
        private
        view
        returns (int256 worthAtoms, bool owes)
    {
        uint256[] memory slots = new uint256[](holdings.length);
        for (uint256 i = 0; i < holdings.length; ++i) {
            slots[i] = ExchangeStorage.underlyingSlot(holdings[i].assetId);
        }
        uint256[] memory words = exchange.readWords(slots);
        worthAtoms = holdings[0].balanceAtoms;
        for (uint256 i = 1; i < holdings.length; ++i) {
            int256 atoms = holdings[i].balanceAtoms;
            if (atoms < 0) owes = true;
            worthAtoms += Atlas.valueDown(atoms, UnderlyingWord.wrap(words[i]).price());
        }
    }
}
