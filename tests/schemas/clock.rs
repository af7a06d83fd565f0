//! Moments and the clock that tells them.

use std::time::{Duration, UNIX_EPOCH};

use agentwerk::{Clock, Timestamp};
use serde_json::json;

const DAY_MS: u64 = 86_400_000;

#[test]
fn a_moment_has_a_date() {
    let date = |millis| Timestamp::from_millis(millis).to_date();
    assert_eq!(date(0), "1970-01-01");
    assert_eq!(date(DAY_MS - 1), "1970-01-01");
    assert_eq!(date(DAY_MS), "1970-01-02");
    assert_eq!(date(1_709_164_800_000), "2024-02-29");
    assert_eq!(date(1_778_025_600_000), "2026-05-06");
    assert_eq!(date(253_402_300_799_999), "9999-12-31");
}

#[test]
fn a_moment_beyond_the_calendar_is_still_shown() {
    assert!(!Timestamp::from_millis(u64::MAX).to_date().is_empty());
}

#[test]
fn spans_do_not_run_backwards() {
    let (early, late) = (Timestamp::from_millis(5), Timestamp::from_millis(8));
    assert_eq!(late.since(early), Duration::from_millis(3));
    assert_eq!(early.since(late), Duration::ZERO);
    assert_eq!(late.to_system_time(), UNIX_EPOCH + Duration::from_millis(8));
}

#[test]
fn a_moment_is_stored_in_milliseconds() {
    let moment = Timestamp::from_millis(1_700_000_000_123);
    assert_eq!(
        serde_json::to_value(moment).unwrap(),
        json!(1_700_000_000_123_u64)
    );
    let read: Timestamp = serde_json::from_value(json!(1_700_000_000_123_u64)).unwrap();
    assert_eq!(read, moment);
}

#[tokio::test(start_paused = true)]
async fn a_clock_with_a_start_runs_with_the_timers() {
    let start = Timestamp::from_millis(1_700_000_000_000);
    let clock = Clock::starting_at(start);
    assert_eq!(clock.now(), start);
    assert_eq!(clock.now(), start);
    tokio::time::advance(Duration::from_millis(1_500)).await;
    assert_eq!(
        clock.clone().now().since(start),
        Duration::from_millis(1_500)
    );
}
