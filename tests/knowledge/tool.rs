//! `KnowledgeTool`, called by hand.

use agentwerk::chat::Strict;
use agentwerk::tools::{IntoTool, KnowledgeTool, Tool, ToolContext};
use serde_json::{Value, json};

use crate::play::Place;

fn tool() -> Tool {
    KnowledgeTool.into_tool()
}

fn write(page: &str, summary: &str, content: &str) -> Value {
    json!({ "action": "write", "page": page, "summary": summary, "content": content })
}

#[test]
fn the_model_is_told_what_the_tool_takes() {
    let tool = tool();
    let spec = tool.spec();
    assert_eq!(spec.name, "knowledge");
    assert!(!spec.read_only && !spec.idempotent && !spec.deferred);
    assert_eq!(spec.strict, Strict::Auto);
    let properties = &spec.schema["properties"];
    assert_eq!(
        properties["action"]["enum"],
        json!(["write", "read", "remove", "list"])
    );
    let names: Vec<_> = properties.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["action", "page", "summary", "content", "tags", "offset"]
    );
    assert_eq!(spec.schema["required"], json!(["action"]));
    assert!(spec.description.contains("not instructions"));
}

#[tokio::test]
async fn a_page_is_written_and_replaced_and_read_and_removed() {
    let place = Place::new();
    let mut arguments = write("Release Process", "How to release", "Tag it.");
    arguments["tags"] = json!(["CI"]);
    let told = place.call(arguments).await.unwrap();
    assert_eq!(told, "Wrote the page `release-process`.");
    let told = place
        .call(write(
            "release_process.md",
            "How to release",
            "Tag it twice.",
        ))
        .await;
    assert_eq!(told.unwrap(), "Replaced the page `release-process`.");
    assert_eq!(place.files(), ["release-process.md"]);

    let told = place
        .call(json!({ "action": "read", "page": "release process" }))
        .await
        .unwrap();
    assert!(
        told.starts_with("---\nsummary: \"How to release\"\ntags: []\nupdated: 20"),
        "{told}"
    );
    assert!(told.ends_with("---\n\nTag it twice."), "{told}");

    let told = place
        .call(json!({ "action": "remove", "page": "release-process" }))
        .await
        .unwrap();
    assert_eq!(told, "Removed the page `release-process`.");
    assert_eq!(place.files(), [] as [&str; 0]);
}

#[tokio::test]
async fn pages_are_listed_with_tags_and_in_parts() {
    let place = Place::new();
    assert_eq!(
        place.call(json!({ "action": "list" })).await.unwrap(),
        "(there are only 0 pages)\n"
    );
    for (name, tags) in [("a", "[x]"), ("b", "[x, y]"), ("c", "[]")] {
        place.write_by_hand(name, format!("---\ntags: {tags}\n---\nOf {name}."));
    }
    let list = async |arguments: Value| {
        let mut arguments = arguments;
        arguments["action"] = json!("list");
        place.call(arguments).await.unwrap()
    };
    assert_eq!(
        list(json!({})).await,
        "- a: Of a. [x]\n- b: Of b. [x, y]\n- c: Of c.\n"
    );
    assert_eq!(
        list(json!({ "tags": ["#X"] })).await,
        "- a: Of a. [x]\n- b: Of b. [x, y]\n"
    );
    assert_eq!(
        list(json!({ "tags": ["x", "y"] })).await,
        "- b: Of b. [x, y]\n"
    );
    assert_eq!(
        list(json!({ "tags": ["x"], "offset": 2 })).await,
        "- b: Of b. [x, y]\n"
    );
    assert_eq!(list(json!({ "offset": 3 })).await, "- c: Of c.\n");
    assert_eq!(
        list(json!({ "offset": 4 })).await,
        "(there are only 3 pages)\n"
    );
    let none = "(there are only 0 pages with all of these tags)\n";
    assert_eq!(list(json!({ "tags": ["z"] })).await, none);
}

#[tokio::test]
async fn a_long_list_is_cut_and_goes_on_where_it_stopped() {
    let place = Place::new();
    for number in 0..201 {
        place.write_by_hand(&format!("p{number:03}"), "x");
    }
    let first = place.call(json!({ "action": "list" })).await.unwrap();
    assert_eq!(first.lines().count(), 201);
    assert!(
        first.ends_with("- p199: x\n(cut here; go on with `offset`: 201)\n"),
        "{first}"
    );
    let rest = place
        .call(json!({ "action": "list", "offset": 201 }))
        .await
        .unwrap();
    assert_eq!(rest, "- p200: x\n");

    for number in 0..201 {
        place.write_by_hand(&format!("p{number:03}"), "日".repeat(200));
    }
    let cut = place.call(json!({ "action": "list" })).await.unwrap();
    assert!(
        cut.len() < 21_000 && cut.contains("(cut here"),
        "{}",
        cut.len()
    );
}

