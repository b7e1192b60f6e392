// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {MoveWord} from "../types/MoveWord.sol";
import {PauseWord, PauseWordLib} from "../types/PauseWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice Pauses after prices that move fast: who is about to lose must not step aside before the loss is recognised.
/// @dev A price that has jumped pauses when it begins to wait for its confirmation, and when it has it. Draws of profit of that asset's perp wait; so do lenders who take their money off loan, and the backstop, whatever the asset.
library PriceMoves {
    /// @notice How long a pause is [seconds].
    uint256 internal constant PAUSE_SECONDS = 10;
    /// @notice Key of the pause of the whole exchange.
    uint256 internal constant ALL = 255;

    /// @dev A hundredth.
    uint256 private constant _MOVE_DIVISOR = 100;

    /// @notice Take note of a new price; if it is further than a hundredth from one of this minute or the one before, and the lowest or
    ///         highest of them, a pause begins.
    /// @param last The price before; 0 for none [1e-18 dollars an atom].
    function note(uint16 assetId, uint256 last, uint256 price) internal {
        uint256 slot = ExchangeStorage.moveSlot(assetId);
        MoveWord word = MoveWord.wrap(ExchangeStorage.load(slot)).at(block.timestamp);
        (uint256 low, uint256 high) = word.range();
        if (high == 0) (low, high) = (last, last);
        ExchangeStorage.store(slot, MoveWord.unwrap(word.withPrice(price)));
        if (high == 0 || (price >= low && price <= high)) return;
        if (price < low) low = price;
        else high = price;
        if ((high - low) * _MOVE_DIVISOR > low) pause(assetId);
    }

    /// @notice Begin a pause, or begin it anew.
    function pause(uint16 assetId) internal {
        uint256 until = block.timestamp + PAUSE_SECONDS;
        ExchangeStorage.store(ExchangeStorage.pauseSlot(assetId), PauseWord.unwrap(PauseWordLib.create(until)));
        ExchangeStorage.store(ExchangeStorage.pauseSlot(ALL), PauseWord.unwrap(PauseWordLib.create(until)));
        emit ILiquidation.PriceMoved(assetId, until);
    }

    /// @notice Check that no pause is on: of an asset, or of {ALL}.
    /// @dev Errors: PriceMoving.
    function checkCalm(uint256 key) internal view {
        uint256 until = PauseWord.wrap(ExchangeStorage.load(ExchangeStorage.pauseSlot(key))).until();
        if (block.timestamp < until) revert IExchangeErrors.PriceMoving(until);
    }
}
