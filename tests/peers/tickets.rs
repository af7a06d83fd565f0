//! What whole tickets send: tools with parameters of several kinds, and a typed result.

use std::fs;
use std::path::Path;

use agentwerk::providers::{
    AnthropicProvider, LiteLlmProvider, MistralProvider, OpenAiProvider, SharedProvider,
};
use agentwerk::tools::ToolError;
use agentwerk::{Agent, Ticket, TicketResult, TicketSystem, tool};
use agentwerk_tests::vendor::{Format, Reply, VendorServer};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::bodies::write;
use super::variable;

/// Which entries count.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Noun,
    Other,
}

/// Where to look.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
struct Place {
    shelf: String,
    /// Counted from 1.
    #[schemars(range(min = 1))]
    row: u32,
    note: Option<String>,
}

/// Looks words up.
#[tool(read_only)]
async fn look_up(
    /// What to look for.
    #[schemars(length(min = 2))]
    query: String,
    kind: Kind,
    place: Place,
    others: Vec<Place>,
    labels: Option<Vec<String>>,
    second_kind: Option<Kind>,
    #[serde(default)] limit: u8,
) -> Result<String, ToolError> {
    let places = 1 + others.len();
    let notes = place.note.iter().count();
    Ok(format!(
        "{query} ({kind:?}, {second_kind:?}) in {places} places from {} {}: {labels:?}, {limit}, {notes}",
        place.shelf, place.row
    ))
}

/// What a word means.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
struct Meaning {
    /// In one sentence.
    sentence: String,
    #[schemars(range(min = 0.0, max = 1.0))]
    certainty: f64,
    examples: Vec<Example>,
    origin: Option<Origin>,
}

/// How it is used.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
struct Example {
    text: String,
    year: Option<i32>,
}

/// Where it came from.
#[derive(Debug, Serialize, Deserialize, TicketResult)]
#[serde(tag = "from", rename_all = "snake_case")]
enum Origin {
    /// Another language.
    Language {
        name: String,
    },
    Unknown,
}

fn provider(server: &VendorServer) -> SharedProvider {
    let (url, key) = (server.base_url(), server.key());
    match server.format() {
        Format::Anthropic => {
            SharedProvider::new(AnthropicProvider::new(key).base_url(url).strict_tools(true))
        }
        Format::OpenAi => {
            SharedProvider::new(OpenAiProvider::new(key).base_url(url).strict_tools(true))
        }
        Format::Mistral => SharedProvider::new(MistralProvider::new(key).base_url(url)),
        Format::LiteLlm => SharedProvider::new(LiteLlmProvider::new(key).base_url(url)),
    }
}

#[tokio::test]
#[ignore = "needs the vendors' packages: run tests/peers/run"]
async fn the_bodies_of_tickets_with_typed_results_are_written() {
    let dir = Path::new(&variable("PEERS_BODIES_DIR")).join("typed");
    fs::create_dir_all(&dir).expect("a directory");
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        server.enqueue(Reply::new().tool_call(
            "look_up",
            json!({
                "query": "naïve", "kind": "other", "place": {"shelf": "A", "row": 1, "note": null},
                "others": [{"shelf": "B", "row": 2, "note": "dusty"}], "labels": null,
                "second_kind": "noun", "limit": 3,
            }),
        ));
        let result = json!({
            "sentence": "Artless.", "certainty": 0.9,
            "examples": [{"text": "a naïve guess", "year": 1650}],
            "origin": {"from": "language", "name": "French"},
        });
        server.enqueue(Reply::new().tool_call("write_result", json!({ "result": result })));
        let tickets = TicketSystem::in_memory();
        let agent = Agent::new()
            .provider(provider(&server))
            .model("any")
            .tool(LookUp);
        tickets.agent(agent);
        let ticket = Ticket::new("What does “naïve” mean?").returns::<Meaning>();
        let meaning = tickets.submit(ticket).await.expect("a result");
        assert_eq!(meaning.sentence, "Artless.", "{format:?}");
        write(&dir, &server);
    }
}
