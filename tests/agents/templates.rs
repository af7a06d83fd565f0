//! Names in braces, in what an agent is given.

use std::collections::HashMap;
use std::error::Error;

use agentwerk::agent::RunAgentErrorKind;
use agentwerk::chat::{Message, Request, Response};
use agentwerk::event::{RunError, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{ManageTicketsTool, WriteHandoverTool};
use agentwerk::{Agent, Ticket, TicketSystem};
use agentwerk_tests::{call, echo, within};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::{ada, parrot, texts};

/// The one request that an agent makes for its task.
async fn request(agent: Agent) -> Request {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = TicketSystem::in_memory();
    tickets.agent(agent.provider(model.clone()).model("scripted"));
    assert!(within(tickets.finish()).await.is_drained());
    model.requests().remove(0)
}

#[tokio::test]
async fn names_are_replaced_in_role_context_and_task() {
    let agent = Agent::new()
        .role("You are {who}.")
        .context("- Stage {stage} of {stages}.")
        .task("Compute (47 * 92) / {divisor}.")
        .template_variable("who", "an arithmetic worker")
        .template_variable("divisor", "8")
        .template_variables([("stage", 2), ("stages", 3)]);
    let request = request(agent).await;
    assert_eq!(
        request.system.as_deref(),
        Some("You are an arithmetic worker.")
    );
    let expected = ["- Stage 2 of 3.", "Compute (47 * 92) / 8."];
    assert_eq!(texts(&request.messages[0]), expected);
}

#[tokio::test]
async fn a_value_that_is_no_string_is_written_as_json() {
    #[derive(Serialize)]
    struct Point {
        x: i32,
        y: Option<f64>,
    }
    let agent = Agent::new()
        .context(" ")
        .task("{text} {number} {float} {yes} {nothing} {list} {object} {unit}")
        .template_variable("text", "a \"text\"")
        .template_variable("number", -7_i64)
        .template_variable("float", 0.5)
        .template_variable("yes", true)
        .template_variable("nothing", Value::Null)
        .template_variable("list", ["a", "b"])
        .template_variable("object", Point { x: 1, y: None })
        .template_variable("unit", ());
    let expected = r#"a "text" -7 0.5 true null ["a","b"] {"x":1,"y":null} null"#;
    assert_eq!(texts(&request(agent).await.messages[0]), [expected]);
}

#[tokio::test]
async fn what_is_put_in_is_not_looked_at_again() {
    let agent = Agent::new()
        .role("{a}{b}")
        .context("{b}{a}")
        .task("{a} {b} {nested}")
        .template_variables([("a", "{b}"), ("b", "{a}"), ("nested", "{{a}}")]);
    let request = request(agent).await;
    assert_eq!(request.system.as_deref(), Some("{b}{a}"));
    assert_eq!(texts(&request.messages[0]), ["{a}{b}", "{b} {a} {{a}}"]);
}

#[tokio::test]
async fn unknown_names_and_all_other_braces_stay() {
    let task = r#"fn main() { println!("{}", {unknown}); } {{known}} { known } {Known} } {"#;
    let agent = Agent::new().context(" ").task(task);
    let agent = agent.template_variable("known", "K");
    let expected = r#"fn main() { println!("{}", {unknown}); } {K} { known } {Known} } {"#;
    assert_eq!(texts(&request(agent).await.messages[0]), [expected]);
}

#[tokio::test]
async fn without_variables_every_text_is_as_it_was_given() {
    let agent = Agent::new().role("{a}").context("{b}").task("{c}");
    let request = request(agent).await;
    assert_eq!(request.system.as_deref(), Some("{a}"));
    assert_eq!(texts(&request.messages[0]), ["{b}", "{c}"]);
}

#[tokio::test]
async fn the_last_value_of_a_name_counts() {
    let agent = Agent::new().context(" ").task("{n}");
    let agent = agent.template_variable("n", keys_that_are_no_text());
    let agent = agent.template_variables(HashMap::from([("n", 1)]));
    let agent = agent.template_variables(json!({ "n": 2 }).as_object().unwrap().clone());
    assert_eq!(texts(&request(agent).await.messages[0]), ["2"]);
}

#[tokio::test]
async fn a_role_of_nothing_but_an_empty_variable_is_none() {
    let agent = Agent::new().role("{who}").task("x");
    assert_eq!(
        request(agent.template_variable("who", "")).await.system,
        None
    );
}

#[tokio::test]
async fn a_task_that_is_no_text_stays_json() {
    let task = json!({ "{key}": ["{text}", 1, { "deep": "{number}" }], "z": null });
    let agent = Agent::new().context(" ").task(&task);
    let agent = agent.template_variable("text", r#"say "hi""#);
    let agent = agent.template_variables([("number", 8), ("key", 9)]);
    let request = request(agent).await;
    let read: Value = serde_json::from_str(texts(&request.messages[0])[0]).unwrap();
    let expected = json!({ "{key}": ["say \"hi\"", 1, { "deep": "8" }], "z": null });
    assert_eq!(read, expected);
}

#[tokio::test]
async fn the_default_context_is_no_template() {
    let dir = tempfile::TempDir::with_prefix("{name}").unwrap();
    let agent = Agent::new().dir(dir.path()).task("x");
    let request = request(agent.template_variable("name", "replaced")).await;
    assert!(texts(&request.messages[0])[0].contains("{name}"));
}

#[tokio::test]
async fn each_agent_has_variables_of_its_own_for_the_tickets_that_it_serves() {
    let tickets = TicketSystem::in_memory();
    tickets.pool(3, |n| {
        let agent = Agent::new().context(" ").label(n.to_string());
        let agent = agent.template_variable("n", n);
        agent.provider(parrot()).model("scripted")
    });
    for n in 0..3 {
        tickets.task_labeled("I am {n}.", n.to_string());
    }
    assert!(within(tickets.finish()).await.is_drained());
    let mut results = tickets.all_results();
    results.sort();
    assert_eq!(results, ["I am 0.", "I am 1.", "I am 2."]);
}

#[tokio::test]
async fn the_ticket_keeps_its_task_and_the_transcript_has_what_the_model_read() {
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&parrot()).template_variable("divisor", 8));
    let key = tickets.task("1 / {divisor}");
    assert!(within(tickets.finish()).await.is_drained());
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.task(), "1 / {divisor}");
    assert_eq!(ticket.task_string(), "1 / {divisor}");
    assert_eq!(ticket.transcript().unwrap()[0], Message::user("1 / 8"));
}

