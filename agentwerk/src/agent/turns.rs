use std::sync::Arc;

use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::finish::{correction, read_reply};
use super::host::{Asked, Counted, Halt, Host, Kept, WaitFor};
use super::ready::ReadyAgent;
use super::request::{failed, send};
use crate::chat::{ContentBlock, Message, Request, Response, Role, StopReason, ToolCall, Usage};
use crate::event::{ApprovalDecision, EventKind, FailureReason, PolicyKind, TicketFailure};
use crate::excerpt::head;
use crate::policy::Limits;
use crate::schemas::{Schema, Violation};
use crate::tools::{
    Denials, Discovered, Finish, Next, Registry, Round, ToolContext, WriteResultTool,
};

const GO_ON: &str = "Your reply was cut off at its length limit. Go on exactly where it stopped.";
const SAY_SOMETHING: &str = "Your reply was empty. Go on with the task, and reply when it is done.";
const CALL_THE_TOOLS: &str =
    "Your reply announced tool calls but had none. Call the tools, or reply when the task is done.";

/// How often in a row a vendor may pause a turn.
const PAUSES_MAX: u32 = 20;

/// Bytes of a refusal that its failure quotes.
const REFUSAL_BYTES_MAX: usize = 200;

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
struct Progress {
    messages: Vec<Message>,
    /// The tools that the model knows by now.
    discovered: Discovered,
    counted: Counted,
    /// The text before a reply was cut off.
    cut: Option<String>,
    /// Whether the reply before this one was empty.
    was_empty: bool,
    /// Pauses in a row.
    pauses: u32,
}

/// What came before the calls of a turn.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    /// The reply that made them.
    Worked,
    /// A wait for leave to run them.
    Waited,
}

/// What follows a reply.
enum Step {
    /// The conversation goes on as it is.
    Continue,
    /// The model is told something.
    Say(String),
    /// The reply is the result.
    Finish(Value),
    /// The work goes on when somebody comments on the reply.
    Wait,
}

