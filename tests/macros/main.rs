//! The macros, used as a program uses them.

mod tool;
