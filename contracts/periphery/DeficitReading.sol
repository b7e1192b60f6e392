// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {ILiquidationLens} from "../interfaces/ILiquidationLens.sol";
import {Funds} from "../liquidation/Funds.sol";
import {FundWord} from "../types/FundWord.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {LiquidationWord} from "../types/LiquidationWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {PauseWord} from "../types/PauseWord.sol";
import {PerpPoolWord} from "../types/PerpPoolWord.sol";
import {PoolIndexWord} from "../types/PoolIndexWord.sol";
import {PoolTotalsWord} from "../types/PoolTotalsWord.sol";
import {Accounts} from "../vault/Accounts.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {AccountReading} from "./AccountReading.sol";
import {WordReader} from "./WordReader.sol";

/// @notice What the funds have, what they have paid, and what nobody paid.
library DeficitReading {
    using WordReader for IExchange;

    uint256 private constant _STATE_WORDS = 6;
    uint256 private constant _ASSET_WORDS = 4;
    /// @dev The pause word of the exchange: no asset has this id.
    uint256 private constant _ALL_ASSETS = 0xff;

    /// @notice See {ILiquidationLens.state}.
    function state(IExchange exchange) internal view returns (ILiquidationLens.State memory found) {
        LiquidationWord word = LiquidationWord.wrap(exchange.readWord(ExchangeStorage.liquidationSlot()));
        uint256[] memory slots = new uint256[](_STATE_WORDS);
        slots[0] = ExchangeStorage.poolIndexSlot(0);
        slots[1] = ExchangeStorage.poolTotalsSlot(0);
        slots[2] = ExchangeStorage.ledgerSlot(Accounts.INSURANCE, 0);
        slots[3] = ExchangeStorage.ledgerSlot(word.backstop(), 0);
        slots[4] = ExchangeStorage.fundSlot(Funds.BIDDERS);
        slots[5] = ExchangeStorage.pauseSlot(_ALL_ASSETS);
        uint256[] memory words = exchange.readWords(slots);
        // All fields have these widths; balances are below 2^97.
        (found.flaggedAccounts, found.accountsInDeficit) = (uint32(word.flagged()), uint32(word.inDeficit()));
        (found.bondAtoms, found.lineAtoms) = (uint128(word.bonds()), uint128(word.lines()));
        found.insuranceAtoms = _balance(words, 2);
        found.backstopAccountId = uint32(word.backstop());
        if (word.backstop() != 0) found.backstopAtoms = _balance(words, 3);
        (found.biddersInsuranceAtoms, found.biddersBackstopAtoms) = _paidToday(words[4]);
        found.pausedUntil = uint32(PauseWord.wrap(words[5]).until());
    }

    /// @notice See {ILiquidationLens.assets}; the limit is already cut.
    function assets(IExchange exchange, uint256 fromId, uint256 limit)
        internal
        view
        returns (ILiquidationLens.AssetState[] memory page, uint16 nextId)
    {
        uint256 end = exchange.readRegistry().assets();
        if (fromId >= end) return (page, 0);
        if (limit < end - fromId) {
            // Below the end, so a byte.
            nextId = uint16(fromId + limit);
            end = nextId;
        }
        uint256 count = end - fromId;
        uint256[] memory slots = new uint256[](_ASSET_WORDS * count);
        for (uint256 i = 0; i < count; ++i) {
            slots[_ASSET_WORDS * i] = ExchangeStorage.pauseSlot(fromId + i);
            slots[_ASSET_WORDS * i + 1] = ExchangeStorage.perpPoolSlot(MarketId.perp(fromId + i));
            slots[_ASSET_WORDS * i + 2] = ExchangeStorage.fundSlot(MarketId.perp(fromId + i));
            slots[_ASSET_WORDS * i + 3] = ExchangeStorage.fundSlot(fromId + i);
        }
        uint256[] memory words = exchange.readWords(slots);
        page = new ILiquidationLens.AssetState[](count);
        for (uint256 i = 0; i < count; ++i) {
            ILiquidationLens.AssetState memory found = page[i];
            // All fields have these widths.
            found.assetId = uint16(fromId + i);
            found.pausedUntil = uint32(PauseWord.wrap(words[_ASSET_WORDS * i]).until());
            found.shortfallAtoms = uint128(PerpPoolWord.wrap(words[_ASSET_WORDS * i + 1]).shortfall());
            (found.perpInsuranceAtoms, found.perpBackstopAtoms) = _paidToday(words[_ASSET_WORDS * i + 2]);
            (found.loanInsuranceAtoms, found.loanBackstopAtoms) = _paidToday(words[_ASSET_WORDS * i + 3]);
        }
    }

    /// @dev What a ledger word of the quote asset is worth.
    function _balance(uint256[] memory words, uint256 at) private view returns (int128) {
        // Balances are below 2^97.
        return int128(
            AccountReading.atomsOf(
                LedgerWord.wrap(words[at]), PoolIndexWord.wrap(words[0]), PoolTotalsWord.wrap(words[1])
            )
        );
    }

    /// @dev Fields of 80 bits.
    function _paidToday(uint256 word) private view returns (uint128 insuranceAtoms, uint128 backstopAtoms) {
        FundWord today = FundWord.wrap(word).at(block.timestamp);
        return (uint128(today.insurance()), uint128(today.backstop()));
    }
}
