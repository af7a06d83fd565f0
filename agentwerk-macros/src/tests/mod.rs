//! Expansions without a compiler: of items that are whole, wrong, or still being typed.

mod errors;
mod truncation;
