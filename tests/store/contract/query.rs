use agentwerk::chat::{Message, Usage};
use agentwerk::schemas::Schema;
use agentwerk::store::Backlog;
use agentwerk::ticket::{Change, Routing};
use agentwerk::{AgentName, Status, TicketKey, Timestamp};
use serde_json::json;

use super::fixture::*;

pub(crate) async fn tickets_come_in_the_order_of_submission(store: Shared) {
    let mut submitted = Vec::new();
    for label in ["b", "a", "c"] {
        submitted.push(submit(&store, [label]).await);
    }
    // What happens to a ticket later does not move it.
    change(&store, submitted[0], failed()).await.unwrap();
    let keys: Vec<_> = store.tickets().iter().map(|t| t.key()).collect();
    assert_eq!(keys, submitted);
}

pub(crate) async fn done_tickets_come_in_the_order_of_their_end(store: Shared) {
    assert!(store.last_done().is_none());
    let mut leases = Vec::new();
    for _ in 0..3 {
        leases.push(claimed(&store, LONG).await);
    }
    for position in [2, 0, 1] {
        leased(&store, &leases[position], done()).await.unwrap();
        let last = store.last_done().map(|ticket| ticket.key());
        assert_eq!(last, Some(leases[position].key));
    }
    let keys: Vec<_> = store.done().iter().map(|ticket| ticket.key()).collect();
    assert_eq!(keys, [2, 0, 1].map(|position: usize| leases[position].key));
}

pub(crate) async fn failed_and_cancelled_tickets_are_not_done(store: Shared) {
    for end in [failed(), Change::Cancelled] {
        let lease = claimed(&store, LONG).await;
        leased(&store, &lease, end).await.unwrap();
    }
    assert!(store.done().is_empty());
    assert!(store.last_done().is_none());
}

pub(crate) async fn the_backlog_counts_by_status(store: Shared) {
    let mut expected = Backlog {
        todo: 0,
        has_served: false,
        in_progress: 0,
        waiting: 0,
    };
    assert_eq!(store.backlog(&anyone()), expected);
    for _ in 0..3 {
        submit(&store, []).await;
    }
    (expected.todo, expected.has_served) = (3, true);
    assert_eq!(store.backlog(&anyone()), expected);
    let lease = claim_for(&store, &anyone(), LONG).await.unwrap().lease;
    claim(&store, &anyone()).await;
    (expected.todo, expected.in_progress) = (1, 2);
    assert_eq!(store.backlog(&anyone()), expected);
    leased(&store, &lease, Change::Released).await.unwrap();
    (expected.todo, expected.in_progress) = (2, 1);
    assert_eq!(store.backlog(&anyone()), expected);
    change(&store, lease.key, Change::Cancelled).await.unwrap();
    expected.todo = 1;
    assert_eq!(store.backlog(&anyone()), expected);
}

pub(crate) async fn the_backlog_knows_what_is_served(store: Shared) {
    submit(&store, ["analysis"]).await;
    let is_served = |routing: &Routing| store.backlog(routing).has_served;
    assert!(is_served(&serving(["analysis", "writing"])));
    assert!(is_served(&Routing::new(["writing"], Some("analysis"))));
    assert!(!is_served(&serving(["writing"])));
    assert!(!is_served(&anyone()));
    assert!(!is_served(&Routing::nobody()));
    let mut together = serving(["writing"]);
    together.merge(&serving(["analysis"]));
    assert!(is_served(&together));
    claim(&store, &together).await.unwrap();
    assert!(!is_served(&together));
}

pub(crate) async fn a_snapshot_shows_the_submission(store: Shared) {
    let schema = Schema::parse(json!({ "type": "object" })).unwrap();
    let (parent, key) = (store.reserve_key(), store.reserve_key());
    let mut body = body(json!({ "topic": "bees" }), ["b", "a"]);
    body.schema = Some(schema.clone());
    body.parent = Some(parent);
    body.reporter = AgentName::from("ada");
    let submission = record(key, Change::Submitted(Box::new(body)));
    let at = submission.at;
    append(&store, vec![submission]).await.unwrap();

    let ticket = get(&store, key);
    assert_eq!(ticket.key(), key);
    assert_eq!(ticket.task(), &json!({ "topic": "bees" }));
    assert_eq!(ticket.labels(), ["b", "a"]);
    assert_eq!(ticket.schema(), Some(&schema));
    assert_eq!(ticket.parent_key(), Some(parent));
    assert_eq!(ticket.reporter(), &"ada");
    assert_eq!(ticket.created_at(), at);
    assert_eq!(ticket.status(), Status::Todo);
    assert_eq!((ticket.assignee(), ticket.started_at()), (None, None));
    assert_eq!((ticket.result(), ticket.finished_at()), (None, None));
    assert!(store.get(TicketKey::from_number(u64::MAX)).is_none());
}

pub(crate) async fn a_snapshot_shows_the_work(store: Shared) {
    let lease = claimed(&store, LONG).await;
    leased(&store, &lease, message("one")).await.unwrap();
    leased(&store, &lease, message("two")).await.unwrap();
    leased(&store, &lease, done()).await.unwrap();
    let ticket = get(&store, lease.key);
    let said = ["one", "two"].map(Message::assistant);
    assert_eq!(ticket.transcript().unwrap().into_messages(), said);
    let usage = Usage {
        input_tokens: 6,
        output_tokens: 4,
        ..Usage::default()
    };
    assert_eq!(ticket.usage(), usage);
    assert_eq!(ticket.result_string().as_deref(), Some("result"));
    let at = Timestamp::from_millis(1_700_000_000_000);
    assert_eq!(ticket.finished_at(), Some(at));
    assert_eq!(ticket.assignee(), Some(&AgentName::from("worker")));
}

pub(crate) async fn a_snapshot_does_not_change(store: Shared) {
    let key = submit(&store, []).await;
    let before = get(&store, key);
    claim(&store, &anyone()).await.unwrap();
    change(&store, key, message("later")).await.unwrap();
    change(&store, key, done()).await.unwrap();
    assert_eq!(before.status(), Status::Todo);
    assert!(before.transcript().unwrap().is_empty());
    assert_eq!(before.result(), None);
}
