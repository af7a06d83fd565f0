use std::sync::Arc;
use std::time::Duration;

use agentwerk::chat::{Message, Usage};
use agentwerk::event::{FailureReason, TicketFailure};
use agentwerk::store::{Batch, Claimed, Ends, Lease, Store, StoreError, Watch};
use agentwerk::ticket::{Change, Record, Routing, TicketBody, TicketSnapshot};
use agentwerk::{AgentName, Status, TicketKey, Timestamp};
use serde_json::{Value, json};

/// A lease that does not end while a law looks at it.
pub(super) const LONG: Duration = Duration::from_secs(600);
/// A lease that a law waits out.
pub(super) const SHORT: Duration = Duration::from_secs(2);
/// How long a notification may take, and how long a law waits for one that must not come.
const ARRIVAL: Duration = Duration::from_secs(1);

pub(super) type Shared = Arc<dyn Store>;

pub(super) fn record(key: TicketKey, change: Change) -> Record {
    Record {
        key,
        at: Timestamp::from_millis(1_700_000_000_000),
        change,
    }
}

pub(super) fn body<const N: usize>(task: impl Into<Value>, labels: [&str; N]) -> TicketBody {
    TicketBody {
        labels: labels.map(str::to_owned).into(),
        ..TicketBody::new(task)
    }
}

pub(super) fn submitted<const N: usize>(key: TicketKey, labels: [&str; N]) -> Record {
    let body = body(key.to_string(), labels);
    record(key, Change::Submitted(Box::new(body)))
}

pub(super) fn done() -> Change {
    Change::Done {
        result: json!("result"),
    }
}

pub(super) fn failed() -> Change {
    Change::Failed {
        failure: TicketFailure::new(FailureReason::Empty, "nothing to say"),
    }
}

pub(super) fn message(text: &str) -> Change {
    Change::Message {
        message: Message::assistant(text),
        usage: Some(Usage {
            input_tokens: 3,
            output_tokens: 2,
            ..Usage::default()
        }),
    }
}

/// A way to end a ticket, and the status that it leads to.
pub(super) fn ends() -> [(Change, Status); 3] {
    [
        (done(), Status::Done),
        (failed(), Status::Failed),
        (Change::Cancelled, Status::Cancelled),
    ]
}

pub(super) fn anyone() -> Routing {
    Routing::new([] as [&str; 0], None)
}

pub(super) fn serving<const N: usize>(labels: [&str; N]) -> Routing {
    Routing::new(labels, None)
}

/// Submits a ticket and waits until it is stored.
pub(super) async fn submit<const N: usize>(store: &Shared, labels: [&str; N]) -> TicketKey {
    let key = store.reserve_key();
    append(store, vec![submitted(key, labels)]).await.unwrap();
    key
}

/// Stores records of the program.
pub(super) async fn append(store: &Shared, records: Vec<Record>) -> Result<(), StoreError> {
    store.append(Batch::new(records)).await
}

/// Stores one change of the program.
pub(super) async fn change(
    store: &Shared,
    key: TicketKey,
    change: Change,
) -> Result<(), StoreError> {
    append(store, vec![record(key, change)]).await
}

/// Stores one change in the name of a claim.
pub(super) async fn leased(
    store: &Shared,
    lease: &Lease,
    change: Change,
) -> Result<(), StoreError> {
    let records = vec![record(lease.key, change)];
    store.append(Batch::leased(lease, records)).await
}

pub(super) async fn claim_for(
    store: &Shared,
    routing: &Routing,
    length: Duration,
) -> Option<Claimed> {
    let agent = AgentName::from("worker");
    store.claim(routing, &agent, length).await.unwrap()
}

/// The key of the next ticket that an agent with this routing gets.
pub(super) async fn claim(store: &Shared, routing: &Routing) -> Option<TicketKey> {
    let claimed = claim_for(store, routing, LONG).await?;
    Some(claimed.lease.key)
}

/// Submits a ticket and claims it.
pub(super) async fn claimed(store: &Shared, length: Duration) -> Lease {
    submit(store, []).await;
    claim_for(store, &anyone(), length).await.unwrap().lease
}

pub(super) fn get(store: &Shared, key: TicketKey) -> TicketSnapshot {
    store.get(key).expect("the ticket was submitted")
}

pub(super) fn status(store: &Shared, key: TicketKey) -> Status {
    get(store, key).status()
}

/// Whether the watch is offered a ticket, now or as soon as a notification takes.
pub(super) async fn is_offered(watch: &mut Watch) -> bool {
    tokio::time::timeout(ARRIVAL, watch.offered()).await.is_ok()
}

/// Whether the watch is told of an end, now or as soon as a notification takes.
pub(super) async fn is_told(watch: &mut Ends) -> bool {
    tokio::time::timeout(ARRIVAL, watch.next()).await.is_ok()
}

/// Waits until the next lease ends, and gives its ticket back.
pub(super) async fn expire_next(store: &Shared) -> Vec<TicketKey> {
    let end = store.next_expiry().expect("a lease is active");
    tokio::time::sleep_until(end).await;
    store.expire().await.unwrap()
}
