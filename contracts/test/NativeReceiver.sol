// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice A contract that owns accounts, and that refuses native tokens or calls somebody when it receives them.
contract NativeReceiver {
    /// @notice Whom it calls when it receives, zero for no one.
    address public target;
    /// @notice What it calls with.
    bytes public callData;
    /// @notice Whether it refuses to receive.
    bool public refuses;

    /// @notice Calls made while receiving.
    uint256 public calls;
    /// @notice Whether the last one went through.
    bool public succeeded;
    /// @notice What the last one returned.
    bytes public returned;

    /// @notice It was told to refuse.
    error Refused();

    receive() external payable {
        if (refuses) revert Refused();
        if (target == address(0)) return;
        ++calls;
        (succeeded, returned) = target.call(callData);
    }

    /// @notice Call somebody at each receipt from now on.
    function arm(address target_, bytes calldata callData_) external {
        (target, callData) = (target_, callData_);
    }

    /// @notice Refuse to receive from now on, or no longer.
    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    /// @notice Call anyone with the native tokens sent along, and revert as it reverts.
    function execute(address to, bytes calldata data) external payable returns (bytes memory) {
        (bool ok, bytes memory answer) = to.call{value: msg.value}(data);
        if (!ok) {
            assembly ("memory-safe") {
                // The revert data as it came.
                revert(add(answer, 0x20), mload(answer))
            }
        }
        return answer;
    }
}
