use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::context::ToolContext;
use super::error::ToolError;

/// A value of the program that a tool works with, such as a client or a pool of connections.
///
/// [`Agent::state`](crate::Agent::state) or [`TicketSystem::state`](crate::TicketSystem::state)
/// supplies it, one value for each type; a parameter `archive: State<Archive>` of a `#[tool]` takes
/// it. A run whose tools need a state that nobody supplied does not begin. Cheap to clone.
///
/// # Examples
/// ```
/// use agentwerk::tool;
/// use agentwerk::tools::{State, Tool, ToolContext};
/// use serde_json::json;
///
/// struct Archive(Vec<&'static str>);
///
/// /// Counts the entries with a word.
/// #[tool(read_only)]
/// fn count_entries(word: &str, archive: State<Archive>) -> usize {
///     archive.0.iter().filter(|entry| entry.contains(word)).count()
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let context = ToolContext::new(".").with_state(Archive(vec!["a rusty key", "a lock"]));
/// let result = Tool::typed(CountEntries).call(json!({ "word": "key" }), &context).await;
/// assert_eq!(result.unwrap().content(), &json!(1));
/// # }
/// ```
pub struct State<T: ?Sized>(Arc<T>);

impl<T> State<T> {
    /// Wraps a value, as a test does that calls the function of a tool.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T: ?Sized> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: ?Sized> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for State<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A type of which a tool needs the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateType {
    id: TypeId,
    name: &'static str,
}

impl StateType {
    /// The type `T`.
    pub fn of<T: 'static>() -> Self {
        Self {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
        }
    }

    /// Its name, for a person.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

/// What a `#[tool]` function gets from the program and not from the model: a parameter marked with
/// `#[cx]` may have any type with this trait.
///
/// # Examples
/// ```
/// use agentwerk::tool;
/// use agentwerk::tools::{FromContext, Tool, ToolContext, ToolError};
/// use serde_json::json;
///
/// /// Who the work is for: the first label of the ticket.
/// struct Customer(String);
///
/// impl FromContext<'_> for Customer {
///     fn from_context(context: &ToolContext) -> Result<Self, ToolError> {
///         let labels = context.ticket().map(|ticket| ticket.labels.clone());
///         let first = labels.and_then(|labels| labels.first().cloned());
///         first.map(Self).ok_or_else(|| ToolError::abort("the ticket names no customer"))
///     }
/// }
///
/// /// Lists the customer's orders.
/// #[tool(read_only)]
/// fn list_orders(#[cx] customer: Customer) -> String {
///     format!("orders of {}", customer.0)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let result = Tool::typed(ListOrders).call(json!({}), &ToolContext::new(".")).await;
/// assert_eq!(result.unwrap_err().to_string(), "the ticket names no customer");
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "[T20] `{Self}` cannot be taken from the context of a call",
    label = "not a value of the program",
    note = "take `State<T>`, `&ToolContext`, or a type that implements `FromContext`"
)]
pub trait FromContext<'a>: Sized {
    /// Takes the value from the context of one call.
    ///
    /// # Errors
    /// The value is not there; the error becomes the call's.
    fn from_context(context: &'a ToolContext) -> Result<Self, ToolError>;

    /// The state that must have been supplied before a run begins; none unless told otherwise.
    fn state() -> Option<StateType> {
        None
    }
}

impl<'a> FromContext<'a> for &'a ToolContext {
    fn from_context(context: &'a ToolContext) -> Result<Self, ToolError> {
        Ok(context)
    }
}

impl FromContext<'_> for ToolContext {
    fn from_context(context: &ToolContext) -> Result<Self, ToolError> {
        Ok(context.clone())
    }
}

impl<T: Send + Sync + 'static> FromContext<'_> for State<T> {
    fn from_context(context: &ToolContext) -> Result<Self, ToolError> {
        context.state().ok_or_else(|| {
            let name = type_name::<T>();
            ToolError::abort(format!("nobody supplied the state `{name}`"))
        })
    }

    fn state() -> Option<StateType> {
        Some(StateType::of::<T>())
    }
}

/// The states that were supplied, one for each type; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct States(Arc<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl States {
    /// Supplies a value, in place of an earlier one of its type.
    pub(crate) fn set<T: Send + Sync + 'static>(&mut self, value: T) {
        Arc::make_mut(&mut self.0).insert(TypeId::of::<T>(), Arc::new(value));
    }

    pub(crate) fn get<T: Send + Sync + 'static>(&self) -> Option<State<T>> {
        let value = Arc::clone(self.0.get(&TypeId::of::<T>())?);
        value.downcast().ok().map(State)
    }

    /// These, and of the `others` what is missing here.
    pub(crate) fn or(&self, others: &Self) -> Self {
        let mut all = (*others.0).clone();
        all.extend(self.0.iter().map(|(id, value)| (*id, Arc::clone(value))));
        Self(Arc::new(all))
    }

    pub(crate) fn has(&self, state: StateType) -> bool {
        self.0.contains_key(&state.id)
    }
}

impl fmt::Debug for States {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("States").field(&self.0.len()).finish()
    }
}
