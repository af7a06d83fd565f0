use agentwerk::chat::{Message, Request, Role};
use agentwerk::testing::ScriptedModel;

use super::task;

/// Repeats the last line, or the first one when it is asked for.
pub fn remembers() -> ScriptedModel {
    ScriptedModel::from_fn(|request: &Request| {
        let said = |message: &&Message| message.role() == Role::User;
        let turn = request.messages.iter().filter(said).count();
        let line = match turn {
            1 => task(request).to_owned(),
            _ => request.last_text(),
        };
        if line.contains("first") {
            return format!("The first one was “{}”", task(request));
        }
        format!("Line {turn} is in the book: “{line}”")
    })
}
