"""What tests share: EVM backends, the ABI, and the whole system deployed on either backend."""
