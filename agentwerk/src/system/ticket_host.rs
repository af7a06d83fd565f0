use super::bus::SubjectSink;
use super::core::Core;
use super::run::Run;
use crate::agent::{Asked, Asking, Halt, Host, Kept, ReadyAgent, Recording, WaitFor};
use crate::chat::{Message, Usage};
use crate::event::{ApprovalDecision, ApprovalRequest, EventKind, EventSink, PolicyKind};
use crate::prompt::comments_message;
use crate::store::{Batch, Commit, Lease, StoreError};
use crate::ticket::{Change, Compaction, TicketSnapshot};

/// The ticket system, as the host of the turns on one ticket.
pub(super) struct TicketHost<'a> {
    pub(super) core: &'a Core,
    pub(super) run: &'a Run,
    pub(super) agent: &'a ReadyAgent,
    pub(super) lease: &'a Lease,
    pub(super) sink: &'a SubjectSink,
}

impl EventSink for TicketHost<'_> {
    fn emit(&self, kind: EventKind) {
        self.sink.emit(kind);
    }
}

impl Host for TicketHost<'_> {
    fn take_turn(&self) -> Result<(), PolicyKind> {
        self.run.take_turn()
    }

    fn check_tokens(&self) -> Result<(), PolicyKind> {
        self.run.budget.check_tokens(&self.run.limits)
    }

    fn take_comments(&self) -> Result<Option<Message>, StoreError> {
        let ticket = self.core.store().get(self.lease.key);
        let comments = ticket
            .as_ref()
            .map_or(&[][..], TicketSnapshot::unread_comments);
        if comments.is_empty() {
            return Ok(None);
        }
        let message = comments_message(comments);
        let read = Change::from((message.clone(), None));
        // A comment that comes between the look and the record stays unread.
        let count = comments.len();
        self.append_changes([read, Change::CommentsRead { count }])
            .let_go()?;
        Ok(Some(message))
    }

    fn note_compaction(&self, compaction: Compaction) -> Result<(), StoreError> {
        self.append_changes([Change::Compacted(compaction)])
            .let_go()
    }

    fn ask(&self, calls: Vec<Asked>) -> Asking<'_> {
        Box::pin(self.decide(calls))
    }

    fn spend(&self, usage: Usage) {
        self.run.budget.spend(usage);
    }

    fn record(&self, messages: Vec<Kept>) -> Recording<'_> {
        Box::pin(self.append(messages))
    }

    fn note(&self, messages: Vec<Kept>) -> Result<(), StoreError> {
        self.append(messages).let_go()
    }
}

impl TicketHost<'_> {
    /// Goes on with the answers that the ticket has, or has it wait for them.
    async fn decide(&self, calls: Vec<Asked>) -> Result<Vec<ApprovalDecision>, Halt> {
        let key = self.lease.key;
        let ticket = self.core.store().get(key);
        let approvals = ticket.as_ref().map_or(&[][..], TicketSnapshot::approvals);
        // Of calls that are alike, each has an answer of its own.
        let mut unused: Vec<_> = approvals.iter().collect();
        let (mut decisions, mut requests) = (Vec::new(), Vec::new());
        for Asked { call, is_needed } in calls {
            let place = unused.iter().position(|approval| approval.is_for(&call));
            match place.and_then(|place| unused.remove(place).decision.clone()) {
                Some(decision) => decisions.push(decision),
                None if is_needed => {
                    let number = (approvals.len() + requests.len() + 1) as u32;
                    let request = ApprovalRequest::new(Some(key), self.agent.name.clone(), &call);
                    requests.push(request.numbered(number));
                }
                None => decisions.push(ApprovalDecision::Approve),
            }
        }
        if !requests.is_empty() {
            return Err(Halt::waiting(WaitFor::Leave(requests)));
        }
        self.append_changes([Change::ApprovalsUsed]).await?;
        Ok(decisions)
    }

    fn append(&self, messages: Vec<Kept>) -> Commit {
        self.append_changes(messages.into_iter().map(Change::from))
    }

    fn append_changes(&self, changes: impl IntoIterator<Item = Change>) -> Commit {
        let ledger = &self.core.ledger;
        let records = changes
            .into_iter()
            .map(|change| ledger.record(self.lease.key, change))
            .collect();
        self.core.store().append(Batch::leased(self.lease, records))
    }
}

impl From<Kept> for Change {
    fn from((message, usage): Kept) -> Self {
        Self::Message { message, usage }
    }
}
