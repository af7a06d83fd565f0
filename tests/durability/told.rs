//! What is told, and when a run ends, on stores that answer late, fail, or are shared.

use std::sync::Arc;
use std::time::Duration;

use agentwerk::event::EventKind;
use agentwerk::store::{
    Append, Backlog, Batch, Claim, Claimed, Commit, Ends, JournalOptions, JournalStore, Lease,
    Notify, Query, StoreFuture, Watch,
};
use agentwerk::testing::ScriptedModel;
use agentwerk::ticket::{Change, Routing, TicketSnapshot};
use agentwerk::{Agent, AgentName, Clock, RunOutcome, Status, Ticket, TicketKey, TicketSystem};
use agentwerk_tests::disk::{Fault, FaultyDisk};
use agentwerk_tests::{EventLog, within};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::fixture::{Session, claim, finish, record, submit};

/// A journal on this disk.
fn store_on(disk: &FaultyDisk) -> JournalStore {
    let options = JournalOptions::new("/session").disk(Arc::new(disk.clone()));
    options.begin().unwrap()
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!([inner]))
}

#[tokio::test]
async fn an_acknowledged_result_that_json_can_hold_survives_a_reopening() {
    // A model's arguments are read with this limit, so it can give such a result.
    let deep = nested(125);
    let text = serde_json::to_string(&deep).unwrap();
    assert!(serde_json::from_str::<Value>(&text).is_ok());

    let session = Session::new(8 << 20);
    let store = session.options().begin().unwrap();
    let key = submit(&store).await.unwrap();
    let lease = claim(&store).await.unwrap();
    let done = record(key, Change::Done { result: deep });
    store
        .append(Batch::leased(&lease, vec![done]))
        .await
        .unwrap();
    drop(store);
    let store = session.options().load().unwrap();
    assert_eq!(store.get(key).unwrap().status(), Status::Done);
}

#[tokio::test]
async fn an_acknowledged_deep_result_leaves_the_directory_readable() {
    let session = Session::new(8 << 20);
    let store = session.options().begin().unwrap();
    let key = submit(&store).await.unwrap();
    let lease = claim(&store).await.unwrap();
    let result = nested(125);
    let done = record(key, Change::Done { result });
    store
        .append(Batch::leased(&lease, vec![done]))
        .await
        .unwrap();
    submit(&store).await.unwrap();
    submit(&store).await.unwrap();
    drop(store);
    session.options().load().unwrap();
}

#[test]
fn a_submission_that_was_never_stored_is_not_told_durable() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let disk = FaultyDisk::new(1);
    let store = store_on(&disk);
    let tickets = TicketSystem::with_store(store, Clock::system());
    disk.arm(1, Fault::Dead);
    // One runtime submits and goes; another one waits.
    let first = runtime();
    let pending = first.block_on(async { tickets.submit(Ticket::new("work").returns::<String>()) });
    drop(first);
    let durable = runtime().block_on(async { pending.durable().await.copied() });
    assert!(durable.is_err(), "the disk was dead: {durable:?}");
}

#[tokio::test]
async fn a_system_whose_shared_store_fails_does_not_wait_for_ever() {
    let disk = FaultyDisk::new(1);
    let store = store_on(&disk);
    let store = Arc::new(store);
    let key = submit(&store).await.unwrap();
    // As a worker of another system on this store does it.
    let lease = claim(&store).await.unwrap();
    let tickets = TicketSystem::with_store(Arc::clone(&store), Clock::system());
    let model = ScriptedModel::from_fn(|_| "done");
    tickets.agent(Agent::new().provider(model).model("m"));
    let finish = tokio::spawn(tickets.finish());
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    // The next wait for the disk is that for the ticket's end.
    disk.arm(1, Fault::FailedSync);
    let done = record(key, Change::Done { result: json!(1) });
    let stored = store.append(Batch::leased(&lease, vec![done])).await;
    assert!(stored.is_err());
    // Somebody else asks, so the supervisor looks at everything again.
    let also = tokio::spawn(tickets.finish());
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    tokio::time::pause();
    let hours = Duration::from_secs(24 * 3_600);
    let outcome = tokio::time::timeout(hours, finish).await;
    also.abort();
    assert!(outcome.is_ok(), "it waited for a day");
}

/// A store whose commits resolve a little after the change can be seen, as those of a writer in
/// another thread may.
struct Late(Arc<JournalStore>);

impl Append for Late {
    fn reserve_key(&self) -> TicketKey {
        self.0.reserve_key()
    }

    fn append(&self, batch: Batch) -> Commit {
        let commit = self.0.append(batch);
        Commit::pending(async move {
            let stored = commit.await;
            for _ in 0..1_000 {
                tokio::task::yield_now().await;
            }
            stored
        })
    }
}

impl Claim for Late {
    fn claim<'a>(
        &'a self,
        routing: &'a Routing,
        agent: &'a AgentName,
        length: Duration,
    ) -> StoreFuture<'a, Option<Claimed>> {
        self.0.claim(routing, agent, length)
    }

    fn extend<'a>(&'a self, lease: &'a Lease, length: Duration) -> StoreFuture<'a, ()> {
        self.0.extend(lease, length)
    }

    fn expire(&self) -> StoreFuture<'_, Vec<TicketKey>> {
        self.0.expire()
    }

    fn next_expiry(&self) -> Option<Instant> {
        self.0.next_expiry()
    }
}

impl Query for Late {
    fn get(&self, key: TicketKey) -> Option<TicketSnapshot> {
        self.0.get(key)
    }

    fn tickets(&self) -> Vec<TicketSnapshot> {
        self.0.tickets()
    }

    fn done(&self) -> Vec<TicketSnapshot> {
        self.0.done()
    }

