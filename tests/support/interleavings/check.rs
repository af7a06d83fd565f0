//! The laws of a ticket's conversation, and of how it stands.

use agentwerk::chat::Message;
use agentwerk::event::FailureReason;
use agentwerk::{Status, TicketSnapshot};

use crate::results;

/// Whether every tool call but those of the last message has one result, in the message right behind it and
/// in the order of the calls, and every result its call.
pub(super) fn pairs(messages: &[Message]) -> Result<(), String> {
    let mut calls = Vec::new();
    for (position, message) in messages.iter().enumerate() {
        let answers: Vec<_> = results(message)
            .into_iter()
            .map(|one| one.call_id)
            .collect();
        if answers != calls {
            return Err(format!(
                "message {position} has results of {answers:?}, where the calls before it are {calls:?}: \
                 {messages:?}"
            ));
        }
        calls = message.tool_calls().map(|call| call.id.clone()).collect();
    }
    Ok(())
}

/// The same of a conversation that a model is sent, which has no call without a result at all.
pub(super) fn conversation(messages: &[Message]) -> Result<(), String> {
    pairs(messages)?;
    match messages.last() {
        Some(last) if last.tool_calls().count() > 0 => {
            Err(format!("the last calls have no results: {messages:?}"))
        }
        Some(_) => Ok(()),
        None => Err("nothing".to_owned()),
    }
}

/// Whether a ticket keeps the laws; tells whether its conversation ends in calls without results.
///
/// That may only be where nobody went on after the reply that made them: an agent is at them, the ticket
/// waits for leave, it is open for the next agent, which answers or runs them first, or somebody ended it
/// from outside of the turn.
pub(super) fn ticket(ticket: &TicketSnapshot, is_answered: bool) -> Result<bool, String> {
    let account = |what: &str| format!("{} is {}: {what}", ticket.key(), ticket.status());
    let messages = ticket
        .transcript()
        .map_err(|error| account(&error.to_string()))?;
    pairs(&messages).map_err(|what| account(&what))?;
    let calls: Vec<_> = messages
        .iter()
        .rev()
        .take(1)
        .flat_map(Message::tool_calls)
        .collect();
    let is_open = |call: &&agentwerk::chat::ToolCall| {
        let mut approvals = ticket.approvals().iter();
        approvals.any(|one| one.is_open() && one.request.is_for(call))
    };
    let has_ended = ticket.status().is_terminal();
    if has_ended != ticket.finished_at().is_some() {
        return Err(account("the time of its end does not fit"));
    }
    if (ticket.status() == Status::Done) != ticket.result().is_some()
        || (ticket.status() == Status::Failed) != ticket.failure().is_some()
    {
        return Err(account("result and failure do not fit"));
    }
    if ticket.awaits_comment() && (ticket.status() != Status::Waiting || !calls.is_empty()) {
        return Err(account("it awaits a comment"));
    }
    let reason = ticket.failure().map(|failure| failure.reason);
    let may_be_open = match ticket.status() {
        Status::Todo => ticket.token() > 0,
        Status::InProgress | Status::Cancelled => true,
        Status::Waiting => calls.iter().any(is_open),
        // Handed over by a tool that was running, or answered from outside.
        Status::Done => is_answered || ticket.successor_key().is_some(),
        Status::Failed => matches!(
            reason,
            Some(FailureReason::FailedByProgram | FailureReason::DeadlineExceeded)
        ),
    };
    if !calls.is_empty() && !may_be_open {
        return Err(account(&format!(
            "calls without results {calls:?} {:?}",
            ticket.failure()
        )));
    }
    if ticket.status() == Status::Waiting && !ticket.awaits_comment() && !calls.iter().any(is_open)
    {
        return Err(account("it waits for nothing"));
    }
    Ok(has_ended && !calls.is_empty())
}
