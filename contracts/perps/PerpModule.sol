// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {ConfigWord} from "../types/ConfigWord.sol";
import {LedgerWordLib} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PerpPoolWord} from "../types/PerpPoolWord.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";
import {SampleWord} from "../types/SampleWord.sol";
import {UnderlyingWord} from "../types/UnderlyingWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {PriceMoves} from "../oracle/PriceMoves.sol";
import {RiskCheck} from "../risk/RiskCheck.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";
import {FundingRate} from "./FundingRate.sol";
import {Marks} from "./Marks.sol";
import {Samples} from "./Samples.sol";
import {Settlement} from "./Settlement.sol";
import {SpotWorth} from "./SpotWorth.sol";

/// @notice Marks, funding and settlement of perps. The exchange delegates to it.
contract PerpModule is ReentrancyGuardTransient {
    /// @notice How long a sample counts, and a rate holds, without a new one [seconds].
    uint256 public constant SAMPLE_SECONDS = 300;

    IRiskEngine private immutable _riskEngine;
    address private immutable _vaultModule;
    address private immutable _orderModule;

    /// @param riskEngine The exchange's risk engine.
    /// @param vaultModule Code of {IExchange.createAccount} and {IExchange.transfer}.
    /// @param orderModule Code of {IExchange.place}.
    constructor(IRiskEngine riskEngine, address vaultModule, address orderModule) {
        _riskEngine = riskEngine;
        _vaultModule = vaultModule;
        _orderModule = orderModule;
    }

    /// @notice See {IExchange.pokeMarkets}.
    function pokeMarkets(uint16[] calldata marketIds) external nonReentrant {
        for (uint256 i = 0; i < marketIds.length; ++i) {
            _poke(marketIds[i]);
        }
    }

    /// @notice See {IExchange.settle}.
    function settle(uint32 accountId, uint16 marketId) external nonReentrant returns (int256 atoms) {
        MarkWord mark = _markOf(marketId);
        if (Accounts.load(accountId).owner() == address(0)) revert IExchangeErrors.UnknownAccount(accountId);
        return _settle(accountId, marketId, mark, _available(accountId));
    }

    /// @notice See {IExchange.settleOnCredit}.
    function settleOnCredit(uint32 accountId, uint16 marketId) external nonReentrant returns (int256 atoms) {
        MarkWord mark = _markOf(marketId);
        Accounts.ofOwner(accountId, msg.sender);
        // Nobody can borrow more than the exchange ever holds, so no more is tried, and no field of a word overflows.
        atoms = _settle(accountId, marketId, mark, LedgerWordLib.MAX_HELD_ATOMS);
        // A loss, rounded up, is never nothing.
        if (atoms < 0) RiskCheck.checkInitial(_riskEngine, accountId);
    }

    /// @notice See {IExchange.openIsolated}.
    /// @dev Each of the three steps takes the reentrancy guard itself, and passes its own checks.
    function openIsolated(uint32 fromAccountId, uint256 quoteAtoms, IExchange.OrderRequest calldata order)
        external
        returns (uint32 accountId, IExchange.OrderResult memory result)
    {
        Accounts.ofOwner(fromAccountId, msg.sender);
        bytes memory returned = Address.functionDelegateCall(_vaultModule, abi.encodeCall(IExchange.createAccount, ()));
        accountId = abi.decode(returned, (uint32));
        Address.functionDelegateCall(
            _vaultModule, abi.encodeCall(IExchange.transfer, (fromAccountId, accountId, 0, quoteAtoms))
        );
        returned = Address.functionDelegateCall(_orderModule, abi.encodeCall(IExchange.place, (accountId, order)));
        result = abi.decode(returned, (IExchange.OrderResult));
    }

    /// @dev Bring funding up to now at the mark and rate so far; then samples, rate, mark and band.
    function _poke(uint16 marketId) private {
        MarkWord mark = _markOf(marketId);
        uint256 assetId = MarketId.base(marketId);
        uint256 price = UnderlyingWord.wrap(ExchangeStorage.load(ExchangeStorage.underlyingSlot(assetId))).price();
        // An asset id is a byte.
        if (price == 0) revert IExchangeErrors.PriceUnavailable(uint16(assetId));
        mark = mark.accrued(block.timestamp);
        SampleWord samples = Marks.samplesOf(marketId);
        // The newest sample was taken that long before its rate ends; at most one counts in a second.
        if (block.timestamp + SAMPLE_SECONDS > mark.until()) {
            (mark, samples) = _sample(marketId, mark, samples, price);
        } else {
            samples = _sampleAgain(marketId, mark, samples, price);
        }
        Marks.publish(marketId, mark, samples, price);
    }

    /// @dev Let the interval between the two samples known count, then take a third, which moves nothing yet.
    function _sample(uint256 marketId, MarkWord mark, SampleWord samples, uint256 price)
        private
        returns (MarkWord, SampleWord)
    {
        ConfigWord config = Marks.configOf(marketId);
        uint256 until = mark.until();
        // No interval ends with the first sample.
        uint256 span = until == 0 ? 0 : Math.min(block.timestamp + SAMPLE_SECONDS - until, SAMPLE_SECONDS);
        uint256 packed = Samples.take(marketId, config, Marks.indexOf(config, mark.tickValue(), price));
        samples = Samples.counted(samples).withSample(packed, span);
        ExchangeStorage.store(ExchangeStorage.sampleSlot(marketId), SampleWord.unwrap(samples));
        int256 rate = FundingRate.rateOf(config, samples.premiumAverage());
        return (mark.withRate(rate, block.timestamp + SAMPLE_SECONDS), samples);
    }

    /// @dev Leave of the sample taken in this second what a further one has in common with it: whoever samples first in every
    ///      second, with quotes that he pulls at once, moves nothing if one other samples after him. Averages and rate stay.
    function _sampleAgain(uint256 marketId, MarkWord mark, SampleWord samples, uint256 price)
        private
        returns (SampleWord)
    {
        ConfigWord config = Marks.configOf(marketId);
        uint256 packed = Samples.take(marketId, config, Marks.indexOf(config, mark.tickValue(), price));
        samples = Samples.agreed(samples, packed);
        ExchangeStorage.store(ExchangeStorage.sampleSlot(marketId), SampleWord.unwrap(samples));
        return samples;
    }

    /// @dev Settle a position at the stored mark and the funding index now. While there is a shortfall, when to draw is the
    ///      owner's choice alone.
    /// @param available The most that is paid of a loss [quote atoms].
    function _settle(uint32 accountId, uint16 marketId, MarkWord mark, uint256 available) private returns (int256) {
        int256 funding = mark.fundingTicksAt(block.timestamp);
        uint256 slot = ExchangeStorage.positionSlot(accountId, MarketId.base(marketId));
        PositionWord position = PositionWord.wrap(ExchangeStorage.load(slot));
        int256 units = Settlement.unitsOf(position, mark.mark(), funding);
        if (units == 0) return 0;
        uint256 poolSlot = ExchangeStorage.perpPoolSlot(marketId);
        PerpPoolWord pool = PerpPoolWord.wrap(ExchangeStorage.load(poolSlot));
        if (units > 0) {
            if (pool.shortfall() != 0) Accounts.ofOwner(accountId, msg.sender);
            PriceMoves.checkCalm(MarketId.base(marketId));
        }
        Settlement.Payment memory payment = units < 0
            ? Settlement.ofLoss(units, mark.tickValue(), available, pool)
            : Settlement.ofProfit(units, mark.tickValue(), pool);
        position = position.settled(payment.units, PositionWordLib.entryOf(funding)).touched();
        ExchangeStorage.store(slot, PositionWord.unwrap(position));
        ExchangeStorage.store(poolSlot, PerpPoolWord.unwrap(payment.pool));
        int256 atoms = payment.atoms;
        int256 balance = atoms == 0 ? Balances.atomsOf(accountId, 0) : Balances.add(accountId, 0, atoms);
        emit IExchange.Settled(accountId, marketId, atoms, payment.cancelledAtoms, balance);
        return atoms;
    }

    /// @dev What there is of quote, and can be taken at once: of what is lent, no more than its pool has; where something is
    ///      owed, no more than what the account is worth without its perps. Else lenders would pay for a perp.
    function _available(uint256 accountId) private view returns (uint256) {
        (uint256 most, uint256 has) = Balances.reach(accountId, 0);
        uint256 available = Math.min(most, has);
        (int256 worth, bool owes) = SpotWorth.ofAccount(accountId);
        if (!owes) return available;
        // The cast is safe behind the test of the sign.
        return worth <= 0 ? 0 : Math.min(available, uint256(worth));
    }

    function _markOf(uint16 marketId) private view returns (MarkWord mark) {
        mark = Marks.load(marketId);
        if (!mark.isListed()) revert IExchangeErrors.UnknownMarket(marketId);
    }
}
