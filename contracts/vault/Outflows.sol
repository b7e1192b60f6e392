// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {LedgerWordLib} from "../types/LedgerWord.sol";
import {OutflowWord} from "../types/OutflowWord.sol";
import {SeasonWord} from "../types/SeasonWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice The limit on what leaves the exchange in a day, net of what comes in: it bounds what any fault elsewhere can
///         cost before someone notices.
library Outflows {
    /// @notice Note what came in: it makes room for as much to go out.
    /// @param heldAtoms What the exchange holds, this included [atoms].
    function enter(uint256 accountId, uint16 assetId, uint256 atoms, uint256 heldAtoms) internal {
        uint256 slot = ExchangeStorage.seasonSlot(accountId, assetId);
        SeasonWord season = SeasonWord.wrap(ExchangeStorage.load(slot)).at(block.timestamp);
        ExchangeStorage.store(slot, SeasonWord.unwrap(season.withDeposit(atoms)));
        OutflowWord word = _load(assetId);
        int256 level = word.levelAt(block.timestamp, heldAtoms - atoms);
        // Both are within what the exchange holds, below 2^80.
        _store(assetId, word.withLevel(_floor(level - int256(atoms)), block.timestamp));
    }

    /// @notice Check that what goes out may, and note it.
    /// @param isFree Whether what was deposited long enough ago goes out whatever the limit.
    /// @param heldAtoms What the exchange holds, this included [atoms].
    /// @dev What goes out freely only uses up room that deposits made; it leaves the room of others alone.
    ///      Errors: OutflowLimitReached.
    function leave(uint256 accountId, uint16 assetId, uint256 atoms, bool isFree, uint256 heldAtoms) internal {
        uint256 slot = ExchangeStorage.seasonSlot(accountId, assetId);
        SeasonWord season = SeasonWord.wrap(ExchangeStorage.load(slot)).at(block.timestamp);
        uint256 seasoned = season.seasoned();
        ExchangeStorage.store(slot, SeasonWord.unwrap(season.withWithdrawal(atoms)));
        uint256 freeAtoms;
        if (isFree) freeAtoms = atoms < seasoned ? atoms : seasoned;

        OutflowWord word = _load(assetId);
        // All are within what the exchange holds, below 2^80.
        int256 level = word.levelAt(block.timestamp, heldAtoms);
        uint256 limit = word.limitAtoms(heldAtoms, level);
        if (level < 0) level = -level > int256(freeAtoms) ? level + int256(freeAtoms) : int256(0);
        if (atoms != freeAtoms) {
            level += int256(atoms - freeAtoms);
            if (level > int256(limit)) revert IExchangeErrors.OutflowLimitReached(assetId, level, limit);
        }
        _store(assetId, word.withLevel(level, block.timestamp));
    }

    /// @notice Let seasoned deposits go along with what is transferred: they age anew where they go.
    function move(uint256 fromAccountId, uint256 toAccountId, uint16 assetId, uint256 atoms) internal {
        uint256 slot = ExchangeStorage.seasonSlot(fromAccountId, assetId);
        SeasonWord from = SeasonWord.wrap(ExchangeStorage.load(slot)).at(block.timestamp);
        SeasonWord left = from.withWithdrawal(atoms);
        ExchangeStorage.store(slot, SeasonWord.unwrap(left));
        slot = ExchangeStorage.seasonSlot(toAccountId, assetId);
        SeasonWord to = SeasonWord.wrap(ExchangeStorage.load(slot)).at(block.timestamp);
        ExchangeStorage.store(slot, SeasonWord.unwrap(to.withDeposit(from.total() - left.total())));
    }

    /// @dev No more room is kept than the exchange could ever hold.
    function _floor(int256 level) private pure returns (int256) {
        int256 lowest = -int256(LedgerWordLib.MAX_HELD_ATOMS);
        return level > lowest ? level : lowest;
    }

    function _load(uint16 assetId) private view returns (OutflowWord) {
        return OutflowWord.wrap(ExchangeStorage.load(ExchangeStorage.outflowSlot(assetId)));
    }

    function _store(uint16 assetId, OutflowWord word) private {
        ExchangeStorage.store(ExchangeStorage.outflowSlot(assetId), OutflowWord.unwrap(word));
    }
}
