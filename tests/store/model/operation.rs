use std::time::Duration;

use agentwerk::chat::{Message, ToolCall, Usage};
use agentwerk::event::{FailureReason, TicketFailure};
use agentwerk::ticket::{
    ApprovalDecision, ApprovalRequest, Change, Comment, Compaction, Routing, TicketBody, TicketEdit,
};
use agentwerk::{AgentName, TicketKey, Timestamp};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use serde_json::json;

pub(super) const LABELS: [&str; 2] = ["red", "green"];

/// One thing that is done to a store. Numbers stand for what is there by then: the remainder
/// chooses.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    Append { right: Right, parts: Vec<Part> },
    Claim { labels: u8, length: u8 },
    Extend { lease: usize, length: u8 },
    Advance { millis: u64 },
    Expire,
    Reopen,
}

/// In whose name a batch comes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Right {
    Program,
    Lease(usize),
}

/// One record of a batch.
#[derive(Clone, Debug)]
pub(super) struct Part {
    which: Which,
    what: What,
}

/// Which ticket a record is about.
#[derive(Clone, Copy, Debug)]
enum Which {
    /// That of the lease, if there is one; else the newest.
    Own,
    Known(usize),
    Unknown,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Submit { labels: u8, priority: i32 },
    Edit { labels: u8 },
    Claim,
    Message(u8),
    Release,
    Request { call: u8 },
    Answer { call: u8, is_allowed: bool },
    Use,
    Comment(u8),
    Read,
    Await,
    Compact(u8),
    Finish(u8),
    HandOver { labels: u8, to: Option<usize> },
    Fail,
    Cancel,
}

/// One bit a label.
pub(super) fn labels(bits: u8) -> Vec<String> {
    let labels = LABELS.iter().enumerate();
    let chosen = labels.filter(|(place, _)| bits >> place & 1 == 1);
    chosen.map(|(_, label)| (*label).to_owned()).collect()
}

pub(super) fn routing(bits: u8) -> Routing {
    Routing::new(labels(bits), None)
}

pub(super) fn lease_length(choice: u8) -> Duration {
    Duration::from_millis(u64::from(choice) * 100)
}

pub(super) fn operations() -> impl Strategy<Value = Operation> {
    let append = (rights(), vec(parts(), 1..4));
    let append = append.prop_map(|(right, parts)| Operation::Append { right, parts });
    let submit = submissions().prop_map(|what| Operation::Append {
        right: Right::Program,
        parts: vec![Part {
            which: Which::Unknown,
            what,
        }],
    });
    let work = (any::<usize>(), whats()).prop_map(|(lease, what)| Operation::Append {
        right: Right::Lease(lease),
        parts: vec![Part {
            which: Which::Own,
            what,
        }],
    });
    let claim = (0..4_u8, 0..6_u8);
    let extend = (any::<usize>(), 0..6_u8);
    prop_oneof![
        5 => append,
        4 => submit,
        5 => work,
        5 => claim.prop_map(|(labels, length)| Operation::Claim { labels, length }),
        1 => extend.prop_map(|(lease, length)| Operation::Extend { lease, length }),
        1 => (0..300_u64).prop_map(|millis| Operation::Advance { millis }),
        1 => Just(Operation::Expire),
        1 => Just(Operation::Reopen),
    ]
}

fn rights() -> impl Strategy<Value = Right> {
    prop_oneof![Just(Right::Program), any::<usize>().prop_map(Right::Lease),]
}

fn parts() -> impl Strategy<Value = Part> {
    let which = prop_oneof![
        4 => Just(Which::Own),
        4 => any::<usize>().prop_map(Which::Known),
        1 => Just(Which::Unknown),
    ];
    (which, whats()).prop_map(|(which, what)| Part { which, what })
}

fn submissions() -> impl Strategy<Value = What> {
    let priority = prop_oneof![2 => Just(0), 1 => -1..2_i32];
    (0..4_u8, priority).prop_map(|(labels, priority)| What::Submit { labels, priority })
}

