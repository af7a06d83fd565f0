use agentwerk::chat::ContentBlock;
use agentwerk::testing::ScriptedModel;

/// Says how many words the task has.
pub fn counts_words() -> ScriptedModel {
    ScriptedModel::from_fn(|request| {
        // The task stands behind the context.
        let message = request.messages.last();
        let words = match message.and_then(|message| message.content().last()) {
            Some(ContentBlock::Text { text }) => text.split_whitespace().count(),
            _ => 0,
        };
        format!("It has {words} words.")
    })
}
