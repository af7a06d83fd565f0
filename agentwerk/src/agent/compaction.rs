//! Keeping a conversation within the model's context window.
//!
//! # Units and limits
//! - Before a request that is estimated beyond the threshold (`policy/window.rs`), and after a vendor
//!   has refused one as too large, all but the first message, and what the model was told since it
//!   spoke last, is replaced by a summary. The transcript keeps everything.
//! - One compaction for one request; if that does not help, the work fails.
//! - What is too large to be summarised at once is summarised part by part, in 100 parts at most.

use super::history::tokens;
use super::host::Halt;
use super::request::{NoReply, Pieces, failed, send};
use super::turns::{Progress, Turns};
use crate::chat::{ContentBlock, Message, Request, Response, Role, StopReason, Usage};
use crate::event::{CompactionTrigger, EventKind, FailureReason, PolicyKind, TicketFailure};
use crate::excerpt::head;
use crate::policy::{bytes_of, compaction_threshold, summary_tokens_max};
use crate::prompt::{SUMMARISE, conversation_text, summary_request};
use crate::providers::max_output;
use crate::ticket::Compaction;

/// Parts of a conversation that are summarised one after the other.
const PARTS_MAX: usize = 100;
/// Bytes of a part that is not made smaller, whatever the vendor says of it.
const PART_BYTES_MIN: usize = 1_000;
/// What a compaction has to promise before it is made without need: this part of the request.
const GAIN_MIN: u64 = 10;

/// What a summary came to.
struct Summary {
    text: String,
    usage: Usage,
}

/// Why there is no summary.
enum NoSummary {
    Failed(String),
    Halt(Halt),
}

