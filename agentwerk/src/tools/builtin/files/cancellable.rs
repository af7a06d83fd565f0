use std::io::{self, Read};

use tokio_util::sync::CancellationToken;

/// A file that cannot be read any more once the call is cancelled.
///
/// A call runs on a thread of its own, which nobody can stop from outside: it has to look.
#[derive(Debug)]
pub(super) struct Cancellable<'a, R> {
    file: R,
    cancel: &'a CancellationToken,
}

impl<'a, R> Cancellable<'a, R> {
    pub(super) fn new(file: R, cancel: &'a CancellationToken) -> Self {
        Self { file, cancel }
    }
}

impl<R: Read> Read for Cancellable<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        check(self.cancel)?;
        self.file.read(bytes)
    }
}

/// An error, once the call is cancelled.
pub(super) fn check(cancel: &CancellationToken) -> io::Result<()> {
    if cancel.is_cancelled() {
        Err(io::Error::other("the call was cancelled"))
    } else {
        Ok(())
    }
}
