//! Both forms in a whole ticket, called by a scripted model.

use agentwerk::Agent;
use agentwerk::chat::{Request, Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::BashTool;
use agentwerk::{Status, TicketSystem};
use agentwerk_tests::{results, within};
use serde_json::json;

use crate::place::{Place, allowing};

#[tokio::test]
async fn a_model_runs_commands_and_reads_what_came_of_them() {
    let place = Place::new();
    let calls = [
        ("1", "run", json!({ "command": "echo one 'and two'" })),
        ("2", "run", json!({ "command": "echo one; rm -rf ." })),
        (
            "3",
            "bash",
            json!({ "command": "echo $((6 * 7)) | tee answer" }),
        ),
        (
            "4",
            "run",
            json!({ "command": "cat answer", "timeout_seconds": 5 }),
        ),
        (
            "5",
            "run",
            json!({ "command": "cat answer", "timeout_seconds": 121 }),
        ),
        ("6", "bash", json!({ "line": "true" })),
    ]
    .map(|(id, name, arguments)| ToolCall::new(id, name, &arguments));
    let model = ScriptedModel::from_fn(move |request: &Request| match request.messages.len() {
        1 => Response::tool_calls(calls.clone()),
        _ => Response::text("The end."),
    });
    let system = TicketSystem::in_memory();
    let agent = Agent::new()
        .provider(model.clone())
        .model("scripted")
        .dir(place.room())
        .tool(allowing("echo *").allow("cat *").unwrap())
        .tool(BashTool::unrestricted());
    system.agent(agent.task("Begin."));
    assert!(within(system.finish()).await.is_drained());
    assert_eq!(system.tickets()[0].status(), Status::Done);
    let told = results(&model.requests()[1].messages[2]);
    let told: Vec<_> = told
        .iter()
        .map(|each| (each.content.as_str(), each.is_error))
        .collect();
    assert_eq!(told[0], ("one and two\n(exit code 0)\n", false));
    assert!(
        told[1].0.contains("`;` may stand in single quotes only") && told[1].1,
        "{told:?}"
    );
    assert_eq!(told[2], ("42\n(exit code 0)\n", false));
    assert_eq!(told[3], ("42\n(exit code 0)\n", false));
    assert!(told[4].0.contains("do not fit") && told[4].1, "{told:?}");
    assert!(told[5].0.contains("do not fit") && told[5].1, "{told:?}");
}
