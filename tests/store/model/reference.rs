//! The model: a list of tickets, and loops over it.

use std::time::Duration;

use agentwerk::event::TicketFailure;
use agentwerk::store::{Backlog, Lease};
use agentwerk::ticket::{
    ApprovalDecision, ApprovalRequest, Change, Comment, Compaction, Record, TicketBody,
};
use agentwerk::{AgentName, Status, TicketKey, TicketSnapshot};
use serde_json::Value;
use tokio::time::Instant;

use super::operation::labels;

/// Why the model does not take a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    StaleLease,
    Transition,
    UnknownTicket,
    DuplicateTicket,
    ClaimAsRecord,
    UnknownApproval,
}

#[derive(Clone, Debug)]
struct Ticket {
    key: TicketKey,
    labels: Vec<String>,
    priority: i32,
    status: Status,
    assignee: Option<AgentName>,
    token: u64,
    lease_ends: Option<Instant>,
    messages: Vec<String>,
    approvals: Vec<(ApprovalRequest, Option<ApprovalDecision>, bool)>,
    comments: Vec<Comment>,
    comments_read: usize,
    awaits_comment: bool,
    compaction: Option<Compaction>,
    result: Option<Value>,
    successor: Option<TicketKey>,
    failure: Option<TicketFailure>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Reference {
    tickets: Vec<Ticket>,
    done: Vec<TicketKey>,
}

impl Reference {
    pub(super) fn keys(&self) -> Vec<TicketKey> {
        let mut keys: Vec<_> = self.tickets.iter().map(|ticket| ticket.key).collect();
        keys.sort();
        keys
    }

    pub(super) fn done(&self) -> &[TicketKey] {
        &self.done
    }

    fn find(&self, key: TicketKey) -> Option<&Ticket> {
        self.tickets.iter().find(|ticket| ticket.key == key)
    }

    /// Takes all records or none.
    pub(super) fn append(
        &mut self,
        lease: Option<&Lease>,
        records: &[Record],
    ) -> Result<(), Refusal> {
        if let Some(lease) = lease {
            self.check_lease(lease)?;
        }
        let mut next = self.clone();
        for record in records {
            self.check_right(lease, record)?;
            next.take(record)?;
        }
        *self = next;
        Ok(())
    }

    fn check_lease(&self, lease: &Lease) -> Result<(), Refusal> {
        let ticket = self.find(lease.key).ok_or(Refusal::StaleLease)?;
        if ticket.lease_ends.is_some() && ticket.token == lease.token {
            Ok(())
        } else {
            Err(Refusal::StaleLease)
        }
    }

    /// Held against the tickets before the batch.
    fn check_right(&self, lease: Option<&Lease>, record: &Record) -> Result<(), Refusal> {
        let ticket = self.find(record.key);
        if matches!(record.change, Change::Claimed { .. }) {
            return Err(Refusal::ClaimAsRecord);
        }
        if let Some(lease) = lease
            && lease.key != record.key
            && ticket.is_some_and(|ticket| ticket.lease_ends.is_some())
        {
            return Err(Refusal::StaleLease);
        }
        if let Change::ApprovalResolved { request, .. } = &record.change {
            let is_open = |ticket: &Ticket| {
                let mut approvals = ticket.approvals.iter();
                approvals.any(|one| one.0 == *request && one.1.is_none())
            };
            if !ticket.is_some_and(is_open) {
                return Err(Refusal::UnknownApproval);
            }
        }
        Ok(())
    }

    fn take(&mut self, record: &Record) -> Result<(), Refusal> {
        let key = record.key;
        let is_there = self.find(key).is_some();
        if let Change::Submitted(body) = &record.change {
            if is_there {
                return Err(Refusal::DuplicateTicket);
            }
            self.open(key, body);
            return Ok(());
        }
        let ticket = self.tickets.iter_mut().find(|ticket| ticket.key == key);
        ticket.ok_or(Refusal::UnknownTicket)?.take(&record.change)?;
        if let Change::HandedOver { child, body, .. } = &record.change {
            if self.find(*child).is_some() {
                return Err(Refusal::DuplicateTicket);
            }
            self.open(*child, body);
        }
        if matches!(
            record.change,
            Change::Done { .. } | Change::HandedOver { .. }
        ) {
            self.done.push(key);
        }
        Ok(())
    }

