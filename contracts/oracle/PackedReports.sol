// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice The packed form of price reports of several signers about the same assets.
/// @dev Big-endian fields without padding; widths in bytes:
///      number of assets 1, then for each asset: asset id 2;
///      then for each report: time 4, for each asset: mantissa 5 and exponent 1; signature 64 (r, vs of EIP-2098).
///      A price is mantissa · 10^exponent [1e-18 dollars a whole token].
library PackedReports {
    /// @notice The highest exponent: every price is below 2^128.
    uint256 internal constant MAX_EXPONENT = 26;

    uint256 private constant _HEADER_SIZE = 1;
    uint256 private constant _ASSET_SIZE = 2;
    uint256 private constant _TIME_SIZE = 4;
    uint256 private constant _PRICE_SIZE = 6;
    uint256 private constant _SIGNATURE_SIZE = 64;

    /// @notice The bytes are not a whole number of reports about the assets they name.
    error MalformedReports(uint256 size);
    /// @notice The exponent of a price is too high.
    error ExponentTooHigh(uint256 exponent, uint256 limit);

    /// @notice One signer's report.
    struct Report {
        uint256 time;
        /// @dev One for each asset [1e-18 dollars a whole token].
        uint256[] prices;
        bytes32 r;
        /// @dev s, and the parity of the signature in the highest bit. Source: EIP-2098.
        bytes32 vs;
    }

    /// @notice Read the asset ids and the number of reports.
    /// @dev Errors: MalformedReports.
    function header(bytes calldata packed) internal pure returns (uint256[] memory assetIds, uint256 reports) {
        if (packed.length == 0) revert MalformedReports(0);
        uint256 assets = uint8(packed[0]);
        uint256 start = _start(assets);
        uint256 size = _size(assets);
        if (packed.length < start || (packed.length - start) % size != 0) revert MalformedReports(packed.length);
        reports = (packed.length - start) / size;
        assetIds = new uint256[](assets);
        for (uint256 i = 0; i < assets; ++i) {
            assetIds[i] = uint16(bytes2(packed[_start(i):]));
        }
    }

    /// @notice Read one report about so many assets.
    /// @dev Errors: ExponentTooHigh.
    function reportAt(bytes calldata packed, uint256 assets, uint256 index)
        internal
        pure
        returns (Report memory report)
    {
        uint256 offset = _start(assets) + index * _size(assets);
        report.time = uint32(bytes4(packed[offset:]));
        offset += _TIME_SIZE;
        report.prices = new uint256[](assets);
        for (uint256 i = 0; i < assets; ++i) {
            report.prices[i] = _price(packed, offset + i * _PRICE_SIZE);
        }
        offset += assets * _PRICE_SIZE;
        report.r = bytes32(packed[offset:]);
        report.vs = bytes32(packed[offset + _SIGNATURE_SIZE / 2:]);
    }

    function _price(bytes calldata packed, uint256 offset) private pure returns (uint256) {
        uint256 field = uint48(bytes6(packed[offset:]));
        uint256 exponent = field & 0xff;
        if (exponent > MAX_EXPONENT) revert ExponentTooHigh(exponent, MAX_EXPONENT);
        return (field >> 8) * 10 ** exponent;
    }

    /// @dev Where the reports begin.
    function _start(uint256 assets) private pure returns (uint256) {
        return _HEADER_SIZE + assets * _ASSET_SIZE;
    }

    /// @dev Bytes of a report.
    function _size(uint256 assets) private pure returns (uint256) {
        return _TIME_SIZE + assets * _PRICE_SIZE + _SIGNATURE_SIZE;
    }
}
