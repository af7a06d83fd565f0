//! The macros of agentwerk. Use them through the `agentwerk` crate, which re-exports them.
