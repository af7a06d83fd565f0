//! Whatever a vendor does wrong ends the way it should: the request is sent again, or the ticket
//! fails once. Never a short success, a hang or a second claim.

use std::time::{Duration, SystemTime};

use agentwerk::event::{EventKind, FailureReason};
use agentwerk::{Status, Ticket};
use agentwerk_tests::asking::impatient_provider;
use agentwerk_tests::vendor::{Answer, Format, Incident, Reply, RetryAfter, VendorServer};

use tokio::task::JoinSet;

use super::run::{Went, run};

/// Long enough for a reply on the loopback interface, short enough for a test of silence.
const PATIENCE: Duration = Duration::from_secs(3);

fn reply() -> Reply {
    Reply::new().text(["one ", "two ", "three"])
}

/// What may pass by itself: the request is sent again.
fn passing() -> Vec<(&'static str, Answer)> {
    let broken = |incident| Answer::reply(reply()).after(2, incident);
    let limited = |retry_after| Answer::status(429).retry_after(retry_after);
    let now = SystemTime::now();
    vec![
        ("429 without a hint", Answer::status(429)),
        ("429 in seconds", limited(RetryAfter::Seconds(0))),
        ("429 in milliseconds", limited(RetryAfter::Millis(5))),
        ("429 as a date", limited(RetryAfter::Date(now))),
        ("429 of a proxy", limited(RetryAfter::LlmProviderSeconds(0))),
        ("408", Answer::status(408)),
        ("409", Answer::status(409)),
        ("425", Answer::status(425)),
        ("500", Answer::status(500)),
        ("502", Answer::status(502)),
        ("503", Answer::status(503)),
        ("504", Answer::status(504)),
        ("529", Answer::status(529)),
        ("a reset before the first byte", Answer::reset()),
        ("a reset in the stream", broken(Incident::Reset)),
        ("a close in the stream", broken(Incident::Close)),
        ("an end without its marker", broken(Incident::End)),
        ("an error in the stream", broken(Incident::Error(529))),
        ("garbage", broken(Incident::data("{\"type\": garbage"))),
        ("silence", Answer::silence()),
        ("silence in the stream", broken(Incident::Silence)),
        ("keep-alives only", broken(Incident::CommentsForever)),
    ]
}

/// What will not pass: the ticket fails after one request.
fn lasting() -> Vec<(&'static str, Answer)> {
    let oversized = Incident::data("x".repeat(9 * 1024 * 1024));
    vec![
        ("400", Answer::status(400)),
        ("401", Answer::status(401)),
        ("403", Answer::status(403)),
        ("404", Answer::status(404)),
        ("413", Answer::status(413)),
        (
            "a conversation that is too long",
            Answer::context_overflow(),
        ),
        (
            "an oversized line",
            Answer::reply(reply()).after(2, oversized),
        ),
        (
            "429 that lasts an hour",
            Answer::status(429).retry_after(RetryAfter::Seconds(3_600)),
        ),
    ]
}

fn claims(went: &Went) -> usize {
    went.count(|kind| matches!(kind, EventKind::TicketStarted { .. }))
}

fn ends(went: &Went) -> usize {
    went.count(EventKind::is_terminal)
}

fn retries(went: &Went) -> usize {
    went.count(|kind| matches!(kind, EventKind::RequestRetried { .. }))
}

fn failures(went: &Went) -> usize {
    went.count(|kind| matches!(kind, EventKind::RequestFailed { .. }))
}

async fn run_against(format: Format, answers: Vec<Answer>, retries: u32) -> (Went, usize) {
    let server = VendorServer::start(format).await;
    for answer in answers {
        server.enqueue(answer);
    }
    let provider = impatient_provider(&server, PATIENCE);
    let went = run(provider, retries, Ticket::new("Count.")).await;
    let requests = server.requests().len();
    (went, requests)
}

/// Runs all cases of all formats side by side, so that a case that waits costs the others nothing.
async fn for_every_format<T, Fut>(cases: fn() -> Vec<T>, test: impl Fn(Format, T) -> Fut)
where
    Fut: Future<Output = ()> + Send + 'static,
{
    let mut running = JoinSet::new();
    for format in Format::ALL {
        for case in cases() {
            running.spawn(test(format, case));
        }
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    }
}

#[tokio::test]
async fn what_passes_is_sent_again_and_then_the_ticket_is_done() {
    for_every_format(passing, |format, (name, answer)| async move {
        let (went, requests) = run_against(format, vec![answer, reply().into()], 3).await;
        let case = format!("{format:?}, {name}: {:?}", went.ticket.failure());
        assert_eq!(went.ticket.status(), Status::Done, "{case}");
        assert_eq!(
            went.ticket.result_string().as_deref(),
            Some("one two three"),
            "{case}"
        );
        assert_eq!(requests, 2, "{case}");
        assert_eq!((retries(&went), failures(&went)), (1, 0), "{case}");
        assert_eq!((claims(&went), ends(&went)), (1, 1), "{case}");
    })
    .await;
}

#[tokio::test]
async fn what_does_not_pass_in_time_fails_the_ticket_once() {
    for_every_format(
        || vec![500, 529],
        |format, status| async move {
            let answers = vec![Answer::status(status); 3];
            let (went, requests) = run_against(format, answers, 2).await;
            let case = format!("{format:?}, {status}: {:?}", went.ticket.failure());
            assert_eq!(went.ticket.status(), Status::Failed, "{case}");
            assert_eq!(requests, 3, "{case}");
            assert_eq!((retries(&went), failures(&went)), (2, 1), "{case}");
            assert_eq!((claims(&went), ends(&went)), (1, 1), "{case}");
        },
    )
    .await;
}

#[tokio::test]
async fn what_lasts_fails_the_ticket_after_one_request() {
    for_every_format(lasting, |format, (name, answer)| async move {
        let (went, requests) = run_against(format, vec![answer, reply().into()], 3).await;
        let failure = went.ticket.failure().expect(name);
        let case = format!("{format:?}, {name}: {failure:?}");
        assert_eq!(went.ticket.status(), Status::Failed, "{case}");
        assert_eq!(failure.reason, FailureReason::RequestFailed, "{case}");
        assert_eq!(requests, 1, "{case}");
        assert_eq!((retries(&went), failures(&went)), (0, 1), "{case}");
        assert_eq!((claims(&went), ends(&went)), (1, 1), "{case}");
        assert!(went.outcome.is_drained(), "{case}");
        if name == "429 that lasts an hour" {
            assert!(failure.message.contains("3600 s"), "{case}");
        }
    })
    .await;
}
