// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {BookWord, BookWordLib} from "../types/BookWord.sol";
import {ConfigWord, ConfigWordLib} from "../types/ConfigWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord, MarkWordLib} from "../types/MarkWord.sol";
import {PerpPoolWord, PerpPoolWordLib} from "../types/PerpPoolWord.sol";
import {TapeWord, TapeWordLib} from "../types/TapeWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {FundingRate} from "../perps/FundingRate.sol";
import {Marks} from "../perps/Marks.sol";
import {MarketTerms} from "./MarketTerms.sol";

/// @notice Listing of perps, and how much of them may be open. The exchange delegates to it.
/// @dev The authority is the exchange's own: it is read from slot 0 of whoever runs this code.
contract PerpListingModule is AccessManaged, ReentrancyGuardTransient {
    /// @notice The most that funding cap, interest and clamp may be [1e-8 for 8 hours]: a twenty-fifth.
    uint256 public constant MAX_RATE = 4_000_000;

    uint256 private constant _MAX_OPEN_INTEREST_CAP = (1 << 39) - 1;

    /// @param authority_ Authority of the module itself, which holds nothing; the exchange has its own.
    constructor(address authority_) AccessManaged(authority_) {}

    /// @notice See {IGovernance.listPerpMarket}.
    function listPerpMarket(uint16 baseAssetId, IExchange.PerpTerms calldata terms)
        external
        restricted
        nonReentrant
        returns (uint16 marketId)
    {
        MarketTerms.checkBase(baseAssetId);
        MarketTerms.checkSizes(terms.tickValue, terms.atomsPerLot, terms.minLots);
        MarketTerms.checkBand("bandBps", terms.bandBps);
        MarketTerms.checkFees(terms.takerPpm, terms.makerPpm);
        uint256 capCode = _capCode(terms.openInterestCapLots, terms.positionCapLots);
        _checkFunding(terms);
        marketId = MarketTerms.newMarket(MarketId.perp(baseAssetId));
        _storeMarket(marketId, terms, capCode);
        emit IExchange.PerpMarketListed(marketId, baseAssetId, terms);
        // If the price is known, there is a mark and a band at once.
        uint256 underlying = ExchangeStorage.load(ExchangeStorage.underlyingSlot(baseAssetId));
        uint256 price = UnderlyingWord.wrap(underlying).price();
        if (price != 0) Marks.reprice(baseAssetId, price);
    }

    /// @notice See {IGovernance.setPerpLimits}.
    function setPerpLimits(uint16 marketId, uint40 openInterestCapLots, uint40 positionCapLots)
        external
        restricted
        nonReentrant
    {
        MarkWord mark = Marks.load(marketId);
        if (!mark.isListed()) revert IExchangeErrors.UnknownMarket(marketId);
        mark = mark.withCapCode(_capCode(openInterestCapLots, positionCapLots));
        ExchangeStorage.store(ExchangeStorage.markSlot(marketId), MarkWord.unwrap(mark));
        uint256 slot = ExchangeStorage.tapeSlot(marketId);
        TapeWord tape = TapeWord.wrap(ExchangeStorage.load(slot)).withOpenInterestCap(openInterestCapLots);
        ExchangeStorage.store(slot, TapeWord.unwrap(tape));
        emit IExchange.PerpLimitsSet(marketId, openInterestCapLots, positionCapLots);
    }

    /// @dev The words of a new perp, without a mark.
    function _storeMarket(uint256 marketId, IExchange.PerpTerms calldata terms, uint256 capCode) private {
        ConfigWord config = ConfigWordLib.create(MarketId.base(marketId), MarketId.PERP, terms.bandBps)
            .withPerp(terms.atomsPerLot, terms.impactNotional, terms.markBandBps)
            .withFunding(terms.fundingCap, terms.interest, terms.clamp);
        ExchangeStorage.store(ExchangeStorage.configSlot(marketId), ConfigWord.unwrap(config));
        BookWord book = BookWordLib.create(terms.minLots, terms.tickValue, 0, terms.makerPpm);
        ExchangeStorage.store(ExchangeStorage.bookSlot(marketId), BookWord.unwrap(book));
        TapeWord tape = TapeWordLib.create(terms.takerPpm).withOpenInterestCap(terms.openInterestCapLots);
        ExchangeStorage.store(ExchangeStorage.tapeSlot(marketId), TapeWord.unwrap(tape));
        PerpPoolWord pool = PerpPoolWordLib.create(0, 0);
        ExchangeStorage.store(ExchangeStorage.perpPoolSlot(marketId), PerpPoolWord.unwrap(pool));
        MarkWord mark = MarkWordLib.create(terms.tickValue, capCode, block.timestamp);
        mark = mark.withRate(FundingRate.rateOf(config, 0), 0);
        ExchangeStorage.store(ExchangeStorage.markSlot(marketId), MarkWord.unwrap(mark));
    }

    function _checkFunding(IExchange.PerpTerms calldata terms) private pure {
        if (terms.impactNotional == 0) revert IExchangeErrors.InvalidParameter("impactNotional", 0);
        MarketTerms.checkBand("markBandBps", terms.markBandBps);
        _checkRate("fundingCap", terms.fundingCap);
        _checkRate("interest", terms.interest);
        _checkRate("clamp", terms.clamp);
    }

    function _checkRate(bytes32 name, uint256 rate) private pure {
        if (rate > MAX_RATE) revert IExchangeErrors.InvalidParameter(name, rate);
    }

    /// @dev The code of a position cap, after both caps were checked.
    function _capCode(uint256 openInterestCapLots, uint256 positionCapLots) private pure returns (uint256 capCode) {
        if (openInterestCapLots == 0 || openInterestCapLots > _MAX_OPEN_INTEREST_CAP) {
            revert IExchangeErrors.InvalidParameter("openInterestCapLots", openInterestCapLots);
        }
        bool isExact;
        (capCode, isExact) = MarkWordLib.capCodeOf(positionCapLots);
        if (!isExact) revert IExchangeErrors.InvalidParameter("positionCapLots", positionCapLots);
    }
}
