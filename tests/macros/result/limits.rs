//! What attributes of `schemars`, `validate`, `garde` and docs say beyond the type.

use agentwerk::TicketResult;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{assert_refused, assert_round_trip, document};

#[derive(Serialize, Deserialize, TicketResult)]
#[schemars(extend("x-order" = [1, 2]))]
struct Limited {
    #[schemars(range(min = 1, max = 10))]
    score: u8,
    #[schemars(length(min = 2, max = 3))]
    code: String,
    #[schemars(regex(pattern = r"^\d+$"))]
    digits: String,
    #[schemars(inner(length(max = 1)), length(equal = 2))]
    letters: Vec<String>,
    #[schemars(email)]
    mail: String,
    #[schemars(url)]
    link: String,
    #[schemars(title = "The size", example = 3, description = "In pages.")]
    size: u8,
    #[validate(range(min = 1))]
    pages: u8,
    #[garde(length(min = 1))]
    name: String,
}

#[test]
fn limits_are_told_and_held() {
    let right = json!({
        "score": 1, "code": "ab", "digits": "12", "letters": ["a", "b"], "mail": "me@home.org",
        "link": "https://a.org", "size": 1, "pages": 1, "name": "a"
    });
    assert_round_trip::<Limited>(&right);
    let wrong = json!({
        "score": 11, "code": "a", "digits": "a", "letters": ["ab", "b"], "mail": "me", "link": "a",
        "size": 300, "pages": 0, "name": ""
    });
    for (name, value) in wrong.as_object().unwrap() {
        let mut one_wrong = right.clone();
        one_wrong[name] = value.clone();
        assert_refused::<Limited>(&one_wrong);
    }
    let document = document::<Limited>();
    assert_eq!(document["x-order"], json!([1, 2]));
    let size = &document["properties"]["size"];
    assert_eq!(
        (&size["title"], &size["description"]),
        (&json!("The size"), &json!("In pages."))
    );
    assert_eq!(size["examples"], json!([3]));
}

#[doc = concat!("Says", " hello.")]
///
#[doc = include_str!("../greeting.md")]
#[derive(Serialize, Deserialize, TicketResult)]
struct Greeting {
    #[doc = include_str!("../greeting.md")]
    text: String,
    /** How
    often. */
    #[deprecated(note = "once is enough")]
    #[serde(default)]
    times: u8,
    /// # To whom
    ///
    /// By name.
    whom: String,
}

#[test]
fn docs_may_come_from_elsewhere() {
    let document = document::<Greeting>();
    let text = document["description"].as_str().unwrap();
    assert!(text.starts_with("Says hello.\n\nUse it once:"), "{text}");
    let properties = &document["properties"];
    assert!(
        properties["text"]["description"]
            .as_str()
            .unwrap()
            .starts_with("Use it once:")
    );
    assert_eq!(properties["times"]["deprecated"], json!(true));
    assert_eq!(properties["whom"]["title"], "To whom");
    assert_eq!(properties["whom"]["description"], "By name.");
}
