use agentwerk::store::StoreError;
use agentwerk::ticket::{Change, TicketEdit};
use serde_json::json;

use super::fixture::*;

fn labelled(label: &str) -> Change {
    Change::Edited(TicketEdit {
        task: None,
        labels: Some(vec![label.to_owned()]),
    })
}

pub(crate) async fn an_edited_ticket_is_for_whoever_serves_its_new_labels(store: Shared) {
    let key = submit(&store, ["day"]).await;
    let mut watch = store.watch(&serving(["night"]));
    change(&store, key, labelled("night")).await.unwrap();
    assert!(is_offered(&mut watch).await);
    assert_eq!(claim(&store, &serving(["day"])).await, None);
    assert_eq!(store.backlog(&serving(["day"])).todo, 1);
    assert!(!store.backlog(&serving(["day"])).has_served);
    assert_eq!(claim(&store, &serving(["night"])).await, Some(key));
    assert_eq!(store.backlog(&anyone()).todo, 0);
}

pub(crate) async fn an_edit_leaves_what_it_does_not_name(store: Shared) {
    let key = submit(&store, ["day"]).await;
    let edit = TicketEdit {
        task: Some(json!("another task")),
        labels: None,
    };
    change(&store, key, Change::Edited(edit)).await.unwrap();
    let ticket = get(&store, key);
    assert_eq!(ticket.task(), "another task");
    assert_eq!(ticket.labels(), ["day"]);
}

pub(crate) async fn only_an_open_ticket_is_edited(store: Shared) {
    let lease = claimed(&store, LONG).await;
    let refused = change(&store, lease.key, labelled("night")).await;
    assert!(
        matches!(refused, Err(StoreError::Transition(_))),
        "{refused:?}"
    );
    leased(&store, &lease, done()).await.unwrap();
    let refused = change(&store, lease.key, labelled("night")).await;
    assert!(
        matches!(refused, Err(StoreError::Transition(_))),
        "{refused:?}"
    );
}
