//! One record as it stands in a file: a key, a time, and one more field that says what happened.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::chat::{Message, Usage};
use crate::clock::Timestamp;
use crate::event::TicketFailure;
use crate::id::{AgentName, TicketKey};
use crate::schemas::Schema;
use crate::ticket::{
    ApprovalDecision, ApprovalRequest, Change, Comment, Compaction, Place, Record, Tally,
    TicketBody, TicketEdit,
};

/// A record to be written, and where the message before it is.
pub(super) struct EntryToWrite<'a> {
    pub(super) record: &'a Record,
    pub(super) previous: Option<Place>,
}

impl Serialize for EntryToWrite<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Record { key, at, change } = self.record;
        let mut entry = serializer.serialize_map(None)?;
        entry.serialize_entry("key", key)?;
        entry.serialize_entry("at", at)?;
        match change {
            Change::Submitted(body) => entry.serialize_entry("submitted", body)?,
            Change::Edited(edit) => entry.serialize_entry("edited", edit)?,
            Change::Claimed { agent, token } => {
                let (agent, token) = (agent.clone(), *token);
                entry.serialize_entry("claimed", &Claimed { agent, token })?;
            }
            Change::Message { message, usage } => {
                if let Some(usage) = usage {
                    entry.serialize_entry("usage", usage)?;
                }
                let calls = message.tool_calls().count();
                if calls > 0 {
                    entry.serialize_entry("calls", &calls)?;
                }
                if let Some(place) = self.previous {
                    entry.serialize_entry("previous", &Pointer::from(place))?;
                }
                entry.serialize_entry("message", message)?;
            }
            Change::Released => entry.serialize_entry("released", &true)?,
            Change::Commented(comment) => entry.serialize_entry("commented", comment)?,
            Change::CommentsRead { count } => entry.serialize_entry("comments_read", count)?,
            Change::CommentAwaited => entry.serialize_entry("comment_awaited", &true)?,
            Change::Compacted(compaction) => entry.serialize_entry("compacted", compaction)?,
            Change::ApprovalRequested(request) => {
                entry.serialize_entry("approval_requested", request)?;
            }
            Change::ApprovalResolved { request, decision } => {
                let (request, decision) = (request.clone(), decision.clone());
                entry.serialize_entry("approval_resolved", &Resolved { request, decision })?;
            }
            Change::ApprovalsUsed => entry.serialize_entry("approvals_used", &true)?,
            Change::Done { result } => entry.serialize_entry("done", &ResultOf { result })?,
            Change::HandedOver {
                result,
                child,
                body,
            } => {
                let child = *child;
                entry.serialize_entry(
                    "handed_over",
                    &HandedOver {
                        result,
                        child,
                        body,
                    },
                )?;
            }
            Change::Failed { failure } => entry.serialize_entry("failed", failure)?,
            Change::Cancelled => entry.serialize_entry("cancelled", &true)?,
        }
        entry.end()
    }
}

#[derive(Serialize, Deserialize)]
struct Claimed {
    agent: AgentName,
    token: u64,
}

#[derive(Serialize, Deserialize)]
struct Resolved {
    request: ApprovalRequest,
    decision: ApprovalDecision,
}

#[derive(Serialize, Deserialize)]
struct ResultOf<R> {
    result: R,
}

#[derive(Serialize, Deserialize)]
struct HandedOver<R, B> {
    result: R,
    child: TicketKey,
    body: B,
}

/// A [`Place`] in a file: `[file, offset]`.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Pointer(u32, u64);

impl From<Place> for Pointer {
    fn from(place: Place) -> Self {
        Self(place.file, place.offset)
    }
}

impl From<Pointer> for Place {
    fn from(Pointer(file, offset): Pointer) -> Self {
        Self { file, offset }
    }
}

/// The messages of one ticket in one file of the journal: what the index of that file has in their
/// place.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Messages {
    /// Where the last of them is.
    pub(super) last: Pointer,
    /// What they took.
    pub(super) tally: Tally,
}

/// An entry of an index that stands for messages.
#[derive(Serialize)]
pub(super) struct MessagesEntry {
    pub(super) key: TicketKey,
    pub(super) at: Timestamp,
    pub(super) messages: Messages,
}

/// An entry as it is read; the text of a message is not looked at.
#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    pub(super) key: TicketKey,
    at: Timestamp,
    #[serde(borrow)]
    submitted: Option<StoredBody<'a>>,
    edited: Option<TicketEdit>,
    claimed: Option<Claimed>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    usage: Option<Usage>,
    #[serde(default)]
    calls: u64,
    previous: Option<Pointer>,
    messages: Option<Messages>,
    #[serde(default)]
    released: bool,
    commented: Option<Comment>,
    comments_read: Option<usize>,
    #[serde(default)]
    comment_awaited: bool,
    compacted: Option<Compaction>,
    approval_requested: Option<ApprovalRequest>,
    approval_resolved: Option<Resolved>,
    #[serde(default)]
    approvals_used: bool,
    #[serde(borrow)]
    done: Option<ResultOf<&'a RawValue>>,
    #[serde(borrow)]
    handed_over: Option<HandedOver<&'a RawValue, StoredBody<'a>>>,
    failed: Option<TicketFailure>,
    #[serde(default)]
    cancelled: bool,
}

