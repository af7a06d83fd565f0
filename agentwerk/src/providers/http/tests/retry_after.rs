use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::RetryHints;

type Headers = [(&'static str, &'static str)];

fn hints(headers: &Headers) -> RetryHints {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        })
        .collect();
    // 2026-11-20 12:00:00 UTC.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_176_000);
    RetryHints::from_headers(&headers, now)
}

#[test]
fn every_form_of_a_wait_is_read() {
    let cases: [(&Headers, Option<Duration>); 17] = [
        (&[("retry-after", "7")], Some(Duration::from_secs(7))),
        (
            &[("retry-after", " 0.5 ")],
            Some(Duration::from_millis(500)),
        ),
        (
            &[("retry-after-ms", "250")],
            Some(Duration::from_millis(250)),
        ),
        (
            &[("retry-after-ms", "250"), ("retry-after", "7")],
            Some(Duration::from_millis(250)),
        ),
        (
            &[("retry-after-ms", "soon"), ("retry-after", "7")],
            Some(Duration::from_secs(7)),
        ),
        (
            &[("llm_provider-retry-after", "60")],
            Some(Duration::from_secs(60)),
        ),
        (
            &[("retry-after", "7"), ("llm_provider-retry-after", "60")],
            Some(Duration::from_secs(7)),
        ),
        (
            &[("retry-after", "Fri, 20 Nov 2026 12:00:30 GMT")],
            Some(Duration::from_secs(30)),
        ),
        (
            &[("retry-after", "Fri, 20 Nov 2026 11:00:00 GMT")],
            Some(Duration::ZERO),
        ),
        (&[("retry-after", "1e300")], None),
        (&[("retry-after", "inf")], None),
        (
            &[("retry-after-ms", "infinity"), ("retry-after", "7")],
            Some(Duration::from_secs(7)),
        ),
        (
            &[("retry-after", "315360000")],
            Some(Duration::from_secs(315_360_000)),
        ),
        (&[("retry-after", "315360001")], None),
        (&[("retry-after", "Fri, 20 Nov 2037 12:00:00 GMT")], None),
        (&[("retry-after", "-1")], None),
        (&[("retry-after", "NaN")], None),
    ];
    for (headers, expected) in cases {
        assert_eq!(hints(headers).after, expected, "{headers:?}");
    }
    assert_eq!(hints(&[]), RetryHints::default());
}

#[test]
fn the_vendor_may_say_whether_to_retry() {
    assert_eq!(
        hints(&[("x-should-retry", "true")]).should_retry,
        Some(true)
    );
    assert_eq!(
        hints(&[("x-should-retry", "false")]).should_retry,
        Some(false)
    );
    assert_eq!(hints(&[("x-should-retry", "maybe")]).should_retry, None);
}
