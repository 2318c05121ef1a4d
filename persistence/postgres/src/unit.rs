//! What of this crate is no statement, and is tested beside its code.
#![allow(dead_code)] // it is used by what is not here

mod way;
