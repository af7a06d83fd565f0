use std::sync::Arc;

use super::core::Core;
use super::stored::Stored;
use super::system::TicketSystem;
use crate::agent::ApprovalHandler;
use crate::event::{ApprovalDecision, ApprovalRequest, EventKind};
use crate::id::{AgentName, CallId, TicketKey};
use crate::store::StoreError;
use crate::ticket::{Change, Status};

/// Why an answer to a request for leave was not taken.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveApprovalError {
    /// Nobody waits for this answer: the ticket has not made this request, has ended, or has had its
    /// answer.
    #[error("no ticket waits for leave for the call `{call_id}`")]
    NotOpen {
        /// The call.
        call_id: CallId,
    },
    /// The answer could not be stored. The run fails of it as well.
    #[error("store the answer")]
    Store {
        /// Why not.
        source: StoreError,
    },
}

/// Leave for the calls of tools that need it.
impl TicketSystem {
    /// The requests for leave that nobody has answered, in the order of their tickets. After
    /// `load`, those of earlier processes, too.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::chat::{Response, ToolCall};
    /// use agentwerk::event::{ApprovalDecision, RunOutcome};
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::{Agent, TicketSystem, tool};
    /// use serde_json::json;
    ///
    /// /// Deletes a branch.
    /// #[tool(approval)]
    /// async fn delete_branch(name: String) -> String {
    ///     format!("deleted {name}")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let model = ScriptedModel::from_fn(|request| match request.messages.len() {
    ///     1 => Response::tool_calls([ToolCall::new("1", "delete_branch", &json!({ "name": "old" }))]),
    ///     _ => Response::text("Tidy."),
    /// });
    /// let tickets = TicketSystem::in_memory();
    /// tickets.agent(Agent::new().provider(model).model("scripted").tool(DeleteBranch).task("Tidy up."));
    /// assert!(matches!(tickets.finish().await, RunOutcome::Waiting(_)));
    ///
    /// for request in tickets.approvals() {
    ///     println!("{}: {}({})", request.agent, request.tool, request.arguments.as_str());
    ///     tickets.resolve_approval(&request, ApprovalDecision::Approve).await?;
    /// }
    /// assert!(tickets.finish().await.is_drained());
    /// # Ok(())
    /// # }
    /// ```
    pub fn approvals(&self) -> Vec<ApprovalRequest> {
        let tickets = self.core().store().tickets();
        let waiting = tickets.iter().filter(|t| t.status() == Status::Waiting);
        waiting
            .flat_map(|ticket| ticket.approvals())
            .filter(|approval| approval.is_open())
            .map(|approval| approval.request.clone())
            .collect()
    }

    /// Answers a request for leave, from anywhere in the program: in place of the agent's
    /// [handler](crate::Agent::approval), or where it has none. The ticket is open again when all its
    /// requests are answered, and goes on in the live run or the next one.
    ///
    /// The answer is taken at the call, whether or not the future is awaited.
    ///
    /// # Errors
    /// See [`ResolveApprovalError`]. The first answer counts.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the request answered.
    ///
    /// # Durability
    /// When it resolves, the answer is as durable as the store makes it.
    pub fn resolve_approval(
        &self,
        request: &ApprovalRequest,
        decision: ApprovalDecision,
    ) -> impl Future<Output = Result<(), ResolveApprovalError>> + Send + use<> {
        let call_id = request.call_id.clone();
        let stored = request
            .ticket
            .map(|key| self.core().resolve_approval(key, request.clone(), decision));
        async move {
            match stored {
                Some(stored) => stored.wait().await.map_err(|error| match error {
                    StoreError::UnknownApproval { .. }
                    | StoreError::UnknownTicket { .. }
                    | StoreError::Transition(_) => ResolveApprovalError::NotOpen { call_id },
                    source => ResolveApprovalError::Store { source },
                }),
                None => Err(ResolveApprovalError::NotOpen { call_id }),
            }
        }
    }
}

impl Core {
    /// Who answers for the calls of an agent.
    pub(super) fn approval_handler(&self, agent: &AgentName) -> Option<ApprovalHandler> {
        self.setup().approval_handler(agent)
    }

    /// Answers a request for leave.
    pub(super) fn resolve_approval(
        self: &Arc<Self>,
        key: TicketKey,
        request: ApprovalRequest,
        decision: ApprovalDecision,
    ) -> Stored {
        let number = request.number;
        let change = Change::ApprovalResolved {
            request: request.clone(),
            decision: decision.clone(),
        };
        let told = EventKind::ApprovalResolved { request, decision };
        let by = AgentName::default();
        self.decide(key, by, change, told, move |core| {
            core.withdraw(key, number);
        })
    }

    /// Ends the asking of a handler, because there is an answer.
    fn withdraw(&self, key: TicketKey, number: u32) {
        if let Some(run) = self.live() {
            run.questions.withdraw(key, number);
        }
    }
}
