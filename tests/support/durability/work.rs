use std::collections::BTreeMap;
use std::time::Duration;

use agentwerk::chat::{ContentBlock, Message, Role, ToolCall, Usage};
use agentwerk::event::{FailureReason, TicketFailure};
use agentwerk::store::{Append, Batch, Claim, Commit, JournalStore, Lease, StoreError};
use agentwerk::ticket::{
    ApprovalDecision, ApprovalRequest, Change, Comment, Compaction, Record, Routing, TicketBody,
};
use agentwerk::{AgentName, Status, TicketKey, Timestamp};
use fastrand::Rng;
use serde_json::json;

use super::history::{History, Tickets};

/// A lease that does not end while a seed runs.
const LONG: Duration = Duration::from_secs(60 * 60);
const LABELS: [&str; 3] = ["red", "green", "blue"];

/// Random work on one open journal.
pub(super) struct Work<'a> {
    pub(super) store: &'a JournalStore,
    pub(super) rng: &'a mut Rng,
    /// The tickets if all batches are stored.
    pub(super) tickets: Tickets,
    pub(super) history: History,
    pub(super) leases: BTreeMap<TicketKey, Lease>,
    /// Commits that nobody has looked at yet, with the batches up to each.
    pub(super) unread: Vec<(usize, Commit)>,
    pub(super) millis: u64,
}

/// Why the work stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// The disk failed, and the store said so.
    Failed,
    /// The store did what it must not do.
    Violation(String),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Journal(_) => Self::Failed,
            other => Self::Violation(format!("a batch was refused that is allowed: {other}")),
        }
    }
}

