//! What all vendors check.

use super::super::failure::Failure;
use super::super::format::{Format, Vendor};
use super::super::recorded::Recorded;
use super::{Check, Rule, ensure};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "path",
        source: "the vendor's API reference",
        check: path,
    },
    Rule {
        name: "key",
        source: "the vendor's API reference, authentication",
        check: key,
    },
    Rule {
        name: "json",
        source: "HTTP: the length is known and the body is the JSON that `content-type` announces",
        check: json,
    },
    Rule {
        name: "model",
        source: "the vendor's API reference, body parameters",
        check: model,
    },
    Rule {
        name: "stream",
        source: "this server's own limit: it streams, as the providers always ask for",
        check: stream,
    },
];

fn path(vendor: &Vendor, request: &Recorded) -> Check {
    let is_known = vendor.format.paths().contains(&request.path.as_str());
    if is_known && request.method == "POST" {
        return Ok(());
    }
    let mut failure = Failure::of(404);
    failure.message = format!("Invalid URL ({} {})", request.method, request.path);
    Err(failure)
}

fn key(vendor: &Vendor, request: &Recorded) -> Check {
    let both = request.header("x-api-key").is_some() && request.header("authorization").is_some();
    // Only one vendor reads `x-api-key`.
    let is_read = vendor.format == Format::Anthropic || request.header("x-api-key").is_none();
    if request.key() == Some(vendor.key.as_str()) && is_read && !both {
        return Ok(());
    }
    let mut failure = Failure::of(401);
    failure.message = match vendor.format {
        Format::Anthropic => "invalid x-api-key".to_owned(),
        Format::OpenAi => "Incorrect API key provided.".to_owned(),
        Format::Mistral => "Unauthorized".to_owned(),
        Format::LiteLlm => "Authentication Error, Invalid proxy server token passed.".to_owned(),
    };
    Err(failure)
}

fn json(_: &Vendor, request: &Recorded) -> Check {
    let content_type = request.header("content-type").unwrap_or_default();
    ensure(request.header("content-length").is_some(), || {
        "the length of the body is not announced".to_owned()
    })?;
    ensure(content_type.starts_with("application/json"), || {
        format!("unsupported content type {content_type:?}")
    })?;
    ensure(request.body.is_object(), || {
        "We could not parse the JSON body of your request.".to_owned()
    })
}

fn model(_: &Vendor, request: &Recorded) -> Check {
    let model = request.body["model"].as_str().unwrap_or_default();
    ensure(!model.is_empty(), || "model: Field required".to_owned())?;
    ensure(!request.messages().is_empty(), || {
        "messages: at least one message is required".to_owned()
    })
}

fn stream(_: &Vendor, request: &Recorded) -> Check {
    ensure(request.body["stream"] == true, || {
        "this server only streams".to_owned()
    })
}
