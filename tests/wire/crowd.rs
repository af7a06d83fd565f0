//! Many agents with one key, and a vendor that refuses one of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agentwerk::event::EventKind;
use agentwerk::{Agent, Status, TicketSystem};
use agentwerk_tests::asking::provider;
use agentwerk_tests::vendor::{Answer, Format, Gate, Recorded, Reply, RetryAfter, VendorServer};
use agentwerk_tests::{EventLog, echo, within};
use serde_json::json;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Agents of one system.
const AGENTS: usize = 50;

/// What the vendor asks to wait.
const WAIT: Duration = Duration::from_secs(2);

/// Over which those who waited are spread: half of the wait.
const SPREAD: Duration = Duration::from_secs(1);

/// How a crowd met the limit.
struct Met {
    /// When requests arrived after the one refusal, counted from it.
    arrivals: Vec<Duration>,
    /// When the one that was refused came again.
    again: Duration,
}

/// What the vendor sees.
#[derive(Default)]
struct Seen {
    first_turns: usize,
    refused: Option<(Instant, String)>,
    after: Vec<(Instant, bool)>,
}

/// The first turn of a ticket has one message of the user and no results yet.
fn is_first_turn(request: &Recorded) -> bool {
    request
        .messages()
        .iter()
        .all(|each| each["role"] != "assistant")
}

/// Refuses the last of the agents' first requests; the others get their replies when the gate opens,
/// so that all of them ask again after the refusal.
fn refuse_one(server: &VendorServer, gate: &Gate) -> Arc<Mutex<Seen>> {
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let (seeing, gate) = (Arc::clone(&seen), gate.clone());
    server.respond_with(move |request| {
        let mut seen = seeing.lock().unwrap();
        let now = Instant::now();
        if let Some((_, refused)) = &seen.refused {
            let again = *refused == request.text;
            seen.after.push((now, again));
        } else {
            seen.first_turns += 1;
            if seen.first_turns == AGENTS {
                seen.refused = Some((now, request.text.clone()));
                return Answer::status(429).retry_after(RetryAfter::Seconds(WAIT.as_secs()));
            }
        }
        let call = json!({ "text": "again" });
        match is_first_turn(request) {
            true => Answer::reply(Reply::new().tool_call("echo", call)).when_open(&gate),
            false => Answer::reply(Reply::new().text("done")),
        }
    });
    seen
}

/// Fifty agents in one system, and one more in another with a provider of its own.
async fn meet_the_limit() -> Met {
    let server = VendorServer::start(Format::Anthropic).await;
    let (gate, refused) = (Gate::new(), Arc::new(Notify::new()));
    let seen = refuse_one(&server, &gate);
    let crowd = TicketSystem::in_memory();
    crowd.provider(provider(&server)).model("any");
    crowd.pool(AGENTS, |_| Agent::new().tool(echo()));
    let other = TicketSystem::in_memory();
    other.provider(provider(&server)).model("any");
    other.agent(Agent::new().tool(echo()));
    let log = EventLog::of(&crowd);
    let tell = Arc::clone(&refused);
    crowd.on_event(move |event| {
        // An agent tells of its retry when all providers know of the refusal.
        if matches!(event.kind, EventKind::RequestRetried { .. }) {
            gate.open();
            tell.notify_one();
        }
    });
    for number in 0..AGENTS {
        crowd.task(number);
    }
    let join_in = async {
        refused.notified().await;
        other.task("join in");
        other.finish().await
    };
    let (first, second) = within(async { tokio::join!(crowd.finish(), join_in) }).await;
    assert!(
        first.is_drained() && second.is_drained(),
        "{first:?}, {second:?}"
    );
    assert!(server.refusals().is_empty(), "{:?}", server.refusals());
    let tickets = [crowd.tickets(), other.tickets()].concat();
    let done = tickets.iter().filter(|each| each.status() == Status::Done);
    assert_eq!(done.count(), AGENTS + 1);
    assert_eq!(log.count("RequestRetried"), 1, "one request met the limit");
    assert_eq!(other.stats().retries(), 0);
    let seen = seen.lock().unwrap();
    Met::new(&seen)
}

impl Met {
    fn new(seen: &Seen) -> Self {
        let refused_at = seen.refused.as_ref().expect("a refusal").0;
        let since = |moment: &Instant| *moment - refused_at;
        let again: Vec<_> = seen.after.iter().filter(|(_, again)| *again).collect();
        assert_eq!(again.len(), 1, "the refused request came once more");
        let met = Self {
            arrivals: seen.after.iter().map(|(moment, _)| since(moment)).collect(),
            again: since(&again[0].0),
        };
        // The second turns of the others and of the refused one, its retry, and two of the newcomer.
        assert_eq!(met.arrivals.len(), AGENTS + 3);
        let millis: Vec<_> = met.arrivals.iter().map(Duration::as_millis).collect();
        println!("arrivals in ms after the refusal: {millis:?}");
        println!(
            "the refused one came again after {} ms",
            met.again.as_millis()
        );
        met
    }

    /// How much time lies between the first and the last of those who waited.
    fn spread(&self) -> Duration {
        self.arrivals[AGENTS] - self.arrivals[0]
    }

    /// The most arrivals within 10 ms.
    fn most_at_once(&self) -> usize {
        let behind = |start: &Duration| {
            let end = *start + Duration::from_millis(10);
            let within = |moment: &&Duration| (*start..end).contains(*moment);
            self.arrivals.iter().filter(within).count()
        };
        self.arrivals.iter().map(behind).max().unwrap_or_default()
    }
}

/// Time stands still while anything is to be done, so a busy machine changes no arrival.
#[tokio::test(start_paused = true)]
async fn fifty_agents_wait_out_one_refusal_and_come_back_one_by_one() {
    let met = meet_the_limit().await;
    assert!(met.arrivals[0] >= WAIT, "{:?}", met.arrivals[0]);
    assert!(met.again >= WAIT, "{:?}", met.again);
    let last = met.arrivals[AGENTS + 2];
    let slack = Duration::from_millis(50);
    assert!(
        last <= WAIT + SPREAD + slack,
        "nobody waits twice: {last:?}"
    );
    assert!(met.spread() >= SPREAD / 2, "{:?}", met.spread());
    assert!(met.most_at_once() <= 12, "{} at once", met.most_at_once());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_agent_comes_before_the_moment_on_a_real_clock_either() {
    let met = meet_the_limit().await;
    assert!(met.arrivals[0] >= WAIT, "{:?}", met.arrivals[0]);
    assert!(met.again >= WAIT, "{:?}", met.again);
    assert!(met.spread() >= SPREAD / 4, "{:?}", met.spread());
}