fn whats() -> impl Strategy<Value = What> {
    let to = prop_oneof![3 => Just(None), 1 => any::<usize>().prop_map(Some)];
    prop_oneof![
        2 => submissions(),
        2 => (0..4_u8).prop_map(|labels| What::Edit { labels }),
        1 => Just(What::Claim),
        5 => any::<u8>().prop_map(What::Message),
        2 => Just(What::Release),
        4 => (0..2_u8).prop_map(|call| What::Request { call }),
        5 => (0..2_u8, any::<bool>())
            .prop_map(|(call, is_allowed)| What::Answer { call, is_allowed }),
        2 => Just(What::Use),
        4 => any::<u8>().prop_map(What::Comment),
        2 => Just(What::Read),
        4 => Just(What::Await),
        1 => any::<u8>().prop_map(What::Compact),
        2 => any::<u8>().prop_map(What::Finish),
        2 => (0..4_u8, to).prop_map(|(labels, to)| What::HandOver { labels, to }),
        1 => Just(What::Fail),
        2 => Just(What::Cancel),
    ]
}

impl Part {
    /// The ticket; a submission mostly has a key of its own.
    pub(super) fn key(
        &self,
        known: &[TicketKey],
        own: Option<TicketKey>,
        fresh: impl FnOnce() -> TicketKey,
    ) -> TicketKey {
        let is_new = matches!(self.what, What::Submit { .. }) && matches!(self.which, Which::Own);
        let chosen = match self.which {
            Which::Own if is_new => None,
            Which::Own => own.or(known.last().copied()),
            Which::Known(index) => nth(known, index),
            Which::Unknown => None,
        };
        chosen.unwrap_or_else(fresh)
    }

    pub(super) fn change(&self, known: &[TicketKey], fresh: impl FnOnce() -> TicketKey) -> Change {
        match self.what {
            What::Submit { labels, priority } => Change::Submitted(Box::new(TicketBody {
                priority,
                ..body(labels)
            })),
            What::Edit { labels: bits } => Change::Edited(TicketEdit {
                task: None,
                labels: Some(labels(bits)),
            }),
            What::Claim => Change::Claimed {
                agent: AgentName::from("forger"),
                token: 9,
            },
            What::Message(number) => Change::Message {
                message: Message::user(format!("message {number}")),
                usage: None,
            },
            What::Release => Change::Released,
            What::Request { call } => Change::ApprovalRequested(request(call)),
            What::Answer { call, is_allowed } => Change::ApprovalResolved {
                request: request(call),
                decision: decision(is_allowed),
            },
            What::Use => Change::ApprovalsUsed,
            What::Comment(number) => {
                let at = Timestamp::from_millis(7);
                let text = format!("comment {number}");
                Change::Commented(Comment::new(AgentName::default(), at, text))
            }
            What::Read => Change::CommentsRead { count: 1 },
            What::Await => Change::CommentAwaited,
            What::Compact(number) => {
                let summary = format!("summary {number}");
                Change::Compacted(Compaction::new(summary, 1, Usage::default()))
            }
            What::Finish(number) => Change::Done {
                result: json!(number),
            },
            What::HandOver { labels, to } => Change::HandedOver {
                result: json!("handed over"),
                child: to.and_then(|to| nth(known, to)).unwrap_or_else(fresh),
                body: Box::new(body(labels)),
            },
            What::Fail => Change::Failed {
                failure: TicketFailure::new(FailureReason::Empty, "nothing to say"),
            },
            What::Cancel => Change::Cancelled,
        }
    }
}

fn nth(known: &[TicketKey], index: usize) -> Option<TicketKey> {
    Some(known[index.checked_rem(known.len())?])
}

fn body(bits: u8) -> TicketBody {
    TicketBody {
        labels: labels(bits),
        ..TicketBody::new("work")
    }
}

fn request(call: u8) -> ApprovalRequest {
    let call = ToolCall::new(call.to_string(), "delete", &json!({}));
    ApprovalRequest::new(None, AgentName::default(), &call)
}

fn decision(is_allowed: bool) -> ApprovalDecision {
    if is_allowed {
        ApprovalDecision::Approve
    } else {
        let reason = "not today".to_owned();
        ApprovalDecision::Deny(reason)
    }
}
