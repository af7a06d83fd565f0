//! Names of tickets, agents and calls.

use agentwerk::{AgentName, CallId, TicketKey};
use serde_json::json;

#[test]
fn a_key_is_written_and_read() {
    for number in [1, 7, 1_000_000, u64::MAX] {
        let key = TicketKey::from_number(number);
        assert_eq!(key.to_string(), format!("TICKET-{number}"));
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!(format!("{key:?}"), key.to_string());
        assert_eq!(serde_json::to_value(key).unwrap(), json!(key.to_string()));
        let read: TicketKey = serde_json::from_value(json!(key.to_string())).unwrap();
        assert_eq!(read.number(), number);
    }
}

#[test]
fn what_is_no_key_is_refused_and_named() {
    let texts = [
        "",
        "7",
        "TICKET-",
        "TICKET",
        "TICKET-x",
        "TICKET-+7",
        "TICKET--7",
        "TICKET- 7",
        "TICKET-7 ",
        " TICKET-7",
        "TICKET-7.5",
        "TICKET-٧",
        "ticket-7",
        "TICKET-18446744073709551616",
    ];
    for text in texts {
        let error = text.parse::<TicketKey>().unwrap_err().to_string();
        assert!(
            error.contains(&format!("`{text}` is not a ticket key")),
            "{error}"
        );
        assert!(error.contains("`TICKET-7`"), "{error}");
        assert!(serde_json::from_value::<TicketKey>(json!(text)).is_err());
    }
    assert!(serde_json::from_value::<TicketKey>(json!(7)).is_err());
}

#[test]
fn a_later_key_is_larger() {
    let keys = [2, 10, 9, 1].map(TicketKey::from_number);
    let mut sorted = keys;
    sorted.sort();
    assert_eq!(sorted.map(TicketKey::number), [1, 2, 9, 10]);
}

#[test]
fn names_are_text() {
    let name = AgentName::from("ada");
    assert_eq!(name, "ada");
    assert_eq!(name.as_str(), "ada");
    assert_eq!(format!("[{name:>5}] {name:?}"), "[  ada] \"ada\"");
    assert_eq!(serde_json::to_value(&name).unwrap(), json!("ada"));
    assert!(AgentName::default().is_empty());
    let id: CallId = serde_json::from_value(json!("call-1")).unwrap();
    assert_eq!(id, CallId::from("call-1".to_owned()));
}
