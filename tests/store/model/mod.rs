//! Random operations on a store give what they give on a model of it that is too simple to be
//! wrong.

mod operation;
mod reference;
mod subject;

use agentwerk::store::{Batch, Lease, StoreError};
use agentwerk::ticket::Record;
use agentwerk::{AgentName, Timestamp};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, proptest};

use self::operation::{Operation, Part, Right, lease_length, operations, routing};
use self::reference::{Reference, Refusal};
use self::subject::{JournalSubject, MemorySubject, Subject};

/// Operations of one case.
const OPERATIONS_MAX: usize = 60;

fn configuration() -> ProptestConfig {
    ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(configuration())]

    #[test]
    fn a_store_in_memory_does_what_the_model_does(
        operations in vec(operations(), 1..OPERATIONS_MAX),
    ) {
        play(MemorySubject::default(), &operations);
    }

    #[test]
    fn a_journal_does_what_the_model_does(
        operations in vec(operations(), 1..OPERATIONS_MAX),
    ) {
        play(JournalSubject::begin(), &operations);
    }
}

fn play(subject: impl Subject, operations: &[Operation]) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut player = Player {
            subject,
            reference: Reference::default(),
            leases: Vec::new(),
        };
        for operation in operations {
            player.play(operation).await;
            player.compare();
        }
    });
}

/// A store beside its model.
struct Player<S> {
    subject: S,
    reference: Reference,
    /// Every lease that was given, valid or not.
    leases: Vec<Lease>,
}

impl<S: Subject> Player<S> {
    async fn play(&mut self, operation: &Operation) {
        match operation {
            Operation::Append { right, parts } => self.append(*right, parts).await,
            Operation::Claim { labels, length } => self.claim(*labels, *length).await,
            Operation::Extend { lease, length } => self.extend(*lease, *length).await,
            Operation::Advance { millis } => {
                let span = std::time::Duration::from_millis(*millis);
                tokio::time::advance(span).await;
            }
            Operation::Expire => {
                let expired = self.subject.store().expire().await.unwrap();
                assert_eq!(expired, self.reference.expire());
            }
            Operation::Reopen => {
                if self.subject.reopen() {
                    self.reference.release_all();
                }
            }
        }
    }

    async fn append(&mut self, right: Right, parts: &[Part]) {
        let lease = match right {
            Right::Program => None,
            Right::Lease(index) => match index.checked_rem(self.leases.len()) {
                Some(index) => Some(self.leases[index].clone()),
                None => return,
            },
        };
        let store = self.subject.store();
        let known = self.reference.keys();
        let own = lease.as_ref().map(|lease| lease.key);
        let records: Vec<_> = parts
            .iter()
            .map(|part| Record {
                key: part.key(&known, own, || store.reserve_key()),
                at: Timestamp::from_millis(7),
                change: part.change(&known, || store.reserve_key()),
            })
            .collect();
        let due = self.reference.append(lease.as_ref(), &records);
        let answer = store.append(Batch { lease, records }).await;
        assert_eq!(answer.map_err(refusal), due);
    }

    async fn claim(&mut self, labels: u8, length: u8) {
        let (routing, agent) = (routing(labels), AgentName::from("worker"));
        let length = lease_length(length);
        let store = self.subject.store();
        let claimed = store.claim(&routing, &agent, length).await.unwrap();
        let due = self.reference.claim(labels, &agent, length);
        assert_eq!(claimed.as_ref().map(|claimed| claimed.lease.clone()), due);
        if let Some(claimed) = claimed {
            self.reference.assert_is(&claimed.ticket);
            self.leases.push(claimed.lease);
        }
    }

    async fn extend(&mut self, lease: usize, length: u8) {
        let Some(index) = lease.checked_rem(self.leases.len()) else {
            return;
        };
        let (lease, length) = (&self.leases[index], lease_length(length));
        let answer = self.subject.store().extend(lease, length).await;
        let due = self.reference.extend(lease, length);
        assert_eq!(answer.map_err(refusal), due);
    }

    /// Holds all that the store shows against the model.
    fn compare(&self) {
        let (store, reference) = (self.subject.store(), &self.reference);
        let shown = store.tickets();
        let keys: Vec<_> = shown.iter().map(|ticket| ticket.key()).collect();
        assert_eq!(keys, reference.keys());
        for ticket in &shown {
            reference.assert_is(ticket);
            let single = store.get(ticket.key()).unwrap();
            reference.assert_is(&single);
        }
        let done: Vec<_> = store.done().iter().map(|ticket| ticket.key()).collect();
        assert_eq!(done, reference.done());
        let last = store.last_done().map(|ticket| ticket.key());
        assert_eq!(last.as_ref(), reference.done().last());
        for labels in [0, 1, 2, 3] {
            let backlog = store.backlog(&routing(labels));
            assert_eq!(backlog, reference.backlog(labels), "{labels}");
        }
        assert_eq!(store.next_expiry(), reference.next_expiry());
        let next = store.reserve_key();
        assert!(keys.iter().all(|key| *key < next), "{next}");
    }
}

/// An error of a store as the model has it.
fn refusal(error: StoreError) -> Refusal {
    match error {
        StoreError::StaleLease { .. } => Refusal::StaleLease,
        StoreError::Transition(_) => Refusal::Transition,
        StoreError::UnknownTicket { .. } => Refusal::UnknownTicket,
        StoreError::DuplicateTicket { .. } => Refusal::DuplicateTicket,
        StoreError::ClaimAsRecord { .. } => Refusal::ClaimAsRecord,
        StoreError::UnknownApproval { .. } => Refusal::UnknownApproval,
        other => panic!("{other}"),
    }
}