/// The texts that `bob` reads, who has a value for `secret`, of a ticket that `ada` opened for him.
async fn of_ada(arguments: Value, tool: &'static str) -> Vec<String> {
    let model = ScriptedModel::from_fn(move |request: &Request| match request.messages.len() {
        1 => call("1", tool, &arguments),
        _ => Response::text("done"),
    });
    let tickets = TicketSystem::in_memory();
    let tools = (WriteHandoverTool, ManageTicketsTool);
    tickets.agent(ada(&model).tools(tools).task("Begin."));
    let bob = ScriptedModel::from_fn(|_| "done");
    let agent = Agent::new()
        .name("bob")
        .label("bob")
        .context("I have {secret}.");
    let agent = agent.template_variable("secret", "a value");
    tickets.agent(agent.provider(bob.clone()).model("scripted"));
    assert!(within(tickets.finish()).await.is_drained());
    let requests = bob.requests();
    let first = texts(&requests[0].messages[0]);
    first.into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn what_an_agent_wrote_is_no_template() {
    let handed = json!({
        "to": "bob", "task": "{secret} and {parent_result}", "result": "{secret} {parent_key}"
    });
    let expected = ["I have a value.", "{secret} and {secret} {parent_key}"];
    assert_eq!(of_ada(handed, "write_handover").await, expected);

    let created = json!({ "action": "create", "task": "Tell {secret}.", "labels": ["bob"] });
    let expected = ["I have a value.", "Tell {secret}."];
    assert_eq!(of_ada(created, "manage_tickets").await, expected);
}

#[tokio::test]
async fn comments_are_no_templates() {
    let model = ScriptedModel::replies(["Say more.", "Thanks."]);
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&model).interactive().template_variable("n", 1));
    let key = tickets.task("{n}");
    within(tickets.finish()).await;
    tickets.comment(key, "{n}").unwrap();
    within(tickets.finish()).await;
    let requests = model.requests();
    let told = &requests[1].messages;
    assert_eq!(
        (&told[0], &told[2]),
        (&Message::user("1"), &Message::user("{n}"))
    );
}