#[derive(Deserialize)]
struct StoredBody<'a> {
    #[serde(borrow)]
    task: &'a RawValue,
    labels: Vec<String>,
    #[serde(borrow)]
    schema: Option<&'a RawValue>,
    parent: Option<TicketKey>,
    #[serde(default)]
    reporter: AgentName,
    #[serde(default)]
    priority: i32,
    deadline_ms: Option<u64>,
}

/// What an entry says.
pub(super) enum Said {
    /// A change of a ticket, whole.
    Record(Record),
    /// One message or several, which stay in their file.
    Messages {
        key: TicketKey,
        /// Where the last of them is; where this entry is, if it says nothing of that.
        last: Option<Place>,
        tally: Tally,
    },
}

impl<'a> Entry<'a> {
    /// What the entry says; `Err` with the reason when it says nothing that is known.
    pub(super) fn read(self, known: &KnownSchemas) -> Result<Said, String> {
        let (key, at) = (self.key, self.at);
        if self.message.is_some() {
            let tally = self.tally();
            let last = None;
            return Ok(Said::Messages { key, last, tally });
        }
        if let Some(messages) = self.messages {
            let (last, tally) = (Some(messages.last.into()), messages.tally);
            return Ok(Said::Messages { key, last, tally });
        }
        let change = self.change(known)?;
        Ok(Said::Record(Record { key, at, change }))
    }

    fn change(self, known: &KnownSchemas) -> Result<Change, String> {
        Ok(if let Some(body) = self.submitted {
            Change::Submitted(Box::new(body.read(known)?))
        } else if let Some(edit) = self.edited {
            Change::Edited(edit)
        } else if let Some(Claimed { agent, token }) = self.claimed {
            Change::Claimed { agent, token }
        } else if self.released {
            Change::Released
        } else if let Some(comment) = self.commented {
            Change::Commented(comment)
        } else if let Some(count) = self.comments_read {
            Change::CommentsRead { count }
        } else if self.comment_awaited {
            Change::CommentAwaited
        } else if let Some(compaction) = self.compacted {
            Change::Compacted(compaction)
        } else if let Some(request) = self.approval_requested {
            Change::ApprovalRequested(request)
        } else if let Some(Resolved { request, decision }) = self.approval_resolved {
            Change::ApprovalResolved { request, decision }
        } else if self.approvals_used {
            Change::ApprovalsUsed
        } else if let Some(ResultOf { result }) = self.done {
            let result = value(result)?;
            Change::Done { result }
        } else if let Some(step) = self.handed_over {
            Change::HandedOver {
                result: value(step.result)?,
                child: step.child,
                body: Box::new(step.body.read(known)?),
            }
        } else if let Some(failure) = self.failed {
            Change::Failed { failure }
        } else if self.cancelled {
            Change::Cancelled
        } else {
            return Err("a record says nothing that is known".to_owned());
        })
    }

    /// The time of the entry, and what its message took, if it is one.
    pub(super) fn as_message(&self) -> Option<(Timestamp, Tally)> {
        self.message.map(|_| (self.at, self.tally()))
    }

    fn tally(&self) -> Tally {
        Tally {
            claims: 0,
            replies: u64::from(self.usage.is_some()),
            tool_calls: self.calls,
            compactions: 0,
            usage: self.usage.unwrap_or_default(),
        }
    }

    /// The message of the entry, and where the one before it is.
    pub(super) fn into_message(self) -> Option<Result<(Message, Option<Place>), String>> {
        let message = serde_json::from_str(self.message?.get());
        let previous = self.previous.map(Place::from);
        Some(
            message
                .map(|message| (message, previous))
                .map_err(|error| error.to_string()),
        )
    }
}

/// Reads a value by itself: a parser goes down 128 levels and no further, and on its line a value
/// lies some levels deeper than it did when it came.
fn value(text: &RawValue) -> Result<Value, String> {
    serde_json::from_str(text.get()).map_err(|error| error.to_string())
}

impl StoredBody<'_> {
    fn read(self, known: &KnownSchemas) -> Result<TicketBody, String> {
        Ok(TicketBody {
            task: value(self.task)?,
            labels: self.labels,
            schema: self.schema.map(|text| known.get(text)).transpose()?,
            parent: self.parent,
            reporter: self.reporter,
            priority: self.priority,
            deadline_ms: self.deadline_ms,
        })
    }
}

/// The schemas that were read so far. Many tickets share a few of them, and each is parsed once.
#[derive(Default)]
pub(super) struct KnownSchemas(Mutex<HashMap<Box<str>, Schema>>);

impl KnownSchemas {
    fn get(&self, text: &RawValue) -> Result<Schema, String> {
        let text = text.get();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(schema) = known.get(text) {
            return Ok(schema.clone());
        }
        let schema: Schema = serde_json::from_str(text).map_err(|error| error.to_string())?;
        known.insert(text.into(), schema.clone());
        Ok(schema)
    }
}
