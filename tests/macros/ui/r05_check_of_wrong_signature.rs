use agentwerk::TicketResult;
use agentwerk::schemas::Violations;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, TicketResult)]
#[result(check = Report::is_right)]
struct Report {
    #[result(check = check_title)]
    title: String,
    #[result(check = check_length)]
    length: u32,
}

impl Report {
    fn is_right(&self) -> bool {
        self.length > 0
    }
}

fn check_title(title: &str) -> bool {
    !title.is_empty()
}

fn check_length(length: &u64) -> Result<(), Violations> {
    let _ = length;
    Ok(())
}

fn main() {}
