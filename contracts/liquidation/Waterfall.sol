// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {AuctionWord} from "../types/AuctionWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Holdings} from "../risk/Holdings.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";
import {Attribution} from "./Attribution.sol";
import {Funds} from "./Funds.sol";
import {Losses} from "./Losses.sol";
import {Protections} from "./Protections.sol";

/// @notice Who pays what an account does not have: bond, standby lines, insurance fund, backstop, and at last those who are owed.
/// @dev Nothing in here reverts for want of money: what a step does not pay the next one does. Invariant: LIQ-2.
library Waterfall {
    /// @notice What each step has paid [quote atoms].
    struct Paid {
        uint256 bond;
        uint256 lines;
        uint256 insurance;
        uint256 backstop;
        /// @dev Paid by the insurance fund in the asset that was owed, valued.
        uint256 inKind;
        /// @dev Left to whoever draws profit of the perps.
        uint256 shortfall;
        /// @dev Left to lenders.
        uint256 loss;
    }

    /// @notice Recognise a deficit: the account is worth nothing afterwards, and its portfolio is as it was.
    /// @param deficit What it is worth below zero, without what is locked for it [quote atoms].
    /// @param locked What is locked for it, less than the deficit [quote atoms].
    function recognise(uint256 accountId, uint256 deficit, uint256 locked) internal {
        Holdings.Holding[] memory holdings = Holdings.read(accountId);
        Attribution.Part[] memory parts = Attribution.ofDeficit(holdings, deficit, deficit - locked);
        Paid memory paid;
        // 1. What was locked for it.
        (paid.bond, paid.lines) = Protections.spend(accountId, locked);
        // 2. Each part by the funds, and what they do not pay by those who are owed.
        for (uint256 i = 0; i < parts.length; ++i) {
            uint256 cause = parts[i].cause;
            uint256 left = _drawFunds(paid, cause, parts[i].atoms);
            if (left == 0) continue;
            if (MarketId.isPerp(cause)) {
                paid.shortfall += Losses.addShortfall(accountId, accountId, cause, left);
            } else {
                (uint256 inKind, uint256 loss) = Losses.forgive(accountId, cause, left);
                paid.inKind += inKind;
                paid.loss += loss;
            }
        }
        // 3. What was paid comes to its balance, and stays a claim on it.
        Balances.add(accountId, 0, int256(paid.bond + paid.lines + paid.insurance + paid.backstop));
        Protections.addClaims(accountId, paid.insurance + paid.inKind, paid.backstop);
        _noteDeficit(accountId);
        _log(accountId, deficit, paid);
    }

    /// @notice Pay whoever takes a slice for what it costs to get out of it.
    /// @param holdings What the account had before: what nobody pays becomes a shortfall of its perps, in proportion to their legs.
    /// @return given What he got [quote atoms].
    function payBidder(uint256 accountId, uint256 bidderId, uint256 atoms, Holdings.Holding[] memory holdings)
        internal
        returns (uint256 given)
    {
        Paid memory paid;
        (paid.bond, paid.lines) = Protections.spend(accountId, atoms);
        uint256 left = _drawFunds(paid, Funds.BIDDERS, atoms - paid.bond - paid.lines);
        given = atoms - left;
        if (given != 0) Balances.add(bidderId, 0, int256(given));
        if (left != 0) {
            Attribution.Part[] memory parts = Attribution.ofLegs(holdings, left);
            for (uint256 i = 0; i < parts.length; ++i) {
                if (parts[i].atoms == 0 || !_uses(bidderId, parts[i].cause)) continue;
                paid.shortfall += Losses.addShortfall(bidderId, accountId, parts[i].cause, parts[i].atoms);
            }
            given += paid.shortfall;
        }
        Protections.addClaims(accountId, paid.insurance, paid.backstop);
        _log(accountId, atoms, paid);
    }

    /// @dev Let the funds pay what they may.
    /// @return What is left.
    function _drawFunds(Paid memory paid, uint256 cause, uint256 atoms) private returns (uint256) {
        if (atoms == 0) return 0;
        (uint256 insurance, uint256 backstop) = Funds.draw(cause, atoms);
        paid.insurance += insurance;
        paid.backstop += backstop;
        return atoms - insurance - backstop;
    }

    /// @dev Whether an account uses a perp: then its position word counts.
    function _uses(uint256 accountId, uint256 marketId) private view returns (bool) {
        return (Accounts.load(accountId).perps() >> MarketId.base(marketId)) & 1 != 0;
    }

    /// @dev Count an account once for which funds were asked.
    function _noteDeficit(uint256 accountId) private {
        uint256 slot = ExchangeStorage.auctionSlot(accountId);
        AuctionWord auction = AuctionWord.wrap(ExchangeStorage.load(slot));
        if (auction.isInDeficit()) return;
        ExchangeStorage.store(slot, AuctionWord.unwrap(auction.withDeficit(true)));
        Funds.store(Funds.load().withDeficit(true));
    }

    function _log(uint256 accountId, uint256 deficit, Paid memory paid) private {
        // Account ids are of 32 bits.
        emit ILiquidation.DeficitPaid(
            uint32(accountId),
            deficit,
            paid.bond,
            paid.lines,
            paid.insurance + paid.inKind,
            paid.backstop,
            paid.shortfall,
            paid.loss
        );
    }
}
