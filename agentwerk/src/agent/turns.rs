use std::sync::Arc;

use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::history::History;
use super::host::{Asked, Counted, Halt, Host, Kept};
use super::ready::ReadyAgent;
use super::repeats::{REPEATS_MAX, REPEATS_NOTICE, REPEATS_TOLD, repeats};
use super::replies::Cut;
use super::request::{NoReply, Pieces, failed, send};
use crate::chat::{
    CallResult, ContentBlock, Message, Request, Response, Role, StopReason, ToolCall, Usage,
};
use crate::event::{ApprovalDecision, CompactionTrigger, EventKind, FailureReason, TicketFailure};
use crate::policy::Limits;
use crate::schemas::Schema;
use crate::ticket::Compaction;
use crate::tools::{Denials, Discovered, Finish, Next, Registry, Round, ToolContext};

/// One piece of work of one agent: prompt, request, reply, tools, and again until it ends.
pub(crate) struct Turns<'a> {
    pub(crate) agent: &'a ReadyAgent,
    /// What stands above the conversation.
    pub(crate) system: Option<Arc<str>>,
    /// The agent's tools, and what the work itself brings.
    pub(crate) registry: &'a Registry,
    /// What the result must look like.
    pub(crate) schema: Option<&'a Schema>,
    pub(crate) limits: &'a Limits,
    pub(crate) host: &'a dyn Host,
    pub(crate) context: &'a ToolContext,
    pub(crate) cancel: &'a CancellationToken,
    /// What was counted before the work waited.
    pub(crate) counted: Counted,
    /// Whether the work waits for a comment where it would end with the model's own words.
    pub(crate) awaits_comments: bool,
}

/// How the work ended.
#[derive(Debug)]
pub(crate) struct Ending {
    /// The result, and what goes on from there.
    pub(crate) finish: Finish,
    /// Why the model stopped.
    pub(crate) stop_reason: StopReason,
    /// Messages that belong to the conversation and are not recorded yet, so that they can be
    /// recorded together with the end.
    pub(crate) closing: Vec<Kept>,
}

/// What changes from turn to turn.
pub(super) struct Progress {
    pub(super) history: History,
    /// The tools that the model knows by now.
    pub(super) discovered: Discovered,
    pub(super) counted: Counted,
    /// A reply that was cut off, and that the model goes on with.
    pub(super) cut: Option<Cut>,
    /// Whether the reply before this one was empty.
    pub(super) was_empty: bool,
    /// Pauses in a row.
    pub(super) pauses: u32,
    /// Whether the conversation was compacted since the last reply.
    pub(super) is_compacted: bool,
}

/// What came before the calls of a turn.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// The reply that made them.
    Worked,
    /// A wait for leave to run them.
    Waited,
}

