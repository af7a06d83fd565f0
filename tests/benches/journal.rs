//! What the journal costs: `cargo bench -p agentwerk-tests --bench journal`.
//!
//! - *opening*: a session with 100,000 finished tickets, opened by a process of its own. Time, and
//!   memory of the process beside what the tasks and results weigh.
//! - *throughput*: 256 agents on a scripted model, with every durability, and beside them the journal
//!   alone, fed by 256 tasks that append the same records and wait as often.
//!
//! Times are those of this machine; the ratios say more.

use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use agentwerk::chat::{Message, Usage};
use agentwerk::store::{Append, Batch, Claim, Durability, JournalOptions, JournalStore};
use agentwerk::testing::ScriptedModel;
use agentwerk::ticket::{Change, Record, Routing, TicketBody};
use agentwerk::{Agent, AgentName, TicketKey, TicketSystem, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

const FINISHED: usize = 100_000;
const AGENTS: usize = 256;
const TICKETS: usize = 10_000;
/// How often each kind of run is timed; the median counts.
const ROUNDS: usize = 5;

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = env::args().collect();
    match arguments.iter().position(|argument| argument == "--open") {
        Some(position) => open(Path::new(&arguments[position + 1])),
        None => {
            opening().await;
            throughput().await;
        }
    }
}

fn record(key: TicketKey, change: Change) -> Record {
    let at = Timestamp::from_millis(1_790_000_000_000);
    Record { key, at, change }
}

fn task(number: u64) -> Value {
    json!(format!(
        "Summarise the report of day {number} in three sentences for the board."
    ))
}

fn result(number: u64) -> Value {
    json!(format!(
        "Day {number} was quiet. Sales were as planned. Nothing has to be decided now."
    ))
}

fn submitted(key: TicketKey) -> Record {
    let body = TicketBody {
        labels: vec!["reports".to_owned()],
        ..TicketBody::new(task(key.number()))
    };
    record(key, Change::Submitted(Box::new(body)))
}

fn asked(key: TicketKey) -> Record {
    let text = format!(
        "{}\n\n{}",
        "It is a day in May. ".repeat(20),
        task(key.number())
    );
    let message = Message::user(text);
    record(
        key,
        Change::Message {
            message,
            usage: None,
        },
    )
}

fn answered(key: TicketKey) -> [Record; 2] {
    let result = result(key.number());
    let message = Message::assistant(result.as_str().unwrap_or_default());
    let usage = Some(Usage {
        input_tokens: 200,
        output_tokens: 30,
        ..Usage::default()
    });
    [Change::Message { message, usage }, Change::Done { result }].map(|change| record(key, change))
}

/// Does what a system and an agent do with one ticket.
async fn finish_one(store: &JournalStore, routing: &Routing, agent: &AgentName) {
    let key = store.reserve_key();
    store
        .append(Batch::new(vec![submitted(key)]))
        .let_go()
        .unwrap();
    let claimed = store
        .claim(routing, agent, Duration::from_secs(600))
        .await
        .unwrap()
        .unwrap();
    let lease = claimed.lease;
    store
        .append(Batch::leased(&lease, vec![asked(lease.key)]))
        .let_go()
        .unwrap();
    let end = Batch::leased(&lease, answered(lease.key).into());
    store.append(end).await.unwrap();
}

/// The journal alone.
async fn journal_alone(dir: &Path, durability: Durability, tickets: usize) {
    let store = JournalOptions::new(dir)
        .durability(durability)
        .begin()
        .unwrap();
    let store = Arc::new(store);
    let tasks = (0..AGENTS).map(|number| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let routing = Routing::new(["reports"], None);
            let agent = AgentName::from(format!("agent-{number}"));
            for _ in 0..tickets.div_ceil(AGENTS) {
                finish_one(&store, &routing, &agent).await;
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

/// A system whose agents answer at once.
async fn system(dir: &Path, durability: Durability) {
    let tickets = TicketSystem::new();
    tickets.dir(dir).durability(durability);
    let model = ScriptedModel::from_fn(|_| result(0).as_str().unwrap_or_default().to_owned());
    tickets.provider(model).model("scripted");
    let context = "It is a day in May. ".repeat(20);
    tickets.pool(AGENTS, |_| Agent::new().label("reports").context(&*context));
    for number in 0..TICKETS as u64 {
        tickets.task_labeled(task(number), "reports");
    }
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.all_results().len(), TICKETS);
}

async fn throughput() {
    println!("\nthroughput: {TICKETS} tickets, {AGENTS} agents, median of {ROUNDS} rounds");
    let mut times: [Vec<f64>; 4] = Default::default();
    for _ in 0..ROUNDS {
        let durabilities = [Durability::Memory, Durability::Buffered, Durability::Fsync];
        for (durability, times) in durabilities.into_iter().zip(&mut times) {
            let dir = TempDir::new().unwrap();
            let start = Instant::now();
            system(dir.path(), durability).await;
            times.push(start.elapsed().as_secs_f64());
        }
        let dir = TempDir::new().unwrap();
        let start = Instant::now();
        journal_alone(dir.path(), Durability::Fsync, TICKETS).await;
        times[3].push(start.elapsed().as_secs_f64());
    }
    let medians = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    let names = ["Memory", "Buffered", "Fsync", "journal alone, Fsync"];
    for (name, seconds) in names.iter().zip(medians) {
        let rate = TICKETS as f64 / seconds;
        let ratio = seconds / medians[0];
        println!("  {name:<22} {seconds:>7.3} s  {rate:>8.0} tickets/s  {ratio:>5.2} × Memory");
    }
    println!("  Fsync : journal alone  {:>7.2}", medians[2] / medians[3]);
}

async fn opening() {
    let dir = TempDir::new().unwrap();
    journal_alone(dir.path(), Durability::Buffered, FINISHED).await;
    println!(
        "opening: {FINISHED} finished tickets, {} MiB of journal",
        size(dir.path()) >> 20
    );
    for _ in 0..ROUNDS {
        let status = Command::new(env::current_exe().unwrap())
            .arg("--open")
            .arg(dir.path())
            .status()
            .unwrap();
        assert!(status.success());
    }
}

/// Opens a session and says what that took.
fn open(dir: &Path) {
    let before = resident_bytes();
    let start = Instant::now();
    let tickets = TicketSystem::load(dir).unwrap();
    let millis = start.elapsed().as_millis();
    let after = resident_bytes();
    let all = tickets.tickets();
    let payload: usize = all
        .iter()
        .map(|ticket| ticket.task_string().len() + ticket.result_string().unwrap().len())
        .sum();
    let beside = (after.saturating_sub(before) as usize).saturating_sub(payload) / all.len();
    println!(
        "  {} tickets in {millis} ms, {beside} bytes each beside task and result",
        all.len()
    );
}

/// The memory of this process, where the system tells.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}

fn size(dir: &Path) -> u64 {
    let files = std::fs::read_dir(dir.join("journal")).unwrap();
    files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}
