// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PerpPoolWord, PerpPoolWordLib} from "../types/PerpPoolWord.sol";
import {PoolIndexWordLib} from "../types/PoolIndexWord.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {PoolMath} from "../lending/PoolMath.sol";
import {Pools} from "../lending/Pools.sol";
import {Settlement} from "../perps/Settlement.sol";
import {Holdings} from "../risk/Holdings.sol";
import {Valuation} from "../risk/Valuation.sol";
import {Balances} from "../vault/Balances.sol";
import {Funds} from "./Funds.sol";

/// @notice The end of the waterfall: what nobody paid is lost by those who chose to be owed it. No position is closed, and no
///         balance in custody is touched.
library Losses {
    using PoolMath for PoolMath.Pool;

    /// @notice The lowest supply index that a loss leaves: with it, shares of all that a pool can have still fit their field [1e-18].
    uint256 internal constant MIN_INDEX = 1e12;

    /// @dev From 1e-18 dollars to quote atoms.
    uint256 private constant _QUOTE = 1e12;

    /// @notice Credit a position of an account with what its market lacks from now on: whoever draws profit of it is paid less.
    /// @param accountId Account whose loss is forgiven, or who is owed.
    /// @param deficitId Account that the shortfall is of.
    /// @return added As much of the atoms as the word of the pool can count [quote atoms].
    function addShortfall(uint256 accountId, uint256 deficitId, uint256 marketId, uint256 atoms)
        internal
        returns (uint256 added)
    {
        uint256 poolSlot = ExchangeStorage.perpPoolSlot(marketId);
        PerpPoolWord pool = PerpPoolWord.wrap(ExchangeStorage.load(poolSlot));
        added = Math.min(atoms, PerpPoolWordLib.MAX - pool.shortfall());
        if (added == 0) return 0;
        uint256 tickValue = MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(marketId))).tickValue();
        uint256 slot = ExchangeStorage.positionSlot(accountId, MarketId.base(marketId));
        PositionWord position = Holdings.position(accountId, MarketId.base(marketId));
        // Rounded down, so that positions never have more than pool and shortfall.
        int256 units = int256(Settlement.unitsDown(added, tickValue));
        ExchangeStorage.store(slot, PositionWord.unwrap(position.settled(units, position.entry()).touched()));
        uint256 shortfall = pool.shortfall() + added;
        ExchangeStorage.store(poolSlot, PerpPoolWord.unwrap(PerpPoolWordLib.create(pool.cash(), shortfall)));
        // Ids are of these widths.
        emit ILiquidation.ShortfallAdded(uint16(marketId), uint32(deficitId), added, shortfall);
    }

    /// @notice Forgive an account as much of a debt as some quote atoms are worth, rounded up. The insurance fund's own balance of
    ///         the asset pays first, as much as it may in a day; then lenders lose, and before them what is kept of their interest.
    /// @return inKindAtoms What the insurance fund has paid, valued, rounded down [quote atoms].
    /// @return lossAtoms What was forgiven, valued [quote atoms].
    /// @dev Where the supply index would fall below {MIN_INDEX} less is forgiven, and the rest stays owed. Source: DESIGN, waterfall.
    function forgive(uint256 accountId, uint256 assetId, uint256 quoteAtoms)
        internal
        returns (uint256 inKindAtoms, uint256 lossAtoms)
    {
        int256 balance = Balances.atomsOf(accountId, assetId);
        if (balance >= 0 || !Pools.isOpen(assetId)) return (0, 0);
        uint256 atoms = quoteAtoms;
        if (assetId != 0) {
            uint256 price = Valuation.underlying(assetId).price();
            if (price == 0) return (0, 0);
            atoms = Math.min(Math.ceilDiv(quoteAtoms * _QUOTE, price), uint256(-balance));
            uint256 paid = _payInKind(accountId, assetId, atoms);
            inKindAtoms = Math.min(paid * price / _QUOTE, quoteAtoms);
            // By as much as the debt has really fallen: shares that are repaid are rounded down.
            int256 left = Balances.atomsOf(accountId, assetId);
            atoms -= Math.min(atoms, uint256(left - balance));
            balance = left;
        }
        atoms = Math.min(atoms, uint256(-balance));
        if (atoms != 0) lossAtoms = _write(accountId, assetId, atoms, quoteAtoms - inKindAtoms);
    }

    /// @dev Pay a debt out of what the insurance fund has of the asset.
    function _payInKind(uint256 accountId, uint256 assetId, uint256 atoms) private returns (uint256 paid) {
        paid = Funds.drawInKind(assetId, atoms);
        // Atoms are part of what the exchange holds.
        if (paid != 0) Balances.add(accountId, assetId, int256(paid));
    }

    /// @dev Write a debt off, and what lenders have down to what is there.
    /// @param worth What the atoms are worth [quote atoms].
    /// @return lost As much of it as was written off [quote atoms].
    function _write(uint256 accountId, uint256 assetId, uint256 atoms, uint256 worth) private returns (uint256 lost) {
        LedgerWord word = Balances.load(accountId, assetId);
        PoolMath.Pool memory pool = Pools.load(assetId);
        // Of the debt, atoms are at most all. Rounded up: what is forgiven must not leave a deficit.
        uint256 wanted =
            Math.min(uint256(-word.balance()), Math.ceilDiv(atoms * PoolIndexWordLib.ONE, pool.borrowIndex));
        uint256 shares = Math.min(wanted, _forgivable(pool));
        if (shares != wanted) (atoms, worth) = (atoms * shares / wanted, worth * shares / wanted);
        pool.borrowShares -= shares;
        uint256 there = pool.cash * PoolIndexWordLib.ONE + pool.borrowShares * pool.borrowIndex;
        if (pool.supplyShares * pool.supplyIndex > there) pool.supplyIndex = there / pool.supplyShares;
        // Shares are below 2^80.
        word = word.add(int256(shares)).touched();
        ExchangeStorage.store(ExchangeStorage.ledgerSlot(accountId, assetId), LedgerWord.unwrap(word));
        Pools.store(assetId, pool);
        // Ids are of these widths.
        emit ILiquidation.PoolLoss(uint16(assetId), uint32(accountId), atoms, pool.supplyIndex);
        return worth;
    }

    /// @dev Borrow shares that may go so that the supply index stays at least {MIN_INDEX}.
    function _forgivable(PoolMath.Pool memory pool) private pure returns (uint256) {
        uint256 kept = Math.saturatingSub(pool.supplyShares * MIN_INDEX, pool.cash * PoolIndexWordLib.ONE);
        return Math.saturatingSub(pool.borrowShares, Math.ceilDiv(kept, pool.borrowIndex));
    }
}
