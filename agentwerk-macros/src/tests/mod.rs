//! Expansions without a compiler: of items that are whole, wrong, or still being typed.

mod caret;
mod errors;
mod expand;
mod macros;
mod truncation;
