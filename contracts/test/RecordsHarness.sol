// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {OrderId} from "../types/OrderId.sol";
import {RecordLog, Records} from "../book/Records.sol";

/// @notice {Records}, with memory allocated between records.
contract RecordsHarness {
    /// @notice A PLACED record.
    function placed(uint128 id, uint40 lots, uint64 clientId, uint8 laneFlags) external {
        RecordLog log = Records.open(1);
        log.placed(OrderId.wrap(id), lots, clientId, laneFlags);
        log.emitAll(0);
    }

    /// @notice A FILLED record.
    function filled(uint128 id, uint40 lots, uint32 account, uint40 sequence, bool isAsk, bool gone) external {
        RecordLog log = Records.open(1);
        log.filled(OrderId.wrap(id), lots, account, sequence, isAsk, gone);
        log.emitAll(0);
    }

    /// @notice An EXPIRES record.
    function expires(uint128 id, uint32 expiry) external {
        RecordLog log = Records.open(1);
        log.expires(OrderId.wrap(id), expiry);
        log.emitAll(0);
    }

    /// @notice A REMOVED record.
    function removed(uint128 id, uint40 lots, uint32 account, IExchange.Removal reason) external {
        RecordLog log = Records.open(1);
        log.removed(OrderId.wrap(id), lots, account, uint256(reason));
        log.emitAll(0);
    }

    /// @notice A REDUCED record.
    function reduced(uint128 id, uint40 lotsLeft, uint40 lotsOff) external {
        RecordLog log = Records.open(1);
        log.reduced(OrderId.wrap(id), lotsLeft, lotsOff);
        log.emitAll(0);
    }

    /// @notice A TAKEN record.
    function taken(uint16 marketId, bool isAsk, uint40 lots, uint80 notional, int64 fee, uint40 sequence) external {
        RecordLog log = Records.open(1);
        log.taken(marketId, isAsk, lots, notional, fee, sequence);
        log.emitAll(0);
    }

    /// @notice SKIPPED records 0 … count − 1, before each of which `gap` words are allocated; every second one is
    ///         written to a log of its own and then added.
    function skippedMany(uint256 count, uint256 gap, uint32 account) external {
        RecordLog log = Records.open(1);
        for (uint256 i = 0; i < count; ++i) {
            uint256[] memory words = new uint256[](gap);
            if (gap != 0) words[gap - 1] = type(uint256).max;
            if (i % 2 == 0) {
                log.skipped(i, uint256(IExchange.Refusal.LEVEL_FULL));
            } else {
                RecordLog other = Records.open(1);
                other.skipped(i, uint256(IExchange.Refusal.LEVEL_FULL));
                log.extend(other.content());
            }
            // A log that overwrote what was allocated would show here.
            if (gap != 0) assert(words[gap - 1] == type(uint256).max);
        }
        log.emitAll(account);
    }
}
