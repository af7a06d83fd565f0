use crate::chat::{CallResult, Message, Role};

/// Answers the tool calls at the end of a transcript that were never answered.
///
/// A worker that was stopped in the middle of a turn leaves calls without results, and no vendor
/// accepts such a conversation. What happened in the outside world is unknown, so the model is
/// told just that. Returns the message to append, if one is needed.
pub(crate) fn answer_open_calls(
    transcript: &[Message],
    may_repeat: impl Fn(&str) -> bool,
) -> Option<Message> {
    let last = transcript
        .last()
        .filter(|message| message.role() == Role::Assistant)?;
    let results: Vec<_> = last
        .tool_calls()
        .map(|call| CallResult {
            call_id: call.id.clone(),
            content: if may_repeat(&call.name) {
                "This call was interrupted before it gave a result. It does no harm to make it \
                 twice: call it again if you still need it."
                    .to_owned()
            } else {
                "This call was interrupted and its outcome is unknown: it may have taken effect. \
                 Find out before you call it again."
                    .to_owned()
            },
            is_error: true,
        })
        .collect();
    (!results.is_empty()).then(|| Message::tool_results(results))
}
