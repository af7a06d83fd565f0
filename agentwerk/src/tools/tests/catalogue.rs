use super::{Catalogue, words};
use crate::chat::ToolSpec;
use crate::tools::builtin::ToolSearch;

fn catalogue() -> Catalogue {
    let tool = |name: &str, description: &str| ToolSpec::new(name, description);
    Catalogue::new(vec![
        tool("send_mail", "Sends a message to people by mail."),
        tool("read_mail", "Reads a message from the mailbox."),
        tool("createInvoice", "Writes an invoice for a customer."),
        tool("weather", "Says how warm it is in a place."),
    ])
}

fn found(query: &str, limit: usize) -> Vec<String> {
    let query = ToolSearch {
        query: query.to_owned(),
        limit,
    };
    let catalogue = catalogue();
    let found = catalogue.search(&query).into_iter();
    found.map(|tool| tool.name.clone()).collect()
}

#[test]
fn words_are_parted_by_case_and_signs() {
    let parted: Vec<_> = words("createInvoice_for-a customer's PDF").collect();
    assert_eq!(
        parted,
        ["create", "invoice", "for", "a", "customer", "s", "pdf"]
    );
}

#[test]
fn the_words_of_a_query_are_found_in_any_order() {
    assert_eq!(found("a mail that I want to send", 1), ["send_mail"]);
    assert_eq!(found("INVOICE create", 1), ["createInvoice"]);
}

#[test]
fn a_rare_word_counts_more_than_a_common_one() {
    assert_eq!(found("message mailbox", 1), ["read_mail"]);
}

#[test]
fn the_beginning_of_a_word_counts() {
    assert_eq!(found("invoices", 5), ["createInvoice"]);
    assert_eq!(found("weath", 5), ["weather"]);
}

#[test]
fn what_shares_no_word_is_not_found() {
    assert!(found("zebra", 5).is_empty());
    assert!(found("", 5).is_empty());
}

#[test]
fn no_more_are_found_than_asked_for() {
    assert_eq!(found("mail message", 1).len(), 1);
    assert_eq!(found("mail message", 5), ["send_mail", "read_mail"]);
}