impl Turns<'_> {
    /// Compacts the conversation if the next request would be too large.
    pub(super) async fn make_room(&self, progress: &mut Progress) -> Result<(), Halt> {
        let max = self.limits.max_request_tokens.unwrap_or(u64::MAX);
        let threshold = compaction_threshold(self.agent.context_window).min(max);
        if self.input_tokens(progress) > threshold {
            let older = progress.history.older(self.kept(progress));
            let tools = progress.discovered.specs();
            let all = progress.history.estimate(self.system.as_deref(), tools);
            // What is in the first message, and above it, does not become smaller, nor does a summary.
            let summary = progress.history.summary_tokens();
            let stays = summary.min(self.summary_tokens_kept());
            if tokens(&older).saturating_sub(stays) > all / GAIN_MIN {
                let trigger = CompactionTrigger::Proactive;
                self.compact(progress, trigger, Usage::default()).await?;
            }
        }
        let input_tokens = self.input_tokens(progress);
        if input_tokens <= max {
            return Ok(());
        }
        self.host.emit(EventKind::PolicyViolated {
            kind: PolicyKind::MaxRequestTokens,
        });
        let message = format!(
            "a request would have about {input_tokens} input tokens, and `max_request_tokens` is {max}"
        );
        Err(TicketFailure::new(FailureReason::RequestTooLarge, message).into())
    }

    /// Whether a request that was too large may be made smaller: once, and if there is something to
    /// take out.
    pub(super) fn may_compact(&self, progress: &Progress) -> bool {
        !progress.is_compacted && !progress.history.older(self.kept(progress)).is_empty()
    }

    /// How many messages at the end of the conversation no summary takes the place of: a reply that was
    /// cut off with what follows it, and what was said to the model since it spoke last, if that leaves
    /// room for all else.
    fn kept(&self, progress: &Progress) -> usize {
        let transcript = progress.history.transcript();
        let cut = progress.cut.as_ref().map(|cut| cut.position);
        let cut = cut.map_or(0, |position| transcript.len() - position);
        let mut room = self.summary_tokens_kept();
        let unread = transcript.iter().rev().take_while(|message| {
            let left = room.checked_sub(tokens(std::slice::from_ref(*message)));
            room = left.unwrap_or_default();
            is_said(message) && left.is_some()
        });
        cut.max(unread.count())
    }

    fn input_tokens(&self, progress: &Progress) -> u64 {
        let tools = progress.discovered.specs();
        progress.history.input_tokens(self.system.as_deref(), tools)
    }

    /// Has a summary take the place of the older messages. `wasted` is what a reply took that was too
    /// large.
    pub(super) async fn compact(
        &self,
        progress: &mut Progress,
        trigger: CompactionTrigger,
        wasted: Usage,
    ) -> Result<(), Halt> {
        self.host.emit(EventKind::CompactionStarted {
            trigger,
            input_tokens: self.input_tokens(progress),
        });
        let older = progress.history.older(self.kept(progress));
        let task = progress.history.transcript().first().map(Message::text);
        let summary = match self.summarise(&task.unwrap_or_default(), &older).await {
            Ok(summary) => summary,
            Err(NoSummary::Halt(halt)) => return Err(halt),
            Err(NoSummary::Failed(message)) => {
                let what = format!("summarise the conversation: {message}");
                self.host.emit(EventKind::CompactionFailed { message });
                return Err(failed(self.host, what));
            }
        };
        let mut usage = summary.usage;
        usage += wasted;
        let covered = progress.history.covered(self.kept(progress));
        let compaction = Compaction::new(summary.text, covered as u64, usage);
        self.host.note_compaction(compaction.clone())?;
        progress.history.compact(&compaction);
        progress.counted.measured = None;
        progress.is_compacted = true;
        self.host.emit(EventKind::CompactionFinished {
            usage: summary.usage,
            input_tokens: self.input_tokens(progress),
        });
        Ok(())
    }

    /// Summarises messages, part by part if they are too large for one request.
    async fn summarise(&self, task: &str, older: &[Message]) -> Result<Summary, NoSummary> {
        let conversation = conversation_text(older);
        let mut rest = conversation.as_str();
        let mut part_bytes = self.part_bytes();
        let summary_bytes =
            usize::try_from(bytes_of(self.summary_tokens_kept())).unwrap_or(usize::MAX);
        let mut usage = Usage::default();
        let mut so_far: Option<String> = None;
        for _part in 0..PARTS_MAX {
            if rest.is_empty() {
                break;
            }
            let part = head(rest, part_bytes);
            let task = head(task, part_bytes / 4);
            let request = self.summary_request(summary_request(task, so_far.as_deref(), part));
            match send(self.agent, self.limits, self.host, &request, Pieces::Kept).await {
                Ok(response) if response.stop_reason != StopReason::ContextOverflow => {
                    usage += response.usage;
                    let text = read_summary(response)?;
                    so_far = Some(head(&text, summary_bytes).to_owned());
                    rest = &rest[part.len()..];
                }
                Err(NoReply::Halt(halt)) => return Err(NoSummary::Halt(halt)),
                Err(NoReply::Failed(message)) => return Err(NoSummary::Failed(message)),
                Ok(_) | Err(NoReply::TooLarge(_)) if part_bytes > PART_BYTES_MIN => part_bytes /= 2,
                Ok(_) => return Err(NoSummary::Failed("it does not fit the window".to_owned())),
                Err(NoReply::TooLarge(message)) => return Err(NoSummary::Failed(message)),
            }
        }
        match so_far {
            Some(text) if rest.is_empty() => Ok(Summary { text, usage }),
            _ => {
                let message = format!("it is longer than {PARTS_MAX} parts");
                Err(NoSummary::Failed(message))
            }
        }
    }

    /// How much of a conversation is summarised at once. Half of what a request may have, because the
    /// summary so far and the task are in it, too, and the rest is an estimate.
    fn part_bytes(&self) -> usize {
        let max = self.limits.max_request_tokens.unwrap_or(u64::MAX);
        let tokens = compaction_threshold(self.agent.context_window).min(max) / 2;
        usize::try_from(bytes_of(tokens))
            .unwrap_or(usize::MAX)
            .max(PART_BYTES_MIN)
    }

    fn summary_request(&self, asked: Message) -> Request {
        let limits = [
            max_output(&self.agent.model).and_then(|tokens| u32::try_from(tokens).ok()),
            self.agent.max_reply_tokens,
        ];
        let max = summary_tokens_max(self.agent.context_window);
        let max = limits.into_iter().flatten().fold(max, u32::min);
        Request::new(&*self.agent.model, vec![asked])
            .system(SUMMARISE)
            .max_reply_tokens(max)
    }

    /// The tokens of a summary that are kept: it is to leave room in a request for what follows.
    fn summary_tokens_kept(&self) -> u64 {
        let max = self.limits.max_request_tokens.unwrap_or(u64::MAX);
        summary_tokens_max(self.agent.context_window.min(max)).into()
    }
}

/// Whether a message was said to the model, and is no result of a tool.
fn is_said(message: &Message) -> bool {
    let mut blocks = message.content().iter();
    message.role() == Role::User && blocks.all(|block| matches!(block, ContentBlock::Text { .. }))
}

/// The text of a summary. One that ran into its cap says less, and is one all the same.
fn read_summary(response: Response) -> Result<String, NoSummary> {
    let is_refused = response.stop_reason == StopReason::Refusal;
    let text = response.into_message().text();
    if is_refused {
        Err(NoSummary::Failed("the model refused".to_owned()))
    } else if text.trim().is_empty() {
        Err(NoSummary::Failed("the summary is empty".to_owned()))
    } else {
        Ok(text)
    }
}
