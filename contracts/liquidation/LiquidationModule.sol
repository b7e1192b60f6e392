// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {FirstBit} from "../types/FirstBit.sol";
import {OperatorWordLib} from "../types/OperatorWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Holdings} from "../risk/Holdings.sol";
import {RiskCheck} from "../risk/RiskCheck.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";
import {Operators} from "../vault/Operators.sol";
import {Absorbing} from "./Absorbing.sol";
import {AuctionPrice} from "./AuctionPrice.sol";
import {Flags} from "./Flags.sol";
import {Funds} from "./Funds.sol";
import {PositionSlices} from "./PositionSlices.sol";
import {Protections} from "./Protections.sol";
import {Standing} from "./Standing.sol";
import {Waterfall} from "./Waterfall.sol";

/// @notice Flags, and the auction of slices. The exchange delegates to it.
contract LiquidationModule is ReentrancyGuardTransient {
    using Standing for Standing.Account;

    /// @dev An auction at work.
    struct Sale {
        uint32 accountId;
        uint32 bidderId;
        Standing.Account standing;
        /// @dev Of the whole account [quote atoms].
        int256 price;
        uint256 ppm;
    }

    IRiskEngine private immutable _riskEngine;

    /// @param riskEngine The exchange's risk engine.
    constructor(IRiskEngine riskEngine) {
        _riskEngine = riskEngine;
    }

    /// @notice See {ILiquidation.flagAccount}.
    function flagAccount(uint32 accountId) external nonReentrant {
        if (_known(accountId).isFlagged()) revert IExchangeErrors.AlreadyFlagged(accountId);
        Standing.Account memory standing = Standing.read(accountId);
        uint256 locked = Protections.locked(accountId);
        _checkUnprotected(accountId, standing, locked);
        Flags.raise(accountId, standing);
        _recognise(accountId, standing, locked);
    }

    /// @notice See {ILiquidation.reviewAccount}.
    function reviewAccount(uint32 accountId) external nonReentrant returns (bool isFlagged, bool isLive) {
        AccountWord account = _known(accountId);
        if (account.isLive()) revert IExchangeErrors.NotFlagged(accountId);
        if (account.isFlagged()) {
            (Standing.Account memory standing, uint256 locked) = _look(accountId);
            Flags.settle(accountId, standing, standing.isProtected(locked));
        } else {
            Flags.thaw(accountId);
        }
        account = Accounts.load(accountId);
        return (account.isFlagged(), account.isLive());
    }

    /// @notice See {ILiquidation.takeSlice}.
    function takeSlice(uint32 accountId, uint32 bidderAccountId, uint32 fractionPpm, int256 maxPaidAtoms)
        external
        nonReentrant
        returns (ILiquidation.SliceResult memory result)
    {
        Sale memory sale;
        (sale.accountId, sale.bidderId) = (accountId, bidderAccountId);
        // 1. Who may bid, and for what.
        _checkBidder(accountId, bidderAccountId);
        _open(sale, fractionPpm);
        Holdings.Holding[] memory holdings = Holdings.read(accountId);
        // 2. The slice, and what is paid for it.
        _move(sale);
        _pay(sale, holdings, result);
        if (result.paidAtoms > maxPaidAtoms) revert IExchangeErrors.PaidTooMuch(result.paidAtoms, maxPaidAtoms);
        // 3. Who has it now must have the margin for it.
        RiskCheck.checkAbsorbing(_riskEngine, bidderAccountId);
        // 4. Whether it was enough.
        Standing.Account memory later = Standing.read(accountId);
        // At most 1e6.
        result.fractionPpm = uint32(sale.ppm);
        emit ILiquidation.SliceTaken(
            accountId, bidderAccountId, result.fractionPpm, result.paidAtoms, result.feeAtoms, later.equity
        );
        Flags.settle(accountId, later, true);
    }

    /// @dev Look at an account, and recognise what it lacks.
    function _look(uint32 accountId) private returns (Standing.Account memory standing, uint256 locked) {
        standing = Standing.read(accountId);
        locked = Protections.locked(accountId);
        if (!_recognise(accountId, standing, locked)) return (standing, locked);
        return (Standing.read(accountId), Protections.locked(accountId));
    }

    /// @dev Recognise a deficit if there is one.
    function _recognise(uint32 accountId, Standing.Account memory standing, uint256 locked) private returns (bool) {
        if (standing.deficit(locked) == 0) return false;
        // Below zero, and by more than what is locked.
        Waterfall.recognise(accountId, uint256(-standing.equity), locked);
        return true;
    }

    /// @dev What the whole account costs now, and how much of it is sold.
    function _open(Sale memory sale, uint256 fractionPpm) private {
        uint256 locked;
        (sale.standing, locked) = _look(sale.accountId);
        _checkUnprotected(sale.accountId, sale.standing, locked);
        // Nobody is to be had at a price that everybody knows to be past.
        (bool waits, Standing.Account memory waiting) = Standing.readWaiting(sale.accountId);
        if (waits) _checkUnprotected(sale.accountId, waiting, locked);
        uint256 clockStart = Flags.auctionOf(sale.accountId).clockStart();
        sale.price = AuctionPrice.whole(sale.standing, Math.saturatingSub(block.timestamp, clockStart));
        uint256 least = AuctionPrice.least(sale.standing.gross);
        if (fractionPpm < least) revert IExchangeErrors.SliceTooSmall(fractionPpm, least);
        sale.ppm = Math.min(fractionPpm, AuctionPrice.most(sale.standing, sale.price));
    }

    /// @dev Move the slice: balances as they are, then positions.
    function _move(Sale memory sale) private {
        AccountWord account = Accounts.load(sale.accountId);
        unchecked {
            // Each step clears the lowest bit of the assets, or perps, left.
            for (uint256 left = account.assets() | 1; left != 0; left &= left - 1) {
                Absorbing.move(sale.accountId, sale.bidderId, FirstBit.ofWord(left), sale.ppm);
            }
            for (uint256 left = account.perps(); left != 0; left &= left - 1) {
                PositionSlices.move(sale.accountId, sale.bidderId, FirstBit.ofWord(left), sale.ppm);
            }
        }
    }

    /// @dev Pay the account, less the fee; or whoever takes the slice, if the price is below zero.
    function _pay(Sale memory sale, Holdings.Holding[] memory holdings, ILiquidation.SliceResult memory result)
        private
    {
        if (sale.price < 0) {
            uint256 owed = uint256(-sale.price) * sale.ppm / AuctionPrice.ONE;
            // Less than 2^130.
            if (owed != 0) {
                result.paidAtoms = -int256(Waterfall.payBidder(sale.accountId, sale.bidderId, owed, holdings));
            }
            return;
        }
        // The cast is safe behind the test of the sign.
        uint256 paid = Math.ceilDiv(uint256(sale.price) * sale.ppm, AuctionPrice.ONE);
        result.feeAtoms = AuctionPrice.fee(sale.standing, sale.price) * sale.ppm / AuctionPrice.ONE;
        if (paid == 0) return;
        // Prices are at most equity, which is below 2^110.
        result.paidAtoms = int256(paid);
        Balances.add(sale.bidderId, 0, -result.paidAtoms);
        Balances.add(sale.accountId, 0, int256(paid - result.feeAtoms));
        Funds.collect(result.feeAtoms);
    }

    /// @dev The caller must be allowed to bid for the bidder, who is somebody else, and may bid now.
    function _checkBidder(uint32 accountId, uint32 bidderId) private view {
        Operators.authorise(bidderId, msg.sender, OperatorWordLib.PLACE | OperatorWordLib.LEND);
        AccountWord account = _known(accountId);
        address bidder = Accounts.load(bidderId).owner();
        if (account.owner() == bidder) revert IExchangeErrors.SameOwner(accountId, bidderId);
        if (!account.isFlagged()) revert IExchangeErrors.NotFlagged(accountId);
        uint256 windowEnd = Flags.auctionOf(accountId).windowEnd();
        if (block.timestamp >= windowEnd) return;
        if (ExchangeStorage.load(ExchangeStorage.liquidatorSlot(accountId, bidder)) & 1 == 0) {
            revert IExchangeErrors.WindowOpen(accountId, windowEnd);
        }
    }

    function _checkUnprotected(uint32 accountId, Standing.Account memory standing, uint256 locked) private pure {
        if (!standing.isProtected(locked)) return;
        revert IExchangeErrors.AccountHealthy(accountId, standing.equity + int256(locked), standing.maintenance);
    }

    function _known(uint32 accountId) private view returns (AccountWord account) {
        account = Accounts.load(accountId);
        if (account.owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
    }
}
