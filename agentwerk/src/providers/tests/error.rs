use std::error::Error;

use super::{ProviderError, StrictToolError};

#[test]
fn a_provider_of_ones_own_says_by_a_word_whether_to_try_again() {
    let busy = ProviderError::retryable("busy");
    let broken = ProviderError::terminal(std::io::Error::other("broken"));
    assert!(busy.is_retryable());
    assert!(!broken.is_retryable());
    let causes = [&busy, &broken].map(|error| error.source().map(ToString::to_string));
    assert_eq!(causes, [Some("busy".to_owned()), Some("broken".to_owned())]);
}

#[test]
fn a_tool_that_cannot_be_strict_is_the_cause_and_told_once() {
    let refusal = StrictToolError::new("note", vec!["/a: any value".to_owned()]);
    let error = ProviderError::from(refusal.clone());
    let cause = error.source().unwrap().downcast_ref();
    assert_eq!(cause, Some(&refusal));
    let told = crate::causes::with_causes(&error);
    assert_eq!(told.matches("any value").count(), 1, "{told}");
}
