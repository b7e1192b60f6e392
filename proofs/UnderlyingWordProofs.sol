// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {UnderlyingWord} from "../contracts/types/UnderlyingWord.sol";

/// @notice Prices and risk of an {UnderlyingWord} leave each other alone, and a price that is taken ends a wait.
contract UnderlyingWordProofs {
    /// @notice Another price, which waits for nothing.
    function check_withPrice(uint256 bits, uint64 price, uint64 slowPrice, uint32 time, uint16 confidence)
        external
        pure
    {
        if (confidence > 10_000) return;
        UnderlyingWord word = UnderlyingWord.wrap(bits);
        UnderlyingWord changed = word.withPrice(price, slowPrice, time, confidence);
        assert(changed.price() == price);
        assert(changed.slowPrice() == slowPrice);
        assert(changed.time() == time);
        assert(changed.confidenceBps() == confidence);
        assert(changed.risk() == word.risk());
        assert(!changed.isUnconfirmed());
    }

    /// @notice A wait changes nothing but its mark.
    function check_unconfirmed(uint256 bits) external pure {
        UnderlyingWord word = UnderlyingWord.wrap(bits);
        UnderlyingWord changed = word.unconfirmed();
        assert(changed.isUnconfirmed());
        assert(changed.risk() == word.risk());
        _checkPrices(changed, word);
    }

    /// @notice Other risk parameters.
    function check_withRisk(uint256 bits, uint80 risk) external pure {
        if (risk >= 1 << 78) return;
        UnderlyingWord word = UnderlyingWord.wrap(bits);
        UnderlyingWord changed = word.withRisk(risk);
        assert(changed.risk() == risk);
        assert(changed.isUnconfirmed() == word.isUnconfirmed());
        _checkPrices(changed, word);
    }

    function _checkPrices(UnderlyingWord changed, UnderlyingWord word) private pure {
        assert(changed.price() == word.price());
        assert(changed.slowPrice() == word.slowPrice());
        assert(changed.confidenceBps() == word.confidenceBps());
        assert(changed.time() == word.time());
    }
}