    fn open(&mut self, key: TicketKey, body: &TicketBody) {
        self.tickets.push(Ticket {
            key,
            labels: body.labels.clone(),
            priority: body.priority,
            status: Status::Todo,
            assignee: None,
            token: 0,
            lease_ends: None,
            messages: Vec::new(),
            approvals: Vec::new(),
            comments: Vec::new(),
            comments_read: 0,
            awaits_comment: false,
            compaction: None,
            result: None,
            successor: None,
            failure: None,
        });
    }

    /// The open ticket with the smallest key that is served, of those with the highest priority.
    pub(super) fn claim(&mut self, bits: u8, agent: &AgentName, length: Duration) -> Option<Lease> {
        let mut first: Option<&mut Ticket> = None;
        for ticket in &mut self.tickets {
            let is_before = first.as_ref().is_none_or(|first| {
                ticket.priority > first.priority
                    || (ticket.priority == first.priority && ticket.key < first.key)
            });
            if ticket.status == Status::Todo && ticket.is_served(bits) && is_before {
                first = Some(ticket);
            }
        }
        let ticket = first?;
        ticket.status = Status::InProgress;
        ticket.assignee = Some(agent.clone());
        ticket.token += 1;
        ticket.lease_ends = Some(Instant::now() + length);
        Some(Lease {
            key: ticket.key,
            token: ticket.token,
        })
    }

    pub(super) fn extend(&mut self, lease: &Lease, length: Duration) -> Result<(), Refusal> {
        self.check_lease(lease)?;
        for ticket in &mut self.tickets {
            if ticket.key == lease.key {
                ticket.lease_ends = Some(Instant::now() + length);
            }
        }
        Ok(())
    }

    /// The tickets whose leases have ended, the earliest first.
    pub(super) fn expire(&mut self) -> Vec<TicketKey> {
        let now = Instant::now();
        let mut ended = Vec::new();
        for ticket in &mut self.tickets {
            if let Some(end) = ticket.lease_ends.filter(|end| *end <= now) {
                ended.push((end, ticket.key));
                ticket.release();
            }
        }
        ended.sort();
        ended.into_iter().map(|(_, key)| key).collect()
    }

    pub(super) fn next_expiry(&self) -> Option<Instant> {
        let ends = self.tickets.iter().filter_map(|ticket| ticket.lease_ends);
        ends.min()
    }

    /// What happens to claims when their process ends.
    pub(super) fn release_all(&mut self) {
        for ticket in &mut self.tickets {
            if ticket.status == Status::InProgress {
                ticket.release();
            }
        }
    }

    pub(super) fn backlog(&self, bits: u8) -> Backlog {
        let count = |status| {
            let tickets = self.tickets.iter();
            tickets.filter(|ticket| ticket.status == status).count()
        };
        let is_served = |ticket: &Ticket| ticket.status == Status::Todo && ticket.is_served(bits);
        Backlog {
            todo: count(Status::Todo),
            has_served: self.tickets.iter().any(is_served),
            in_progress: count(Status::InProgress),
            waiting: count(Status::Waiting),
        }
    }

    /// A store shows this ticket; holds it against the model.
    #[track_caller]
    pub(super) fn assert_is(&self, shown: &TicketSnapshot) {
        let ticket = self.find(shown.key()).expect("the model has the ticket");
        assert_eq!(shown.status(), ticket.status, "{ticket:?}");
        assert_eq!(shown.labels(), ticket.labels, "{ticket:?}");
        assert_eq!(shown.assignee(), ticket.assignee.as_ref(), "{ticket:?}");
        assert_eq!(shown.token(), ticket.token, "{ticket:?}");
        assert_eq!(shown.tally().claims, ticket.token, "{ticket:?}");
        assert_eq!(shown.result(), ticket.result.as_ref(), "{ticket:?}");
        assert_eq!(shown.successor_key(), ticket.successor, "{ticket:?}");
        assert_eq!(shown.failure(), ticket.failure.as_ref(), "{ticket:?}");
        let transcript = shown.transcript().unwrap();
        let messages: Vec<_> = transcript.iter().map(|message| message.text()).collect();
        assert_eq!(messages, ticket.messages, "{ticket:?}");
        let approvals = shown.approvals().iter();
        let approvals: Vec<_> = approvals
            .map(|one| (one.request.clone(), one.decision.clone(), one.is_used))
            .collect();
        assert_eq!(approvals, ticket.approvals, "{ticket:?}");
        assert_eq!(shown.priority(), ticket.priority, "{ticket:?}");
        assert_eq!(shown.comments(), ticket.comments, "{ticket:?}");
        assert_eq!(shown.awaits_comment(), ticket.awaits_comment, "{ticket:?}");
        assert_eq!(shown.compaction(), ticket.compaction.as_ref(), "{ticket:?}");
    }
}

impl Ticket {
    fn is_served(&self, bits: u8) -> bool {
        let served = labels(bits);
        if self.labels.is_empty() {
            served.is_empty()
        } else {
            self.labels.iter().any(|label| served.contains(label))
        }
    }

