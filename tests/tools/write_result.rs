//! `WriteResultTool`: how the result of a ticket is written.

use agentwerk::chat::{Request, Response, ToolSpec};
use agentwerk::event::{FailureReason, RunOutcome};
use agentwerk::schemas::Schema;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::WriteResultTool;
use agentwerk::{Agent, Status, Ticket, TicketSnapshot, TicketSystem};
use serde_json::{Value, json};

use crate::play::{call, play, play_with, results};

/// A ticket with a schema, and a model that proposes one result after the other.
async fn propose(schema: Value, proposals: &[Value]) -> (TicketSnapshot, Vec<Request>) {
    let mut replies = Vec::new();
    for proposal in proposals {
        let arguments = json!({ "result": proposal });
        replies.push(Response::tool_calls([call("1", "write_result", arguments)]));
    }
    let model = ScriptedModel::replies(replies);
    let system = TicketSystem::in_memory();
    system.agent(Agent::new().provider(model.clone()).model("scripted"));
    let schema = Schema::parse(schema).unwrap();
    let key = system.ticket(Ticket::new("Begin.").schema(schema));
    let outcome = system.finish().await;
    assert!(matches!(outcome, RunOutcome::Drained), "{outcome:?}");
    (system.get(key).unwrap(), model.requests())
}

/// The tool that the model was offered.
fn offered(requests: &[Request]) -> &ToolSpec {
    let [tool] = &*requests[0].tools else {
        panic!("one tool: {:?}", requests[0].tools);
    };
    assert_eq!(tool.name, "write_result");
    tool
}

/// What the model was told of its first proposal.
fn told(requests: &[Request]) -> String {
    let [result] = results(requests[1].messages.last().unwrap())
        .try_into()
        .unwrap();
    assert!(result.is_error, "{result:?}");
    result.content
}

#[tokio::test]
async fn without_a_schema_the_result_is_text() {
    let calls = [call("1", "write_result", json!({ "result": "Forty-two." }))];
    let played = play(WriteResultTool, calls).await;
    assert_eq!(played.ticket.result_string().as_deref(), Some("Forty-two."));
    let expected = json!({ "type": "string", "minLength": 1 });
    assert_eq!(
        offered(&played.requests).schema["properties"]["result"],
        expected
    );
}

#[tokio::test]
async fn without_a_schema_and_registration_there_is_no_tool() {
    let played = play_with((agentwerk::tools::ReadFileTool,), |request| {
        assert_eq!(request.tools.len(), 1);
        Response::text("The text.")
    })
    .await;
    assert_eq!(played.ticket.result_string().as_deref(), Some("The text."));
}

#[tokio::test]
async fn an_empty_or_missing_result_is_refused() {
    for arguments in [json!({ "result": "" }), json!({}), json!({ "text": "x" })] {
        let played = play(WriteResultTool, [call("1", "write_result", arguments)]).await;
        assert!(played.result().is_error);
        assert_eq!(played.ticket.result_string().as_deref(), Some("The end."));
    }
}

#[tokio::test]
async fn a_schema_is_the_one_parameter() {
    let schema = json!({
        "type": "object",
        "properties": { "score": { "type": "number", "maximum": 10 } },
        "required": ["score"]
    });
    let (ticket, requests) = propose(schema.clone(), &[json!({ "score": 7.5 })]).await;
    assert_eq!(ticket.result(), Some(&json!({ "score": 7.5 })));
    let expected = json!({
        "type": "object",
        "properties": { "result": schema },
        "required": ["result"],
        "additionalProperties": false
    });
    assert_eq!(*offered(&requests).schema, expected);
}

#[tokio::test]
async fn a_result_that_does_not_fit_is_corrected() {
    let schema = json!({
        "type": "object",
        "properties": { "score": { "type": "number" }, "name": { "type": "string" } },
        "required": ["score", "name"]
    });
    let proposals = [
        json!({ "score": "high" }),
        json!({ "score": 9, "name": "Ada" }),
    ];
    let (ticket, requests) = propose(schema, &proposals).await;
    assert_eq!(ticket.result(), Some(&proposals[1]));
    let text = told(&requests);
    assert!(text.contains("`/result/score`"), "{text}");
    assert!(text.contains("name"), "{text}");
    assert!(text.contains("call `write_result` again"), "{text}");
}

#[tokio::test]
async fn definitions_are_found_in_their_new_place() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": { "first": { "$ref": "#/$defs/Book" }, "rest": { "$ref": "#/$defs/Shelf" } },
        "required": ["first"],
        "$defs": {
            "Book": {
                "type": "object",
                "properties": { "pages": { "type": "integer" } },
                "required": ["pages"]
            },
            "Shelf": { "type": "array", "items": { "$ref": "#/$defs/Book" } }
        }
    });
    let proposals = [
        json!({ "first": { "pages": 3 }, "rest": [{ "pages": "many" }] }),
        json!({ "first": { "pages": 3 }, "rest": [{ "pages": 4 }] }),
    ];
    let (ticket, requests) = propose(schema.clone(), &proposals).await;
    assert_eq!(ticket.result(), Some(&proposals[1]));
    let text = told(&requests);
    assert!(text.contains("`/result/rest/0/pages`"), "{text}");
    assert_eq!(offered(&requests).schema["$defs"], schema["$defs"]);
}

