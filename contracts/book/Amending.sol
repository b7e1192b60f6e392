// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {Lane} from "../types/Lane.sol";
import {OrderId} from "../types/OrderId.sol";
import {Cancelling} from "./Cancelling.sol";
import {LevelQueue} from "./LevelQueue.sol";
import {RecordLog} from "./Records.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice Changing a resting order where it stands.
library Amending {
    /// @notice Make an order what another asks for, if that only makes it smaller; then it keeps its place in the queue.
    /// @param wanted What the order is to become.
    /// @return done Whether it is that now; if not, nothing has changed and it must be cancelled and placed anew.
    /// @dev Errors: StaleOrder, NotOrderOwner, BelowMinimumSize.
    function inPlace(WorkOrder memory wanted, OrderId id, RecordLog log, IExchange.OrderResult memory result)
        internal
        returns (bool done)
    {
        (Lane lane,,) = LevelQueue.find(id);
        if (Lane.unwrap(lane) == 0) revert IExchangeErrors.StaleOrder(OrderId.unwrap(id));
        Cancelling.checkOrderOwner(wanted.accountId, id, lane);
        bool samePlace = id.market() == wanted.marketId && id.tick() == wanted.tick && lane.isAsk() == wanted.isAsk;
        bool sameTerms = wanted.terms.isValid() && wanted.terms.mayRest() && lane.termsBits() == wanted.terms.laneBits();
        if (!samePlace || !sameTerms || wanted.lots > lane.lots()) return false;
        if (wanted.lots < lane.lots()) Cancelling.reduce(wanted.accountId, id, wanted.lots, log);
        // Lots come from a 40-bit argument.
        (result.orderId, result.restingLots) = (OrderId.unwrap(id), uint40(wanted.lots));
        return true;
    }
}
