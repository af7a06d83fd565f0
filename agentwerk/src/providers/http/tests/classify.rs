use std::time::Duration;

use super::Refusal;
use crate::providers::ProviderError;
use crate::providers::http::retry_after::RetryHints;
use crate::providers::http::vendor_error::VendorError;
use crate::providers::key::ApiKey;

fn classify(status: u16, hints: RetryHints, body: &str) -> ProviderError {
    Refusal {
        host: "api.example.com",
        key: &ApiKey::new("sk-secret"),
        status,
        hints,
        error: VendorError::parse(body),
    }
    .into_provider_error()
}

fn kind(status: u16, body: &str) -> &'static str {
    name(&classify(status, RetryHints::default(), body))
}

fn name(error: &ProviderError) -> &'static str {
    match error {
        ProviderError::Unauthorized { .. } => "unauthorized",
        ProviderError::Rejected { .. } => "rejected",
        ProviderError::ContextOverflow { .. } => "overflow",
        ProviderError::RateLimited { .. } => "rate limited",
        ProviderError::Unavailable { .. } => "unavailable",
        _ => "other",
    }
}

#[test]
fn the_status_decides_where_the_body_says_nothing() {
    let cases = [
        (301, "rejected"),
        (400, "rejected"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "rejected"),
        (408, "unavailable"),
        (409, "unavailable"),
        (413, "overflow"),
        (422, "rejected"),
        (425, "unavailable"),
        (429, "rate limited"),
        (500, "unavailable"),
        (501, "rejected"),
        (502, "unavailable"),
        (503, "unavailable"),
        (504, "unavailable"),
        (505, "rejected"),
        (507, "unavailable"),
        (520, "unavailable"),
        (524, "unavailable"),
        (529, "unavailable"),
        (530, "unavailable"),
        (599, "unavailable"),
    ];
    for (status, expected) in cases {
        assert_eq!(kind(status, ""), expected, "{status}");
        assert_eq!(kind(status, "<html>"), expected, "{status}");
    }
}

#[test]
fn each_vendor_says_in_its_way_that_the_conversation_is_too_long() {
    let bodies = [
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 205668 tokens > 200000 maximum"}}"#,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length or `max_tokens` and try again"}}"#,
        r#"{"error":{"message":"Your input exceeds the limit.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
        r#"{"object":"error","message":"The prompt is over the maximum context length of 32768 tokens","type":"invalid_request_error","param":null,"code":null}"#,
        r#"{"error":{"message":"litellm.ContextWindowExceededError: too big","type":null,"param":null,"code":"400"}}"#,
        r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
        r#"{"object":"error","message":"Prompt contains 159202 tokens and 0 draft tokens, too large for model with 131072 maximum context length","type":"invalid_request_invalid_args","param":null,"code":"3051","raw_status_code":400}"#,
        r#"{"error":{"message":"litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - too big","type":null,"param":null,"code":"400"}}"#,
        r#"{"object":"error","message":"This model's maximum context length is 6048 tokens. However, you requested 6616 tokens (568 in the messages, 6048 in the completion). Please reduce the length of the messages or completion.","type":"BadRequestError","param":null,"code":400}"#,
        r#"{"error":{"message":"The decoder prompt (length 66501) is longer than the maximum model length of 65536.","type":"BadRequestError","param":null,"code":400}}"#,
        r#"{"object":"error","message":"max_tokens must be at least 1, got -186.","type":"BadRequestError","param":null,"code":400}"#,
        r#"{"error":{"message":"Your input exceeds the context window of this model. Please adjust your input and try again.","type":"invalid_request_error","param":"input","code":null}}"#,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"Input is too long for requested model."}}"#,
        r#"[{"error":{"code":400,"message":"The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]"#,
    ];
    for body in bodies {
        assert_eq!(kind(400, body), "overflow", "{body}");
    }
    // A clear code counts with any status; words alone do not turn a fault into an overflow.
    assert_eq!(kind(500, bodies[5]), "overflow");
    assert_eq!(kind(500, bodies[0]), "unavailable");
    // A stream that has begun keeps the status of a success; the type or the code says the rest.
    for body in [bodies[0], bodies[4], bodies[5], bodies[7]] {
        assert_eq!(kind(200, body), "overflow", "{body}");
    }
    // What may look like it: a cap of the reply that is none, and a limit of tokens per minute.
    let cap = r#"{"object":"error","message":"max_tokens must be at least 1, got 0.","type":"BadRequestError","code":400}"#;
    assert_eq!(kind(400, cap), "rejected");
    let rate = r#"{"error":{"message":"Rate limit reached: the context window of this minute is full","type":"tokens","code":"rate_limit_exceeded"}}"#;
    assert_eq!(kind(429, rate), "rate limited");
}

