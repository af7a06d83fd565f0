//! What our providers send, written to files for the types of the vendors' own packages.

use std::fs;
use std::path::Path;

use agentwerk::chat::{
    CallResult, ContentBlock, Message, Request, Response, Role, ToolArguments, ToolCall, ToolSpec,
};
use agentwerk_tests::asking::{ask, provider};
use agentwerk_tests::vendor::{Format, Quirk, Reply, VendorServer};
use serde_json::json;

use super::variable;

fn request(messages: Vec<Message>) -> Request {
    let look_up = ToolSpec::new("look_up", "Looks a word up.").schema(json!({
        "type": "object",
        "properties": {"word": {"type": "string", "description": "The word – “naïve” 🦀."}},
        "required": ["word"],
        "additionalProperties": false,
    }));
    let count = ToolSpec::new("count", "Counts the words.");
    Request::new("any", messages)
        .system("Be brief.")
        .tools(vec![look_up, count])
}

/// Thoughts, text and two calls at once, one of them without arguments.
fn two_calls() -> Reply {
    Reply::new()
        .thinking("The word has a diaeresis: ï.")
        .redacted("b64+/opaque==")
        .text("I look “naïve” up. 🦀")
        .tool_call("look_up", r#"{"word": "na\u00efve 🦀"}"#)
        .tool_call("count", "")
}

/// A conversation that grows by what is said in it.
struct Talk {
    server: VendorServer,
    messages: Vec<Message>,
}

impl Talk {
    async fn start(format: Format) -> Self {
        Self {
            server: VendorServer::start(format).await,
            messages: vec![Message::user("What does “naïve” mean? 🦀")],
        }
    }

    async fn ask(&mut self, reply: Reply) -> Response {
        self.ask_with(request(self.messages.clone()), reply).await
    }

    async fn ask_with(&mut self, request: Request, reply: Reply) -> Response {
        self.server.enqueue(reply);
        let asked = ask(&provider(&self.server), &request).await;
        let reply = asked.reply();
        self.messages.push(reply.clone().into_message());
        reply
    }

    /// Answers the calls of the last message; the second one failed.
    fn answer_calls(&mut self) {
        let last = self.messages.last().cloned().expect("a message");
        let outcomes = [("artless", false), ("no such list", true)];
        let calls = last.tool_calls().zip(outcomes);
        let results = calls.map(|(call, (content, is_error))| CallResult {
            call_id: call.id.clone(),
            content: content.to_owned(),
            is_error,
        });
        self.messages.push(Message::tool_results(results.collect()));
    }
}

#[tokio::test]
#[ignore = "needs the vendors' packages: run tests/peers/run"]
async fn the_bodies_of_whole_conversations_are_written() {
    let dir = variable("PEERS_BODIES_DIR");
    for format in Format::ALL {
        let mut talk = Talk::start(format).await;
        // Calls, results with a failed one, an answer, a second question, and calls again.
        talk.ask(two_calls()).await;
        talk.answer_calls();
        talk.ask(Reply::new().thinking("Easy.").text("It means “artless”."))
            .await;
        talk.messages.push(Message::user("And “naïf”?"));
        talk.ask(two_calls().quirk(Quirk::NullIds)).await;
        talk.answer_calls();
        // The user speaks right after the tools.
        talk.messages.push(Message::user("Be quick."));
        talk.ask(Reply::new().text("The same.")).await;
        // Neighbours of one role, an empty text, arguments that are no JSON, a cap, no tools.
        talk.messages.push(Message::user("First."));
        talk.messages.push(Message::user("Second."));
        talk.messages.push(Message::new(
            Role::Assistant,
            vec![
                ContentBlock::text(""),
                ContentBlock::ToolCall(ToolCall {
                    id: "a call / of another vendor".into(),
                    name: "look_up".to_owned(),
                    arguments: ToolArguments::new("{\"word\": \"na"),
                }),
            ],
        ));
        talk.answer_calls();
        let capped = request(talk.messages.clone()).max_reply_tokens(77);
        talk.ask_with(capped, Reply::new().text("Fine.")).await;
        talk.messages.push(Message::user("Thanks."));
        let bare = Request::new("any", talk.messages.clone());
        talk.ask_with(bare, Reply::new().text("Bye.")).await;
        write(Path::new(&dir), &talk.server);
    }
}

#[tokio::test]
#[ignore = "needs the vendors' packages: run tests/peers/run"]
async fn the_bodies_of_conversations_that_move_are_written() {
    let dir = Path::new(&variable("PEERS_BODIES_DIR")).join("moved");
    for from in Format::ALL {
        let mut first = Talk::start(from).await;
        first.ask(two_calls()).await;
        first.answer_calls();
        for to in Format::ALL {
            let mut second = Talk::start(to).await;
            second.messages.clone_from(&first.messages);
            second.ask(Reply::new().text("It means “artless”.")).await;
            write(&dir.join(from.name()), &second.server);
        }
    }
}

pub(super) fn write(dir: &Path, server: &VendorServer) {
    fs::create_dir_all(dir).expect("a directory");
    let format = server.format().name();
    for (number, request) in server.requests().iter().enumerate() {
        assert!(request.refusal.is_none(), "{format}: {request:?}");
        let file = dir.join(format!("{format}-{number}.json"));
        fs::write(file, &request.text).expect("a written file");
    }
}