#[tokio::test]
async fn a_schema_that_refers_to_itself_is_followed() {
    let schema = json!({
        "type": "object",
        "properties": {
            "name": { "type": "string" },
            "children": { "type": "array", "items": { "$ref": "#" } },
            "twin": { "$ref": "#/properties/name" }
        },
        "required": ["name"]
    });
    let proposals = [
        json!({ "name": "a", "children": [{ "name": "b", "children": [{ "name": 3 }] }] }),
        json!({ "name": "a", "twin": 7 }),
        json!({ "name": "a", "twin": "b", "children": [{ "name": "b", "children": [] }] }),
    ];
    let (ticket, requests) = propose(schema, &proposals).await;
    assert_eq!(ticket.result(), Some(&proposals[2]));
    let text = told(&requests);
    assert!(
        text.contains("`/result/children/0/children/0/name`"),
        "{text}"
    );
    let parameter = &offered(&requests).schema["properties"]["result"];
    assert_eq!(
        parameter["properties"]["children"]["items"]["$ref"],
        "#/properties/result"
    );
}

#[tokio::test]
async fn a_definition_that_refers_to_the_whole_is_followed() {
    let schema = json!({
        "$ref": "#/$defs/Node",
        "$defs": {
            "Node": { "type": "object", "properties": { "next": { "$ref": "#" } }, "required": ["v"] }
        }
    });
    let proposals = [
        json!({ "v": 1, "next": { "v": 2, "next": {} } }),
        json!({ "v": 1, "next": { "v": 2 } }),
    ];
    let (ticket, requests) = propose(schema, &proposals).await;
    assert_eq!(ticket.result(), Some(&proposals[1]));
    assert!(told(&requests).contains("`/result/next/next`"));
}

#[tokio::test]
async fn a_reference_to_an_anchor_is_followed() {
    let schema = json!({
        "type": "object",
        "properties": { "first": { "$ref": "#book" } },
        "$defs": { "Book": { "$anchor": "book", "type": "integer" } }
    });
    let proposals = [json!({ "first": "x" }), json!({ "first": 1 })];
    let (ticket, requests) = propose(schema, &proposals).await;
    assert_eq!(ticket.result(), Some(&proposals[1]));
    assert!(told(&requests).contains("`/result/first`"));
}

#[tokio::test]
async fn a_type_brings_its_schema() {
    let model = ScriptedModel::replies(
        [300, 30]
            .map(|n| Response::tool_calls([call("1", "write_result", json!({ "result": n }))])),
    );
    let system = TicketSystem::in_memory();
    system.agent(Agent::new().provider(model.clone()).model("scripted"));
    let answer: u8 = system
        .submit(Ticket::new("Count.").returns())
        .await
        .unwrap();
    assert_eq!(answer, 30);
    assert_eq!(model.requests().len(), 2);
}

#[tokio::test]
async fn corrections_are_counted_and_the_ticket_fails_when_none_is_left() {
    let model = ScriptedModel::from_fn(|_| {
        Response::tool_calls([call("1", "write_result", json!({ "result": "no" }))])
    });
    let system = TicketSystem::in_memory();
    system.agent(Agent::new().provider(model.clone()).model("scripted"));
    system.max_schema_retries(2);
    let schema = Schema::parse(json!({ "type": "integer" })).unwrap();
    let key = system.ticket(Ticket::new("Count.").schema(schema));
    assert!(system.finish().await.is_drained());
    let ticket = system.get(key).unwrap();
    assert_eq!(ticket.status(), Status::Failed);
    let reason = ticket.failure().unwrap().reason;
    assert_eq!(reason, FailureReason::SchemaRetriesExhausted);
    assert_eq!(model.requests().len(), 3);
}

#[derive(Debug, serde::Serialize, serde::Deserialize, agentwerk::TicketResult)]
#[result(check = Score::check_score)]
struct Score {
    score: u8,
}

impl Score {
    fn check_score(&self) -> Result<(), agentwerk::schemas::Violations> {
        if self.score > 10 {
            let violations = agentwerk::schemas::Violations::one("/score", "at most 10");
            return Err(violations);
        }
        Ok(())
    }
}

#[tokio::test]
async fn whatever_is_wrong_is_told_of_the_arguments() {
    let told = |result: Value| async move {
        let replies = [result, json!({ "score": 1 })].map(|result| {
            let arguments = json!({ "result": result });
            Response::tool_calls([call("1", "write_result", arguments)])
        });
        let model = ScriptedModel::replies(replies);
        let system = TicketSystem::in_memory();
        system.agent(Agent::new().provider(model.clone()).model("scripted"));
        let score = system.submit(Ticket::new("Begin.").returns::<Score>());
        assert_eq!(score.await.unwrap().score, 1);
        told(&model.requests())
    };
    let by_schema = told(json!({ "score": "high" })).await;
    assert!(by_schema.contains("`/result/score`: "), "{by_schema}");
    let by_type = told(json!({ "score": 11 })).await;
    assert!(by_type.contains("`/result/score`: at most 10"), "{by_type}");
}

#[tokio::test]
async fn a_tool_of_the_programs_own_is_not_replaced_in_silence() {
    let own = agentwerk::tools::Tool::new("write_result", "Writes something else.")
        .handler(|_, _| async { Ok(agentwerk::tools::ToolResult::success("written")) });
    let system = TicketSystem::in_memory();
    let model = ScriptedModel::replies(["7"]);
    let agent = Agent::new().provider(model.clone()).model("scripted");
    system.agent(agent.tool(own));
    let error = system.submit(Ticket::new("Begin.").returns::<u8>()).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("two tools named `write_result`"), "{error}");
    assert_eq!(model.requests().len(), 0);
}
