use std::collections::BTreeSet;

use agentwerk_tests::vendor::{
    Format, Reply, VendorServer, strict_violations, strict_violations_together,
};
use serde_json::json;

use super::super::client::Call;
use super::{FORMATS, and, cases, object, tools, with};

#[test]
fn every_schema_rule_has_a_schema_that_breaks_it() {
    for format in FORMATS {
        let broken: BTreeSet<_> = cases(format).iter().map(|case| case.rule).collect();
        let rules: Vec<_> = format.schema_rules().map(|rule| rule.name).collect();
        assert_eq!(broken, rules.iter().copied().collect(), "{format:?}");
        assert_eq!(
            broken.len(),
            rules.len(),
            "{format:?}: two rules of one name"
        );
        assert!(format.schema_rules().all(|rule| !rule.source.is_empty()));
    }
}

#[test]
fn every_case_breaks_its_rule_and_no_other() {
    for format in FORMATS {
        for (number, case) in cases(format).iter().enumerate() {
            let schemas: Vec<_> = case.schemas.iter().collect();
            let violations = strict_violations_together(format, &schemas);
            let names: Vec<_> = violations.iter().map(|(name, _)| *name).collect();
            assert_eq!(
                names,
                [case.rule],
                "{format:?}, case {number}: {violations:?}"
            );
            let text = &violations[0].1;
            assert!(
                text.contains(case.words),
                "{format:?}, case {number}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn a_request_with_such_a_strict_tool_is_refused() {
    for format in FORMATS {
        let server = VendorServer::start(format).await;
        server.enqueue(Reply::new().text("never sent"));
        for (number, case) in cases(format).iter().enumerate() {
            let mut call = Call::new(&server);
            call.set("/tools", tools(format, &case.schemas, true));
            assert_eq!(
                call.send(&server).await.status(),
                400,
                "{format:?}, case {number}"
            );
            let request = server.request(number).await;
            let refusal = request.refusal.as_ref().expect("a refusal");
            // A root that is no object is refused of any tool.
            let is_root = case.rule == "root";
            assert!(
                refusal.rule == "strict tools" || is_root,
                "{format:?}: {}",
                refusal.rule
            );
            let told = refusal.message();
            assert!(
                told.contains(case.words) || is_root,
                "{format:?}, case {number}: {told}"
            );
        }
        assert_eq!(server.answers_left(), 1);
    }
}

#[tokio::test]
async fn the_same_tool_is_taken_when_it_is_not_strict() {
    for format in FORMATS {
        let server = VendorServer::start(format).await;
        for case in cases(format) {
            if case.rule == "root" {
                continue;
            }
            server.enqueue(Reply::new().text("fine"));
            let mut call = Call::new(&server);
            call.set("/tools", tools(format, &case.schemas, false));
            let status = call.send(&server).await.status();
            assert_eq!(status, 200, "{format:?}, {}", case.rule);
        }
    }
}

#[tokio::test]
async fn a_refusal_names_the_tool() {
    let whole = object(json!({}));
    let broken = with(json!({"type": "array"}));
    for (format, words) in [
        (
            Format::OpenAi,
            "Invalid schema for function 'tool_1': In context=(",
        ),
        (
            Format::Anthropic,
            "tools.1.custom: Invalid schema: Array types must",
        ),
    ] {
        let server = VendorServer::start(format).await;
        let mut call = Call::new(&server);
        call.set(
            "/tools",
            tools(format, &[whole.clone(), broken.clone()], true),
        );
        call.send(&server).await;
        let request = server.request(0).await;
        let refusal = request.refusal.as_ref().expect("a refusal");
        assert!(
            refusal.message().starts_with(words),
            "{}",
            refusal.message()
        );
    }
}

/// Keywords of JSON Schema that no strict tool may have, with a value that fits a schema of the type.
const REFUSED_BY_ALL: [(&str, &[&str]); 5] = [
    (
        "string",
        &[
            "minLength",
            "maxLength",
            "contentEncoding",
            "examples",
            "$comment",
            "$id",
            "$anchor",
        ],
    ),
    ("integer", &["format"]),
    (
        "array",
        &[
            "prefixItems",
            "uniqueItems",
            "contains",
            "minContains",
            "maxContains",
            "unevaluatedItems",
            "additionalItems",
        ],
    ),
    (
        "object",
        &[
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "unevaluatedProperties",
            "dependentRequired",
            "dependentSchemas",
            "dependencies",
            "discriminator",
            "$schema",
            "if",
            "then",
            "else",
        ],
    ),
    ("boolean", &["x-ours", "readOnly", "deprecated"]),
];

/// A schema of a type to which every vendor agrees.
fn plain(kind: &str) -> serde_json::Value {
    match kind {
        "object" => object(json!({})),
        "array" => json!({"type": "array", "items": {"type": "string"}}),
        kind => json!({"type": kind}),
    }
}

#[test]
fn keywords_outside_of_the_subsets_are_refused() {
    for format in FORMATS {
        for (kind, keywords) in REFUSED_BY_ALL {
            assert_eq!(
                strict_violations(format, &with(plain(kind))),
                [],
                "{format:?}, {kind}"
            );
            for keyword in keywords {
                let schema = with(and(plain(kind), &json!({ *keyword: 1 })));
                let violations = strict_violations(format, &schema);
                let names: Vec<_> = violations.iter().map(|(name, _)| *name).collect();
                assert_eq!(names, ["keywords"], "{format:?}, {kind}, {keyword}");
                assert!(violations[0].1.contains(keyword), "{violations:?}");
            }
        }
    }
}

#[test]
fn each_vendor_refuses_what_the_other_takes() {
    let taken = |format, schema| strict_violations(format, schema).is_empty();
    let text = json!({"type": "string"});
    let optional = json!({
        "type": "object", "properties": {"a": text}, "additionalProperties": false,
    });
    let anthropic_takes = [
        optional,
        with(json!({"type": "string", "format": "uri"})),
        with(json!({"type": "string", "default": "a"})),
        with(json!({"enum": ["a", null]})),
        with(json!({"allOf": [text]})),
    ];
    let openai_takes = [
        with(json!({"type": "integer", "minimum": 1, "multipleOf": 2})),
        with(json!({"type": "array", "items": text, "minItems": 2, "maxItems": 3})),
        with(json!({"type": ["string", "null"], "enum": ["a", null]})),
        with(json!({"$ref": "#"})),
        with(object(json!({"ä": text}))),
    ];
    for schema in &anthropic_takes {
        assert!(taken(Format::Anthropic, schema), "{schema}");
        assert!(!taken(Format::OpenAi, schema), "{schema}");
    }
    for schema in &openai_takes {
        assert!(taken(Format::OpenAi, schema), "{schema}");
        assert!(!taken(Format::Anthropic, schema), "{schema}");
    }
}
