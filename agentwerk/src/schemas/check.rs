//! Collects what the parts of a value say of themselves, for collections and for the derive.

use super::result::TicketResult;
use super::violation::{Violation, Violations};

/// The violations of the parts of a value.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Found(Vec<Violation>);

impl Found {
    /// Adds what was found in the part at `pointer`.
    pub fn at(&mut self, pointer: &str, checked: Result<(), Violations>) {
        let found = checked.err().into_iter().flatten();
        self.0.extend(found.map(|each| {
            let pointer = format!("{pointer}{}", each.pointer);
            Violation { pointer, ..each }
        }));
    }

    /// What a check gives back.
    ///
    /// # Errors
    /// All that was found.
    pub fn into_result(self) -> Result<(), Violations> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(self.0.into())
        }
    }
}

/// A field, of which the derive does not know if its type is a result.
///
/// `(&Part(field)).__check()` finds out: the compiler looks for the method of `Part` first, which
/// is there for results only, and then for that of `&Part`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Part<'a, T>(pub &'a T);

/// The check of a field that is a result by itself.
#[doc(hidden)]
pub trait CheckResult {
    fn __check(&self) -> Result<(), Violations>;
}

impl<T: TicketResult> CheckResult for Part<'_, T> {
    fn __check(&self) -> Result<(), Violations> {
        self.0.check()
    }
}

/// The check of any other field, which has none.
#[doc(hidden)]
pub trait CheckOther {
    fn __check(&self) -> Result<(), Violations>;
}

impl<T> CheckOther for &Part<'_, T> {
    fn __check(&self) -> Result<(), Violations> {
        Ok(())
    }
}
