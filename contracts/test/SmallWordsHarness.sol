// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccountWord, AccountWordLib} from "../types/AccountWord.sol";
import {PoolWord} from "../types/PoolWord.sol";
import {RegistryWord, RegistryWordLib} from "../types/RegistryWord.sol";
import {TokenWord, TokenWordLib} from "../types/TokenWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";

/// @notice The words with few fields, for tests.
contract SmallWordsHarness {
    /// @notice An account word with assets in use.
    function accountWith(uint256 word, uint256 assets) external pure returns (uint256) {
        return AccountWord.unwrap(AccountWord.wrap(word).withAssets(assets));
    }

    /// @notice An account word without an asset.
    function accountWithout(uint256 word, uint256 assetId) external pure returns (uint256) {
        return AccountWord.unwrap(AccountWord.wrap(word).withoutAsset(assetId));
    }

    /// @notice Whether an account word is of a live account that uses a market and the quote asset alone.
    function accountUsesOnly(uint256 word, uint256 marketId) external pure returns (bool) {
        return AccountWord.wrap(word).usesOnly(AccountWordLib.usesMask(marketId));
    }

    /// @notice A new account word.
    function createAccount(address owner) external pure returns (uint256) {
        return AccountWord.unwrap(AccountWordLib.create(owner));
    }

    /// @notice Fields of an account word, and whether it uses an asset.
    function account(uint256 word, uint256 assetId) external pure returns (address owner, uint256 assets, bool uses) {
        AccountWord wrapped = AccountWord.wrap(word);
        return (wrapped.owner(), wrapped.assets(), wrapped.uses(assetId));
    }

    /// @notice A pool word with another first free chunk.
    function poolWithFree(uint256 word, uint32 chunk) external pure returns (uint256) {
        return PoolWord.unwrap(PoolWord.wrap(word).withFree(chunk));
    }

    /// @notice A pool word with one more chunk made.
    function poolWithOneMore(uint256 word) external pure returns (uint256) {
        return PoolWord.unwrap(PoolWord.wrap(word).withOneMore());
    }

    /// @notice Fields of a pool word.
    function pool(uint256 word) external pure returns (uint256 free, uint256 made) {
        return (PoolWord.wrap(word).free(), PoolWord.wrap(word).made());
    }

    /// @notice A new registry word.
    function createRegistry(uint256 insurancePpm) external pure returns (uint256) {
        return RegistryWord.unwrap(RegistryWordLib.create(insurancePpm));
    }

    /// @notice Fields of a registry word.
    function registry(uint256 word) external pure returns (uint256 accounts, uint256 assets, uint256 insurancePpm) {
        RegistryWord wrapped = RegistryWord.wrap(word);
        return (wrapped.accounts(), wrapped.assets(), wrapped.insurancePpm());
    }

    /// @notice A registry word with one more account.
    function registryWithOneMoreAccount(uint256 word) external pure returns (uint256) {
        return RegistryWord.unwrap(RegistryWord.wrap(word).withOneMoreAccount());
    }

    /// @notice A registry word with one more asset.
    function registryWithOneMoreAsset(uint256 word) external pure returns (uint256) {
        return RegistryWord.unwrap(RegistryWord.wrap(word).withOneMoreAsset());
    }

    /// @notice A new token word.
    function createToken(address tokenAddress, uint64 unitsPerAtom, uint8 decimals) external pure returns (uint256) {
        return TokenWord.unwrap(TokenWordLib.create(tokenAddress, unitsPerAtom, decimals));
    }

    /// @notice Fields of a token word.
    function token(uint256 word) external pure returns (address tokenAddress, uint256 unitsPerAtom, uint256 decimals) {
        TokenWord wrapped = TokenWord.wrap(word);
        return (wrapped.token(), wrapped.unitsPerAtom(), wrapped.decimals());
    }

    /// @notice An underlying word with another price.
    function underlyingWithPrice(uint256 word, uint64 price, uint64 slowPrice, uint32 time, uint16 confidenceBps)
        external
        pure
        returns (uint256)
    {
        return UnderlyingWord.unwrap(UnderlyingWord.wrap(word).withPrice(price, slowPrice, time, confidenceBps));
    }

    /// @notice Fields of an underlying word.
    function underlying(uint256 word)
        external
        pure
        returns (
            uint256 price,
            uint256 slowPrice,
            uint256 confidenceBps,
            uint256 time,
            uint256 risk,
            bool isUnconfirmed,
            bool isLendable
        )
    {
        UnderlyingWord wrapped = UnderlyingWord.wrap(word);
        (price, slowPrice) = (wrapped.price(), wrapped.slowPrice());
        (confidenceBps, time) = (wrapped.confidenceBps(), wrapped.time());
        (risk, isUnconfirmed, isLendable) = (wrapped.risk(), wrapped.isUnconfirmed(), wrapped.isLendable());
    }
}
