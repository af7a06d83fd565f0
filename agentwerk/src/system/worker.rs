use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::bus::{Subject, SubjectSink};
use super::completions::Completion;
use super::core::Core;
use super::desk::SystemDesk;
use super::ledger::Step;
use super::openings::Openings;
use super::paused::Paused;
use super::run::Run;
use super::ticket_host::TicketHost;
use crate::agent::{Ending, Halt, Host, ReadyAgent, Turns, Wait, WaitFor};
use crate::chat::Message;
use crate::event::{EventKind, FailureReason, PolicyKind, RunOutcome, TicketFailure};
use crate::prompt::{ContextBlock, first_message};
use crate::store::{Batch, Claimed, Lease, StoreError};
use crate::ticket::{Change, TicketBody, TicketSnapshot, Transcript, answer_open_calls};
use crate::tools::{
    Finish, Registered, Registry, TicketBrief, ToolContext, WriteHandoverTool, WriteResultTool,
    panic_text,
};

/// Works on one ticket after the other, until the run ends.
pub(super) async fn work(core: Arc<Core>, run: Arc<Run>, agent: Arc<ReadyAgent>) {
    while let Some(claimed) = next(&core, &run, &agent).await {
        let span = tracing::info_span!("ticket", key = %claimed.lease.key, agent = %agent.name);
        let shift = Shift::new(&core, &run, &agent, claimed);
        shift.work().instrument(span).await;
        run.changed.notify_one();
    }
}

/// Waits for a ticket; `None` when the run is over.
async fn next(core: &Core, run: &Run, agent: &ReadyAgent) -> Option<Claimed> {
    let mut watch = core.store().watch(&agent.routing);
    while !run.is_stopping() {
        match core.ledger.claim(agent).await {
            Ok(Some(claimed)) => {
                watch.took(claimed.lease.key);
                return Some(claimed);
            }
            Ok(None) => {}
            Err(error) => {
                run.stop(RunOutcome::Failed(error.into()));
                return None;
            }
        }
        tokio::select! {
            biased;
            () = run.cancel.cancelled() => {}
            () = watch.offered() => {}
        }
    }
    None
}

/// One agent's work on one claimed ticket.
struct Shift<'a> {
    core: &'a Arc<Core>,
    run: &'a Run,
    agent: &'a ReadyAgent,
    lease: Lease,
    ticket: TicketSnapshot,
    sink: SubjectSink,
}

/// Gives the ticket of a shift back that goes with its runtime, so that nobody has to wait for the
/// end of its lease.
struct GiveBack<'a>(Option<&'a Shift<'a>>);

impl GiveBack<'_> {
    fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for GiveBack<'_> {
    fn drop(&mut self) {
        if let Some(shift) = self.0 {
            drop(shift.core.ledger.release(&shift.lease));
        }
    }
}

/// How a shift ended.
enum ShiftEnd {
    Done(Ending),
    Failed(TicketFailure),
    /// The run ends; the ticket stays open.
    Released,
    /// Somebody has to decide about a call first, or to comment.
    Waiting(Box<Wait>),
    /// Somebody else has the ticket, or ended it.
    LeaseLost,
    /// A limit of the run is reached.
    Policy(PolicyKind),
    Store(StoreError),
}

impl<'a> Shift<'a> {
    fn new(core: &'a Arc<Core>, run: &'a Run, agent: &'a ReadyAgent, claimed: Claimed) -> Self {
        let Claimed { lease, ticket } = claimed;
        let subject = Subject::work(&ticket, agent.name.clone(), Arc::clone(&agent.model));
        let sink = SubjectSink {
            bus: Arc::clone(&core.ledger.bus),
            subject,
            over: CancellationToken::new(),
        };
        Self {
            core,
            run,
            agent,
            lease,
            ticket,
            sink,
        }
    }

    async fn work(&self) {
        let cancel = self.run.cancel.child_token();
        let lease = self.run.leases.hold(&self.lease, self.sink.over.clone());
        // The supervisor has a ticket more to watch, and a lease to extend.
        self.run.changed.notify_one();
        let guard = GiveBack(Some(self));
        let working = AssertUnwindSafe(self.turns(&cancel)).catch_unwind();
        let end = tokio::select! {
            biased;
            () = cancel.cancelled() => ShiftEnd::Released,
            () = lease.lost() => ShiftEnd::LeaseLost,
            held = held_for(self.agent.deadline) => ShiftEnd::Failed(held_too_long(held)),
            end = working => end.map_or_else(|panic| panicked(panic_text(&*panic)), ShiftEnd::from),
        };
        // Whatever the tools moved elsewhere ends with the shift.
        cancel.cancel();
        guard.disarm();
        self.end(end).await;
    }

