// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {OutflowWord} from "../types/OutflowWord.sol";
import {SeasonWord, SeasonWordLib} from "../types/SeasonWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice The limit on what leaves the exchange in a day, net of what comes in: it bounds what any fault elsewhere can
///         cost before someone notices.
/// @dev What an account takes out of its own deposits of today and yesterday undoes them, in the day they were made: so
///      going in and out, however often, uses up nothing of the room of others, and makes none. All balances are as they
///      were before; atoms are part of what the exchange holds, below 2^79.
library Outflows {
    /// @notice Note a deposit: it makes room for as much to go out. Of what repays a debt nothing is there to be taken out.
    function enter(uint256 accountId, uint256 assetId, uint256 atoms, int256 balanceAtoms) internal {
        SeasonWordLib.Aged memory aged;
        aged.today = atoms;
        _addToSeason(accountId, assetId, balanceAtoms, aged, atoms);
        _store(assetId, _load(assetId).withOutflow(-int256(atoms), 0));
    }

    /// @notice Check that a withdrawal may leave, and note it.
    /// @param isBare Whether the account has neither debt nor open order: then what it deposited earlier than yesterday
    ///        leaves whatever the limit, and uses none of it up.
    /// @param heldAtoms What the exchange holds, this included [atoms].
    /// @dev Errors: OutflowLimitReached.
    function leave(
        uint256 accountId,
        uint16 assetId,
        uint256 atoms,
        bool isBare,
        int256 balanceAtoms,
        uint256 heldAtoms
    ) internal {
        (SeasonWord rest, SeasonWordLib.Aged memory taken) =
            _season(accountId, assetId, balanceAtoms).minus(atoms, isBare);
        _storeSeason(accountId, assetId, rest);
        uint256 counted = isBare ? atoms - taken.seasoned : atoms;
        if (counted == 0) return;
        OutflowWord word = _load(assetId);
        uint256 limit = word.limitAtoms(heldAtoms, word.level(block.timestamp));
        word = word.withOutflow(int256(counted - taken.yesterday), int256(taken.yesterday));
        int256 level = word.level(block.timestamp);
        if (level > int256(limit)) revert IExchangeErrors.OutflowLimitReached(assetId, level, limit);
        _store(assetId, word);
    }

    /// @notice Let deposits go along, at their age, with what is transferred; the oldest first.
    function move(
        uint256 fromAccountId,
        uint256 toAccountId,
        uint256 assetId,
        uint256 atoms,
        int256 fromBalanceAtoms,
        int256 toBalanceAtoms
    ) internal {
        (SeasonWord rest, SeasonWordLib.Aged memory taken) =
            _season(fromAccountId, assetId, fromBalanceAtoms).minus(atoms, true);
        _storeSeason(fromAccountId, assetId, rest);
        _addToSeason(toAccountId, assetId, toBalanceAtoms, taken, atoms);
    }

    /// @dev Note what has come in with its age, no more of it than the balance has become.
    function _addToSeason(
        uint256 accountId,
        uint256 assetId,
        int256 balanceAtoms,
        SeasonWordLib.Aged memory aged,
        uint256 atoms
    ) private {
        SeasonWord season = _season(accountId, assetId, balanceAtoms).plus(aged);
        _storeSeason(accountId, assetId, season.cutTo(_positive(balanceAtoms + int256(atoms))));
    }

    function _positive(int256 atoms) private pure returns (uint256) {
        return atoms > 0 ? uint256(atoms) : 0;
    }

    /// @dev The season word of an account as it is now, of no more than its balance.
    function _season(uint256 accountId, uint256 assetId, int256 balanceAtoms) private view returns (SeasonWord) {
        uint256 word = ExchangeStorage.load(ExchangeStorage.seasonSlot(accountId, assetId));
        return SeasonWord.wrap(word).at(block.timestamp).cutTo(_positive(balanceAtoms));
    }

    function _storeSeason(uint256 accountId, uint256 assetId, SeasonWord season) private {
        ExchangeStorage.store(ExchangeStorage.seasonSlot(accountId, assetId), SeasonWord.unwrap(season));
    }

    function _load(uint256 assetId) private view returns (OutflowWord) {
        return OutflowWord.wrap(ExchangeStorage.load(ExchangeStorage.outflowSlot(assetId))).at(block.timestamp);
    }

    function _store(uint256 assetId, OutflowWord word) private {
        ExchangeStorage.store(ExchangeStorage.outflowSlot(assetId), OutflowWord.unwrap(word));
    }
}