    fn last_done(&self) -> Option<TicketSnapshot> {
        self.0.last_done()
    }

    fn backlog(&self, routing: &Routing) -> Backlog {
        self.0.backlog(routing)
    }
}

impl Notify for Late {
    fn watch(&self, routing: &Routing) -> Watch {
        self.0.watch(routing)
    }

    fn ends(&self) -> Ends {
        self.0.ends()
    }
}

#[tokio::test]
async fn a_run_is_told_to_be_over_after_the_ends_of_its_tickets() {
    let session = Session::new(8 << 20);
    let store = Arc::new(session.options().begin().unwrap());
    let tickets = TicketSystem::with_store(Late(store), Clock::system());
    let log = EventLog::of(&tickets);
    tickets.task(invalid());
    let outcome = within(tickets.finish()).await;
    assert!(outcome.is_drained(), "{outcome:?}");
    assert_failure_told(&log);
}

#[track_caller]
fn assert_failure_told(log: &EventLog) {
    let kinds = log.kinds();
    let failed = kinds
        .iter()
        .any(|kind| matches!(kind, EventKind::TicketFailed { .. }));
    assert!(failed, "the run is over, and nobody was told: {kinds:?}");
}

/// A task that is no JSON: its ticket is submitted and failed in one batch.
fn invalid() -> std::collections::HashMap<Vec<u8>, u8> {
    std::collections::HashMap::from([(vec![1], 1)])
}

#[tokio::test]
async fn a_ticket_that_a_thread_submits_to_a_live_run_is_told_of() {
    let session = Session::new(8 << 20);
    let store = session.options().begin().unwrap();
    let tickets = TicketSystem::with_store(store, Clock::system());
    let log = EventLog::of(&tickets);
    tickets.start();
    let submitting = tickets.clone();
    std::thread::spawn(move || submitting.task(invalid()))
        .join()
        .unwrap();
    let outcome = within(tickets.finish()).await;
    assert!(outcome.is_drained(), "{outcome:?}");
    assert_failure_told(&log);
}

#[tokio::test]
async fn a_run_whose_store_has_failed_does_not_end_drained() {
    let disk = FaultyDisk::new(1);
    let store = store_on(&disk);
    let tickets = TicketSystem::with_store(store, Clock::system());
    tickets.start();
    disk.arm(1, Fault::Dead);
    let submitting = tickets.clone();
    std::thread::spawn(move || submitting.task(invalid()))
        .join()
        .unwrap();
    let outcome = tokio::time::timeout(Duration::from_secs(5), tickets.finish()).await;
    assert!(matches!(outcome, Ok(RunOutcome::Failed(_))), "{outcome:?}");
}

#[test]
fn a_session_stays_in_its_directory_when_the_program_goes_to_another_one() {
    // In a process of its own, because all threads of a process are in one directory.
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "told::going_from_directory_to_directory",
        ])
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

#[tokio::test]
#[ignore = "the test before this one runs it"]
async fn going_from_directory_to_directory() {
    let [one, other] = [(); 2].map(|()| tempfile::TempDir::new().unwrap());
    let options = || JournalOptions::new("session").segment_bytes(400);
    std::env::set_current_dir(other.path()).unwrap();
    let theirs = options().begin().unwrap();
    finish(&theirs).await;
    std::env::set_current_dir(one.path()).unwrap();
    let ours = options().begin().unwrap();
    finish(&ours).await;
    std::env::set_current_dir(other.path()).unwrap();
    for _ in 0..3 {
        finish(&ours).await;
    }
    drop((ours, theirs));
    for dir in [one, other] {
        let loaded = JournalOptions::new(dir.path().join("session")).load();
        assert!(loaded.is_ok(), "{loaded:?}");
    }
}

/// A tool that ends the ticket, and changes something before.
struct SendAndFinish(FaultyDisk, Arc<std::sync::Mutex<Option<FaultyDisk>>>);

impl agentwerk::tools::TypedTool for SendAndFinish {
    type Args = serde_json::Map<String, Value>;
    type Output = String;

    fn spec(&self) -> agentwerk::chat::ToolSpec {
        let mut spec = agentwerk::chat::ToolSpec::new("send", "Sends it, and is done.");
        spec.finishes = true;
        spec
    }

    async fn call(&self, _: Self::Args, _: &agentwerk::tools::ToolContext) -> Self::Output {
        // The power goes while the call is under way.
        *self.1.lock().unwrap() = Some(self.0.crash(true));
        "sent".to_owned()
    }
}

#[tokio::test]
async fn a_finishing_call_that_changes_something_is_on_record_before_it_begins() {
    for seed in 0..20 {
        let disk = FaultyDisk::new(seed);
        let options =
            |disk: &FaultyDisk| JournalOptions::new("/session").disk(Arc::new(disk.clone()));
        let tickets = TicketSystem::with_store(options(&disk).begin().unwrap(), Clock::system());
        let left = Arc::default();
        let tool = SendAndFinish(disk, Arc::clone(&left));
        let model = ScriptedModel::from_fn(|_| agentwerk_tests::call("1", "send", &json!({})));
        tickets.agent(Agent::new().provider(model).model("m").tool(tool));
        let pending = tickets.submit(Ticket::new("Send it."));
        pending.durable().await.unwrap();
        let key = *pending.key();
        let _failed = within(tickets.finish()).await;
        let left = left.lock().unwrap().take().expect("it was called");
        let store = options(&left).load().unwrap();
        let transcript = store.get(key).unwrap().transcript().unwrap();
        let asked = transcript
            .iter()
            .any(|message| message.tool_calls().count() > 0);
        assert!(asked, "seed {seed}: it was sent, and nothing tells of it");
    }
}
