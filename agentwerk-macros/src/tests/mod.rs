//! Expansions without a compiler: of items that are whole, wrong, or still being typed.

mod caret;
mod completion;
mod errors;
mod expand;
mod macros;
mod truncated_results;
mod truncated_tools;