#[tokio::test]
async fn a_conversation_without_tickets_has_them_in_its_role_alone() {
    let model = parrot();
    let agent = ada(&model)
        .role("You are {who}.")
        .template_variable("who", "Ada");
    let reply = within(agent.run(vec![Message::user("Who is {who}?")])).await;
    assert_eq!(reply.unwrap().text(), "Who is {who}?");
    assert_eq!(model.requests()[0].system.as_deref(), Some("You are Ada."));
}

#[tokio::test]
async fn a_second_turn_reads_what_the_first_one_read() {
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("1", "echo", &json!({ "text": "{n}" })),
        _ => Response::text("done"),
    });
    let tickets = TicketSystem::in_memory();
    let agent = ada(&model).role("{n}").tool(echo());
    tickets.agent(agent.template_variable("n", 1).task("{n} {n}"));
    assert!(within(tickets.finish()).await.is_drained());
    let requests = model.requests();
    assert!(requests[1].messages.starts_with(&requests[0].messages));
    assert_eq!(requests[1].system, requests[0].system);
    assert_eq!(
        agentwerk_tests::results(&requests[1].messages[2])[0].content,
        "{n}"
    );
}

/// A value that serde writes and JSON cannot.
fn keys_that_are_no_text() -> HashMap<(u8, u8), u8> {
    HashMap::from([((1, 2), 3)])
}

/// A value that cannot be written at all.
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("it is too secret"))
    }
}

#[tokio::test]
async fn a_value_that_is_no_json_fails_the_run_before_anything_is_sent() {
    let model = parrot();
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        ada(&model)
            .template_variable("map", keys_that_are_no_text())
            .task("{map}"),
    );
    let error = tickets.try_start().unwrap_err();
    let expected = "agent `ada` has a template variable `map` that cannot be written as JSON";
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.source().unwrap().to_string(), "key must be a string");

    let outcome = within(tickets.finish()).await;
    assert!(
        matches!(
            &outcome,
            RunOutcome::Failed(RunError::TemplateValue { agent, name, .. })
                if *agent == "ada" && name == "map"
        ),
        "{outcome:?}"
    );
    assert!(model.requests().is_empty());
}

#[tokio::test]
async fn an_agent_by_itself_tells_of_it_too() {
    let agent = ada(&parrot()).template_variable("x", Unwritable);
    let error = within(agent.run(vec![Message::user("Hi.")]))
        .await
        .unwrap_err();
    let RunAgentErrorKind::Configuration(error @ RunError::TemplateValue { .. }) = error.kind()
    else {
        panic!("{error:?}")
    };
    assert_eq!(error.source().unwrap().to_string(), "it is too secret");

    let outcome = within(agent.task("x").finish()).await.outcome();
    assert!(matches!(
        outcome,
        Some(RunOutcome::Failed(RunError::TemplateValue { .. }))
    ));
}

#[tokio::test]
async fn a_name_with_braces_is_told_of() {
    for name in ["{divisor}", "a}", "{", ""] {
        let tickets = TicketSystem::in_memory();
        tickets.agent(ada(&parrot()).template_variable(name, 8));
        let error = tickets.try_start().unwrap_err();
        assert!(matches!(&error, RunError::TemplateName { name: told, .. } if told == name));
        assert!(
            error
                .to_string()
                .contains("hint: a name is not empty and has no braces")
        );
    }
}

#[tokio::test]
async fn a_text_of_a_million_braces_is_no_trouble() {
    let task = "{".repeat(1_000_000);
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&parrot()).template_variable("n", 1));
    let copied = tickets.submit(Ticket::new(&task).returns::<String>());
    assert_eq!(within(copied).await.unwrap(), task);
}
