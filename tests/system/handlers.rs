//! Handlers of events, and the agents that do not wait for them.

use std::sync::{Mutex, mpsc};

use agentwerk::Ticket;
use agentwerk::testing::ScriptedModel;
use agentwerk_tests::{EventLog, system, within};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_is_stuck_delays_no_agent_and_hears_everything_in_order() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let heard = EventLog::default();
    let log = heard.clone();
    tickets.on_event(move |event| {
        if log.events().is_empty() {
            let _released = held.lock().unwrap().recv();
        }
        log.push(event);
    });
    for _ in 0..20 {
        let pending = tickets.submit(Ticket::new("x").returns::<String>());
        assert_eq!(within(pending).await.unwrap(), "done");
    }
    assert!(heard.events().is_empty(), "it is stuck at its first event");
    release.send(()).unwrap();
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(heard.count("TicketDone"), 20);
    let numbers: Vec<_> = heard.events().iter().map(|each| each.sequence).collect();
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1));
}