impl Turns<'_> {
    /// Works until the end, on from a transcript and the summary that stands for its older part. Calls
    /// at the end of the messages that have no results are run first: the
    /// work has waited for leave to run them.
    ///
    /// # Cancel safety
    /// Dropping the future drops the request and the tool calls that are under way. What was
    /// recorded stays; a tool call may be left without a result.
    pub(crate) async fn run(
        &self,
        transcript: Vec<Message>,
        compaction: Option<&Compaction>,
    ) -> Result<Ending, Halt> {
        let waited: Vec<ToolCall> = open_calls(&transcript).cloned().collect();
        let mut progress = Progress {
            cut: Cut::at_end(&transcript),
            discovered: self.registry.discovered(&transcript),
            history: History::new(transcript, compaction).with_measured(self.counted.measured),
            counted: self.counted,
            was_empty: false,
            pauses: 0,
            is_compacted: false,
        };
        if !waited.is_empty()
            && let Some(ending) = self
                .call_tools(
                    &mut progress,
                    &waited,
                    StopReason::ToolCalls,
                    Before::Waited,
                )
                .await?
        {
            return Ok(ending);
        }
        loop {
            // A model and tools that answer without waiting, as scripted ones do, would never let
            // a limit of time, a cancel or another task have its turn.
            tokio::task::yield_now().await;
            progress.counted.turn += 1;
            let span = tracing::debug_span!("turn", turn = progress.counted.turn);
            if let Some(ending) = self.turn(&mut progress).instrument(span).await? {
                return Ok(ending);
            }
        }
    }

    /// One request with the tool calls that it leads to.
    async fn turn(&self, progress: &mut Progress) -> Result<Option<Ending>, Halt> {
        self.host.take_turn().map_err(Halt::Policy)?;
        progress.history.extend(self.host.take_comments()?);
        self.host.emit(EventKind::TurnStarted {
            turn: progress.counted.turn,
        });
        self.make_room(progress).await?;
        let Response {
            content,
            stop_reason,
            usage,
        } = self.ask_model(progress).await?;
        let reply = Message::new(Role::Assistant, content);
        let calls: Vec<ToolCall> = reply.tool_calls().cloned().collect();
        if calls.is_empty() {
            self.answer(progress, reply, usage, stop_reason).await
        } else {
            self.record(progress, vec![(reply, Some(usage))]).await?;
            self.call_tools(progress, &calls, stop_reason, Before::Worked)
                .await
        }
    }

    /// Sends the conversation until the model replies. One that is too large for the vendor is
    /// compacted, once.
    async fn ask_model(&self, progress: &mut Progress) -> Result<Response, Halt> {
        loop {
            let request = self.request(progress);
            let reply = send(self.agent, self.limits, self.host, &request, Pieces::Told).await;
            drop(request);
            let may_compact = self.may_compact(progress);
            let reactive = CompactionTrigger::Reactive;
            match reply {
                Ok(reply) if reply.is_cut_by_window() && may_compact => {
                    self.compact(progress, reactive, reply.usage).await?;
                }
                Ok(reply) => {
                    progress.is_compacted = false;
                    progress.history.measure(reply.usage.total_input_tokens());
                    progress.counted.measured = progress.history.measured();
                    return Ok(reply);
                }
                Err(NoReply::TooLarge(_)) if may_compact => {
                    self.compact(progress, reactive, Usage::default()).await?;
                }
                Err(NoReply::TooLarge(message) | NoReply::Failed(message)) => {
                    return Err(failed(self.host, message));
                }
                Err(NoReply::Halt(halt)) => return Err(halt),
            }
        }
    }

    fn request(&self, progress: &Progress) -> Request {
        let mut request = Request::new(&*self.agent.model, progress.history.to_send());
        request.tools = Arc::clone(progress.discovered.specs());
        request.system = self.system.clone();
        request.max_reply_tokens = self.agent.max_reply_tokens;
        request.reasoning_effort = self.agent.reasoning_effort;
        request
    }

    /// Runs the tools; whatever the reason to stop says, calls are there to be run.
    async fn call_tools(
        &self,
        progress: &mut Progress,
        calls: &[ToolCall],
        stop_reason: StopReason,
        before: Before,
    ) -> Result<Option<Ending>, Halt> {
        let accept = |value: &Value| self.schema.map_or(Ok(()), |schema| schema.validate(value));
        let round = Round {
            registry: self.registry,
            context: self.context,
            cancel: self.cancel,
            accept: &accept,
        };
        let needing = round.needing_leave(calls);
        let denials = self.ask(progress.counted, calls, &needing, before).await?;
        let end = round.run(calls, &denials).await;
        let repeats = match end.next {
            Next::Continue => repeats(progress.history.transcript(), &end.results),
            // These have limits of their own.
            Next::Correct(_) | Next::Finish(_) | Next::Abort(_) => 0,
        };
        let results = vec![(results_message(end.results, repeats), None)];
        progress.was_empty = false;
        progress.pauses = 0;
        // The model has gone on with tools, so what it said before is no part of its result.
        progress.cut = None;
        if let Next::Finish(finish) = end.next {
            return Ok(Some(Ending {
                finish,
                stop_reason,
                closing: results,
            }));
        }
        self.record(progress, results).await?;
        match end.next {
            Next::Continue if repeats >= REPEATS_MAX => {
                let tools: Vec<_> = calls.iter().map(|call| call.name.as_str()).collect();
                let message = format!(
                    "the model made the same calls {repeats} times in a row, with the same results: `{}`",
                    tools.join("`, `")
                );
                Err(TicketFailure::new(FailureReason::Looping, message).into())
            }
            Next::Continue | Next::Finish(_) => Ok(None),
            Next::Correct(violations) => {
                self.count_correction(progress, violations)?;
                Ok(None)
            }
            Next::Abort(message) => {
                Err(TicketFailure::new(FailureReason::ToolAborted, message).into())
            }
        }
    }

    /// Asks for leave for the calls at these positions.
    async fn ask(
        &self,
        counted: Counted,
        calls: &[ToolCall],
        needing: &[usize],
        before: Before,
    ) -> Result<Denials, Halt> {
        // A host that was asked before has answers to be used up, whatever is needed now.
        if needing.is_empty() && before == Before::Worked {
            return Ok(Denials::new());
        }
        let asked = calls.iter().enumerate().map(|(position, call)| Asked {
            call: call.clone(),
            is_needed: needing.contains(&position),
        });
        let decisions = self.host.ask(asked.collect()).await;
        let decisions = decisions.map_err(|halt| self.pausing(counted, halt))?;
        let decided = decisions.into_iter().enumerate();
        Ok(decided
            .filter_map(|(position, decision)| match decision {
                ApprovalDecision::Approve => None,
                ApprovalDecision::Deny(reason) => Some((position, reason)),
            })
            .collect())
    }

    /// Adds to a halt what the work goes on with.
    pub(super) fn pausing(&self, counted: Counted, mut halt: Halt) -> Halt {
        if let Halt::Waiting(wait) = &mut halt {
            wait.counted = counted;
            wait.system = self.system.clone();
        }
        halt
    }

    pub(super) async fn record(
        &self,
        progress: &mut Progress,
        messages: Vec<Kept>,
    ) -> Result<(), Halt> {
        let recorded = messages.iter().map(|(message, _)| message.clone());
        progress.history.extend(recorded);
        let transcript = progress.history.transcript();
        progress.discovered.read(self.registry, transcript);
        if messages.iter().any(|(message, _)| self.may_change(message)) {
            self.host.record(messages).await?;
        } else {
            self.host.note(messages)?;
        }
        Ok(())
    }

    /// Whether a message asks for something that changes the outside world.
    fn may_change(&self, message: &Message) -> bool {
        let mut calls = message.tool_calls();
        calls.any(|call| self.registry.may_change(&call.name))
    }
}

/// The results of a turn, and a word about them when the model goes round in circles.
fn results_message(results: Vec<CallResult>, repeats: usize) -> Message {
    if repeats != REPEATS_TOLD {
        return Message::tool_results(results);
    }
    let results = results.into_iter().map(ContentBlock::ToolResult);
    let notice = ContentBlock::text(REPEATS_NOTICE);
    Message::new(Role::User, results.chain([notice]).collect())
}

/// The calls at the end of a conversation that have no results yet.
fn open_calls(messages: &[Message]) -> impl Iterator<Item = &ToolCall> {
    let last = messages.last().into_iter();
    last.filter(|message| message.role() == Role::Assistant)
        .flat_map(Message::tool_calls)
}
