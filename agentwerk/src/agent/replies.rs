//! What follows a reply without tool calls.

use serde_json::Value;

use super::finish::{correction, read_reply};
use super::host::{Halt, WaitFor};
use super::request::failed;
use super::turns::{Ending, Progress, Turns};
use crate::chat::{ContentBlock, Message, Role, StopReason, Usage};
use crate::event::{EventKind, FailureReason, PolicyKind, TicketFailure};
use crate::excerpt::head;
use crate::schemas::Violation;
use crate::tools::{Finish, WriteResultTool};

const GO_ON: &str = "Your reply was cut off at its length limit. Go on exactly where it stopped.";
const SAY_SOMETHING: &str = "Your reply was empty. Go on with the task, and reply when it is done.";
const CALL_THE_TOOLS: &str =
    "Your reply announced tool calls but had none. Call the tools, or reply when the task is done.";

/// How often in a row a vendor may pause a turn.
const PAUSES_MAX: u32 = 20;

/// Bytes of a refusal that its failure quotes.
const REFUSAL_BYTES_MAX: usize = 200;

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
    /// Goes on after a reply without tool calls. The reply is recorded together with what follows
    /// from it, so that no conversation is left that ends in the model's own words.
    pub(super) async fn answer(
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
                progress.cut = Some(Cut {
                    text: text.to_owned(),
                    position: progress.history.transcript().len(),
                });
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
        let before = progress.cut.take().map(|cut| cut.text);
        let text = before.unwrap_or_default() + text;
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
    pub(super) fn count_correction(
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
}

fn is_blank(block: &ContentBlock) -> bool {
    matches!(block, ContentBlock::Text { text } if text.trim().is_empty())
}

/// A reply that was cut off, and that the model goes on with.
#[derive(Debug)]
pub(super) struct Cut {
    text: String,
    /// Its place in the conversation, which stays as it is from here on until the model is done.
    pub(super) position: usize,
}

impl Cut {
    /// The reply that was cut off, when a conversation goes on right behind it. Comments may have come
    /// since.
    pub(super) fn at_end(transcript: &[Message]) -> Option<Self> {
        let is_reply = |message: &Message| message.role() == Role::Assistant;
        let position = transcript.iter().rposition(is_reply)?;
        let go_on = transcript.get(position + 1)?;
        (go_on.text() == GO_ON).then(|| Self {
            text: transcript[position].text(),
            position,
        })
    }
}
