//! The journal keeps the contract, however durable it is asked to be.

use agentwerk::store::{JournalOptions, JournalStore};
use tempfile::TempDir;

/// A journal in a directory of its own, which goes with the second value.
fn begin(set: impl FnOnce(JournalOptions) -> JournalOptions) -> (JournalStore, TempDir) {
    let dir = TempDir::new().unwrap();
    let options = set(JournalOptions::new(dir.path()));
    (options.begin().unwrap(), dir)
}

mod fsync {
    use crate::contract::store_contract;
    use crate::journal::begin;

    store_contract!(tokio::test(start_paused = true), begin(|options| options));
}

mod buffered {
    use agentwerk::store::Durability;

    use crate::contract::store_contract;
    use crate::journal::begin;

    store_contract!(
        tokio::test(start_paused = true),
        begin(|options| options.durability(Durability::Buffered))
    );
}

/// A file for each line or two.
mod many_files {
    use crate::contract::store_contract;
    use crate::journal::begin;

    store_contract!(
        tokio::test(start_paused = true),
        begin(|options| options.segment_bytes(100))
    );
}
