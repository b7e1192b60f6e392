// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {LinesWord, LinesWordLib} from "../types/LinesWord.sol";
import {LineWord, LineWordLib} from "../types/LineWord.sol";
import {PriceMoves} from "../oracle/PriceMoves.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";
import {Funds} from "./Funds.sol";
import {Locking} from "./Locking.sol";
import {Protections} from "./Protections.sol";
import {Standing} from "./Standing.sol";

/// @notice Standby lines: money of a named lender that is locked for one account, for a fee, and paid into it in trouble.
/// @dev What is drawn is owed to the lender after everybody else but the owner; it is worth nothing in the lender's own margin.
library Lines {
    using Standing for Standing.Account;

    /// @notice How long after notice a line may be closed [seconds].
    uint256 internal constant NOTICE_SECONDS = 1 hours;

    /// @notice See {ILiquidation.offerLine}, all but the check of the lender's account.
    function offer(uint32 lenderId, uint32 accountId, uint256 atoms, uint256 feeAtoms, uint32 expiry) internal {
        Locking.ofLiveOwner(lenderId, msg.sender);
        if (Accounts.load(accountId).owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
        if (lenderId == accountId) revert IExchangeErrors.SameAccount(accountId);
        Locking.checkLeast(atoms);
        if (feeAtoms > type(uint80).max) revert IExchangeErrors.InvalidParameter("feeAtoms", feeAtoms);
        if (!Protections.line(accountId, lenderId).isNone()) revert IExchangeErrors.LineExists(accountId, lenderId);
        _checkExpiry(expiry);
        Locking.take(lenderId, atoms);
        Protections.storeLine(accountId, lenderId, LineWordLib.offered(atoms, feeAtoms, expiry));
        // Atoms are part of what the exchange holds.
        Funds.store(Funds.load().withLines(int256(atoms)));
        emit ILiquidation.LineOffered(accountId, lenderId, atoms, feeAtoms, expiry);
    }

    /// @notice See {ILiquidation.acceptLine}, all but the check of the account.
    function accept(uint32 accountId, uint32 lenderId, uint256 maxFeeAtoms) internal {
        AccountWord account = Locking.ofLiveOwner(accountId, msg.sender);
        LineWord word = Protections.line(accountId, lenderId);
        if (!word.isOffered()) revert IExchangeErrors.NoSuchLine(accountId, lenderId);
        _checkExpiry(word.expiry());
        LinesWord known = Protections.lines(accountId);
        if (known.isFull()) revert IExchangeErrors.TooManyLines(accountId, LinesWordLib.MAX_LINES);
        // Of an offer it is the fee, below 2^80.
        uint256 fee = word.drawn();
        if (fee > maxFeeAtoms) revert IExchangeErrors.PaidTooMuch(int256(fee), int256(maxFeeAtoms));
        if (fee != 0) {
            Locking.take(accountId, fee);
            Balances.add(lenderId, 0, int256(fee));
        }
        Protections.storeLine(accountId, lenderId, word.accepted());
        Protections.storeLines(accountId, known.withLender(lenderId));
        Accounts.store(accountId, account.protected());
        emit ILiquidation.LineAccepted(accountId, lenderId, word.locked(), fee);
    }

    /// @notice See {ILiquidation.giveNotice}.
    function giveNotice(uint32 accountId, uint32 lenderId) internal {
        Accounts.ofOwner(lenderId, msg.sender);
        LineWord word = Protections.line(accountId, lenderId);
        if (!word.isActive() || word.locked() == 0) revert IExchangeErrors.NoSuchLine(accountId, lenderId);
        _checkHealthy(accountId);
        // Times fit 32 bits until 2106.
        uint32 closesAt = uint32(block.timestamp + NOTICE_SECONDS);
        Protections.storeLine(accountId, lenderId, word.withNotice(closesAt));
        emit ILiquidation.LineNoticed(accountId, lenderId, closesAt);
    }

    /// @notice See {ILiquidation.closeLine}.
    function close(uint32 accountId, uint32 lenderId) internal {
        Accounts.ofOwner(lenderId, msg.sender);
        LineWord word = Protections.line(accountId, lenderId);
        uint256 atoms = word.locked();
        if (word.isNone() || atoms == 0) revert IExchangeErrors.NoSuchLine(accountId, lenderId);
        if (word.isActive() && block.timestamp <= word.expiry()) {
            if (word.closesAt() == 0 || block.timestamp < word.closesAt()) {
                revert IExchangeErrors.LineCommitted(accountId, lenderId, word.closesAt());
            }
            PriceMoves.checkCalm(PriceMoves.ALL);
            _checkHealthy(accountId);
        }
        // Atoms are part of what the exchange holds.
        Funds.store(Funds.load().withLines(-int256(atoms)));
        if (word.isActive()) setAmounts(accountId, lenderId, word, 0, word.drawn());
        else Protections.storeLine(accountId, lenderId, LineWordLib.none());
        Balances.add(lenderId, 0, int256(atoms));
        emit ILiquidation.LineClosed(accountId, lenderId, atoms);
    }

    /// @notice See {ILiquidation.drawLine}.
    function draw(uint32 accountId, uint32 lenderId) internal returns (uint256 atoms) {
        LineWord word = Protections.line(accountId, lenderId);
        if (!word.isActive() || word.locked() == 0) revert IExchangeErrors.NoSuchLine(accountId, lenderId);
        _checkExpiry(word.expiry());
        Standing.Account memory standing = Standing.read(accountId);
        if (standing.isHealthy()) {
            revert IExchangeErrors.AccountHealthy(accountId, standing.equity, standing.maintenance);
        }
        // Below maintenance, which is at most R_end: something is missing. Requirements are below 2^130.
        atoms = Math.min(word.locked(), uint256(int256(standing.end) - standing.equity));
        uint256 drawnAtoms = Protections.drawLine(accountId, lenderId, atoms);
        Balances.add(accountId, 0, int256(atoms));
        emit ILiquidation.LineDrawn(accountId, lenderId, atoms, drawnAtoms);
    }

    /// @notice Write the amounts of an active line; one of which nothing is left leaves the list.
    function setAmounts(uint32 accountId, uint256 lenderId, LineWord word, uint256 locked, uint256 drawnAtoms)
        internal
    {
        if (locked | drawnAtoms != 0) {
            Protections.storeLine(accountId, lenderId, word.withAmounts(locked, drawnAtoms));
            return;
        }
        Protections.storeLine(accountId, lenderId, LineWordLib.none());
        Protections.storeLines(accountId, Protections.lines(accountId).withoutLender(lenderId));
    }

    function _checkHealthy(uint32 accountId) private view {
        Standing.Account memory standing = Standing.read(accountId);
        if (standing.isHealthy() && !Accounts.load(accountId).isFlagged()) return;
        revert IExchangeErrors.AccountUnhealthy(accountId, standing.equity, standing.maintenance);
    }

    function _checkExpiry(uint256 expiry) private view {
        if (expiry < block.timestamp) revert IExchangeErrors.LineExpired(expiry, block.timestamp);
    }
}
