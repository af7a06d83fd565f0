use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use agentwerk::store::{
    Append, Batch, Claim, Durability, JournalError, JournalOptions, JournalStore, Query, StoreError,
};
use agentwerk::ticket::Routing;
use agentwerk::{AgentName, TicketKey};
use fastrand::Rng;
use serde_json::Value;

use super::history::{History, Shown};
use super::seed::Counts;
use super::view::View;
use super::work::{Stop, Work};
use crate::disk::{Fault, FaultyDisk};

const DIR: &str = "/session";

/// One directory, from its first process to its last.
pub(super) struct Session {
    rng: Rng,
    disk: FaultyDisk,
    durability: Durability,
    segment_bytes: u64,
    history: History,
    counts: Counts,
    millis: u64,
}

impl Session {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let disk = FaultyDisk::new(rng.u64(..));
        let durability = if rng.bool() {
            Durability::Fsync
        } else {
            Durability::Buffered
        };
        Self {
            disk,
            durability,
            segment_bytes: rng.u64(200..4_000),
            history: History::default(),
            counts: Counts::default(),
            millis: 0,
            rng,
        }
    }

    /// Works, crashes and opens again, a few times.
    pub(super) async fn run(mut self) -> Result<Counts, String> {
        let mut store = self
            .options()
            .begin()
            .map_err(|error| format!("begin without a fault: {error}"))?;
        for _ in 0..self.rng.usize(2..5) {
            self.arm(200);
            self.work(&store).await?;
            self.crash();
            drop(store);
            store = self.open_again()?;
        }
        self.counts.seeds = 1;
        self.counts.faults = self.disk.counts();
        Ok(self.counts)
    }

    fn options(&self) -> JournalOptions {
        JournalOptions::new(DIR)
            .disk(Arc::new(self.disk.clone()))
            .durability(self.durability)
            .segment_bytes(self.segment_bytes)
    }

    /// Has a random fault strike within this many calls.
    fn arm(&mut self, calls: u64) {
        let nth = self.rng.u64(1..=calls);
        let fault = *self.rng.choice(&Fault::ALL).unwrap_or(&Fault::Error);
        self.disk.arm(nth, fault);
    }

    fn crash(&mut self) {
        let power_loss = self.rng.bool();
        self.disk = self.disk.crash(power_loss);
        if power_loss {
            self.counts.power_losses += 1;
            if self.durability == Durability::Buffered {
                self.history.kept = 0;
            }
        } else {
            self.counts.kills += 1;
        }
    }

    /// Does random work until the store fails or enough is done.
    async fn work(&mut self, store: &JournalStore) -> Result<(), String> {
        let base = std::mem::take(&mut self.history);
        let mut work = Work {
            store,
            rng: &mut self.rng,
            tickets: base.base().clone(),
            history: base,
            leases: BTreeMap::new(),
            unread: Vec::new(),
            millis: self.millis,
        };
        let worked = work_on(&mut work).await;
        self.millis = work.millis;
        self.history = work.history;
        self.counts.batches += self.history.len() as u64;
        self.counts.acknowledged += self.history.kept as u64;
        worked
    }

    /// Opens the session with and without faults; gives the store that was opened without.
    fn open_again(&mut self) -> Result<JournalStore, String> {
        if self.disk.lasting() == Some(Fault::Full) {
            let store = self.load("on a full disk")?;
            self.counts.full_openings += 1;
            self.compare(&store)?;
            self.crash();
        }
        self.disk.repair();
        if self.rng.u8(0..3) == 0 {
            self.open_with_fault()?;
            self.crash();
            self.disk.repair();
        }
        let store = self.load("without a fault")?;
        self.compare(&store)?;
        self.compare_results(&store)?;
        Ok(store)
    }

    /// An opening that a fault strikes gives an error, or the tickets as they are.
    fn open_with_fault(&mut self) -> Result<(), String> {
        self.arm(12);
        match self.options().load() {
            Ok(store) => {
                self.disk.repair();
                self.compare(&store)
            }
            Err(error @ (JournalError::NoSession { .. } | JournalError::Damaged { .. })) => {
                Err(format!("a fault while opening was taken for: {error}"))
            }
            Err(_) => {
                self.counts.refused_openings += 1;
                Ok(())
            }
        }
    }

    fn load(&self, how: &str) -> Result<JournalStore, String> {
        let loaded = self.options().load();
        loaded.map_err(|error| format!("load {how}: {error}"))
    }

    /// Holds what the store shows against what was appended; from then on it is the base, if the
    /// store can go on from it.
    fn compare(&mut self, store: &JournalStore) -> Result<(), String> {
        let shown = show(store)?;
        let base = self.history.explain(&shown)?;
        let (next, last) = (store.reserve_key().number(), base.last_number());
        if next <= last {
            return Err(format!("key {next} is given again; the last is {last}"));
        }
        // A session that can only be looked at promises nothing of what it shows.
        if store.append(Batch::new(Vec::new())).let_go().is_ok() {
            self.history = History::new(base);
        }
        Ok(())
    }

    fn compare_results(&self, store: &JournalStore) -> Result<(), String> {
        let shown = show(store)?;
        let line = |key: &TicketKey| {
            let ticket = shown.tickets.iter().find(|ticket| ticket.key == *key);
            ticket.map(View::result_line)
        };
        let due: Vec<Value> = shown.done.iter().filter_map(line).collect();
        let path = Path::new(DIR).join("results.jsonl");
        let text = self.disk.bytes(&path).unwrap_or_default();
        let found = text.split_inclusive(|byte| *byte == b'\n');
        let found: Result<Vec<Value>, _> = found.map(serde_json::from_slice).collect();
        match found {
            Ok(found) if found == due && (text.is_empty() || text.ends_with(b"\n")) => Ok(()),
            Ok(found) => Err(format!(
                "`results.jsonl` has {} lines for {} tickets, or others",
                found.len(),
                due.len()
            )),
            Err(error) => Err(format!(
                "`results.jsonl` has a line that is no JSON: {error}"
            )),
        }
    }
}

