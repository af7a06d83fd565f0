//! `BashTool`: which command lines run, what is told of them, and how they end.

#![cfg(unix)]

mod corpus;
mod ends;
mod environment;
mod output;
mod patterns;
mod place;
mod ticket;
