// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FundWord} from "../types/FundWord.sol";
import {LiquidationWord} from "../types/LiquidationWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";

/// @notice The insurance fund and the backstop: what they pay for others, and what they get for it.
library Funds {
    /// @notice Share of the insurance fund that the same cause may use up in a day [ppm].
    uint256 internal constant INSURANCE_DAY_PPM = 500_000;
    /// @notice Share of the backstop that the same cause may use up in a day [ppm].
    uint256 internal constant BACKSTOP_DAY_PPM = 200_000;
    /// @notice The cause of what bidders are paid.
    uint256 internal constant BIDDERS = 255;

    uint256 private constant _PPM = 1e6;

    /// @notice Counts of all accounts together, and where the backstop is.
    function load() internal view returns (LiquidationWord) {
        return LiquidationWord.wrap(ExchangeStorage.load(ExchangeStorage.liquidationSlot()));
    }

    /// @notice Write the counts of all accounts together.
    function store(LiquidationWord word) internal {
        ExchangeStorage.store(ExchangeStorage.liquidationSlot(), LiquidationWord.unwrap(word));
    }

    /// @notice Take what is needed out of the insurance fund, and what that does not pay out of the backstop, each within what
    ///         it has and may use up for a cause in a day. Less, or nothing, is paid without an error.
    /// @param cause A perp market, an asset whose debt is not paid, or {BIDDERS}.
    function draw(uint256 cause, uint256 atoms) internal returns (uint256 insuranceAtoms, uint256 backstopAtoms) {
        uint256 slot = ExchangeStorage.fundSlot(cause);
        FundWord word = FundWord.wrap(ExchangeStorage.load(slot)).at(block.timestamp);
        insuranceAtoms = _pay(Accounts.INSURANCE, 0, atoms, word.insurance(), INSURANCE_DAY_PPM);
        uint256 backstop = load().backstop();
        if (backstop != 0) {
            backstopAtoms = _pay(backstop, 0, atoms - insuranceAtoms, word.backstop(), BACKSTOP_DAY_PPM);
        }
        if (insuranceAtoms | backstopAtoms == 0) return (0, 0);
        ExchangeStorage.store(slot, FundWord.unwrap(word.withPaid(insuranceAtoms, backstopAtoms)));
    }

    /// @notice Take what the insurance fund has of another asset than the quote, to repay a debt in it, within the same share a day.
    /// @dev It is counted as of the asset's spot market, in its atoms.
    function drawInKind(uint256 assetId, uint256 atoms) internal returns (uint256 paid) {
        uint256 slot = ExchangeStorage.fundSlot(MarketId.spot(assetId));
        FundWord word = FundWord.wrap(ExchangeStorage.load(slot)).at(block.timestamp);
        paid = _pay(Accounts.INSURANCE, assetId, atoms, word.insurance(), INSURANCE_DAY_PPM);
        if (paid != 0) ExchangeStorage.store(slot, FundWord.unwrap(word.withPaid(paid, 0)));
    }

    /// @notice Split a fee between both, the odd atom to the backstop; without a backstop all is the insurance fund's.
    function collect(uint256 feeAtoms) internal {
        if (feeAtoms == 0) return;
        uint256 backstop = load().backstop();
        uint256 insured = backstop == 0 ? feeAtoms : feeAtoms / 2;
        refund(insured, feeAtoms - insured);
    }

    /// @notice Give each what is its.
    function refund(uint256 insuranceAtoms, uint256 backstopAtoms) internal {
        // Atoms are part of what the exchange holds.
        if (insuranceAtoms != 0) Balances.add(Accounts.INSURANCE, 0, int256(insuranceAtoms));
        if (backstopAtoms != 0) Balances.add(load().backstop(), 0, int256(backstopAtoms));
    }

    /// @notice What can be taken out of the balance of an account without borrowing [atoms].
    function available(uint256 accountId, uint256 assetId) internal view returns (uint256) {
        (uint256 most, uint256 has) = Balances.reach(accountId, assetId);
        return Math.min(most, has);
    }

    /// @param used What the same cause has used up today.
    function _pay(uint256 accountId, uint256 assetId, uint256 atoms, uint256 used, uint256 dayPpm)
        private
        returns (uint256 paid)
    {
        uint256 has = available(accountId, assetId);
        uint256 room = Math.saturatingSub((has + used) * dayPpm / _PPM, used);
        paid = Math.min(atoms, Math.min(has, room));
        // Atoms are part of what the exchange holds.
        if (paid != 0) Balances.add(accountId, assetId, -int256(paid));
    }
}