fn show(store: &JournalStore) -> Result<Shown, String> {
    let tickets = store.tickets();
    let tickets: Result<Vec<_>, _> = tickets.iter().map(View::of).collect();
    let tickets = tickets.map_err(|error| format!("{error}: {}", error.source))?;
    let done = store.done().iter().map(|ticket| ticket.key()).collect();
    Ok(Shown { tickets, done })
}

async fn work_on(work: &mut Work<'_>) -> Result<(), String> {
    let steps = work.rng.usize(5..60);
    let mut stop = Ok(());
    for _ in 0..steps {
        stop = work.step().await;
        if stop.is_err() {
            break;
        }
    }
    if let Err(Stop::Violation(what)) = stop {
        return Err(what);
    }
    let has_failed = stop.is_err();
    if has_failed || work.rng.bool() {
        read_all(work).await?;
    }
    if has_failed {
        every_call_fails(work).await?;
    }
    Ok(())
}

/// Looks at the commits that were kept.
async fn read_all(work: &mut Work<'_>) -> Result<(), String> {
    for (count, commit) in std::mem::take(&mut work.unread) {
        match commit.await {
            Ok(()) => work.history.keep(count),
            Err(StoreError::Journal(_)) => {}
            Err(error) => return Err(format!("a commit that was kept: {error}")),
        }
    }
    Ok(())
}

/// After an error of the disk the store takes nothing more.
async fn every_call_fails(work: &mut Work<'_>) -> Result<(), String> {
    let routing = Routing::new([] as [&str; 0], None);
    let agent = AgentName::from("late");
    let length = Duration::ZERO;
    let claimed = work.store.claim(&routing, &agent, length).await;
    let mut answers = vec![
        ("append", work.store.append(Batch::new(Vec::new())).await),
        ("claim", claimed.map(drop)),
        ("expire", work.store.expire().await.map(drop)),
    ];
    if let Some(lease) = work.leases.values().next() {
        answers.push(("extend", work.store.extend(lease, length).await));
    }
    for (call, answer) in answers {
        if !matches!(answer, Err(StoreError::Journal(_))) {
            return Err(format!("{call} after an error of the disk gave {answer:?}"));
        }
    }
    Ok(())
}
