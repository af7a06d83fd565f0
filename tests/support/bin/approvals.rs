//! A system whose model wants to pay, which needs leave. It says how far it is, line by line, and is
//! killed by whoever started it.
//!
//! ```text
//! approvals ask DIR          submits a ticket, and says `asked` when leave is asked for
//! approvals answer DIR       approves what is asked, says `answered`, and begins no run
//! approvals pay DIR LEDGER   goes on; the tool writes its arguments to the ledger, says `paying`,
//!                            and never returns
//! ```

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use agentwerk::chat::{Response, ToolCall};
use agentwerk::event::{ApprovalDecision, EventKind};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, TicketSystem};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    #[cfg(unix)]
    agentwerk_tests::process::end_with_input();
    match arguments[..] {
        ["ask", dir] => ask(dir).await,
        ["answer", dir] => answer(dir).await,
        ["pay", dir, ledger] => pay(dir, ledger.into()).await,
        _ => {
            say("usage: approvals ask|answer|pay DIR [LEDGER]");
            return ExitCode::FAILURE;
        }
    }
    // Whatever else there is to do, the caller kills this process now.
    std::future::pending::<()>().await;
    ExitCode::SUCCESS
}

async fn ask(dir: &str) {
    let tickets = TicketSystem::new();
    tickets.dir(dir);
    tickets.on_event(|event| {
        if matches!(event.kind, EventKind::ApprovalRequested { .. }) {
            say("asked");
        }
    });
    tickets.agent(agent(PathBuf::new()));
    tickets.task("Pay the bill.");
    tickets.finish().await;
}

async fn answer(dir: &str) {
    let tickets = TicketSystem::load(dir).expect("the session can be loaded");
    for request in tickets.approvals() {
        let answered = tickets.resolve_approval(&request, ApprovalDecision::Approve);
        answered.await.expect("the request is open");
    }
    say("answered");
    std::future::pending::<()>().await;
}

async fn pay(dir: &str, ledger: PathBuf) {
    let tickets = TicketSystem::load(dir).expect("the session can be loaded");
    tickets.agent(agent(ledger));
    tickets.finish().await;
}

fn agent(ledger: PathBuf) -> Agent {
    let pay = Tool::new("pay", "Pays.")
        .schema(json!({
            "type": "object",
            "properties": { "amount": { "type": "integer" }, "to": { "type": "string" } },
            "required": ["amount", "to"]
        }))
        .requires_approval()
        .handler(move |input, _context| {
            let mut file = OpenOptions::new().create(true).append(true).open(&ledger);
            let written = file.as_mut().map(|file| writeln!(file, "{input}"));
            let is_written = matches!(written, Ok(Ok(())));
            async move {
                assert!(is_written, "the ledger can be written");
                say("paying");
                std::future::pending::<()>().await;
                Ok(ToolResult::success("paid"))
            }
        });
    let model = ScriptedModel::from_fn(|request| match request.messages.len() {
        1 => Response::tool_calls([ToolCall::new(
            "1",
            "pay",
            &json!({ "amount": 120, "to": "the grocer" }),
        )]),
        _ => Response::text("Done."),
    });
    Agent::new()
        .name("payer")
        .context(" ")
        .tool(pay)
        .provider(model)
        .model("scripted")
}

fn say(line: &str) {
    println!("{line}");
}
