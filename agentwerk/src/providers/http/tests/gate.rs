use std::time::Duration;

use tokio::time::Instant;

use super::{GATES_MAX, Gates, Lane};
use crate::providers::key::ApiKey;

const SECOND: Duration = Duration::from_secs(1);

fn lane(base_url: &str, key: &str) -> Lane {
    Lane::new(base_url, &ApiKey::new(key))
}

#[test]
fn requests_wait_together_by_base_url_and_key() {
    let now = Instant::now();
    let mut gates = Gates::default();
    gates.refused(lane("https://a", "one"), now, Some(SECOND), now);
    assert_eq!(
        gates.opens_at(&lane("https://a", "one")),
        Some(now + SECOND)
    );
    assert_eq!(gates.opens_at(&lane("https://a", "two")), None);
    assert_eq!(gates.opens_at(&lane("https://b", "one")), None);
}

#[test]
fn a_wait_of_over_120_s_does_not_close_the_gate() {
    let now = Instant::now();
    let mut gates = Gates::default();
    let lane = lane("https://a", "one");
    gates.refused(lane.clone(), now, Some(121 * SECOND), now);
    assert_eq!(gates.opens_at(&lane), None);
    gates.refused(lane.clone(), now, Some(120 * SECOND), now);
    assert_eq!(gates.opens_at(&lane), Some(now + 120 * SECOND));
}

#[test]
fn without_a_hint_each_refusal_doubles_the_wait_up_to_60_s() {
    let mut now = Instant::now();
    let mut gates = Gates::default();
    let lane = lane("https://a", "one");
    let mut waits = Vec::new();
    for _ in 0..9 {
        gates.refused(lane.clone(), now, None, now);
        let opens_at = gates.opens_at(&lane).unwrap();
        waits.push(opens_at - now);
        now = opens_at;
    }
    let millis: Vec<_> = waits.iter().map(Duration::as_millis).collect();
    assert_eq!(
        millis,
        [
            500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000
        ]
    );
}

#[test]
fn a_gate_that_was_open_for_over_60_s_counts_its_refusals_anew() {
    let start = Instant::now();
    let mut gates = Gates::default();
    let lane = lane("https://a", "one");
    let mut wait_at = |now: Instant| {
        gates.refused(lane.clone(), now, None, now);
        (gates.opens_at(&lane).unwrap() - now).as_millis()
    };
    assert_eq!(wait_at(start), 500);
    let opened = start + SECOND / 2;
    assert_eq!(wait_at(opened + 60 * SECOND), 1_000);
    let opened = opened + 61 * SECOND;
    assert_eq!(wait_at(opened + 60 * SECOND + SECOND / 1_000), 500);
}

#[test]
fn requests_that_were_under_way_together_count_as_one_refusal() {
    let start = Instant::now();
    let mut gates = Gates::default();
    let lane = lane("https://a", "one");
    for millis in [100, 110, 120] {
        let now = start + Duration::from_millis(millis);
        gates.refused(lane.clone(), start, None, now);
    }
    assert_eq!(
        gates.opens_at(&lane),
        Some(start + Duration::from_millis(620))
    );
}

#[test]
fn only_a_later_success_opens_the_gate() {
    let start = Instant::now();
    let mut gates = Gates::default();
    let lane = lane("https://a", "one");
    gates.refused(lane.clone(), start, Some(SECOND), start + SECOND);
    gates.succeeded(&lane, start);
    assert_eq!(gates.opens_at(&lane), Some(start + 2 * SECOND));
    gates.succeeded(&lane, start + 2 * SECOND);
    assert_eq!(gates.opens_at(&lane), None);
}

#[test]
fn a_shorter_hint_does_not_open_the_gate_earlier() {
    let now = Instant::now();
    let mut gates = Gates::default();
    let lane = lane("https://a", "one");
    gates.refused(lane.clone(), now, Some(30 * SECOND), now);
    gates.refused(lane.clone(), now, Some(SECOND), now);
    assert_eq!(gates.opens_at(&lane), Some(now + 30 * SECOND));
}

#[test]
fn the_number_of_gates_is_bounded() {
    let now = Instant::now();
    let mut gates = Gates::default();
    for number in 0..2 * GATES_MAX {
        gates.refused(lane("https://a", &number.to_string()), now, None, now);
    }
    assert_eq!(gates.0.len(), GATES_MAX);
}

#[tokio::test]
async fn an_open_gate_lets_requests_through_at_once() {
    let lane = lane("https://never-refused.example", "one");
    let before = Instant::now();
    let pass = lane.pass().await;
    assert!(pass.sent_at >= before);
}