impl Turns<'_> {
    /// Works until the end. Calls at the end of the messages that have no results are run first: the
    /// work has waited for leave to run them.
    ///
    /// # Cancel safety
    /// Dropping the future drops the request and the tool calls that are under way. What was
    /// recorded stays; a tool call may be left without a result.
    pub(crate) async fn run(&self, messages: Vec<Message>) -> Result<Ending, Halt> {
        let cut = cut_text(&messages);
        let discovered = self.registry.discovered(&messages);
        let mut progress = Progress {
            messages,
            discovered,
            counted: self.counted,
            cut,
            was_empty: false,
            pauses: 0,
        };
        let waited: Vec<ToolCall> = open_calls(&progress.messages).cloned().collect();
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
        progress.messages.extend(self.host.take_comments()?);
        self.host.emit(EventKind::TurnStarted {
            turn: progress.counted.turn,
        });
        let request = self.request(progress);
        let response = send(self.agent, self.limits, self.host, &request).await?;
        drop(request);
        let Response {
            content,
            stop_reason,
            usage,
        } = response;
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

    /// Goes on after a reply without tool calls. The reply is recorded together with what follows
    /// from it, so that no conversation is left that ends in the model's own words.
    async fn answer(
        &self,
        progress: &mut Progress,
        reply: Message,
        usage: Usage,
        stop_reason: StopReason,
    ) -> Result<Option<Ending>, Halt> {
        if stop_reason != StopReason::Pause {
            progress.pauses = 0;
        }
        let step = self.read(progress, &reply.text(), &stop_reason);
        // No vendor takes an empty message back, nor a blank text.
        let is_empty = reply.content().iter().all(is_blank);
        let mut kept = if is_empty {
            Vec::new()
        } else {
            vec![(reply, Some(usage))]
        };
        let failure = match step {
            Ok(Step::Finish(result)) => {
                return Ok(Some(Ending {
                    finish: Finish { result, next: None },
                    stop_reason,
                    closing: kept,
                }));
            }
            Ok(Step::Wait) => {
                let halt = Halt::waiting(WaitFor::Comment(kept));
                return Err(self.pausing(progress.counted, halt));
            }
            Ok(Step::Say(text)) => {
                kept.push((Message::user(text), is_empty.then_some(usage)));
                None
            }
            Ok(Step::Continue) => None,
            Err(halt) => Some(halt),
        };
        self.record(progress, kept).await?;
        failure.map_or(Ok(None), Err)
    }

    fn request(&self, progress: &Progress) -> Request {
        let mut request = Request::new(&*self.agent.model, progress.messages.clone());
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
        let results = vec![(Message::tool_results(end.results), None)];
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
    fn pausing(&self, counted: Counted, mut halt: Halt) -> Halt {
        if let Halt::Waiting(wait) = &mut halt {
            wait.counted = counted;
            wait.system = self.system.clone();
        }
        halt
    }

    /// Reads a reply without tool calls.
    fn read(
        &self,
        progress: &mut Progress,
        text: &str,
        stop_reason: &StopReason,
    ) -> Result<Step, Halt> {
        match stop_reason {
            StopReason::EndTurn | StopReason::StopSequence => self.read_text(progress, text),
            StopReason::ToolCalls => self.ask_again(progress, CALL_THE_TOOLS),
            StopReason::Pause if progress.pauses < PAUSES_MAX => {
                progress.pauses += 1;
                Ok(Step::Continue)
            }
            StopReason::Pause => Err(failed(
                self.host,
                format!("the vendor paused the turn more than {PAUSES_MAX} times in a row"),
            )),
            StopReason::MaxTokens if progress.cut.is_none() => {
                progress.cut = Some(text.to_owned());
                Ok(Step::Say(GO_ON.to_owned()))
            }
            StopReason::MaxTokens => {
                let message = "the model's reply was cut off twice at its length limit";
                Err(TicketFailure::new(FailureReason::Truncated, message).into())
            }
            StopReason::Refusal => {
                let message = format!("the model refused: {}", head(text, REFUSAL_BYTES_MAX));
                Err(TicketFailure::new(FailureReason::Refused, message).into())
            }
            StopReason::ContextOverflow => Err(failed(
                self.host,
                "the conversation no longer fits the model's context window".to_owned(),
            )),
            StopReason::Other(reason) => Err(failed(
                self.host,
                format!("the model stopped for a reason that is not known: `{reason}`"),
            )),
        }
    }

    fn read_text(&self, progress: &mut Progress, text: &str) -> Result<Step, Halt> {
        let text = progress.cut.take().unwrap_or_default() + text;
        if text.trim().is_empty() {
            return self.ask_again(progress, SAY_SOMETHING);
        }
        progress.was_empty = false;
        match read_reply(self.schema, &text) {
            Ok(_words) if self.awaits_comments && self.schema.is_none() => Ok(Step::Wait),
            Ok(result) => Ok(Step::Finish(result)),
            Err(_no_result) if self.awaits_comments => Ok(Step::Wait),
            Err(violations) => {
                let text = correction(WriteResultTool::NAME, &violations);
                self.count_correction(progress, violations)?;
                Ok(Step::Say(text))
            }
        }
    }

    /// Asks once more after a reply with nothing in it.
    fn ask_again(&self, progress: &mut Progress, text: &str) -> Result<Step, Halt> {
        if std::mem::replace(&mut progress.was_empty, true) {
            let message = "the model had nothing to say, although it was asked again";
            return Err(TicketFailure::new(FailureReason::Empty, message).into());
        }
        self.count_correction(progress, Vec::new())?;
        Ok(Step::Say(text.to_owned()))
    }

    /// Counts a correction, or fails when none is left.
    fn count_correction(
        &self,
        progress: &mut Progress,
        violations: Vec<Violation>,
    ) -> Result<(), Halt> {
        if progress.counted.corrections >= self.limits.max_schema_retries {
            self.host.emit(EventKind::PolicyViolated {
                kind: PolicyKind::MaxSchemaRetries,
            });
            let list: Vec<_> = violations.iter().map(ToString::to_string).collect();
            let message = format!(
                "no valid result after {} corrections: {}",
                progress.counted.corrections,
                if list.is_empty() {
                    "there was none".to_owned()
                } else {
                    list.join("; ")
                }
            );
            return Err(TicketFailure::new(FailureReason::SchemaRetriesExhausted, message).into());
        }
        progress.counted.corrections += 1;
        self.host.emit(EventKind::SchemaRetried {
            attempt: progress.counted.corrections,
            violations,
        });
        Ok(())
    }

    async fn record(&self, progress: &mut Progress, messages: Vec<Kept>) -> Result<(), Halt> {
        let recorded = messages.iter().map(|(message, _)| message.clone());
        progress.messages.extend(recorded);
        progress.discovered.read(self.registry, &progress.messages);
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

fn is_blank(block: &ContentBlock) -> bool {
    matches!(block, ContentBlock::Text { text } if text.trim().is_empty())
}

/// The calls at the end of a conversation that have no results yet.
fn open_calls(messages: &[Message]) -> impl Iterator<Item = &ToolCall> {
    let last = messages.last().into_iter();
    last.filter(|message| message.role() == Role::Assistant)
        .flat_map(Message::tool_calls)
}

/// The text of a reply that was cut off, when a conversation goes on right behind it.
fn cut_text(messages: &[Message]) -> Option<String> {
    match messages {
        [.., reply, last] if last.role() == Role::User && last.text() == GO_ON => Some(reply)
            .filter(|reply| reply.role() == Role::Assistant)
            .map(Message::text),
        _ => None,
    }
}
