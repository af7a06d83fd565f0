//! Random agents.

use std::sync::Arc;

use agentwerk::Agent;
use agentwerk::event::{ApprovalDecision, ApprovalRequest};
use fastrand::Rng;

use super::ON_PURPOSE;
use super::model::{HANG, RandomModel, wait};
use super::toolbox;
use super::watch::Watch;

/// Labels of tickets and agents.
pub(super) const LABELS: [&str; 3] = ["red", "green", "blue"];

/// An agent that works on anything that chance gives it.
pub(super) fn agent(rng: &mut Rng, watch: &Arc<Watch>) -> Agent {
    let mut agent = Agent::new()
        .context(" ")
        .provider(RandomModel(Arc::clone(watch)))
        .model("random");
    agent = toolbox::give(agent, watch, rng.u8(0..3) == 0);
    if rng.bool() {
        agent = agent.name(*rng.choice(&["ann", "bob"]).unwrap_or(&"ann"));
    }
    for label in LABELS {
        if rng.u8(0..3) == 0 {
            agent = agent.label(label);
        }
    }
    if rng.u8(0..4) == 0 {
        agent = agent.interactive();
    }
    if rng.u8(0..4) == 0 {
        agent = agent.deadline(watch.pace.span(rng.u64(1..3_000)));
    }
    if rng.bool() {
        agent = approving(agent, watch);
    }
    agent
}

/// An agent that takes every ticket with a label, so that none is left.
pub(super) fn last_resort(watch: &Arc<Watch>) -> [Agent; 2] {
    let agent = || {
        let agent = Agent::new()
            .context(" ")
            .provider(RandomModel(Arc::clone(watch)))
            .model("random");
        toolbox::give(agent, watch, false)
    };
    let mut labels = LABELS.to_vec();
    labels.push("nobody");
    [agent(), agent().labels(labels)]
}

fn approving(agent: Agent, watch: &Arc<Watch>) -> Agent {
    let watch = Arc::clone(watch);
    agent.approval(move |request| decide(Arc::clone(&watch), request))
}

async fn decide(watch: Arc<Watch>, request: ApprovalRequest) -> ApprovalDecision {
    let mut rng = watch.chance(&format!("leave for {:?}", request.ticket));
    wait(&watch, &mut rng).await;
    match rng.u8(0..10) {
        0 => std::panic::panic_any(ON_PURPOSE),
        1 => tokio::time::sleep(watch.pace.span(HANG)).await,
        2..5 => return ApprovalDecision::Deny("not today".to_owned()),
        _ => {}
    }
    ApprovalDecision::Approve
}