    fn release(&mut self) {
        self.status = Status::Todo;
        self.assignee = None;
        self.lease_ends = None;
    }

    /// The status behind a change, if the status before allows it. The first end is the end.
    fn next(&self, change: &Change) -> Option<Status> {
        use Status::{Cancelled, Done, Failed, InProgress, Todo, Waiting};
        let open = self.approvals.iter().filter(|one| one.1.is_none()).count();
        let is_commented = self.comments.len() > self.comments_read;
        Some(match (self.status, change) {
            (Todo, Change::Edited(_)) if self.token == 0 => Todo,
            (Todo | InProgress | Waiting, Change::Failed { .. }) => Failed,
            (Todo | InProgress | Waiting, Change::Cancelled) => Cancelled,
            (Todo | InProgress | Waiting, Change::Done { .. } | Change::HandedOver { .. }) => Done,
            (InProgress | Waiting, Change::Released) => Todo,
            (InProgress | Waiting, Change::ApprovalRequested(_)) => Waiting,
            (
                InProgress,
                Change::Message { .. }
                | Change::ApprovalResolved { .. }
                | Change::ApprovalsUsed
                | Change::CommentsRead { .. }
                | Change::Compacted(_),
            ) => InProgress,
            (Waiting, Change::ApprovalResolved { .. }) if open > 1 => Waiting,
            (Todo | Waiting, Change::ApprovalResolved { .. }) => Todo,
            (Waiting, Change::Commented(_)) if self.awaits_comment => Todo,
            (status, Change::Commented(_)) => status,
            (InProgress | Waiting, Change::CommentAwaited) if is_commented => Todo,
            (InProgress, Change::CommentAwaited) => Waiting,
            _ => return None,
        })
    }

    /// Takes a change that the status allows.
    fn take(&mut self, change: &Change) -> Result<(), Refusal> {
        let next = self.next(change).ok_or(Refusal::Transition)?;
        match change {
            Change::Edited(edit) => self.labels = edit.labels.clone().unwrap_or_default(),
            Change::Message { message, .. } => self.messages.push(message.text()),
            Change::Released => self.assignee = None,
            Change::ApprovalRequested(request) => {
                self.approvals.push((request.clone(), None, false))
            }
            Change::ApprovalsUsed => {
                for approval in &mut self.approvals {
                    approval.2 = true;
                }
            }
            Change::ApprovalResolved { request, decision } => {
                let mut approvals = self.approvals.iter_mut();
                let open = approvals.find(|one| one.0 == *request && one.1.is_none());
                if let Some(open) = open {
                    open.1 = Some(decision.clone());
                }
            }
            Change::Done { result } => self.result = Some(result.clone()),
            Change::HandedOver { result, child, .. } => {
                self.result = Some(result.clone());
                self.successor = Some(*child);
            }
            Change::Failed { failure } => self.failure = Some(failure.clone()),
            Change::Commented(comment) => self.comments.push(comment.clone()),
            Change::CommentsRead { count } => {
                self.comments_read = (self.comments_read + count).min(self.comments.len());
            }
            Change::CommentAwaited => self.awaits_comment = true,
            Change::Compacted(compaction) => self.compaction = Some(compaction.clone()),
            _ => {}
        }
        self.awaits_comment &= next == Status::Waiting;
        if next != Status::InProgress {
            self.lease_ends = None;
        }
        self.status = next;
        Ok(())
    }
}
