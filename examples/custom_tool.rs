//! One tool in two ways: put together by hand, and made of a function.
//!
//! Models are poor at arithmetic with many digits, so they get the last digit of an ISBN from a tool.
//! By hand it suits tools that are known at run time only; `#[tool]` reads the same things off a
//! function, and its arguments are typed. What a model is told of the two is the same.
//!
//! ```text
//! cargo run --example custom_tool
//! ```

use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, TicketSystem, tool};
use agentwerk_examples::{EnvOrScript, scripted};
use serde_json::json;

/// Computes the check digit of an ISBN.
#[tool(read_only)]
fn check_digit(
    /// The first twelve digits
    #[schemars(regex(pattern = "^[0-9]{12}$"))]
    digits: &str,
) -> u32 {
    let weighted = digits.chars().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighted
        .filter_map(|(digit, weight)| Some(digit.to_digit(10)? * weight))
        .sum();
    (10 - sum % 10) % 10
}

/// The same tool without the macro.
fn check_digit_by_hand() -> Tool {
    Tool::new("check_digit", "Computes the check digit of an ISBN.")
        .schema(json!({
            "type": "object",
            "properties": {
                "digits": {
                    "type": "string",
                    "description": "The first twelve digits",
                    "pattern": "^[0-9]{12}$"
                }
            },
            "required": ["digits"],
            "additionalProperties": false
        }))
        .read_only(true)
        .handler(|input, _context| async move {
            // The schema was checked before, so a text is there.
            let digits = input["digits"].as_str().unwrap_or_default();
            Ok(ToolResult::success(check_digit(digits)))
        })
}

#[tokio::main]
async fn main() {
    let (by_hand, by_macro) = (check_digit_by_hand(), Tool::typed(CheckDigit));
    assert_eq!(by_hand.spec().name, by_macro.spec().name);
    assert_eq!(by_hand.spec().description, by_macro.spec().description);
    assert_eq!(by_hand.spec().schema, by_macro.spec().schema);
    assert_eq!(by_hand.spec().read_only, by_macro.spec().read_only);

    let tickets = TicketSystem::in_memory();
    for (label, tool) in [("hand", by_hand), ("macro", by_macro)] {
        tickets.agent(
            Agent::new()
                .name(format!("librarian_{label}"))
                .label(label)
                .env_or_script(scripted::completes_isbn())
                .role("You complete ISBNs. Never compute: call a tool. Answer with the ISBN alone.")
                .tool(tool),
        );
        tickets.task_labeled("Complete 978316148410", label);
    }
    tickets.finish().await;

    for ticket in tickets.tickets() {
        let answer = ticket.result_string().unwrap_or_default();
        println!("{}: {answer}", ticket.labels().join(", "));
        assert_eq!(answer, "9783161484100");
    }
}