    /// Prompt, request, reply, tools, and again.
    async fn turns(&self, cancel: &CancellationToken) -> Result<Ending, Halt> {
        let host = TicketHost {
            core: self.core,
            run: self.run,
            agent: self.agent,
            lease: &self.lease,
            sink: &self.sink,
        };
        let schema = self.ticket.schema();
        let registry = self
            .registry()
            .map_err(|what| Halt::Fail(TicketFailure::new(FailureReason::InvalidTask, what)))?;
        let brief = TicketBrief::new(
            self.ticket.key(),
            self.ticket.shared_labels(),
            self.ticket.task().clone(),
        );
        let desk = SystemDesk {
            core: Arc::clone(self.core),
            agent: self.agent.name.clone(),
            ticket: self.ticket.clone(),
            lease: self.lease.clone(),
            subject: self.sink.subject.clone(),
            openings: Openings::new(self.run.limits.max_children, self.run.limits.max_hops),
        };
        let context = ToolContext::for_agent(
            self.agent.dir.clone(),
            Arc::clone(&self.agent.readable_dirs),
            self.core.outputs(self.lease.key),
            self.agent.name.clone(),
            Some(brief),
            Some(Arc::new(desk)),
            Arc::new(self.sink.clone()),
        )
        .with_states(self.agent.states.clone());
        let messages = self.messages(&host).await?;
        let paused = self.run.paused.take(self.lease.key);
        let counted = paused.as_ref().map(|paused| paused.counted);
        let turns = Turns {
            agent: self.agent,
            system: match paused.filter(|paused| paused.agent == self.agent.name) {
                Some(paused) => paused.system,
                None => self.agent.system_prompt().await?,
            },
            counted: counted.unwrap_or_default(),
            registry: &registry,
            schema,
            limits: &self.run.limits,
            host: &host,
            context: &context,
            cancel,
            awaits_comments: self.agent.is_interactive,
        };
        turns.run(messages, self.ticket.compaction()).await
    }

    /// The agent's tools; a ticket with a schema brings its own way to write the result.
    fn registry(&self) -> Result<Registry, String> {
        let Some(schema) = self.ticket.schema() else {
            return Ok(self.agent.registry.clone());
        };
        let own = &self.agent.registry;
        let with_result = own.with(WriteResultTool::for_schema(schema));
        let mut registry = with_result.map_err(|error| error.to_string())?;
        if own
            .get(WriteHandoverTool::NAME)
            .is_some_and(Registered::finishes)
        {
            let tool = WriteHandoverTool::for_schema(schema);
            registry = registry.with(tool).map_err(|error| error.to_string())?;
        }
        let checked = self.agent.provider.check_tools(&registry.all_specs());
        checked.map_err(|error| error.to_string())?;
        Ok(registry)
    }

    /// The conversation so far, or the first message of a new one.
    async fn messages(&self, host: &dyn Host) -> Result<Vec<Message>, Halt> {
        let mut messages = self.transcript().await?;
        let next = if messages.is_empty() {
            Some(self.first_message())
        } else if self.has_waited(&messages) {
            None
        } else {
            answer_open_calls(&messages, |name| self.agent.registry.may_repeat(name))
        };
        if let Some(message) = next {
            host.note(vec![(message.clone(), None)])?;
            messages.push(message);
        }
        Ok(messages)
    }

    /// Whether the calls at the end of the conversation have not begun: they waited for leave.
    fn has_waited(&self, messages: &[Message]) -> bool {
        let approvals = self.ticket.approvals();
        let mut calls = messages.last().into_iter().flat_map(Message::tool_calls);
        calls.any(|call| approvals.iter().any(|approval| approval.is_for(call)))
    }

    /// The conversation so far.
    async fn transcript(&self) -> Result<Vec<Message>, Halt> {
        let ticket = self.ticket.clone();
        let read = move || ticket.transcript().map(Transcript::into_messages);
        let transcript = if self.ticket.is_archived() {
            // Files block, and an agent's thread must not.
            let reading = tokio::task::spawn_blocking(read).await;
            reading.map_err(|error| {
                TicketFailure::new(
                    FailureReason::Panicked,
                    format!("read its transcript: {error}"),
                )
            })?
        } else {
            read()
        };
        transcript.map_err(|error| Halt::Store(error.into()))
    }

    fn first_message(&self) -> Message {
        let context = self.agent.context.clone().unwrap_or_else(|| {
            let block = ContextBlock {
                dir: &self.agent.dir,
                now: self.core.ledger.clock.now(),
                remaining: self.run.remaining(),
            };
            block.to_string()
        });
        // What an agent wrote is no template: text of a model stays what it is.
        let task = if self.ticket.reporter().is_empty() {
            self.agent.variables.fill_task(self.ticket.task())
        } else {
            self.ticket.task_string()
        };
        first_message(&context, &task)
    }

