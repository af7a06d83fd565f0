use std::pin::Pin;
use std::sync::Arc;

use crate::chat::{Message, ToolCall, Usage};
use crate::event::{ApprovalDecision, ApprovalRequest, EventSink, PolicyKind, TicketFailure};
use crate::store::StoreError;
use crate::ticket::Compaction;

/// A message to be kept, and the tokens of the reply that it is or that led to it.
pub(crate) type Kept = (Message, Option<Usage>);

/// Resolves when messages are recorded.
pub(crate) type Recording<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// Resolves when somebody has decided about calls, in their order.
pub(crate) type Asking<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<ApprovalDecision>, Halt>> + Send + 'a>>;

/// A call of a turn in which somebody is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) call: ToolCall,
    /// Whether it needs leave now. One that was denied before does not run, even if it needs none.
    pub(crate) is_needed: bool,
}

/// What the work counts beyond one claim.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counted {
    pub(crate) turn: u32,
    /// Corrections so far.
    pub(crate) corrections: u32,
    /// What the vendor counted last.
    pub(crate) measured: Option<Measured>,
}

/// The size of a request, as a vendor has counted it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// The messages at the start of the transcript that were sent, or that a summary stood for.
    pub(crate) messages: usize,
    pub(crate) input_tokens: u64,
}

/// Work that waits for somebody.
#[derive(Debug)]
pub(crate) struct Wait {
    pub(crate) for_what: WaitFor,
    /// What the work goes on with, so that it is as if it had not waited.
    pub(crate) counted: Counted,
    pub(crate) system: Option<Arc<str>>,
}

/// What work waits for.
#[derive(Debug)]
pub(crate) enum WaitFor {
    /// Leave for calls: what is to be asked.
    Leave(Vec<ApprovalRequest>),
    /// A comment on what the model said: messages that are not recorded yet, so that they can be
    /// recorded together with the wait.
    Comment(Vec<Kept>),
}

/// Whoever an agent works for, as the turn loop sees it.
pub(crate) trait Host: EventSink {
    /// Takes one turn from the budget.
    fn take_turn(&self) -> Result<(), PolicyKind>;

    /// Checks the limits of tokens, before a request that is no turn of its own.
    fn check_tokens(&self) -> Result<(), PolicyKind>;

    /// What was said from outside since the last turn, as a message that is kept already.
    ///
    /// # Errors
    /// It is known already that it is not kept.
    fn take_comments(&self) -> Result<Option<Message>, StoreError>;

    /// Keeps a summary that stands for the older messages, as [`note`](Self::note) keeps messages.
    ///
    /// # Errors
    /// It is known already that it is not kept.
    fn note_compaction(&self, compaction: Compaction) -> Result<(), StoreError>;

    /// Asks for leave for the calls of one turn, before any of them runs; gives a decision on each. A
    /// host whose work may wait halts it instead, and has it go on when everything is decided.
    fn ask(&self, calls: Vec<Asked>) -> Asking<'_>;

    /// Counts the tokens of a reply.
    fn spend(&self, usage: Usage);

    /// Keeps messages, all or none, and waits until they are kept: before a tool changes anything,
    /// the message that asked for it is on record.
    fn record(&self, messages: Vec<Kept>) -> Recording<'_>;

    /// Keeps messages, all or none, and goes on: whatever is recorded after them is kept after
    /// them.
    ///
    /// # Errors
    /// It is known already that they are not kept.
    fn note(&self, messages: Vec<Kept>) -> Result<(), StoreError>;
}

/// Why the loop stopped without a result.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The work failed for good.
    Fail(TicketFailure),
    /// A limit of the run is reached; the work stays open.
    Policy(PolicyKind),
    /// Somebody has to decide about calls, or to comment; the work goes on then.
    Waiting(Box<Wait>),
    /// A message could not be recorded.
    Store(StoreError),
}

impl Halt {
    /// Halts until somebody has done something. The turns add what they go on with.
    pub(crate) fn waiting(for_what: WaitFor) -> Self {
        Self::Waiting(Box::new(Wait {
            for_what,
            counted: Counted::default(),
            system: None,
        }))
    }
}

impl From<TicketFailure> for Halt {
    fn from(failure: TicketFailure) -> Self {
        Self::Fail(failure)
    }
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
