// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {OperatorWordLib} from "../types/OperatorWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Assets} from "../vault/Assets.sol";
import {Balances} from "../vault/Balances.sol";
import {Operators} from "../vault/Operators.sol";
import {PoolMath} from "./PoolMath.sol";
import {Pools} from "./Pools.sol";

/// @notice Lending pools: what is lent, interest, reserves; and for trades, balances that are lent or owed. The exchange
///         delegates to it.
contract LendingModule is ReentrancyGuardTransient {
    using PoolMath for PoolMath.Pool;

    /// @notice See {IExchange.setLent}.
    function setLent(uint32 accountId, uint16 assetId, bool lent) external nonReentrant {
        (AccountWord account,) = Operators.authorise(accountId, msg.sender, OperatorWordLib.LEND);
        _checkOpen(assetId);
        Operators.activate(accountId, account, assetId, msg.sender);
        if (!lent) Balances.checkCalm(accountId, assetId);
        int256 balance = Balances.setLent(accountId, assetId, lent);
        if (lent) Balances.checkSupplyCap(assetId);
        emit IExchange.LentSet(accountId, assetId, lent, balance);
    }

    /// @notice See {IExchange.accruePools}.
    function accruePools(uint16[] calldata assetIds) external nonReentrant {
        for (uint256 i = 0; i < assetIds.length; ++i) {
            _checkOpen(assetIds[i]);
            PoolMath.Pool memory pool = Pools.load(assetIds[i]);
            Pools.store(assetIds[i], pool);
            uint256 rate = Pools.index(assetIds[i]).rate();
            emit IExchange.PoolAccrued(
                assetIds[i], pool.supplyIndex, pool.borrowIndex, pool.borrowed(), pool.cash, rate
            );
        }
    }

    /// @notice See {IExchange.collectReserve}.
    function collectReserve(uint16 assetId) external nonReentrant returns (uint256 atoms) {
        _checkOpen(assetId);
        PoolMath.Pool memory pool = Pools.load(assetId);
        uint256 shares = pool.collectReserve();
        atoms = PoolMath.lentDown(shares, pool.supplyIndex);
        LedgerWord word = Balances.load(Accounts.INSURANCE, assetId);
        // The fund's first balance of an asset is in custody: what fees brought in before is lent from now on, too.
        if (!word.isLent()) {
            // Fees are positive, so the cast keeps them.
            int256 held = word.balance();
            word = word.add(int256(pool.lend(uint256(held))) - held).withLent(true);
        }
        // Shares are below 2^80.
        word = word.add(int256(shares)).touched();
        ExchangeStorage.store(ExchangeStorage.ledgerSlot(Accounts.INSURANCE, assetId), LedgerWord.unwrap(word));
        Accounts.useAny(Accounts.INSURANCE, assetId);
        Pools.store(assetId, pool);
        emit IExchange.ReserveCollected(assetId, atoms);
    }

    /// @notice {Balances.add}, for what the exchange itself does with balances that are lent or owed.
    /// @dev Not part of the exchange's own interface: called directly it changes nothing but this contract.
    function moveBalance(uint256 accountId, uint256 assetId, int256 atoms) external {
        Balances.add(accountId, assetId, atoms);
    }

    /// @notice {Balances.atomsOf}.
    function balanceOf(uint256 accountId, uint256 assetId) external view returns (int256) {
        return Balances.atomsOf(accountId, assetId);
    }

    /// @notice {Balances.reach}.
    function reachOf(uint256 accountId, uint256 assetId) external view returns (uint256 most, uint256 has) {
        return Balances.reach(accountId, assetId);
    }

    function _checkOpen(uint16 assetId) private view {
        Assets.tokenOf(assetId);
        if (!Pools.isOpen(assetId)) revert IExchangeErrors.PoolNotOpen(assetId);
    }
}