#[test]
fn an_account_without_credit_is_not_worth_a_retry() {
    let openai = r#"{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#;
    assert_eq!(kind(429, openai), "unauthorized");
    let anthropic = r#"{"type":"error","error":{"type":"rate_limit_error","message":"limit","details":{"error_code":"enforced_spend_limit_reached"}}}"#;
    assert_eq!(kind(429, anthropic), "unauthorized");
    for code in ["credit_balance_exhausted", "project_spend_limit_exceeded"] {
        let body = format!(r#"{{"error":{{"message":"limit","type":"x","code":"{code}"}}}}"#);
        assert_eq!(kind(429, &body), "unauthorized", "{code}");
    }
}

#[test]
fn billing_and_permission_share_a_status_and_differ_in_their_message() {
    for word in ["billing_error", "permission_error"] {
        let body = format!(r#"{{"type":"error","error":{{"type":"{word}","message":"no"}}}}"#);
        let error = classify(403, RetryHints::default(), &body);
        assert_eq!(name(&error), "unauthorized");
        assert!(
            error.to_string().ends_with(&format!("{word}: no")),
            "{error}"
        );
    }
}

#[test]
fn an_error_in_a_stream_is_judged_by_its_type_or_its_code() {
    let cases = [
        (
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            "unavailable",
        ),
        (
            r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}"#,
            "rate limited",
        ),
        (
            r#"{"type":"error","error":{"type":"authentication_error","message":"no"}}"#,
            "unauthorized",
        ),
        (
            r#"{"error":{"message":"limit","type":"throttling_error","param":null,"code":"429"}}"#,
            "rate limited",
        ),
        (
            r#"{"error":{"message":"bad","type":"x","code":400}}"#,
            "rejected",
        ),
        (
            r#"{"error":{"message":"The server had an error","type":"server_error","code":null}}"#,
            "unavailable",
        ),
        (r#"{"error":"the runner stopped"}"#, "unavailable"),
    ];
    for (body, expected) in cases {
        assert_eq!(kind(200, body), expected, "{body}");
    }
}

#[test]
fn the_vendor_has_the_last_word_on_retrying() {
    let hints = |should_retry| RetryHints {
        after: None,
        should_retry: Some(should_retry),
    };
    assert_eq!(name(&classify(429, hints(false), "")), "rejected");
    assert_eq!(name(&classify(503, hints(false), "")), "rejected");
    assert_eq!(name(&classify(400, hints(true), "")), "unavailable");
    assert_eq!(name(&classify(429, hints(true), "")), "rate limited");
}

#[test]
fn the_wait_is_handed_on() {
    let hints = RetryHints {
        after: Some(Duration::from_secs(7)),
        should_retry: None,
    };
    for status in [429, 503] {
        let error = classify(status, hints, "");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert!(error.is_retryable());
    }
}

#[test]
fn a_message_holds_no_key_no_input_and_no_more_than_500_characters() {
    let body = format!(
        r#"{{"error":{{"message":"Wrong key: sk-secret.\n{}"}}}}"#,
        "ä".repeat(600)
    );
    let ProviderError::Unauthorized { message, .. } = classify(401, RetryHints::default(), &body)
    else {
        panic!("expected a refusal of the key");
    };
    assert!(message.starts_with("Wrong key: ***. "), "{message}");
    assert_eq!(message.chars().count(), 501);

    let body = r#"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","messages",0],"msg":"Extra inputs are not permitted","input":"the prompt"}]},"type":"invalid_request_error"}"#;
    let text = classify(422, RetryHints::default(), body).to_string();
    assert_eq!(
        text,
        "`api.example.com` rejected the request (status 422): \
         invalid_request_error: body.messages.0: Extra inputs are not permitted"
    );
}

#[test]
fn a_body_that_was_cut_off_echoes_no_input() {
    let body = r#"{"detail":[{"type":"too_long","input":"the prompt"#;
    let text = classify(422, RetryHints::default(), body).to_string();
    assert_eq!(
        text,
        "`api.example.com` rejected the request (status 422): no message"
    );
}
