use tokio_util::sync::CancellationToken;

use super::{Url, to_markdown};

#[test]
fn a_cancelled_call_is_not_converted() {
    let url = Url::parse("https://example.org/").unwrap();
    let cancel = CancellationToken::new();
    assert_eq!(to_markdown("<p>text", &url, &cancel).unwrap().0, "text");
    cancel.cancel();
    let error = to_markdown("<p>text", &url, &cancel).unwrap_err();
    assert_eq!(error.to_string(), "the call was cancelled");
}
