//! How long a vendor asks to wait.

use std::time::{Duration, SystemTime};

use agentwerk_tests::vendor::{Answer, Format, RetryAfter};

use super::errors::{Variant, asked, assert_error};

async fn wait(format: Format, answer: Answer) -> Option<Duration> {
    asked(format, answer).await.error().retry_after()
}

#[tokio::test]
async fn every_form_of_patience_is_read() {
    let forms = [
        (RetryAfter::Seconds(7), Duration::from_secs(7)),
        (RetryAfter::Millis(1_500), Duration::from_millis(1_500)),
        (RetryAfter::LlmProviderSeconds(60), Duration::from_secs(60)),
    ];
    for format in Format::ALL {
        for (form, expected) in forms {
            for status in [429, 503, 529] {
                let answer = Answer::status(status).retry_after(form);
                assert_eq!(
                    wait(format, answer).await,
                    Some(expected),
                    "{format:?}, {form:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_date_is_a_wait_until_then() {
    let hour = Duration::from_secs(3_600);
    for format in Format::ALL {
        let future = RetryAfter::Date(SystemTime::now() + hour);
        let answer = Answer::status(429).retry_after(future);
        let wait_long = wait(format, answer).await.expect("a wait");
        // A date has no parts of a second, and a slow machine needs some.
        assert!(wait_long <= hour && wait_long > hour / 2, "{wait_long:?}");
        let past = RetryAfter::Date(SystemTime::UNIX_EPOCH);
        let answer = Answer::status(429).retry_after(past);
        let wait_past = wait(format, answer).await.unwrap_or_default();
        assert_eq!(wait_past, Duration::ZERO, "{format:?}");
    }
}

#[tokio::test]
async fn milliseconds_are_finer_than_seconds() {
    for format in Format::ALL {
        let answer = Answer::status(429)
            .retry_after(RetryAfter::Seconds(2))
            .retry_after(RetryAfter::Millis(1_250));
        let expected = Some(Duration::from_millis(1_250));
        assert_eq!(wait(format, answer).await, expected, "{format:?}");
    }
}

#[tokio::test]
async fn no_header_and_a_senseless_header_ask_for_no_wait() {
    for format in Format::ALL {
        assert_eq!(wait(format, Answer::status(429)).await, None);
        for value in ["soon", "-5", "", "99999999999999999999999"] {
            let answer = Answer::status(429).header("retry-after", value);
            let asked = asked(format, answer).await.error();
            assert_error(&asked, Variant::RateLimited, value);
        }
    }
}
