//! What vendors are sent of a schema, and the way back: the law that holds for every schema, and 200
//! types of Rust.

mod law;
mod matrix;
mod rules;
mod samples;
mod sizes;
mod strict;
mod types;