impl Work<'_> {
    /// Does one thing that the tickets allow.
    pub(super) async fn step(&mut self) -> Result<(), Stop> {
        match self.rng.u32(0..22) {
            0..4 => self.submit().await,
            4..7 => self.claim().await,
            7 => self.expire().await,
            8 => self.cancel().await,
            9 => self.answer().await,
            20 | 21 => self.comment().await,
            _ => self.work().await,
        }
    }

    async fn submit(&mut self) -> Result<(), Stop> {
        let mut records = Vec::new();
        for _ in 0..self.rng.usize(1..4) {
            let submitted = self.submission();
            // A task that nobody can work on fails at once.
            let invalid = (self.rng.u8(0..8) == 0).then(|| self.record(submitted.key, failed()));
            records.push(submitted);
            records.extend(invalid);
        }
        self.append(None, records).await
    }

    async fn claim(&mut self) -> Result<(), Stop> {
        let is_labelled = self.rng.bool();
        let labels = if is_labelled { &LABELS[..] } else { &[] };
        let routing = Routing::new(labels.iter().copied(), None);
        let agent = AgentName::from(format!("agent-{}", self.rng.u8(0..4)));
        let is_over = self.rng.u8(0..4) == 0;
        let length = if is_over { Duration::ZERO } else { LONG };
        let Some(claimed) = self.store.claim(&routing, &agent, length).await? else {
            return Ok(());
        };
        let Lease { key, token } = claimed.lease;
        let record = self.record(key, Change::Claimed { agent, token });
        self.leases.insert(key, claimed.lease);
        self.take(vec![record]).map(drop)
    }

    async fn expire(&mut self) -> Result<(), Stop> {
        let keys = self.store.expire().await?;
        let mut records = Vec::new();
        for key in keys {
            self.leases.remove(&key);
            records.push(self.record(key, Change::Released));
        }
        if records.is_empty() {
            return Ok(());
        }
        self.take(records).map(drop)
    }

    /// The program calls a ticket off, whoever works on it.
    async fn cancel(&mut self) -> Result<(), Stop> {
        let open = self.tickets.with_status(|status| !status.is_terminal());
        let Some(key) = self.rng.choice(open) else {
            return Ok(());
        };
        let record = self.record(key, Change::Cancelled);
        self.append(None, vec![record]).await
    }

    /// The program comments on a ticket, on one that has ended as well; it may end it in the same step.
    async fn comment(&mut self) -> Result<(), Stop> {
        let Some(key) = self.rng.choice(self.tickets.with_status(|_| true)) else {
            return Ok(());
        };
        let author = AgentName::from(*self.rng.choice(&["", "planner"]).unwrap_or(&""));
        let comment = Comment::new(author, Timestamp::from_millis(self.millis), self.text());
        let mut records = vec![self.record(key, Change::Commented(comment))];
        if self.rng.u8(0..6) == 0 {
            records.extend(self.other_end(key));
        }
        self.append(None, records).await
    }

    /// The program answers a request for leave.
    async fn answer(&mut self) -> Result<(), Stop> {
        let open = self.tickets.with_status(|status| !status.is_terminal());
        let mut requests = Vec::new();
        for ticket in open.into_iter().filter_map(|key| self.tickets.get(key)) {
            let unanswered = ticket
                .approvals()
                .iter()
                .filter(|one| one.decision.is_none());
            requests.extend(unanswered.map(|one| (ticket.key(), one.request.clone())));
        }
        let Some((key, request)) = self.rng.choice(requests) else {
            return Ok(());
        };
        let decision = if self.rng.bool() {
            ApprovalDecision::Approve
        } else {
            let reason = "not today".to_owned();
            ApprovalDecision::Deny(reason)
        };
        let mut records = vec![self.record(key, Change::ApprovalResolved { request, decision })];
        if self.rng.u8(0..4) == 0 {
            records.extend(self.other_end(key));
        }
        self.append(None, records).await
    }

    /// Somebody works on a ticket that was claimed.
    async fn work(&mut self) -> Result<(), Stop> {
        let leases: Vec<_> = self.leases.values().cloned().collect();
        let Some(lease) = self.rng.choice(leases) else {
            return self.claim().await;
        };
        let key = lease.key;
        let mut records = Vec::new();
        for _ in 0..self.rng.usize(0..4) {
            let message = self.message();
            records.push(self.record(key, message));
        }
        if self.rng.u8(0..5) == 0 {
            let count = self.rng.usize(0..3);
            records.push(self.record(key, Change::CommentsRead { count }));
        }
        if self.rng.u8(0..8) == 0 {
            let (summary, messages) = (self.text(), self.rng.u64(0..20));
            let usage = Usage {
                input_tokens: self.rng.u64(0..1000),
                ..Usage::default()
            };
            let compaction = Compaction::new(summary, messages, usage);
            records.push(self.record(key, Change::Compacted(compaction)));
        }
        if self.rng.u8(0..6) == 0 {
            records.extend(self.other_end(key));
        }
        if self.rng.u8(0..6) == 0 {
            records.push(self.submission());
        }
        let last = self.last_change();
        records.extend(last.map(|change| self.record(key, change)));
        if records.is_empty() {
            return Ok(());
        }
        self.append(Some(&lease), records).await
    }

    /// The end of a ticket that nobody has claimed.
    fn other_end(&mut self, key: TicketKey) -> Option<Record> {
        let mut open = self.tickets.with_status(|status| status == Status::Todo);
        open.retain(|other| *other != key);
        let other = self.rng.choice(open)?;
        Some(self.record(other, Change::Cancelled))
    }

    /// What somebody does with a ticket in the end, or not yet.
    fn last_change(&mut self) -> Option<Change> {
        let result = json!({ "text": self.text() });
        Some(match self.rng.u8(0..16) {
            0..3 => Change::Done { result },
            3 => Change::HandedOver {
                result,
                child: self.store.reserve_key(),
                body: Box::new(self.body()),
            },
            4 => failed(),
            5 => Change::Cancelled,
            6 => Change::Released,
            7 | 8 => {
                let call = ToolCall::new(format!("call-{}", self.millis), "delete", &json!({}));
                Change::ApprovalRequested(ApprovalRequest::new(None, AgentName::default(), &call))
            }
            9 => Change::ApprovalsUsed,
            10 | 11 => Change::CommentAwaited,
            _ => return None,
        })
    }

    fn message(&mut self) -> Change {
        let text = self.text();
        let reply = self.rng.bool().then(|| Usage {
            input_tokens: self.rng.u64(0..1000),
            output_tokens: self.rng.u64(0..1000),
            ..Usage::default()
        });
        let (message, usage) = match reply {
            None => (Message::user(text), None),
            Some(usage) => {
                let call = ToolCall::new("call", "read_file", &json!({ "path": "a" }));
                let content = vec![ContentBlock::text(text), ContentBlock::ToolCall(call)];
                (Message::new(Role::Assistant, content), Some(usage))
            }
        };
        Change::Message { message, usage }
    }

    /// From a few bytes to several sectors.
    fn text(&mut self) -> String {
        let most = *self.rng.choice(&[20, 600, 5_000]).unwrap_or(&20);
        let length = self.rng.usize(10..most);
        let mut text = format!("{:x} ", self.rng.u64(..)).repeat(length / 10 + 1);
        text.truncate(length);
        text
    }

    fn submission(&mut self) -> Record {
        let key = self.store.reserve_key();
        let body = self.body();
        self.record(key, Change::Submitted(Box::new(body)))
    }

    fn body(&mut self) -> TicketBody {
        let count = self.rng.usize(0..3);
        let schema = json!({ "type": "object" });
        TicketBody {
            task: json!({ "text": self.text() }),
            labels: LABELS[..count]
                .iter()
                .map(|&label| label.to_owned())
                .collect(),
            schema: (self.rng.u8(0..4) == 0)
                .then(|| serde_json::from_value(schema).ok())
                .flatten(),
            parent: self.rng.choice(self.tickets.with_status(|_| true)),
            reporter: AgentName::from(*self.rng.choice(&["", "planner"]).unwrap_or(&"")),
            priority: self.rng.i32(-1..2),
            deadline_ms: self.rng.bool().then_some(60_000),
        }
    }

    fn record(&mut self, key: TicketKey, change: Change) -> Record {
        self.millis += 1;
        let at = Timestamp::from_millis(self.millis);
        Record { key, at, change }
    }

    /// Takes note of a batch that was appended; gives the number of batches with it.
    fn take(&mut self, records: Vec<Record>) -> Result<usize, Stop> {
        let taken = self.tickets.take(&records);
        taken.map_err(|error| {
            Stop::Violation(format!("the store allowed what it must not: {error}"))
        })?;
        for record in &records {
            let ticket = self.tickets.get(record.key);
            if ticket.is_none_or(|ticket| ticket.status() != Status::InProgress) {
                self.leases.remove(&record.key);
            }
        }
        Ok(self.history.push(records))
    }

    /// Appends a batch that the tickets allow, and waits for it, lets it go, drops it, or keeps it
    /// to look at it later.
    async fn append(&mut self, lease: Option<&Lease>, records: Vec<Record>) -> Result<(), Stop> {
        let count = self.take(records.clone())?;
        let lease = lease.cloned();
        let commit = self.store.append(Batch { lease, records });
        match self.rng.u8(0..8) {
            0..4 => {
                commit.await?;
                self.history.keep(count);
            }
            4 | 5 => commit.let_go()?,
            6 => drop(commit),
            _ => self.unread.push((count, commit)),
        }
        Ok(())
    }
}

fn failed() -> Change {
    let failure = TicketFailure::new(FailureReason::Empty, "nothing to say");
    Change::Failed { failure }
}
