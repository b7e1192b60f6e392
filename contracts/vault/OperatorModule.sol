// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {CashWord} from "../types/CashWord.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {OperatorWordLib} from "../types/OperatorWord.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "./Accounts.sol";
import {Assets} from "./Assets.sol";
import {Operators} from "./Operators.sol";

/// @notice Who may act for an account, and which assets and perps it uses. The exchange delegates to it.
contract OperatorModule is ReentrancyGuardTransient {
    /// @notice See {IExchange.setOperator}.
    function setOperator(uint32 accountId, address operator, uint8 permissions, uint32 expiry, uint64 dailyLossAtoms)
        external
        nonReentrant
    {
        Accounts.ofOwner(accountId, msg.sender);
        if (operator == address(0)) revert IExchangeErrors.ZeroAddress();
        if (permissions == 0 || permissions > OperatorWordLib.ALL || expiry < block.timestamp) {
            revert IExchangeErrors.InvalidPermissions(permissions, expiry);
        }
        Operators.store(accountId, operator, OperatorWordLib.create(permissions, expiry));
        // Only who places orders can lose by them.
        if (permissions & OperatorWordLib.PLACE != 0) {
            uint256 slot = ExchangeStorage.ledgerSlot(accountId, 0);
            CashWord cash = CashWord.wrap(ExchangeStorage.load(slot)).withBudget(dailyLossAtoms);
            ExchangeStorage.store(slot, LedgerWord.unwrap(cash.toLedger().touched()));
        }
        emit IExchange.OperatorSet(accountId, operator, permissions, expiry, dailyLossAtoms);
    }

    /// @notice See {IExchange.revokeOperator}.
    function revokeOperator(uint32 accountId, address operator) external nonReentrant {
        Accounts.ofOwner(accountId, msg.sender);
        Operators.store(accountId, operator, OperatorWordLib.create(0, 0));
        emit IExchange.OperatorRevoked(accountId, operator);
    }

    /// @notice See {IExchange.activateAsset}.
    function activateAsset(uint32 accountId, uint16 assetId) external nonReentrant {
        Operators.authorise(accountId, msg.sender, OperatorWordLib.PLACE);
        Assets.tokenOf(assetId);
        Accounts.use(accountId, assetId);
        emit IExchange.AssetActivated(accountId, assetId);
    }

    /// @notice See {IExchange.deactivateAsset}.
    function deactivateAsset(uint32 accountId, uint16 assetId) external nonReentrant {
        Operators.authorise(accountId, msg.sender, OperatorWordLib.PLACE);
        Assets.tokenOf(assetId);
        uint256 word = ExchangeStorage.load(ExchangeStorage.ledgerSlot(accountId, assetId));
        // The quote asset stays in use, as every market pays into it.
        if (assetId == 0 || !LedgerWord.wrap(word).isEmpty()) revert IExchangeErrors.AssetInUse(accountId, assetId);
        Accounts.stopUsing(accountId, assetId);
        emit IExchange.AssetDeactivated(accountId, assetId);
    }

    /// @notice See {IExchange.deactivateMarket}.
    function deactivateMarket(uint32 accountId, uint16 marketId) external nonReentrant {
        Operators.authorise(accountId, msg.sender, OperatorWordLib.PLACE);
        if (!MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(marketId))).isListed()) {
            revert IExchangeErrors.UnknownMarket(marketId);
        }
        uint256 assetId = MarketId.base(marketId);
        PositionWord position =
            PositionWord.wrap(ExchangeStorage.load(ExchangeStorage.positionSlot(accountId, assetId)));
        if (!position.isEmpty()) revert IExchangeErrors.MarketInUse(accountId, marketId);
        Accounts.stopUsingPerp(accountId, assetId);
        emit IExchange.MarketDeactivated(accountId, marketId);
    }
}
