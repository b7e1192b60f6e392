// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {AccountWord, AccountWordLib} from "../types/AccountWord.sol";
import {FirstBit} from "../types/FirstBit.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {RegistryWord} from "../types/RegistryWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice Accounts: who may act for them and which assets they use.
library Accounts {
    /// @notice The most assets an account may use at once, the quote asset included; and the most perps.
    uint256 internal constant MAX_ASSETS = 16;
    /// @notice Account of the insurance fund, owned by the exchange itself: nobody can act for it.
    uint256 internal constant INSURANCE = 1;
    /// @notice Account of the treasury.
    uint256 internal constant TREASURY = 2;

    /// @notice The word of an account, if `caller` owns it.
    /// @dev Errors: UnknownAccount, NotAccountOwner.
    function ofOwner(uint256 accountId, address caller) internal view returns (AccountWord account) {
        account = load(accountId);
        address owner = account.owner();
        if (owner == caller) return account;
        // Account ids come from 32-bit arguments, so the casts keep them whole.
        if (owner == address(0)) revert IExchangeErrors.UnknownAccount(uint32(accountId));
        revert IExchangeErrors.NotAccountOwner(uint32(accountId), caller);
    }

    /// @notice Make an account with the next id.
    /// @dev Errors: TooManyAccounts.
    function create(address owner) internal returns (uint32 accountId) {
        uint256 slot = ExchangeStorage.registrySlot();
        RegistryWord registry = RegistryWord.wrap(ExchangeStorage.load(slot));
        if (registry.accounts() == type(uint32).max) revert IExchangeErrors.TooManyAccounts(type(uint32).max);
        registry = registry.withOneMoreAccount();
        ExchangeStorage.store(slot, RegistryWord.unwrap(registry));
        // The count is a field of 32 bits.
        accountId = uint32(registry.accounts());
        store(accountId, AccountWordLib.create(owner));
    }

    /// @notice Whether an account uses what a market trades and the quote asset, or may begin to.
    function canUse(uint256 accountId, uint256 marketId) internal view returns (bool) {
        AccountWord account = load(accountId);
        AccountWord used = account.withMarket(marketId);
        if (AccountWord.unwrap(used) == AccountWord.unwrap(account)) return true;
        return LibBit.popCount(used.assets()) <= MAX_ASSETS && LibBit.popCount(used.perps()) <= MAX_ASSETS;
    }

    /// @notice Mark what a market trades and the quote asset as used by an account, which {canUse} has allowed.
    function useMarket(uint256 accountId, uint256 marketId) internal {
        store(accountId, load(accountId).withMarket(marketId));
    }

    /// @notice Mark an asset and the quote asset as used by an account, if they are not.
    /// @dev Errors: TooManyAssets.
    function use(uint256 accountId, uint256 assetId) internal {
        AccountWord account = load(accountId);
        AccountWord used = withUsed(account, assetId);
        if (AccountWord.unwrap(used) == AccountWord.unwrap(account)) return;
        uint256 assets = LibBit.popCount(used.assets());
        if (assets > MAX_ASSETS) revert IExchangeErrors.TooManyAssets(uint32(accountId), assets, MAX_ASSETS);
        store(accountId, used);
    }

    /// @notice Mark an asset as used by an account of the exchange itself, which no check ever goes through.
    function useAny(uint256 accountId, uint256 assetId) internal {
        store(accountId, withUsed(load(accountId), assetId));
    }

    /// @notice Mark an asset, of which an account has nothing, as no longer used. Orders of it that come later are not dead.
    function stopUsing(uint256 accountId, uint256 assetId) internal {
        store(accountId, load(accountId).withoutAsset(assetId));
        _thaw(ExchangeStorage.ledgerSlot(accountId, assetId));
    }

    /// @notice Mark the perp of an asset, of which an account has nothing, as no longer used, likewise.
    function stopUsingPerp(uint256 accountId, uint256 assetId) internal {
        store(accountId, load(accountId).withoutPerp(assetId));
        _thaw(ExchangeStorage.positionSlot(accountId, assetId));
    }

    /// @notice Whether an account has neither an open order, nor a debt, nor anything of a perp.
    function isBare(uint256 accountId) internal view returns (bool) {
        AccountWord account = load(accountId);
        unchecked {
            // Each step clears the lowest bit of the assets, or perps, left.
            for (uint256 assets = account.assets(); assets != 0; assets &= assets - 1) {
                uint256 assetId = FirstBit.ofWord(assets);
                uint256 word = ExchangeStorage.load(ExchangeStorage.ledgerSlot(accountId, assetId));
                if (!LedgerWord.wrap(word).isBare(assetId)) return false;
            }
            for (uint256 perps = account.perps(); perps != 0; perps &= perps - 1) {
                uint256 word = ExchangeStorage.load(ExchangeStorage.positionSlot(accountId, FirstBit.ofWord(perps)));
                if (!PositionWord.wrap(word).isEmpty()) return false;
            }
        }
        return true;
    }

    /// @notice The word of an account.
    function load(uint256 accountId) internal view returns (AccountWord) {
        return AccountWord.wrap(ExchangeStorage.load(ExchangeStorage.accountSlot(accountId)));
    }

    /// @notice Write the word of an account.
    function store(uint256 accountId, AccountWord account) internal {
        ExchangeStorage.store(ExchangeStorage.accountSlot(accountId), AccountWord.unwrap(account));
    }

    /// @notice An account's word with an asset and the quote asset marked as used.
    function withUsed(AccountWord account, uint256 assetId) internal pure returns (AccountWord) {
        return account.withAssets((uint256(1) << assetId) | 1);
    }

    /// @dev The flag of dead orders is where both kinds of words have it.
    function _thaw(uint256 slot) private {
        LedgerWord word = LedgerWord.wrap(ExchangeStorage.load(slot));
        if (word.isFrozen()) ExchangeStorage.store(slot, LedgerWord.unwrap(word.withFrozen(false)));
    }
}
