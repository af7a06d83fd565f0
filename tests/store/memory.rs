//! The store in memory.

use agentwerk::Clock;
use agentwerk::store::MemoryStore;

use crate::contract::store_contract;

store_contract!(
    tokio::test(start_paused = true),
    (MemoryStore::new(Clock::system()), ())
);
