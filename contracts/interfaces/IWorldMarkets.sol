// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "./IExchange.sol";
import {IGovernance} from "./IGovernance.sol";
import {ILiquidation} from "./ILiquidation.sol";

/// @title All that the exchange answers at its one address
interface IWorldMarkets is IExchange, IGovernance, ILiquidation {}