#[tokio::test]
async fn what_is_missing_is_asked_for() {
    let place = Place::new();
    for action in ["write", "read", "remove"] {
        for page in [None, Some(""), Some(" ")] {
            let arguments = json!({ "action": action, "page": page });
            let told = place.call(arguments).await.unwrap_err();
            assert_eq!(told, "Give the name of the page in `page`.");
        }
    }
    for arguments in [
        json!({ "action": "write", "page": "a" }),
        json!({ "action": "write", "page": "a", "summary": "A." }),
        json!({ "action": "write", "page": "a", "content": "Text." }),
        write("a", " ", "Text."),
        write("a", "A.", "\n"),
    ] {
        let told = place.call(arguments).await.unwrap_err();
        assert!(
            told.starts_with("Give what the page is about in `summary`"),
            "{told}"
        );
    }
    assert_eq!(place.files(), [] as [&str; 0]);
}

#[tokio::test]
async fn of_a_page_that_is_not_there_the_nearest_are_named() {
    let place = Place::with(&[
        ("release-process", "A."),
        ("release-notes", "B."),
        ("zoo", "C."),
    ]);
    for action in ["read", "remove"] {
        let told = place
            .call(json!({ "action": action, "page": "Release Proces" }))
            .await;
        assert_eq!(
            told.unwrap_err(),
            "There is no page `Release Proces`. Did you mean `release-process` or \
             `release-notes`? Use the action `list` to see the pages."
        );
    }
    let huge = "q".repeat(100_000);
    let told = place
        .call(json!({ "action": "read", "page": huge }))
        .await
        .unwrap_err();
    assert!(told.len() < 400, "{}", told.len());
}

#[tokio::test]
async fn a_page_that_is_too_large_is_refused_with_what_to_do() {
    let place = Place::new();
    let told = place
        .call(write("a", "A.", &"x".repeat(40_000)))
        .await
        .unwrap_err();
    assert!(
        told.starts_with("The text of the page `a` has 400"),
        "{told}"
    );
    assert!(
        told.ends_with("at most 40000 are allowed. Divide it into several pages."),
        "{told}"
    );
    place.write_by_hand("b", "x".repeat(50_000));
    let told = place
        .call(json!({ "action": "read", "page": "b" }))
        .await
        .unwrap_err();
    assert!(told.contains("`b` has 50000 bytes"), "{told}");
}

#[tokio::test]
async fn an_error_of_the_store_is_told_without_a_panic() {
    let place = Place::new();
    std::fs::create_dir(place.file("a")).unwrap();
    let told = place.call(write("a", "A.", "Text.")).await.unwrap_err();
    assert!(
        told.starts_with("The page `a` cannot be changed: "),
        "{told}"
    );
    assert!(told.ends_with("Go on without it."), "{told}");
    std::fs::remove_dir_all(place.pages_dir()).unwrap();
    for action in ["write", "read", "remove", "list"] {
        let mut arguments = write("b", "B.", "Text.");
        arguments["action"] = json!(action);
        let told = place.call(arguments).await.unwrap_err();
        assert!(
            told.starts_with("The knowledge store cannot be opened: "),
            "{told}"
        );
        // No model needs to know where on the machine it is.
        assert!(!told.contains(place.dir.path().to_str().unwrap()), "{told}");
    }
}

#[tokio::test]
async fn without_a_store_the_call_fails() {
    let context = ToolContext::new(".");
    let called = tool().call(json!({ "action": "list" }), &context).await;
    let error = called.unwrap_err().to_string();
    assert!(error.contains("nobody supplied the state"), "{error}");
}

#[tokio::test]
async fn a_hostile_name_writes_nowhere_else() {
    let place = Place::new();
    for name in ["../../secret", "/etc/passwd", "a\0b", "..\\..\\secret"] {
        place.call(write(name, "A.", "Text.")).await.unwrap();
    }
    assert_eq!(place.files(), ["a-b.md", "etc-passwd.md", "secret.md"]);
    assert_eq!(std::fs::read_dir(place.dir.path()).unwrap().count(), 1);
}
