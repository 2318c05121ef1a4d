//! What of this crate is no table, and is tested beside its code.
#![allow(dead_code)] // it is used by what is not here

mod bell;
mod error;
mod known;
mod principal;
