//! The bodies of a conversation's requests, compared byte by byte.

use agentwerk_tests::vendor::Format;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A mark for Anthropic's cache, as the last field of a block.
pub(crate) const MARK: &str = r#","cache_control":{"type":"ephemeral"}"#;

/// What follows the conversation in a body.
const BODY_END: &str = "]}";

/// The parts of a body that may have a mark, as pieces of its text.
#[derive(Deserialize)]
struct Parts<'a> {
    #[serde(borrow)]
    tools: Vec<&'a RawValue>,
    #[serde(borrow)]
    system: Vec<&'a RawValue>,
    #[serde(borrow)]
    messages: Vec<&'a RawValue>,
}

/// Where requests are no continuations of those before: everything that was sent stays, byte by
/// byte, and more messages follow. Only Anthropic's marks move, in the places that they may have.
pub(crate) fn differences(format: Format, bodies: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut before: Option<String> = None;
    for (number, body) in bodies.iter().enumerate() {
        let earlier = number
            .checked_sub(1)
            .map(|earlier| bodies[earlier].as_str());
        let plain = match format {
            Format::Anthropic => without_marks(body, earlier),
            _ => Ok(body.clone()),
        };
        let plain = plain.unwrap_or_else(|what| {
            found.push(format!("request {number}: {what}"));
            body.replace(MARK, "")
        });
        if let Some(before) = &before
            && !continues(before, &plain)
        {
            let same = before
                .bytes()
                .zip(plain.bytes())
                .take_while(|(a, b)| a == b);
            found.push(format!(
                "request {number} differs from byte {}",
                same.count()
            ));
        }
        before = Some(plain);
    }
    found
}

fn continues(before: &str, body: &str) -> bool {
    let sent = before.strip_suffix(BODY_END);
    sent.and_then(|sent| body.strip_prefix(sent))
        .is_some_and(|more| more.starts_with(",{") && more.ends_with(BODY_END))
}

/// A body without its marks. There is one at the end of each of these places and nowhere else: the
/// last tool, the instructions, the last message, and what was the last message of the request
/// before.
fn without_marks(body: &str, earlier: Option<&str>) -> Result<String, String> {
    let parts = parts(body)?;
    let mut places = vec![
        place_of_mark(body, parts.tools.last(), "}")?,
        place_of_mark(body, parts.system.last(), "}")?,
        place_of_mark(body, parts.messages.last(), "}]}")?,
    ];
    if let Some(earlier) = earlier {
        let last = self::parts(earlier)?.messages.len() - 1;
        places.push(place_of_mark(body, parts.messages.get(last), "}]}")?);
    }
    places.sort_unstable();
    let mut plain = body.to_owned();
    for place in places.into_iter().rev() {
        plain.replace_range(place..place + MARK.len(), "");
    }
    match plain.contains("cache_control") {
        true => Err("there is a mark in another place".to_owned()),
        false => Ok(plain),
    }
}

fn parts(body: &str) -> Result<Parts<'_>, String> {
    serde_json::from_str(body).map_err(|error| error.to_string())
}

/// Where the mark of a part begins, which must be its last field.
fn place_of_mark(body: &str, part: Option<&&RawValue>, end: &str) -> Result<usize, String> {
    let part = part.ok_or("a part is missing")?.get();
    let fields = part
        .strip_suffix(end)
        .and_then(|rest| rest.strip_suffix(MARK));
    let fields = fields.ok_or_else(|| format!("no mark at the end of {part}"))?;
    let begins = part.as_ptr().addr() - body.as_ptr().addr();
    Ok(begins + fields.len())
}
