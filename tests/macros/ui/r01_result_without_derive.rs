use agentwerk::{Ticket, TicketResult};

struct Outline {
    title: String,
}

#[derive(TicketResult)]
struct Draft {
    text: String,
}

fn main() {
    let _ = Ticket::new("Write an outline.").returns::<Outline>();
    let _ = Ticket::new("Write outlines.").returns::<Vec<Outline>>();
    let _ = Ticket::new("Write a draft.").returns::<Draft>();
}
