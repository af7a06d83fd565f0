//! A store with 10,000 pages.

use std::time::{Duration, Instant};

use agentwerk::Agent;
use agentwerk::CancellationToken;
use agentwerk::chat::Message;
use agentwerk::event::EventKind;
use agentwerk::testing::ScriptedModel;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::play::Place;

const PAGES: usize = 10_000;

/// Generous for a build without optimisation on a busy machine.
const MOMENT: Duration = Duration::from_secs(10);

/// Written by hand, because nobody waits for 10,000 syncs.
fn large() -> Place {
    let place = Place::new();
    for number in 0..PAGES {
        let parity = if number % 2 == 0 { "even" } else { "odd" };
        let text = format!(
            "---\nsummary: Page number {number}.\ntags: [{parity}]\n---\n\n{}",
            "Text. ".repeat(100)
        );
        place.write_by_hand(&format!("page-{number:05}"), text);
    }
    place
}

/// Does something within a moment, and shows how long it took.
fn timed<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = act();
    let taken = started.elapsed();
    println!("{what}: {taken:?}");
    assert!(taken < MOMENT, "{what}: {taken:?}");
    done
}

#[test]
fn ten_thousand_pages_are_no_trouble() {
    let place = large();
    let runtime = Runtime::new().unwrap();

    let index = timed("index", || place.store.index());
    let shown = index.lines().count() - 1;
    assert!(index.chars().count() <= 4_000 && shown > 50, "{index}");
    let note = format!("(pages that are not shown: {})", PAGES - shown);
    assert_eq!(index.lines().last(), Some(&*note));

    let listed = timed("list", || place.store.pages().list().unwrap());
    assert_eq!(listed.len(), PAGES);

    for (offset, lines) in [(1, 201), (4_800, 201), (4_801, 200)] {
        let arguments = json!({ "action": "list", "tags": ["odd"], "offset": offset });
        let what = format!("call that lists by a tag, from {offset} on");
        let text = timed(&what, || runtime.block_on(place.call(arguments)).unwrap());
        assert_eq!(text.lines().count(), lines);
        assert!(text.len() < 20_500, "{}", text.len());
    }
    a_cancelled_list_leaves_its_thread(&place, runtime);
}

/// Cancels a call that would look at every page; ending a runtime waits for its threads.
fn a_cancelled_list_leaves_its_thread(place: &Place, runtime: Runtime) {
    let arguments = json!({ "action": "list", "tags": ["neither"] });
    let started = Instant::now();
    runtime.block_on(place.call(arguments.clone())).unwrap();
    let whole = started.elapsed();
    let model =
        ScriptedModel::from_fn(move |_| agentwerk_tests::call("1", "knowledge", &arguments));
    let token = CancellationToken::new();
    let on_call = token.clone();
    let agent = Agent::new()
        .knowledge(&place.store)
        .provider(model)
        .model("scripted")
        .on_event(move |event| {
            if matches!(event.kind, EventKind::ToolCallStarted { .. }) {
                on_call.cancel();
            }
        });
    let conversation = agent.run(vec![Message::user("Begin.")]).cancel(token);
    let end = runtime.block_on(async { conversation.await });
    assert!(end.is_err());
    let started = Instant::now();
    drop(runtime);
    let taken = started.elapsed();
    println!("a cancelled list leaves its thread: {taken:?}, and not {whole:?}");
    assert!(taken < whole / 2, "{taken:?} of {whole:?}");
}
