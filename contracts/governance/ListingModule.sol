// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {PriceBand} from "../book/PriceBand.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {AssetRisk, AssetRiskLib} from "../types/AssetRisk.sol";
import {BookWord, BookWordLib} from "../types/BookWord.sol";
import {ConfigWord, ConfigWordLib} from "../types/ConfigWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OutflowWord, OutflowWordLib} from "../types/OutflowWord.sol";
import {PerpPoolWord, PerpPoolWordLib} from "../types/PerpPoolWord.sol";
import {RampWord, RampWordLib} from "../types/RampWord.sol";
import {RegistryWord} from "../types/RegistryWord.sol";
import {TapeWord, TapeWordLib} from "../types/TapeWord.sol";
import {TokenWord, TokenWordLib} from "../types/TokenWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";
import {MarketTerms} from "./MarketTerms.sol";

/// @notice Listing of assets and spot markets, and the split of fees. The exchange delegates to it.
/// @dev The authority is the exchange's own: it is read from slot 0 of whoever runs this code.
contract ListingModule is AccessManaged, ReentrancyGuardTransient {
    /// @notice The most assets there can be: an account has a bit for each.
    uint256 public constant MAX_LISTED_ASSETS = 44;
    /// @notice Share of what is held of a new asset that may leave in a day [ppm].
    uint256 public constant OUTFLOW_LIMIT_PPM = 250_000;
    /// @notice The most decimals of a token: beyond, prices of its atoms could not be computed.
    uint256 public constant MAX_DECIMALS = 36;

    uint256 private constant _PPM = 1e6;

    /// @param authority_ Authority of the module itself, which holds nothing; the exchange has its own.
    constructor(address authority_) AccessManaged(authority_) {}

    /// @notice See {IGovernance.listAsset}.
    function listAsset(address token, uint64 unitsPerAtom, address feed)
        external
        restricted
        nonReentrant
        returns (uint16 assetId)
    {
        uint256 registrySlot = ExchangeStorage.registrySlot();
        RegistryWord registry = RegistryWord.wrap(ExchangeStorage.load(registrySlot));
        uint256 id = registry.assets();
        if (id >= MAX_LISTED_ASSETS) revert IExchangeErrors.InvalidParameter("assets", id);
        if (unitsPerAtom == 0) revert IExchangeErrors.InvalidParameter("unitsPerAtom", 0);
        // The quote asset is a dollar by decree and needs no feed; every other needs one.
        if (id != 0 && feed == address(0)) revert IExchangeErrors.InvalidParameter("feed", 0);
        _checkUnlisted(token, id);
        uint8 decimals = IERC20Metadata(token).decimals();
        if (decimals > MAX_DECIMALS) revert IExchangeErrors.InvalidParameter("decimals", decimals);
        ExchangeStorage.store(registrySlot, RegistryWord.unwrap(registry.withOneMoreAsset()));
        TokenWord word = TokenWordLib.create(token, unitsPerAtom, decimals);
        ExchangeStorage.store(ExchangeStorage.tokenSlot(id), TokenWord.unwrap(word));
        ExchangeStorage.store(ExchangeStorage.feedSlot(id), uint160(feed));
        if (id != 0) {
            AssetRisk risk = AssetRiskLib.create(0, AssetRiskLib.NEW_IOTA_BPS, 0, 0, 0, 0);
            UnderlyingWord underlying = UnderlyingWord.wrap(0).withRisk(AssetRisk.unwrap(risk));
            ExchangeStorage.store(ExchangeStorage.underlyingSlot(id), UnderlyingWord.unwrap(underlying));
            ExchangeStorage.store(ExchangeStorage.rampSlot(id), RampWord.unwrap(RampWordLib.create(block.timestamp)));
        }
        OutflowWord outflow = OutflowWordLib.create(OUTFLOW_LIMIT_PPM);
        ExchangeStorage.store(ExchangeStorage.outflowSlot(id), OutflowWord.unwrap(outflow));
        // There are at most 44 assets.
        assetId = uint16(id);
        emit IExchange.AssetListed(assetId, token, unitsPerAtom, feed);
    }

    /// @notice See {IGovernance.listSpotMarket}.
    function listSpotMarket(uint16 baseAssetId, IExchange.SpotTerms calldata terms)
        external
        restricted
        nonReentrant
        returns (uint16 marketId)
    {
        MarketTerms.checkBase(baseAssetId);
        MarketTerms.checkSizes(terms.tickValue, terms.atomsPerLot, terms.minLots);
        MarketTerms.checkBand("bandBps", terms.bandBps);
        MarketTerms.checkFees(terms.takerPpm, terms.makerPpm);
        marketId = MarketTerms.newMarket(MarketId.spot(baseAssetId));
        ConfigWord config = ConfigWordLib.create(baseAssetId, MarketId.SPOT, terms.bandBps);
        BookWord book = BookWordLib.create(terms.minLots, terms.tickValue, terms.atomsPerLot, terms.makerPpm);
        uint256 price = UnderlyingWord.wrap(ExchangeStorage.load(ExchangeStorage.underlyingSlot(baseAssetId))).price();
        ExchangeStorage.store(ExchangeStorage.configSlot(marketId), ConfigWord.unwrap(config));
        ExchangeStorage.store(
            ExchangeStorage.bookSlot(marketId), BookWord.unwrap(PriceBand.withBandAround(book, config, price, price))
        );
        ExchangeStorage.store(ExchangeStorage.tapeSlot(marketId), TapeWord.unwrap(TapeWordLib.create(terms.takerPpm)));
        emit IExchange.MarketListed(marketId, baseAssetId, terms);
    }

    /// @notice See {IGovernance.collectFees}.
    function collectFees(uint16 marketId) external nonReentrant {
        uint256 slot = ExchangeStorage.tapeSlot(marketId);
        TapeWord tape = TapeWord.wrap(ExchangeStorage.load(slot));
        if (!tape.isListed()) revert IExchangeErrors.UnknownMarket(marketId);
        uint256 fees = tape.fees();
        uint256 left = 0;
        if (MarketId.isPerp(marketId)) (fees, left) = _takeFromPool(marketId, fees);
        RegistryWord registry = RegistryWord.wrap(ExchangeStorage.load(ExchangeStorage.registrySlot()));
        uint256 insurance = (fees * registry.insurancePpm() + _PPM - 1) / _PPM;
        ExchangeStorage.store(slot, TapeWord.unwrap(tape.withFees(left)));
        _credit(Accounts.INSURANCE, insurance);
        _credit(Accounts.TREASURY, fees - insurance);
        emit IExchange.FeesCollected(marketId, insurance, fees - insurance);
    }

    /// @dev Fees of a perp are what its traders owe to its pool. They go against its shortfall first; then the pool pays them
    ///      as far as it has cash.
    /// @return paid [quote atoms]
    /// @return left Fees that stay on the tape [quote atoms].
    function _takeFromPool(uint256 marketId, uint256 fees) private returns (uint256 paid, uint256 left) {
        uint256 slot = ExchangeStorage.perpPoolSlot(marketId);
        PerpPoolWord pool = PerpPoolWord.wrap(ExchangeStorage.load(slot));
        uint256 cancelled = Math.min(fees, pool.shortfall());
        paid = Math.min(fees - cancelled, pool.cash());
        left = fees - cancelled - paid;
        pool = PerpPoolWordLib.create(pool.cash() - paid, pool.shortfall() - cancelled);
        ExchangeStorage.store(slot, PerpPoolWord.unwrap(pool));
    }

    /// @dev One asset a token: two would share one pot of held tokens.
    function _checkUnlisted(address token, uint256 assets) private view {
        for (uint256 id = 0; id < assets; ++id) {
            if (TokenWord.wrap(ExchangeStorage.load(ExchangeStorage.tokenSlot(id))).token() == token) {
                revert IExchangeErrors.InvalidParameter("token", uint256(uint160(token)));
            }
        }
    }

    function _credit(uint256 accountId, uint256 quoteAtoms) private {
        // Fees are part of what the exchange holds, which is below 2^79.
        Balances.add(accountId, 0, int256(quoteAtoms));
        Accounts.use(accountId, 0);
    }
}
