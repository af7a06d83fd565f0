use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::nesting::check_nesting;
use super::record::TicketBody;
use crate::id::TicketKey;
use crate::schemas::{Schema, TicketResult};

/// Work to be done, as a caller submits it.
///
/// `R` is the type of the result that an awaited submission gives; [`Ticket::returns`] sets it.
///
/// # Examples
/// ```
/// use agentwerk::Ticket;
///
/// let ticket = Ticket::new("Rank all products by value.").label("analysis").returns::<Vec<String>>();
/// # let _: Ticket<Vec<String>> = ticket;
/// ```
#[must_use = "a ticket does nothing until it is submitted"]
pub struct Ticket<R = Value> {
    draft: Draft,
    result: PhantomData<fn() -> R>,
}

/// A ticket without the type of its result.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) body: TicketBody,
    /// Why nobody can work on it. The ticket is kept and fails, so that nothing is lost silently.
    pub(crate) invalid: Option<String>,
}

impl Ticket<Value> {
    /// Describes the work: text for the model as it is, anything else as JSON.
    ///
    /// A task that cannot be written as JSON, or that has more than 120 levels of arrays and
    /// objects, makes a ticket that fails as soon as it is submitted.
    pub fn new(task: impl Serialize) -> Self {
        let (task, invalid) = match serde_json::to_value(task) {
            Ok(task) => {
                let invalid = check_nesting(&task).err();
                let invalid = invalid.map(|what| format!("the task cannot be kept: {what}"));
                (task, invalid)
            }
            Err(error) => (
                Value::Null,
                Some(format!("the task cannot be written as JSON: {error}")),
            ),
        };
        Self {
            draft: Draft {
                body: TicketBody::new(task),
                invalid,
            },
            result: PhantomData,
        }
    }

    /// Says what the result must look like.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::schemas::Schema;
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::{Agent, Ticket, TicketSystem};
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), agentwerk::schemas::ParseSchemaError> {
    /// # let tickets = TicketSystem::in_memory();
    /// # let model = ScriptedModel::replies([r#"{ "dish": 12 }"#, r#"{ "dish": "soup" }"#]);
    /// # tickets.agent(Agent::new().provider(model.clone()).model("scripted"));
    /// let schema = Schema::parse(json!({
    ///     "type": "object",
    ///     "properties": { "dish": { "type": "string" } },
    ///     "required": ["dish"]
    /// }))?;
    /// tickets.ticket(Ticket::new("What is for lunch?").schema(schema));
    ///
    /// tickets.finish().await;
    /// // The model said `{ "dish": 12 }` first, and was told what is wrong with that.
    /// assert_eq!(tickets.last_result().as_deref(), Some(r#"{"dish":"soup"}"#));
    /// # assert_eq!(model.requests().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn schema(mut self, schema: Schema) -> Self {
        self.draft.body.schema = Some(schema);
        self
    }
}

impl<R> Ticket<R> {
    /// Adds a label: an agent that serves it may claim the ticket.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        let label = label.into();
        if !self.draft.body.labels.contains(&label) {
            self.draft.body.labels.push(label);
        }
        self
    }

    /// Adds labels.
    pub fn labels<I: IntoIterator<Item: Into<String>>>(self, labels: I) -> Self {
        labels
            .into_iter()
            .fold(self, |ticket, label| ticket.label(label))
    }

    /// Names the ticket that led to this one.
    pub fn parent(mut self, key: impl Into<TicketKey>) -> Self {
        self.draft.body.parent = Some(key.into());
        self
    }

    /// Has the ticket claimed before those of a lower priority, whatever their age. Default: 0; among
    /// tickets of one priority, the oldest comes first. Tickets of a low one wait for as long as there are
    /// others.
    pub fn priority(mut self, priority: i32) -> Self {
        self.draft.body.priority = priority;
        self
    }

    /// Has the ticket fail as [`DeadlineExceeded`](crate::event::FailureReason::DeadlineExceeded)
    /// when it has not ended this long after its submission, whether or not an agent has begun it or
    /// it waits for somebody. The time goes on while no run is live; the ticket then fails in the
    /// next one. In whole milliseconds.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.draft.body.deadline_ms = Some(u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX));
        self
    }

    /// Says that the result is an `N`, and sets the schema to that of `N`.
    pub fn returns<N: TicketResult>(mut self) -> Ticket<N> {
        match Schema::of::<N>() {
            Ok(schema) => self.draft.body.schema = schema,
            Err(error) => {
                self.draft.invalid = Some(format!("the result type `{}`: {error}", N::name()));
            }
        }
        Ticket {
            draft: self.draft,
            result: PhantomData,
        }
    }

    /// The same ticket without the type of its result, which it still has to fit: for calls that
    /// take tickets of any kind, as those of a [`Desk`](crate::ticket::Desk).
    pub fn untyped(self) -> Ticket {
        Ticket {
            draft: self.draft,
            result: PhantomData,
        }
    }

    pub(crate) fn into_draft(self) -> Draft {
        self.draft
    }
}

impl<R> Clone for Ticket<R> {
    fn clone(&self) -> Self {
        Self {
            draft: self.draft.clone(),
            result: PhantomData,
        }
    }
}

impl<R> fmt::Debug for Ticket<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ticket").field(&self.draft).finish()
    }
}
