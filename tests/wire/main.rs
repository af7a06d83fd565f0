//! One ticket from `submit` to its end over real HTTP, in every wire format.

mod conversation;
mod misbehaviour;
mod run;
