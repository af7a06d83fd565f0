//! What the examples share: where their model comes from.

pub mod scripted;

use std::sync::Once;

use agentwerk::Agent;
use agentwerk::event::{Event, EventKind};
use agentwerk::testing::ScriptedModel;

/// Takes the model from the environment, or a scripted one where there is none.
pub trait EnvOrScript {
    /// Sets provider and model as the environment names them, and tells on standard error of
    /// requests that fail; without them it says so, and takes `script`.
    #[must_use]
    fn env_or_script(self, script: ScriptedModel) -> Self;
}

impl EnvOrScript for Agent {
    fn env_or_script(self, script: ScriptedModel) -> Self {
        match self.clone().try_from_env() {
            Ok(agent) => agent.on_event(tell_of_failures),
            Err(error) => {
                static SAID: Once = Once::new();
                // Once, however many agents there are.
                SAID.call_once(|| {
                    eprintln!("{error}");
                    eprintln!("Going on with a scripted model: it calls the real tools, and its");
                    eprintln!("words are put together from what they give.\n");
                });
                self.provider(script).model("scripted")
            }
        }
    }
}

/// Says why an agent that asks a real model takes long, or gives no answer.
fn tell_of_failures(event: Event) {
    match event.kind {
        EventKind::RequestRetried { delay, message, .. } => {
            eprintln!("again in {:.1} s: {message}", delay.as_secs_f64());
        }
        EventKind::TicketFailed { key, failure } => eprintln!("{key} failed: {failure}"),
        _ => {}
    }
}
