use std::path::{Path, PathBuf};
use std::time::Duration;

use agentwerk::chat::Message;
use agentwerk::store::{
    Append, Batch, Claim, Durability, JournalOptions, JournalStore, Lease, Query, StoreError,
};
use agentwerk::ticket::{Change, Record, Routing, TicketBody};
use agentwerk::{AgentName, Status, TicketKey, Timestamp};
use serde_json::json;
use tempfile::TempDir;

/// A session in a directory of its own.
pub(crate) struct Session {
    pub(crate) dir: TempDir,
    segment_bytes: u64,
}

impl Session {
    /// With a file for each of the first lines, if that is wanted.
    pub(crate) fn new(segment_bytes: u64) -> Self {
        let dir = TempDir::new().unwrap();
        Self { dir, segment_bytes }
    }

    pub(crate) fn options(&self) -> JournalOptions {
        JournalOptions::new(self.dir.path()).segment_bytes(self.segment_bytes)
    }

    /// Options for tests that open the session many times.
    pub(crate) fn buffered(&self) -> JournalOptions {
        self.options().durability(Durability::Buffered)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join("journal").join(name)
    }

    pub(crate) fn results(&self) -> PathBuf {
        self.dir.path().join("results.jsonl")
    }
}

pub(crate) fn record(key: TicketKey, change: Change) -> Record {
    let at = Timestamp::from_millis(1_700_000_000_000);
    Record { key, at, change }
}

pub(crate) fn submission(key: TicketKey) -> Record {
    let body = TicketBody::new(format!("the work of {key}"));
    record(key, Change::Submitted(Box::new(body)))
}

pub(crate) async fn submit(store: &JournalStore) -> Result<TicketKey, StoreError> {
    let key = store.reserve_key();
    store.append(Batch::new(vec![submission(key)])).await?;
    Ok(key)
}

pub(crate) async fn claim(store: &JournalStore) -> Result<Lease, StoreError> {
    let routing = Routing::new([] as [&str; 0], None);
    let agent = AgentName::from("worker");
    let length = Duration::from_secs(600);
    let claimed = store.claim(&routing, &agent, length).await?;
    Ok(claimed.expect("a ticket is open").lease)
}

/// Submits a ticket, works on it with two messages, and finishes it.
pub(crate) async fn finish(store: &JournalStore) -> TicketKey {
    submit(store).await.unwrap();
    let lease = claim(store).await.unwrap();
    for text in ["first", "second"] {
        let message = Message::assistant(format!("{text} of {}", lease.key));
        let said = Change::Message {
            message,
            usage: None,
        };
        let batch = Batch::leased(&lease, vec![record(lease.key, said)]);
        store.append(batch).await.unwrap();
    }
    let result = json!({ "of": lease.key });
    let done = record(lease.key, Change::Done { result });
    let batch = Batch::leased(&lease, vec![done]);
    store.append(batch).await.unwrap();
    lease.key
}

/// The keys of all tickets with this status.
pub(crate) fn keys(store: &JournalStore, status: Status) -> Vec<u64> {
    let tickets = store.tickets();
    let fitting = tickets.iter().filter(|ticket| ticket.status() == status);
    fitting.map(|ticket| ticket.key().number()).collect()
}

/// Where each line of a file begins, and the end of the file.
pub(crate) fn line_starts(bytes: &[u8]) -> Vec<usize> {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    std::iter::once(0)
        .chain(ends.map(|(place, _)| place + 1))
        .collect()
}

/// Changes one byte of a file.
pub(crate) fn damage(path: &Path, place: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[place] ^= 1;
    std::fs::write(path, bytes).unwrap();
}
