//! An agent with every tool, whose model looks for keys wherever it can. All that a program could
//! log of it is printed: events, errors with their causes, spans, and everything with `Debug`.
//!
//! ```text
//! canary DIR     with the environment of a program that has keys; works and keeps its session in DIR
//! ```

use std::error::Error;
use std::fmt::Debug;
use std::fs;
use std::path::Path;

use agentwerk::event::ApprovalDecision;
use agentwerk::providers::SharedProvider;
use agentwerk::tools::{
    BashTool, EditFileTool, GlobTool, GrepTool, ListDirectoryTool, ManageTicketsTool, ReadFileTool,
    ReadTicketsTool, Tool, ToolSearchTool, WebFetchTool, WriteFileTool, WriteHandoverTool,
    WriteResultTool,
};
use agentwerk::{Agent, Knowledge, Ticket, TicketSystem};
use agentwerk_tests::spans::PrintSpans;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing::subscriber::set_global_default(PrintSpans::default())?;
    let dir = std::env::args().nth(1).ok_or("usage: canary DIR")?;
    let work = Path::new(&dir).join("work");
    fs::create_dir_all(&work)?;
    fs::write(work.join("note.txt"), "nothing to see")?;
    let store = Knowledge::load(&dir)?;
    show("store", &store);

    let provider = SharedProvider::from_env()?;
    show("provider", &provider);
    let agent = Agent::new()
        .try_from_env()?
        .name("seeker")
        .dir(&work)
        .knowledge(&store)
        .tools((EditFileTool, GlobTool, GrepTool, ListDirectoryTool))
        .tools((
            ReadFileTool,
            WriteFileTool,
            WebFetchTool.allow_private(true),
        ))
        .tools((
            ManageTicketsTool,
            ReadTicketsTool,
            WriteHandoverTool,
            WriteResultTool,
        ))
        .tools((
            ToolSearchTool,
            tool_of(BashTool::unrestricted()).defer(true),
        ))
        .tool(BashTool::new("show", "env **")?)
        .approval(|request| async move {
            show("request", &request);
            ApprovalDecision::Approve
        });
    show("agent", &agent);

    let tickets = TicketSystem::new();
    tickets.dir(&dir).max_request_retries(1);
    tickets.on_event(|event| show("event", &event));
    tickets.agent(agent);
    let failing = tickets.submit(Ticket::new("Ask again, and fail."));
    let seeking = tickets.submit(Ticket::new("Find all keys."));
    for pending in [seeking, failing] {
        match pending.await {
            Ok(result) => show("result", &result),
            Err(error) => show_error(&error),
        }
    }
    show("outcome", &tickets.finish().await);
    show("stats", &tickets.stats());
    for ticket in tickets.tickets() {
        show("ticket", &ticket);
        show("transcript", &ticket.transcript()?);
    }
    show("system", &tickets);
    tickets.close().await;
    Ok(())
}

fn tool_of(tool: impl agentwerk::tools::IntoTool) -> Tool {
    tool.into_tool()
}

fn show(name: &str, value: &impl Debug) {
    println!("{name}: {value:#?}");
}

fn show_error(error: &dyn Error) {
    let mut cause = Some(error);
    while let Some(error) = cause {
        println!("error: {error} {error:?}");
        cause = error.source();
    }
}
