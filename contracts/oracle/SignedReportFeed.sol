// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";
import {LibSort} from "solady/src/utils/LibSort.sol";
import {IPriceFeed} from "../interfaces/IPriceFeed.sol";
import {PackedReports} from "./PackedReports.sol";

/// @notice Reference prices that enough of several known signers have signed. Anyone brings their reports.
/// @dev Whoever brings reports chooses which ones of the last minute, and nothing else. The price is the lower median of
///      `threshold` or more, so it lies between prices of honest signers if at most (threshold − 1) / 2 of them, rounded
///      down, are not honest. A report is bound to chain and contract by its EIP-712 domain, and to its time: once a
///      price is accepted, no report of that second or an earlier one counts for its asset.
contract SignedReportFeed is IPriceFeed, AccessManaged, EIP712 {
    using EnumerableSet for EnumerableSet.AddressSet;

    struct AcceptedPrice {
        uint128 price;
        uint32 time;
        uint16 confidenceBps;
    }

    /// @notice Only these sign from now on, and so many reports make a price.
    event SignersSet(address[] signers, uint8 threshold);
    /// @notice A price was accepted [1e-18 dollars a whole token, seconds, bps].
    event PriceAccepted(uint16 indexed assetId, uint256 price, uint32 time, uint16 confidenceBps);

    /// @notice There are no signers, or no threshold that they can reach.
    error InvalidThreshold(uint256 threshold, uint256 signers);
    /// @notice Signers are to be in rising order, each once.
    error SignersNotAscending(address signer, address previous);
    /// @notice Fewer reports than make a price.
    error BelowThreshold(uint256 reports, uint256 threshold);
    /// @notice The signature of the report at this index is none, or not the one of its kind (s in the upper half).
    error InvalidSignature(uint256 index);
    /// @notice Whoever signed this is none of the signers; so it seems, too, if anything else was signed.
    error UnknownSigner(address signer);
    /// @notice A report was made later than now [seconds].
    error ReportFromFuture(address signer, uint256 time);
    /// @notice A report is too old to be brought [seconds].
    error ReportExpired(address signer, uint256 time);
    /// @notice A signer reports a price of zero.
    error ZeroPrice(address signer, uint256 assetId);
    /// @notice For none of the assets are the reports newer than what was accepted before [seconds].
    error NothingNewer(uint256 time);

    /// @notice Type of what is signed. Prices in 1e-18 dollars a whole token; time in seconds.
    bytes32 public constant REPORT_TYPEHASH = keccak256("Report(uint16[] assetIds,uint128[] prices,uint32 time)");
    /// @notice How old a report may be when it is brought [seconds].
    uint256 public constant MAX_AGE = 60;

    uint256 private constant _BPS = 10_000;

    EnumerableSet.AddressSet private _signers;
    /// @notice How many reports make a price; 0 as long as there are no signers.
    uint8 public threshold;
    mapping(uint16 assetId => AcceptedPrice) private _accepted;

    /// @param authority_ Says who chooses the signers.
    constructor(address authority_) AccessManaged(authority_) EIP712("SignedReportFeed", "1") {}

    /// @notice Replace all signers. What those left out have signed no longer counts; accepted prices stay.
    /// @param signers_ In rising order.
    /// @param threshold_ How many reports make a price, at least 1.
    /// @dev Restricted. Errors: AccessManagedUnauthorized, InvalidThreshold, SignersNotAscending.
    function setSigners(address[] calldata signers_, uint8 threshold_) external restricted {
        if (threshold_ == 0 || threshold_ > signers_.length) revert InvalidThreshold(threshold_, signers_.length);
        _signers.clear();
        address previous = address(0);
        for (uint256 i = 0; i < signers_.length; ++i) {
            _checkAscending(signers_[i], previous);
            previous = signers_[i];
            _signers.add(previous);
        }
        threshold = threshold_;
        emit SignersSet(signers_, threshold_);
    }

    /// @notice Bring reports of `threshold` or more signers about the same assets. Anyone may.
    /// @param packed The reports, in rising order of their signers; see {PackedReports}.
    /// @dev Of each asset is accepted: as price the middle one, of two the lower; as time that of the oldest report; as
    ///      confidence 10,000 less what highest and lowest price are apart [bps of the price, rounded up], at least 0.
    ///      An asset that has a price of that second or a later one keeps it.
    ///      Errors: MalformedReports, ExponentTooHigh, BelowThreshold, InvalidSignature, UnknownSigner,
    ///      SignersNotAscending, ReportFromFuture, ReportExpired, ZeroPrice, NothingNewer.
    function submit(bytes calldata packed) external {
        (uint256[] memory assetIds, uint256 reports) = PackedReports.header(packed);
        if (reports == 0 || reports < threshold) revert BelowThreshold(reports, threshold);
        (uint256[][] memory prices, uint256 time) = _readReports(packed, assetIds, reports);
        uint256[] memory ofAsset = new uint256[](reports);
        uint256 accepted = 0;
        for (uint256 i = 0; i < assetIds.length; ++i) {
            // Asset ids are read from two bytes.
            uint16 assetId = uint16(assetIds[i]);
            if (time <= _accepted[assetId].time) continue;
            for (uint256 report = 0; report < reports; ++report) {
                ofAsset[report] = prices[report][i];
            }
            _accept(assetId, ofAsset, time);
            ++accepted;
        }
        if (accepted == 0) revert NothingNewer(time);
    }

    /// @notice Who signs, in rising order.
    function signers() external view returns (address[] memory) {
        return _signers.values();
    }

    /// @inheritdoc IPriceFeed
    function latestPrice(uint16 assetId) external view returns (uint256 price, uint32 time, uint16 confidenceBps) {
        AcceptedPrice memory accepted = _accepted[assetId];
        return (accepted.price, accepted.time, accepted.confidenceBps);
    }

    /// @dev Keep what the prices of an asset, which are sorted on the way, amount to.
    function _accept(uint16 assetId, uint256[] memory prices, uint256 time) private {
        LibSort.insertionSort(prices);
        uint256 price = prices[(prices.length - 1) / 2];
        uint256 spread = ((prices[prices.length - 1] - prices[0]) * _BPS + price - 1) / price;
        // Prices are below 2^128, times are read from four bytes, the confidence is at most 10,000.
        AcceptedPrice memory accepted = AcceptedPrice({
            price: uint128(price), time: uint32(time), confidenceBps: uint16(Math.saturatingSub(_BPS, spread))
        });
        _accepted[assetId] = accepted;
        emit PriceAccepted(assetId, accepted.price, accepted.time, accepted.confidenceBps);
    }

    /// @dev Check all reports.
    /// @return prices By report and asset [1e-18 dollars a whole token].
    /// @return time When the oldest of them was made [seconds].
    function _readReports(bytes calldata packed, uint256[] memory assetIds, uint256 reports)
        private
        view
        returns (uint256[][] memory prices, uint256 time)
    {
        bytes32 assetsHash = keccak256(abi.encodePacked(assetIds));
        prices = new uint256[][](reports);
        time = block.timestamp;
        address previous = address(0);
        for (uint256 i = 0; i < reports; ++i) {
            PackedReports.Report memory report = PackedReports.reportAt(packed, assetIds.length, i);
            address signer = _signerOf(report, assetsHash, i);
            _checkAscending(signer, previous);
            _checkReport(report, signer, assetIds);
            previous = signer;
            prices[i] = report.prices;
            if (report.time < time) time = report.time;
        }
    }

    /// @dev Source of the hashes: EIP-712; arrays are hashed as the words of their elements.
    function _signerOf(PackedReports.Report memory report, bytes32 assetsHash, uint256 index)
        private
        view
        returns (address signer)
    {
        bytes32 pricesHash = keccak256(abi.encodePacked(report.prices));
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(REPORT_TYPEHASH, assetsHash, pricesHash, report.time)));
        ECDSA.RecoverError failure;
        (signer, failure,) = ECDSA.tryRecover(digest, report.r, report.vs);
        if (failure != ECDSA.RecoverError.NoError) revert InvalidSignature(index);
        if (!_signers.contains(signer)) revert UnknownSigner(signer);
    }

    function _checkReport(PackedReports.Report memory report, address signer, uint256[] memory assetIds) private view {
        if (report.time > block.timestamp) revert ReportFromFuture(signer, report.time);
        if (report.time + MAX_AGE < block.timestamp) revert ReportExpired(signer, report.time);
        for (uint256 i = 0; i < assetIds.length; ++i) {
            if (report.prices[i] == 0) revert ZeroPrice(signer, assetIds[i]);
        }
    }

    /// @dev In rising order, nobody is counted twice.
    function _checkAscending(address signer, address previous) private pure {
        if (signer <= previous) revert SignersNotAscending(signer, previous);
    }
}
