use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{GATES_MAX, Gates, Lane, Opening, Pass};
use crate::providers::ProviderError;
use crate::providers::key::ApiKey;

const SECOND: Duration = Duration::from_secs(1);

fn lane(base_url: &str, key: &str) -> Lane {
    Lane::new(base_url, &ApiKey::new(key))
}

fn opens_at(gates: &Gates, lane: &Lane) -> Option<Instant> {
    gates.opening(lane).map(|opening| opening.at)
}

/// Refuses a request that was let through.
fn refuse(pass: Pass, retry_after: Duration) {
    pass.report::<()>(&Err(ProviderError::RateLimited {
        endpoint: "api.example.com".to_owned(),
        message: "slow down".to_owned(),
        retry_after: Some(retry_after),
    }));
}

/// When each of a crowd goes through a gate, in order.
async fn moments_of_crowd(lane: &Lane) -> Vec<Instant> {
    let crowd: JoinSet<_> = (0..50).map(|_| lane.clone().pass()).collect();
    let passed = crowd.join_all().await;
    let mut moments: Vec<_> = passed.iter().map(|pass| pass.sent_at).collect();
    moments.sort();
    moments
}

#[test]
fn requests_wait_together_by_base_url_and_key() {
    let now = Instant::now();
    let mut gates = Gates::default();
    gates.refused(lane("https://a", "one"), now, Some(SECOND), now);
    assert_eq!(
        opens_at(&gates, &lane("https://a", "one")),
        Some(now + SECOND)
    );
    assert_eq!(opens_at(&gates, &lane("https://a", "two")), None);
    assert_eq!(opens_at(&gates, &lane("https://b", "one")), None);
}

#[test]
fn a_wait_of_over_120_s_does_not_close_the_gate() {
    let now = Instant::now();
    let mut gates = Gates::default();
    let lane = lane("https://a", "one");
    gates.refused(lane.clone(), now, Some(121 * SECOND), now);
    assert_eq!(opens_at(&gates, &lane), None);
    gates.refused(lane.clone(), now, Some(120 * SECOND), now);
    assert_eq!(opens_at(&gates, &lane), Some(now + 120 * SECOND));
}

#[test]
fn without_a_hint_each_refusal_doubles_the_wait_up_to_60_s() {
    let mut now = Instant::now();
    let mut gates = Gates::default();
    let lane = lane("https://a", "one");
    let mut waits = Vec::new();
    for _ in 0..9 {
        gates.refused(lane.clone(), now, None, now);
        let opens_at = opens_at(&gates, &lane).unwrap();
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
        (opens_at(&gates, &lane).unwrap() - now).as_millis()
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
        opens_at(&gates, &lane),
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
    gates.succeeded(&lane, start + SECOND);
    assert_eq!(opens_at(&gates, &lane), Some(start + 2 * SECOND));
    gates.succeeded(&lane, start + 2 * SECOND);
    assert_eq!(opens_at(&gates, &lane), None);
}

#[test]
fn a_shorter_hint_does_not_open_the_gate_earlier() {
    let now = Instant::now();
    let mut gates = Gates::default();
    let lane = lane("https://a", "one");
    gates.refused(lane.clone(), now, Some(30 * SECOND), now);
    gates.refused(lane.clone(), now, Some(SECOND), now);
    assert_eq!(opens_at(&gates, &lane), Some(now + 30 * SECOND));
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

#[test]
fn the_spread_is_half_of_the_wait_from_500_ms_to_5_s() {
    let now = Instant::now();
    let spreads = [0, 5, 999, 1_000, 2_000, 10_000, 120_000].map(|millis| {
        let opening = Opening::after(now, Duration::from_millis(millis));
        opening.spread.as_millis()
    });
    assert_eq!(spreads, [500, 500, 500, 500, 1_000, 5_000, 5_000]);
}

#[test]
fn the_moment_of_a_request_lies_within_the_spread() {
    let opening = Opening::after(Instant::now(), 2 * SECOND);
    for _ in 0..10_000 {
        let moment = opening.own_moment();
        assert!(moment >= opening.at && moment < opening.at + SECOND);
    }
}

#[tokio::test]
async fn those_who_waited_come_one_by_one_and_none_before_the_moment() {
    let lane = lane("https://crowd.example", "one");
    let hint = SECOND / 10;
    let refused = lane.clone().pass().await;
    let began = Instant::now();
    refuse(refused, hint);
    let moments = moments_of_crowd(&lane).await;
    let (first, last) = (moments[0] - began, moments[49] - began);
    assert!(first >= hint, "{first:?}");
    // Fifty random moments within 500 ms are never this close together.
    assert!(last - first > SECOND / 10, "from {first:?} to {last:?}");
}

#[tokio::test]
async fn a_refusal_keeps_those_waiting_who_wait_already() {
    let lane = lane("https://refused-again.example", "one");
    let [first, second] = [lane.clone().pass().await, lane.clone().pass().await];
    refuse(first, SECOND / 1_000);
    let mut waiting = pin!(lane.pass());
    let mut context = Context::from_waker(Waker::noop());
    assert!(waiting.as_mut().poll(&mut context).is_pending());
    let began = Instant::now();
    // Longer than the spread after the first one, so that its moment passes in the meantime.
    refuse(second, SECOND);
    let waited = waiting.await.sent_at - began;
    assert!(waited >= SECOND, "{waited:?}");
}

#[tokio::test]
async fn who_comes_to_an_open_gate_is_held_up_by_nobody() {
    let lane = lane("https://open-again.example", "one");
    refuse(lane.clone().pass().await, SECOND / 1_000);
    lane.clone().pass().await;
    // The gate is open now, as it is for one that was refused and has waited by itself.
    let mut context = Context::from_waker(Waker::noop());
    assert!(pin!(lane.pass()).poll(&mut context).is_ready());
}