    /// Records the end, and tells of it.
    async fn end(&self, end: ShiftEnd) {
        let key = self.lease.key;
        let stored = match end {
            ShiftEnd::Done(ending) => {
                let closing = ending.closing.into_iter().map(Change::from);
                let Finish { result, next } = ending.finish;
                match next {
                    Some(next) => self.hand_over(closing.collect(), result, *next).await,
                    None => {
                        let changes = closing.chain([Change::Done { result }]);
                        self.close(changes, EventKind::TicketDone { key }).await
                    }
                }
            }
            ShiftEnd::Failed(failure) => {
                let failed = Change::Failed {
                    failure: failure.clone(),
                };
                self.close([failed], EventKind::TicketFailed { key, failure })
                    .await
            }
            ShiftEnd::Released => self.core.ledger.release(&self.lease).await,
            ShiftEnd::Policy(kind) => {
                self.core.violate(self.run, kind);
                self.core.ledger.release(&self.lease).await
            }
            ShiftEnd::Waiting(wait) => self.wait(*wait).await,
            ShiftEnd::LeaseLost => Ok(()),
            ShiftEnd::Store(error) => Err(error),
        };
        match stored {
            // A stale lease means that somebody else decides about the ticket now.
            Ok(()) | Err(StoreError::StaleLease { .. }) => {}
            Err(error) => drop(self.run.stop(RunOutcome::Failed(error.into()))),
        }
    }

    /// Has the ticket wait until its requests for leave are answered, or somebody comments on it. Not a
    /// part of the work that a cancel drops: what is on record has to be told and asked.
    async fn wait(&self, wait: Wait) -> Result<(), StoreError> {
        let key = self.lease.key;
        // The run does not end as one that only waits before a handler is asked.
        let _counted = self.core.open_commits.count();
        let paused = Paused {
            agent: self.agent.name.clone(),
            counted: wait.counted,
            system: wait.system,
        };
        self.run.paused.put(key, paused);
        let ledger = &self.core.ledger;
        let (changes, told): (Vec<_>, Vec<_>) = match wait.for_what {
            WaitFor::Leave(requests) => (
                requests
                    .iter()
                    .cloned()
                    .map(Change::ApprovalRequested)
                    .collect(),
                requests
                    .into_iter()
                    .map(|request| EventKind::ApprovalRequested { request })
                    .collect(),
            ),
            WaitFor::Comment(said) => {
                let said = said.into_iter().map(Change::from);
                (
                    said.chain([Change::CommentAwaited]).collect(),
                    vec![EventKind::CommentAwaited { key }],
                )
            }
        };
        let records = changes
            .into_iter()
            .map(|change| ledger.record(key, change))
            .collect();
        let told = told
            .into_iter()
            .map(|kind| (self.sink.subject.clone(), kind))
            .collect();
        let batch = Batch::leased(&self.lease, records);
        if let Err(error) = ledger.append_and_tell(key, batch, told).await {
            drop(self.run.paused.take(key));
            return Err(error);
        }
        self.run.questions.add([key]);
        Ok(())
    }

    /// Ends the ticket, and opens the one that goes on.
    async fn hand_over(
        &self,
        closing: Vec<Change>,
        result: Value,
        mut next: TicketBody,
    ) -> Result<(), StoreError> {
        next.reporter = self.agent.name.clone();
        next.parent = Some(self.lease.key);
        let step = Step {
            closing,
            result,
            next,
        };
        let ledger = &self.core.ledger;
        let (_child, commit) = ledger.hand_over(&self.lease, &self.sink.subject, step);
        commit.await?;
        self.core
            .completions
            .complete(self.lease.key, &Completion::Ended);
        Ok(())
    }

    async fn close(
        &self,
        changes: impl IntoIterator<Item = Change>,
        event: EventKind,
    ) -> Result<(), StoreError> {
        let ledger = &self.core.ledger;
        let key = self.lease.key;
        let records = changes
            .into_iter()
            .map(|change| ledger.record(key, change))
            .collect();
        ledger
            .close(
                Batch::leased(&self.lease, records),
                &self.sink.subject,
                event,
            )
            .await?;
        self.core.completions.complete(key, &Completion::Ended);
        Ok(())
    }
}

/// Waits until a ticket was held for as long as it may be; for ever when nothing limits that.
async fn held_for(limit: Option<Duration>) -> Duration {
    match limit {
        Some(limit) => {
            tokio::time::sleep(limit).await;
            limit
        }
        None => std::future::pending().await,
    }
}

fn held_too_long(limit: Duration) -> TicketFailure {
    let message = format!(
        "its agent held it for {} s and was not done",
        limit.as_secs_f64()
    );
    TicketFailure::new(FailureReason::DeadlineExceeded, message)
}

fn panicked(text: &str) -> ShiftEnd {
    let message = format!("the work on the ticket panicked: {text}");
    ShiftEnd::Failed(TicketFailure::new(FailureReason::Panicked, message))
}

impl From<Result<Ending, Halt>> for ShiftEnd {
    fn from(end: Result<Ending, Halt>) -> Self {
        match end {
            Ok(ending) => Self::Done(ending),
            Err(Halt::Fail(failure)) => Self::Failed(failure),
            Err(Halt::Policy(kind)) => Self::Policy(kind),
            Err(Halt::Waiting(wait)) => Self::Waiting(wait),
            Err(Halt::Store(StoreError::StaleLease { .. })) => Self::LeaseLost,
            Err(Halt::Store(error)) => Self::Store(error),
        }
    }
}
