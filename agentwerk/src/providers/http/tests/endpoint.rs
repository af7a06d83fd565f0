use super::Endpoint;
use crate::providers::ProviderError;

#[test]
fn a_base_url_may_end_in_a_slash_in_v1_or_in_neither() {
    for base_url in [
        "https://api.example.com",
        "https://api.example.com/",
        "https://api.example.com/v1",
        "https://api.example.com/v1/",
        " https://api.example.com ",
    ] {
        let endpoint = Endpoint::resolve(base_url, "messages").unwrap();
        assert_eq!(
            endpoint.url.as_str(),
            "https://api.example.com/v1/messages",
            "{base_url}"
        );
        assert_eq!(endpoint.host, "api.example.com");
        assert_eq!(endpoint.base, "https://api.example.com");
    }
}

#[test]
fn a_proxy_may_sit_below_a_path() {
    let endpoint = Endpoint::resolve("http://localhost:4000/llm/v1/", "chat/completions").unwrap();
    assert_eq!(
        endpoint.url.as_str(),
        "http://localhost:4000/llm/v1/chat/completions"
    );
    assert_eq!(endpoint.host, "localhost:4000");
    assert_eq!(endpoint.base, "http://localhost:4000/llm");
}

#[test]
fn a_path_with_a_version_gets_no_other() {
    for (base_url, expected) in [
        (
            "https://a.example/v1beta/openai",
            "https://a.example/v1beta/openai/messages",
        ),
        (
            "https://a.example/v1beta/openai/",
            "https://a.example/v1beta/openai/messages",
        ),
        (
            "https://a.example/api/paas/v4",
            "https://a.example/api/paas/v4/messages",
        ),
        (
            "https://a.example/v2/v1",
            "https://a.example/v2/v1/messages",
        ),
        (
            "https://a.example/vendor",
            "https://a.example/vendor/v1/messages",
        ),
        ("https://a.example/v", "https://a.example/v/v1/messages"),
        (
            "https://a.example/v2-proxy",
            "https://a.example/v2-proxy/v1/messages",
        ),
    ] {
        let endpoint = Endpoint::resolve(base_url, "messages").unwrap();
        assert_eq!(endpoint.url.as_str(), expected);
    }
}

#[test]
fn the_address_of_a_request_is_no_base_url() {
    for (base_url, ending) in [
        (
            "https://api.example.com/v1/chat/completions",
            "`/chat/completions`",
        ),
        (
            "https://api.example.com/chat/completions/",
            "`/chat/completions`",
        ),
        ("https://api.example.com/v1/messages", "`/messages`"),
    ] {
        let error = Endpoint::resolve(base_url, "chat/completions").unwrap_err();
        assert!(
            matches!(error, ProviderError::Misconfigured { .. }),
            "{error}"
        );
        assert!(error.to_string().contains(ending), "{error}");
        assert!(error.to_string().contains("\nhint: "), "{error}");
    }
}

#[test]
fn neither_errors_nor_the_host_show_what_a_url_may_hide() {
    let endpoint = Endpoint::resolve("https://user:pass@example.com/?key=1", "messages").unwrap();
    assert_eq!(endpoint.host, "example.com");
    assert_eq!(endpoint.base, "https://example.com");
}

#[test]
fn a_base_url_that_cannot_work_is_a_mistake_of_the_set_up() {
    for base_url in [
        "",
        "api.example.com",
        "localhost:4000",
        "file:///etc",
        "data:x",
    ] {
        let error = Endpoint::resolve(base_url, "messages").unwrap_err();
        assert!(
            matches!(error, ProviderError::Misconfigured { .. }),
            "{base_url}: {error}"
        );
        assert!(!error.is_retryable());
    }
}
