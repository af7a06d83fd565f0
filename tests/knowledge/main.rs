//! Knowledge: the store, its files and its index, the tool, and what agents are told of them.

mod changes;
mod files;
mod index;
mod many;
mod names;
mod pages;
mod play;
mod tickets;
mod together;
mod tool;
