// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {ILens} from "../interfaces/ILens.sol";
import {AssetRisk, AssetRiskLib} from "../types/AssetRisk.sol";
import {FeedWord} from "../types/FeedWord.sol";
import {RampWord} from "../types/RampWord.sol";
import {RiskWord} from "../types/RiskWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {WordReader} from "./WordReader.sol";

/// @notice Prices and what margins are made of.
library RiskReading {
    using WordReader for IExchange;

    uint256 private constant _RISK_WORDS = 3;
    /// @dev The ramp word of the parameters of all assets together: no asset has this id.
    uint256 private constant _ALL_ASSETS = 0xff;

    /// @notice See {ILens.risks}; the limit is already cut.
    function risks(IExchange exchange, uint256 fromId, uint256 limit)
        internal
        view
        returns (ILens.Risk[] memory page, uint16 nextId)
    {
        uint256 end = exchange.readRegistry().assets();
        if (fromId == 0) fromId = 1;
        if (fromId >= end) return (page, 0);
        if (limit < end - fromId) {
            // Below the end, so a byte.
            nextId = uint16(fromId + limit);
            end = nextId;
        }
        uint256 count = end - fromId;
        uint256[] memory slots = new uint256[](_RISK_WORDS * count);
        for (uint256 i = 0; i < count; ++i) {
            slots[_RISK_WORDS * i] = ExchangeStorage.underlyingSlot(fromId + i);
            slots[_RISK_WORDS * i + 1] = ExchangeStorage.feedSlot(fromId + i);
            slots[_RISK_WORDS * i + 2] = ExchangeStorage.rampSlot(fromId + i);
        }
        uint256[] memory words = exchange.readWords(slots);
        page = new ILens.Risk[](count);
        for (uint256 i = 0; i < count; ++i) {
            page[i].assetId = uint16(fromId + i);
            _setPrice(page[i], UnderlyingWord.wrap(words[_RISK_WORDS * i]), FeedWord.wrap(words[_RISK_WORDS * i + 1]));
            page[i].terms = _terms(AssetRisk.wrap(UnderlyingWord.wrap(words[_RISK_WORDS * i]).risk()));
            // Times of 32 bits.
            RampWord ramp = RampWord.wrap(words[_RISK_WORDS * i + 2]);
            (page[i].listedAt, page[i].changedAt) = (uint32(ramp.listedAt()), uint32(ramp.changedAt()));
        }
    }

    /// @notice See {ILens.marketRisk}.
    function marketRisk(IExchange exchange) internal view returns (ILens.MarketRisk memory found) {
        RiskWord word = RiskWord.wrap(exchange.readWord(ExchangeStorage.riskSlot()));
        RampWord ramp = RampWord.wrap(exchange.readWord(ExchangeStorage.rampSlot(_ALL_ASSETS)));
        // All fields have these widths.
        found.terms = IExchange.MarketRiskTerms({
            sigmaBps: uint16(word.sigmaBps()),
            endPercent: uint8(word.endPercent()),
            maintenancePercent: uint8(word.maintenancePercent())
        });
        (found.pegBps, found.pegTime) = (uint16(word.pegBps()), uint32(word.pegTime()));
        found.changedAt = uint32(ramp.changedAt());
    }

    /// @dev All fields have these widths; a price is never of a later time than now.
    function _setPrice(ILens.Risk memory risk, UnderlyingWord word, FeedWord feed) private view {
        (risk.price, risk.slowPrice) = (uint64(word.price()), uint64(word.slowPrice()));
        risk.confidenceBps = uint16(word.confidenceBps());
        risk.priceTime = uint32(word.time());
        risk.priceAge = uint32(block.timestamp - word.time());
        risk.isUnconfirmed = word.isUnconfirmed();
        (risk.pendingPrice, risk.pendingTime) = (uint64(feed.pendingPrice()), uint32(feed.pendingTime()));
    }

    function _terms(AssetRisk risk) private pure returns (IExchange.AssetRiskTerms memory) {
        // All fields have these widths.
        return IExchange.AssetRiskTerms({
            betaMilli: uint16(risk.beta()),
            iotaBps: uint16(risk.iota()),
            basisBps: uint16(risk.basis()),
            spotExitBps: uint16(risk.spotExit()),
            perpExitBps: uint16(risk.perpExit()),
            depth: uint16(risk.depthAtoms() / AssetRiskLib.DEPTH_UNIT)
        });
    }
}
