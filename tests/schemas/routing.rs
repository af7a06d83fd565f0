//! Which tickets an agent serves.

use agentwerk::ticket::Routing;
use serde_json::json;

fn serves(routing: &Routing, labels: &[&str]) -> bool {
    let labels: Vec<_> = labels.iter().map(|&label| label.to_owned()).collect();
    routing.serves(&labels)
}

#[test]
fn one_common_label_is_enough() {
    let routing = Routing::new(["a", "b"], None);
    assert!(serves(&routing, &["b"]));
    assert!(serves(&routing, &["x", "a"]));
    assert!(!serves(&routing, &["x"]));
    assert!(!serves(&routing, &["A"]));
    assert!(!serves(&routing, &["a "]));
    assert!(routing.serves_label("a"));
}

#[test]
fn without_labels_only_unlabelled_tickets_are_served() {
    let routing = Routing::new([] as [&str; 0], None);
    assert!(serves(&routing, &[]));
    assert!(!serves(&routing, &["a"]));
    assert!(routing.takes_unlabelled());
    assert!(!serves(&Routing::new(["a"], None), &[]));
}

#[test]
fn a_name_is_a_label_that_leaves_unlabelled_tickets_in_reach() {
    let named = Routing::new([] as [&str; 0], Some("ada"));
    assert!(serves(&named, &["ada"]));
    assert!(serves(&named, &[]));
    let labelled = Routing::new(["a"], Some("ada"));
    assert!(serves(&labelled, &["ada"]));
    assert!(serves(&labelled, &["a"]));
    assert!(!serves(&labelled, &[]));
    assert_eq!(labelled.labels().collect::<Vec<_>>(), ["a", "ada"]);
}

#[test]
fn nobody_serves_nothing() {
    assert!(!serves(&Routing::nobody(), &[]));
    assert!(!serves(&Routing::nobody(), &["a"]));
}

#[test]
fn merged_routings_serve_what_either_serves() {
    let mut all = Routing::nobody();
    all.merge(&Routing::new(["a"], None));
    assert!(!serves(&all, &[]));
    all.merge(&Routing::new([] as [&str; 0], Some("ada")));
    assert!(serves(&all, &[]) && serves(&all, &["a"]) && serves(&all, &["ada"]));
    assert!(!serves(&all, &["b"]));
}

#[test]
fn a_routing_is_stored_and_read_back() {
    let routing = Routing::new(["b", "a", "b"], Some("ada"));
    let stored = serde_json::to_value(&routing).unwrap();
    assert_eq!(
        stored,
        json!({ "labels": ["a", "ada", "b"], "unlabelled": false })
    );
    assert_eq!(serde_json::from_value::<Routing>(stored).unwrap(), routing);
}
