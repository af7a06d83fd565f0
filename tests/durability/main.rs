//! The journal on disks that fail, and what is left of it after a crash.

mod damage;
mod failing;
mod faulty_disk;
mod fixture;
mod held_disk;
mod reading;
mod recovery;
mod system;
mod told;
mod waiting;
