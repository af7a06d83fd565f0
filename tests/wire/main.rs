//! One ticket from `submit` to its end over real HTTP, in every wire format.

mod bytes;
mod conversation;
mod crowd;
mod misbehaviour;
mod prefix;
mod run;
