//! The macros, used as a program uses them.

mod codes;
mod hygiene;
mod result;
mod tool;
mod ui;
