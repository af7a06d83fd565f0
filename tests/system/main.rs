//! Ticket systems, driven by scripted models.

mod smoke;
