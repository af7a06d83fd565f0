use std::error::Error;

use super::ProviderError;

#[test]
fn a_provider_of_ones_own_says_by_a_word_whether_to_try_again() {
    let busy = ProviderError::retryable("busy");
    let broken = ProviderError::terminal(std::io::Error::other("broken"));
    assert!(busy.is_retryable());
    assert!(!broken.is_retryable());
    let causes = [&busy, &broken].map(|error| error.source().map(ToString::to_string));
    assert_eq!(causes, [Some("busy".to_owned()), Some("broken".to_owned())]);
}
