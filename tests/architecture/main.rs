//! The shape of the source itself.

mod floors;
mod imports;
mod sleeps;
mod source;
