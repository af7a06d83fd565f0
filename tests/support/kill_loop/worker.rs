//! The process that is killed: a system on the session, with agents, and somebody who submits
//! tickets without end.

use std::collections::HashSet;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use agentwerk::event::EventKind;
use agentwerk::store::{JournalError, JournalOptions};
use agentwerk::{Clock, TicketKey, TicketSystem};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::acknowledged::Acknowledged;
use super::agents;
use super::options::WorkerOptions;
use crate::process::{end_with_input, say};

/// Tickets that are open at the same time, those of earlier workers included: so that the last
/// worker has no more to do than any other.
const OPEN_MAX: usize = 16;
/// Those who submit.
const SUBMITTERS: usize = 3;

/// Works until it is killed, or until everything is done.
pub(super) fn main(words: &[&str]) -> Result<ExitCode, String> {
    let options = WorkerOptions::read(words)?;
    end_with_input();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build();
    let ended = runtime.map_err(text)?.block_on(work(options));
    if let Err(error) = &ended {
        fail(error);
    }
    Ok(if ended.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn work(options: WorkerOptions) -> Result<(), String> {
    let tickets = open(&options).map_err(text)?;
    say("ready");
    agents::add(&tickets, options.life);
    let (sender, events) = unbounded_channel();
    let stop = sender.clone();
    tickets.on_event(move |event| drop(sender.send(Some(event.kind))));
    let room = Arc::new(Semaphore::new(room(&tickets)));
    let telling = tokio::spawn(tell(tickets.clone(), events, Arc::clone(&room)));
    if options.is_last {
        return finish(tickets, &stop, telling).await;
    }
    tickets.start();
    submit_for_ever(&tickets, options.life, &room).await
}

/// Opens the session as a program does, or with smaller files.
fn open(options: &WorkerOptions) -> Result<TicketSystem, JournalError> {
    let (dir, durability) = (&options.dir, options.durability);
    if let Some(bytes) = options.segment_bytes {
        let journal = JournalOptions::new(dir).durability(durability);
        let journal = journal.segment_bytes(bytes);
        let opened = or_begin(journal.clone().load(), || journal.begin())?;
        return Ok(TicketSystem::with_store(opened, Clock::system()));
    }
    let tickets = or_begin(TicketSystem::load(dir), || {
        let tickets = TicketSystem::new();
        tickets.dir(dir);
        Ok(tickets)
    })?;
    tickets.durability(durability);
    Ok(tickets)
}

/// What was loaded, or what begins where there is no session.
fn or_begin<T>(
    loaded: Result<T, JournalError>,
    begin: impl FnOnce() -> Result<T, JournalError>,
) -> Result<T, JournalError> {
    match loaded {
        Err(JournalError::NoSession { .. }) => begin(),
        loaded => loaded,
    }
}

/// How many tickets may be submitted now.
fn room(tickets: &TicketSystem) -> usize {
    let all = tickets.tickets();
    let open = all.iter().filter(|ticket| !ticket.status().is_terminal());
    OPEN_MAX.saturating_sub(open.count())
}

async fn submit_for_ever(
    tickets: &TicketSystem,
    life: u32,
    room: &Arc<Semaphore>,
) -> Result<(), String> {
    let number = Arc::new(AtomicU32::new(0));
    let submitters = (0..SUBMITTERS).map(|_| {
        let (tickets, number, room) = (tickets.clone(), Arc::clone(&number), Arc::clone(room));
        Box::pin(async move {
            loop {
                room.acquire().await.map_err(text)?.forget();
                submit(&tickets, life, number.fetch_add(1, Ordering::Relaxed)).await?;
            }
        })
    });
    futures_util::future::select_all(submitters).await.0
}

/// Submits a ticket, and says so when that is durable; and that it is done, for some of them.
async fn submit(tickets: &TicketSystem, life: u32, number: u32) -> Result<(), String> {
    let pending = tickets.submit(agents::ticket(life, number));
    let key = *pending.durable().await.map_err(text)?;
    let ticket = tickets.get(key).ok_or("a ticket is gone")?;
    say(&Acknowledged::Submitted(key.to_string(), ticket.task().clone()).to_string());
    if ticket.schema().is_some() {
        drop(tokio::spawn(async move {
            match pending.await {
                Ok(result) => said_done(key, result),
                Err(error) => fail(&error.to_string()),
            }
        }));
    }
    Ok(())
}

/// Says what the events say; each end makes room for a ticket.
async fn tell(
    tickets: TicketSystem,
    mut events: UnboundedReceiver<Option<EventKind>>,
    room: Arc<Semaphore>,
) {
    let mut handed_over = HashSet::new();
    while let Some(Some(event)) = events.recv().await {
        match event {
            EventKind::TicketHandedOver { key, child } => {
                let (key, child) = (key.to_string(), child.to_string());
                say(&Acknowledged::HandedOver(key.clone(), child).to_string());
                handed_over.insert(key);
            }
            EventKind::TicketDone { key } => {
                let result = tickets.get(key).and_then(|ticket| ticket.result().cloned());
                said_done(key, result.unwrap_or_default());
                // Its child has taken the room of one that was handed over.
                if !handed_over.remove(&key.to_string()) {
                    room.add_permits(1);
                }
            }
            EventKind::TicketFailed { key, failure } => fail(&format!("{key} failed: {failure}")),
            EventKind::RunFinished { outcome } if !outcome.is_drained() => {
                fail(&format!("the run ended: {outcome}"));
            }
            _ => {}
        }
    }
}

/// Does what is left, and closes the session.
async fn finish(
    tickets: TicketSystem,
    stop: &UnboundedSender<Option<EventKind>>,
    telling: tokio::task::JoinHandle<()>,
) -> Result<(), String> {
    let outcome = tickets.finish().await;
    if !outcome.is_drained() {
        return Err(format!("the last run ended: {outcome}"));
    }
    stop.send(None).map_err(text)?;
    telling.await.map_err(text)?;
    // The last handle: the session closes.
    drop(tickets);
    say("finished");
    Ok(())
}

fn said_done(key: TicketKey, result: Value) {
    say(&Acknowledged::Done(key.to_string(), result).to_string());
}

/// Says what is wrong, on one line.
fn fail(what: &str) {
    say(&format!("failed {}", what.replace('\n', "; ")));
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
