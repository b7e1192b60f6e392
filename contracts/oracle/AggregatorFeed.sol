// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IAggregator} from "../interfaces/IAggregator.sol";
import {IPriceFeed} from "../interfaces/IPriceFeed.sol";

/// @notice Reference prices of Chainlink-style aggregators, one for each asset.
/// @dev An aggregator that is broken in any way yields no price but an error, which names the asset: whoever pokes
///      several assets leaves that one out. How old a price may be is judged by the exchange, from the time given with it.
contract AggregatorFeed is IPriceFeed, AccessManaged {
    struct Source {
        address aggregator;
        uint8 decimals;
    }

    /// @notice The prices of an asset come from this aggregator from now on; from none if it is zero.
    event AggregatorSet(uint16 indexed assetId, address aggregator, uint8 decimals);

    /// @notice Answers have more decimals than prices.
    error TooManyDecimals(uint16 assetId, uint256 decimals, uint256 limit);
    /// @notice The aggregator reverts, is gone, or answers with too few bytes.
    error AggregatorUnreadable(uint16 assetId, address aggregator);
    /// @notice Answers no longer have the decimals they had when the aggregator was set.
    error DecimalsChanged(uint16 assetId, uint256 decimals, uint256 expected);
    /// @notice The newest round has no answer of its own.
    error RoundIncomplete(uint16 assetId, uint256 roundId);
    /// @notice The newest answer was made later than now [seconds].
    error RoundFromFuture(uint16 assetId, uint256 updatedAt);
    /// @notice The newest answer is no price: zero, negative or 2^127 and more.
    error InvalidAnswer(uint16 assetId, int256 answer);

    uint16 private constant _FULL_CONFIDENCE = 10_000;
    uint256 private constant _PRICE_DECIMALS = 18;
    uint256 private constant _WORD = 32;
    uint256 private constant _ROUND_WORDS = 5;

    mapping(uint16 assetId => Source) private _sources;

    /// @param authority_ Says who chooses aggregators.
    constructor(address authority_) AccessManaged(authority_) {}

    /// @notice Take the prices of an asset from an aggregator that has a good answer now.
    /// @param aggregator Answers in dollars for one whole token; zero for none, after which the asset has no price.
    /// @param decimals Decimals of its answers, at most 18, as whoever chose it knows them.
    /// @dev Restricted. Errors: AccessManagedUnauthorized, TooManyDecimals, and those of {latestPrice}.
    function setAggregator(uint16 assetId, address aggregator, uint8 decimals) external restricted {
        if (decimals > _PRICE_DECIMALS) revert TooManyDecimals(assetId, decimals, _PRICE_DECIMALS);
        Source memory source = Source({aggregator: aggregator, decimals: decimals});
        if (aggregator != address(0)) _read(assetId, source);
        _sources[assetId] = source;
        emit AggregatorSet(assetId, aggregator, decimals);
    }

    /// @notice The aggregator of an asset, zero if it has none, and the decimals of its answers.
    function aggregatorOf(uint16 assetId) external view returns (address aggregator, uint8 decimals) {
        Source memory source = _sources[assetId];
        return (source.aggregator, source.decimals);
    }

    /// @inheritdoc IPriceFeed
    /// @dev All zero for an asset without aggregator. An answer has at most 18 decimals, so scaling it rounds nothing.
    ///      Errors: AggregatorUnreadable, DecimalsChanged, RoundIncomplete, RoundFromFuture, InvalidAnswer.
    function latestPrice(uint16 assetId) external view returns (uint256 price, uint32 time, uint16 confidenceBps) {
        Source memory source = _sources[assetId];
        if (source.aggregator == address(0)) return (0, 0, 0);
        (price, time) = _read(assetId, source);
        confidenceBps = _FULL_CONFIDENCE;
    }

    /// @dev The price an aggregator has now, and when it was made [1e-18 dollars a whole token, seconds].
    function _read(uint16 assetId, Source memory source) private view returns (uint256 price, uint32 time) {
        bytes memory returned = _ask(assetId, source.aggregator, IAggregator.decimals.selector, 1);
        uint256 decimals = abi.decode(returned, (uint256));
        if (decimals != source.decimals) revert DecimalsChanged(assetId, decimals, source.decimals);
        returned = _ask(assetId, source.aggregator, IAggregator.latestRoundData.selector, _ROUND_WORDS);
        // Whole words, so that no value makes the decoding itself fail.
        (uint256 roundId, int256 answer,, uint256 updatedAt, uint256 answeredInRound) =
            abi.decode(returned, (uint256, int256, uint256, uint256, uint256));
        if (updatedAt == 0 || answeredInRound < roundId) revert RoundIncomplete(assetId, roundId);
        if (updatedAt > block.timestamp) revert RoundFromFuture(assetId, updatedAt);
        if (answer <= 0 || answer > type(int128).max) revert InvalidAnswer(assetId, answer);
        // Positive; below 2^127 · 10^18.
        price = uint256(answer) * 10 ** (_PRICE_DECIMALS - decimals);
        // Not later than now, and seconds fit 32 bits until 2106.
        time = uint32(updatedAt);
    }

    /// @dev What an aggregator returns, at least so many words.
    function _ask(uint16 assetId, address aggregator, bytes4 selector, uint256 words)
        private
        view
        returns (bytes memory returned)
    {
        bool ok;
        (ok, returned) = aggregator.staticcall(abi.encodeWithSelector(selector));
        if (!ok || returned.length < words * _WORD) revert AggregatorUnreadable(assetId, aggregator);
    }
}
