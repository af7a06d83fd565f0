use agentwerk_tests::vendor::{Format, Reply, VendorServer, strict_violations};
use serde_json::{Value, json};

use super::super::client::Call;
use super::{FORMATS, and, many, object, tools, with};

/// Schemas that both vendors take.
fn by_all() -> Vec<Value> {
    let text = json!({"type": "string", "title": "T", "description": "Words."});
    vec![
        object(json!({})),
        and(
            object(json!({"one": text, "other": text})),
            &json!({"description": "d"}),
        ),
        with(json!({"type": ["integer", "null"]})),
        with(json!({"type": "string", "enum": ["a", "b"]})),
        with(json!({"type": "string", "const": "a"})),
        with(
            json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}], "description": "d"}),
        ),
        with(json!({"type": "string", "format": "date-time"})),
        with(json!({"type": "string", "pattern": r"^(?:\(\?=[a-z]+\d{2})$"})),
        with(json!({"type": "array", "items": object(json!({"inner": text})), "minItems": 1})),
        // Words of the vocabulary as names.
        object(json!({"oneOf": text, "items": text, "type": text, "properties": text})),
        and(
            with(json!({"anyOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/definitions/B"}]})),
            &json!({"$defs": {"A": with(json!({"$ref": "#/definitions/B"}))}, "definitions": {"B": text}}),
        ),
    ]
}

/// The largest of their kinds.
fn at_the_limits(format: Format) -> Vec<Value> {
    let text = json!({"type": "string"});
    match format {
        Format::OpenAi => vec![
            (0..10).fold(text.clone(), |inner, _| with(inner)),
            object(many(5_000, &text)),
            with(json!({"type": "integer", "enum": (0..1_000).collect::<Vec<_>>()})),
            // Few values may be long.
            with(json!({"type": "string", "enum": vec!["x".repeat(100); 250]})),
        ],
        _ => vec![
            json!({
                "type": "object", "additionalProperties": false, "properties": many(24, &text),
            }),
            object(many(16, &json!({"type": ["string", "null"]}))),
        ],
    }
}

#[tokio::test]
async fn schemas_within_the_subset_are_taken() {
    for format in FORMATS {
        let server = VendorServer::start(format).await;
        for schema in by_all().into_iter().chain(at_the_limits(format)) {
            assert_eq!(strict_violations(format, &schema), [], "{format:?}");
            server.enqueue(Reply::new().text("fine"));
            let mut call = Call::new(&server);
            call.set("/tools", tools(format, &[schema], true));
            assert_eq!(call.send(&server).await.status(), 200, "{format:?}");
        }
        assert!(server.refusals().is_empty());
    }
}

#[tokio::test]
async fn twenty_strict_tools_and_any_number_of_others_are_taken() {
    let server = VendorServer::start(Format::Anthropic).await;
    server.enqueue(Reply::new().text("fine"));
    let mut all = tools(Format::Anthropic, &vec![object(json!({})); 50], true);
    for tool in all.as_array_mut().expect("a list").iter_mut().skip(20) {
        tool["strict"] = json!(false);
    }
    let mut call = Call::new(&server);
    call.set("/tools", all);
    assert_eq!(call.send(&server).await.status(), 200);
}

#[tokio::test]
async fn vendors_without_a_table_take_any_strict_schema() {
    for format in [Format::Mistral, Format::LiteLlm] {
        let open = json!({"type": "object", "oneOf": [{}]});
        assert_eq!(strict_violations(format, &open), []);
        let server = VendorServer::start(format).await;
        server.enqueue(Reply::new().text("fine"));
        let mut call = Call::new(&server);
        call.set("/tools", tools(format, &[open], true));
        assert_eq!(call.send(&server).await.status(), 200, "{format:?}");
    }
}
