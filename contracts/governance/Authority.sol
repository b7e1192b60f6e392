// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @notice Says who may call the restricted entry points of the exchange and its price feed.
contract Authority is AccessManager {
    /// @param admin First administrator of roles.
    constructor(address admin) AccessManager(admin) {}
}
