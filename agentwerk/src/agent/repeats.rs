use crate::chat::{CallResult, ContentBlock, Message, Role, ToolCall};

/// Turns in a row that do the same before the model is told.
pub(super) const REPEATS_TOLD: usize = 3;
/// Turns in a row that do the same before the work is given up.
pub(super) const REPEATS_MAX: usize = 6;

/// What a model is told that does the same again and again.
pub(super) const REPEATS_NOTICE: &str = "You have made the same calls with the same arguments three \
    times in a row, and their results were the same each time. Making them again will not help. \
    Change the arguments, use another tool, or finish the task with what you know.";

/// How many turns in a row have made the same calls and got the same results, the one included whose
/// results are given. `transcript` ends with the reply that made the calls.
pub(super) fn repeats(transcript: &[Message], results: &[CallResult]) -> usize {
    let Some((reply, earlier)) = transcript.split_last() else {
        return 0;
    };
    let mut turns = earlier.rchunks_exact(2);
    let same = turns.by_ref().take_while(|turn| {
        turn[0].role() == Role::Assistant
            && are_same_calls(&turn[0], reply)
            && are_same_results(&turn[1], results)
    });
    1 + same.count()
}

fn are_same_calls(left: &Message, right: &Message) -> bool {
    fn asked(call: &ToolCall) -> (&str, &str) {
        (&call.name, call.arguments.as_str())
    }
    left.tool_calls()
        .map(asked)
        .eq(right.tool_calls().map(asked))
}

fn are_same_results(message: &Message, results: &[CallResult]) -> bool {
    fn given(result: &CallResult) -> (&str, bool) {
        (&result.content, result.is_error)
    }
    let mut has_results = false;
    let former = message.content().iter().filter_map(|block| match block {
        ContentBlock::ToolResult(result) => Some(given(result)),
        _ => None,
    });
    former
        .inspect(|_| has_results = true)
        .eq(results.iter().map(given))
        && has_results
}
