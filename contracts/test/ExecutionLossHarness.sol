// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ExecutionLoss} from "../book/ExecutionLoss.sol";
import {PriceBand} from "../book/PriceBand.sol";
import {BookWordLib} from "../types/BookWord.sol";
import {ConfigWordLib} from "../types/ConfigWord.sol";

/// @notice {ExecutionLoss} in a market whose band has been set by a price.
contract ExecutionLossHarness {
    /// @notice A market, and the price of an atom of its base asset [1e-18 dollars].
    struct Market {
        uint32 tickValue;
        uint64 atomsPerLot;
        uint16 bandBps;
        uint64 price;
    }

    /// @notice See {ExecutionLoss.lossUp}.
    function lossUp(Market calldata market, bool isAsk, uint40 lots, uint96 notionalAtoms, int96 feeAtoms)
        external
        pure
        returns (uint256)
    {
        return ExecutionLoss.lossUp(
            PriceBand.withBandAround(
                BookWordLib.create(1, market.tickValue, market.atomsPerLot, 0),
                ConfigWordLib.create(1, 1, market.bandBps),
                market.price,
                market.price
            ),
            isAsk,
            lots,
            notionalAtoms,
            feeAtoms
        );
    }
}
